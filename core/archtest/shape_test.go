package archtest_test

import (
	"fmt"
	"go/ast"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	maxFile     = 400
	maxTest     = 800
	maxFunction = 80
)

func TestFilesAndFunctionsAreSmall(t *testing.T) {
	t.Parallel()
	var large []string
	for _, s := range tree(t) {
		if s.generated {
			continue
		}
		size, limit := lines(s.raw), maxFile
		if s.test {
			limit = maxTest
		}
		if size > limit {
			large = append(large, fmt.Sprintf("%s has %d lines, more than %d", s.path, size, limit))
		}
		for _, decl := range s.file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil || s.test {
				continue
			}
			if n := codeLines(s, fn); n > maxFunction {
				large = append(large, fmt.Sprintf("%s %s has %d lines, more than %d", s.at(fn), fn.Name.Name, n, maxFunction))
			}
		}
	}
	none(t, large, "small files and functions")
}

// codeLines counts a body's lines as funlen does: without those that hold a comment alone.
func codeLines(s source, fn *ast.FuncDecl) int {
	from, to := s.fset.Position(fn.Body.Lbrace), s.fset.Position(fn.Body.Rbrace)
	n := to.Line - from.Line - 1
	for _, line := range strings.Split(string(s.raw[from.Offset:to.Offset]), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "//") {
			n--
		}
	}
	return n
}

func TestEachPackageHasOneComment(t *testing.T) {
	t.Parallel()
	comments, names := map[string][]string{}, map[string]string{}
	for _, s := range tree(t) {
		if s.test {
			require.Nil(t, s.file.Doc, "%s: a package comment stands in no test", s.path)
			continue
		}
		names[s.folder] = s.file.Name.Name
		if s.file.Doc != nil && !s.generated {
			comments[s.folder] = append(comments[s.folder], s.path)
		}
	}
	var wrong []string
	for folder := range names {
		if len(comments[folder]) != 1 {
			wrong = append(wrong, fmt.Sprintf("%s has %d: %v", folder, len(comments[folder]), comments[folder]))
		}
	}
	none(t, wrong, "one package comment in each package")
}

func TestPackageCommentsSayInvariants(t *testing.T) {
	t.Parallel()
	var wrong []string
	for _, s := range tree(t) {
		if s.test || s.file.Doc == nil || !strings.HasPrefix(s.folder, "core/") || s.folder == "core/archtest" {
			continue
		}
		text := s.file.Doc.Text()
		if !strings.HasPrefix(text, "Package "+s.file.Name.Name+" ") {
			wrong = append(wrong, s.path+" does not begin with its name")
		}
	}
	none(t, wrong, "a package comment says what the package is for")
}

func TestNoPackageIsNamedLikeTheStandardLibrary(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "std").Output()
	require.NoError(t, err)
	standard := map[string]bool{}
	for _, one := range strings.Fields(string(out)) {
		if !strings.Contains(one, "internal") && !strings.HasPrefix(one, "vendor/") {
			standard[path.Base(one)] = true
		}
	}
	require.True(t, standard["errors"])
	vague := []string{"util", "utils", "common", "helper", "helpers", "manager", "model", "models", "types", "misc", "base", "shared"}
	var wrong []string
	for _, s := range tree(t) {
		name := strings.TrimSuffix(s.file.Name.Name, "_test")
		if s.folder == "schemas/shared" {
			continue // the folder's name is part of the contract: "$ref": "shared/…"
		}
		if name != "main" && (standard[name] && name != "ast" || slices.Contains(vague, name)) {
			wrong = append(wrong, s.folder+" is package "+name)
		}
	}
	none(t, slices.Compact(wrong), "no package named like one of the standard library, and none that says nothing")
}

func TestTheCoreKnowsNoSystem(t *testing.T) {
	t.Parallel()
	systems := []string{"procurement-webtorgi", "procurement-goszakaz", "accreditation", "docflow", "regional-portal"}
	tenants := []string{"minzdrav", "ugra", "kaliningrad", "tyumen", "zabaikalye"}
	var wrong []string
	require.NoError(t, filepath.WalkDir(filepath.Join(root, "core"), func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		own := filepath.ToSlash(strings.TrimPrefix(name, filepath.Clean(root)+string(filepath.Separator)))
		if strings.HasSuffix(own, "_test.go") || strings.Contains(own, "/testdata/") || isForTests(path.Dir(own)) || strings.HasPrefix(own, "core/adr/") {
			return nil
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		text := strings.ToLower(string(raw))
		words := append(slices.Clone(systems), tenants...)
		if strings.HasPrefix(own, "core/i18n/messages/cli.") {
			words = systems // the command line's own words tell where the demo tenants sign in
		}
		for _, word := range words {
			if strings.Contains(text, word) {
				wrong = append(wrong, own+" names "+word)
			}
		}
		return nil
	}))
	none(t, wrong, "what is particular to a system or a tenant stands in its plugin or its data, never in the core")
}

func TestTheTreeHasNoOtherFolders(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, entry := range entries {
		if entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			require.Contains(t, []string{"bin", "cmd", "core", "plugins", "rules", "schemas", "web"}, entry.Name())
		}
	}
}

func TestTestsComeInParallelAndUseRequire(t *testing.T) {
	t.Parallel()
	var wrong []string
	for _, s := range tree(t) {
		for _, spec := range s.file.Imports {
			if strings.Contains(spec.Path.Value, "testify/assert") || strings.Contains(spec.Path.Value, "testify/mock") {
				wrong = append(wrong, s.path+" imports "+spec.Path.Value)
			}
		}
		if !s.test {
			continue
		}
		for _, decl := range s.file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || fn.Body == nil || !strings.HasPrefix(fn.Name.Name, "Test") || fn.Name.Name == "TestMain" {
				continue
			}
			if strings.Contains(string(s.raw[s.fset.Position(fn.Body.Pos()).Offset:s.fset.Position(fn.Body.End()).Offset]), ".Skip"+"(") {
				wrong = append(wrong, s.at(fn)+" "+fn.Name.Name+" skips")
			}
		}
	}
	none(t, wrong, "require and no mocks; a test that is skipped tests nothing")
}

func TestNoChangingPackageState(t *testing.T) {
	t.Parallel()
	var wrong []string
	for _, s := range shipped(t) {
		for _, decl := range s.file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" && !s.generated {
				wrong = append(wrong, s.at(fn))
			}
		}
	}
	none(t, wrong, "no init()")
}

// TestEveryLibraryIsExplained: a direct dependency is a decision.
func TestEveryLibraryIsExplained(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root, "core", "adr", "0001-dependencies.md"))
	require.NoError(t, err)
	raw, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	var modules []string
	for _, line := range strings.Split(string(raw), "\n") {
		if fields := strings.Fields(line); len(fields) >= 2 && strings.HasPrefix(fields[1], "v") && strings.Contains(fields[0], ".") {
			modules = append(modules, fields[0])
		}
	}
	require.NotEmpty(t, modules)
	var missing []string
	for _, s := range tree(t) {
		for _, spec := range s.file.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			longest := ""
			for _, one := range modules {
				if (imported == one || strings.HasPrefix(imported, one+"/")) && len(one) > len(longest) {
					longest = one
				}
			}
			// River's driver and types are modules of their own, of one decision.
			if longest != "" && !strings.HasPrefix(longest, "github.com/riverqueue/river/") && !strings.Contains(string(page), longest) {
				missing = append(missing, longest+" ("+s.path+")")
			}
		}
	}
	none(t, missing, "a library without a line in core/adr/0001-dependencies.md")
}

func TestDecisionsAreOnePageEach(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(root, "core", "adr", "*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for i, name := range pages {
		require.Regexp(t, fmt.Sprintf(`^%04d-[a-z0-9-]+\.md$`, i+1), filepath.Base(name), "numbered without gaps")
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		require.LessOrEqual(t, lines(raw), 70, "%s is one page", name)
		at := 0
		for _, heading := range []string{fmt.Sprintf("# %d. ", i+1), "\n## Context\n", "\n## Decision\n", "\n## Consequences\n"} {
			found := strings.Index(string(raw)[at:], heading)
			require.GreaterOrEqual(t, found, 0, "%s: %q", name, heading)
			at += found
		}
	}
}
