package httpapi

import (
	"context"
	"net/http"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

// InTenant is a request below a tenant.
type InTenant struct {
	Tenant string `path:"tenant" doc:"Slug of the tenant"`
}

type answer[T any] struct {
	Body T
}

type items[T any] struct {
	Body desk.Page[T]
}

// listed answers a page; an empty one is [], never null.
func listed[T any](page desk.Page[T], err error) (*items[T], error) {
	if err != nil {
		return nil, err
	}
	if page.Items == nil {
		page.Items = []T{}
	}
	return &items[T]{Body: page}, nil
}

func answered[T any](body T, err error) (*answer[T], error) {
	if err != nil {
		return nil, err
	}
	return &answer[T]{Body: body}, nil
}

type nothing struct{}

type signInRequest struct {
	InTenant
	Body Payload[credentialsBody]
}

type credentialsBody struct {
	Email    string `json:"email" maxLength:"254"`
	Password string `json:"password" maxLength:"1000"`
}

type sessionAnswer struct {
	SetCookie string `header:"Set-Cookie" doc:"The session for browsers"`
	Body      desk.SessionView
}

func (s *server) signIn(ctx context.Context, c *call, in *signInRequest) (*sessionAnswer, error) {
	var view desk.SessionView
	err := s.attempt(c, func() (err error) {
		view, err = s.desk.SignIn(ctx, in.Tenant, in.Body.value.Email, in.Body.value.Password, c.client, c.lang)
		return err
	})
	if err != nil {
		return nil, err
	}
	cookie := s.remember(c, sessionCookie, tenantPath(in.Tenant), view.Token, view.ExpiresAt)
	return &sessionAnswer{SetCookie: cookie.String(), Body: view}, nil
}

// attempt is one comparison of a password; what fails counts against the client's address.
func (s *server) attempt(c *call, compare func() error) error {
	if _, err := s.gates.signIn.take(c.client); err != nil {
		return err
	}
	giveBack, err := s.gates.failedSignIn.take(c.client)
	if err != nil {
		return err
	}
	err = compare()
	if kind := errs.KindOf(err); err == nil || kind != errs.Unauthenticated && kind != errs.Limited {
		giveBack()
	}
	return err
}

func (s *server) signOut(ctx context.Context, c *call, in *InTenant) (*signOutAnswer, error) {
	if err := s.desk.SignOut(ctx, c.actor); err != nil {
		return nil, err
	}
	s.farewell.say(c.actor.Token)
	return &signOutAnswer{SetCookie: s.forget(c, sessionCookie, tenantPath(in.Tenant)).String()}, nil
}

type signOutAnswer struct {
	SetCookie string `header:"Set-Cookie"`
}

func (s *server) me(_ context.Context, c *call, _ *InTenant) (*answer[desk.PersonView], error) {
	return answered(s.desk.Me(c.actor), nil)
}

// InPerson is a request about a person.
type InPerson struct {
	InTenant
	ID string `path:"id" doc:"Id of the person" format:"uuid"`
}

func (s *server) erasePerson(ctx context.Context, c *call, in *InPerson) (*nothing, error) {
	id, err := ident.Parse(in.ID)
	if err != nil {
		return nil, errs.New(errs.NotFound, "person_not_found", "not an id")
	}
	if err := s.desk.ErasePerson(ctx, c.actor, id); err != nil {
		return nil, err
	}
	return &nothing{}, nil
}

type healthView struct {
	Status string `json:"status" enum:"ok"`
}

func (s *server) health(context.Context, *call, *nothing) (*answer[healthView], error) {
	return answered(healthView{Status: "ok"}, nil)
}

type readyAnswer struct {
	Status int
	Body   ReadyReport
}

func (s *server) readiness(ctx context.Context, _ *call, _ *nothing) (*readyAnswer, error) {
	report := ReadyReport{Ready: true, Checks: map[string]string{}}
	if s.ready != nil {
		report = s.ready(ctx)
	}
	out := &readyAnswer{Status: http.StatusOK, Body: report}
	if !report.Ready {
		out.Status = http.StatusServiceUnavailable
	}
	return out, nil
}

// serveMetrics gives a slow reader of figures a place among few of his own sort, instead of one in
// flight.
func (s *server) serveMetrics(metrics http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		leave, err := s.gates.scrapes.enter("")
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		defer leave()
		callOf(r.Context()).answer()
		metrics.ServeHTTP(w, r)
	}
}
