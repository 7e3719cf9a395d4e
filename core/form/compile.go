package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/schemas/contract"
)

// Form is a compiled form: what is served to browsers and what checks the fields.
type Form struct {
	raw       json.RawMessage
	root      *spec
	shape     *api.Shape
	lists     []string
	validator *jsonschema.Schema
}

// Shape returns the type of the form's value, for the rules. It must not be changed.
func (f *Form) Shape() *api.Shape { return f.shape }

// Schema returns the schema with the shared schemas put in, as it is served. It must not be changed.
func (f *Form) Schema() json.RawMessage { return f.raw }

// Lists returns the keys of the reference lists that the form uses, in the order of their first use.
func (f *Form) Lists() []string { return slices.Clone(f.lists) }

// Compile reads a form's schema, whose shared schemas [Inline] has put in, and checks that it keeps
// to the profile: JSON Schema 2020-12, the keywords of schemas/contract/form.schema.json, every text
// and list bounded, every pattern and format understood here and in browsers, and lists that are
// declared. With findings there is no form. File is only named in them.
func Compile(file string, schema []byte, lists []string) (*Form, []api.Finding) {
	root, f := scan(schema, schemaLimits(), true)
	if f != nil {
		line, column := place(schema, f.at)
		return nil, []api.Finding{{File: file, Line: line, Column: column, Code: "schema_malformed", Msg: f.code + ": " + f.msg}}
	}
	l := &linter{file: file, raw: schema, declared: lists}
	s := l.root(root)
	if len(l.findings) > 0 || s == nil {
		return nil, l.sorted()
	}
	// The contract says the same to authors' editors; what only one of the two refuses is refused.
	l.contract("form.schema.json", root)
	if len(l.findings) > 0 {
		return nil, l.sorted()
	}
	document, _ := root.decode(schema).(map[string]any)
	validator, err := compileLibrary(document, s)
	if err != nil {
		l.report(root.at, "schema_refused", "the schema cannot be compiled")
		return nil, l.sorted()
	}
	l.samples(root, s, validator)
	if len(l.findings) > 0 {
		return nil, l.sorted()
	}
	compact := &bytes.Buffer{}
	if err := json.Compact(compact, schema); err != nil {
		l.report(root.at, "schema_malformed", "the schema cannot be read")
		return nil, l.sorted()
	}
	return &Form{raw: compact.Bytes(), root: s, shape: s.shape(), lists: l.used, validator: validator}, nil
}

func (l *linter) sorted() []api.Finding {
	slices.SortStableFunc(l.findings, func(a, b api.Finding) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return l.findings
}

// errRemote answers every attempt of the library to open a file or an address.
var errRemote = errors.New("a schema refers to nothing outside itself")

// newCompiler returns a compiler that opens nothing and asserts our formats. It is not safe for
// concurrent use, so each compilation takes its own.
func newCompiler() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	c.LoadURL = func(string) (io.ReadCloser, error) { return nil, errRemote }
	c.AssertFormat = true
	for name, check := range formats {
		c.Formats[name] = func(v any) bool {
			text, ok := v.(string)
			return !ok || check(text) == ""
		}
	}
	return c
}

// schemaURL is the base of every schema: absolute, so that no path of this machine gets into it.
const schemaURL = "https://forms.opora.invalid/schema.json"

// compileLibrary compiles a document for the library, without what this package checks itself:
// required, since the library names missing members in English prose only.
func compileLibrary(document map[string]any, s *spec) (*jsonschema.Schema, error) {
	withoutRequired(document, s)
	raw, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("write schema: %w", err)
	}
	return compileRaw(raw)
}

// compileRaw compiles a schema; whatever the library panics about is an error here.
func compileRaw(raw []byte) (out *jsonschema.Schema, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("compile schema: library gave up: %v", r)
		}
	}()
	c := newCompiler()
	if err := c.AddResource(schemaURL, bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	out, err = c.Compile(schemaURL)
	if err != nil {
		return nil, fmt.Errorf("compile schema: %w", err)
	}
	return out, nil
}

func withoutRequired(document any, s *spec) {
	schema, ok := document.(map[string]any)
	if !ok || s == nil {
		return
	}
	delete(schema, "required")
	properties, _ := schema["properties"].(map[string]any)
	for name, prop := range s.props {
		withoutRequired(properties[name], prop)
	}
	withoutRequired(schema["items"], s.items)
}

// leaves returns the causes of a refusal that have no causes themselves; none for another error.
func leaves(err error) []*jsonschema.ValidationError {
	var top *jsonschema.ValidationError
	if !errors.As(err, &top) {
		return nil
	}
	if len(top.Causes) == 0 {
		return []*jsonschema.ValidationError{top}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range top.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// keywordOf returns the keyword that refused, the last token of its place in the schema.
func keywordOf(leaf *jsonschema.ValidationError) string {
	return leaf.KeywordLocation[strings.LastIndexByte(leaf.KeywordLocation, '/')+1:]
}

// check validates a value; a panic of the library is errUnreadable and nothing more.
func check(schema *jsonschema.Schema, value any) (err error) {
	defer func() {
		if recover() != nil {
			err = errUnreadable
		}
	}()
	return schema.Validate(value)
}

var errUnreadable = errors.New("value cannot be checked")

// contract checks the text against one of our own contract schemas.
func (l *linter) contract(name string, root *node) {
	raw, err := contract.FS.ReadFile(name)
	if err == nil {
		var schema *jsonschema.Schema
		if schema, err = compileRaw(raw); err == nil {
			err = check(schema, root.decode(l.raw))
		}
	}
	if err == nil {
		return
	}
	found := leaves(err)
	if len(found) == 0 {
		l.report(root.at, "contract", "%s cannot check this file", name)
		return
	}
	for _, leaf := range found {
		tokens, _ := api.SplitPointer(leaf.InstanceLocation)
		l.report(root.find(tokens).at, "contract", "%s: %s: %s", name, leaf.InstanceLocation, leaf.Message)
	}
}

// samples refuses defaults and examples that the schema itself refuses, and choices of a wrong type.
func (l *linter) samples(root *node, s *spec, validator *jsonschema.Schema) {
	byPlace := map[int]*jsonschema.Schema{}
	pair(s, validator, byPlace)
	l.sample(root, byPlace)
}

func pair(s *spec, compiled *jsonschema.Schema, byPlace map[int]*jsonschema.Schema) {
	if s == nil || compiled == nil {
		return
	}
	byPlace[s.at] = compiled
	for name, prop := range s.props {
		pair(prop, compiled.Properties[name], byPlace)
	}
	pair(s.items, compiled.Items2020, byPlace)
}

func (l *linter) sample(n *node, byPlace map[int]*jsonschema.Schema) {
	if schema := byPlace[n.at]; schema != nil {
		if at := n.get("default"); at != nil && check(schema, at.decode(l.raw)) != nil {
			l.report(at.at, "sample_invalid", "the schema refuses its own default")
		}
		for _, key := range []string{"examples", "enum"} {
			if at := n.get(key); at != nil {
				for _, item := range at.items {
					if check(schema, item.decode(l.raw)) != nil {
						l.report(item.at, "sample_invalid", "the schema refuses a value of its own %s", key)
					}
				}
			}
		}
		if at := n.get("const"); at != nil && check(schema, at.decode(l.raw)) != nil {
			l.report(at.at, "sample_invalid", "the schema refuses its own const")
		}
	}
	for _, m := range n.get("properties").each() {
		l.sample(m.value, byPlace)
	}
	if items := n.get("items"); items != nil {
		l.sample(items, byPlace)
	}
}

func (n *node) each() []member {
	if n == nil {
		return nil
	}
	return n.members
}
