package strict

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/schemas/contract"
)

// Contract is one of our own schemas of what an author may write. It is safe for concurrent use.
type Contract struct {
	schema *Schema
	raw    any
}

// Load compiles a schema of schemas/contract by its file's name. The fragment, "#/$defs/rule" for
// example, names a part of it, and is empty for the whole.
func Load(name, fragment string) (*Contract, error) {
	content, err := contract.FS.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read contract: %w", err)
	}
	c := &Contract{}
	if c.schema, err = compile(content, fragment, nil); err != nil {
		return nil, fmt.Errorf("load contract %s: %w", name, err)
	}
	if err := json.Unmarshal(content, &c.raw); err != nil {
		return nil, fmt.Errorf("parse contract: %w", err)
	}
	return c, nil
}

// The codes of breaches.
const (
	UnknownKey   = "unknown_key"
	MissingKey   = "missing_key"
	ForeignKey   = "foreign_key"
	BadKey       = "bad_key"
	WrongType    = "wrong_type"
	UnknownValue = "unknown_value"
	BadValue     = "bad_value"
	Duplicate    = "duplicate"
	OutOfBounds  = "out_of_bounds"
)

// Breach is one place where a value breaks a contract.
type Breach struct {
	Pointer string
	// AtKey: the key is meant, not its value.
	AtKey bool
	Code  string
	// Msg says what is wrong without naming the value: "must be of type string".
	Msg string
}

// Place returns where a breach stands in the document that was checked.
func (b Breach) Place(d *Document) Place {
	if b.AtKey {
		return d.AtKey(b.Pointer)
	}
	return d.At(b.Pointer)
}

// Check returns every breach of a value of plain JSON, sorted. The library's own texts name several
// keys at once, so keys are compared here.
func (c *Contract) Check(value any) []Breach {
	found, err := c.schema.Validate(value)
	if err != nil {
		return []Breach{{Code: BadValue, Msg: "cannot be checked"}}
	}
	var all []Breach
	for _, leaf := range found {
		all = append(all, c.explain(leaf, value)...)
	}
	slices.SortFunc(all, func(a, b Breach) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Msg, b.Msg))
	})
	return slices.Compact(all)
}

// explain says in an author's words what a schema's keyword found.
func (c *Contract) explain(leaf Leaf, value any) []Breach {
	parent := leaf.At[:max(strings.LastIndexByte(leaf.At, '/'), 0)]
	schema, _ := resolve(c.raw, parent).(map[string]any)
	note := ""
	if text, ok := schema["description"].(string); ok && leaf.Pointer != "" { // that of the file says too much
		note = " (" + strings.TrimSuffix(text, ".") + ")"
	}
	one := func(code, msg string, args ...any) []Breach {
		return []Breach{{Pointer: leaf.Pointer, Code: code, Msg: fmt.Sprintf(msg, args...)}}
	}
	switch {
	case leaf.Name:
		return []Breach{{Pointer: leaf.Pointer, AtKey: true, Code: BadKey, Msg: fmt.Sprintf("key %q must match %v%s", lastToken(leaf.Pointer), schema["pattern"], note)}}
	case leaf.Keyword == "additionalProperties":
		return unknownKeys(leaf.Pointer, value, schema)
	case strings.HasSuffix(parent, "/properties") && resolve(c.raw, leaf.At) == false:
		return []Breach{{Pointer: leaf.Pointer, AtKey: true, Code: ForeignKey, Msg: fmt.Sprintf("key %q belongs to another kind", leaf.Keyword)}}
	}
	switch leaf.Keyword {
	case "required":
		return missingKeys(leaf.Pointer, value, schema)
	case "anyOf":
		return one(MissingKey, "needs one more key%s", note)
	case "type":
		return one(WrongType, "must be of type %s%s", strings.Join(texts(schema["type"]), " or "), note)
	case "enum":
		given, _ := resolve(value, leaf.Pointer).(string)
		return one(UnknownValue, "must be one of %s%s", quoted(schema["enum"]), Suggest(given, texts(schema["enum"])))
	case "const":
		return one(UnknownValue, "must be %s", quoted(schema["const"]))
	case "pattern":
		return one(BadValue, "must match %v%s", schema["pattern"], note)
	case "uniqueItems":
		return one(Duplicate, "names the same thing twice")
	default:
		return one(OutOfBounds, "is not allowed: %s%s", leaf.Message, note)
	}
}

func unknownKeys(pointer string, value any, schema map[string]any) []Breach {
	known := keysOf(schema["properties"])
	var found []Breach
	for _, key := range keysOf(resolve(value, pointer)) {
		if !slices.Contains(known, key) {
			found = append(found, Breach{
				Pointer: pointer + "/" + api.EscapeToken(key), AtKey: true, Code: UnknownKey,
				Msg: fmt.Sprintf("unknown key %q%s", key, Suggest(key, known)),
			})
		}
	}
	return found
}

func missingKeys(pointer string, value any, schema map[string]any) []Breach {
	given, _ := resolve(value, pointer).(map[string]any)
	var found []Breach
	for _, key := range texts(schema["required"]) {
		if _, ok := given[key]; !ok {
			found = append(found, Breach{Pointer: pointer, Code: MissingKey, Msg: fmt.Sprintf("needs the key %q", key)})
		}
	}
	return found
}

func lastToken(pointer string) string {
	tokens, ok := api.SplitPointer(pointer)
	if !ok || len(tokens) == 0 {
		return pointer
	}
	return tokens[len(tokens)-1]
}

// texts returns the texts of a list, or the one text that stands in its place.
func texts(values any) []string {
	all, ok := values.([]any)
	if !ok {
		all = []any{values}
	}
	out := make([]string, 0, len(all))
	for _, value := range all {
		if text, ok := value.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

// quoted writes a value, or those of a list, as an author would.
func quoted(values any) string {
	all, ok := values.([]any)
	if !ok {
		all = []any{values}
	}
	out := make([]string, 0, len(all))
	for _, value := range all {
		if text, ok := value.(string); ok {
			value = strconv.Quote(text)
		}
		out = append(out, fmt.Sprint(value))
	}
	return strings.Join(out, ", ")
}
