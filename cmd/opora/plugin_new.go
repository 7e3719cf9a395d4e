package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/opora-desk/opora/plugins"
	examplerules "github.com/opora-desk/opora/rules/example"
	exampleschemas "github.com/opora-desk/opora/schemas/example"
)

const (
	templateKey    = "example"
	templateModule = "github.com/opora-desk/opora"
)

var systemKey = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

type pluginNewCommand struct {
	Key string `arg:"" help:"${help_plugin_new_key}"`
	Dir string `arg:"" optional:"" default:"." type:"path" help:"${help_plugin_new_dir}"`
}

// Run writes plugins/KEY, schemas/KEY and rules/KEY: the example under another name. It changes no file
// that is there.
func (c *pluginNewCommand) Run(_ context.Context, t *terminal) error {
	reserved := slices.Contains([]string{templateKey, "shared", "contract", "calendars"}, c.Key)
	if reserved || len(c.Key) < 2 || len(c.Key) > 32 || !systemKey.MatchString(c.Key) {
		return refuse("cli.error.plugin_key", arg("key", c.Key))
	}
	module, err := importPath(c.Dir)
	if err != nil {
		return &refusal{key: "cli.error.plugin_no_module", args: arg("dir", c.Dir), err: err}
	}
	files, err := c.files(module)
	if err != nil {
		return err
	}
	for _, folder := range []string{"plugins", "schemas", "rules"} {
		if path := filepath.Join(c.Dir, folder, c.Key); exists(path) {
			return refuse("cli.error.plugin_exists", arg("path", path))
		}
	}
	for _, file := range files {
		to := filepath.Join(c.Dir, filepath.FromSlash(file.path))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil { //nolint:gosec // source code, for everybody to read
			return fmt.Errorf("make folder: %w", err)
		}
		if err := os.WriteFile(to, file.content, 0o644); err != nil { //nolint:gosec // source code, for everybody to read
			return fmt.Errorf("write file: %w", err)
		}
		t.line("  " + file.path)
	}
	t.say("cli.plugin.new", arg("key", c.Key))
	return nil
}

// authored is a file of the new system.
type authored struct {
	path    string
	content []byte
}

// files are those of the example with the key, the import paths and the author's own settings in them.
func (c *pluginNewCommand) files(module string) ([]authored, error) {
	var all []authored
	for _, from := range []struct {
		files fs.FS
		at    string
	}{{plugins.Example, "plugins"}, {exampleschemas.Template, "schemas/" + templateKey}, {examplerules.Template, "rules/" + templateKey}} {
		err := fs.WalkDir(from.files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(from.files, name)
			if err != nil {
				return err
			}
			to := strings.Replace(path.Join(from.at, name), "/"+templateKey+"/", "/"+c.Key+"/", 1)
			content, err = renamed(to, content, c.Key, module)
			all = append(all, authored{to, content})
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read template: %w", err)
		}
	}
	return all, nil
}

// ownOf are what of the example is for its tests alone, by the end of the file's path, and what stands
// there instead.
func ownOf() []struct{ file, old, instead string } {
	return []struct{ file, old, instead string }{
		{"/main.go", "sdk.Serve(misbehave(modeOf(), plugin()))", "sdk.Serve(plugin())"},
		{"/main.go", "the plugin of the example system: the template of new plugins, and the double that\n// misbehaves in the tests of the host.", "the plugin of the example system."},
		{"/main.go", "// It asks no outside system. `opora plugin new` copies plugin.yaml, main.go, hooks.go and plugin_test.go;\n// misbehave.go is for the tests alone.\n", "// plugin.yaml says what the system is, hooks.go is its code. It asks no outside system.\n"},
		{"/hooks.go", "\tSubject   string   `json:\"subject\"`\n\tValues    []string `json:\"values\"`\n\tMisbehave string   `json:\"misbehave\"`\n", "\tSubject string   `json:\"subject\"`\n\tValues  []string `json:\"values\"`\n"},
		{"/settings.schema.json", "    },\n    \"misbehave\": {\"type\": \"string\", \"maxLength\": 64}\n", "    }\n"},
	}
}

// errTemplate tells that the example has changed and this file has not.
var errTemplate = errors.New("the template is not what it was")

func renamed(name string, content []byte, key, module string) ([]byte, error) {
	for _, own := range ownOf() {
		if !strings.HasSuffix(name, own.file) {
			continue
		}
		if !bytes.Contains(content, []byte(own.old)) {
			return nil, fmt.Errorf("%w: %s", errTemplate, name)
		}
		content = bytes.Replace(content, []byte(own.old), []byte(own.instead), 1)
	}
	text := string(content)
	if strings.HasSuffix(name, "/embed.go") {
		text, _, _ = strings.Cut(text, "\n// Template is")
		text = strings.Replace(text, "package "+templateKey, "package "+strings.ReplaceAll(key, "-", ""), 1)
	}
	// The core's own packages keep their path, the data's take the author's.
	for _, data := range []string{"rules", "schemas"} {
		text = strings.ReplaceAll(text, `"`+templateModule+"/"+data+"/"+templateKey+`"`, `"`+module+"/"+data+"/"+key+`"`)
		text = strings.ReplaceAll(text, data+"/"+templateKey, data+"/"+key)
	}
	text = strings.ReplaceAll(text, " "+templateKey+"/", " "+key+"/")
	text = strings.ReplaceAll(text, "key: "+templateKey+"\n", "key: "+key+"\n")
	text = strings.ReplaceAll(text, "Package "+templateKey+" ", "Package "+strings.ReplaceAll(key, "-", "")+" ")
	text = strings.ReplaceAll(text, "the example system", "the system "+key)
	text = strings.ReplaceAll(text, "declaration of "+templateKey, "declaration of "+key)
	text = strings.ReplaceAll(text, `title: {ru: "Пример", en: "Example"}`, `title: {ru: "`+key+`", en: "`+key+`"}`)
	if !strings.HasSuffix(name, ".go") {
		return []byte(text), nil
	}
	formatted, err := format.Source([]byte(text)) // the imports have another order now
	if err != nil {
		return nil, fmt.Errorf("format %s: %w", name, err)
	}
	return formatted, nil
}

var moduleLine = regexp.MustCompile(`(?m)^module\s+"?([^\s"]+)"?`)

// importPath is the path by which Go imports a folder: that of the module around it, and the way down.
func importPath(dir string) (string, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find folder: %w", err)
	}
	for at := absolute; ; at = filepath.Dir(at) {
		raw, err := os.ReadFile(filepath.Join(at, "go.mod")) //nolint:gosec // the author's own module
		if err == nil {
			found := moduleLine.FindSubmatch(raw)
			if found == nil {
				return "", fmt.Errorf("no module line in %s", filepath.Join(at, "go.mod"))
			}
			below, err := filepath.Rel(at, absolute)
			if err != nil {
				return "", fmt.Errorf("find folder: %w", err)
			}
			return path.Join(string(found[1]), filepath.ToSlash(below)), nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("find go.mod: %w", err)
		}
	}
}
