package archtest_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/db/dbtest"
)

// statement is one SQL literal of the tree.
type statement struct {
	at, folder, text string
	raw              bool
}

var (
	beginsSQL = regexp.MustCompile(`(?i)^\s*(select|insert\s+into|update|delete\s+from|with|merge\s+into|truncate|copy|lock\s+table|create|alter|drop|grant|revoke|do\s+\$|set\s+local|set\s+session|begin;|listen)\s`)
	// What follows the verb in SQL and not in an error's text, as "select tickets: %w".
	goesOnSQL  = regexp.MustCompile(`(?i)\b(from|values|set|into)\s|\(|\$\$`)
	expression = regexp.MustCompile(`(?:\bwith|\brecursive|,)\s+([a-z_]+)\s*(?:\([^)]*\)\s*)?as\s+(?:materialized\s*)?\(`)
	relation   = regexp.MustCompile(`(?:\bfrom|\bjoin|\binto|\bupdate|\busing)\s+([a-z_][a-z_0-9.]*)(\s*\()?`)
)

func isSQL(text string) bool {
	at := beginsSQL.FindStringIndex(text)
	return at != nil && goesOnSQL.MatchString(text) && !strings.Contains(text, "%w")
}

func statements(t *testing.T) []statement {
	t.Helper()
	var out []statement
	for _, s := range shipped(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if text, ok := sqlLiteral(n); ok {
				lit, _ := n.(*ast.BasicLit)
				out = append(out, statement{at: s.at(n), folder: s.folder, text: text, raw: lit.Value[0] == '`'})
			}
			return true
		})
	}
	require.Greater(t, len(out), 100, "statements were found")
	return out
}

func sqlLiteral(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil && isSQL(text)
}

// duties are what is done once by an administrator, by the owner, or to the connection itself: the
// server's role never runs them.
func duties(s statement) bool { return strings.HasPrefix(s.at, "core/db/") }

// relations lists the tables that a statement touches, each as often as it does; functions and the
// names of its own common table expressions and aliases are none.
func relations(text string) []string {
	var out, own []string
	for _, found := range expression.FindAllStringSubmatch(strings.ToLower(text), -1) {
		own = append(own, found[1])
	}
	for _, found := range relation.FindAllStringSubmatch(strings.ToLower(text), -1) {
		name := found[1]
		if found[2] != "" && !strings.HasPrefix(found[0], "into") || strings.HasPrefix(name, "pg_") || slices.Contains(own, name) {
			continue
		}
		if slices.Contains([]string{"select", "unnest", "set", "skip", "nowait", "of", "lateral", "only"}, name) {
			continue
		}
		out = append(out, name)
	}
	return out
}

// TestStatementsPrepare plans every statement as the server's role on the migrated schema: names, types
// and rights are checked by PostgreSQL itself.
func TestStatementsPrepare(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), dbtest.New(t).AppURL)
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	_, err = conn.Exec(t.Context(), `set app.tenant_id = '018f0000-0000-7000-8000-000000000001'`)
	require.NoError(t, err)
	var broken []string
	for i, s := range statements(t) {
		if duties(s) {
			continue
		}
		name := fmt.Sprintf("s%d", i)
		described, err := conn.Prepare(t.Context(), name, s.text)
		if err != nil {
			broken = append(broken, s.at+": "+err.Error())
			continue
		}
		// Rights are looked at when a plan is started, which EXPLAIN does without running it.
		explain := "explain execute " + name
		if n := len(described.ParamOIDs); n > 0 {
			explain += "(" + strings.TrimSuffix(strings.Repeat("null,", n), ",") + ")"
		}
		if _, err := conn.PgConn().Exec(t.Context(), explain).ReadAll(); err != nil {
			broken = append(broken, s.at+": "+err.Error())
		}
	}
	none(t, broken, "a statement that the server's role cannot run on the migrated schema")
}

func TestTheCheckOfStatementsFinds(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), dbtest.New(t).AppURL)
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	_, err = conn.Prepare(t.Context(), "absent", `select nothing from tickets where tenant_id = $1 limit 1`)
	require.ErrorContains(t, err, "nothing")
	_, err = conn.Prepare(t.Context(), "forbidden", `delete from ticket_events where tenant_id = $1`)
	require.NoError(t, err, "preparing looks at no rights")
	_, err = conn.PgConn().Exec(t.Context(), "explain execute forbidden(null)").ReadAll()
	var denied *pgconn.PgError
	require.ErrorAs(t, err, &denied)
	require.Equal(t, "42501", denied.Code)

	for text, want := range map[string]bool{
		"select id from tickets":                 true,
		"select tickets: %w":                     false,
		"create desk: %w":                        false,
		"update person":                          false,
		"insert into x (a) values ($1)":          true,
		"\n\t\twith a as (select 1) select a":    true,
		"Select a bundle, then press the button": false,
		"select":                                 false,
		"select pg_notify($1, '')":               true,
		"delete from tickets where tenant_id=$1": true,
		"set position: %w (from the start)":      false,
		"delete file: %w":                        false,
		"deleted":                                false,
	} {
		require.Equal(t, want, isSQL(text), text)
	}
	require.Equal(t, []string{"tickets", "people"}, relations(`select a from tickets t join people p on true join unnest($1) x on true`))
	require.Equal(t, []string{"decisions"}, relations(`insert into decisions (tenant_id) select search_tickets($1) from unnest($2)`))
}

func TestStatementsAreWrittenPlainly(t *testing.T) {
	t.Parallel()
	keyword := regexp.MustCompile(`\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|VALUES|ORDER BY|LIMIT)\b`)
	star := regexp.MustCompile(`(?i)\bselect\s+(\w+\.)?\*|\breturning\s+(\w+\.)?\*`)
	offset := regexp.MustCompile(`(?i)\boffset\s`)
	var wrong []string
	for _, s := range statements(t) {
		switch {
		case keyword.MatchString(s.text):
			wrong = append(wrong, s.at+": keywords stand in lower case")
		case star.MatchString(s.text):
			wrong = append(wrong, s.at+": columns are named")
		case offset.MatchString(s.text):
			wrong = append(wrong, s.at+": a page begins after a key")
		case !s.raw && !duties(s):
			wrong = append(wrong, s.at+": SQL is a raw literal")
		}
	}
	none(t, wrong, "how SQL is written")
}

// TestStatementsAreLimited: a select that may return many rows says how many at most.
func TestStatementsAreLimited(t *testing.T) {
	t.Parallel()
	limited := regexp.MustCompile(`\blimit\s+(\$?\d+|least\(|all\b)`)
	var wrong []string
	for _, s := range statements(t) {
		text := strings.TrimSpace(s.text)
		if !strings.HasPrefix(text, "select") && !strings.HasPrefix(text, "with") || duties(s) {
			continue
		}
		if strings.Contains(text, " from ") && !limited.MatchString(text) && !strings.HasPrefix(text, "select exists (") {
			wrong = append(wrong, s.at)
		}
	}
	none(t, wrong, "a select without a limit")
}

// TestStatementsNameTheTenant: row level security would hide a forgotten condition, and the planner
// would read every tenant's rows to find one.
func TestStatementsNameTheTenant(t *testing.T) {
	t.Parallel()
	var wrong []string
	for _, s := range statements(t) {
		if duties(s) {
			continue
		}
		private := 0
		for _, table := range relations(s.text) {
			if !db.IsExempt(table) {
				private++
			}
		}
		if named := strings.Count(s.text, "tenant_id"); named < private {
			wrong = append(wrong, fmt.Sprintf("%s names tenant_id %d times for %d tables", s.at, named, private))
		}
	}
	none(t, wrong, "every table of a tenant's data in a statement is bound by tenant_id")
}

// TestExemptTablesHaveFewReaders: house rule 10.
func TestExemptTablesHaveFewReaders(t *testing.T) {
	t.Parallel()
	may := []string{"core/tenant", "core/catalog", "core/job", "core/db"}
	var wrong []string
	for _, s := range statements(t) {
		for _, table := range relations(s.text) {
			if db.IsExempt(table) && !slices.Contains(may, s.folder) {
				wrong = append(wrong, s.at+" touches "+table)
			}
		}
		if strings.Contains(s.text, "feed_since(") && s.folder != "core/job" {
			wrong = append(wrong, s.at+" reads the feed")
		}
	}
	none(t, wrong, "tables that belong to no tenant are touched by tenant, catalog, job and db alone")
}

// TestExemptPoolHasFewCallers: desk hands the pool to the stores of tenant and catalog, and job reads
// its cursor and the feed with it.
func TestExemptPoolHasFewCallers(t *testing.T) {
	t.Parallel()
	may := []string{"core/db", "core/desk", "core/job"}
	var wrong []string
	for _, s := range shipped(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if called(call.Fun) == "Exempt" && !slices.Contains(may, s.folder) {
				wrong = append(wrong, s.at(n))
			}
			if s.folder == "core/desk" && misusesExempt(call) {
				wrong = append(wrong, s.at(n)+": desk gives the pool to stores of tenant and catalog and to nobody else")
			}
			return true
		})
	}
	none(t, wrong, "Exempt() goes round row level security")
}

// misusesExempt reports whether a call takes x.Exempt() as an argument and is none of tenant's or
// catalog's functions, or calls a method on it.
func misusesExempt(call *ast.CallExpr) bool {
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
		if inner, ok := sel.X.(*ast.CallExpr); ok && called(inner.Fun) == "Exempt" {
			return true
		}
	}
	for _, arg := range call.Args {
		inner, ok := arg.(*ast.CallExpr)
		if !ok || called(inner.Fun) != "Exempt" {
			continue
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || called(sel.X) != "tenant" && called(sel.X) != "catalog" {
			return true
		}
	}
	return false
}

// TestSQLIsNotPutTogether: a statement is one literal. What db does to the connection itself, with an
// identifier that Sanitize has quoted or a UUID's own writing, is the listed exception.
func TestSQLIsNotPutTogether(t *testing.T) {
	t.Parallel()
	var wrong []string
	for _, s := range shipped(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if n.Op == token.ADD && (holdsSQL(n.X) || holdsSQL(n.Y)) && s.folder != "core/db" {
					wrong = append(wrong, s.at(n)+": concatenated")
				}
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) > 0 {
					if pkg := called(sel.X); (pkg == "fmt" || pkg == "strings") && slices.ContainsFunc(n.Args, holdsSQL) {
						wrong = append(wrong, s.at(n)+": made by "+pkg+"."+sel.Sel.Name)
					}
				}
			}
			return true
		})
	}
	none(t, wrong, "SQL is a raw literal")
}

func holdsSQL(e ast.Expr) bool {
	_, ok := sqlLiteral(e)
	return ok
}

// TestSQLStaysInStores: house rule 11.
func TestSQLStaysInStores(t *testing.T) {
	t.Parallel()
	var wrong []string
	for _, s := range statements(t) {
		if duties(s) {
			continue
		}
		file := s.at[strings.LastIndexByte(s.at, '/')+1 : strings.LastIndexByte(s.at, ':')]
		stores := []string{"store.go", "search.go", "list.go", "changed.go", "order.go", "decision.go", "erase.go", "compare.go", "unused.go", "statistics.go", "members.go"}
		if !slices.Contains(stores, file) || slices.Contains([]string{"core/desk", "core/httpapi", "core/mailbox"}, s.folder) {
			wrong = append(wrong, s.at)
		}
	}
	none(t, wrong, "SQL outside a store")
}
