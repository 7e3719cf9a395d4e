package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// schemaURL is the base of every schema: absolute, so that no path of a machine gets into it.
const schemaURL = "https://schemas.opora.invalid/schema.json"

var (
	// ErrRemote answers every attempt of a schema to open a file or an address.
	ErrRemote = errors.New("a schema refers to nothing outside itself")
	// ErrUnreadable is the error of a value that the library gives up on, for example a number whose
	// calculation would never end.
	ErrUnreadable = errors.New("value cannot be checked")
)

// Schema is a compiled JSON Schema 2020-12. It is safe for concurrent use.
type Schema struct{ compiled *jsonschema.Schema }

// Compile compiles a schema that refers to nothing outside itself. Formats are asserted: the standard
// ones and the given.
func Compile(raw []byte, formats map[string]func(any) bool) (*Schema, error) {
	return compile(raw, "", formats)
}

// compile compiles one part of a schema; whatever the library panics about is an error here.
func compile(raw []byte, fragment string, formats map[string]func(any) bool) (out *Schema, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("compile schema: library gave up: %v", r)
		}
	}()
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	c.LoadURL = func(string) (io.ReadCloser, error) { return nil, ErrRemote }
	c.AssertFormat = true
	for name, check := range formats {
		c.Formats[name] = check
	}
	if err := c.AddResource(schemaURL, bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	compiled, err := c.Compile(schemaURL + fragment)
	if err != nil {
		return nil, fmt.Errorf("compile schema: %w", err)
	}
	return &Schema{compiled: compiled}, nil
}

// Property returns the schema of a member, nil where there is none.
func (s *Schema) Property(name string) *Schema { return under(s.compiled.Properties[name]) }

// Items returns the schema of a list's items, nil where there is none.
func (s *Schema) Items() *Schema { return under(s.compiled.Items2020) }

func under(compiled *jsonschema.Schema) *Schema {
	if compiled == nil {
		return nil
	}
	return &Schema{compiled: compiled}
}

// Leaf is one refusal that has no further cause.
type Leaf struct {
	// Pointer names the value that is refused, Keyword what refuses it.
	Pointer, Keyword string
	// At is the place of the keyword within the schema.
	At string
	// Message is the library's, in English. It may repeat the value.
	Message string
	// Name: not the value but its name is refused.
	Name bool
}

// Validate returns why a value of plain JSON is refused, nothing for a good one. Its error is
// [ErrUnreadable].
func (s *Schema) Validate(value any) (found []Leaf, err error) {
	defer func() {
		if recover() != nil {
			found, err = nil, ErrUnreadable
		}
	}()
	err = s.compiled.Validate(value)
	if err == nil {
		return nil, nil
	}
	var broken *jsonschema.ValidationError
	if !errors.As(err, &broken) {
		return nil, ErrUnreadable
	}
	return leaves(broken), nil
}

// leaves are the errors that say something; of a choice the choice itself, since none of its branches
// is what the author meant.
func leaves(e *jsonschema.ValidationError) []Leaf {
	if len(e.Causes) > 0 && !strings.HasSuffix(e.KeywordLocation, "/anyOf") {
		var all []Leaf
		for _, cause := range e.Causes {
			all = append(all, leaves(cause)...)
		}
		return all
	}
	_, at, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	at = unescapeURL(at)
	return []Leaf{{
		Pointer: unescapeURL(e.InstanceLocation), Keyword: at[strings.LastIndexByte(at, '/')+1:], At: at, Message: e.Message,
		Name: strings.Contains(e.KeywordLocation, "/propertyNames/"),
	}}
}

// unescapeURL undoes the percent signs that the library puts into its pointers.
func unescapeURL(pointer string) string {
	plain, err := url.PathUnescape(pointer)
	if err != nil {
		return pointer
	}
	return plain
}
