package archtest_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const (
	root   = "../.."
	module = "github.com/opora-desk/opora/"
)

// source is one Go file of the tree; paths are from the root of the tree, with slashes.
type source struct {
	path, folder string
	raw          []byte
	file         *ast.File
	fset         *token.FileSet
	test         bool
	generated    bool
}

func (s source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(n.Pos()).Line)
}

// imports lists the tree's own packages that a file imports, from the root of the tree.
func (s source) imports() []string {
	var out []string
	for _, spec := range s.file.Imports {
		if own, ok := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module); ok {
			out = append(out, own)
		}
	}
	return out
}

// Every file is parsed once for all tests.
var parsed = sync.OnceValues(func() ([]source, error) {
	var all []source
	fset := token.NewFileSet()
	for _, top := range []string{"cmd", "core", "plugins", "rules", "schemas", "web"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "dist"):
				return filepath.SkipDir
			case entry.IsDir() || filepath.Ext(name) != ".go":
				return nil
			}
			raw, err := os.ReadFile(name)
			if err != nil {
				return fmt.Errorf("read source: %w", err)
			}
			file, err := parser.ParseFile(fset, name, raw, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return fmt.Errorf("parse source: %w", err)
			}
			own := filepath.ToSlash(strings.TrimPrefix(filepath.Clean(name), filepath.Clean(root)+string(filepath.Separator)))
			all = append(all, source{
				path: own, folder: path.Dir(own), raw: raw, file: file, fset: fset,
				test: strings.HasSuffix(own, "_test.go"), generated: ast.IsGenerated(file),
			})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("walk %s: %w", top, err)
		}
	}
	return all, nil
})

func tree(t *testing.T) []source {
	t.Helper()
	all, err := parsed()
	require.NoError(t, err)
	require.Greater(t, len(all), 100, "the tree was found")
	return all
}

// shipped lists the files of the core that go into the program: no tests and no packages for tests.
func shipped(t *testing.T) []source {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(tree(t)), func(s source) bool {
		return !strings.HasPrefix(s.folder, "core/") || s.test || isForTests(s.folder)
	})
}

// isForTests reports whether a package exists for tests alone.
func isForTests(folder string) bool {
	for _, one := range []string{"core/archtest", "core/coretest", "core/db/dbtest", "core/plugin/plugintest"} {
		if folder == one || strings.HasPrefix(folder, one+"/") {
			return true
		}
	}
	return false
}

// none fails with every finding, one a line.
func none(t *testing.T, findings []string, rule string) {
	t.Helper()
	slices.Sort(findings)
	require.Empty(t, findings, "%s:\n%s", rule, strings.Join(findings, "\n"))
}

func lines(raw []byte) int {
	n := bytes.Count(raw, []byte("\n"))
	if len(raw) > 0 && raw[len(raw)-1] != '\n' {
		n++
	}
	return n
}
