package form_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Numbers that kill the library never reach it, whichever way they come.
func TestHugeNumbers(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", `"n": {"type": "integer", "minimum": 1}, "m": {"type": "number", "maximum": 5},
		"e": {"type": "integer", "enum": [1, 2]}, "l": {"type": "array", "maxItems": 3, "items": {"type": "number"}}`))
	for _, number := range []string{"1e2000000", "-1e2000000", strings.Repeat("9", 200000)} {
		for _, name := range []string{"n", "m", "e"} {
			_, _, err := f.Decode([]byte(`{"` + name + `": ` + number + `}`))
			require.Equal(t, "number_too_long", errs.CodeOf(err))
			require.Less(t, coretest.Spent(t, func() {
				require.Equal(t, []string{"/" + name + " type"}, codes(f.Validate(api.Fields{name: json.Number(number)}, nil, nil)))
			}), time.Second)
		}
		require.Equal(t, []string{"/l/0 type"}, codes(f.Validate(api.Fields{"l": []any{json.Number(number)}}, nil, nil)))
	}
	require.Equal(t, []string{"/e enum"}, problems(t, f, `{"e": 1e15}`))
	require.Equal(t, []string{"/m max"}, problems(t, f, `{"m": 1e40}`))
}

// A value that is no JSON at all is a problem, not a panic.
func TestValueOfNoJSONType(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", `"n": {"type": "integer"}, "s": {"type": "string", "maxLength": 5}`))
	require.Equal(t, []string{" unreadable"}, codes(f.Validate(api.Fields{"n": struct{}{}}, nil, nil)))
	require.Equal(t, []string{" unreadable"}, codes(f.Validate(api.Fields{"s": []string{"x"}}, nil, nil)))
	require.Empty(t, f.Validate(nil, nil, nil))
}

// Files and addresses are never opened: the schema is refused where the reference stands.
func TestRemoteReferencesAreRefused(t *testing.T) {
	t.Parallel()
	for _, ref := range []string{
		"file:///etc/passwd", "https://example.com/x.json", "../shared/inn.schema.json", "shared/../../etc/passwd.schema.json",
		"#/properties/a", "#", "/etc/passwd", "shared/Inn.schema.json", "shared/inn.json",
	} {
		schema := object("", "\n  \"a\": {\"$ref\": \""+ref+"\"}")
		inlined, err := form.Inline([]byte(schema), readShared)
		require.NoError(t, err, ref)
		f, findings := form.Compile("x.json", inlined, nil)
		require.Nil(t, f)
		require.Len(t, findings, 1, ref)
		require.Equal(t, "ref_not_allowed", findings[0].Code)
		require.Equal(t, 2, findings[0].Line)
		require.Equal(t, 9, findings[0].Column)
	}
}

// A circle, a bomb and a missing shared schema are refused with the place of the reference.
func TestInlineBombs(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"self.schema.json": `{"type": "array", "maxItems": 1, "items": {"$ref": "shared/self.schema.json"}}`,
		"a.schema.json":    `{"type": "array", "maxItems": 1, "items": {"$ref": "shared/b.schema.json"}}`,
		"b.schema.json":    `{"type": "array", "maxItems": 1, "items": {"$ref": "shared/a.schema.json"}}`,
		"list.schema.json": `[]`,
		"bad.schema.json":  `{"type":`,
	}
	for i := range 20 { // each twice the one before
		files[fmt.Sprintf("bomb%d.schema.json", i)] = fmt.Sprintf(
			`{"type": "object", "properties": {"a": {"$ref": "shared/bomb%d.schema.json"}, "b": {"$ref": "shared/bomb%d.schema.json"}}}`, i+1, i+1)
	}
	files["wide.schema.json"] = `{"type": "string", "description": "` + strings.Repeat("x", 100000) + `"}`
	read := func(name string) ([]byte, error) {
		if content, ok := files[name]; ok {
			return []byte(content), nil
		}
		return nil, errors.New("no such file")
	}
	wide := `"a0": {"$ref": "shared/wide.schema.json"}`
	for i := range 10 {
		wide += fmt.Sprintf(`, "w%d": {"$ref": "shared/wide.schema.json"}`, i)
	}
	for properties, code := range map[string]string{
		`"x": {"$ref": "shared/self.schema.json"}`:   "ref_circle",
		`"x": {"$ref": "shared/a.schema.json"}`:      "ref_circle",
		`"x": {"$ref": "shared/none.schema.json"}`:   "unknown_shared",
		`"x": {"$ref": "shared/list.schema.json"}`:   "unknown_shared",
		`"x": {"$ref": "shared/bad.schema.json"}`:    "malformed_json",
		`"x": {"$ref": "shared/bomb0.schema.json"}`:  "too_many_refs",
		`"x": {"$ref": "shared/bomb12.schema.json"}`: "too_many_refs",
		wide: "refs_too_large",
	} {
		var err error
		spent := coretest.Spent(t, func() { _, err = form.Inline([]byte(object("", "\n"+properties)), read) })
		var refused *form.RefError
		require.ErrorAs(t, err, &refused, properties[:min(60, len(properties))])
		require.Equal(t, code, refused.Code, refused.Msg)
		require.Equal(t, 2, refused.Line)
		require.Less(t, spent, time.Second)
	}
	_, err := form.Inline([]byte(`{`), read)
	require.Error(t, err)
}

func TestInlineMergesAndKeepsLines(t *testing.T) {
	t.Parallel()
	schema := "{\n\"a\": {\n  \"$ref\": \"shared/inn.schema.json\",\n  \"title\": \"ИНН заказчика\", \"x-width\": 3\n},\n\"b\": 1}"
	out, err := form.Inline([]byte(schema), readShared)
	require.NoError(t, err)
	var read map[string]any
	require.NoError(t, json.Unmarshal(out, &read))
	a, _ := read["a"].(map[string]any)
	require.Equal(t, "ИНН заказчика", a["title"])
	require.InDelta(t, 3, a["x-width"], 0)
	require.Equal(t, "inn", a["format"])
	require.NotContains(t, a, "$ref")
	require.NotContains(t, a, "$schema")
	require.Equal(t, strings.Count(schema, "\n"), strings.Count(string(out), "\n"))
	again, err := form.Inline(out, readShared)
	require.NoError(t, err)
	require.Equal(t, out, again)
	// A property that is called $ref is none.
	_, err = form.Inline([]byte(`{"properties": {"$ref": {"type": "string"}}}`), readShared)
	require.NoError(t, err)
}

// The library's order depends on maps; ours does not.
func TestOrderIsStable(t *testing.T) {
	t.Parallel()
	f := compile(t, object(`"title", "boss", "email"`, appeal), "types")
	raw := `{"type": "x", "inn": "1", "snils": "1", "ogrn": "1", "phone": "1", "name": "1", "count": 0, "share": 0, "zone": "z", "u2": 1, "u1": 1,
		"rows": [{"note": "123456"}, {"number": "123456"}], "numbers": ["1", "1"]}`
	first := problems(t, f, raw, "/text", "/rows/*/note")
	require.Len(t, first, 22)
	for range 200 {
		require.Equal(t, first, problems(t, f, raw, "/text", "/rows/*/note"))
	}
}

// A deep value costs nothing: refused by the bound, and not walked where the schema does not go.
func TestDeepValues(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", `"s": {"type": "string", "maxLength": 5}`))
	_, _, err := f.Decode([]byte(`{"s": ` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + `}`))
	require.Equal(t, "json_too_deep", errs.CodeOf(err))
	var deep any = "x"
	for range 9999 {
		deep = []any{deep}
	}
	require.Equal(t, []string{"/s type"}, codes(f.Validate(api.Fields{"s": deep}, nil, nil)))
}

// A thousand rows that are equal but for one do not cost seconds, nor do rows beyond maxItems.
func TestManyRows(t *testing.T) {
	t.Parallel()
	f := compile(t, object("", `"l": {"type": "array", "maxItems": 1000, "uniqueItems": true, "items": {"type": "string", "maxLength": 50}}`))
	rows := make([]any, 4900)
	for i := range rows {
		rows[i] = fmt.Sprintf("row %d", i)
	}
	require.Less(t, coretest.Spent(t, func() {
		require.Equal(t, []string{"/l too_many"}, codes(f.Validate(api.Fields{"l": rows}, nil, nil)))
		rows[999] = "row 0"
		require.Equal(t, []string{"/l not_unique"}, codes(f.Validate(api.Fields{"l": rows[:1000]}, nil, nil)))
	}), 2*time.Second)
}

// Forms are compiled and used at the same time on many goroutines.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	f := compile(t, object(`"title"`, appeal), "types")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				_, findings := form.Compile("x", f.Schema(), []string{"types"})
				if len(findings) > 0 || len(f.Validate(api.Fields{"inn": "1"}, nil, nil)) != 2 {
					t.Error("differs when used at the same time")
				}
			}
		})
	}
	all.Wait()
}

// No message of a finding tells about this machine.
func TestFindingsNameNoPath(t *testing.T) {
	t.Parallel()
	_, findings := form.Compile("x.json", []byte(object("", `"a": {"$ref": "file:///etc/passwd"}, "b": {"type": "string", "maxLength": 3, "pattern": "(?=a)"}`)), nil)
	require.Len(t, findings, 2)
	for _, finding := range findings {
		require.NotContains(t, finding.Msg, "/etc")
		require.NotContains(t, finding.Msg, "://")
		require.Equal(t, "x.json", finding.File)
	}
}
