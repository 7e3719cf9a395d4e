package db_test

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/ident"
)

// twoTenants puts three organisations into one tenant and two into another.
func twoTenants(t *testing.T, d *dbtest.Database) map[ident.ID]int {
	t.Helper()
	counts := map[ident.ID]int{insertTenant(t, d, "first"): 3, insertTenant(t, d, "second"): 2}
	for tenant, count := range counts {
		require.NoError(t, d.InTx(t.Context(), tenant, func(ctx context.Context, tx pgx.Tx) error {
			for i := range count {
				if _, err := tx.Exec(ctx, `insert into organisations (tenant_id, id, inn, name, created_at) values ($1, $2, $3, 'before', now())`,
					tenant, ident.New(), fmt.Sprintf("77070838%02d", i)); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return counts
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() { _ = conn.Close(ctx) })
	return conn
}

func perTenant(t *testing.T, conn *pgx.Conn, where string) map[ident.ID]int {
	t.Helper()
	rows, err := conn.Query(t.Context(), `select tenant_id, count(*) from organisations where name = $1 group by tenant_id`, where)
	require.NoError(t, err)
	out := map[ident.ID]int{}
	var tenant ident.ID
	var count int
	_, err = pgx.ForEachRow(rows, []any{&tenant, &count}, func() error {
		out[tenant] = count
		return nil
	})
	require.NoError(t, err)
	return out
}

// named returns the address of another database or role of the same cluster.
func named(t *testing.T, address, role, database string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	if role != "" {
		parsed.User = url.User(role)
	}
	if database != "" {
		parsed.Path = "/" + database
	}
	return parsed.String()
}

func run(t *testing.T, program string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(dbtest.Cluster(t).Binaries().Dir, program), args...).CombinedOutput()
	return string(out), err
}

func TestBackupHoldsEveryTenant(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	counts := twoTenants(t, d)
	file := filepath.Join(t.TempDir(), "opora.dump")

	// A dump as the owner or the server is refused instead of being silently empty.
	for _, role := range []string{db.RoleOwner, db.RoleApp} {
		out, err := run(t, "pg_dump", "--format=custom", "--file="+file, "--table=organisations", named(t, d.SuperURL, role, ""))
		require.Error(t, err, role)
		require.Contains(t, out, "row-level security", role)
	}
	out, err := run(t, "pg_dump", "--format=custom", "--file="+file, named(t, d.SuperURL, db.RoleBackup, ""))
	require.NoError(t, err, out)

	super := d.Super(t)
	var restored string
	require.NoError(t, super.QueryRow(t.Context(), `select current_database() || '_restored'`).Scan(&restored))
	_, err = super.Exec(t.Context(), "create database "+pgx.Identifier{restored}.Sanitize()+" owner "+db.RoleOwner)
	require.NoError(t, err)
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() { dropDatabase(ctx, d.SuperURL, restored) })
	out, err = run(t, "pg_restore", "--exit-on-error", "--dbname="+named(t, d.SuperURL, "", restored), file)
	require.NoError(t, err, out)
	require.Equal(t, counts, perTenant(t, connect(t, named(t, d.SuperURL, "", restored)), "before"))

	// The restored database is a sound one: policies, owners and rights came along.
	again, err := db.Open(t.Context(), named(t, d.AppURL, "", restored), 4)
	require.NoError(t, err)
	defer again.Close()
	require.NoError(t, again.CheckRole(t.Context()))
	for tenant, count := range counts {
		var seen int
		require.NoError(t, again.InTx(t.Context(), tenant, func(ctx context.Context, tx pgx.Tx) error {
			return tx.QueryRow(ctx, `select count(*) from organisations`).Scan(&seen)
		}))
		require.Equal(t, count, seen)
	}
	steps, err := db.Migrate(t.Context(), named(t, d.OwnerURL, "", restored))
	require.NoError(t, err)
	require.Zero(t, steps)
}

// dropDatabase leaves the cluster as it was found; the connection of a finished test is closed by then.
func dropDatabase(ctx context.Context, superURL, name string) {
	conn, err := pgx.Connect(ctx, superURL)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close(ctx) }()
	_, _ = conn.Exec(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)")
}

// TestDataMigrations shows the trap of FORCE ROW LEVEL SECURITY and the way a migration goes round it.
func TestDataMigrations(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	counts := twoTenants(t, d)
	owner, super := connect(t, d.OwnerURL), d.Super(t)

	// The owner sees no row: no error, nothing done.
	tag, err := owner.Exec(t.Context(), `update organisations set name = 'after'`)
	require.NoError(t, err)
	require.Zero(t, tag.RowsAffected())
	require.Equal(t, counts, perTenant(t, super, "before"))

	// Force is lifted, the data changed and force restored in one transaction.
	tx, err := owner.Begin(t.Context())
	require.NoError(t, err)
	for _, statement := range []string{
		`alter table organisations no force row level security`,
		`update organisations set name = 'after'`,
		`alter table organisations force row level security`,
	} {
		_, err := tx.Exec(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	// Nobody reads between: the lock is held until force is back.
	waiting := connect(t, d.AppURL)
	_, err = waiting.Exec(t.Context(), `set lock_timeout = '50ms'`)
	require.NoError(t, err)
	_, err = waiting.Exec(t.Context(), `select count(*) from organisations`)
	require.ErrorContains(t, err, "55P03")
	require.NoError(t, tx.Commit(t.Context()))

	require.Equal(t, counts, perTenant(t, super, "after"))
	require.NoError(t, d.CheckRole(t.Context()), "force is back")
}
