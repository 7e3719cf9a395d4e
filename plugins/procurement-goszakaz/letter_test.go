package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/api"
)

// configured is a desk that tells its addresses apart and has added a section.
func configured() api.DeskConfig {
	return api.DeskConfig{Tenant: "first", Desk: "desk", Config: []byte(`{
		"addresses": {"state": ["gz-state@dgz.example"], "municipal": ["gz-municipal@dgz.example"]},
		"sections": [{"key": "catalogue", "words": ["каталог товаров"]}]
	}`)}
}

// expected is what stands beside each letter.
type expected struct {
	Form   string            `json:"form"`
	Fields map[string]string `json:"fields"`
}

// letterFiles are the letters of testdata by name.
func letterFiles(t *testing.T) map[string]api.IncomingLetter {
	t.Helper()
	names, err := filepath.Glob("testdata/letters/*.txt")
	require.NoError(t, err)
	out := map[string]api.IncomingLetter{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		head, body, ok := strings.Cut(string(raw), "\n\n")
		require.True(t, ok, name)
		letter := api.IncomingLetter{Text: body}
		for line := range strings.SplitSeq(head, "\n") {
			key, value, _ := strings.Cut(line, ":")
			value = strings.TrimSpace(value)
			switch key {
			case "From":
				letter.From = value
			case "To":
				letter.To = []string{value}
			case "Subject":
				letter.Subject = value
			default:
				require.Fail(t, "unknown header", "%s: %s", name, key)
			}
		}
		out[strings.TrimSuffix(name, ".txt")] = letter
	}
	return out
}

func reader(t *testing.T) *letters {
	t.Helper()
	l := &letters{}
	require.NoError(t, l.Configure(t.Context(), []api.DeskConfig{configured(), {Tenant: "second", Desk: "desk"}}))
	return l
}

func read(t *testing.T, l *letters, tenant string, letter api.IncomingLetter) expected {
	t.Helper()
	found, err := l.ReadLetter(t.Context(), api.Call{Tenant: tenant, Desk: "desk"}, letter)
	require.NoError(t, err)
	got := expected{Form: found.Form}
	require.NoError(t, json.Unmarshal(found.Fields, &got.Fields))
	return got
}

// R1.5, R1.6: the section from the subject alone, the kind of customer from the address or the words.
func TestLettersAreRead(t *testing.T) {
	t.Parallel()
	l := reader(t)
	all := letterFiles(t)
	require.Len(t, all, 12)
	for name, letter := range all {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name + ".json")
			require.NoError(t, err)
			var want expected
			require.NoError(t, json.Unmarshal(raw, &want))
			require.Equal(t, want, read(t, l, "first", letter))
		})
	}
}

func TestSettingsBelongToOneDesk(t *testing.T) {
	t.Parallel()
	l := reader(t)
	letter := api.IncomingLetter{To: []string{"gz-state@dgz.example"}, Subject: "Каталог товаров: ошибка", Text: "Карточка не открывается."}
	require.Equal(t, "catalogue", read(t, l, "first", letter).Fields["section"])
	require.Equal(t, "state", read(t, l, "first", letter).Fields["customer_kind"])
	require.NotContains(t, read(t, l, "second", letter).Fields, "section")
	require.NotContains(t, read(t, l, "second", letter).Fields, "customer_kind")
}

func TestLetterToBothAddressesHasNoKind(t *testing.T) {
	t.Parallel()
	letter := api.IncomingLetter{To: []string{"gz-state@dgz.example", "gz-municipal@dgz.example"}, Subject: "Планирование", Text: "Не открывается план-график."}
	require.NotContains(t, read(t, reader(t), "first", letter).Fields, "customer_kind")
}

func TestSettingsThatContradictThemselvesAreRefused(t *testing.T) {
	t.Parallel()
	for _, config := range []string{`{"addresses": {"state": ["a@b.example"], "municipal": ["A@b.example"]}}`, `{"addresses": []}`} {
		require.Error(t, new(letters).Configure(t.Context(), []api.DeskConfig{{Tenant: "first", Desk: "desk", Config: []byte(config)}}), config)
	}
}

func TestHostileLettersAreReadSoon(t *testing.T) {
	t.Parallel()
	l := reader(t)
	for _, piece := range []string{"отчет ", "исполнение ", "> ", "пишет:\n", "Re: ", "«", "\xff\xd0", "\x00", "İ"} {
		long := strings.Repeat(piece, (2<<20)/len(piece))
		found := read(t, l, "first", api.IncomingLetter{Subject: long, Text: long})
		require.Equal(t, "request", found.Form)
		require.LessOrEqual(t, len([]rune(found.Fields["title"])), maxTitle)
		require.LessOrEqual(t, len([]rune(found.Fields["description"])), maxDescription)
	}
}
