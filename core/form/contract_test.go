package form

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/strict"
	"github.com/opora-desk/opora/schemas/contract"
)

// What authors' editors read and what the linter refuses is the same list of keywords and formats.
func TestContractNamesTheSameKeywords(t *testing.T) {
	t.Parallel()
	raw, err := contract.FS.ReadFile("form.schema.json")
	require.NoError(t, err)
	var read struct {
		Defs map[string]struct {
			Properties map[string]struct {
				Enum []string `json:"enum"`
			} `json:"properties"`
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(raw, &read))
	kinds := []string{"object", "array", "string", "integer", "number", "boolean"}
	for _, kind := range kinds {
		var want []string
		for name, known := range keywords {
			if len(known.types) == 0 || slices.Contains(known.types, kind) {
				want = append(want, name)
			}
		}
		require.ElementsMatch(t, want, slices.Collect(maps.Keys(read.Defs[kind].Properties)), kind)
	}
	require.Equal(t, Formats(), read.Defs["string"].Properties["format"].Enum)
}

// Both contracts are schemas themselves, and the widgets that the layout checks are the contract's.
func TestContractsCompile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"form.schema.json", "ui.schema.json"} {
		_, err := strict.Load(name, "")
		require.NoError(t, err, name)
	}
	raw, err := contract.FS.ReadFile("ui.schema.json")
	require.NoError(t, err)
	root, f := scan(raw, schemaLimits(), true)
	require.Nil(t, f)
	named, _ := root.find([]string{"properties", "fields", "additionalProperties", "properties", "widget", "enum"}).decode(raw).([]any)
	var want []any
	for name := range widgets {
		want = append(want, name)
	}
	require.ElementsMatch(t, append(want, "readonly"), named)
}

// Formats of ours are asserted although the library does not assert formats under 2020-12 by itself.
func TestFormatsAreAsserted(t *testing.T) {
	t.Parallel()
	schema, err := strict.Compile([]byte(`{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "string", "format": "inn"}`), asserted())
	require.NoError(t, err)
	found, err := schema.Validate("1")
	require.NoError(t, err)
	require.Equal(t, "format", found[0].Keyword)
	found, err = schema.Validate("7707083893")
	require.NoError(t, err)
	require.Empty(t, found)
}
