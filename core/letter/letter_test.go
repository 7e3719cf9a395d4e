package letter_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/letter"
	"github.com/opora-desk/opora/core/plugin/api"
)

func both(subject, body string) api.Letter {
	return api.Letter{Subject: i18n.Text{RU: subject, EN: subject}, Body: i18n.Text{RU: body, EN: body}}
}

func parse(t *testing.T, l api.Letter) *letter.Template {
	t.Helper()
	parsed, err := letter.Parse(l)
	require.NoError(t, err)
	return parsed
}

func TestRenderInTheRecipientsLanguage(t *testing.T) {
	t.Parallel()
	parsed := parse(t, api.Letter{
		Subject: i18n.Text{RU: "Обращение {{.Number}}: {{.Status}}", EN: "Appeal {{.Number}}: {{.Status}}"},
		Body: i18n.Text{
			RU: "Здравствуйте, {{.Requester}}!\n{{if .Text}}\n{{.Text}}\n{{end}}{{range .Resolution}}\n{{.Label}}: {{.Text}}\n{{end}}\n\n\n{{.Desk}}, {{.Contacts.phone}}\n",
			EN: "Hello, {{.Requester}}!\n{{range $i, $m := .Missing}}{{if $i}}; {{end}}{{$m.Label}}: {{.Message}}{{end}}\n",
		},
	})
	data := letter.Data{
		Number: "ACC-10429", Status: "Решено", Requester: "Иванов", Desk: "Поддержка",
		Resolution: []letter.Item{{Label: "Причина", Text: "сбой"}, {Label: "Действия", Text: "исправлено"}},
		Missing:    []letter.Item{{Label: "INN", Message: "is missing"}, {Label: "Name", Message: "is missing"}},
		Contacts:   map[string]string{"mail": "a@b.example"},
	}
	subject, body, err := parsed.Render(i18n.RU, data)
	require.NoError(t, err)
	require.Equal(t, "Обращение ACC-10429: Решено", subject)
	require.Equal(t, "Здравствуйте, Иванов!\n\nПричина: сбой\n\nДействия: исправлено\n\nПоддержка,\n", body, "a contact that the desk lacks is empty")

	subject, body, err = parsed.Render(i18n.EN, data)
	require.NoError(t, err)
	require.Equal(t, "Appeal ACC-10429: Решено", subject)
	require.Equal(t, "Hello, Иванов!\nINN: is missing; Name: is missing\n", body)

	_, body, err = parsed.Render("de", data)
	require.NoError(t, err)
	require.Contains(t, body, "Здравствуйте", "an unknown language is the default one")
	require.True(t, parsed.Uses("Resolution"))
	require.False(t, parsed.Uses("Agent"))
}

func TestValuesAreDataAndNothingElse(t *testing.T) {
	t.Parallel()
	parsed := parse(t, both("Re: {{.Subject}}", "{{.Text}}"))
	for name, test := range map[string]struct{ in, subject, body string }{
		"template syntax": {"{{.Number}} {{range 9}}x{{end}}", "Re: {{.Number}} {{range 9}}x{{end}}", "{{.Number}} {{range 9}}x{{end}}\n"},
		"header":          {"a\r\nBcc: all@x.example\r\n\r\nbody", "Re: a Bcc: all@x.example body", "a\nBcc: all@x.example\n\nbody\n"},
		"zero byte":       {"a\x00b\x1b[31mc", "Re: a b [31mc", "ab[31mc\n"},
		"line separators": {"a\u2028b\u0085c\vd", "Re: a b c d", "a\nb\ncd\n"},
		"direction":       {"gpj.\u202eexe", "Re: gpj.exe", "gpj.\u202eexe\n"},
		"broken text":     {"a\xff\xfeb", "Re: ab", "ab\n"},
		"markup":          {"<b>&amp;</b>", "Re: <b>&amp;</b>", "<b>&amp;</b>\n"},
	} {
		subject, body, err := parsed.Render(i18n.RU, letter.Data{Subject: test.in, Text: test.in})
		require.NoError(t, err, name)
		require.Equal(t, test.subject, subject, name)
		require.Equal(t, test.body, body, name)
	}
}

func TestRenderIsBounded(t *testing.T) {
	t.Parallel()
	parsed := parse(t, both("{{.Subject}}", "{{range .Missing}}{{range $.Missing}}{{$.Text}}{{end}}{{end}}"))
	subject, body, err := parsed.Render(i18n.RU, letter.Data{
		Subject: strings.Repeat("щ", 5000), Text: strings.Repeat("щ", 50_000), Missing: make([]letter.Item, 100_000),
	})
	require.NoError(t, err)
	require.Equal(t, 200, utf8.RuneCountInString(subject))
	require.LessOrEqual(t, len(body), 256<<10+8)
	require.Greater(t, len(body), 255<<10)
	require.True(t, utf8.ValidString(body))
	require.True(t, strings.HasSuffix(body, "…\n"), "a cut letter says so")
}

func TestAForgottenResolutionStandsAtTheEnd(t *testing.T) {
	t.Parallel()
	_, body, err := parse(t, both("s", "Answer: {{.Text}}")).Render(i18n.RU, letter.Data{
		Text: "done", Resolution: []letter.Item{{Label: "Cause", Text: "a\x00b"}, {Label: "Actions", Text: "c"}},
	})
	require.NoError(t, err)
	require.Equal(t, "Answer: done\n\nCause: ab\n\nActions: c\n", body)
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"syntax":                 "{{.Number",
		"unknown member":         "{{.Numer}}",
		"in a branch never seen": "{{if false}}{{.Numer}}{{end}}",
		"in a loop":              "{{range .Missing}}{{.Number}}{{end}}",
		"member of a text":       "{{.Number.Length}}",
		"variable":               "{{range $m := .Missing}}{{$m.Nothing}}{{end}}",
		"variable out of reach":  "{{if .Text}}{{$x := .Text}}{{end}}{{$x}}",
		"loop over a number":     "{{range 1000000000}}{{end}}",
		"loop over a length":     "{{range len .Text}}{{end}}",
		"loop over a text":       "{{range .Text}}x{{end}}",
		"three loops":            "{{range .Missing}}{{range $.Missing}}{{range $.Missing}}x{{end}}{{end}}{{end}}",
		"printf":                 `{{printf "%999999999d" 1}}`,
		"call":                   "{{call .Number}}",
		"html":                   "{{html .Number}}",
		"index":                  "{{index .Missing 5}}",
		"a list as text":         "{{.Missing}}",
		"template":               `{{template "subject"}}`,
		"define":                 `{{define "x"}}y{{end}}{{.Number}}`,
		"block":                  `{{block "x" .}}y{{end}}`,
		"unequal kinds":          "{{if eq .Number 1}}x{{end}}",
		"eq of one":              "{{if eq .Number}}x{{end}}",
		"method":                 "{{.Missing.Len}}",
		"arguments":              "{{.Number .Text}}",
		"too long":               strings.Repeat("x", 65<<10),
		"empty":                  "",
	} {
		for _, l := range []api.Letter{both(text, "body"), both("subject", text)} {
			err := letter.Check(l)
			require.Equal(t, "bad_template", errs.CodeOf(err), "%s: %v", name, err)
		}
	}
	only := both("s", "b")
	only.Body.EN = "{{.Nothing}}"
	require.Error(t, letter.Check(only), "each language is checked")
}

func TestCheckTakes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"plain", "{{.Number}}{{- /* a remark */ -}}", `{{if and .Text (ne .Agent "")}}x{{else if not .Link}}y{{else}}z{{end}}`,
		"{{with .Deadline}}{{.}}{{end}}", "{{range $k, $v := .Contacts}}{{$k}}: {{$v}}{{end}}", "{{if eq (len .Missing) 0}}none{{end}}",
		"{{range .Missing}}{{.Label}}{{break}}{{end}}", "{{.Contacts.mail}}", "{{$n := .Number}}{{$n}}", "{{or .Agent .Desk}}", "{{.Text | len}}",
	} {
		require.NoError(t, letter.Check(both("s", text)), text)
	}
}
