package api

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// EachRow is the token of a pointer that stands for every row of a list: "/rows/*/number".
const EachRow = "*"

// Located is one place within fields that a pointer names.
type Located struct {
	// Pointer is the RFC 6901 pointer of the place, with the rows' numbers in place of EachRow.
	Pointer string
	// Value is nil where Exists is false.
	Value any
	// Exists is false where the object is there and lacks the member.
	Exists bool
}

// Present reports whether a value counts as filled in: not null, no blank text, no empty list and no
// object without a present member. False and 0 are present.
func Present(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return strings.IndexFunc(v, func(r rune) bool { return !Blank(r) }) >= 0
	case json.Number:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		for _, member := range v {
			if Present(member) {
				return true
			}
		}
		return false
	default:
		return true
	}
}

// Blank reports whether a character shows nothing: white space, or a zero-width character that comes
// along with copied text.
func Blank(r rune) bool {
	switch r {
	case '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad':
		return true
	}
	return unicode.IsSpace(r)
}

// SplitPointer returns the unescaped tokens of an RFC 6901 pointer, none for the empty pointer. It
// reports false for what is no pointer.
func SplitPointer(pointer string) ([]string, bool) {
	if pointer == "" {
		return nil, true
	}
	if pointer[0] != '/' {
		return nil, false
	}
	tokens := strings.Split(pointer[1:], "/")
	for i, token := range tokens {
		for at := strings.IndexByte(token, '~'); at >= 0; {
			if at+1 >= len(token) || token[at+1] != '0' && token[at+1] != '1' {
				return nil, false
			}
			next := strings.IndexByte(token[at+1:], '~')
			if next < 0 {
				break
			}
			at += 1 + next
		}
		tokens[i] = unescape.Replace(token)
	}
	return tokens, true
}

var (
	// A replacer goes over the text once, so "~01" becomes "~1" and not "/".
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
)

// EscapeToken writes a member's name as a token of a pointer.
func EscapeToken(name string) string { return escape.Replace(name) }

// Lookup returns the value at a pointer; EachRow is no wildcard here.
func Lookup(fields Fields, pointer string) (any, bool) {
	tokens, ok := SplitPointer(pointer)
	if !ok {
		return nil, false
	}
	var value any = fields
	for _, token := range tokens {
		if value, ok = child(value, token); !ok {
			return nil, false
		}
	}
	return value, true
}

// At returns the places that a pointer names, in their order: a place whose object or list is not
// there is left out, one that only lacks the member comes with Exists false. EachRow stands for each
// existing row.
func At(fields Fields, pointer string) []Located {
	tokens, ok := SplitPointer(pointer)
	if !ok {
		return nil
	}
	places := []Located{{Value: fields, Exists: fields != nil}}
	for _, token := range tokens {
		var next []Located
		for _, place := range places {
			next = append(next, below(place, token)...)
		}
		places = next
	}
	return places
}

func below(place Located, token string) []Located {
	switch v := place.Value.(type) {
	case map[string]any:
		value, ok := v[token]
		return []Located{{Pointer: place.Pointer + "/" + EscapeToken(token), Value: value, Exists: ok}}
	case []any:
		if token == EachRow {
			rows := make([]Located, len(v))
			for i, row := range v {
				rows[i] = Located{Pointer: place.Pointer + "/" + strconv.Itoa(i), Value: row, Exists: true}
			}
			return rows
		}
		if value, ok := child(v, token); ok {
			return []Located{{Pointer: place.Pointer + "/" + token, Value: value, Exists: true}}
		}
	}
	return nil
}

// Remove returns fields without what the pointer names; the fields given stay as they are. Removing a
// row moves those behind it up, EachRow at the end empties the list.
func Remove(fields Fields, pointer string) Fields {
	tokens, ok := SplitPointer(pointer)
	if !ok || len(tokens) == 0 || fields == nil {
		return fields
	}
	out, ok := without(fields, tokens).(Fields)
	if !ok {
		return fields
	}
	return out
}

func without(value any, tokens []string) any {
	token, rest := tokens[0], tokens[1:]
	switch v := value.(type) {
	case map[string]any:
		member, ok := v[token]
		if !ok {
			return v
		}
		out := maps.Clone(v)
		if len(rest) == 0 {
			delete(out, token)
		} else {
			out[token] = without(member, rest)
		}
		return out
	case []any:
		return withoutRow(v, token, rest)
	default:
		return value
	}
}

func withoutRow(rows []any, token string, rest []string) any {
	if token == EachRow {
		if len(rest) == 0 {
			return []any{}
		}
		out := make([]any, len(rows))
		for i, row := range rows {
			out[i] = without(row, rest)
		}
		return out
	}
	at, ok := rowNumber(token, len(rows))
	if !ok {
		return rows
	}
	out := slices.Clone(rows)
	if len(rest) == 0 {
		return slices.Delete(out, at, at+1)
	}
	out[at] = without(rows[at], rest)
	return out
}

func child(value any, token string) (any, bool) {
	switch v := value.(type) {
	case map[string]any:
		member, ok := v[token]
		return member, ok
	case []any:
		if at, ok := rowNumber(token, len(v)); ok {
			return v[at], true
		}
	}
	return nil, false
}

// rowNumber reads a token as the number of a row; RFC 6901 allows neither sign nor leading zeros.
func rowNumber(token string, rows int) (int, bool) {
	at, err := strconv.Atoi(token)
	return at, err == nil && at >= 0 && at < rows && strconv.Itoa(at) == token
}
