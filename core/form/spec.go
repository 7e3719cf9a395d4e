package form

import (
	"encoding/json"
	"strings"

	"github.com/opora-desk/opora/core/plugin/api"
)

// multilineFrom is the maxLength beyond which a text has several lines, where x-multiline is silent.
const multilineFrom = 500

// unset stands for a limit that the schema does not give.
const unset = -1

// spec is one schema of a form, as the checks of this package need it.
type spec struct {
	kind     string
	format   string
	list     string
	example  string
	names    []string // the properties in their declared order
	props    map[string]*spec
	required []string
	items    *spec

	minLength, maxLength int
	minItems, maxItems   int
	minimum, maximum     json.Number
	multiline            bool
	digits               bool // the pattern takes digits alone
	fixed                bool // enum or const bounds the text
	at                   int  // byte of the schema within the file
}

func newSpec(at int) *spec {
	return &spec{minLength: unset, maxLength: unset, minItems: unset, maxItems: unset, at: at}
}

// shape returns the type of the values as rules see it.
func (s *spec) shape() *api.Shape {
	out := &api.Shape{
		Type: s.kind, Format: s.format, List: s.list,
		MaxLength: max(s.maxLength, 0), MaxItems: max(s.maxItems, 0),
	}
	if s.items != nil {
		out.Items = s.items.shape()
	}
	if s.kind == "object" {
		out.Props = make(map[string]*api.Shape, len(s.props))
		for name, prop := range s.props {
			out.Props[name] = prop.shape()
		}
	}
	return out
}

// below returns the schema of a member or of a row.
func (s *spec) below(token string) *spec {
	switch {
	case s == nil:
		return nil
	case s.kind == "object":
		return s.props[token]
	case s.kind == "array":
		return s.items
	}
	return nil
}

// find returns the schema of a place; a row's number and EachRow both stand for any row.
func (s *spec) find(pointer string) *spec {
	tokens, ok := api.SplitPointer(pointer)
	if !ok {
		return nil
	}
	for _, token := range tokens {
		s = s.below(token)
	}
	return s
}

// walk calls visit for the schema and everything below it with its pointer, parents first, in the
// declared order.
func (s *spec) walk(pointer string, visit func(pointer string, s *spec)) {
	visit(pointer, s)
	for _, name := range s.names {
		s.props[name].walk(pointer+"/"+api.EscapeToken(name), visit)
	}
	if s.items != nil {
		s.items.walk(pointer+"/"+api.EachRow, visit)
	}
}

// general returns a pointer with EachRow for every row's number.
func (s *spec) general(pointer string) string {
	tokens, ok := api.SplitPointer(pointer)
	if !ok {
		return pointer
	}
	var out strings.Builder
	for _, token := range tokens {
		out.WriteByte('/')
		if s != nil && s.kind == "array" {
			out.WriteString(api.EachRow)
		} else {
			out.WriteString(api.EscapeToken(token))
		}
		s = s.below(token)
	}
	return out.String()
}
