package strict_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/strict"
)

func TestContractSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	tests, err := strict.Load("rules.schema.json", "#/$defs/tests")
	require.NoError(t, err)
	rules, err := strict.Load("rules.schema.json", "")
	require.NoError(t, err)
	declaration, err := strict.Load("plugin.schema.json", "")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		contract *strict.Contract
		text     string
		want     strict.Breach
	}{
		"no list":     {rules, "{}", strict.Breach{Code: strict.WrongType, Msg: "must be of type array"}},
		"unknown key": {rules, "- {id: a, kind: require, require: [/x], wen: 'true'}", strict.Breach{Pointer: "/0/wen", AtKey: true, Code: strict.UnknownKey, Msg: `unknown key "wen"; did you mean "when"?`}},
		"foreign key": {rules, "- {id: a, kind: require, require: [/x], queue: q}", strict.Breach{Pointer: "/0/queue", AtKey: true, Code: strict.ForeignKey, Msg: `key "queue" belongs to another kind`}},
		"missing key": {rules, "- {id: a, kind: require}", strict.Breach{Pointer: "/0", Code: strict.MissingKey, Msg: `needs the key "require"`}},
		"choice":      {rules, "- {id: a, kind: route}", strict.Breach{Pointer: "/0", Code: strict.MissingKey, Msg: "needs one more key (A route rule needs queue or line)"}},
		"key twice":   {rules, "- {id: a, kind: require, require: [/x, /x]}", strict.Breach{Pointer: "/0/require", Code: strict.Duplicate, Msg: "names the same thing twice"}},
		"not":         {rules, "- {id: a, kind: priority, raise: 0}", strict.Breach{Pointer: "/0/raise", Code: strict.OutOfBounds}},
		"kind":        {rules, "- {id: a, kind: requre, require: [/x]}", strict.Breach{Pointer: "/0/kind", Code: strict.UnknownValue}},
		"a part":      {tests, "- {name: a, form: f, expect: {queue: 1}}", strict.Breach{Pointer: "/0/expect/queue", Code: strict.WrongType}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := strict.Read("a.yaml", []byte(c.text), strict.Limits{Bytes: 1000, Depth: 10, Values: 100, Items: 100})
			require.Empty(t, d.Findings)
			found := c.contract.Check(d.Value)
			require.NotEmpty(t, found)
			if c.want.Msg == "" {
				require.NotEmpty(t, found[0].Msg)
				found[0].Msg = ""
			}
			require.Equal(t, c.want, found[0])
		})
	}
	for _, b := range declaration.Check(map[string]any{"api": "opora.plugin/v0"}) {
		if b.Pointer == "/api" {
			require.Equal(t, `must be "opora.plugin/v1"`, b.Msg)
			return
		}
	}
	t.Fatal("the constant is not told")
}

func TestABreachHasAPlace(t *testing.T) {
	t.Parallel()
	d := strict.Read("a.yaml", []byte("a:\n  wen: 1\n"), strict.Limits{Bytes: 1000, Depth: 10, Values: 100, Items: 100})
	require.Equal(t, strict.Place{Line: 2, Column: 3}, strict.Breach{Pointer: "/a/wen", AtKey: true}.Place(d))
	require.Equal(t, strict.Place{Line: 2, Column: 8}, strict.Breach{Pointer: "/a/wen"}.Place(d))
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	_, err := strict.Load("none.schema.json", "")
	require.Error(t, err)
	_, err = strict.Load("rules.schema.json", "#/$defs/none")
	require.Error(t, err)
}

func TestLibraryIsHeld(t *testing.T) {
	t.Parallel()
	for _, ref := range []string{"file:///etc/passwd", "https://example.com/a.json", "other.json"} {
		_, err := strict.Compile([]byte(`{"$ref": "`+ref+`"}`), nil)
		require.ErrorContains(t, err, strict.ErrRemote.Error(), ref)
		require.NotContains(t, err.Error(), "root:")
	}
	for _, text := range []string{"", "[", `{"type": 1}`, `{"pattern": "("}`} {
		_, err := strict.Compile([]byte(text), nil)
		require.Error(t, err, text)
	}
	whole, err := strict.Compile([]byte(`{"type": "integer"}`), nil)
	require.NoError(t, err)
	_, err = whole.Validate(json.Number("1e2000000"))
	require.ErrorIs(t, err, strict.ErrUnreadable, "the library would calculate for ever, or panics")
	require.Nil(t, whole.Property("a"))
	require.Nil(t, whole.Items())
}

func TestLeavesNameTheValue(t *testing.T) {
	t.Parallel()
	schema, err := strict.Compile([]byte(`{"properties": {"имя b": {"items": {"minLength": 2, "format": "odd"}}}}`),
		map[string]func(any) bool{"odd": func(v any) bool { text, ok := v.(string); return !ok || len(text)%2 == 1 }})
	require.NoError(t, err)
	found, err := schema.Validate(map[string]any{"имя b": []any{"abc", "x", "abcd"}})
	require.NoError(t, err)
	require.Len(t, found, 2)
	require.Equal(t, "/имя b/1", found[0].Pointer)
	require.Equal(t, "minLength", found[0].Keyword)
	require.Equal(t, "/properties/имя b/items/minLength", found[0].At)
	require.Equal(t, "format", found[1].Keyword)
	part := schema.Property("имя b").Items()
	found, err = part.Validate("abc")
	require.NoError(t, err)
	require.Empty(t, found)
}
