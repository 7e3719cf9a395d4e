package form_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/form"
)

// refused compiles a form of one property and returns the codes of the findings.
func refused(t *testing.T, schema string, lists ...string) []string {
	t.Helper()
	f, findings := form.Compile("x.json", []byte(schema), lists)
	require.Equal(t, f == nil, len(findings) > 0, schema)
	out := []string{}
	for _, finding := range findings {
		require.NotEmpty(t, finding.Msg)
		require.Positive(t, finding.Line)
		require.Positive(t, finding.Column)
		out = append(out, finding.Code)
	}
	return out
}

func TestLintProperty(t *testing.T) {
	t.Parallel()
	for property, want := range map[string][]string{
		`{"type": "string", "maxLength": 5}`:                                                          {},
		`{"type": "string"}`:                                                                          {"max_length_missing"},
		`{"type": "string", "enum": ["a"]}`:                                                           {},
		`{"type": "string", "format": "date"}`:                                                        {},
		`{"type": "string", "maxLength": 20001}`:                                                      {"max_length_missing"},
		`{"type": "string", "maxLength": 5, "requried": true}`:                                        {"unknown_keyword"},
		`{"type": "string", "maxLength": 5, "x-anything": {"a": [1]}}`:                                {},
		`{"type": "string", "maxLength": 5, "format": "e-mail"}`:                                      {"unknown_format"},
		`{"type": "string", "maxLength": 5, "format": "regex"}`:                                       {"unknown_format"},
		`{"type": "string", "maxLength": 5, "pattern": "(?=a)b"}`:                                     {"pattern_subset"},
		`{"type": "string", "maxLength": 5, "pattern": "a{9}{9}*("}`:                                  {"pattern_subset"},
		`{"type": "string", "maxLength": 5, "minLength": 6}`:                                          {"range"},
		`{"type": "string", "maxLength": "5"}`:                                                        {"keyword_value", "max_length_missing"},
		`{"type": "string", "maxLength": -1}`:                                                         {"keyword_value", "max_length_missing"},
		`{"type": "string", "maxLength": 5, "minimum": 1}`:                                            {"keyword_type"},
		`{"type": "integer", "maxLength": 5}`:                                                         {"keyword_type"},
		`{"type": "integer", "minimum": 5, "maximum": 4}`:                                             {"range"},
		`{"type": "integer", "multipleOf": 5}`:                                                        {"unknown_keyword"},
		`{"type": ["string", "null"], "maxLength": 5}`:                                                {"type_unknown", "keyword_value"},
		`{"type": "null"}`:                                                                            {"type_unknown"},
		`{"maxLength": 5}`:                                                                            {"type_missing"},
		`true`:                                                                                        {"keyword_value"},
		`{"type": "string", "maxLength": 64, "x-list": "types"}`:                                      {},
		`{"type": "string", "maxLength": 65, "x-list": "types"}`:                                      {"list_shape"},
		`{"type": "string", "maxLength": 9, "x-list": "other"}`:                                       {"unknown_list"},
		`{"type": "string", "maxLength": 9, "x-list": "types", "enum": ["a"]}`:                        {"list_shape"},
		`{"type": "integer", "x-list": "types"}`:                                                      {"keyword_type"},
		`{"type": "array", "items": {"type": "boolean"}}`:                                             {"max_items_missing"},
		`{"type": "array", "maxItems": 1001, "items": {"type": "boolean"}}`:                           {"max_items_missing"},
		`{"type": "array", "maxItems": 5}`:                                                            {"items_missing"},
		`{"type": "array", "maxItems": 5, "items": [{"type": "boolean"}]}`:                            {"keyword_value", "keyword_value"},
		`{"type": "object", "properties": {"a": {"type": "boolean"}}}`:                                {"additional_properties"},
		`{"type": "object", "additionalProperties": true, "properties": {"a": {"type": "boolean"}}}`:  {"keyword_value"},
		`{"type": "object", "additionalProperties": false}`:                                           {"properties_missing"},
		`{"type": "object", "additionalProperties": false, "properties": {"A": {"type": "boolean"}}}`: {"property_name"},
		`{"type": "object", "additionalProperties": false, "required": ["b", "a", "a"], "properties": {"a": {"type": "boolean"}}}`: {"required_unknown", "required_twice"},
		`{"type": "boolean", "default": "x"}`:                                                   {"sample_invalid"},
		`{"type": "string", "maxLength": 12, "format": "inn", "examples": ["7707083893", "1"]}`: {"sample_invalid"},
		`{"type": "string", "maxLength": 2, "enum": ["a", "abc"]}`:                              {"sample_invalid"},
		`{"type": "integer", "enum": ["a"]}`:                                                    {"contract"},
		`{"type": "string", "maxLength": 2, "const": true}`:                                     {"contract"},
		`{"type": "boolean", "$schema": "https://json-schema.org/draft/2020-12/schema"}`:        {"unknown_keyword"},
	} {
		got := refused(t, object("", `"a": `+property), "types")
		if len(want) == 1 && want[0] == "contract" {
			require.NotEmpty(t, got, property)
			continue
		}
		require.ElementsMatch(t, want, got, property)
	}
}

func TestLintConditionsAndRecursion(t *testing.T) {
	t.Parallel()
	for _, keyword := range []string{
		"if", "then", "else", "not", "oneOf", "anyOf", "allOf", "$dynamicRef", "$recursiveRef", "$defs", "dependencies",
		"dependentRequired", "dependentSchemas", "patternProperties", "unevaluatedProperties",
	} {
		require.Equal(t, []string{"forbidden_keyword"}, refused(t, object("", `"a": {"type": "boolean", "`+keyword+`": {}}`)), keyword)
	}
	for _, keyword := range []string{"$id", "$anchor", "$comment", "contains", "propertyNames", "exclusiveMinimum", "contentEncoding", "nullable"} {
		require.Equal(t, []string{"unknown_keyword"}, refused(t, object("", `"a": {"type": "boolean", "`+keyword+`": "x"}`)), keyword)
	}
	require.Equal(t, []string{"ref_not_allowed"}, refused(t, object("", `"a": {"$ref": "#"}`)))
	require.Equal(t, []string{"ref_not_allowed"}, refused(t, object("", `"a": {"$ref": "#/properties/a", "type": "boolean"}`)))
}

func TestLintDocument(t *testing.T) {
	t.Parallel()
	body := `"type": "object", "additionalProperties": false, "properties": {"a": {"type": "boolean"}}}`
	require.Equal(t, []string{"schema_dialect"}, refused(t, `{`+body))
	require.Equal(t, []string{"schema_dialect"}, refused(t, `{"$schema": "http://json-schema.org/draft-07/schema#", `+body))
	require.Equal(t, []string{"schema_type"}, refused(t, `[]`))
	require.Equal(t, []string{"schema_malformed"}, refused(t, `{"type": "object", "type": "array"}`))
	require.Equal(t, []string{"schema_malformed"}, refused(t, strings.Repeat(`{"items":`, 9999)))
	require.Equal(t, []string{"schema_malformed"}, refused(t, ``))
	require.Contains(t, refused(t, `{`+dialect+`"type": "string", "maxLength": 5}`), "schema_type")

	nested := `{"type": "boolean"}`
	for range 8 {
		nested = `{"type": "array", "maxItems": 1, "items": ` + nested + `}`
	}
	require.Equal(t, []string{"too_deep"}, refused(t, object("", `"a": `+nested)))
	wide := []string{}
	for i := range 1100 {
		wide = append(wide, fmt.Sprintf(`"p%d": {"type": "boolean"}`, i))
	}
	require.Equal(t, []string{"too_many_nodes"}, refused(t, object("", strings.Join(wide, ","))))
	require.Empty(t, refused(t, object("", strings.Join(wide[:900], ","))))
}

func TestFindingsHaveTheirPlace(t *testing.T) {
	t.Parallel()
	schema := "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"type\": \"object\", \"additionalProperties\": false,\n" +
		"  \"properties\": {\n    \"inn\": {\n      \"$ref\": \"shared/inn.schema.json\",\n      \"title\": \"ИНН\"\n    },\n" +
		"    \"b\": {\"type\": \"string\", \"maxLength\": 5, \"requried\": 1}\n  }\n}"
	inlined, err := form.Inline([]byte(schema), readShared)
	require.NoError(t, err)
	_, findings := form.Compile("schemas/x/y.json", inlined, nil)
	require.Len(t, findings, 1)
	require.Equal(t, "schemas/x/y.json", findings[0].File)
	require.Equal(t, 9, findings[0].Line)
	require.Equal(t, 45, findings[0].Column)
	require.Equal(t, "unknown_keyword", findings[0].Code)
	require.Contains(t, findings[0].Msg, "requried")
}

// Each shared schema makes a good field, and its own example passes.
func TestSharedSchemas(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"person", "phone", "email", "inn", "snils", "ogrn"} {
		f := compile(t, object(`"a"`, `"a": {"$ref": "shared/`+name+`.schema.json", "title": "X"}`))
		require.NotEmpty(t, f.Shape().Props["a"].Format, name)
		require.Equal(t, []string{"/a required"}, problems(t, f, `{}`))
		require.NotEmpty(t, problems(t, f, `{"a": "!"}`))
	}
}
