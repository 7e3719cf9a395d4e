package release_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/release"
)

// What is wrong with a system's settings is said as a form says it, and never by a keyword of a schema.
func TestSettingsAreRefusedInTheWordsOfForms(t *testing.T) {
	t.Parallel()
	bundle, err := release.FromDir("../../plugins/procurement-goszakaz/plugin.yaml")
	require.NoError(t, err)
	system, findings := release.Check(bundle)
	require.Empty(t, findings)
	require.Equal(t, []errs.Problem{
		{Pointer: "/addresses/state/0", Code: "format_email"},
		{Pointer: "/sections/0/key", Code: "required"},
		{Pointer: "/sections/0/words/0", Code: "too_short", Args: map[string]any{"count": 3}},
		{Pointer: "/sections/1/extra", Code: "unknown_field"},
		{Pointer: "/sections/1/words", Code: "required"},
	}, system.SettingsProblems(map[string]any{
		"addresses": map[string]any{"state": []any{"мимо"}},
		"sections":  []any{map[string]any{"words": []any{"ab"}}, map[string]any{"key": "k", "words": []any{}, "extra": 1}},
	}))
	require.Empty(t, system.SettingsProblems(map[string]any{"addresses": map[string]any{"state": []any{"tp@ugra.example"}}}))
}
