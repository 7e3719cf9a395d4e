package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/pgembed"
)

// TestEveryTextOfTheConsoleExistsAndIsUsed compares the sources of this package with the catalogue.
func TestEveryTextOfTheConsoleExistsAndIsUsed(t *testing.T) {
	t.Parallel()
	keys, err := i18n.Keys(i18n.RU)
	require.NoError(t, err)
	known := map[string]bool{}
	for _, key := range keys {
		if strings.HasPrefix(key, "cli.") {
			known[key] = true
		}
	}
	used := map[string]bool{}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	literal, help := regexp.MustCompile(`"(cli\.[a-z_.]*[a-z])"`), regexp.MustCompile(`\$\{help_([a-z_]+)\}`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range literal.FindAllStringSubmatch(string(raw), -1) {
			used[found[1]] = true
		}
		for _, found := range help.FindAllStringSubmatch(string(raw), -1) {
			used["cli.help."+found[1]] = true
		}
	}
	// Keys that are put together while the program runs.
	for _, code := range []string{
		pgembed.CodeMissing, pgembed.CodeVersion, pgembed.CodeLocked, pgembed.CodeUnreachable, pgembed.CodeForeign,
		pgembed.CodeDurable, pgembed.CodeDiskFull, pgembed.CodeStart, pgembed.CodeStop, pgembed.CodeCrashing,
		"database_unavailable", "schema_missing", "schema_newer", "unsafe_role",
	} {
		used["cli.error."+code] = true
	}
	for _, step := range []string{pgembed.StepInit, pgembed.StepWait, pgembed.StepRecover, pgembed.StepRestart} {
		used["cli.step.database_"+step] = true
	}
	for key := range used {
		require.True(t, known[key], "no text for %s", key)
	}
	for key := range known {
		require.True(t, used[key], "nothing uses the text %s", key)
	}
}
