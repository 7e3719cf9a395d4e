package httpapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

// Cookies of the two kinds of sessions. Each is sent only to the addresses where it is good for
// something: one tenant's API, or the operator's.
const (
	sessionCookie  = "opora_session"
	operatorCookie = "opora_operator"
)

// maxToken is above the length of every token of ours.
const maxToken = 200

var (
	errNoSession  = errs.New(errs.Unauthenticated, "session_needed", "no credentials")
	errBadSession = errs.New(errs.Unauthenticated, "session_invalid", "credentials cannot be a token")
	errFollowOnly = errs.New(errs.Forbidden, "follow_only", "token of one ticket")
)

// credentials returns the token that a request shows: the header goes before the cookie. An
// Authorization header that is no bearer is refused rather than passed over.
func credentials(r *http.Request, cookie string) (token ident.Token, byCookie bool, err error) {
	if values := r.Header.Values("Authorization"); len(values) > 0 {
		scheme, value, _ := strings.Cut(values[0], " ")
		value = strings.TrimSpace(value)
		if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") || value == "" || len(value) > maxToken {
			return "", false, errBadSession
		}
		return ident.Token(value), false, nil
	}
	c, _ := r.Cookie(cookie) // an error says only that there is none
	if c == nil || c.Value == "" {
		return "", false, nil
	}
	if len(c.Value) > maxToken {
		return "", true, errBadSession
	}
	return ident.Token(c.Value), true, nil
}

// authenticated finds out who calls a route of a tenant, within a place in flight.
func (s *server) authenticated(who access, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r.Context())
		if err := s.placed(r, func() error { return s.identify(r, c, who) }); err != nil {
			if c.cookie && errs.KindOf(err) == errs.Unauthenticated {
				// A session that has ended must not keep the browser from what is open to everybody.
				http.SetCookie(w, s.forget(c, sessionCookie, tenantPath(chi.URLParam(r, "tenant"))))
			}
			s.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// placed does something within a place in flight.
func (s *server) placed(r *http.Request, do func() error) error {
	leave, err := s.admit(r)
	if err != nil {
		return err
	}
	defer leave()
	return do()
}

func (s *server) identify(r *http.Request, c *call, who access) error {
	ctx, slug := r.Context(), chi.URLParam(r, "tenant")
	token, byCookie, err := credentials(r, sessionCookie)
	c.token, c.cookie = token, byCookie
	switch {
	case err != nil:
		return err
	case token == "" && who != anyone:
		return errNoSession
	case token == "":
		c.actor, err = s.desk.Anonymous(ctx, slug, c.lang)
		return err
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		// Before the database is asked who it is: who floods is sent away for next to nothing.
		if _, err := s.gates.trying.take(string(token.Digest())); err != nil {
			return err
		}
	}
	if c.actor, err = s.desk.Authenticate(ctx, slug, token, c.lang); err != nil {
		return err
	}
	c.actor.Browser = byCookie
	if c.actor.Follows != nil && who == member {
		return errFollowOnly
	}
	return nil
}

// operated lets operators of the installation through.
func (s *server) operated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, byCookie, err := credentials(r, operatorCookie)
		if err == nil && token == "" {
			err = errNoSession
		}
		if err == nil {
			err = s.placed(r, func() error {
				c := callOf(r.Context())
				c.token, c.cookie = token, byCookie
				var err error
				c.operator, err = s.desk.OperatorSession(r.Context(), token)
				return err
			})
		}
		if err != nil {
			if byCookie && errs.KindOf(err) == errs.Unauthenticated {
				http.SetCookie(w, s.forget(callOf(r.Context()), operatorCookie, operatorRoot))
			}
			s.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func tenantPath(slug string) string { return strings.Replace(tenantRoot, "{tenant}", slug, 1) }

// remember is the cookie of a session that begins.
func (s *server) remember(c *call, name, path string, token ident.Token, until time.Time) *http.Cookie {
	//nolint:gosec // Secure wherever the request came by TLS, but not for a first look at 127.0.0.1
	return &http.Cookie{
		Name: name, Value: string(token), Path: path, Expires: until,
		HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode,
	}
}

// forget is the cookie that takes the one of a session away.
func (s *server) forget(c *call, name, path string) *http.Cookie {
	//nolint:gosec // as the cookie that it takes away
	return &http.Cookie{
		Name: name, Path: path, MaxAge: -1, HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode,
	}
}
