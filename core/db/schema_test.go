package db_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db/dbtest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const goldenSchema = "testdata/schema.sql"

// sections say the schema in an order and a writing of their own, so that the file is the same whatever
// PostgreSQL's version; River's tables belong to the library.
var sections = []string{
	`select 'table ' || c.relname || E'\n' || string_agg('    ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
			|| case when a.attcollation <> t.typcollation then ' collate ' || (select quote_ident(collname) from pg_collation where oid = a.attcollation) else '' end
			|| case when a.attnotnull then ' not null' else '' end
			|| coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''), E'\n' order by a.attnum)
			|| E'\n    row level security ' || case when c.relrowsecurity and c.relforcerowsecurity then 'forced' else 'off' end
		from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		join pg_type t on t.oid = a.atttypid
		left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not like 'river\_%' and c.relname <> 'schema_migrations'
		group by c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity order by c.relname`,
	`select 'constraint ' || r.relname || '.' || c.conname || ' ' || pg_get_constraintdef(c.oid)
		from pg_constraint c join pg_class r on r.oid = c.conrelid
		where r.relnamespace = 'public'::regnamespace and c.contype in ('p', 'u', 'f', 'c', 'x') and r.relname not like 'river\_%' and r.relname <> 'schema_migrations'
		order by r.relname, c.conname`,
	`select 'index ' || pg_get_indexdef(x.indexrelid)
		from pg_index x join pg_class r on r.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
		where r.relnamespace = 'public'::regnamespace and r.relname not like 'river\_%' and r.relname <> 'schema_migrations'
			and not exists (select from pg_constraint c where c.conindid = x.indexrelid and c.contype in ('p', 'u'))
		order by r.relname, i.relname`,
	`select 'policy ' || tablename || '.' || policyname || ' ' || permissive || ' ' || cmd || ' to ' || array_to_string(roles, ', ') || ' using ' || qual || coalesce(' check ' || with_check, '')
		from pg_policies where schemaname = 'public' order by tablename, policyname`,
	`select 'function ' || p.oid::regprocedure || case when p.prosecdef then ' definer' else '' end || ' owned by ' || pg_get_userbyid(p.proowner)
			|| ' set ' || array_to_string(p.proconfig, '; ') || E'\n' || trim(both E'\n' from p.prosrc)
		from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname not like 'river\_%'
			and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
		order by p.proname`,
	`select 'grant ' || g.table_name || ' to ' || g.grantee || ': ' || string_agg(g.privilege_type, ', ' order by g.privilege_type)
		from information_schema.role_table_grants g
		where g.table_schema = 'public' and g.grantee in ('opora_app', 'opora_search', 'opora_backup', 'PUBLIC') and g.table_name not like 'river\_%' and g.table_name <> 'schema_migrations'
		group by g.table_name, g.grantee order by g.table_name, g.grantee`,
	`select 'grant ' || table_name || ' to ' || grantee || ': ' || privilege_type || ' (' || string_agg(column_name, ', ' order by column_name) || ')'
		from information_schema.column_privileges c
		where table_schema = 'public' and grantee = 'opora_app' and privilege_type = 'UPDATE' and table_name not like 'river\_%'
			and not exists (select from information_schema.role_table_grants g where g.table_schema = 'public' and g.grantee = c.grantee and g.table_name = c.table_name and g.privilege_type = 'UPDATE')
		group by table_name, grantee, privilege_type order by table_name`,
}

// TestSchemaIsAsReviewed compares the migrated schema with the golden file; `go test ./core/db -run
// Schema -update` rewrites it, and the difference is read before it lands.
func TestSchemaIsAsReviewed(t *testing.T) {
	t.Parallel()
	conn := dbtest.New(t).Super(t)
	var out strings.Builder
	out.WriteString("-- The schema as the migrations leave it. Written by the test of this package with -update.\n")
	for _, section := range sections {
		rows, err := conn.Query(t.Context(), section)
		require.NoError(t, err)
		all, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		require.NotEmpty(t, all, section)
		for _, one := range all {
			out.WriteString("\n" + strings.TrimSpace(one) + "\n")
		}
	}
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o700))
		require.NoError(t, os.WriteFile(goldenSchema, []byte(out.String()), 0o600))
	}
	want, err := os.ReadFile(goldenSchema)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), out.String()), "rewrite %s with -update and read what changed", goldenSchema)
}
