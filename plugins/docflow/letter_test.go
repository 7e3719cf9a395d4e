package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/opora-desk/opora/core/plugin/api"
)

// sample is a letter with what must be read from it.
type sample struct {
	Name     string
	From     string
	FromName string `yaml:"from_name"`
	Subject  string
	Text     string
	Fields   map[string]any
}

func (s sample) letter() api.IncomingLetter {
	return api.IncomingLetter{From: s.From, FromName: s.FromName, Subject: s.Subject, Text: s.Text}
}

func samples(t *testing.T) []sample {
	t.Helper()
	raw, err := os.ReadFile("../../schemas/docflow/testdata/letters/requests.yaml")
	require.NoError(t, err)
	var all []sample
	require.NoError(t, yaml.Unmarshal(raw, &all))
	require.NotEmpty(t, all)
	return all
}

func read(t *testing.T, l api.IncomingLetter) map[string]any {
	t.Helper()
	got, err := letters{}.ReadLetter(t.Context(), api.Call{}, l)
	require.NoError(t, err)
	require.Equal(t, "request", got.Form)
	fields := map[string]any{}
	require.NoError(t, json.Unmarshal(got.Fields, &fields))
	return fields
}

func TestLettersAreReadAsWrittenDown(t *testing.T) {
	t.Parallel()
	for _, sample := range samples(t) {
		t.Run(sample.Name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, sample.Fields, read(t, sample.letter()))
		})
	}
}

func TestLongLettersAreCutToTheForm(t *testing.T) {
	t.Parallel()
	fields := read(t, api.IncomingLetter{Subject: strings.Repeat("т", 300), Text: strings.Repeat("о", 20_000)})
	require.Equal(t, strings.Repeat("т", 199)+"…", fields["title"])
	require.Equal(t, strings.Repeat("о", 9_999)+"…", fields["description"])
}

func TestEveryKindIsKnownByItsTitle(t *testing.T) {
	t.Parallel()
	known := kinds()
	require.Len(t, known, 24) // twelve kinds in two languages
	for title, key := range known {
		require.Equal(t, key, read(t, api.IncomingLetter{Text: "Вид обращения: " + strings.ToUpper(title)})["type"], title)
	}
}
