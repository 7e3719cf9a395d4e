package form

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
)

// UI is how a form is laid out, as its author declared it: groups, labels, hints, texts, and what is
// proposed from one field for another.
type UI struct {
	raw       json.RawMessage
	root      *spec
	fields    map[string]UIField
	proposals []proposal
}

// UIField is what the layout says about one field.
type UIField struct {
	// Pointer has EachRow for the rows of a list.
	Pointer string    `json:"-"`
	Label   i18n.Text `json:"label"`
	Hint    i18n.Text `json:"hint"`
	Widget  string    `json:"widget"`
	api.Mark
}

// uiFile is the layout's file; schemas/contract/ui.schema.json describes all of it.
type uiFile struct {
	Groups []struct {
		Key    string   `json:"key"`
		Fields []string `json:"fields"`
	} `json:"groups"`
	Fields map[string]UIField `json:"fields"`
	Texts  []struct {
		After string `json:"after"`
	} `json:"texts"`
	Propose []struct {
		From    string `json:"from"`
		Pattern string `json:"pattern"`
		To      string `json:"to"`
	} `json:"propose"`
}

// CompileUI reads a form's layout and checks it against the form: the file keeps to
// schemas/contract/ui.schema.json, every property stands in one group and has a label in both
// languages, and those of the first level a source, widgets fit the types, proposals lead from a text
// to a text. With findings there is no layout. File is only named in them.
func CompileUI(file string, ui []byte, f *Form) (*UI, []api.Finding) {
	root, bad := scan(ui, schemaLimits(), true)
	if bad != nil {
		line, column := place(ui, bad.at)
		return nil, []api.Finding{{File: file, Line: line, Column: column, Code: "ui_malformed", Msg: bad.code + ": " + bad.msg}}
	}
	l := &uiLinter{linter: linter{file: file, raw: ui}, node: root, form: f.root}
	l.contract(layoutContract, root)
	if len(l.findings) > 0 {
		return nil, l.sorted()
	}
	var read uiFile
	if err := json.Unmarshal(ui, &read); err != nil {
		l.report(root.at, "ui_malformed", "the layout cannot be read")
		return nil, l.sorted()
	}
	l.groups(read)
	l.labels(read)
	out := &UI{root: f.root, fields: map[string]UIField{}, proposals: l.proposals(read)}
	if len(l.findings) > 0 {
		return nil, l.sorted()
	}
	compact := &bytes.Buffer{}
	if err := json.Compact(compact, ui); err != nil {
		l.report(root.at, "ui_malformed", "the layout cannot be read")
		return nil, l.sorted()
	}
	out.raw = compact.Bytes()
	for pointer, field := range read.Fields {
		field.Pointer = pointer
		out.fields[pointer] = field
	}
	return out, nil
}

// Raw returns the layout as it is served. It must not be changed.
func (u *UI) Raw() json.RawMessage { return u.raw }

// Field returns what the layout says about a place; a row's number is as good as EachRow.
func (u *UI) Field(pointer string) (UIField, bool) {
	field, ok := u.fields[u.root.general(pointer)]
	return field, ok
}

// Fields returns all that the layout says about fields, sorted by pointer.
func (u *UI) Fields() []UIField {
	out := make([]UIField, 0, len(u.fields))
	for _, pointer := range slices.Sorted(maps.Keys(u.fields)) {
		out = append(out, u.fields[pointer])
	}
	return out
}

// uiLinter checks a layout against its form.
type uiLinter struct {
	linter
	node *node
	form *spec
}

// at returns the byte of a place in the layout's file, for findings.
func (l *uiLinter) at(tokens ...string) int { return l.node.find(tokens).at }

// groups checks that each property stands in one group: itself, or all members of an object.
func (l *uiLinter) groups(read uiFile) {
	keys, listed := map[string]bool{"": true}, map[string]bool{}
	for i, group := range read.Groups {
		if keys[group.Key] {
			l.report(l.at("groups", strconv.Itoa(i), "key"), "group_twice", "two groups have the key %q", group.Key)
		}
		keys[group.Key] = true
		for j, pointer := range group.Fields {
			at := l.at("groups", strconv.Itoa(i), "fields", strconv.Itoa(j))
			switch {
			case l.form.find(pointer) == nil || pointer == "" || strings.Contains(pointer, "/"+api.EachRow):
				l.report(at, "unknown_field", "the form has no field %s", pointer)
			case listed[pointer]:
				l.report(at, "field_twice", "%s stands in two groups", pointer)
			}
			listed[pointer] = true
		}
	}
	for i, text := range read.Texts {
		if !keys[text.After] {
			l.report(l.at("texts", strconv.Itoa(i), "after"), "unknown_group", "there is no group %q", text.After)
		}
	}
	l.form.walk("", func(pointer string, s *spec) {
		if pointer == "" || strings.Contains(pointer, "/"+api.EachRow) {
			return
		}
		above := 0
		for at := pointer; at != ""; at = at[:strings.LastIndexByte(at, '/')] {
			if listed[at] {
				above++
			}
		}
		switch {
		case above > 1:
			l.report(l.at("groups"), "field_twice", "%s stands in a group beside its object", pointer)
		case above == 0 && s.kind != "object":
			l.report(l.at("groups"), "field_not_grouped", "%s stands in no group", pointer)
		}
	})
}

// widgets tells which types a widget fits; an empty widget and readonly fit all.
var widgets = map[string][]string{
	"text":       {"string", "integer", "number"},
	"textarea":   {"string"},
	"email":      {"string"},
	"phone":      {"string"},
	"fio":        {"string"},
	"date":       {"string"},
	"radio":      {"string", "integer", "number", "boolean"},
	"select":     {"string", "integer", "number", "boolean"},
	"checkboxes": {"array"},
	"yesno":      {"boolean"},
	"rows":       {"array"},
	"files":      {"array"},
}

// labels checks what the layout says about each field. Rows without fields of their own need no label.
func (l *uiLinter) labels(read uiFile) {
	for _, pointer := range slices.Sorted(maps.Keys(read.Fields)) {
		s := l.form.find(pointer)
		if s == nil || pointer == "" || l.form.general(pointer) != pointer {
			l.report(l.at("fields", pointer), "unknown_field", "the form has no field %s", pointer)
			continue
		}
		field := read.Fields[pointer]
		fits := widgets[field.Widget]
		at := l.at("fields", pointer, "widget")
		if fits != nil && !slices.Contains(fits, s.kind) {
			l.report(at, "widget_type", "widget %s does not fit a field of type %s", field.Widget, s.kind)
		}
		if field.Widget == "textarea" && s.kind == "string" && !s.multiline {
			l.report(at, "widget_type", "a textarea needs a text of several lines: maxLength above %d or \"x-multiline\": true", multilineFrom)
		}
	}
	l.form.walk("", func(pointer string, _ *spec) {
		if pointer == "" || strings.HasSuffix(pointer, "/"+api.EachRow) {
			return
		}
		field, ok := read.Fields[pointer]
		at := l.at("fields", pointer)
		if !ok || field.Label.RU == "" || field.Label.EN == "" {
			l.report(at, "label_missing", "%s needs a label in both languages", pointer)
		}
		if field.Source == "" && strings.LastIndexByte(pointer, '/') == 0 {
			l.report(at, "source_missing", "%s needs a source: document or product", pointer)
		}
	})
}

func (l *uiLinter) proposals(read uiFile) []proposal {
	var all []proposal
	for i, p := range read.Propose {
		from := l.form.find(p.From)
		if from == nil || from.kind != "string" || l.form.general(p.From) != p.From || strings.Contains(p.From, api.EachRow) {
			l.report(l.at("propose", strconv.Itoa(i), "from"), "unknown_field", "%s is no text of the form", p.From)
		}
		at := l.at("propose", strconv.Itoa(i), "pattern")
		if reason := patternFault(p.Pattern); reason != "" {
			l.report(at, "pattern_subset", "the pattern does not mean the same here and in a browser: %s", reason)
		}
		pattern, err := regexp.Compile(p.Pattern)
		if err != nil {
			l.report(at, "pattern_subset", "the pattern cannot be read: %v", err)
		}
		made, ok := l.target(p.To)
		if !ok {
			l.report(l.at("propose", strconv.Itoa(i), "to"), "unknown_field", "%s is no text and no list of texts of the form", p.To)
		}
		made.from, made.pattern = p.From, pattern
		all = append(all, made)
	}
	return all
}

// target reads where a proposal goes: a text, a list of texts, or the texts of a list's rows.
func (l *uiLinter) target(to string) (proposal, bool) {
	list, name, inRows := strings.Cut(to, "/"+api.EachRow+"/")
	s := l.form.find(list)
	if s == nil || list == "" || strings.Contains(list, "/"+api.EachRow) {
		return proposal{}, false
	}
	p := proposal{to: list, list: s, value: s}
	if s.kind == "array" {
		p.value = s.items
		if inRows {
			p.member, p.value = name, s.items.below(name)
		}
	} else if inRows {
		return proposal{}, false
	}
	return p, p.value != nil && p.value.kind == "string"
}
