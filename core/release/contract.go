package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/schemas/contract"
)

const contractURL = "https://schemas.opora.invalid/contract/plugin.schema.json"

// declarationContract is plugin.schema.json twice: compiled, and raw for the words of a finding.
type declarationContract struct {
	schema *jsonschema.Schema
	raw    any
}

// refuseLoad keeps the library from opening a file or an address.
func refuseLoad(string) (io.ReadCloser, error) {
	return nil, errors.New("the contract refers to nothing outside itself")
}

var loadContract = sync.OnceValues(func() (declarationContract, error) {
	file, err := contract.FS.ReadFile("plugin.schema.json")
	if err != nil {
		return declarationContract{}, fmt.Errorf("read contract: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft2020
	compiler.AssertFormat = true
	compiler.LoadURL = refuseLoad
	if err := compiler.AddResource(contractURL, bytes.NewReader(file)); err != nil {
		return declarationContract{}, fmt.Errorf("add contract: %w", err)
	}
	schema, err := compiler.Compile(contractURL)
	if err != nil {
		return declarationContract{}, fmt.Errorf("compile contract: %w", err)
	}
	var raw any
	if err := json.Unmarshal(file, &raw); err != nil {
		return declarationContract{}, fmt.Errorf("parse contract: %w", err)
	}
	return declarationContract{schema: schema, raw: raw}, nil
})

// checkContract adds a finding for each place where the document breaks the contract.
func (d *document) checkContract() error {
	c, err := loadContract()
	if err != nil {
		return err
	}
	if err = c.schema.Validate(d.value); err == nil {
		return nil
	}
	var broken *jsonschema.ValidationError
	if !errors.As(err, &broken) {
		return fmt.Errorf("validate declaration: %w", err)
	}
	for _, leaf := range leaves(broken) {
		d.explain(c.raw, leaf)
	}
	return nil
}

func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// explain says in an author's words what a schema's keyword found. The validator's own texts name
// several properties at once, so keys are compared here.
func (d *document) explain(contract any, leaf *jsonschema.ValidationError) {
	pointer := unescapeURL(leaf.InstanceLocation)
	_, fragment, _ := strings.Cut(leaf.AbsoluteKeywordLocation, "#")
	at := strings.LastIndexByte(fragment, '/')
	parent, keyword := fragment[:max(at, 0)], fragment[at+1:]
	schema, _ := resolve(contract, unescapeURL(parent)).(map[string]any)
	if strings.Contains(leaf.KeywordLocation, "/propertyNames/") {
		d.add(d.atKey(pointer), "bad_key", "key %q must match %v%s", lastToken(pointer), schema["pattern"], described(schema))
		return
	}
	switch keyword {
	case "additionalProperties":
		d.explainUnknown(schema, pointer)
	case "required":
		d.explainMissing(schema, pointer)
	case "type":
		d.add(d.at(pointer), "wrong_type", "%s must be %s", name(pointer), typeNames(schema["type"]))
	case "enum", "const":
		d.add(d.at(pointer), "unknown_value", "%s must be %s%s", name(pointer), allowed(schema), d.meant(pointer, schema))
	case "pattern":
		d.add(d.at(pointer), "bad_value", "%s must match %v%s", name(pointer), schema["pattern"], described(schema))
	case "uniqueItems":
		d.add(d.at(pointer), "duplicate", "%s names the same thing twice", name(pointer))
	default:
		d.add(d.at(pointer), "out_of_bounds", "%s: %s", name(pointer), leaf.Message)
	}
}

func (d *document) explainUnknown(schema map[string]any, pointer string) {
	known := keysOf(schema["properties"])
	given, _ := resolve(d.value, pointer).(map[string]any)
	for _, key := range keysOf(given) {
		if slices.Contains(known, key) {
			continue
		}
		child := pointer + "/" + api.EscapeToken(key)
		d.add(d.atKey(child), "unknown_key", "%s does not know the key %q%s", name(pointer), key, suggest(key, known))
	}
}

func (d *document) explainMissing(schema map[string]any, pointer string) {
	needed, _ := schema["required"].([]any)
	given, _ := resolve(d.value, pointer).(map[string]any)
	for _, item := range needed {
		key, _ := item.(string)
		if _, ok := given[key]; !ok {
			d.add(d.at(pointer), "missing_key", "%s needs the key %q", name(pointer), key)
		}
	}
}

func (d *document) meant(pointer string, schema map[string]any) string {
	value, ok := resolve(d.value, pointer).(string)
	if !ok {
		return ""
	}
	return suggest(value, stringsOf(schema["enum"]))
}

// name is how a finding calls a value: its pointer, or the declaration as a whole.
func name(pointer string) string {
	if pointer == "" {
		return "the declaration"
	}
	return pointer
}

func lastToken(pointer string) string {
	tokens, ok := api.SplitPointer(pointer)
	if !ok || len(tokens) == 0 {
		return pointer
	}
	return tokens[len(tokens)-1]
}

func typeNames(types any) string {
	if one, ok := types.(string); ok {
		return "of type " + one
	}
	return "of type " + strings.Join(stringsOf(types), ", ")
}

func allowed(schema map[string]any) string {
	if value, ok := schema["const"]; ok {
		return fmt.Sprintf("%q", value)
	}
	return "one of " + strings.Join(stringsOf(schema["enum"]), ", ")
}

func described(schema map[string]any) string {
	if text, ok := schema["description"].(string); ok {
		return " (" + strings.TrimSuffix(text, ".") + ")"
	}
	return ""
}

func stringsOf(values any) []string {
	all, _ := values.([]any)
	out := make([]string, 0, len(all))
	for _, value := range all {
		text, _ := value.(string)
		out = append(out, strconv.Quote(text))
	}
	return out
}

func keysOf(object any) []string {
	all, _ := object.(map[string]any)
	keys := make([]string, 0, len(all))
	for key := range all {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// resolve follows a JSON pointer; nil where it leads nowhere.
func resolve(value any, pointer string) any {
	root, _ := value.(map[string]any)
	found, _ := api.Lookup(root, pointer)
	return found
}

// unescapeURL undoes the percent signs that the validator puts into its pointers.
func unescapeURL(pointer string) string {
	plain, err := url.PathUnescape(pointer)
	if err != nil {
		return pointer
	}
	return plain
}
