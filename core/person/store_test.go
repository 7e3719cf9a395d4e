package person_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/tenant"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is two tenants, each with one desk.
type world struct {
	*dbtest.Database
	first, second ident.ID
	desk, foreign ident.ID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Database: dbtest.New(t)}
	for _, one := range []struct {
		slug     string
		id, desk *ident.ID
	}{{"first", &w.first, &w.desk}, {"second", &w.second, &w.foreign}} {
		*one.id, *one.desk = ident.New(), ident.New()
		w.in(t, *one.id, func(ctx context.Context, tx pgx.Tx) error {
			if err := tenant.Insert(ctx, tx, tenant.Tenant{ID: *one.id, Slug: one.slug, Title: i18n.Text{RU: "x"}, CreatedAt: at}); err != nil {
				return err
			}
			return tenant.InsertDesk(ctx, tx, *one.id, tenant.Desk{ID: *one.desk, Slug: "portal", System: "sample", Prefix: "POR", CreatedAt: at})
		})
	}
	return w
}

func (w *world) in(t *testing.T, id ident.ID, fn func(ctx context.Context, tx pgx.Tx) error) {
	t.Helper()
	require.NoError(t, w.InTx(t.Context(), id, fn))
}

func (w *world) add(t *testing.T, id ident.ID, login string, org *person.Organisation) person.Person {
	t.Helper()
	p := person.Person{
		Tenant: id, ID: ident.New(), Login: login, PasswordHash: "hash", Name: "Иванова Анна", Email: "anna@example.org", Phone: "+7",
		Position: "врач", Kind: person.Staff, Verified: true, Locale: "ru", Organisation: org, CreatedAt: at,
	}
	w.in(t, id, func(ctx context.Context, tx pgx.Tx) error { return person.Insert(ctx, tx, id, p) })
	return p
}

func TestPeopleAreOfOneTenant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var org person.Organisation
	w.in(t, w.first, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		org, err = person.OrganisationByINN(ctx, tx, w.first, "7707083893", "Больница", at)
		return err
	})
	p := w.add(t, w.first, "anna@example.org", &org)
	foreign := w.add(t, w.second, "anna@example.org", nil)
	nameless := w.add(t, w.first, "", nil)
	w.in(t, w.first, func(ctx context.Context, tx pgx.Tx) error {
		shown := p
		shown.PasswordHash = ""
		found, err := person.ByID(ctx, tx, w.first, p.ID)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(shown, found))
		found, err = person.ByLogin(ctx, tx, w.first, "anna@example.org")
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(p, found))
		_, err = person.ByID(ctx, tx, w.first, foreign.ID)
		require.Equal(t, "person_not_found", errs.CodeOf(err))
		_, err = person.ByLogin(ctx, tx, w.first, "")
		require.Equal(t, errs.NotFound, errs.KindOf(err), "no login is not an empty login")

		all, err := person.ByIDs(ctx, tx, w.first, []ident.ID{p.ID, nameless.ID, foreign.ID, ident.New()})
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Empty(t, cmp.Diff(shown, all[p.ID]))
		return nil
	})
	err := w.InTx(t.Context(), w.first, func(ctx context.Context, tx pgx.Tx) error {
		return person.Insert(ctx, tx, w.first, person.Person{ID: ident.New(), Login: "anna@example.org", Kind: person.Staff, CreatedAt: at})
	})
	require.Equal(t, errs.Conflict, errs.KindOf(err))
	require.Equal(t, "person_exists", errs.CodeOf(err))
}

func TestUpdateAndErase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, foreign := w.add(t, w.first, "anna@example.org", nil), w.add(t, w.second, "anna@example.org", nil)
	token := ident.NewToken()
	w.in(t, w.first, func(ctx context.Context, tx pgx.Tx) error {
		changed := p
		changed.Name, changed.Kind, changed.Login = "Петрова Анна", person.Citizen, "other@example.org"
		require.NoError(t, person.Update(ctx, tx, w.first, changed))
		found, err := person.ByID(ctx, tx, w.first, p.ID)
		require.NoError(t, err)
		require.Equal(t, "Петрова Анна", found.Name)
		require.Equal(t, person.Citizen, found.Kind)
		require.Equal(t, "anna@example.org", found.Login, "a login is no part of the profile")
		require.Equal(t, "person_not_found", errs.CodeOf(person.Update(ctx, tx, w.first, foreign)))

		require.NoError(t, person.InsertMembership(ctx, tx, w.first, person.Membership{Desk: w.desk, Person: p.ID, Role: person.RoleAgent, Line: "line1"}, at))
		require.NoError(t, person.InsertSession(ctx, tx, w.first, person.Session{Digest: token.Digest(), Person: p.ID, CreatedAt: at, ExpiresAt: at.Add(time.Hour)}))
		require.NoError(t, person.Erase(ctx, tx, w.first, p.ID, at))
		return nil
	})
	w.in(t, w.first, func(ctx context.Context, tx pgx.Tx) error {
		found, err := person.ByID(ctx, tx, w.first, p.ID)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(person.Person{Tenant: w.first, ID: p.ID, Kind: person.Citizen, Locale: "ru", CreatedAt: at, ErasedAt: &at}, found))
		_, err = person.ByLogin(ctx, tx, w.first, "anna@example.org")
		require.Equal(t, "person_not_found", errs.CodeOf(err))
		members, err := person.Memberships(ctx, tx, w.first, p.ID)
		require.NoError(t, err)
		require.Empty(t, members)
		require.Equal(t, "person_not_found", errs.CodeOf(person.Erase(ctx, tx, w.first, p.ID, at)), "once")
		return nil
	})
	require.False(t, w.bearer(t, w.first, token, at).Found)
}

func (w *world) bearer(t *testing.T, id ident.ID, token ident.Token, now time.Time) person.Bearer {
	t.Helper()
	var b person.Bearer
	require.NoError(t, w.Batch(t.Context(), id, func(batch *pgx.Batch) {
		person.QueueBearer(batch, id, token.Digest(), now, &b)
	}))
	return b
}

func TestBearer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var org person.Organisation
	w.in(t, w.first, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		org, err = person.OrganisationByINN(ctx, tx, w.first, "7707083893", "Больница", at)
		return err
	})
	p, foreign := w.add(t, w.first, "anna@example.org", &org), w.add(t, w.second, "b@example.org", nil)
	token, follow, other := ident.NewToken(), ident.NewToken(), ident.NewToken()
	ticket := ident.New()
	w.in(t, w.first, func(ctx context.Context, tx pgx.Tx) error {
		for _, m := range []person.Membership{
			{Desk: w.desk, Person: p.ID, Role: person.RoleAgent, Line: "line2"},
			{Desk: w.desk, Person: p.ID, Role: person.RoleAgent, Line: "line1"},
			{Desk: w.desk, Person: p.ID, Role: person.RoleAdministrator},
		} {
			require.NoError(t, person.InsertMembership(ctx, tx, w.first, m, at))
		}
		require.NoError(t, person.InsertSession(ctx, tx, w.first, person.Session{Digest: token.Digest(), Person: p.ID, CreatedAt: at, ExpiresAt: at.Add(time.Hour)}))
		require.NoError(t, person.InsertSession(ctx, tx, w.first, person.Session{Digest: follow.Digest(), Person: p.ID, Ticket: &ticket, CreatedAt: at, ExpiresAt: at.Add(time.Hour)}))
		members, err := person.MembersOf(ctx, tx, w.first, w.desk)
		require.NoError(t, err)
		require.Len(t, members, 2)
		return nil
	})
	w.in(t, w.second, func(ctx context.Context, tx pgx.Tx) error {
		return person.InsertSession(ctx, tx, w.second, person.Session{Digest: other.Digest(), Person: foreign.ID, CreatedAt: at, ExpiresAt: at.Add(time.Hour)})
	})

	got := w.bearer(t, w.first, token, at)
	p.PasswordHash = ""
	require.Empty(t, cmp.Diff(person.Bearer{
		Found: true, Person: p,
		Session: person.Session{Digest: token.Digest(), Person: p.ID, CreatedAt: at, ExpiresAt: at.Add(time.Hour)},
		Memberships: []person.Membership{
			{Desk: w.desk, Person: p.ID, Role: person.RoleAdministrator},
			{Desk: w.desk, Person: p.ID, Role: person.RoleAgent, Line: "line1"},
		},
	}, got))
	require.Equal(t, &ticket, w.bearer(t, w.first, follow, at).Session.Ticket)
	require.False(t, w.bearer(t, w.first, other, at).Found, "a token of another tenant")
	require.True(t, w.bearer(t, w.second, other, at).Found)
	require.False(t, w.bearer(t, w.first, ident.NewToken(), at).Found, "an unknown token")
	require.False(t, w.bearer(t, w.first, token, at.Add(time.Hour)).Found, "an expired token")

	w.in(t, w.first, func(ctx context.Context, tx pgx.Tx) error {
		return person.DeleteSession(ctx, tx, w.first, token.Digest())
	})
	require.True(t, w.bearer(t, w.first, follow, at).Found, "the person's other session stays")
	require.False(t, w.bearer(t, w.first, token, at).Found)
	require.True(t, w.bearer(t, w.second, other, at).Found, "the other tenant's session stays")
}

func TestOrganisations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	upsert := func(id ident.ID, inn, name string) person.Organisation {
		var org person.Organisation
		w.in(t, id, func(ctx context.Context, tx pgx.Tx) error {
			var err error
			org, err = person.OrganisationByINN(ctx, tx, id, inn, name, at)
			return err
		})
		return org
	}
	one := upsert(w.first, "7707083893", "")
	foreign := upsert(w.second, "7707083893", "Чужая")
	require.NotEqual(t, one.ID, foreign.ID)
	require.Equal(t, person.Organisation{ID: one.ID, INN: "7707083893", Name: "Больница"}, upsert(w.first, "7707083893", "Больница"), "a missing name is filled")
	require.Equal(t, "Больница", upsert(w.first, "7707083893", "Другая").Name, "a known name stays")
	nameless := upsert(w.first, "", "Без ИНН")
	require.NotEqual(t, nameless.ID, upsert(w.first, "", nameless.Name).ID, "nobody is joined by name")
	w.in(t, w.first, func(ctx context.Context, tx pgx.Tx) error {
		found, err := person.FindOrganisation(ctx, tx, w.first, "7707083893")
		require.NoError(t, err)
		require.Equal(t, one.ID, found.ID)
		_, err = person.FindOrganisation(ctx, tx, w.first, "7700000000")
		require.Equal(t, "organisation_not_found", errs.CodeOf(err))
		all, err := person.OrganisationsByIDs(ctx, tx, w.first, []ident.ID{one.ID, foreign.ID})
		require.NoError(t, err)
		require.Equal(t, map[ident.ID]person.Organisation{one.ID: found}, all)
		return nil
	})
}
