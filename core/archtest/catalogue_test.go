package archtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/db/dbtest"
)

// rows runs a query over the catalogue and returns each row as its columns' text.
func rows(t *testing.T, conn *pgx.Conn, sql string, args ...any) [][]string {
	t.Helper()
	found, err := conn.Query(t.Context(), sql, args...)
	require.NoError(t, err)
	out, err := pgx.CollectRows(found, func(row pgx.CollectableRow) ([]string, error) {
		values, err := row.Values()
		texts := make([]string, len(values))
		for i, value := range values {
			texts[i] = fmt.Sprint(value)
		}
		return texts, err
	})
	require.NoError(t, err)
	return out
}

// privateTables lists the tables that hold tenants' data.
func privateTables(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	var out []string
	for _, row := range rows(t, conn, `select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`) {
		if !db.IsExempt(row[0]) {
			out = append(out, row[0])
		}
	}
	require.Greater(t, len(out), 15, "tables were found")
	return out
}

func TestEveryTableIsBehindItsPolicy(t *testing.T) {
	t.Parallel()
	conn := dbtest.New(t).Super(t)
	var wrong []string
	for _, row := range rows(t, conn, `select relname::text, relrowsecurity and relforcerowsecurity from pg_class
		where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`) {
		if row[1] != "true" && !db.IsExempt(row[0]) {
			wrong = append(wrong, row[0]+" has no forced row level security")
		}
		if row[1] == "true" && db.IsExempt(row[0]) {
			wrong = append(wrong, row[0]+" is called exempt and is not")
		}
	}
	policies := map[string]int{}
	for _, row := range rows(t, conn, `select tablename::text, policyname::text, permissive, cmd, roles::text, qual, coalesce(with_check, '') from pg_policies where schemaname = 'public'`) {
		table, name, roles, qual := row[0], row[1], row[4], row[5]
		switch {
		case name == "tenant":
			policies[table]++
			if !strings.Contains(qual, "tenant_id = ") || !strings.Contains(qual, "app.tenant_id") || row[2] != "PERMISSIVE" || row[3] != "ALL" || row[6] != "" {
				wrong = append(wrong, table+": the policy is not the tenant's: "+strings.Join(row, " "))
			}
		case name == "search" && roles == "{"+db.RoleSearch+"}" && row[3] == "SELECT" && row[2] == "PERMISSIVE":
		default:
			wrong = append(wrong, table+" has a policy that is not on the list: "+strings.Join(row, " "))
		}
	}
	for _, table := range privateTables(t, conn) {
		if policies[table] != 1 {
			wrong = append(wrong, fmt.Sprintf("%s has %d policies of the tenant", table, policies[table]))
		}
	}
	none(t, wrong, "every table of a tenant's data has forced row level security and one policy")
}

func TestEveryKeyBeginsWithTheTenant(t *testing.T) {
	t.Parallel()
	conn := dbtest.New(t).Super(t)
	private := privateTables(t, conn)
	var wrong []string
	keyed := map[string]bool{}
	for _, row := range rows(t, conn, `select c.relname::text, i.relname::text, x.indisprimary, x.indisunique, a.am::text, x.first
		from pg_class c
		join (select indexrelid, indrelid, indisprimary, indisunique, pg_get_indexdef(indexrelid, 1, true) as first from pg_index) x on x.indrelid = c.oid
		join pg_class i on i.oid = x.indexrelid
		join (select oid, amname as am from pg_am) a on a.oid = i.relam
		where c.relnamespace = 'public'::regnamespace`) {
		table, index, primary, first := row[0], row[1], row[2] == "true", row[5]
		if !slices.Contains(private, table) {
			continue
		}
		keyed[table] = keyed[table] || primary
		// The feed is read over all tenants by one reader, the dispatcher.
		if first != "tenant_id" && index != "ticket_events_feed" {
			wrong = append(wrong, index+" of "+table+" begins with "+first)
		}
	}
	for _, table := range private {
		if !keyed[table] {
			wrong = append(wrong, table+" has no primary key")
		}
	}
	none(t, wrong, "tenant_id comes first in every index of a tenant's data")
}

func TestEveryForeignKeyCarriesTheTenant(t *testing.T) {
	t.Parallel()
	conn := dbtest.New(t).Super(t)
	private := privateTables(t, conn)
	var wrong []string
	found := rows(t, conn, `select r.conname::text, c.relname::text, f.relname::text,
			(select attname::text from pg_attribute where attrelid = c.oid and attnum = r.conkey[1]),
			(select attname::text from pg_attribute where attrelid = f.oid and attnum = r.confkey[1]), r.convalidated
		from pg_constraint r join pg_class c on c.oid = r.conrelid join pg_class f on f.oid = r.confrelid
		where r.contype = 'f' and c.relnamespace = 'public'::regnamespace`)
	require.Greater(t, len(found), 20)
	for _, row := range found {
		if slices.Contains(private, row[2]) && (row[3] != "tenant_id" || row[4] != "tenant_id") {
			wrong = append(wrong, row[0]+" leads from "+row[1]+"."+row[3]+" to "+row[2]+"."+row[4])
		}
		if row[5] != "true" {
			wrong = append(wrong, row[0]+" is not validated")
		}
	}
	// A column that is called like another table's id, and is not checked, would let one tenant's row
	// point at another's unnoticed.
	none(t, wrong, "a foreign key to a tenant's table begins with tenant_id on both sides")
}

func TestNothingOwnsItsWayRoundThePolicies(t *testing.T) {
	t.Parallel()
	conn := dbtest.New(t).Super(t)
	const own = `relnamespace = 'public'::regnamespace`
	require.Empty(t, rows(t, conn, `select relname::text from pg_class where `+own+` and relkind in ('v', 'm')
		and not coalesce(reloptions::text[] @> array['security_invoker=true'], false)`), "a view runs with its owner's rights")
	require.Empty(t, rows(t, conn, `select relname::text from pg_class where `+own+` and (relkind in ('p', 'f') or relispartition)`),
		"a partition is a table that its parent's policy does not cover; a foreign table has none at all")
	require.Empty(t, rows(t, conn, `select relname::text from pg_class where `+own+` and relkind = 'S' and relname not like 'river\_%' and relname <> 'schema_migrations_id_seq'`),
		"a sequence counts over all tenants")
	require.Empty(t, rows(t, conn, `select c.relname::text, a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid
		where c.`+own+` and a.attidentity <> '' and c.relname not like 'river\_%' and c.relname <> 'schema_migrations'`), "an identity column counts over all tenants")
	require.Empty(t, rows(t, conn, `select tgname::text from pg_trigger t join pg_class c on c.oid = t.tgrelid
		where c.`+own+` and not tgisinternal and c.relname not like 'river\_%'`), "a trigger acts where nobody reads it")
	require.Empty(t, rows(t, conn, `select c.relname::text from pg_rewrite r join pg_class c on c.oid = r.ev_class where c.`+own+` and c.relkind = 'r'`), "a rule of a table")
}

func TestDefinerFunctionsAreOnTheList(t *testing.T) {
	t.Parallel()
	conn := dbtest.New(t).Super(t)
	var definers []string
	var wrong []string
	for _, row := range rows(t, conn, `select proname::text, pg_get_userbyid(proowner)::text, prosecdef, coalesce(proconfig::text, ''),
			has_function_privilege('public', p.oid, 'execute'), has_function_privilege('`+db.RoleApp+`', p.oid, 'execute'), proleakproof
		from pg_proc p where pronamespace = 'public'::regnamespace
			and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`) {
		name, owner, definer, config, public := row[0], row[1], row[2] == "true", row[3], row[4] == "true"
		if strings.HasPrefix(name, "river_") {
			continue
		}
		if definer {
			definers = append(definers, name)
			if owner != db.RoleSearch {
				wrong = append(wrong, name+" runs as "+owner)
			}
		}
		if !strings.Contains(config, "search_path=public, pg_temp") {
			wrong = append(wrong, name+" does not set search_path: "+config)
		}
		if public {
			wrong = append(wrong, name+" may be run by everybody")
		}
		if row[5] != "true" {
			wrong = append(wrong, name+" is of no use to the server")
		}
		if row[6] == "true" {
			wrong = append(wrong, name+" calls itself leakproof")
		}
	}
	slices.Sort(definers)
	require.Equal(t, []string{"feed_since", "search_people", "search_tickets"}, definers, "each function that runs with another's rights is reviewed and listed here")
	none(t, wrong, "functions")
}

func TestRolesMayDoNoMoreThanTheyNeed(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	conn := d.Super(t)
	for _, row := range rows(t, conn, `select rolname::text, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin from pg_roles where rolname like 'opora\_%' and rolname <> 'opora_super' order by 1`) {
		want := map[string][]string{
			db.RoleApp:    {"false", "false", "false", "false", "false", "true"},
			db.RoleBackup: {"false", "true", "false", "false", "false", "true"},
			db.RoleOwner:  {"false", "false", "false", "false", "false", "true"},
			db.RoleSearch: {"false", "false", "false", "false", "false", "false"},
		}[row[0]]
		require.Equal(t, want, row[1:], "%s: super, bypassrls, createrole, createdb, replication, login", row[0])
	}
	require.Empty(t, rows(t, conn, `select relname::text from pg_class where relowner = '`+db.RoleApp+`'::regrole`), "the server owns no table")
	require.Empty(t, rows(t, conn, `select proname::text from pg_proc where proowner = '`+db.RoleApp+`'::regrole`), "the server owns no function")
	require.Empty(t, rows(t, conn, `select roleid::regrole::text from pg_auth_members where member in ('`+db.RoleApp+`'::regrole, '`+db.RoleSearch+`'::regrole)`), "the server is a member of no other role")
	require.Equal(t, [][]string{{"false", "false"}}, rows(t, conn, `select has_schema_privilege('`+db.RoleApp+`', 'public', 'create'), has_schema_privilege('`+db.RoleSearch+`', 'public', 'create')`))

	var may []string
	for _, row := range rows(t, conn, `select privilege_type || coalesce(' ' || column_name, '') from (
			select privilege_type::text, null::text as column_name from information_schema.role_table_grants where grantee = $1 and table_name = 'ticket_events'
			union
			select privilege_type::text, column_name::text from information_schema.column_privileges where grantee = $1 and table_name = 'ticket_events' and privilege_type = 'UPDATE') g
		order by 1`, db.RoleApp) {
		may = append(may, row[0])
	}
	require.Equal(t, []string{"INSERT", "SELECT", "UPDATE body", "UPDATE erased_at"}, may, "the log is append-only")

	require.Empty(t, rows(t, conn, `select table_name::text, privilege_type::text from information_schema.role_table_grants
		where grantee in ($1, 'PUBLIC') and table_schema = 'public' and privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES')`, db.RoleApp))
	require.Empty(t, rows(t, conn, `select table_name::text from information_schema.role_table_grants where grantee = 'PUBLIC' and table_schema = 'public'`))
	require.Equal(t, [][]string{{"ticket_events"}, {"ticket_search"}, {"tickets"}},
		rows(t, conn, `select distinct table_name::text from information_schema.role_table_grants where grantee = $1 and table_schema = 'public' order by 1`, db.RoleSearch))
	require.Equal(t, [][]string{{"SELECT"}},
		rows(t, conn, `select distinct privilege_type::text from information_schema.role_table_grants where grantee = $1 and table_schema = 'public'`, db.RoleSearch))
}

// TestTheServerCannotRewriteTheLog runs what the grants forbid.
func TestTheServerCannotRewriteTheLog(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), dbtest.New(t).AppURL)
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	for _, statement := range []string{
		`delete from ticket_events`,
		`update ticket_events set data = '{}'`,
		`update ticket_events set actor_id = null`,
		`truncate ticket_events`,
		`delete from tickets`,
		`update audit_log set actor = ''`,
		`delete from audit_log`,
		`alter table tickets no force row level security`,
		`alter table tickets disable row level security`,
		`create table mine (a int)`,
		`create function mine() returns int language sql as 'select 1'`,
		`set role opora_owner`,
		`set role opora_search`,
		`drop policy tenant on tickets`,
		`create policy everything on tickets using (true)`,
	} {
		_, err := conn.Exec(t.Context(), statement)
		require.ErrorContains(t, err, "42501", statement)
	}
	// Switching row security off does not show rows: it turns a filtered answer into a refusal.
	_, err = conn.Exec(t.Context(), `set row_security = off; select count(*) from tickets`)
	require.ErrorContains(t, err, "row-level security")
}
