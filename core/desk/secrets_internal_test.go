package desk

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const schemaWithSecrets = `{
	"type": "object",
	"properties": {
		"url": {"type": "string"},
		"token": {"type": "string", "writeOnly": true},
		"mail": {"$ref": "#/$defs/mail"},
		"keys": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, "key": {"type": "string", "format": "password"}}}}
	},
	"additionalProperties": {"anyOf": [{"type": "string"}, {"writeOnly": true, "type": "object"}]},
	"$defs": {"mail": {"allOf": [{"properties": {"host": {"type": "string"}, "password": {"writeOnly": true}}}]}}
}`

func TestSecretsAreKeptAndNotShown(t *testing.T) {
	t.Parallel()
	s := newSecrets([]byte(schemaWithSecrets))
	set := map[string]any{
		"url": "https://a", "token": "t1", "mail": map[string]any{"host": "h", "password": "p1"},
		"keys": []any{map[string]any{"id": "a", "key": "k1"}, map[string]any{"id": "b", "key": "k2"}}, "other": "o1",
	}
	hidden := map[string]any{"set": true}
	shown := s.hide(set)
	require.Equal(t, map[string]any{
		"url": "https://a", "token": hidden, "mail": map[string]any{"host": "h", "password": hidden},
		"keys":  []any{map[string]any{"id": "a", "key": hidden}, map[string]any{"id": "b", "key": hidden}},
		"other": hidden,
	}, shown)
	require.Equal(t, set, s.keep(shown, set), "what was shown and comes back changes nothing")

	left := s.keep(map[string]any{"url": "https://b", "mail": map[string]any{"host": "h2"}}, set)
	require.Equal(t, map[string]any{"url": "https://b", "token": "t1", "other": "o1", "mail": map[string]any{"host": "h2", "password": "p1"}}, left)
	taken := s.keep(map[string]any{"token": nil, "other": nil}, set)
	require.Equal(t, map[string]any{}, taken, "null takes a secret away, and what is no secret goes when it is left out")
	require.Equal(t, "t2", s.keep(map[string]any{"token": "t2"}, set)["token"])
	fewer := s.keep(map[string]any{"keys": []any{map[string]any{"id": "b", "key": hidden}}}, set)
	require.Equal(t, []any{map[string]any{"id": "b", "key": "k2"}}, fewer["keys"], "each item keeps its own")
	require.NotContains(t, s.keep(map[string]any{"token": hidden}, nil), "token", "nothing was there to keep")
}

func TestNothingIsShownOfSettingsWhoseSchemaCannotBeRead(t *testing.T) {
	t.Parallel()
	s := newSecrets([]byte("{"))
	set := map[string]any{"url": "https://a", "mail": map[string]any{"password": "p"}}
	shown := s.hide(set)
	require.Equal(t, map[string]any{"url": map[string]any{"set": true}, "mail": map[string]any{"set": true}}, shown)
	require.Equal(t, set, s.keep(shown, set))
}
