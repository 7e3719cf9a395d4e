package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// Form is a compiled form: what is served to browsers and what checks the fields.
type Form struct {
	raw       json.RawMessage
	root      *spec
	shape     *api.Shape
	lists     []string
	validator *strict.Schema
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
	l.contract(schemaContract, root)
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

func (l *linter) sorted() []api.Finding { return strict.Sorted(l.findings) }

// asserted returns the formats of this package as the library calls them: what is no text has none.
func asserted() map[string]func(any) bool {
	all := make(map[string]func(any) bool, len(formats))
	for name, check := range formats {
		all[name] = func(v any) bool {
			text, ok := v.(string)
			return !ok || check(text) == ""
		}
	}
	return all
}

// compileLibrary compiles a document for the library, without what this package checks itself:
// required, since the library names missing members in English prose only.
func compileLibrary(document map[string]any, s *spec) (*strict.Schema, error) {
	withoutRequired(document, s)
	raw, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("write schema: %w", err)
	}
	compiled, err := strict.Compile(raw, asserted())
	if err != nil {
		return nil, fmt.Errorf("compile form: %w", err)
	}
	return compiled, nil
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

// Our own contracts of a schema and of a layout.
var (
	schemaContract = sync.OnceValues(func() (*strict.Contract, error) { return strict.Load("form.schema.json", "") })
	layoutContract = sync.OnceValues(func() (*strict.Contract, error) { return strict.Load("ui.schema.json", "") })
)

// contract checks the text against one of our own contract schemas.
func (l *linter) contract(load func() (*strict.Contract, error), root *node) {
	contract, err := load()
	if err != nil {
		l.report(root.at, "contract", "%s", err)
		return
	}
	for _, breach := range contract.Check(root.decode(l.raw)) {
		tokens, _ := api.SplitPointer(breach.Pointer)
		l.report(root.find(tokens).at, "contract", "%s: %s", breach.Pointer, breach.Msg)
	}
}

// refuses reports whether a schema does not take the value of a node.
func (l *linter) refuses(schema *strict.Schema, n *node) bool {
	found, err := schema.Validate(n.decode(l.raw))
	return err != nil || len(found) > 0
}

// samples refuses defaults and examples that the schema itself refuses, and choices of a wrong type.
func (l *linter) samples(root *node, s *spec, validator *strict.Schema) {
	byPlace := map[int]*strict.Schema{}
	pair(s, validator, byPlace)
	l.sample(root, byPlace)
}

func pair(s *spec, compiled *strict.Schema, byPlace map[int]*strict.Schema) {
	if s == nil || compiled == nil {
		return
	}
	byPlace[s.at] = compiled
	for name, prop := range s.props {
		pair(prop, compiled.Property(name), byPlace)
	}
	pair(s.items, compiled.Items(), byPlace)
}

func (l *linter) sample(n *node, byPlace map[int]*strict.Schema) {
	if schema := byPlace[n.at]; schema != nil {
		if at := n.get("default"); at != nil && l.refuses(schema, at) {
			l.report(at.at, "sample_invalid", "the schema refuses its own default")
		}
		for _, key := range []string{"examples", "enum"} {
			if at := n.get(key); at != nil {
				for _, item := range at.items {
					if l.refuses(schema, item) {
						l.report(item.at, "sample_invalid", "the schema refuses a value of its own %s", key)
					}
				}
			}
		}
		if at := n.get("const"); at != nil && l.refuses(schema, at) {
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
