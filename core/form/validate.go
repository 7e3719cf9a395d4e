package form

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// Validate returns what is wrong with the fields: one problem for each field, the most telling,
// sorted by pointer; none for good fields.
//
// Required are the pointers that rules demand beside the schema's own: "/rows/*/number" binds in each
// existing row, "/rows" wants at least one. InList tells whether a desk's list has a value that may be
// chosen. What is not present (see [api.Present]) counts as missing and is checked for nothing else,
// so an optional text may be blank; a blank row of a list is "required" itself. The fields stay as
// they are.
func (f *Form) Validate(fields api.Fields, required []string, inList func(list, value string) bool) []errs.Problem {
	v := &validation{inList: inList}
	value, _ := v.prune(f.root, fields, "")
	pruned, _ := value.(map[string]any)
	if pruned == nil {
		pruned = map[string]any{}
	}
	v.required(f.root, pruned, "")
	for _, pointer := range required {
		for _, at := range api.At(pruned, pointer) {
			if !api.Present(at.Value) {
				v.add(at.Pointer, codeRequired, "", nil)
			}
		}
	}
	found, err := f.validator.Validate(pruned)
	for _, leaf := range found {
		v.leaf(f.root, pruned, leaf)
	}
	if err != nil {
		v.add("", codeUnreadable, "", nil)
	}
	return Merge(v.problems)
}

// validation collects the problems of one call.
type validation struct {
	problems []errs.Problem
	inList   func(list, value string) bool
}

func (v *validation) add(pointer, code, arg string, value any) {
	problem := errs.Problem{Pointer: pointer, Code: code}
	if arg != "" {
		problem.Args = map[string]any{arg: value}
	}
	v.problems = append(v.problems, problem)
}

// ofDigits notes of the last problem that its field takes digits alone: its text speaks of digits then.
func (v *validation) ofDigits(s *spec) {
	if !s.digits {
		return
	}
	last := &v.problems[len(v.problems)-1]
	if last.Args == nil {
		last.Args = map[string]any{}
	}
	last.Args["digits"] = true
}

// prune returns a copy of the value with what is present and known, false for what is not present. It
// finds what the library is spared: unknown members, too many rows, blank rows, values of lists.
func (v *validation) prune(s *spec, value any, pointer string) (any, bool) {
	switch value := value.(type) {
	case map[string]any:
		if s.kind == "object" {
			return v.object(s, value, pointer)
		}
	case []any:
		if s.kind == "array" {
			return v.array(s, value, pointer)
		}
	case string:
		if !api.Present(value) {
			return nil, false
		}
		v.text(s, value, pointer)
	case json.Number:
		if !boundedNumber(value.String()) {
			v.add(pointer, codeType, "expected", s.kind)
			return nil, false
		}
	}
	return value, api.Present(value)
}

func (v *validation) object(s *spec, object map[string]any, pointer string) (any, bool) {
	out := make(map[string]any, len(object))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		at := pointer + "/" + api.EscapeToken(name)
		if s.props[name] == nil {
			v.add(at, codeUnknownField, "", nil)
			continue
		}
		if kept, ok := v.prune(s.props[name], object[name], at); ok {
			out[name] = kept
		}
	}
	return out, len(out) > 0
}

func (v *validation) array(s *spec, rows []any, pointer string) (any, bool) {
	if len(rows) > s.maxItems {
		v.add(pointer, codeTooMany, "count", s.maxItems)
		rows = rows[:s.maxItems]
	}
	out := make([]any, 0, len(rows))
	for i, row := range rows {
		at := pointer + "/" + strconv.Itoa(i)
		kept, ok := v.prune(s.items, row, at)
		if !ok {
			// The row keeps its number. A row of several fields tells itself what it lacks.
			if s.items.kind != "object" || len(s.items.required) == 0 {
				v.add(at, codeRequired, "", nil)
			}
			kept = s.items.empty()
		}
		out = append(out, kept)
	}
	return out, len(out) > 0
}

func (v *validation) text(s *spec, text, pointer string) {
	if s.kind != "string" {
		return
	}
	if !s.multiline && strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }) {
		v.add(pointer, codeLineBreak, "", nil)
	}
	if s.list != "" && (v.inList == nil || !v.inList(s.list, text)) {
		v.add(pointer, codeNotInList, "", nil)
	}
}

// required finds what the schema demands and is not there, in every object that is there.
func (v *validation) required(s *spec, value any, pointer string) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range s.required {
			if _, ok := value[name]; !ok {
				v.add(pointer+"/"+api.EscapeToken(name), codeRequired, "", nil)
			}
		}
		for name, member := range value {
			if prop := s.props[name]; prop != nil {
				v.required(prop, member, pointer+"/"+api.EscapeToken(name))
			}
		}
	case []any:
		for i, row := range value {
			if s.items != nil {
				v.required(s.items, row, pointer+"/"+strconv.Itoa(i))
			}
		}
	}
}

// leaf translates one refusal of the library.
func (v *validation) leaf(root *spec, fields api.Fields, leaf strict.Leaf) {
	pointer := leaf.Pointer
	s := root.find(pointer)
	if s == nil {
		v.add(pointer, codeUnreadable, "", nil)
		return
	}
	switch leaf.Keyword {
	case "type":
		v.add(pointer, codeType, "expected", s.kind)
	case "format":
		value, _ := api.Lookup(fields, pointer)
		text, _ := value.(string)
		v.add(pointer, formats[s.format](text), "", nil)
	case "minLength":
		v.add(pointer, codeTooShort, "count", s.minLength)
		v.ofDigits(s)
	case "maxLength":
		v.add(pointer, codeTooLong, "count", s.maxLength)
	case "pattern":
		if s.example == "" {
			v.add(pointer, codePattern, "", nil)
		} else {
			v.add(pointer, codePattern, "example", s.example)
		}
		v.ofDigits(s)
	case "minimum":
		v.add(pointer, codeMin, "min", s.minimum.String())
	case "maximum":
		v.add(pointer, codeMax, "max", s.maximum.String())
	case "minItems":
		v.add(pointer, codeTooFew, "count", s.minItems)
	case "maxItems":
		v.add(pointer, codeTooMany, "count", s.maxItems)
	case "uniqueItems":
		v.add(pointer, codeNotUnique, "", nil)
	case "enum":
		v.add(pointer, codeEnum, "", nil)
	case "const":
		v.add(pointer, codeConst, "consent", s.kind == "boolean")
	default:
		v.add(pointer, codeUnreadable, "", nil)
	}
}
