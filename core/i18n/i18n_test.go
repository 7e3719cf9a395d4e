package i18n_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/opora-desk/opora/core/i18n"
)

// forms are the plural forms of each language (CLDR, cardinal numbers).
var forms = map[i18n.Lang][]string{i18n.RU: {"few", "many", "one", "other"}, i18n.EN: {"one", "other"}}

// catalogue reads the messages of a language by file and key, each as its plural forms.
func catalogue(t *testing.T, l i18n.Lang) map[string]map[string]map[string]string {
	t.Helper()
	names, err := filepath.Glob("messages/*." + string(l) + ".yaml")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	out := map[string]map[string]map[string]string{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		var all map[string]any
		require.NoError(t, yaml.Unmarshal(raw, &all), name)
		subject := strings.TrimSuffix(filepath.Base(name), "."+string(l)+".yaml")
		out[subject] = map[string]map[string]string{}
		for key, value := range all {
			switch value := value.(type) {
			case string:
				out[subject][key] = map[string]string{"": value}
			case map[string]any:
				texts := map[string]string{}
				for form, text := range value {
					said, ok := text.(string)
					require.True(t, ok, "%s: %s.%s is no text", name, key, form)
					texts[form] = said
				}
				require.Equal(t, forms[l], slices.Sorted(maps.Keys(texts)), "%s: plural forms of %s", name, key)
				out[subject][key] = texts
			default:
				t.Fatalf("%s: %s is no text", name, key)
			}
		}
	}
	return out
}

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

var argument = regexp.MustCompile(`\.[a-z][a-z0-9_]*`)

// arguments lists what a message's places are filled with.
func arguments(texts map[string]string) []string {
	seen := map[string]bool{}
	for _, text := range texts {
		for _, place := range placeholder.FindAllString(text, -1) {
			for _, name := range argument.FindAllString(place, -1) {
				seen[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func TestCataloguesAgree(t *testing.T) {
	t.Parallel()
	ru, en := catalogue(t, i18n.RU), catalogue(t, i18n.EN)
	require.Equal(t, slices.Sorted(maps.Keys(ru)), slices.Sorted(maps.Keys(en)), "each subject has a file in each language")
	where := map[string]string{}
	for subject := range ru {
		require.Empty(t, cmp.Diff(slices.Sorted(maps.Keys(ru[subject])), slices.Sorted(maps.Keys(en[subject]))), "keys of %s", subject)
		for key := range ru[subject] {
			require.Empty(t, where[key], "%s stands in %s too", key, subject)
			where[key] = subject
			require.Equal(t, arguments(ru[subject][key]), arguments(en[subject][key]), "the places of %s", key)
			_, plural := ru[subject][key][""]
			_, pluralEN := en[subject][key][""]
			require.Equal(t, plural, pluralEN, "%s is counted in one language only", key)
		}
	}
}

func TestTextsAreWritten(t *testing.T) {
	t.Parallel()
	cyrillic := regexp.MustCompile(`\p{Cyrillic}`)
	for _, l := range i18n.Langs() {
		for subject, messages := range catalogue(t, l) {
			for key, texts := range messages {
				for _, text := range texts {
					require.NotEmpty(t, strings.TrimSpace(text), "%s: %s in %s", l, key, subject)
					if subject != "cli" { // the console's words are laid out with blanks and empty lines
						require.Equal(t, strings.TrimSpace(text), text, "%s: %s has blanks around it", l, key)
					}
					require.Equal(t, strings.Count(text, "{{"), strings.Count(text, "}}"), "%s: %s", l, key)
					require.NotContains(t, text, "<no value>", key)
					if l == i18n.EN {
						require.False(t, cyrillic.MatchString(placeholder.ReplaceAllString(text, "")), "%s is not in English: %s", key, text)
					}
				}
			}
		}
	}
}

func TestKeysListsEveryMessage(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.Langs() {
		var want []string
		for _, messages := range catalogue(t, l) {
			want = slices.AppendSeq(want, maps.Keys(messages))
		}
		got, err := i18n.Keys(l)
		require.NoError(t, err)
		require.ElementsMatch(t, want, got)
		for _, key := range got {
			args := map[string]any{"count": 2}
			require.NotEqual(t, key, i18n.Message(l, key, args), "%s in %s cannot be said", key, l)
		}
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Высокий", i18n.Message(i18n.RU, "priority.high", nil))
	require.Equal(t, "High", i18n.Message(i18n.EN, "priority.high", nil))
	require.Equal(t, "no.such.key", i18n.Message(i18n.RU, "no.such.key", nil))
	require.Contains(t, i18n.Message(i18n.RU, "error.too_many_attachments", map[string]any{"limit": 7}), "не больше 7.")
	for count, want := range map[int]string{1: "1 символа", 2: "2 символов", 5: "5 символов", 21: "21 символа", 11: "11 символов"} {
		require.Contains(t, i18n.Message(i18n.RU, "problem.too_long", map[string]any{"count": count}), want)
	}
	require.Contains(t, i18n.Message(i18n.RU, "error.release_refused", map[string]any{"count": 3}), "замечаний: 3.", "a number in a text without plural forms")
	both := i18n.Both("priority.low", nil)
	require.Equal(t, i18n.Text{RU: "Низкий", EN: "Low"}, both)
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]i18n.Lang{
		"":                               i18n.RU,
		"ru":                             i18n.RU,
		"en":                             i18n.EN,
		"en-GB,en;q=0.9":                 i18n.EN,
		"de,en;q=0.5":                    i18n.EN,
		"en;q=0.3,ru;q=0.8":              i18n.RU,
		"zh":                             i18n.RU,
		"*":                              i18n.RU,
		"\x00;;;":                        i18n.RU,
		strings.Repeat("x", 199) + ",en": i18n.RU,
	} {
		require.Equal(t, want, i18n.Match(accept), "%q", accept)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	both := i18n.Text{RU: "да", EN: "yes"}
	require.Equal(t, "да", both.In(i18n.RU))
	require.Equal(t, "yes", both.In(i18n.EN))
	require.Equal(t, "да", i18n.Text{RU: "да"}.In(i18n.EN), "the other language is better than nothing")
	require.Equal(t, "yes", i18n.Text{EN: "yes"}.In(i18n.RU))
	require.True(t, i18n.Text{}.IsZero())
	require.False(t, both.IsZero())
}
