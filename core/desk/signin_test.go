package desk_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
)

const password = "верный пароль"

// user makes somebody who can sign in on a stage.
func user(t *testing.T, s *coretest.Stage, email string, in desk.UserInput) person.Person {
	t.Helper()
	in.Email, in.Password, in.Name = email, password, "Иванова Мария Петровна"
	p, err := s.World.Desk.CreateUser(t.Context(), s.Tenant.Slug, in)
	require.NoError(t, err)
	return p
}

func requireCode(t *testing.T, kind errs.Kind, code string, err error, name string) {
	t.Helper()
	require.Error(t, err, name)
	require.Equal(t, code, errs.CodeOf(err), "%s: %v", name, err)
	require.Equal(t, kind, errs.KindOf(err), name)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, service := t.Context(), s.World.Desk
	p := user(t, s, "Anna@Example.org", desk.UserInput{
		INN: "7707083893", Organisation: "Больница", Phone: "+7", Position: "врач",
		Memberships: []desk.MembershipInput{{Desk: "webtorgi", Line: "2"}, {Desk: "webtorgi", Administrator: true}},
	})
	erased := user(t, s, "erased@example.org", desk.UserInput{})
	require.NoError(t, s.DB.InTx(ctx, s.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		return person.Erase(ctx, tx, s.Tenant.ID, erased.ID, s.Clock.Now())
	}))
	for name, try := range map[string]struct{ tenant, login, password string }{
		"unknown login":    {"zab", "nobody@example.org", password},
		"wrong password":   {"zab", "anna@example.org", "неверный пароль"},
		"no password":      {"zab", "anna@example.org", ""},
		"erased":           {"zab", "erased@example.org", password},
		"of other tenant":  {"other", "anna@example.org", password},
		"no login":         {"zab", "", password},
		"a login too long": {"zab", string(make([]byte, 1<<20)), password},
	} {
		_, err := service.SignIn(ctx, try.tenant, try.login, try.password, "", i18n.RU)
		requireCode(t, errs.Unauthenticated, "wrong_credentials", err, name)
	}
	_, err := service.SignIn(ctx, "nowhere", "anna@example.org", password, "", i18n.RU)
	requireCode(t, errs.NotFound, "tenant_not_found", err, "unknown tenant")

	got, err := service.SignIn(ctx, "zab", " ANNA@example.org ", password, "", i18n.RU)
	require.NoError(t, err)
	require.Equal(t, s.Clock.Now().Add(12*time.Hour), got.ExpiresAt)
	require.Equal(t, desk.PersonView{
		ID: p.ID, Name: "Иванова Мария Петровна", Login: "anna@example.org", Email: "anna@example.org", Phone: "+7", Position: "врач", Kind: "staff",
		Organisation: &desk.OrganisationView{ID: p.Organisation.ID, INN: "7707083893", Name: "Больница"},
		Desks:        []desk.MembershipView{{Desk: "webtorgi", Line: "line2", Administrator: true}},
	}, got.Person)

	actor, err := service.Authenticate(ctx, "zab", got.Token, i18n.EN)
	require.NoError(t, err)
	require.Equal(t, got.Person, service.Me(actor))
	require.Equal(t, i18n.EN, actor.Lang)
	require.Empty(t, actor.Person.PasswordHash)
	_, err = service.Authenticate(ctx, "other", got.Token, i18n.RU)
	requireCode(t, errs.Unauthenticated, "session_invalid", err, "a token of another tenant")
	_, err = service.Authenticate(ctx, "nowhere", got.Token, i18n.RU)
	requireCode(t, errs.NotFound, "tenant_not_found", err, "unknown tenant")
	_, err = service.Authenticate(ctx, "zab", "", i18n.RU)
	requireCode(t, errs.Unauthenticated, "session_invalid", err, "no token")

	second, err := service.SignIn(ctx, "zab", "anna@example.org", password, "", i18n.RU)
	require.NoError(t, err)
	require.NoError(t, service.SignOut(ctx, actor))
	_, err = service.Authenticate(ctx, "zab", got.Token, i18n.RU)
	requireCode(t, errs.Unauthenticated, "session_invalid", err, "signed out")
	_, err = service.Authenticate(ctx, "zab", second.Token, i18n.RU)
	require.NoError(t, err, "the other session goes on")
	s.Clock.Advance(12 * time.Hour)
	_, err = service.Authenticate(ctx, "zab", second.Token, i18n.RU)
	requireCode(t, errs.Unauthenticated, "session_invalid", err, "expired")
}

func TestAnonymous(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	a, err := s.World.Desk.Anonymous(t.Context(), "zab", i18n.EN)
	require.NoError(t, err)
	require.Equal(t, "zab", a.Tenant.Slug)
	require.Nil(t, a.Person)
	require.Equal(t, desk.PersonView{Desks: []desk.MembershipView{}}, s.World.Desk.Me(a))
	require.NoError(t, s.World.Desk.SignOut(t.Context(), a))
	_, err = s.World.Desk.Anonymous(t.Context(), "nowhere", i18n.EN)
	requireCode(t, errs.NotFound, "tenant_not_found", err, "unknown tenant")
}

func TestAFollowTokenIsNobodyButForItsTicket(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	token := ident.NewToken()
	require.NoError(t, s.DB.InTx(t.Context(), s.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		return person.InsertSession(ctx, tx, s.Tenant.ID, person.Session{
			Digest: token.Digest(), Person: s.Owner.Person.ID, Ticket: &view.ID, CreatedAt: s.Clock.Now(), ExpiresAt: s.Clock.Now().Add(time.Hour),
		})
	}))
	a, err := s.World.Desk.Authenticate(t.Context(), "zab", token, i18n.RU)
	require.NoError(t, err)
	require.Nil(t, a.Person)
	require.Equal(t, &view.ID, a.Follows)
	_, err = s.World.Desk.Ticket(t.Context(), a, view.Number)
	require.NoError(t, err)
	_, err = s.World.Desk.Comment(t.Context(), a, view.Number, desk.CommentInput{Text: "x"})
	require.Error(t, err)
	second := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	_, err = s.World.Desk.Ticket(t.Context(), a, second.Number)
	requireCode(t, errs.NotFound, "ticket_not_found", err, "another ticket of the same person")
}

func TestWrongPasswordsAreLimited(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	user(t, s, "anna@example.org", desk.UserInput{})
	user(t, s, "boris@example.org", desk.UserInput{})
	sign := func(login, with string) error {
		_, err := s.World.Desk.SignIn(t.Context(), "zab", login, with, "192.0.2.1", i18n.RU)
		return err
	}
	for range 9 {
		requireCode(t, errs.Unauthenticated, "wrong_credentials", sign("anna@example.org", "неверный"), "wrong")
	}
	require.NoError(t, sign("anna@example.org", password), "the tenth may be right, and counts from anew")

	// Many at once are no way around it.
	results := make([]error, 30)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() { results[i] = sign("anna@example.org", "неверный") })
	}
	group.Wait()
	codes := map[string]int{}
	for _, err := range results {
		codes[errs.CodeOf(err)]++
	}
	require.Equal(t, map[string]int{"wrong_credentials": 10, "too_many_attempts": 20}, codes)

	err := sign("anna@example.org", password)
	requireCode(t, errs.Limited, "too_many_attempts", err, "also the right password")
	var limited *errs.Error
	require.ErrorAs(t, err, &limited)
	require.Equal(t, 10*time.Second, limited.RetryAfter)
	require.NoError(t, sign("boris@example.org", password), "another login is not concerned")
	s.Clock.Advance(10 * time.Second)
	require.NoError(t, sign("anna@example.org", password), "slowed down, not kept out")
}
