package desk

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/encoding/charmap"

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
		wrong = append(slices.Clone(problems), wrong...)
		if dry {
			view.report(wrong, a.Lang)
			return nil
		}
		if len(wrong) > 0 {
			return importRefused(wrong)
		}
		if known.own+view.Added > tenant.MaxListValues {
			return errs.New(errs.Conflict, "list_full", "too many values").With("limit", tenant.MaxListValues)
		}
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
	return s.record(ctx, tx, a, entry{
		desk: &snap.Desk.ID, action: "list_imported", object: snap.Desk.Slug + "/" + list.Key,
		data: map[string]any{"added": view.Added, "changed": view.Changed},
	})
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
		before, exists := known.byKey[v.Key]
		switch {
		case !exists:
			view.Added++
		case before.Title != v.Title || before.Retired != v.Retired:
			view.Changed++
		default:
			view.Unchanged++
			continue
		}
		changed = append(changed, tenant.ListValue{List: list.Key, Key: v.Key, Title: v.Title, Retired: v.Retired})
	}
	return changed, wrong
}

// value is what a row makes of a value: a column that the file has not leaves what there is.
func (r importRow) value(list *api.List, known map[string]api.ListValue) (api.ListValue, importProblem, bool) {
	v := api.ListValue{Key: listKey(list, r.key)}
	if before, ok := known[v.Key]; ok {
		v.Title, v.Retired = before.Title, before.Retired
	}
	set := v.Title
	if r.titleRU != nil {
		set.RU = strings.TrimSpace(*r.titleRU)
	}
	if r.titleEN != nil {
		set.EN = strings.TrimSpace(*r.titleEN)
	}
	v.Title = both(set)
	if r.flags != nil {
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

func flag(text string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "", "false", "0", "no", "нет":
		return false, true
	case "true", "1", "yes", "да":
		return true, true
	}
	return false, false
}

// readImport reads a file; what is wrong with its lines is told with them, an error is the whole file's.
func readImport(raw []byte) ([]importRow, []importProblem, error) {
	text, err := decodeImport(raw)
	if err != nil {
		return nil, nil, err
	}
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = separator(text), -1, true
	in.TrimLeadingSpace = true
	columns, rows, problems := importColumns(), []importRow(nil), []importProblem(nil)
	for first := true; ; first = false {
		record, err := in.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			if len(rows) == 0 && len(problems) == 0 {
				return nil, nil, errs.New(errs.Invalid, "import_empty", "no lines")
			}
			return rows, problems, nil
		case errors.As(err, &broken):
			// What follows a quotation mark that is out of place cannot be told apart.
			return rows, append(problems, importProblem{line: broken.Line, Problem: errs.Problem{Code: "bad_csv"}}), nil
		case err != nil:
			return nil, nil, fmt.Errorf("read csv: %w", err)
		}
		line, _ := in.FieldPos(0)
		if first && slices.ContainsFunc(record, func(cell string) bool { return columnName(cell) == "key" }) {
			if columns, problems = header(record, line); len(problems) > 0 {
				return nil, problems, nil
			}
			continue
		}
		if len(rows) == maxImportRows {
			return rows, append(problems, importProblem{line: line, Problem: errs.Problem{Code: "too_many_lines", Args: map[string]any{"count": maxImportRows}}}), nil
		}
		row, problem := rowOf(record, columns, line)
		if problem != nil {
			problems = append(problems, *problem)
			continue
		}
		rows = append(rows, row)
	}
}

func columnName(cell string) string { return strings.ToLower(strings.TrimSpace(cell)) }

func header(record []string, line int) ([]string, []importProblem) {
	columns, problems := make([]string, len(record)), []importProblem(nil)
	for i, cell := range record {
		columns[i] = columnName(cell)
		if !slices.Contains(importColumns(), columns[i]) || slices.Contains(columns[:i], columns[i]) {
			problems = append(problems, importProblem{line: line, Problem: errs.Problem{Code: "unknown_column", Args: map[string]any{"position": i + 1}}})
		}
	}
	return columns, problems
}

func rowOf(record, columns []string, line int) (importRow, *importProblem) {
	row := importRow{line: line}
	for i, cell := range record {
		cell = strings.Clone(cell)
		if i >= len(columns) {
			if strings.TrimSpace(cell) == "" { // spreadsheets write empty columns
				continue
			}
			return row, &importProblem{line: line, Problem: errs.Problem{Code: "too_many_columns", Args: map[string]any{"count": len(columns)}}}
		}
		if strings.ContainsFunc(strings.TrimSpace(cell), func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }) {
			return row, &importProblem{line: line, column: columns[i], Problem: errs.Problem{Code: "line_break"}}
		}
		switch columns[i] {
		case "key":
			row.key = cell
		case "title_ru":
			row.titleRU = &cell
		case "title_en":
			row.titleEN = &cell
		case "retired":
			row.flags = &cell
		}
	}
	return row, nil
}

// decodeImport reads UTF-8, with a byte order mark or without, and otherwise windows-1251, as
// spreadsheets write it.
func decodeImport(raw []byte) (string, error) {
	raw = bytes.TrimPrefix(raw, []byte(byteOrderMark))
	if bytes.IndexByte(raw, 0) >= 0 {
		return "", errs.New(errs.Invalid, "import_encoding", "neither UTF-8 nor windows-1251")
	}
	if utf8.Valid(raw) {
		return string(raw), nil
	}
	text, err := charmap.Windows1251.NewDecoder().Bytes(raw)
	if err != nil {
		return "", errs.Wrap(errs.Invalid, "import_encoding", err)
	}
	return string(text), nil
}

// separator is what stands more often in the first line, outside of quotation marks.
func separator(text string) rune {
	counts, quoted := map[rune]int{}, false
	for _, r := range text {
		if r == '\n' && !quoted {
			break
		}
		if r == '"' {
			quoted = !quoted
		}
		if !quoted {
			counts[r]++
		}
	}
	switch {
	case counts['\t'] > counts[';'] && counts['\t'] > counts[',']:
		return '\t'
	case counts[','] > counts[';']:
		return ','
	}
	return ';'
}
