package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

type operatorSignInRequest struct {
	Body Payload[operatorCredentials]
}

type operatorCredentials struct {
	Login    string `json:"login,omitempty" maxLength:"254"`
	Email    string `json:"email,omitempty" maxLength:"254" doc:"The same as login"`
	Password string `json:"password" maxLength:"1000"`
}

type operatorSession struct {
	Token     ident.Token `json:"token" doc:"Bearer token, shown once"`
	ExpiresAt time.Time   `json:"expires_at"`
}

type operatorSessionAnswer struct {
	SetCookie string `header:"Set-Cookie" doc:"The session for browsers"`
	Body      operatorSession
}

func (s *server) operatorSignIn(ctx context.Context, c *call, in *operatorSignInRequest) (*operatorSessionAnswer, error) {
	login := in.Body.value.Login
	if login == "" {
		login = in.Body.value.Email
	}
	var view operatorSession
	err := s.attempt(c, func() (err error) {
		view.Token, view.ExpiresAt, err = s.desk.OperatorSignIn(ctx, login, in.Body.value.Password, c.client)
		return err
	})
	if err != nil {
		return nil, err
	}
	cookie := s.remember(c, operatorCookie, operatorRoot, view.Token, view.ExpiresAt)
	return &operatorSessionAnswer{SetCookie: cookie.String(), Body: view}, nil
}

func (s *server) operatorSignOut(ctx context.Context, c *call, _ *nothing) (*signOutAnswer, error) {
	if err := s.desk.OperatorSignOut(ctx, c.token); err != nil {
		return nil, err
	}
	return &signOutAnswer{SetCookie: s.forget(c, operatorCookie, operatorRoot).String()}, nil
}

type operatorView struct {
	Login string `json:"login"`
	Name  string `json:"name"`
}

func (s *server) operatorMe(_ context.Context, c *call, _ *nothing) (*answer[operatorView], error) {
	return answered(operatorView{Login: c.operator.Login, Name: c.operator.Name}, nil)
}

func (s *server) operatorReleases(ctx context.Context, _ *call, _ *nothing) (*items[desk.ReleaseView], error) {
	releases, err := s.desk.Releases(ctx)
	return listed(desk.Page[desk.ReleaseView]{Items: releases}, err)
}

func (s *server) operatorPlugins(context.Context, *call, *nothing) (*items[PluginView], error) {
	var plugins []PluginView
	if s.plugins != nil {
		plugins = s.plugins()
	}
	return listed(desk.Page[PluginView]{Items: plugins}, nil)
}

type activateRequest struct {
	Digest string `path:"digest" doc:"Digest of the release" maxLength:"64"`
}

func (s *server) operatorActivate(ctx context.Context, c *call, in *activateRequest) (*answer[desk.ReleaseView], error) {
	view, err := s.desk.TakeRelease(ctx, c.operator, in.Digest)
	return answered(view, notTaken(err))
}

// InSystem is a request about a system.
type InSystem struct {
	System string `path:"system" doc:"Key of the system" maxLength:"64"`
}

func (s *server) operatorRollback(ctx context.Context, c *call, in *InSystem) (*answer[desk.ReleaseView], error) {
	view, err := s.desk.TakeBackRelease(ctx, c.operator, in.System)
	return answered(view, notTaken(err))
}

// notTaken gives a release that cannot be taken its status: the request is right, the state is against
// it.
func notTaken(err error) error {
	var e *errs.Error
	if errors.As(err, &e) && (e.Code == "release_refused" || e.Code == "release_not_compiled") {
		return &statusError{status: http.StatusConflict, err: e}
	}
	return err
}

type pluginLogRequest struct {
	InSystem
	Lines int `query:"lines" minimum:"1" maximum:"500" doc:"200 by default"`
}

type pluginLogView struct {
	Lines []PluginLine `json:"lines"`
}

func (s *server) operatorPluginLog(_ context.Context, _ *call, in *pluginLogRequest) (*answer[pluginLogView], error) {
	if !s.runs(in.System) {
		return nil, errSystem.With("system", in.System)
	}
	view := pluginLogView{Lines: []PluginLine{}}
	if s.said != nil {
		view.Lines = append(view.Lines, s.said(in.System)...)
	}
	most := cmp.Or(in.Lines, 200)
	view.Lines = view.Lines[max(len(view.Lines)-most, 0):]
	return answered(view, nil)
}

var errSystem = errs.New(errs.NotFound, "system_not_found", "no process of that system on this node")

func (s *server) runs(system string) bool {
	return s.plugins != nil && slices.ContainsFunc(s.plugins(), func(p PluginView) bool { return p.System == system })
}

func (s *server) operatorRestart(ctx context.Context, _ *call, in *InSystem) (*nothing, error) {
	if err := s.desk.RestartPlugin(ctx, in.System); err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
