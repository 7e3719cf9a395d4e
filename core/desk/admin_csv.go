package desk

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/opora-desk/opora/core/errs"
)

// readImport reads a file; what is wrong with its lines is told with them, an error is the whole file's.
func readImport(raw []byte) ([]importRow, []importProblem, error) {
	text, err := decodeImport(raw)
	if err != nil {
		return nil, nil, err
	}
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = separator(text), -1, true
	// Where the separator is a white space itself, this would eat it together with an empty column.
	in.TrimLeadingSpace = in.Comma != '\t'
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
		if first && isHeader(record) {
			if columns, problems = header(record, line); len(problems) > 0 {
				return nil, problems, nil
			}
			continue
		}
		if first && likeHeader(record) {
			// Taken for values it would add one that is called "name".
			return nil, []importProblem{{line: line, Problem: errs.Problem{Code: "unlike_header"}}}, nil
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

// isHeader reports whether a first line names columns: one of the titles', or the key.
func isHeader(record []string) bool {
	return slices.ContainsFunc(record, func(cell string) bool { return slices.Contains(importColumns()[:3], columnName(cell)) })
}

// headings are words that people write over the columns of such a file, beside the columns' own names.
func headings() []string {
	return []string{
		"id", "ид", "code", "код", "ключ", "key", "name", "имя", "title", "название", "наименование", "значение", "value",
		"ru", "en", "русский", "английский", "по-русски", "по-английски", "название (рус)", "название (англ)",
		"название по-русски", "название по-английски", "title (ru)", "title (en)", "name_ru", "name_en",
		"retired", "выведено", "статус", "status", "состояние",
	}
}

// likeHeader reports whether a first line that names none of the columns is nothing but headings: at
// least two of them.
func likeHeader(record []string) bool {
	found := 0
	for _, cell := range record {
		switch name := columnName(cell); {
		case name == "":
		case slices.Contains(headings(), name):
			found++
		default:
			return false
		}
	}
	return found > 1
}

func header(record []string, line int) ([]string, []importProblem) {
	columns, problems := make([]string, len(record)), []importProblem(nil)
	for i, cell := range record {
		columns[i] = columnName(cell)
		if !slices.Contains(importColumns(), columns[i]) || slices.Contains(columns[:i], columns[i]) {
			problems = append(problems, importProblem{line: line, Problem: errs.Problem{Code: "unknown_column", Args: map[string]any{"position": i + 1}}})
		}
	}
	if len(problems) == 0 && !slices.Contains(columns, "key") {
		problems = append(problems, importProblem{line: line, column: "key", Problem: errs.Problem{Code: "no_key_column"}})
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
// spreadsheets write it. A file in UTF-8 with a broken place in it is refused: taken for windows-1251 it
// would come in as gibberish.
func decodeImport(raw []byte) (string, error) {
	raw, marked := bytes.CutPrefix(raw, []byte(byteOrderMark))
	refusal := errs.New(errs.Invalid, "import_encoding", "neither UTF-8 nor windows-1251")
	if bytes.IndexByte(raw, 0) >= 0 {
		return "", refusal
	}
	if !utf8.Valid(raw) {
		if marked || mostlyUTF8(raw) {
			return "", refusal
		}
		text, err := charmap.Windows1251.NewDecoder().Bytes(raw)
		if err != nil {
			return "", errs.Wrap(errs.Invalid, "import_encoding", err)
		}
		raw = text
	}
	text := string(raw)
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n") // as old spreadsheets end their lines
	}
	return text, nil
}

// mostlyUTF8 reports whether more of what is beyond ASCII reads as UTF-8 than does not. In windows-1251
// two letters read so by chance alone.
func mostlyUTF8(raw []byte) bool {
	right, wrong := 0, 0
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		switch {
		case r == utf8.RuneError && size == 1:
			wrong++
		case size > 1:
			right++
		}
		raw = raw[size:]
	}
	return right > wrong
}

// formulaStarts are what a spreadsheet takes for a formula at the beginning of a cell.
const formulaStarts = "=+-@"

// quoted is a cell as a spreadsheet shows it and does not compute it.
func quoted(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); rest != "" && strings.ContainsRune(formulaStarts, rune(rest[0])) {
		return "'" + cell
	}
	return cell
}

// unquoted takes quoted back.
func unquoted(cell string) string {
	cell = strings.TrimSpace(cell)
	if rest := strings.TrimLeft(cell, "'"); rest != cell && rest != "" && strings.ContainsRune(formulaStarts, rune(rest[0])) {
		return cell[1:]
	}
	return cell
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
