package api

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// DeclarationFile is the path of the declaration within a bundle.
const DeclarationFile = "plugin.yaml"

// Limits of a bundle, checked before anything in it is parsed. A bundle travels in one message of the
// wire, which is at most 4 MiB.
const (
	MaxBundleBytes = 3 << 20
	MaxBundleFiles = 500
)

// Bundle is a declaration with every file that it names: plugin.yaml, schemas/<key>/…,
// schemas/shared/…, rules/<key>/… and rules/<key>/tests/….
type Bundle struct {
	Files map[string][]byte
}

// Digest identifies the release: SHA-256 over the sorted paths and contents, in hex.
func (b Bundle) Digest() string {
	sum := sha256.New()
	var size [8]byte
	for _, name := range b.Names() {
		for _, part := range [][]byte{[]byte(name), b.Files[name]} {
			binary.BigEndian.PutUint64(size[:], uint64(len(part)))
			sum.Write(size[:])
			sum.Write(part)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Names returns the paths of the files, sorted.
func (b Bundle) Names() []string {
	names := make([]string, 0, len(b.Files))
	for name := range b.Files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Check refuses a bundle that is too large or names a file outside its folders.
func (b Bundle) Check() error {
	total := 0
	for name, content := range b.Files {
		total += len(name) + len(content)
		if !fs.ValidPath(name) || name != DeclarationFile && !strings.HasPrefix(name, "schemas/") && !strings.HasPrefix(name, "rules/") {
			return fmt.Errorf("bundle names a file outside plugin.yaml, schemas/ and rules/: %q", name)
		}
	}
	switch {
	case len(b.Files) > MaxBundleFiles:
		return fmt.Errorf("bundle has %d files, more than %d", len(b.Files), MaxBundleFiles)
	case total > MaxBundleBytes:
		return fmt.Errorf("bundle has %d bytes, more than %d", total, MaxBundleBytes)
	case len(b.Files[DeclarationFile]) == 0:
		return errors.New("bundle has no plugin.yaml")
	}
	return nil
}

// Folders are where the files of a declaration lie beside it.
type Folders struct {
	// Schemas and Rules are the system's own folders, schemas/<key> and rules/<key>.
	Schemas fs.FS
	Rules   fs.FS
	// Shared is schemas/shared.
	Shared fs.FS
}

var sharedRef = regexp.MustCompile(`"\$ref"\s*:\s*"shared/([a-z0-9.-]+\.schema\.json)"`)

// Collect reads every file that a declaration names. A name without a file is an error that says which.
func Collect(declaration []byte, from Folders) (Bundle, error) {
	var names struct {
		Key   string
		Forms []struct{ Schema, UI string }
		Res   *struct{ Schema, UI string } `yaml:"resolution"`
		Rules string
		Conf  string `yaml:"config"`
		Look  string `yaml:"config_ui"`
	}
	if err := yaml.Unmarshal(declaration, &names); err != nil {
		return Bundle{}, fmt.Errorf("read plugin.yaml: %w", err)
	}
	c := collector{key: names.Key, from: from, files: map[string][]byte{DeclarationFile: declaration}}
	for _, form := range names.Forms {
		c.schema(form.Schema)
		c.schema(form.UI)
	}
	if names.Res != nil {
		c.schema(names.Res.Schema)
		c.schema(names.Res.UI)
	}
	c.schema(names.Conf)
	c.schema(names.Look)
	c.rules(names.Rules)
	if c.err != nil {
		return Bundle{}, c.err
	}
	return Bundle{Files: c.files}, nil
}

type collector struct {
	key   string
	from  Folders
	files map[string][]byte
	err   error
}

func (c *collector) schema(name string) {
	if name == "" || c.err != nil {
		return
	}
	content, ok := c.read("schemas", c.from.Schemas, name)
	if !ok {
		return
	}
	for _, found := range sharedRef.FindAllSubmatch(content, -1) {
		c.shared(string(found[1]))
	}
}

func (c *collector) shared(name string) {
	to := "schemas/shared/" + name
	if _, done := c.files[to]; done || c.err != nil {
		return
	}
	content, err := fs.ReadFile(c.from.Shared, name)
	if err != nil {
		c.err = fmt.Errorf("shared schema %q: %w", name, err)
		return
	}
	c.files[to] = content
	for _, found := range sharedRef.FindAllSubmatch(content, -1) {
		c.shared(string(found[1]))
	}
}

func (c *collector) rules(pattern string) {
	if pattern == "" || c.err != nil {
		return
	}
	within, ok := strings.CutPrefix(pattern, c.key+"/")
	if !ok {
		c.err = fmt.Errorf("rules %q must lie below %s/", pattern, c.key)
		return
	}
	for _, glob := range []string{within, path.Join(path.Dir(within), "tests", "*.yaml")} {
		names, err := fs.Glob(c.from.Rules, glob)
		if err != nil {
			c.err = fmt.Errorf("rules %q: %w", pattern, err)
			return
		}
		for _, name := range names {
			c.read("rules", c.from.Rules, c.key+"/"+name)
		}
	}
}

func (c *collector) read(folder string, from fs.FS, name string) ([]byte, bool) {
	within, ok := strings.CutPrefix(name, c.key+"/")
	if !ok {
		c.err = fmt.Errorf("%s file %q must lie below %s/", folder, name, c.key)
		return nil, false
	}
	content, err := fs.ReadFile(from, within)
	if err != nil {
		c.err = fmt.Errorf("%s file %q: %w", folder, name, err)
		return nil, false
	}
	c.files[folder+"/"+name] = content
	return content, true
}
