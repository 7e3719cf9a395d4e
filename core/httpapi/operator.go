package httpapi

import (
	"context"
	"time"

	"github.com/opora-desk/opora/core/desk"
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
		view.Token, view.ExpiresAt, err = s.desk.OperatorSignIn(ctx, login, in.Body.value.Password)
		return err
	})
	if err != nil {
		return nil, err
	}
	cookie := s.remember(c, operatorCookie, operatorRoot, view.Token, view.ExpiresAt)
	return &operatorSessionAnswer{SetCookie: cookie.String(), Body: view}, nil
}

func (s *server) operatorTenants(ctx context.Context, _ *call, _ *nothing) (*items[desk.TenantSummary], error) {
	tenants, err := s.desk.Tenants(ctx)
	return listed(desk.Page[desk.TenantSummary]{Items: tenants}, err)
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
