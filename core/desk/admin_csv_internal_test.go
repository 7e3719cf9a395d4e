package desk

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

func importOf(t *testing.T, text string) (rows []importRow, codes []string) {
	t.Helper()
	rows, problems, err := readImport([]byte(text))
	require.NoError(t, err)
	for _, p := range problems {
		codes = append(codes, p.Code)
	}
	return rows, codes
}

func TestAnEmptyColumnKeepsItsPlace(t *testing.T) {
	t.Parallel()
	for _, comma := range []string{"\t", ";", ","} {
		rows, codes := importOf(t, "key"+comma+"title_ru"+comma+"title_en"+comma+"retired\none"+comma+comma+"One"+comma+"true\n")
		require.Empty(t, codes)
		require.Len(t, rows, 1)
		require.Empty(t, *rows[0].titleRU)
		require.Equal(t, "One", *rows[0].titleEN)
		require.Equal(t, "true", *rows[0].flags)
	}
}

func TestLinesMayEndAsTheyLike(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"\n", "\r\n", "\r"} {
		rows, codes := importOf(t, "key;title_ru"+end+"one;Один"+end+"two;Два"+end)
		require.Empty(t, codes, "%q", end)
		require.Len(t, rows, 2)
		require.Equal(t, 3, rows[1].line)
	}
}

func TestBrokenUTF8IsNotTakenForWindows1251(t *testing.T) {
	t.Parallel()
	const text = "key;title_ru\none;Привет, мир\n"
	for _, broken := range []string{text + "two;\xd0", "\ufeff" + "key;title_ru\none;\xff", "key;title_ru\n\xd0one;Объявление"} {
		_, _, err := readImport([]byte(broken))
		require.Equal(t, "import_encoding", errs.CodeOf(err), "%q", broken)
	}
	encoded, err := charmap.Windows1251.NewEncoder().String(text + "two;ЁЖИК И ПЁС №1 «Рё»\n")
	require.NoError(t, err)
	rows, codes := importOf(t, encoded)
	require.Empty(t, codes)
	require.Equal(t, "ЁЖИК И ПЁС №1 «Рё»", *rows[1].titleRU)
}

func TestAHeaderNeedsTheKey(t *testing.T) {
	t.Parallel()
	rows, codes := importOf(t, "title_ru;title_en\nИмя;Name\n")
	require.Empty(t, rows)
	require.Equal(t, []string{"no_key_column"}, codes)
}

// What is written for a spreadsheet computes nothing, and comes back as it was.
func TestExportedCellsComputeNothing(t *testing.T) {
	t.Parallel()
	list := &api.List{Key: "l", Extendable: true}
	for _, title := range []string{"=1+1", "+7", "-1", "@SUM(A1)", "'=x", "''@x", "'просто", "обычное"} {
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		w.Comma = ';'
		require.NoError(t, w.Write([]string{"key", "title_ru"}))
		require.NoError(t, w.Write([]string{"one", quoted(title)}))
		w.Flush()
		rows, codes := importOf(t, out.String())
		require.Empty(t, codes)
		require.NotContains(t, "=+-@", (*rows[0].titleRU)[:1], title)
		v, _, wrong := rows[0].value(list, nil)
		require.False(t, wrong)
		require.Equal(t, title, v.Title.RU)
	}
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringMatching(`['=+@а-]{0,6}`).Draw(t, "cell")
		require.Equal(t, cell, unquoted(quoted(cell)))
	})
}

func TestASecretBehindAnUnknownReferenceIsHidden(t *testing.T) {
	t.Parallel()
	s := newSecrets([]byte(`{"properties":{"a":{"$ref":"#secret"},"b":{"$ref":"other.json#/x"},"c":{"$ref":"#/$defs/none"},"d":{"type":"string"},"e":{"$ref":"#"}},
		"$defs":{"s":{"$anchor":"secret","writeOnly":true}}}`))
	set := map[string]any{"a": "1", "b": "2", "c": "3", "d": "4", "e": map[string]any{"a": "5", "d": "6"}}
	shown := s.hide(set)
	hidden := map[string]any{"set": true}
	require.Equal(t, map[string]any{"a": hidden, "b": hidden, "c": hidden, "d": "4", "e": map[string]any{"a": hidden, "d": "6"}}, shown)
	require.Equal(t, set, s.keep(shown, set))
}

func TestAFirstLineOfOtherHeadingsIsNoValue(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"ключ;название", "Код;Наименование;;", "id,name", "ID\tTitle"} {
		rows, codes := importOf(t, first+"\none;Один\n")
		require.Empty(t, rows, first)
		require.Equal(t, []string{"unlike_header"}, codes, first)
	}
	for _, value := range []string{"name;Фамилия", "код", "one;Название"} {
		rows, codes := importOf(t, value+"\ntwo;Два\n")
		require.Empty(t, codes, value)
		require.Len(t, rows, 2, value)
	}
	rows, codes := importOf(t, "key;title_ru\nключ;название\n")
	require.Empty(t, codes)
	require.Len(t, rows, 1)
}

func TestAnImportShowsWhatItReadAndWantsARussianTitle(t *testing.T) {
	t.Parallel()
	list := &api.List{Key: "l", Extendable: true}
	known := knownValues{byKey: map[string]api.ListValue{
		"old":  {Key: "old", Title: i18n.Text{RU: "Старое", EN: "Old"}},
		"same": {Key: "same", Title: i18n.Text{RU: "То же", EN: "Same"}},
	}}
	rows, codes := importOf(t, "key;title_ru;title_en;retired\nnew;Новое;;\nold;Другое;Old;да\nsame;То же;Same;\nbare;;Only English;\n")
	require.Empty(t, codes)
	var view ImportView
	changed, wrong := mergeList(list, known, rows, &view)
	require.Len(t, changed, 2)
	require.Equal(t, []ImportRow{
		{Line: 2, Key: "new", Title: i18n.Text{RU: "Новое", EN: "Новое"}, Fate: "added"},
		{Line: 3, Key: "old", Title: i18n.Text{RU: "Другое", EN: "Old"}, Retired: true, Fate: "changed"},
		{Line: 4, Key: "same", Title: i18n.Text{RU: "То же", EN: "Same"}, Fate: "unchanged"},
	}, view.Rows)
	require.Len(t, wrong, 1)
	require.Equal(t, 5, wrong[0].line)
	require.Equal(t, "title_ru", wrong[0].column)
	require.Equal(t, "required", wrong[0].Code)

	many := ""
	for i := range 30 {
		many += "v" + strconv.Itoa(i) + ";Значение\n"
	}
	rows, _ = importOf(t, many)
	view = ImportView{}
	_, wrong = mergeList(list, known, rows, &view)
	require.Empty(t, wrong)
	require.Equal(t, 30, view.Added)
	require.Len(t, view.Rows, 10)
}

// Of the system's own values an import says that they change, and of every value an empty cell keeps
// what is there.
func TestAnImportKeepsWhatItsCellsLeaveOutAndNamesTheSystemsOwn(t *testing.T) {
	t.Parallel()
	list := &api.List{Key: "l", Extendable: true, Values: []api.ListValue{{Key: "other"}, {Key: "calm"}}}
	known := knownValues{byKey: map[string]api.ListValue{
		"other": {Key: "other", Title: i18n.Text{RU: "Иное", EN: "Other"}},
		"calm":  {Key: "calm", Title: i18n.Text{RU: "Спокойное", EN: "Calm"}},
		"own":   {Key: "own", Title: i18n.Text{RU: "Своё", EN: "Own"}, Retired: true},
		"bare":  {Key: "bare", Title: i18n.Text{RU: "Голое", EN: "Голое"}},
	}}
	rows, codes := importOf(t, "key;title_ru;title_en;retired\nother;Ничего;;true\ncalm;;;\nown;Другое; ;\nbare;Новое;;\n")
	require.Empty(t, codes)
	var view ImportView
	changed, wrong := mergeList(list, known, rows, &view)
	require.Empty(t, wrong)
	require.Equal(t, []tenant.ListValue{
		{List: "l", Key: "other", Title: i18n.Text{RU: "Ничего", EN: "Other"}, Retired: true},
		{List: "l", Key: "own", Title: i18n.Text{RU: "Другое", EN: "Own"}, Retired: true},
		{List: "l", Key: "bare", Title: i18n.Text{RU: "Новое", EN: "Новое"}},
	}, changed)
	require.Equal(t, 1, view.Own)
	require.Equal(t, []ImportRow{{Line: 2, Key: "other", Title: i18n.Text{RU: "Ничего", EN: "Other"}, Retired: true, Fate: "changed"}}, view.OwnRows)
}
