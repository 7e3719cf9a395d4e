package strict_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

func limits() strict.Limits { return strict.Limits{Bytes: 10_000, Depth: 5, Values: 100, Items: 20} }

func TestReadKeepsValuesAndPlaces(t *testing.T) {
	t.Parallel()
	d := strict.Read("a.yaml", []byte("# first\ntitle: Заявка\nrows:\n  - {n: 0x10, x: 1.50, on: 2025-01-02}\n  - [true, ~, 'no']\na/b: {c~d: 1}\n"), limits())
	require.Empty(t, d.Findings)
	require.False(t, d.Empty())
	require.Empty(t, cmp.Diff(map[string]any{
		"title": "Заявка",
		"rows":  []any{map[string]any{"n": json.Number("16"), "x": json.Number("1.5"), "on": "2025-01-02"}, []any{true, nil, "no"}},
		"a/b":   map[string]any{"c~d": json.Number("1")},
	}, d.Value))
	require.Equal(t, strict.Place{Line: 4, Column: 9}, d.At("/rows/0/n"))
	require.Equal(t, strict.Place{Line: 4, Column: 6}, d.AtKey("/rows/0/n"))
	require.Equal(t, strict.Place{Line: 5, Column: 6}, d.AtKey("/rows/1/0"), "an item of a list has no key")
	require.Equal(t, strict.Place{Line: 4, Column: 5}, d.At("/rows/0/gone/deeper"), "the nearest parent")
	require.Equal(t, strict.Place{Line: 6, Column: 1}, d.AtKey("/a~1b"))
	require.Equal(t, json.Number("1"), d.Get("/a~1b/c~0d"))
	require.Equal(t, []string{"a/b", "rows", "title"}, d.Keys(""))
	require.Empty(t, d.Keys("/title"))
	require.Nil(t, d.Get("/rows/2"))
	var read struct{ Title string }
	require.True(t, d.Decode(&read, "bad_file"))
	require.Equal(t, "Заявка", read.Title)
	var other struct{ Rows string }
	require.False(t, d.Decode(&other, "bad_file"))
	require.Equal(t, "bad_file", d.Findings[0].Code)
	require.Equal(t, 4, d.Findings[0].Line)
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, code   string
		line, column int
	}{
		"bytes":           {strings.Repeat("#", 10_001), "file_too_large", 1, 1},
		"brackets":        {strings.Repeat("[", 1_001), "too_deep", 1, 1},
		"depth":           {"a:\n  - [[[[[1]]]]]\n", "too_deep", 2, 9},
		"values":          {"[" + strings.Repeat("[1,1,1,1,1,1,1,1],", 15) + "]", "too_many_values", 1, 200},
		"items":           {"a: [" + strings.Repeat("1,", 21) + "]", "too_many_values", 1, 4},
		"broken":          {"a: 1\nb: [\n", "bad_yaml", 2, 1},
		"not UTF-8":       {"a: \xff\xfe", "bad_yaml", 1, 1},
		"two documents":   {"a: 1\n---\nb: 1\n", "many_documents", 2, 1},
		"a broken second": {"a: 1\n---\n[\n", "many_documents", 1, 1},
		"anchor":          {"a: &x 1\n", "no_anchors", 1, 4},
		"laughs":          {"a: &a [x]\nb: *a\n", "no_anchors", 1, 4},
		"merge":           {"<<: {a: 1}\n", "bad_key", 1, 1},
		"a list as a key": {"[a]: 1\n", "bad_key", 1, 1},
		"key twice":       {"a: 1\nb: 2\na: 3\n", "duplicate_key", 3, 1},
		"tag of a text":   {"a: !!str 1\n", "bad_tag", 1, 4},
		"tag of a map":    {"a: !own {b: 1}\n", "bad_tag", 1, 4},
		"large number":    {"a: 99999999999999999999999999\n", "bad_number", 1, 4},
		"long number":     {"a: 5.0000000000000000000000000000000000000000\n", "bad_number", 1, 4},
		"infinity":        {"a: .inf\n", "bad_number", 1, 4},
		"huge float":      {"a: 1e300\n", "bad_number", 1, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := strict.Read("a.yaml", []byte(c.text), limits())
			require.NotEmpty(t, d.Findings)
			f := d.Findings[0]
			require.Equal(t, [...]any{"a.yaml", c.code, c.line, c.column}, [...]any{f.File, f.Code, f.Line, f.Column}, f.Msg)
		})
	}
	for _, text := range []string{"", "# nothing\n"} {
		d := strict.Read("a.yaml", []byte(text), limits())
		require.Empty(t, d.Findings)
		require.True(t, d.Empty())
	}
	d := strict.Read("a.yaml", []byte("a: "+strings.Repeat("(:[ ", 100)), limits())
	require.Empty(t, d.Findings, "brackets that a text does not close are no nesting")
}

func TestFindingsAreBoundedSortedAndTold(t *testing.T) {
	t.Parallel()
	d := strict.NewDocument("a.yaml")
	for i := range 300 {
		d.Add(strict.Place{Line: 300 - i, Column: 1}, "code", "%d", i)
	}
	require.Len(t, d.Findings, 200)
	d.Findings = append(d.Findings, d.Findings[0])
	sorted := strict.Sorted(d.Findings)
	require.Len(t, sorted, 200)
	require.Equal(t, api.Finding{File: "a.yaml", Line: 101, Column: 1, Code: "code", Msg: "199"}, sorted[0])

	require.Equal(t, `; did you mean "status"?`, strict.Suggest("staus", []string{"queue", "status"}))
	require.Equal(t, `; did you mean "x"?`, strict.Suggest("xy", []string{"xy", "x"}), "not what was given")
	for _, given := range []string{"", "q", "quite-other", strings.Repeat("status", 20)} {
		require.Empty(t, strict.Suggest(given, []string{"status", "qa"}[:1]), given)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("? [x]\n: y"))
	f.Add([]byte("a: !!float 1\n---\nb"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := strict.Read("a.yaml", raw, limits())
		for _, finding := range d.Findings {
			require.NotEmpty(t, finding.Code)
			require.Positive(t, finding.Line)
			require.Positive(t, finding.Column)
		}
		if len(d.Findings) == 0 {
			_, err := json.Marshal(d.Value)
			require.NoError(t, err)
		}
	})
}
