package main

import (
	"encoding/json"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/api"
)

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
				from, err := mail.ParseAddress(value)
				require.NoError(t, err, name)
				letter.From, letter.FromName = from.Address, from.Name
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

func read(t *testing.T, letter api.IncomingLetter) expected {
	t.Helper()
	found, err := letters{}.ReadLetter(t.Context(), api.Call{Locale: "ru"}, letter)
	require.NoError(t, err)
	got := expected{Form: found.Form}
	require.NoError(t, json.Unmarshal(found.Fields, &got.Fields))
	return got
}

// R0.10, R0.23 to R0.25: free order, and what is not there stays empty.
func TestLettersAreRead(t *testing.T) {
	t.Parallel()
	all := letterFiles(t)
	require.Len(t, all, 12)
	for name, letter := range all {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name + ".json")
			require.NoError(t, err)
			var want expected
			require.NoError(t, json.Unmarshal(raw, &want))
			require.Equal(t, want, read(t, letter))
		})
	}
}

func TestNamesAreFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Секретарь: Петрова Мария Ивановна":                                     "Петрова Мария Ивановна",
		"Секретарь АПК Республики Татарстан Галиева Алсу Ринатовна":             "Галиева Алсу Ринатовна",
		"Наш секретарь — Мария Ивановна Петрова.":                               "Мария Ивановна Петрова",
		"ПЕТРОВА МАРИЯ ИВАНОВНА, ОТВЕТСТВЕННЫЙ СЕКРЕТАРЬ АПК":                   "ПЕТРОВА МАРИЯ ИВАНОВНА",
		"Секретарь Ахмедова Лейла Рустам кызы, председателя пока нет":           "Ахмедова Лейла Рустам кызы",
		"Ответственный секретарь - Салтыкова-Щедрина Анна":                      "Салтыкова-Щедрина Анна",
		"Секретарь И. И. Иванов":                                                "И. И. Иванов",
		"Иванов И.И. (ответственный секретарь)":                                 "Иванов И.И.",
		"Петрова Мария Ивановна\nответственный секретарь":                       "Петрова Мария Ивановна",
		"Ответственный секретарь АПК\n\nПетрова Мария Ивановна":                 "Петрова Мария Ивановна",
		"Заместитель секретаря: Петрова Мария Ивановна":                         "",
		"Секретарь сообщил, что Кузнецова Анна Сергеевна не может войти.":       "",
		"Секретарь в отпуске. Кузнецова Анна Сергеевна ждёт.":                   "",
		"Председатель: Сидоров Пётр Петрович, секретарь: Петрова Мария Львовна": "Петрова Мария Львовна",
	} {
		require.Equal(t, want, read(t, api.IncomingLetter{Text: text}).Fields["secretary"], text)
	}
}

func TestHostileLettersAreReadSoon(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"секретарь Иванов Иван и ", "И.", "«", ",", "\n> пишет:\n", "Что сделали: ", "Петрова Мария Ивановна ", "а, ", "\xff\xd0", "\x00"} {
		found := read(t, api.IncomingLetter{Subject: strings.Repeat("Re: ", 1000), Text: strings.Repeat(piece, (1<<20)/len(piece))})
		require.Equal(t, "request", found.Form)
		require.Empty(t, found.Fields["topic"])
		for key, value := range found.Fields {
			require.LessOrEqual(t, len([]rune(value)), maxDetails, key)
		}
	}
}
