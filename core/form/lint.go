package form

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Bounds of a form.
const (
	dialect       = "https://json-schema.org/draft/2020-12/schema"
	maxNesting    = 8
	maxNodes      = 1000
	maxTextLength = 20000
	maxRows       = 1000
	maxListKey    = 64
	maxEnum       = 200
	maxPattern    = 500
)

// keyword says where a keyword may stand: types it fits, none for every type, and the first bytes of
// the values that it takes.
type keyword struct {
	types  []string
	values string
}

var (
	onText   = []string{"string"}
	onNumber = []string{"number", "integer"}
	onArray  = []string{"array"}
	onObject = []string{"object"}
)

// keywords are all that a form's schema may say; schemas/contract/form.schema.json describes the same.
var keywords = map[string]keyword{
	"$schema":              {types: onObject, values: `"`},
	"type":                 {values: `"`},
	"title":                {values: `"`},
	"description":          {values: `"`},
	"properties":           {types: onObject, values: "{"},
	"required":             {types: onObject, values: "["},
	"additionalProperties": {types: onObject, values: "f"},
	"items":                {types: onArray, values: "{"},
	"minItems":             {types: onArray, values: "0"},
	"maxItems":             {types: onArray, values: "0"},
	"uniqueItems":          {types: onArray, values: "tf"},
	"minLength":            {types: onText, values: "0"},
	"maxLength":            {types: onText, values: "0"},
	"pattern":              {types: onText, values: `"`},
	"format":               {types: onText, values: `"`},
	"minimum":              {types: onNumber, values: "0"},
	"maximum":              {types: onNumber, values: "0"},
	"enum":                 {types: []string{"string", "number", "integer"}, values: "["},
	"const":                {types: []string{"string", "number", "integer", "boolean"}, values: `"0tf`},
	"default":              {values: `"0tf[{`},
	"examples":             {values: "["},
	"x-list":               {types: onText, values: `"`},
	"x-multiline":          {types: onText, values: "tf"},
	"writeOnly":            {types: onText, values: "tf"},
}

// conditions are keywords of JSON Schema that would give a second answer to "is this mandatory now".
var conditions = []string{
	"if", "then", "else", "not", "oneOf", "anyOf", "allOf", "$dynamicRef", "$recursiveRef", "$defs", "definitions",
	"dependencies", "dependentRequired", "dependentSchemas", "patternProperties", "unevaluatedProperties", "unevaluatedItems",
}

var propertyName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// linter reads one schema file, collects what is wrong with it and makes the spec.
type linter struct {
	file     string
	raw      []byte
	declared []string
	used     []string
	findings []api.Finding
	nodes    int
}

func (l *linter) report(at int, code, format string, args ...any) {
	line, column := place(l.raw, at)
	l.findings = append(l.findings, api.Finding{
		File: l.file, Line: line, Column: column, Code: code, Msg: fmt.Sprintf(format, args...),
	})
}

func (l *linter) root(n *node) *spec {
	if n.kind != '{' {
		l.report(n.at, "schema_type", "a form's schema is an object")
		return nil
	}
	if at := n.get("$schema"); at == nil || at.decode(l.raw) != dialect {
		l.report(n.at, "schema_dialect", "$schema must be %q", dialect)
	}
	s := l.schema(n, 0)
	if s != nil && s.kind != "object" {
		l.report(n.at, "schema_type", "a form's schema is of type object")
		return nil
	}
	return s
}

// schema reads one schema; nil where nothing below it can be read.
func (l *linter) schema(n *node, depth int) *spec {
	if n.kind != '{' {
		l.report(n.at, "keyword_value", "a schema is an object here")
		return nil
	}
	if l.nodes++; l.nodes > maxNodes {
		if l.nodes == maxNodes+1 {
			l.report(n.at, "too_many_nodes", "more than %d schemas in one form", maxNodes)
		}
		return nil
	}
	if depth > maxNesting {
		l.report(n.at, "too_deep", "schemas are nested deeper than %d", maxNesting)
		return nil
	}
	s := newSpec(n.at)
	s.kind = l.kind(n)
	for i := range n.members {
		l.keyword(s, &n.members[i], depth)
	}
	if s.kind == "" {
		return nil
	}
	l.texts(n, s)
	l.limits(n, s)
	switch s.kind {
	case "object":
		l.properties(n, s, depth)
	case "array":
		if items := n.get("items"); items == nil {
			l.report(n.at, "items_missing", "a list needs items")
		} else {
			s.items = l.schema(items, depth+1)
		}
	case "string":
		l.text(n, s)
	}
	return s
}

func (l *linter) kind(n *node) string {
	at := n.get("type")
	if at == nil {
		if n.get("$ref") == nil {
			l.report(n.at, "type_missing", "a schema needs a type")
		}
		return ""
	}
	kind, _ := at.decode(l.raw).(string)
	if !slices.Contains([]string{"object", "array", "string", "integer", "number", "boolean"}, kind) {
		l.report(at.at, "type_unknown", "type is one of object, array, string, integer, number and boolean")
		return ""
	}
	return kind
}

func (l *linter) keyword(s *spec, m *member, depth int) {
	known, ok := keywords[m.key]
	switch {
	case m.key == "$ref":
		l.report(m.at, "ref_not_allowed", "$ref may only name a shared schema: shared/<name>.schema.json")
		return
	case slices.Contains(conditions, m.key):
		l.report(m.at, "forbidden_keyword", "%q is not allowed: a condition is a rule", m.key)
		return
	case !ok && strings.HasPrefix(m.key, "x-"):
		return
	case !ok || m.key == "$schema" && depth > 0:
		l.report(m.at, "unknown_keyword", "%q is no keyword of a form's schema", m.key)
		return
	}
	if strings.IndexByte(known.values, m.value.kind) < 0 {
		l.report(m.value.at, "keyword_value", "%q has a value of a wrong type", m.key)
	} else if len(known.types) > 0 && s.kind != "" && !slices.Contains(known.types, s.kind) {
		l.report(m.at, "keyword_type", "%q does not belong to type %s", m.key, s.kind)
	}
}

// texts checks title and description, which people read.
func (l *linter) texts(n *node, s *spec) {
	for _, key := range []string{"title", "description"} {
		if at := n.get(key); at != nil && at.end-at.at > 4000 {
			l.report(at.at, "keyword_value", "%q is too long", key)
		}
	}
	examples := n.get("examples")
	if examples == nil || len(examples.items) == 0 {
		return
	}
	switch example := examples.items[0].decode(l.raw).(type) {
	case string:
		s.example = example
	case json.Number:
		s.example = example.String()
	}
}

// limits reads the numbers of a schema and refuses pairs that nothing can satisfy.
func (l *linter) limits(n *node, s *spec) {
	s.minLength, s.maxLength = l.count(n, "minLength"), l.count(n, "maxLength")
	s.minItems, s.maxItems = l.count(n, "minItems"), l.count(n, "maxItems")
	for _, pair := range []struct {
		low, high int
		key       string
	}{{s.minLength, s.maxLength, "minLength"}, {s.minItems, s.maxItems, "minItems"}} {
		if pair.low != unset && pair.high != unset && pair.low > pair.high {
			l.report(n.get(pair.key).at, "range", "%q is greater than its maximum", pair.key)
		}
	}
	if s.kind == "array" {
		if s.maxItems == unset {
			l.report(n.at, "max_items_missing", "a list needs maxItems")
		} else if s.maxItems > maxRows {
			l.report(n.get("maxItems").at, "max_items_missing", "maxItems is at most %d", maxRows)
		}
	}
	s.minimum, s.maximum = l.number(n, "minimum"), l.number(n, "maximum")
	if s.minimum != "" && s.maximum != "" {
		low, ok := new(big.Rat).SetString(s.minimum.String())
		high, ok2 := new(big.Rat).SetString(s.maximum.String())
		if ok && ok2 && low.Cmp(high) > 0 {
			l.report(n.get("minimum").at, "range", "%q is greater than its maximum", "minimum")
		}
	}
}

func (l *linter) count(n *node, key string) int {
	at := n.get(key)
	if at == nil || at.kind != '0' {
		return unset
	}
	count, err := strconv.Atoi(string(l.raw[at.at:at.end]))
	if err != nil || count < 0 {
		l.report(at.at, "keyword_value", "%q is a whole number from 0", key)
		return unset
	}
	return count
}

func (l *linter) number(n *node, key string) json.Number {
	if at := n.get(key); at != nil && at.kind == '0' {
		return json.Number(l.raw[at.at:at.end])
	}
	return ""
}

func (l *linter) properties(n *node, s *spec, depth int) {
	s.props = map[string]*spec{}
	if n.get("additionalProperties") == nil {
		l.report(n.at, "additional_properties", "an object needs \"additionalProperties\": false")
	}
	properties := n.get("properties")
	if properties == nil || len(properties.members) == 0 {
		l.report(n.at, "properties_missing", "an object needs properties")
		return
	}
	for _, m := range properties.members {
		if !propertyName.MatchString(m.key) {
			l.report(m.at, "property_name", "a property's name is lower snake case of at most 64 characters")
		}
		if prop := l.schema(m.value, depth+1); prop != nil {
			s.names = append(s.names, m.key)
			s.props[m.key] = prop
		}
	}
	required := n.get("required")
	if required == nil {
		return
	}
	for _, item := range required.items {
		name, ok := item.decode(l.raw).(string)
		switch {
		case !ok:
			l.report(item.at, "keyword_value", "required lists names of properties")
		case properties.get(name) == nil:
			l.report(item.at, "required_unknown", "required names a property that is not there: %q", name)
		case slices.Contains(s.required, name):
			l.report(item.at, "required_twice", "required names %q twice", name)
		default:
			s.required = append(s.required, name)
		}
	}
}
