package release

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/plugin/api"
)

// forms writes each form with its fields, in the order of the declaration.
func (p *printer) forms() {
	d := p.system.Declaration
	for i := range d.Forms {
		f := &d.Forms[i]
		channels := strings.Join(keys(f.Channels, func(c api.Channel) string { return string(c) }), ", ")
		title := fmt.Sprintf("FORM %s v%d: %s (by %s%s; %s)", f.Key, p.system.Forms[f.Key].Version, f.Title.In(p.lang), channels, flag(f.Public, ", public"), f.Source)
		p.fields(title, p.system.Forms[f.Key])
	}
	if p.system.Resolution != nil {
		p.fields(fmt.Sprintf("RESOLUTION v%d", p.system.Resolution.Version), p.system.Resolution)
	}
}

func (p *printer) fields(title string, f *CompiledForm) {
	var rows [][]string
	var schema node
	if err := json.Unmarshal(f.Form.Schema(), &schema); err != nil && p.err == nil {
		p.err = fmt.Errorf("read schema of %s: %w", f.Key, err)
	}
	required := map[string]bool{}
	schema.required("", required)
	for _, field := range fieldsOf(f) {
		shape := fieldShape(f.Form.Shape(), field.Pointer)
		rows = append(rows, []string{field.Pointer, field.Label.In(p.lang), kindOf(shape), mandatory(p.system.Rules, f.Key, field.Pointer, required[field.Pointer]), string(field.Source)})
	}
	p.table(title, []string{"FIELD", "LABEL", "TYPE", "MANDATORY", "SOURCE"}, rows)
}

// fieldsOf lists a form's fields by pointer; none for a form without a layout.
func fieldsOf(f *CompiledForm) []form.UIField {
	if f == nil || f.UI == nil {
		return nil
	}
	return f.UI.Fields()
}

// fieldShape follows a pointer with [api.EachRow] for the rows of a list.
func fieldShape(shape *api.Shape, pointer string) *api.Shape {
	tokens, _ := api.SplitPointer(pointer)
	for _, token := range tokens {
		switch {
		case shape == nil:
			return nil
		case token == api.EachRow && shape.Type == "array":
			shape = shape.Items
		default:
			shape = shape.Props[token]
		}
	}
	return shape
}

func kindOf(shape *api.Shape) string {
	switch {
	case shape == nil:
		return ""
	case shape.List != "":
		return "list " + shape.List
	case shape.Format != "":
		return shape.Format
	case shape.Type == "array":
		return fmt.Sprintf("up to %d of %s", shape.MaxItems, kindOf(shape.Items))
	case shape.Type == "string" && shape.MaxLength > 0:
		return fmt.Sprintf("text to %d", shape.MaxLength)
	default:
		return shape.Type
	}
}

// node is what a schema says about mandatory members.
type node struct {
	Required   []string         `json:"required"`
	Properties map[string]*node `json:"properties"`
	Items      *node            `json:"items"`
}

func (n *node) required(pointer string, all map[string]bool) {
	if n == nil {
		return
	}
	for _, key := range n.Required {
		all[pointer+"/"+api.EscapeToken(key)] = true
	}
	for key, property := range n.Properties {
		property.required(pointer+"/"+api.EscapeToken(key), all)
	}
	n.Items.required(pointer+"/"+api.EachRow, all)
}

// mandatory names what demands a field: the schema, or the rules by id.
func mandatory(rules []api.Rule, key, pointer string, always bool) string {
	var by []string
	if always {
		by = append(by, "always")
	}
	for _, r := range rules {
		if len(r.Forms) > 0 && !slices.Contains(r.Forms, key) {
			continue
		}
		if slices.Contains(r.Require, pointer) {
			by = append(by, "rule "+r.ID)
		}
		if slices.Contains(r.Show, pointer) {
			by = append(by, "shown by "+r.ID)
		}
	}
	return strings.Join(by, ", ")
}

func (c *covered) fields(f *CompiledForm, key string) {
	for _, field := range fieldsOf(f) {
		c.mark("field", key+field.Pointer, field.Mark)
	}
}
