package release_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/schemas/contract"
)

// schemaNode is as much of a JSON Schema as the comparison below needs.
type schemaNode struct {
	Ref         string                 `json:"$ref"`
	Description string                 `json:"description"`
	Type        any                    `json:"type"`
	Properties  map[string]*schemaNode `json:"properties"`
	Additional  json.RawMessage        `json:"additionalProperties"`
	Items       *schemaNode            `json:"items"`
	Enum        []any                  `json:"enum"`
	Defs        map[string]*schemaNode `json:"$defs"`
}

// TestContractKnowsTheKeysOfTheDeclaration holds the schema, which authors' editors read, and the
// types, which the core reads, to the same keys.
func TestContractKnowsTheKeysOfTheDeclaration(t *testing.T) {
	t.Parallel()
	raw, err := contract.FS.ReadFile("plugin.schema.json")
	require.NoError(t, err)
	var root schemaNode
	require.NoError(t, json.Unmarshal(raw, &root))
	compareKeys(t, &root, &root, reflect.TypeFor[api.Declaration](), "")
}

func compareKeys(t *testing.T, root, node *schemaNode, kind reflect.Type, at string) {
	t.Helper()
	require.NotEmpty(t, node.Description+node.Ref, "%s has no description", at)
	if name, ok := strings.CutPrefix(node.Ref, "#/$defs/"); ok {
		node = root.Defs[name]
		require.NotNil(t, node, at)
	}
	for kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	switch kind.Kind() {
	case reflect.Slice:
		require.NotNil(t, node.Items, at)
		if kind.Elem().Kind() == reflect.Struct {
			compareKeys(t, root, node.Items, kind.Elem(), at+"[]")
		}
	case reflect.Map:
		var values schemaNode
		if len(node.Properties) == 0 {
			require.NoError(t, json.Unmarshal(node.Additional, &values), at)
		}
		for key, child := range node.Properties {
			compareKeys(t, root, child, kind.Elem(), at+"/"+key)
		}
		if values.Ref != "" {
			compareKeys(t, root, &values, kind.Elem(), at+"{}")
		}
	case reflect.Struct:
		require.JSONEq(t, "false", string(node.Additional), at)
		fields := yamlKeys(kind)
		require.ElementsMatch(t, slices.Collect(maps.Keys(fields)), slices.Collect(maps.Keys(node.Properties)), at)
		for key, field := range fields {
			compareKeys(t, root, node.Properties[key], field, at+"/"+key)
		}
	case reflect.String:
		require.True(t, node.Type == "string" || len(node.Enum) > 0 || kind == reflect.TypeFor[string](), at)
	default:
		require.NotNil(t, node.Type, at)
	}
}

func yamlKeys(kind reflect.Type) map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for i := range kind.NumField() {
		field := kind.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if field.Anonymous {
			maps.Copy(all, yamlKeys(field.Type))
			continue
		}
		all[name] = field.Type
	}
	return all
}

func TestContractKnowsTheWordsOfTheDeclaration(t *testing.T) {
	t.Parallel()
	raw, err := contract.FS.ReadFile("plugin.schema.json")
	require.NoError(t, err)
	var root schemaNode
	require.NoError(t, json.Unmarshal(raw, &root))
	enum := func(def, property string) []any {
		node := root.Defs[def]
		if property != "" {
			node = node.Properties[property]
		}
		require.NotNil(t, node)
		return node.Enum
	}
	require.ElementsMatch(t, []any{string(api.FromDocument), string(api.FromProduct)}, enum("source", ""))
	require.ElementsMatch(t, []any{string(api.Portal), string(api.API), string(api.Phone), string(api.Mail)}, enum("channel", ""))
	require.ElementsMatch(t, []any{string(api.New), string(api.Open), string(api.Waiting), string(api.Done)}, enum("status", "category"))
	require.ElementsMatch(t, []any{string(api.ClockRun), string(api.ClockPause), string(api.ClockStop)}, enum("status", "clock"))
	require.ElementsMatch(t, []any{string(api.RequesterAdded), string(api.AgentAnswered)}, enum("transition", "on"))
	require.ElementsMatch(t, []any{api.SeesDesk, api.SeesHanded}, enum("line", "sees"))
	require.ElementsMatch(t, []any{string(api.ScopeOwn), string(api.ScopeOrganisation), string(api.ScopeDesk)}, enum("scope", ""))
	require.ElementsMatch(t, []any{api.HookReadLetter, api.HookPrefill, api.HookLookup, api.HookHandleEvents}, enum("hook", "name"))
	languages := yamlKeys(reflect.TypeFor[i18n.Text]())
	require.Len(t, languages, len(i18n.Langs()))
	require.Len(t, root.Defs["text"].Properties, len(i18n.Langs()))
}
