package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/ticket"
)

// maxCell bounds what a list shows of a text, in characters.
const maxCell = 300

// columnsOf are the fields of the desk's forms that may be columns: those of the first level that are
// one value or a list of values.
func columnsOf(snap *Snapshot, l i18n.Lang) []ColumnView {
	var out []ColumnView
	for i := range snap.Declaration().Forms {
		compiled := snap.System.Forms[snap.Declaration().Forms[i].Key]
		if compiled == nil {
			continue
		}
		for _, field := range compiled.UI.Fields() {
			if columnShape(compiled, field.Pointer) != nil {
				out = append(out, ColumnView{Pointer: field.Pointer, Title: field.Label.In(l), Form: compiled.Key})
			}
		}
	}
	return out
}

// columnShape is the type of a field's single values, nil where it cannot be a column.
func columnShape(compiled *release.CompiledForm, pointer string) *api.Shape {
	tokens, ok := api.SplitPointer(pointer)
	if !ok || len(tokens) != 1 {
		return nil
	}
	shape := compiled.Form.Shape().Props[tokens[0]]
	if shape != nil && shape.Type == "array" {
		shape = shape.Items
	}
	if shape == nil || shape.Type == "object" || shape.Type == "array" {
		return nil
	}
	return shape
}

// columnNames are the members of the fields that the columns show. Errors: Invalid ("invalid_fields" with
// "/columns").
func columnNames(desks []*Snapshot, in ListInput) ([]string, error) {
	if len(in.Columns) == 0 {
		return nil, nil
	}
	if in.Desk == "" {
		return nil, parameter("desk", "required")
	}
	if len(in.Columns) > maxColumns {
		return nil, errs.Problems([]errs.Problem{{Pointer: "/columns", Code: "too_many", Args: map[string]any{"count": maxColumns}}})
	}
	names := make([]string, 0, len(in.Columns))
	for _, pointer := range in.Columns {
		known := false
		for _, compiled := range desks[0].System.Forms {
			known = known || columnShape(compiled, pointer) != nil
		}
		if !known {
			return nil, parameter("columns", "not_found")
		}
		tokens, _ := api.SplitPointer(pointer)
		names = append(names, tokens[0])
	}
	return names, nil
}

func columnFields(ctx context.Context, tx pgx.Tx, tenant ident.ID, items []ticket.Item, names []string) (map[ident.ID]api.Fields, error) {
	if len(names) == 0 || len(items) == 0 {
		return nil, nil //nolint:nilnil // no column is asked for
	}
	ids := make([]ident.ID, 0, len(items))
	for i := range items {
		ids = append(ids, items[i].ID)
	}
	return ticket.FieldsOf(ctx, tx, tenant, ids, names)
}

// columnValues are a ticket's values of the columns as a list shows them. A ticket of an earlier version
// of its form may lack a column, or have a value in it that is none any more.
func columnValues(snap *Snapshot, i *ticket.Item, fields api.Fields, pointers []string, l i18n.Lang) map[string]any {
	out := map[string]any{}
	compiled := snap.System.Forms[i.Form]
	for _, pointer := range pointers {
		tokens, _ := api.SplitPointer(pointer)
		value, ok := fields[tokens[0]]
		if !ok || !api.Present(value) {
			continue
		}
		var list string
		if compiled != nil {
			if shape := columnShape(compiled, pointer); shape != nil {
				list = shape.List
			}
		}
		if shown := cell(snap, list, value, l); shown != nil {
			out[pointer] = shown
		}
	}
	return out
}

// cell is one value as a list shows it; nil for what is neither one value nor a list of values.
func cell(snap *Snapshot, list string, value any, l i18n.Lang) any {
	switch v := value.(type) {
	case string:
		return clipped(snap.listTitle(list, v, l))
	case []any:
		out := []any{}
		for _, one := range v {
			if shown := cell(snap, list, one, l); shown != nil {
				out = append(out, shown)
			}
		}
		return out
	case map[string]any:
		return nil
	}
	return value
}

// listTitle is the title of a listed value, retired ones too; the value itself where there is none, or
// where the list is private.
func (s *Snapshot) listTitle(list, key string, l i18n.Lang) string {
	declared, ok := s.Declaration().List(list)
	if !ok || declared.Private {
		return key
	}
	at := slices.IndexFunc(s.Lists[list], func(v api.ListValue) bool { return v.Key == key })
	if at < 0 {
		return key
	}
	return s.Lists[list][at].Title.In(l)
}

func clipped(text string) string {
	text = strings.TrimSpace(text)
	if runes := []rune(text); len(runes) > maxCell {
		return string(runes[:maxCell-1]) + "…"
	}
	return text
}
