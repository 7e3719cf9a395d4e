package tenant_test

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
	"github.com/opora-desk/opora/core/tenant"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func insert(t *testing.T, d *dbtest.Database, slug string) tenant.Tenant {
	t.Helper()
	one := tenant.Tenant{ID: ident.New(), Slug: slug, Title: i18n.Text{RU: "Имя", EN: "Name"}, Quota: 10, CreatedAt: at}
	require.NoError(t, tenant.Insert(t.Context(), d.Exempt(), one))
	return one
}

func in(t *testing.T, d *dbtest.Database, id ident.ID, fn func(ctx context.Context, tx pgx.Tx) error) error {
	t.Helper()
	return d.InTx(t.Context(), id, fn)
}

func desk(of tenant.Tenant, slug, prefix string) tenant.Desk {
	return tenant.Desk{
		Tenant: of.ID, ID: ident.New(), Slug: slug, System: "sample", Title: i18n.Text{RU: "Служба"}, Prefix: prefix,
		Settings: tenant.Settings{TimeZone: "Asia/Chita", MaxCount: 3}, CreatedAt: at, Version: 1,
	}
}

func TestTenants(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	second, first := insert(t, d, "second"), insert(t, d, "first")
	all, err := tenant.List(t.Context(), d.Exempt())
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]tenant.Tenant{first, second}, all))

	found, err := tenant.BySlug(t.Context(), d.Exempt(), "second")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(second, found))
	_, err = tenant.BySlug(t.Context(), d.Exempt(), "third")
	require.Equal(t, errs.NotFound, errs.KindOf(err))
	require.Equal(t, "tenant_not_found", errs.CodeOf(err))

	err = tenant.Insert(t.Context(), d.Exempt(), tenant.Tenant{ID: ident.New(), Slug: "first", CreatedAt: at})
	require.Equal(t, errs.Conflict, errs.KindOf(err))
	require.Equal(t, "tenant_exists", errs.CodeOf(err))
}

func TestDesksAreOfOneTenant(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	first, second := insert(t, d, "first"), insert(t, d, "second")
	one, foreign := desk(first, "portal", "POR"), desk(second, "portal", "POR")
	for _, x := range []tenant.Desk{one, foreign} {
		require.NoError(t, in(t, d, x.Tenant, func(ctx context.Context, tx pgx.Tx) error {
			return tenant.InsertDesk(ctx, tx, x.Tenant, x)
		}))
	}
	require.NoError(t, in(t, d, first.ID, func(ctx context.Context, tx pgx.Tx) error {
		all, err := tenant.Desks(ctx, tx, first.ID)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]tenant.Desk{one}, all))
		others, err := tenant.Desks(ctx, tx, second.ID)
		require.NoError(t, err)
		require.Empty(t, others, "another tenant's desks are not there even when asked for")

		require.NoError(t, tenant.UpdateSettings(ctx, tx, first.ID, one.ID, tenant.Settings{MaxCount: 7}))
		found, err := tenant.DeskBySlug(ctx, tx, first.ID, "portal")
		require.NoError(t, err)
		require.Equal(t, tenant.Settings{MaxCount: 7}, found.Settings)
		_, err = tenant.DeskBySlug(ctx, tx, first.ID, "absent")
		require.Equal(t, "desk_not_found", errs.CodeOf(err))
		err = tenant.UpdateSettings(ctx, tx, first.ID, foreign.ID, tenant.Settings{})
		require.Equal(t, "desk_not_found", errs.CodeOf(err))

		var number string
		require.NoError(t, tx.QueryRow(ctx, `select next_number($1, $2)`, first.ID, one.ID).Scan(&number))
		require.Equal(t, ident.FormatNumber("POR", tenant.FirstNumber+1), number)
		return nil
	}))
	for _, test := range []struct{ slug, prefix, code string }{
		{"portal", "OTH", "desk_exists"},
		{"other", "POR", "prefix_taken"},
	} {
		err := in(t, d, first.ID, func(ctx context.Context, tx pgx.Tx) error {
			return tenant.InsertDesk(ctx, tx, first.ID, desk(first, test.slug, test.prefix))
		})
		require.Equal(t, errs.Conflict, errs.KindOf(err), test.code)
		require.Equal(t, test.code, errs.CodeOf(err))
	}
}

func TestListValues(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	first, second := insert(t, d, "first"), insert(t, d, "second")
	one, foreign := desk(first, "portal", "POR"), desk(second, "portal", "POR")
	value := func(desk tenant.Desk, key, title string, retired bool) {
		require.NoError(t, in(t, d, desk.Tenant, func(ctx context.Context, tx pgx.Tx) error {
			return tenant.InsertListValue(ctx, tx, desk.Tenant, tenant.ListValue{Desk: desk.ID, List: "kinds", Key: key, Title: i18n.Text{RU: title}, Retired: retired})
		}))
	}
	for _, x := range []tenant.Desk{one, foreign} {
		require.NoError(t, in(t, d, x.Tenant, func(ctx context.Context, tx pgx.Tx) error {
			return tenant.InsertDesk(ctx, tx, x.Tenant, x)
		}))
	}
	value(one, "zebra", "Зебра", false)
	value(one, "apple", "Яблоко", false)
	value(foreign, "foreign", "Чужое", false)
	value(one, "zebra", "Старая зебра", true)
	require.NoError(t, in(t, d, first.ID, func(ctx context.Context, tx pgx.Tx) error {
		all, err := tenant.ListValues(ctx, tx, first.ID)
		require.NoError(t, err)
		require.Equal(t, []tenant.ListValue{
			{Desk: one.ID, List: "kinds", Key: "zebra", Title: i18n.Text{RU: "Старая зебра"}, Retired: true},
			{Desk: one.ID, List: "kinds", Key: "apple", Title: i18n.Text{RU: "Яблоко"}},
		}, all, "in the order of adding, renamed and retired in place")
		counts, err := tenant.Counts(ctx, tx, first.ID)
		require.NoError(t, err)
		require.Empty(t, counts)
		return nil
	}))
}

func TestOperators(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	o := tenant.Operator{ID: ident.New(), Login: "operator@example.org", Name: "O", PasswordHash: "hash", CreatedAt: at}
	require.NoError(t, tenant.InsertOperator(t.Context(), d.Exempt(), o))
	twice := o
	twice.ID = ident.New()
	require.Equal(t, "operator_exists", errs.CodeOf(tenant.InsertOperator(t.Context(), d.Exempt(), twice)))
	found, err := tenant.OperatorByLogin(t.Context(), d.Exempt(), o.Login)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(o, found))
	_, err = tenant.OperatorByLogin(t.Context(), d.Exempt(), "nobody@example.org")
	require.Equal(t, "operator_not_found", errs.CodeOf(err))

	old, fresh := ident.NewToken(), ident.NewToken()
	require.NoError(t, tenant.InsertOperatorSession(t.Context(), d.Exempt(), tenant.OperatorSession{Digest: old.Digest(), Operator: o.ID, CreatedAt: at, ExpiresAt: at.Add(time.Hour)}))
	found, err = tenant.OperatorByDigest(t.Context(), d.Exempt(), old.Digest(), at)
	require.NoError(t, err)
	require.Equal(t, o.ID, found.ID)
	require.Empty(t, found.PasswordHash)
	_, err = tenant.OperatorByDigest(t.Context(), d.Exempt(), old.Digest(), at.Add(time.Hour))
	require.Equal(t, "operator_not_found", errs.CodeOf(err), "expired")

	require.NoError(t, tenant.InsertOperatorSession(t.Context(), d.Exempt(), tenant.OperatorSession{Digest: fresh.Digest(), Operator: o.ID, CreatedAt: at.Add(2 * time.Hour), ExpiresAt: at.Add(3 * time.Hour)}))
	var left int
	require.NoError(t, d.Exempt().QueryRow(t.Context(), `select count(*) from operator_sessions`).Scan(&left))
	require.Equal(t, 1, left, "the expired one is forgotten")
	require.NoError(t, tenant.DeleteOperatorSession(t.Context(), d.Exempt(), fresh.Digest()))
	_, err = tenant.OperatorByDigest(t.Context(), d.Exempt(), fresh.Digest(), at)
	require.Error(t, err)
}
