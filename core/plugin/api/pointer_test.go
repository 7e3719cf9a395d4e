package api_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/api"
)

func fields(t *testing.T, raw string) api.Fields {
	t.Helper()
	var out api.Fields
	require.NoError(t, json.Unmarshal([]byte(raw), &out))
	return out
}

func TestPresent(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		`null`: false, `""`: false, `" \t\n\u00a0\u200b\ufeff"`: false, `[]`: false, `{}`: false, `{"a": {"b": " "}, "c": []}`: false,
		`false`: true, `0`: true, `"x"`: true, `[""]`: true, `{"a": {"b": 0}}`: true,
	} {
		var v any
		require.NoError(t, json.Unmarshal([]byte(raw), &v))
		require.Equal(t, want, api.Present(v), raw)
	}
	require.True(t, api.Present(json.Number("0")))
}

func TestSplitPointer(t *testing.T) {
	t.Parallel()
	for pointer, want := range map[string][]string{
		"": nil, "/": {""}, "/a/b": {"a", "b"}, "/a~1b/~0": {"a/b", "~"}, "/~01": {"~1"}, "/a~0~1b": {"a~/b"}, "/rows/*/n": {"rows", "*", "n"},
	} {
		got, ok := api.SplitPointer(pointer)
		require.True(t, ok, pointer)
		require.Equal(t, want, got, pointer)
	}
	for _, bad := range []string{"a", "/~", "/a~2", "/~0~", "#/a"} {
		_, ok := api.SplitPointer(bad)
		require.False(t, ok, bad)
	}
	require.Equal(t, "a~1b~0~01", api.EscapeToken("a/b~~1"))
}

func TestAtAndLookup(t *testing.T) {
	t.Parallel()
	f := fields(t, `{"a": {"b": 1}, "rows": [{"n": "x"}, {}, 5], "empty": []}`)
	require.Equal(t, []api.Located{{Pointer: "/a/b", Value: 1.0, Exists: true}}, api.At(f, "/a/b"))
	require.Equal(t, []api.Located{{Pointer: "/a/c"}}, api.At(f, "/a/c"))
	require.Equal(t, []api.Located{{Pointer: "/rows/0/n", Value: "x", Exists: true}, {Pointer: "/rows/1/n"}}, api.At(f, "/rows/*/n"))
	require.Len(t, api.At(f, "/rows/*"), 3)
	require.Empty(t, api.At(f, "/x/y"))
	require.Empty(t, api.At(f, "/empty/*/n"))
	require.Empty(t, api.At(f, "/rows/01/n"))
	require.Empty(t, api.At(f, "no pointer"))
	require.Equal(t, []api.Located{{Pointer: "/a"}}, api.At(nil, "/a"))
	value, ok := api.Lookup(f, "/rows/0/n")
	require.True(t, ok)
	require.Equal(t, "x", value)
	for _, bad := range []string{"/rows/3", "/rows/-1", "/rows/00", "/rows/*", "/a/b/c", "x"} {
		_, ok = api.Lookup(f, bad)
		require.False(t, ok, bad)
	}
}

func TestRemoveLeavesTheOriginal(t *testing.T) {
	t.Parallel()
	const raw = `{"a": {"b": 1, "c": 2}, "rows": [{"n": "x", "m": 1}, {"n": "y"}]}`
	f := fields(t, raw)
	for pointer, want := range map[string]string{
		"/a":        `{"rows": [{"n": "x", "m": 1}, {"n": "y"}]}`,
		"/a/b":      `{"a": {"c": 2}, "rows": [{"n": "x", "m": 1}, {"n": "y"}]}`,
		"/rows/*/n": `{"a": {"b": 1, "c": 2}, "rows": [{"m": 1}, {}]}`,
		"/rows/0":   `{"a": {"b": 1, "c": 2}, "rows": [{"n": "y"}]}`,
		"/rows/1/n": `{"a": {"b": 1, "c": 2}, "rows": [{"n": "x", "m": 1}, {}]}`,
		"/rows/*":   `{"a": {"b": 1, "c": 2}, "rows": []}`,
		"/none/x":   raw,
		"":          raw,
		"x":         raw,
	} {
		got, err := json.Marshal(api.Remove(f, pointer))
		require.NoError(t, err)
		require.JSONEq(t, want, string(got), pointer)
		kept, err := json.Marshal(f)
		require.NoError(t, err)
		require.JSONEq(t, raw, string(kept))
	}
	require.Nil(t, api.Remove(nil, "/a"))
}
