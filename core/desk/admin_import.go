package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// Limits of an import.
const (
	MaxImportBytes    = 5 << 20
	maxImportRows     = 50_000
	maxImportProblems = 100
	maxImportShown    = 10
	importBatch       = 5000
	byteOrderMark     = "\ufeff"
)

// importColumns are the columns in the order of a file without a header.
func importColumns() []string { return []string{"key", "title_ru", "title_en", "retired"} }

// importProblem is what is wrong with a cell or a line.
type importProblem struct {
	line   int
	column string
	errs.Problem
}

// importRow is a line of the file; what its file has no column for is nil.
type importRow struct {
	line                    int
	key                     string
	titleRU, titleEN, flags *string
}

// ImportList adds, renames and retires the values of a list by a CSV file, all or none; with dry nothing
// is changed. Errors: those of SetListValue; Invalid ("import_refused" with a pointer "/<line>" for each
// problem, "import_encoding", "import_empty").
func (s *Service) ImportList(ctx context.Context, a Actor, desk, key string, raw []byte, dry bool) (ImportView, error) {
	snap, list, err := s.listOf(a, desk, key)
	if err != nil {
		return ImportView{}, err
	}
	if closed(list) {
		return ImportView{}, errListClosed
	}
	if len(raw) > MaxImportBytes {
		return ImportView{}, errs.New(errs.TooLarge, "import_too_large", "file").With("megabytes", MaxImportBytes>>20)
	}
	rows, problems, err := readImport(raw)
	if err != nil {
		return ImportView{}, err
	}
	var view ImportView
	run := func(ctx context.Context, tx pgx.Tx) error {
		view = ImportView{Problems: []ImportProblem{}}
		known, err := s.lockList(ctx, tx, snap, list)
		if err != nil {
			return err
		}
		changed, wrong := mergeList(list, known, rows, &view)
		added := known.growth(changed)
		wrong = append(slices.Clone(problems), wrong...)
		if len(wrong) == 0 && known.own+added > tenant.MaxListValues {
			wrong = append(wrong, listFull(rows))
		}
		if dry {
			view.report(wrong, a.Lang)
			return nil
		}
		if len(wrong) > 0 {
			return importRefused(wrong)
		}
		view.Rows, view.OwnRows = nil, nil
		return s.importValues(ctx, tx, a, snap, list, changed, view)
	}
	if dry {
		err = s.db.InTx(ctx, a.Tenant.ID, run)
	} else {
		err = s.configure(ctx, a.Tenant.ID, run)
	}
	if err != nil {
		return ImportView{}, fmt.Errorf("import list: %w", err)
	}
	return view, nil
}

func (s *Service) importValues(ctx context.Context, tx pgx.Tx, a Actor, snap *Snapshot, list *api.List, changed []tenant.ListValue, view ImportView) error {
	if len(changed) == 0 {
		return nil
	}
	for some := range slices.Chunk(changed, importBatch) {
		if err := tenant.InsertListValues(ctx, tx, a.Tenant.ID, snap.Desk.ID, list.Key, some); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, a, importEntry(snap, list, view))
}

// importEntry says which values were written, the first few of them by name; those of a private list are
// people's addresses, and only counted.
func importEntry(snap *Snapshot, list *api.List, view ImportView) entry {
	data := map[string]any{"added": view.Added, "changed": view.Changed}
	if !list.Private {
		values := make([]any, 0, len(view.written))
		for _, row := range view.written {
			values = append(values, map[string]any{"key": row.Key, "title": map[string]any{"ru": row.Title.RU, "en": row.Title.EN}})
		}
		data["values"] = values
	}
	return entry{desk: &snap.Desk.ID, action: "list_imported", object: snap.Desk.Slug + "/" + list.Key, data: data}
}

// growth is how many rows the values add: one that was declared becomes a row of the desk's own when it
// is first changed.
func (k knownValues) growth(changed []tenant.ListValue) int {
	added := 0
	for _, v := range changed {
		if !k.kept[v.Key] {
			added++
		}
	}
	return added
}

// listFull says so of the last line.
func listFull(rows []importRow) importProblem {
	last := rows[len(rows)-1]
	return importProblem{line: last.line, Problem: errs.Problem{Code: "list_full", Args: map[string]any{"limit": tenant.MaxListValues}}}
}

func (v *ImportView) report(wrong []importProblem, l i18n.Lang) {
	sortProblems(wrong)
	for _, p := range wrong[:min(len(wrong), maxImportProblems)] {
		v.Problems = append(v.Problems, ImportProblem{Line: p.line, Column: p.column, Code: p.Code, Message: p.In(l)})
	}
}

func importRefused(wrong []importProblem) error {
	sortProblems(wrong)
	refusal := errs.New(errs.Invalid, "import_refused", "file").With("count", len(wrong))
	for _, p := range wrong[:min(len(wrong), maxImportProblems)] {
		one := p.Problem
		one.Pointer = "/" + strconv.Itoa(p.line)
		refusal.Fields = append(refusal.Fields, one)
	}
	return refusal
}

func sortProblems(wrong []importProblem) {
	slices.SortStableFunc(wrong, func(x, y importProblem) int { return x.line - y.line })
}

// mergeList says what the rows change of a list.
func mergeList(list *api.List, known knownValues, rows []importRow, view *ImportView) (changed []tenant.ListValue, wrong []importProblem) {
	seen := make(map[string]int, len(rows))
	for _, row := range rows {
		v, problem, bad := row.value(list, known.byKey)
		first, repeated := seen[v.Key]
		switch {
		case bad:
			wrong = append(wrong, problem)
			continue
		case repeated:
			wrong = append(wrong, importProblem{line: row.line, column: "key", Problem: errs.Problem{Code: "repeated_line", Args: map[string]any{"line": first}}})
			continue
		}
		seen[v.Key] = row.line
		fate := view.count(known, v)
		read := ImportRow{Line: row.line, Key: v.Key, Title: v.Title, Retired: v.Retired, Fate: fate}
		view.Rows = shown(view.Rows, read)
		if fate == fateUnchanged {
			continue
		}
		view.written = shown(view.written, read)
		if declared(list, v.Key) {
			view.Own++
			view.OwnRows = shown(view.OwnRows, read)
		}
		changed = append(changed, tenant.ListValue{List: list.Key, Key: v.Key, Title: v.Title, Retired: v.Retired})
	}
	return changed, wrong
}

// shown are the first rows alone: a file has many.
func shown(rows []ImportRow, one ImportRow) []ImportRow {
	if len(rows) == maxImportShown {
		return rows
	}
	return append(rows, one)
}

// What becomes of a line's value.
const (
	fateAdded     = "added"
	fateChanged   = "changed"
	fateUnchanged = "unchanged"
)

// count counts a value by what becomes of it.
func (v *ImportView) count(known knownValues, value api.ListValue) string {
	before, exists := known.byKey[value.Key]
	switch {
	case !exists:
		v.Added++
		return fateAdded
	case before.Title != value.Title || before.Retired != value.Retired:
		v.Changed++
		return fateChanged
	default:
		v.Unchanged++
		return fateUnchanged
	}
}

// value is what a row makes of a value: a column that the file has not, and an empty cell, leave what
// there is.
func (r importRow) value(list *api.List, known map[string]api.ListValue) (api.ListValue, importProblem, bool) {
	v := api.ListValue{Key: listKey(list, unquoted(r.key))}
	if before, ok := known[v.Key]; ok {
		v.Title, v.Retired = before.Title, before.Retired
	}
	set := v.Title
	if set.EN == set.RU {
		set.EN = "" // it was filled in by the Russian one, and follows it
	}
	set.RU, set.EN = cellOr(r.titleRU, set.RU), cellOr(r.titleEN, set.EN)
	// The English title alone would come into the Russian form. A private list's values need no title at all.
	if oneLine(set.RU) == "" && (!list.Private || oneLine(set.EN) != "") && v.Key != "" {
		return v, importProblem{line: r.line, column: "title_ru", Problem: errs.Problem{Code: "required"}}, true
	}
	v.Title = both(set)
	if r.flags != nil && strings.TrimSpace(*r.flags) != "" {
		retired, ok := flag(*r.flags)
		if !ok {
			return v, importProblem{line: r.line, column: "retired", Problem: errs.Problem{Code: "bad_flag"}}, true
		}
		v.Retired = retired
	}
	problem, wrong := listProblem(list, v)
	column := "key"
	if problem.Pointer == "/title" {
		column = "title_ru"
		if utf8.RuneCountInString(v.Title.RU) <= maxTitle && !v.Title.IsZero() {
			column = "title_en"
		}
	}
	return v, importProblem{line: r.line, column: column, Problem: problem}, wrong
}

// cellOr is what a cell says, or what there is where it says nothing.
func cellOr(cell *string, before string) string {
	if cell == nil || oneLine(unquoted(*cell)) == "" {
		return before
	}
	return unquoted(*cell)
}

func flag(text string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "false", "0", "no", "нет":
		return false, true
	case "true", "1", "yes", "да":
		return true, true
	}
	return false, false
}
