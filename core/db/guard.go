package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
)

// ExemptTables are the tables without row level security: they belong to the installation. River's
// tables, which begin with "river_", hold identifiers only.
func ExemptTables() []string {
	return []string{"tenants", "releases", "builds", "config_epoch", "operators", "operator_sessions", "dispatcher", "schema_migrations"}
}

// IsExempt reports whether a table may do without forced row level security.
func IsExempt(table string) bool {
	return slices.Contains(ExemptTables(), table) || strings.HasPrefix(table, "river_")
}

// CheckRole refuses a connection that could see across tenants: a superuser, a role that bypasses row
// level security, an owner of tables, or a schema in which a table lacks forced row level security.
// Errors: code "unsafe_role" with Msg saying which; "schema_missing" before `opora migrate`.
func (d *DB) CheckRole(ctx context.Context) error {
	var role string
	var super, bypass bool
	if err := d.pool.QueryRow(ctx, `select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user`).
		Scan(&role, &super, &bypass); err != nil {
		return fmt.Errorf("read the server's role: %w", err)
	}
	switch {
	case super:
		return unsafeRole("connected as %q, a superuser: row level security does not hold for it; connect as %s", role, RoleApp)
	case bypass:
		return unsafeRole("connected as %q, which bypasses row level security; connect as %s", role, RoleApp)
	}
	rows, err := d.pool.Query(ctx, `select c.relname::text, c.relrowsecurity and c.relforcerowsecurity, pg_has_role(current_user, c.relowner, 'member')
		from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'public' and c.relkind in ('r', 'p') order by c.relname limit 1000`)
	if err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	var found int
	var table string
	var forced, owns bool
	if _, err := pgx.ForEachRow(rows, []any{&table, &forced, &owns}, func() error {
		found++
		if owns {
			return unsafeRole("connected as %q, an owner of the table %s: an owner can switch row level security off; connect as %s", role, table, RoleApp)
		}
		if !forced && !IsExempt(table) {
			return unsafeRole("the table %s has no forced row level security (connected as %q); run `opora migrate`, or repair the table", table, role)
		}
		return nil
	}); err != nil {
		return fmt.Errorf("check the catalogue: %w", err)
	}
	if found == 0 {
		return errs.New(errs.Unavailable, "schema_missing", "the database has no tables yet; run `opora migrate` first")
	}
	return nil
}

func unsafeRole(format string, args ...any) error {
	return errs.New(errs.Internal, "unsafe_role", fmt.Sprintf(format, args...))
}
