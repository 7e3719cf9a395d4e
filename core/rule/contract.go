package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/schemas/contract"
)

const contractURL = "https://schemas.opora.invalid/contract/rules.schema.json"

// rulesContract is rules.schema.json: the one description of what a rule file and a test file contain.
type rulesContract struct {
	rules, rule, tests *jsonschema.Schema
	raw                any
}

var loadContract = sync.OnceValues(func() (*rulesContract, error) {
	content, err := contract.FS.ReadFile("rules.schema.json")
	if err != nil {
		return nil, fmt.Errorf("read contract: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft2020
	compiler.AssertFormat = true
	if err := compiler.AddResource(contractURL, bytes.NewReader(content)); err != nil {
		return nil, fmt.Errorf("add contract: %w", err)
	}
	out := &rulesContract{}
	for fragment, to := range map[string]**jsonschema.Schema{"": &out.rules, "#/$defs/rule": &out.rule, "#/$defs/tests": &out.tests} {
		if *to, err = compiler.Compile(contractURL + fragment); err != nil {
			return nil, fmt.Errorf("compile contract: %w", err)
		}
	}
	if err := json.Unmarshal(content, &out.raw); err != nil {
		return nil, fmt.Errorf("parse contract: %w", err)
	}
	return out, nil
})

// breach is one place where a value breaks the contract.
type breach struct {
	pointer string
	// atKey: the key is meant, not its value.
	atKey bool
	code  string
	msg   string
}

// check returns every breach of a value that is plain JSON, sorted.
func (c *rulesContract) check(schema *jsonschema.Schema, value any) []breach {
	err := schema.Validate(value)
	if err == nil {
		return nil
	}
	var broken *jsonschema.ValidationError
	if !errors.As(err, &broken) {
		return []breach{{code: "bad_value", msg: firstLine(err.Error())}}
	}
	var found []breach
	for _, leaf := range leaves(broken) {
		found = append(found, c.explain(leaf, value)...)
	}
	slices.SortFunc(found, func(a, b breach) int {
		return strings.Compare(a.pointer+"\x00"+a.code+a.msg, b.pointer+"\x00"+b.code+b.msg)
	})
	return slices.Compact(found)
}

// leaves are the errors that say something; of a choice the choice itself, since none of its branches
// is what the author meant.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 || strings.HasSuffix(e.KeywordLocation, "/anyOf") {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

func (c *rulesContract) explain(leaf *jsonschema.ValidationError, value any) []breach {
	pointer := unescapeURL(leaf.InstanceLocation)
	_, fragment, _ := strings.Cut(leaf.AbsoluteKeywordLocation, "#")
	fragment = unescapeURL(fragment)
	at := strings.LastIndexByte(fragment, '/')
	parent, keyword := fragment[:max(at, 0)], fragment[at+1:]
	schema, _ := resolve(c.raw, parent).(map[string]any)
	note := ""
	if text, ok := schema["description"].(string); ok {
		note = " (" + strings.TrimSuffix(text, ".") + ")"
	}
	switch {
	case resolve(c.raw, fragment) == false && keyword != "additionalProperties":
		return []breach{{pointer: pointer, atKey: true, code: "foreign_key", msg: fmt.Sprintf("key %q belongs to another kind of rule", keyword)}}
	case keyword == "additionalProperties":
		return unknownKeys(pointer, value, schema)
	case keyword == "required":
		return missingKeys(pointer, value, schema)
	case keyword == "anyOf":
		return []breach{{pointer: pointer, code: "missing_key", msg: "a key is missing" + note}}
	case keyword == "enum":
		return []breach{{pointer: pointer, code: "bad_value", msg: fmt.Sprintf("must be one of %s", quoted(schema["enum"]))}}
	case keyword == "type":
		return []breach{{pointer: pointer, code: "wrong_type", msg: leaf.Message + note}}
	case keyword == "pattern":
		return []breach{{pointer: pointer, code: "bad_value", msg: "does not fit" + note}}
	default:
		return []breach{{pointer: pointer, code: "bad_value", msg: leaf.Message + note}}
	}
}

func unknownKeys(pointer string, value any, schema map[string]any) []breach {
	properties, _ := schema["properties"].(map[string]any)
	known := sortedKeys(properties)
	given, _ := resolve(value, pointer).(map[string]any)
	var found []breach
	for _, key := range sortedKeys(given) {
		if _, ok := properties[key]; !ok {
			found = append(found, breach{
				pointer: pointer + "/" + api.EscapeToken(key), atKey: true, code: "unknown_key",
				msg: fmt.Sprintf("unknown key %q%s", key, suggest(key, known)),
			})
		}
	}
	return found
}

func missingKeys(pointer string, value any, schema map[string]any) []breach {
	needed, _ := schema["required"].([]any)
	given, _ := resolve(value, pointer).(map[string]any)
	var found []breach
	for _, item := range needed {
		key, _ := item.(string)
		if _, ok := given[key]; !ok {
			found = append(found, breach{pointer: pointer, code: "missing_key", msg: fmt.Sprintf("key %q is missing", key)})
		}
	}
	return found
}

func quoted(values any) string {
	all, _ := values.([]any)
	out := make([]string, 0, len(all))
	for _, value := range all {
		out = append(out, fmt.Sprintf("%q", value))
	}
	return strings.Join(out, ", ")
}

// resolve follows a JSON pointer through plain values; nil where it leads nowhere.
func resolve(value any, pointer string) any {
	tokens, ok := api.SplitPointer(pointer)
	if !ok {
		return nil
	}
	for _, token := range tokens {
		switch parent := value.(type) {
		case map[string]any:
			value = parent[token]
		case []any:
			index, err := strconv.Atoi(token)
			if err != nil || index < 0 || index >= len(parent) {
				return nil
			}
			value = parent[index]
		default:
			return nil
		}
	}
	return value
}

// unescapeURL undoes the percent signs that the validator puts into its pointers.
func unescapeURL(pointer string) string {
	plain, err := url.PathUnescape(pointer)
	if err != nil {
		return pointer
	}
	return plain
}
