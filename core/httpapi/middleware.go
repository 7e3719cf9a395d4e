package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	stdpath "path"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/telemetry/span"
)

// begin makes the call of a request and sets the headers that every answer has; the screens replace
// the policy by their own.
func (s *server) begin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{
			id:     ident.New().String(),
			lang:   i18n.Match(r.Header.Get("Accept-Language")),
			client: clientOf(r, s.proxies),
			secure: s.secure || r.TLS != nil,
		}
		h := w.Header()
		h.Set("X-Request-Id", c.id)
		h.Set("Content-Language", string(c.lang))
		h.Set("Vary", "Accept-Language, Authorization, Cookie")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		if c.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
	})
}

// observe logs and counts a request when it has been answered.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := clock.System{}.Now()
		ctx, opened := s.traced(r)
		if opened.On() {
			r = r.WithContext(ctx)
		}
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		defer func() {
			took := clock.System{}.Now().Sub(started)
			status := ww.Status()
			if status == 0 {
				status = http.StatusOK
			}
			method, route := knownMethod(r.Method), patternOf(r)
			endTrace(opened, method, route, status, callOf(r.Context()).id)
			s.figures.total.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
			if route != streamPath {
				s.figures.duration.WithLabelValues(method, route).Observe(took.Seconds())
			}
			s.log.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("request_id", callOf(r.Context()).id), slog.String("method", method), slog.String("route", route),
				slog.Int("status", status), slog.Int("bytes", ww.BytesWritten()), slog.Float64("duration_ms", float64(took.Microseconds())/1000))
		}()
		next.ServeHTTP(ww, r)
	})
}

func patternOf(r *http.Request) string {
	if rctx := chi.RouteContext(r.Context()); rctx != nil {
		if p := rctx.RoutePattern(); p != "" && p != "/" {
			return p
		}
	}
	if isAPI(r.URL.Path) {
		return "unknown"
	}
	return "web"
}

// knownMethod keeps an invented method from becoming a label.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

func isAPI(path string) bool {
	path = stdpath.Clean("/" + path) // however many slashes: no screen is there
	return strings.HasPrefix(path, "/api/") || path == "/api" || isProbe(path)
}

// recovered turns a panic of a handler into a 500.
func (s *server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			found := recover()
			if found == nil {
				return
			}
			if err, ok := found.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(found)
			}
			if failed, ok := found.(*unwritable); ok {
				unsent(w.Header())
				s.refuse(w, r, failed)
				return
			}
			s.log.LogAttrs(r.Context(), slog.LevelError, "handler panicked", slog.String("request_id", callOf(r.Context()).id),
				slog.String("route", patternOf(r)), slog.Any("panic", found), slog.String("stack", string(debug.Stack())))
			if ww, ok := w.(middleware.WrapResponseWriter); ok && ww.Status() != 0 {
				panic(http.ErrAbortHandler) // the answer has begun; only cutting it off tells the client
			}
			s.refuse(w, r, errs.New(errs.Internal, "internal", "panic"))
		}()
		next.ServeHTTP(w, r)
	})
}

// guard refuses what no handler should see: an address that no text column could hold, and a write
// that another site's page sent.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !cleanURL(r.URL) {
			s.refuse(w, r, errs.New(errs.Malformed, "malformed_url", "NUL or invalid UTF-8"))
			return
		}
		if err := s.origin.Check(r); err != nil {
			s.refuse(w, r, errs.Wrap(errs.Forbidden, "cross_origin", err))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// cleanURL looks at the query of a call alone: a page reads its own, and answers people with a page.
func cleanURL(u *url.URL) bool {
	if !isAPI(u.Path) {
		return utf8.ValidString(u.Path) && !strings.ContainsRune(u.Path, 0)
	}
	query, err := url.QueryUnescape(u.RawQuery)
	if err != nil {
		return false
	}
	for _, part := range []string{u.Path, query} {
		if strings.ContainsRune(part, 0) || !utf8.ValidString(part) {
			return false
		}
	}
	return true
}

func (s *server) notFound(web http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if web == nil || isAPI(r.URL.Path) {
			s.refuse(w, r, errs.New(errs.NotFound, "route_not_found", "no such route"))
			return
		}
		leave, err := s.gates.pages.enter(callOf(r.Context()).client)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		defer leave()
		web.ServeHTTP(w, r)
	}
}

func (s *server) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	path := r.URL.RawPath
	if path == "" {
		path = r.URL.Path
	}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if s.router.Match(chi.NewRouteContext(), method, path) {
			w.Header().Add("Allow", method)
		}
	}
	s.refuse(w, r, withStatus(http.StatusMethodNotAllowed, "method_not_allowed"))
}

// timed bounds a request in time by what it carries.
func (s *server) timed(what traffic, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		now := clock.System{}.Now()
		switch what {
		case live:
			_ = control.SetReadDeadline(time.Time{})
			// What a screen looks up in hours would be one trace without an end.
			next.ServeHTTP(w, r.WithContext(span.Without(r.Context())))
			return
		case upload, download:
			ctx, cancel := context.WithTimeout(r.Context(), s.limits.Transfer)
			defer cancel()
			_ = control.SetReadDeadline(time.Time{})
			if what == upload {
				_ = control.SetReadDeadline(now.Add(s.limits.Idle))
			}
			next.ServeHTTP(w, r.WithContext(ctx))
			return
		case noBody, jsonBody, jsonMaybe:
		}
		_ = control.SetReadDeadline(now.Add(s.limits.Body))
		if r.Body == nil || r.Body == http.NoBody {
			_ = control.SetReadDeadline(time.Time{})
		}
		// Who does not read his answer is cut off, some time after it begins.
		_ = control.SetWriteDeadline(now.Add(s.limits.Body + s.limits.Request + s.limits.Answer))
		callOf(r.Context()).reading = func() { _ = control.SetWriteDeadline(clock.System{}.Now().Add(s.limits.Answer)) }
		ctx, cancel := context.WithTimeout(r.Context(), s.limits.Request)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// counted lets a call on while the node has room for its answer, which its reader may take slowly.
func (s *server) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r.Context())
		open := s.gates.calls.of(c)
		leave, err := open.enter(c.who())
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		defer leave()
		if open.crowded() {
			// Requests that were sent one after the other without reading would take the place again and again.
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// admit takes one of the node's places in flight; nobody waits for one, and no tenant has them all.
// Errors: Unavailable (code "overloaded").
func (s *server) admit(r *http.Request) (func(), error) {
	leave, err := s.gates.inFlight.enter(chi.URLParam(r, "tenant"))
	if err != nil {
		return nil, &errs.Error{Kind: errs.Unavailable, Code: "overloaded", Msg: "requests in flight", RetryAfter: time.Second}
	}
	return leave, nil
}

// admitted lets a request on while the node has a place for it.
func (s *server) admitted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, err := s.admit(r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		defer leave()
		callOf(r.Context()).release = leave
		next.ServeHTTP(w, r)
	})
}

// single refuses a parameter that stands twice: which of the two counts would be a guess.
func (s *server) single(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refusal := errs.New(errs.Invalid, "invalid_request", "parameters")
		if r.URL.RawQuery != "" {
			query, err := url.ParseQuery(r.URL.RawQuery)
			if err != nil { // a semicolon: what stands around it would be left out without a word
				s.refuse(w, r, errs.Wrap(errs.Malformed, "malformed_url", err))
				return
			}
			for _, name := range slices.Sorted(maps.Keys(query)) {
				if len(query[name]) > 1 {
					refusal.Fields = append(refusal.Fields, errs.Problem{Pointer: "/" + api.EscapeToken(name), Code: "repeated_parameter"})
				}
			}
		}
		if len(refusal.Fields) > 0 {
			s.refuse(w, r, refusal)
			return
		}
		next.ServeHTTP(w, r)
	})
}
