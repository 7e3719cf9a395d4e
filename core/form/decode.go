package form

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Decode reads the fields of a filing. The error is [Bound]'s, or Invalid
// with the problem type at the root for what is no object.
//
// The problems are those of values that rules could not read: a value of a wrong type (code type)
// and unknown members (unknown_field); both are taken out of the fields, so that every value left is
// of the type that the form's shape says. In a list the row keeps its number and becomes an empty
// value of its type. Null counts as missing and is taken out without a problem. Pass the problems to
// [Merge] together with [Form.Validate]'s.
//
// What people typed stays as it is, but for: Unicode NFC; blanks at both ends of single-line texts;
// whole numbers written otherwise (3.0 becomes 3). A text has several lines where its schema says
// x-multiline, or has a maxLength above 500 and no format.
func (f *Form) Decode(raw []byte) (api.Fields, []errs.Problem, error) {
	if err := Bound(raw); err != nil {
		return nil, nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		return nil, nil, errs.Wrap(errs.Malformed, codeMalformed, err)
	}
	object, ok := decoded.(map[string]any)
	if !ok {
		return nil, nil, errs.Problems([]errs.Problem{{Code: codeType, Args: map[string]any{"expected": "object"}}})
	}
	t := &taker{}
	value, _ := t.take(f.root, object, "")
	fields, _ := value.(map[string]any)
	return fields, byPointer(t.problems), nil
}

// taker goes over decoded JSON along the spec.
type taker struct {
	problems []errs.Problem
}

func (t *taker) wrong(pointer, expected string) {
	t.problems = append(t.problems, errs.Problem{
		Pointer: pointer, Code: codeType, Args: map[string]any{"expected": expected},
	})
}

// take returns the value as rules may read it, false for one that must be taken out.
func (t *taker) take(s *spec, value any, pointer string) (any, bool) {
	switch v := value.(type) {
	case string:
		if s.kind == "string" {
			return s.tidy(v), true
		}
	case bool:
		if s.kind == "boolean" {
			return v, true
		}
	case json.Number:
		if number, ok := t.number(s, v, pointer); ok || s.kind == "integer" || s.kind == "number" {
			return number, ok
		}
	case map[string]any:
		if s.kind == "object" {
			return t.object(s, v, pointer), true
		}
	case []any:
		if s.kind == "array" {
			return t.array(s, v, pointer), true
		}
	}
	t.wrong(pointer, s.kind)
	return nil, false
}

// tidy brings a text to the one writing that is stored and searched.
func (s *spec) tidy(text string) string {
	text = norm.NFC.String(text)
	if s.multiline {
		return text
	}
	return strings.TrimFunc(text, api.Blank)
}

// maxWhole is the greatest whole number that a browser's number holds exactly.
const maxWhole = 1<<53 - 1

func (t *taker) number(s *spec, n json.Number, pointer string) (json.Number, bool) {
	switch s.kind {
	case "number":
		return n, true
	case "integer":
		whole, ok := wholeNumber(n)
		if !ok {
			t.wrong(pointer, s.kind)
			return "", false
		}
		if whole.CmpAbs(big.NewInt(maxWhole)) > 0 {
			code, limit := codeMax, int64(maxWhole)
			if whole.Sign() < 0 {
				code, limit = codeMin, -maxWhole
			}
			t.problems = append(t.problems, errs.Problem{
				Pointer: pointer, Code: code, Args: map[string]any{code: strconv.FormatInt(limit, 10)},
			})
			return "", false
		}
		return json.Number(whole.String()), true
	}
	return "", false
}

func (t *taker) object(s *spec, object map[string]any, pointer string) map[string]any {
	out := make(map[string]any, len(object))
	for name, value := range object {
		at := pointer + "/" + api.EscapeToken(name)
		prop := s.props[name]
		if prop == nil {
			t.problems = append(t.problems, errs.Problem{Pointer: at, Code: codeUnknownField})
			continue
		}
		if value == nil {
			continue
		}
		if taken, ok := t.take(prop, value, at); ok {
			out[name] = taken
		}
	}
	return out
}

func (t *taker) array(s *spec, rows []any, pointer string) []any {
	out := make([]any, len(rows))
	for i, row := range rows {
		taken, ok := t.take(s.items, row, pointer+"/"+strconv.Itoa(i))
		if !ok {
			taken = s.items.empty()
		}
		out[i] = taken
	}
	return out
}

// empty is the value that keeps the place of a row that could not be read.
func (s *spec) empty() any {
	switch s.kind {
	case "object":
		return map[string]any{}
	case "array":
		return []any{}
	case "boolean":
		return false
	case "integer", "number":
		return json.Number("0")
	}
	return ""
}
