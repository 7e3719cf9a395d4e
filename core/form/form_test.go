package form_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/schemas/shared"
)

const dialect = `"$schema": "https://json-schema.org/draft/2020-12/schema", `

// object writes the schema of a form with the given properties.
func object(required, properties string) string {
	return `{` + dialect + `"type": "object", "additionalProperties": false, "required": [` + required + `], "properties": {` + properties + `}}`
}

func readShared(name string) ([]byte, error) { return fs.ReadFile(shared.FS, name) }

func compile(t testing.TB, schema string, lists ...string) *form.Form {
	t.Helper()
	inlined, err := form.Inline([]byte(schema), readShared)
	require.NoError(t, err)
	f, findings := form.Compile("test.schema.json", inlined, lists)
	require.Empty(t, findings)
	return f
}

// problems files raw and returns "pointer code" of each problem.
func problems(t testing.TB, f *form.Form, raw string, required ...string) []string {
	t.Helper()
	fields, wrong, err := f.Decode([]byte(raw))
	require.NoError(t, err)
	return codes(form.Merge(wrong, f.Validate(fields, required, listed)))
}

func listed(list, value string) bool { return list == "types" && value == "error" }

func codes(all []errs.Problem) []string {
	out := []string{}
	for _, p := range all {
		out = append(out, p.Pointer+" "+p.Code)
	}
	return out
}

const appeal = `
	"title": {"type": "string", "minLength": 3, "maxLength": 20},
	"type": {"type": "string", "maxLength": 64, "x-list": "types"},
	"text": {"type": "string", "minLength": 5, "maxLength": 2000},
	"email": {"$ref": "shared/email.schema.json"},
	"phone": {"$ref": "shared/phone.schema.json"},
	"inn": {"$ref": "shared/inn.schema.json"},
	"snils": {"$ref": "shared/snils.schema.json"},
	"ogrn": {"$ref": "shared/ogrn.schema.json"},
	"name": {"$ref": "shared/person.schema.json"},
	"site": {"type": "string", "maxLength": 200, "format": "uri"},
	"day": {"type": "string", "format": "date"},
	"count": {"type": "integer", "minimum": 1, "maximum": 10},
	"share": {"type": "number", "minimum": 0.5},
	"zone": {"type": "string", "enum": ["a", "b"]},
	"agree": {"type": "boolean", "const": true},
	"code": {"type": "string", "maxLength": 10, "pattern": "^[A-Z]{2}[0-9]*$", "examples": ["AB12"]},
	"numbers": {"type": "array", "minItems": 2, "maxItems": 4, "uniqueItems": true,
		"items": {"type": "string", "minLength": 3, "maxLength": 5}},
	"rows": {"type": "array", "maxItems": 3, "items": {"type": "object", "additionalProperties": false,
		"required": ["number"], "properties": {
			"number": {"type": "string", "maxLength": 5}, "note": {"type": "string", "maxLength": 5}}}},
	"boss": {"type": "object", "additionalProperties": false, "required": ["name"], "properties": {
		"name": {"type": "string", "maxLength": 50}, "post": {"type": "string", "maxLength": 50}}}`

func TestValidateCodes(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", appeal), "types")
	for raw, want := range map[string][]string{
		`{}`:                                             {},
		`{"title": "ab"}`:                                {"/title too_short"},
		`{"title": "я234567890123456789012"}`:            {"/title too_long"},
		`{"title": "one\ntwo"}`:                          {"/title line_break"},
		`{"text": "one\ntwo"}`:                           {},
		`{"title": 5}`:                                   {"/title type"},
		`{"title": null}`:                                {},
		`{"title": "   ", "email": ""}`:                  {},
		`{"type": "error"}`:                              {},
		`{"type": "other"}`:                              {"/type not_in_list"},
		`{"email": "a"}`:                                 {"/email format_email"},
		`{"phone": "12"}`:                                {"/phone format_phone"},
		`{"inn": "7707083894"}`:                          {"/inn format_inn"},
		`{"snils": "112-233-445 96"}`:                    {"/snils format_snils"},
		`{"ogrn": "1027700132196"}`:                      {"/ogrn format_ogrn"},
		`{"name": "Иванов И.И."}`:                        {"/name fio_initials"},
		`{"name": "Иванов"}`:                             {"/name format_fio"},
		`{"site": "ftp://a.ru"}`:                         {"/site format_uri"},
		`{"day": "2026-02-30"}`:                          {"/day format_date"},
		`{"count": 0}`:                                   {"/count min"},
		`{"count": 11}`:                                  {"/count max"},
		`{"count": 3.0}`:                                 {},
		`{"count": 3.5}`:                                 {"/count type"},
		`{"count": 1e30}`:                                {"/count max"},
		`{"share": 0.49}`:                                {"/share min"},
		`{"zone": "c"}`:                                  {"/zone enum"},
		`{"agree": false}`:                               {"/agree const"},
		`{"code": "ab"}`:                                 {"/code pattern"},
		`{"numbers": ["123"]}`:                           {"/numbers too_few"},
		`{"numbers": ["111","222","333","444","555"]}`:   {"/numbers too_many"},
		`{"numbers": ["111","111"]}`:                     {"/numbers not_unique"},
		`{"numbers": ["111","1"]}`:                       {"/numbers/1 too_short"},
		`{"numbers": ["111", 1]}`:                        {"/numbers/1 type"},
		`{"numbers": ["111", "  "]}`:                     {"/numbers/1 required"},
		`{"numbers": []}`:                                {},
		`{"nonsense": 1}`:                                {"/nonsense unknown_field"},
		`{"a/b~c": 1}`:                                   {"/a~1b~0c unknown_field"},
		`{"rows": [{"number": "1"}, {"note": "x"}, {}]}`: {"/rows/1/number required", "/rows/2/number required"},
		`{"rows": [7, {"number": "1", "x": 2}]}`:         {"/rows/0 type", "/rows/1/x unknown_field"},
		`{"boss": {}}`:                                   {},
		`{"boss": {"post": "x"}}`:                        {"/boss/name required"},
		`{"boss": {"name": " ", "post": "x"}}`:           {"/boss/name required"},
		`{"boss": []}`:                                   {"/boss type"},
	} {
		require.Equal(t, want, problems(t, f, raw), raw)
	}
}

func TestValidateRequired(t *testing.T) {
	t.Parallel()
	f := compile(t, object(`"title", "agree", "boss", "numbers"`, appeal), "types")
	missing := []string{"/agree required", "/boss required", "/numbers required", "/title required"}
	require.Equal(t, missing, problems(t, f, `{}`))
	require.Equal(t, missing, problems(t, f, `{"title": " \t\u00a0\u200b", "boss": {"name": ""}, "numbers": [], "agree": null}`))

	free := compile(t, object("", appeal), "types")
	require.Equal(t, []string{"/rows required", "/title required"}, problems(t, free, `{}`, "/rows", "/title", "/rows/*/note", "/boss/post"))
	require.Equal(t, []string{"/boss/post required", "/rows/1/note required"},
		problems(t, free, `{"rows": [{"number": "1", "note": "x"}, {"number": "2", "note": " "}], "boss": {"name": "x"}}`,
			"/rows", "/rows/*/note", "/boss/post"))
	require.Equal(t, []string{"/title type"}, problems(t, f, `{"title": 1, "agree": true, "boss": {"name": "x"}, "numbers": ["111", "222"]}`, "/title"))
	require.Empty(t, problems(t, compile(t, object(`"agree"`, `"agree": {"type": "boolean"}, "n": {"type": "integer"}`)), `{"agree": false, "n": 0}`, "/n"))
}

func TestValidateTellsLimitsAndTexts(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", appeal), "types")
	fields, wrong, err := f.Decode([]byte(`{"title": "a", "code": "x", "count": 99, "share": true, "agree": false}`))
	require.NoError(t, err)
	all := form.Merge(wrong, f.Validate(fields, nil, listed))
	texts := map[string]string{}
	for _, p := range all {
		texts[p.Pointer] = p.In(i18n.RU)
		require.NotContains(t, p.In(i18n.EN), "no value")
	}
	require.Equal(t, map[string]string{
		"/title": "Слишком коротко: нужно хотя бы 3 символа",
		"/code":  "Проверьте, как записано значение: нужно как в примере, AB12",
		"/count": "Укажите число не больше 10",
		"/share": "Здесь нужно указать число",
		"/agree": "Нужно согласиться: без этого обращение не принимается",
	}, texts)
}

// Every code that this package tells has a text in both languages that is not the key itself.
func TestMessagesExist(t *testing.T) {
	t.Parallel()
	args := map[string]any{"expected": "string", "max": "10", "min": "1"}
	for _, code := range []string{
		"required", "type", "too_short", "too_long", "pattern", "format_email", "format_phone", "format_inn", "format_snils",
		"format_ogrn", "format_fio", "fio_initials", "format_date", "format_uri", "min", "max", "enum", "const", "too_few",
		"too_many", "not_unique", "unknown_field", "not_in_list", "line_break", "unreadable",
	} {
		args := args
		if strings.HasPrefix(code, "too_") {
			args = map[string]any{"count": 5} // chooses the plural form, so only where there are forms
		}
		for _, l := range i18n.Langs() {
			text := i18n.Message(l, "problem."+code, args)
			require.NotContains(t, text, "problem.", "%s %s", l, code)
			require.NotContains(t, text, "no value", "%s %s", l, code)
		}
	}
	for _, code := range []string{
		"body_too_large", "json_too_deep", "number_too_long", "duplicate_key", "malformed_json", "too_many_values", "key_too_long",
	} {
		for _, l := range i18n.Langs() {
			require.NotContains(t, i18n.Message(l, "error."+code, args), "error.", "%s %s", l, code)
		}
	}
	require.Equal(t, "Слишком длинно: помещается не больше 21 символа. Сократите текст", i18n.Message(i18n.RU, "problem.too_long", map[string]any{"count": 21}))
	require.Equal(t, "Слишком коротко: нужен хотя бы 1 символ", i18n.Message(i18n.RU, "problem.too_short", map[string]any{"count": 1}))
	require.Equal(t, "Слишком коротко: нужны одни цифры, хотя бы 11", i18n.Message(i18n.RU, "problem.too_short", map[string]any{"count": 11, "digits": true}))
	require.Equal(t, "At least 1 row is needed", i18n.Message(i18n.EN, "problem.too_few", map[string]any{"count": 1}))
}

// A field of digits says that it takes nothing else, also where the text is too short.
func TestAFieldOfDigitsSaysSo(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", `
		"digits": {"type": "string", "minLength": 4, "maxLength": 9, "pattern": "^[0-9]*$"},
		"letters": {"type": "string", "minLength": 4, "maxLength": 9, "pattern": "^[0-9A-Z]*$"}`))
	for raw, want := range map[string]string{
		`{"digits": "12a"}`:    "Слишком коротко: нужны одни цифры, хотя бы 4",
		`{"digits": "12345a"}`: "Нужны одни цифры, без пробелов, букв и других знаков",
		`{"letters": "12"}`:    "Слишком коротко: нужно хотя бы 4 символа",
		`{"letters": "1234a"}`: "Проверьте, как записано значение",
	} {
		fields, _, err := f.Decode([]byte(raw))
		require.NoError(t, err)
		found := f.Validate(fields, nil, listed)
		require.Len(t, found, 1, raw)
		require.Equal(t, want, found[0].In(i18n.RU), raw)
	}
}

func TestDecodeKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", appeal), "types")
	fields, wrong, err := f.Decode([]byte(`{"title": "  и\u0306 \u200b", "text": " a\r\n b ", "count": 3.0, "share": 1.50,
		"rows": [{"number": " 1 ", "x": 1}, 5], "numbers": [true, " 111 "], "boss": null, "x": 1, "agree": "yes"}`))
	require.NoError(t, err)
	require.Equal(t, api.Fields{
		"title": "й", "text": " a\r\n b ", "count": json.Number("3"), "share": json.Number("1.50"),
		"rows":    []any{map[string]any{"number": "1"}, map[string]any{}},
		"numbers": []any{"", "111"},
	}, fields)
	require.Equal(t, []string{"/agree type", "/numbers/0 type", "/rows/0/x unknown_field", "/rows/1 type", "/x unknown_field"}, codes(wrong))
	require.Equal(t, map[string]any{"expected": "boolean"}, wrong[0].Args)

	for _, raw := range []string{`[]`, `null`, `"x"`, `5`} {
		_, _, err = f.Decode([]byte(raw))
		var refused *errs.Error
		require.ErrorAs(t, err, &refused, raw)
		require.Equal(t, errs.Invalid, refused.Kind)
		require.Equal(t, []string{" type"}, codes(refused.Fields))
	}
	_, _, err = f.Decode([]byte(`{"title": "a", "title": "b"}`))
	require.Equal(t, "duplicate_key", errs.CodeOf(err))
}

func TestShapeSchemaLists(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", appeal), "types", "unused")
	shape := f.Shape()
	require.Equal(t, "object", shape.Type)
	require.Equal(t, &api.Shape{Type: "string", List: "types", MaxLength: 64}, shape.Props["type"])
	require.Equal(t, &api.Shape{Type: "string", Format: "email", MaxLength: 254}, shape.Props["email"])
	require.Equal(t, 10, shape.Props["day"].MaxLength)
	require.Equal(t, 3, shape.Props["rows"].MaxItems)
	require.Equal(t, "string", shape.Props["rows"].Items.Props["number"].Type)
	require.Equal(t, []string{"types"}, f.Lists())
	require.NotContains(t, string(f.Schema()), "$ref")
	require.Contains(t, string(f.Schema()), `"format":"inn"`)
}

func TestMerge(t *testing.T) {
	t.Parallel()
	rule := errs.Problem{Pointer: "/a", Code: "free_mail", Rule: "r1"}
	got := form.Merge(
		[]errs.Problem{{Pointer: "/rows", Code: "type"}, {Pointer: "/a", Code: "pattern"}},
		[]errs.Problem{{Pointer: "/rows/0/n", Code: "required"}, rule, {Pointer: "", Code: "free"}},
	)
	require.Equal(t, []string{" free", "/a pattern", "/rows type"}, codes(got))
	require.Equal(t, []errs.Problem{rule}, form.Merge([]errs.Problem{rule}))
	require.Empty(t, form.Merge())
}

func BenchmarkValidate(b *testing.B) {
	f := compile(b, object(`"title", "text", "email", "name"`, appeal), "types")
	fields, _, err := f.Decode([]byte(`{"title": "Не уходит план", "type": "error", "text": "` + strings.Repeat("текст ", 100) + `",
		"email": "zakupki@example.ru", "phone": "+7 3022 12-34-56", "inn": "7707083893", "name": "Дамдинова Баирма Цыреновна",
		"numbers": ["111", "222", "333"], "rows": [{"number": "1"}, {"number": "2"}]}`))
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if found := f.Validate(fields, []string{"/rows/*/note"}, listed); len(found) != 2 {
			b.Fatal(fmt.Sprint(found))
		}
	}
}
