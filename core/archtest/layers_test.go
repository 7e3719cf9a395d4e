package archtest_test

import (
	"go/ast"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// kernel is what everything above may import.
var kernel = []string{"core/errs", "core/ident", "core/clock", "core/i18n"}

// domainMay is what a domain imports of the core, and nothing of another domain.
var domainMay = append([]string{"core/db", "core/plugin/api", "core/strict", "schemas/contract"}, kernel...)

// layers says for each package which packages of the tree it may import.
var layers = map[string][]string{
	"core/errs": {"core/i18n"}, "core/ident": {}, "core/clock": {}, "core/i18n": {},
	"core/plugin/api": {"core/errs", "core/i18n"},
	"core/strict":     append([]string{"core/plugin/api", "schemas/contract"}, kernel...),

	"core/telemetry/span": kernel,
	"core/config":         append([]string{"core/db", "core/telemetry"}, kernel...), "core/db": append([]string{"core/telemetry/span"}, kernel...),
	"core/telemetry": append([]string{"core/db", "core/config"}, kernel...), "core/pgembed": kernel,

	"core/access": domainMay, "core/attachment": domainMay, "core/audit": domainMay, "core/calendar": domainMay,
	"core/catalog": domainMay, "core/form": domainMay, "core/letter": domainMay, "core/person": domainMay,
	"core/rule": domainMay, "core/tenant": domainMay, "core/ticket": domainMay, "core/workspace": domainMay,

	// A release is composed of what its files declare; it needs no database, though a package it uses may.
	"core/release": append([]string{"core/form", "core/rule", "core/letter", "core/strict", "core/plugin/api", "schemas/contract", "schemas/shared"}, kernel...),

	"core/desk": append([]string{
		"core/db", "core/telemetry", "core/telemetry/span", "core/plugin/api", "core/release", "core/access", "core/attachment", "core/audit", "core/calendar",
		"core/catalog", "core/form", "core/letter", "core/person", "core/rule", "core/tenant", "core/ticket", "core/workspace",
	}, kernel...),

	// Adapters: job keeps its cursor and River's client, the doors keep nothing.
	"core/httpapi": append([]string{"core/desk", "core/telemetry", "core/telemetry/span", "core/plugin/api", "core/form", "core/rule", "core/access", "core/ticket", "core/calendar"}, kernel...),
	"core/mailbox": append([]string{"core/desk", "core/telemetry", "core/plugin/api", "core/letter", "core/ticket"}, kernel...),
	"core/job":     append([]string{"core/db", "core/desk", "core/telemetry", "core/telemetry/span", "core/plugin/api", "core/letter", "core/ticket"}, kernel...),

	// The host speaks to processes and knows no use case; an author links the words and the wire alone.
	"core/plugin/host":         append([]string{"core/telemetry", "core/telemetry/span", "core/plugin/api", "core/plugin/wire", "core/plugin/wire/v1"}, kernel...),
	"core/plugin/wire":         {"core/plugin/wire/v1", "core/errs", "core/i18n", "core/plugin/api"},
	"core/plugin/wire/v1":      {"core/errs", "core/i18n", "core/plugin/api"},
	"core/plugin/sdk/mailtext": {},
	"core/plugin/sdk":          {"core/errs", "core/i18n", "core/plugin/api", "core/plugin/wire", "core/plugin/wire/v1", "schemas/shared"},
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	var wrong, unknown []string
	for _, s := range tree(t) {
		if s.test || !strings.HasPrefix(s.folder, "core/") || isForTests(s.folder) {
			continue
		}
		may, ok := layers[s.folder]
		if !ok {
			unknown = append(unknown, s.folder)
			continue
		}
		for _, own := range s.imports() {
			if !slices.Contains(may, own) && own != s.folder {
				wrong = append(wrong, s.path+" imports "+own)
			}
		}
	}
	none(t, slices.Compact(unknown), "a folder of core that stands in no layer: give it one here and in .golangci.yml")
	none(t, wrong, "imports go one way: kernel, ground, domains, release, desk, adapters, cmd; domains never import each other")
}

func TestTheTableOfLayersHasNoCircle(t *testing.T) {
	t.Parallel()
	var walk func(at string, way []string)
	walk = func(at string, way []string) {
		require.NotContains(t, way, at, "a circle of layers")
		for _, next := range layers[at] {
			if at == "core/config" && next == "core/telemetry" {
				continue // either of the two may import the other; the compiler refuses both
			}
			walk(next, append(slices.Clone(way), at))
		}
	}
	for at := range layers {
		walk(at, nil)
	}
}

func TestPackagesForTestsAreImportedByTestsAlone(t *testing.T) {
	t.Parallel()
	var wrong []string
	for _, s := range tree(t) {
		if s.test || isForTests(s.folder) {
			continue
		}
		for _, own := range s.imports() {
			// The author's tool runs the cases of the conformance suite on a binary.
			if isForTests(own) && s.path+" "+own != "cmd/opora/plugin_try.go core/plugin/plugintest" {
				wrong = append(wrong, s.path+" imports "+own)
			}
		}
	}
	none(t, wrong, "a package for tests goes into no program")
}

func TestPluginsSeeTheSDKAndTheirOwnFolders(t *testing.T) {
	t.Parallel()
	var wrong []string
	for _, s := range tree(t) {
		if !strings.HasPrefix(s.folder, "plugins/") {
			continue
		}
		system := strings.Split(s.folder, "/")[1]
		may := []string{"core/plugin/api", "core/plugin/sdk", "core/plugin/sdk/mailtext", "schemas/" + system, "rules/" + system, "schemas/shared"}
		if s.test {
			may = append(may, "core/plugin/plugintest")
		}
		for _, own := range s.imports() {
			if !slices.Contains(may, own) && own != s.folder && !strings.HasPrefix(own, "plugins/"+system+"/") {
				wrong = append(wrong, s.path+" imports "+own)
			}
		}
	}
	none(t, wrong, "a plugin imports core/plugin/{api,sdk,plugintest} and its own folders of schemas and rules")
}

func TestDataImportsNothingOfOurs(t *testing.T) {
	t.Parallel()
	var wrong []string
	for _, s := range tree(t) {
		if s.test || !strings.HasPrefix(s.folder, "schemas/") && !strings.HasPrefix(s.folder, "rules/") {
			continue
		}
		for _, own := range s.imports() {
			wrong = append(wrong, s.path+" imports "+own)
		}
	}
	none(t, wrong, "the folders of data hold one embedding file that imports nothing of ours")
}

// TestAuthorsLinkLittle asks the compiler's own tool, so that an import through a library counts too.
func TestAuthorsLinkLittle(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "./core/plugin/sdk", "./core/plugin/api", "./core/plugin/wire/...", "./plugins/example")
	command.Dir = root
	out, err := command.Output()
	require.NoError(t, err)
	deps := strings.Fields(string(out))
	require.Contains(t, deps, module+"core/plugin/sdk")
	for _, dep := range deps {
		for _, foreign := range []string{
			"github.com/jackc/pgx", "github.com/riverqueue/river", "github.com/danielgtaylor/huma", "github.com/pressly/goose",
			"github.com/expr-lang/expr", "github.com/prometheus/", module + "core/db", module + "core/desk", module + "core/plugin/host",
		} {
			require.False(t, strings.HasPrefix(dep, foreign), "a plugin would link %s", dep)
		}
	}
}

func TestEveryFolderStandsInAListOfTheLinter(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join(root, ".golangci.yml"))
	require.NoError(t, err)
	var config struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]struct{ Files []string }
				}
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(raw, &config))
	listed := map[string]bool{}
	for name, rule := range config.Linters.Settings.Depguard.Rules {
		for _, pattern := range rule.Files {
			if name != "everywhere" && strings.HasPrefix(pattern, "**/") {
				listed[strings.TrimPrefix(path.Dir(pattern), "**/")] = true
			}
		}
	}
	var missing []string
	for _, s := range tree(t) {
		if !strings.HasPrefix(s.folder, "core/") || isForTests(s.folder) {
			continue
		}
		found := false
		for folder := s.folder; folder != "core" && !found; folder = path.Dir(folder) {
			found = listed[folder]
		}
		if !found {
			missing = append(missing, s.folder)
		}
	}
	none(t, slices.Compact(missing), "a folder of core that no list of depguard in .golangci.yml names")
}

func TestOneTransactionOwner(t *testing.T) {
	t.Parallel()
	// Use cases own transactions; job keeps its cursor; telemetry only asks whether the database answers.
	may := []string{"core/db", "core/desk", "core/job"}
	var wrong []string
	for _, s := range shipped(t) {
		if s.path == "core/attachment/orphans.go" {
			continue // walks a folder: a transaction for each page of names, none while bytes are deleted
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if ok && (sel.Sel.Name == "InTx" || sel.Sel.Name == "Batch") && called(sel.X) != "pgx" && !slices.Contains(may, s.folder) {
				wrong = append(wrong, s.at(n)+" "+sel.Sel.Name)
			}
			return true
		})
	}
	none(t, wrong, "use cases own transactions: a store takes a db.Querier or a *pgx.Batch")
}
