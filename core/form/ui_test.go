package form_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
)

const uiSchema = `
	"title": {"type": "string", "maxLength": 100},
	"text": {"type": "string", "maxLength": 2000},
	"numbers": {"type": "array", "maxItems": 5, "items": {"type": "string", "minLength": 11, "maxLength": 25}},
	"docs": {"type": "array", "maxItems": 3, "items": {"type": "object", "additionalProperties": false, "properties": {
		"number": {"type": "string", "maxLength": 25}}}},
	"phone": {"$ref": "shared/phone.schema.json"},
	"boss": {"type": "object", "additionalProperties": false, "properties": {"name": {"type": "string", "maxLength": 50}, "post": {"type": "string", "maxLength": 50}}}`

const goodUI = `{
  "title": {"ru": "Форма", "en": "Form"},
  "groups": [
    {"key": "main", "title": {"ru": "Главное", "en": "Main"}, "help": {"ru": "п", "en": "h"}, "fields": ["/title", "/text", "/numbers", "/docs", "/boss/name"]},
    {"key": "more", "title": {"ru": "Ещё", "en": "More"}, "fields": ["/phone", "/boss/post"]}
  ],
  "fields": {
    "/title": {"label": {"ru": "Заголовок", "en": "Title"}, "source": "document", "covers": ["R4.9"], "widget": "text", "example": "Пример"},
    "/text": {"label": {"ru": "Текст", "en": "Text"}, "source": "document", "widget": "textarea", "example": {"ru": "а", "en": "a"}},
    "/numbers": {"label": {"ru": "Номера", "en": "Numbers"}, "source": "product", "widget": "rows"},
    "/docs": {"label": {"ru": "Документы", "en": "Documents"}, "source": "product"},
    "/docs/*/number": {"label": {"ru": "Номер", "en": "Number"}},
    "/phone": {"label": {"ru": "Телефон", "en": "Phone"}, "hint": {"ru": "п", "en": "h"}, "source": "document", "widget": "phone"},
    "/boss": {"label": {"ru": "Начальник", "en": "Boss"}, "source": "product"},
    "/boss/name": {"label": {"ru": "Имя", "en": "Name"}},
    "/boss/post": {"label": {"ru": "Пост", "en": "Post"}}
  },
  "texts": [{"after": "main", "text": {"ru": "т", "en": "t"}, "link": "https://example.ru/"}, {"after": "", "text": {"ru": "т", "en": "t"}}],
  "propose": [
    {"from": "/text", "pattern": "[0-9]{11,25}", "to": "/numbers"},
    {"from": "/text", "pattern": "№([0-9]{3,5})", "to": "/docs/*/number"},
    {"from": "/text", "pattern": "8-[0-9]{3}-[0-9]{8}", "to": "/phone"}
  ],
  "files": {"label": {"ru": "Файлы", "en": "Files"}, "hint": {"ru": "п", "en": "h"}}
}`

func TestCompileUI(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", uiSchema))
	u, findings := form.CompileUI("x.ui.json", []byte(goodUI), f)
	require.Empty(t, findings)
	require.JSONEq(t, goodUI, string(u.Raw()))
	require.Len(t, u.Fields(), 9)
	require.Equal(t, "/boss", u.Fields()[0].Pointer)
	title, ok := u.Field("/title")
	require.True(t, ok)
	require.Equal(t, api.Mark{Source: api.FromDocument, Covers: []string{"R4.9"}}, title.Mark)
	row, ok := u.Field("/docs/2/number")
	require.True(t, ok)
	require.Equal(t, "Номер", row.Label.In(i18n.RU))
	_, ok = u.Field("/nothing")
	require.False(t, ok)
}

func TestCompileUIFindings(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", uiSchema))
	for _, c := range []struct{ from, to, code string }{
		{`"/phone", "/boss/post"`, `"/phone"`, "field_not_grouped"},
		{`"/phone", "/boss/post"`, `"/phone", "/boss/post", "/title"`, "field_twice"},
		{`"/phone", "/boss/post"`, `"/phone", "/boss"`, "field_twice"},
		{`"/phone", "/boss/post"`, `"/phone", "/boss/post", "/none"`, "unknown_field"},
		{`"key": "more"`, `"key": "main"`, "group_twice"},
		{`"after": "main"`, `"after": "none"`, "unknown_group"},
		{`"en": "Title"`, `"en": ""`, "contract"},
		{`"/title": {"label": {"ru": "Заголовок", "en": "Title"}, "source": "document",`, `"/title": {"label": {"ru": "Заголовок", "en": "Title"},`, "source_missing"},
		{`"/docs/*/number": {"label": {"ru": "Номер", "en": "Number"}},`, ``, "label_missing"},
		{`"/docs/*/number"`, `"/docs/0/number"`, "label_missing"},
		{`"/boss/name": {`, `"/boss/nam": {`, "unknown_field"},
		{`"widget": "rows"`, `"widget": "yesno"`, "widget_type"},
		{`"widget": "text",`, `"widget": "textarea",`, "widget_type"},
		{`"widget": "text",`, `"widget": "slider",`, "contract"},
		{`"source": "document", "covers"`, `"source": "rumour", "covers"`, "contract"},
		{`"link": "https://example.ru/"`, `"link": "javascript:alert(1)"`, "contract"},
		{`"files":`, `"fyles":`, "contract"},
		{`[0-9]{11,25}`, `(?=a)`, "pattern_subset"},
		{`"from": "/text", "pattern": "8`, `"from": "/numbers", "pattern": "8`, "unknown_field"},
		{`"to": "/phone"`, `"to": "/boss"`, "unknown_field"},
		{`"to": "/docs/*/number"`, `"to": "/docs"`, "unknown_field"},
		{`"propose": [`, `"propose": [,`, "ui_malformed"},
	} {
		changed := strings.Replace(goodUI, c.from, c.to, 1)
		require.NotEqual(t, goodUI, changed, c.from)
		u, findings := form.CompileUI("x.ui.json", []byte(changed), f)
		require.Nil(t, u, c.to)
		found := []string{}
		for _, finding := range findings {
			require.Equal(t, "x.ui.json", finding.File)
			require.Positive(t, finding.Line)
			found = append(found, finding.Code)
		}
		require.Contains(t, found, c.code, "%s: %v", c.to, findings)
	}
	_, findings := form.CompileUI("x.ui.json", []byte(strings.Replace(goodUI, `"widget": "rows"`, `"widget": "yesno"`, 1)), f)
	require.Len(t, findings, 1)
	require.Equal(t, 10, findings[0].Line)
}

func TestPropose(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", uiSchema))
	u, findings := form.CompileUI("x.ui.json", []byte(goodUI), f)
	require.Empty(t, findings)
	propose := func(raw string) map[string]any {
		fields, wrong, err := f.Decode([]byte(raw))
		require.NoError(t, err)
		require.Empty(t, wrong)
		return u.Propose(fields)
	}
	require.Empty(t, propose(`{}`))
	require.Empty(t, propose(`{"text": "ничего 1234567890 и `+strings.Repeat("7", 26)+`"}`))
	require.Equal(t, map[string]any{
		"/numbers": []any{"202603912000123001", "11111111111"},
		"/docs":    []any{map[string]any{"number": "123"}},
		"/phone":   "8-123-12345678",
	}, propose(`{"text": "План 202603912000123001, №123 и п11111111111; 202603912000123001. Тел. 8-123-12345678"}`))
	require.Equal(t, map[string]any{"/numbers": []any{"22222222222"}},
		propose(`{"text": "11111111111 22222222222 №123 8-123-12345678", "numbers": [" 11111111111 "], "docs": [{"number": "123"}], "phone": "12-34-56"}`))
	many := propose(`{"text": "11111111111 11111111112 11111111113 11111111114 11111111115 11111111116", "numbers": ["x"]}`)
	require.Len(t, many["/numbers"], 4)
	require.Empty(t, propose(`{"text": "11111111111", "numbers": ["1", "2", "3", "4", "5"]}`))
}
