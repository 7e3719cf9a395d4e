package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
)

const (
	// sessionFor is how long a session lasts, whatever the door.
	sessionFor = 12 * time.Hour
	// passwordWait is how long a sign-in waits for its turn to be hashed.
	passwordWait = 5 * time.Second
	maxLogin     = 254 // an address of RFC 5321
)

var (
	errWrongCredentials = errs.New(errs.Unauthenticated, "wrong_credentials", "no such login, or another password")
	errSessionInvalid   = errs.New(errs.Unauthenticated, "session_invalid", "the token is unknown here, or has expired")
)

// Anonymous is the actor without a session. Errors: NotFound (code "tenant_not_found").
func (s *Service) Anonymous(_ context.Context, tenantSlug string, l i18n.Lang) (Actor, error) {
	t, err := s.registry.Tenant(tenantSlug)
	if err != nil {
		return Actor{}, err
	}
	return Actor{Tenant: t, Lang: l}, nil
}

// Authenticate finds who bears a token, in one round trip. The bearer of a follow token is nobody but
// for its ticket: his Person is nil. Errors: NotFound (code "tenant_not_found"); Unauthenticated (code
// "session_invalid") for a token that is unknown, expired, of an erased person or of another tenant
// alike.
func (s *Service) Authenticate(ctx context.Context, tenantSlug string, token ident.Token, l i18n.Lang) (Actor, error) {
	a, err := s.Anonymous(ctx, tenantSlug, l)
	if err != nil {
		return Actor{}, err
	}
	var bearer person.Bearer
	if err := s.db.Batch(ctx, a.Tenant.ID, func(b *pgx.Batch) {
		person.QueueBearer(b, a.Tenant.ID, token.Digest(), s.clock.Now(), &bearer)
	}); err != nil {
		return Actor{}, fmt.Errorf("authenticate: %w", err)
	}
	if !bearer.Found {
		return Actor{}, errSessionInvalid
	}
	a.Token = bearer.Session.Digest
	if bearer.Session.Ticket != nil {
		a.Follows = bearer.Session.Ticket
		return a, nil
	}
	a.Person, a.Memberships = &bearer.Person, byDesk(bearer.Memberships)
	return a, nil
}

// SignIn makes a session for who knows the password of a login. From is the address that wrong ones are
// counted by, of IPv6 the network of a customer; empty where there is none. Errors: NotFound (code
// "tenant_not_found"); Unauthenticated (code "wrong_credentials") for an unknown or erased login and a
// wrong password alike, after the same time; Limited (code "too_many_attempts"); Unavailable ("busy").
func (s *Service) SignIn(ctx context.Context, tenantSlug, email, password, from string, l i18n.Lang) (SessionView, error) {
	a, err := s.Anonymous(ctx, tenantSlug, l)
	if err != nil {
		return SessionView{}, err
	}
	login := loginOf(email)
	var found person.Person
	if err := s.doors.admit(ctx, attempt{realm: tenantSlug, login: login, from: from}, password, func() (visitor, error) {
		var places person.Places
		err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
			var err error
			if found, err = person.ByLogin(ctx, tx, a.Tenant.ID, login); err != nil {
				return err
			}
			places, err = person.SignedInFrom(ctx, tx, a.Tenant.ID, found.ID)
			return err
		})
		return visitor{hash: found.PasswordHash, known: places.Know(found.ID, from, s.clock.Now())}, err
	}); err != nil {
		return SessionView{}, fmt.Errorf("sign in: %w", err)
	}
	now, token := s.clock.Now(), ident.NewToken()
	session := person.Session{Digest: token.Digest(), Person: found.ID, CreatedAt: now, ExpiresAt: now.Add(sessionFor)}
	var memberships []person.Membership
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		err := person.SignsIn(ctx, tx, found, from, now)
		if errs.KindOf(err) == errs.NotFound {
			return errWrongCredentials
		}
		if err != nil {
			return err
		}
		if memberships, err = person.Memberships(ctx, tx, a.Tenant.ID, found.ID); err != nil {
			return err
		}
		return person.InsertSession(ctx, tx, a.Tenant.ID, session)
	}); err != nil {
		return SessionView{}, fmt.Errorf("keep session: %w", err)
	}
	found.PasswordHash = ""
	a.Person, a.Memberships = &found, byDesk(memberships)
	return SessionView{Token: token, ExpiresAt: session.ExpiresAt, Person: s.Me(a)}, nil
}

// SignOut ends the actor's session; without one nothing happens.
func (s *Service) SignOut(ctx context.Context, a Actor) error {
	if a.Token == nil {
		return nil
	}
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		return person.DeleteSession(ctx, tx, a.Tenant.ID, a.Token)
	}); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// Me is the profile of the actor, empty without a session of his own.
func (s *Service) Me(a Actor) PersonView {
	view := PersonView{Desks: []MembershipView{}}
	if a.Person == nil {
		return view
	}
	p := a.Person
	view.ID, view.Name, view.Login, view.Email = p.ID, p.Name, p.Login, p.Email
	view.Phone, view.Position, view.Kind = p.Phone, p.Position, p.Kind
	if o := p.Organisation; o != nil {
		view.Organisation = &OrganisationView{ID: o.ID, INN: o.INN, Name: o.Name}
	}
	for id, m := range a.Memberships {
		if snap, ok := s.registry.Desk(a.Tenant.ID, id); ok {
			view.Desks = append(view.Desks, MembershipView{Desk: snap.Desk.Slug, Line: m.Line, Administrator: m.Administrator})
		}
	}
	slices.SortFunc(view.Desks, func(x, y MembershipView) int { return cmp.Compare(x.Desk, y.Desk) })
	return view
}

func byDesk(all []person.Membership) map[ident.ID]access.Membership {
	out := make(map[ident.ID]access.Membership, len(all))
	for _, m := range all {
		one := out[m.Desk]
		switch m.Role {
		case person.RoleAgent:
			one.Line = m.Line
		case person.RoleAdministrator:
			one.Administrator = true
		}
		out[m.Desk] = one
	}
	return out
}

// loginOf is how an address is kept as a login.
func loginOf(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
