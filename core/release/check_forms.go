package release

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// loader compiles the schemas of a bundle and remembers which files were used.
type loader struct {
	*checker
	files map[string][]byte
	used  map[string]bool
}

// open returns a file of the bundle; pointer is where the declaration names it.
func (l *loader) open(pointer, name string) ([]byte, bool) {
	if folder, _, _ := strings.Cut(name, "/"); folder != l.d.Key {
		l.fail(pointer, "foreign_file", "%q must lie in the system's own folder, %s/", name, l.d.Key)
		return nil, false
	}
	full := "schemas/" + name
	content, ok := l.files[full]
	if !ok {
		l.fail(pointer, "no_file", "there is no file %s in the bundle", full)
		return nil, false
	}
	l.used[full] = true
	return content, true
}

func (l *loader) shared(name string) ([]byte, error) {
	full := "schemas/shared/" + name
	content, ok := l.files[full]
	if !ok {
		return nil, fmt.Errorf("there is no shared schema %q: %w", name, fs.ErrNotExist)
	}
	l.used[full] = true
	return content, nil
}

var versionOf = regexp.MustCompile(`\.v([0-9]+)\.schema\.json$`)

// form compiles one schema with its layout; nil where there is any finding.
func (l *loader) form(pointer, key, schemaFile, uiFile string) *CompiledForm {
	before := len(l.Findings)
	compiled := &CompiledForm{Key: key}
	if found := versionOf.FindStringSubmatch(schemaFile); found != nil {
		compiled.Version, _ = strconv.Atoi(found[1]) // the contract's pattern allows four digits
	}
	schema, hasSchema := l.open(pointer+"/schema", schemaFile)
	ui, hasUI := []byte(nil), false
	if uiFile != "" {
		ui, hasUI = l.open(pointer+"/ui", uiFile)
	}
	if !hasSchema {
		return nil
	}
	compiled.Form = l.schema("schemas/"+schemaFile, schema, l.listKeys())
	if compiled.Form != nil && hasUI {
		var findings []api.Finding
		compiled.UI, findings = form.CompileUI("schemas/"+uiFile, ui, compiled.Form)
		l.Findings = append(l.Findings, findings...)
	}
	if len(l.Findings) > before {
		return nil
	}
	return compiled
}

func (l *loader) schema(file string, raw []byte, lists []string) *form.Form {
	inlined, err := form.Inline(raw, l.shared)
	if err != nil {
		finding := api.Finding{File: file, Line: 1, Column: 1, Code: "bad_schema", Msg: err.Error()}
		var ref *form.RefError
		if errors.As(err, &ref) {
			finding.Line, finding.Column, finding.Code, finding.Msg = ref.Line, ref.Column, ref.Code, ref.Msg
		}
		l.Findings = append(l.Findings, finding)
		return nil
	}
	compiled, findings := form.Compile(file, inlined, lists)
	l.Findings = append(l.Findings, findings...)
	return compiled
}

// config reads the schema of the plugin's own settings, which is a form's like any other but for
// reference lists, and its layout where there is one.
func (l *loader) config() *form.Form {
	if l.d.Config == "" {
		if l.d.ConfigUI != "" {
			l.fail("/config_ui", "no_file", "a layout of settings needs their schema in config")
		}
		return nil
	}
	raw, ok := l.open("/config", l.d.Config)
	if !ok {
		return nil
	}
	compiled := l.schema("schemas/"+l.d.Config, raw, nil)
	if compiled == nil || l.d.ConfigUI == "" {
		return compiled
	}
	if ui, ok := l.open("/config_ui", l.d.ConfigUI); ok {
		_, findings := form.CompileUI("schemas/"+l.d.ConfigUI, ui, compiled)
		l.Findings = append(l.Findings, findings...)
	}
	return compiled
}

// unused adds a finding for each file that nothing names: it would change the digest and mean nothing.
func (l *loader) unused() {
	for name := range l.files {
		if l.used[name] || name == api.DeclarationFile {
			continue
		}
		l.Findings = append(l.Findings, api.Finding{File: name, Line: 1, Column: 1, Code: "unused_file", Msg: "nothing names this file; name it in plugin.yaml or leave it out of the bundle"})
	}
}

// pointers checks what a form's entry in the declaration says about the fields of its schema.
func (c *checker) pointers(at string, f *api.Form, shape *api.Shape) {
	c.subject(at+"/subject", f.Subject, shape)
	for _, p := range []struct{ name, pointer string }{
		{"person/name", f.Person.Name},
		{"person/email", f.Person.Email},
		{"person/phone", f.Person.Phone},
		{"organisation/inn", f.Organisation.INN},
		{"organisation/name", f.Organisation.Name},
	} {
		if p.pointer != "" {
			c.text(at+"/"+p.name, p.pointer, shape)
		}
	}
	for _, pointer := range c.Keys(at + "/prefill") {
		c.text(at+"/prefill/"+api.EscapeToken(pointer), pointer, shape)
	}
	for i, pointer := range f.DuplicateKey {
		if shapeAt(shape, pointer) == nil {
			c.noField(fmt.Sprintf("%s/duplicate_key/%d", at, i), pointer, shape)
		}
	}
	if f.Public && f.Person.Email == "" {
		c.fail(at, "public_without_person", "form %q is public, so person.email must say which field tells who files", f.Key)
	}
	for i := range c.d.Admission {
		a := &c.d.Admission[i]
		if a.OneFor != "" && (len(a.Forms) == 0 || slices.Contains(a.Forms, f.Key)) && shapeAt(shape, a.OneFor) == nil {
			c.noField(fmt.Sprintf("/admission/%d/one_for", i), a.OneFor, shape)
		}
	}
}

func (c *checker) subject(at, subject string, shape *api.Shape) {
	places, ok := subjectPlaces(subject)
	if !ok || len(places) == 0 {
		c.fail(at, "bad_subject", "a subject is a pointer like /title, or a text with places like {/title}")
		return
	}
	for _, pointer := range places {
		c.text(at, pointer, shape)
	}
}

// text checks that a field exists and holds one value that can be shown as text.
func (c *checker) text(at, pointer string, shape *api.Shape) {
	found := shapeAt(shape, pointer)
	switch {
	case found == nil:
		c.noField(at, pointer, shape)
	case found.Type == "object" || found.Type == "array":
		c.fail(at, "field_type", "field %s holds %s; name a field with one value", pointer, found.Type)
	}
}

func (c *checker) noField(at, pointer string, shape *api.Shape) {
	known := make([]string, 0, len(shape.Props))
	for key := range shape.Props {
		known = append(known, "/"+api.EscapeToken(key))
	}
	c.fail(at, "unknown_field", "the form's schema has no field %s%s", pointer, strict.Suggest(pointer, known))
}

// shapeAt follows a pointer through objects; a field of a list's rows is no single field.
func shapeAt(shape *api.Shape, pointer string) *api.Shape {
	tokens, ok := api.SplitPointer(pointer)
	if !ok || len(tokens) == 0 {
		return nil
	}
	for _, token := range tokens {
		if shape == nil {
			return nil
		}
		shape = shape.Props[token]
	}
	return shape
}

// ruleFiles returns the rule files that the declaration's pattern matches, and their tests, sorted.
func (l *loader) ruleFiles() (rules, tests []string) {
	folder, pattern := path.Split("rules/" + l.d.Rules)
	for _, name := range (api.Bundle{Files: l.files}).Names() {
		if ok, err := path.Match(folder+pattern, name); err == nil && ok {
			rules = append(rules, name)
			l.used[name] = true
		}
		if ok, err := path.Match(folder+"tests/*.yaml", name); err == nil && ok {
			tests = append(tests, name)
			l.used[name] = true
		}
	}
	return rules, tests
}
