package db_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func insertTenant(t *testing.T, d *dbtest.Database, slug string) ident.ID {
	t.Helper()
	id := ident.New()
	_, err := d.Exempt().Exec(t.Context(), `insert into tenants (id, slug, title, created_at) values ($1, $2, '{}', now())`, id, slug)
	require.NoError(t, err)
	return id
}

func TestInTxSeesOneTenantOnly(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	first, second := insertTenant(t, d, "first"), insertTenant(t, d, "second")
	for _, tenant := range []ident.ID{first, second} {
		require.NoError(t, d.InTx(t.Context(), tenant, func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `insert into organisations (tenant_id, id, inn, name, created_at) values ($1, $2, '7707083893', 'x', now())`, tenant, ident.New())
			return err
		}))
	}
	var seen int
	require.NoError(t, d.InTx(t.Context(), first, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select count(*) from organisations`).Scan(&seen)
	}))
	require.Equal(t, 1, seen)

	err := d.InTx(t.Context(), first, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into organisations (tenant_id, id, name, created_at) values ($1, $2, 'x', now())`, second, ident.New())
		return err
	})
	require.Error(t, err, "a row of another tenant cannot be written")

	// After a transaction the setting is gone: no tenant, no rows.
	require.NoError(t, d.Exempt().QueryRow(t.Context(), `select count(*) from organisations`).Scan(&seen))
	require.Zero(t, seen)
}

func TestBatchIsOneTransaction(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	tenant := insertTenant(t, d, "first")
	insert := func(b *pgx.Batch, inn string) {
		b.Queue(`insert into organisations (tenant_id, id, inn, name, created_at) values ($1, $2, $3, 'x', now())`, tenant, ident.New(), inn)
	}
	err := d.Batch(t.Context(), tenant, func(b *pgx.Batch) {
		insert(b, "7707083893")
		insert(b, "7707083893")
	})
	require.Equal(t, errs.Conflict, errs.KindOf(err))
	require.True(t, db.Violated(err, "organisations_inn_key"))
	var count int
	require.NoError(t, d.Batch(t.Context(), tenant, func(b *pgx.Batch) {
		insert(b, "7707083893")
		b.Queue(`select count(*) from organisations`).QueryRow(func(row pgx.Row) error { return row.Scan(&count) })
	}))
	require.Equal(t, 1, count, "nothing of the failed batch is left")
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	require.NoError(t, db.Translate(nil))
	require.Equal(t, errs.NotFound, errs.KindOf(db.Translate(pgx.ErrNoRows)))
	own := errs.New(errs.Forbidden, "x", "")
	require.Equal(t, own, db.Translate(own))
	plain := errors.New("plain")
	require.Equal(t, plain, db.Translate(plain))
	for _, broken := range []error{io.ErrUnexpectedEOF, io.EOF, syscall.ECONNRESET, syscall.EPIPE, net.ErrClosed} {
		meant := db.Translate(fmt.Errorf("run query: %w", broken))
		require.Equal(t, errs.Unavailable, errs.KindOf(meant), broken)
		require.Equal(t, "database_unavailable", errs.CodeOf(meant))
	}
	left := fmt.Errorf("run query: %w", context.Canceled)
	require.Equal(t, left, db.Translate(left))
}

func TestCheckRole(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	require.NoError(t, d.CheckRole(t.Context()))
	for _, test := range []struct{ name, url, says string }{
		{"superuser", d.SuperURL, "superuser"},
		{"owner", d.OwnerURL, "owner of the table"},
	} {
		opened, err := db.Open(t.Context(), test.url, 2)
		require.NoError(t, err, test.name)
		err = opened.CheckRole(t.Context())
		opened.Close()
		require.ErrorContains(t, err, test.says)
		require.Equal(t, "unsafe_role", errs.CodeOf(err))
	}
	_, err := d.Super(t).Exec(t.Context(), `alter table people no force row level security`)
	require.NoError(t, err)
	require.ErrorContains(t, d.CheckRole(t.Context()), "people has no forced row level security")
}

func TestMigrateTwiceDoesNothing(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	applied, err := db.Migrate(t.Context(), d.OwnerURL)
	require.NoError(t, err)
	require.Zero(t, applied)
	_, err = d.Super(t).Exec(t.Context(), `insert into schema_migrations (version_id, is_applied) values (99999, true)`)
	require.NoError(t, err)
	_, err = db.Migrate(t.Context(), d.OwnerURL)
	require.Equal(t, "schema_newer", errs.CodeOf(err))
}
