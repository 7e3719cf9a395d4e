package release

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/letter"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Describe writes what a system declares as `opora plugin describe` prints it: every item with its
// source, and then each requirement of the document with the items that fulfil it. Titles are in l,
// the rest is in English, as findings are. It returns the first error of w.
func Describe(w io.Writer, s *System, l i18n.Lang) error {
	p := &printer{out: w, lang: l, system: s}
	d := s.Declaration
	p.line("%s %s: %s", d.Key, d.Version, d.Title.In(l))
	if !d.Summary.IsZero() {
		p.line("%s", d.Summary.In(l))
	}
	p.line("digest %s", s.Digest)
	p.forms()
	p.flow()
	p.terms()
	p.words()
	p.rules()
	p.requirements()
	return p.err
}

// printer writes sections of tables and keeps the first error.
type printer struct {
	out    io.Writer
	lang   i18n.Lang
	system *System
	err    error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}

// table writes a headed table; a cell without content is a hyphen, so that columns stay readable.
func (p *printer) table(title string, head []string, rows [][]string) {
	if p.err != nil || len(rows) == 0 {
		return
	}
	p.line("\n%s", title)
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{head}, rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			if cells[i] = strings.Join(strings.Fields(cell), " "); cells[i] == "" {
				cells[i] = "-"
			}
		}
		if _, err := fmt.Fprintln(table, "  "+strings.Join(cells, "\t")); err != nil && p.err == nil {
			p.err = err
		}
	}
	if err := table.Flush(); err != nil && p.err == nil {
		p.err = err
	}
}

func (p *printer) flow() {
	d := p.system.Declaration
	var rows [][]string
	for _, s := range d.Statuses.Set {
		rows = append(rows, []string{s.Key, s.Title.In(p.lang), string(s.Category), string(s.Clock), entryOf(d.Statuses, s), string(s.Source)})
	}
	p.table("STATUSES", []string{"KEY", "TITLE", "CATEGORY", "CLOCK", "IS", "SOURCE"}, rows)
	rows = nil
	for _, t := range d.Transitions {
		by := strings.Join(t.By, ", ")
		if t.On != "" {
			by = "on " + string(t.On)
		}
		rows = append(rows, []string{t.Key, t.Title.In(p.lang), strings.Join(t.From, ", "), t.To, by, strings.Join(t.Needs, ", "), flag(t.Answers, "answers"), string(t.Source)})
	}
	p.table("TRANSITIONS", []string{"KEY", "TITLE", "FROM", "TO", "BY", "NEEDS", "IS", "SOURCE"}, rows)
	rows = nil
	for _, line := range d.Lines {
		can := strings.TrimSpace(flag(line.Talks, "talks ") + flag(line.Closes, "closes"))
		rows = append(rows, []string{line.Key, line.Title.In(p.lang), can, strings.Join(line.HandsTo, ", "), line.Sees, string(line.Source)})
	}
	p.table("LINES", []string{"KEY", "TITLE", "CAN", "HANDS TO", "SEES", "SOURCE"}, rows)
	rows = nil
	for _, q := range d.Queues {
		rows = append(rows, []string{q.Key, q.Title.In(p.lang), q.Line, string(q.Source)})
	}
	p.table("QUEUES", []string{"KEY", "TITLE", "LINE", "SOURCE"}, rows)
}

func entryOf(all api.Statuses, s api.Status) string {
	var is []string
	for _, entry := range []struct{ name, key string }{{"initial", all.Initial}, {"incomplete", all.Incomplete}, {"refused", all.Refused}} {
		if entry.key == s.Key {
			is = append(is, entry.name)
		}
	}
	if s.Retired {
		is = append(is, "retired")
	}
	return strings.Join(is, ", ")
}

func flag(is bool, word string) string {
	if is {
		return word
	}
	return ""
}

func (p *printer) terms() {
	d := p.system.Declaration
	var rows [][]string
	for _, key := range d.Priorities.Scale {
		rows = append(rows, []string{key, d.Priorities.Titles[key].In(p.lang), flag(key == d.Priorities.Default, "default")})
	}
	p.table("PRIORITIES", []string{"KEY", "TITLE", "IS"}, rows)
	rows = nil
	for _, c := range d.Deadlines {
		rows = append(rows, []string{c.Key, c.Title.In(p.lang), term(c), strings.Join(c.Pause, ", "), flag(c.Default, "default"), string(c.Source)})
	}
	p.table("DEADLINES", []string{"KEY", "TITLE", "TERM", "STANDS IN", "IS", "SOURCE"}, rows)
	rows = nil
	for _, a := range d.Admission {
		rows = append(rows, []string{a.ID, strings.Join(a.Forms, ", "), conditions(a), a.Code, string(a.Source)})
	}
	p.table("ADMISSION", []string{"ID", "FORMS", "CONDITIONS", "CODE", "SOURCE"}, rows)
	p.table("VISIBILITY", []string{"WIDEST", "DEFAULT", "COLUMNS OF FOREIGN TICKETS", "SOURCE"},
		[][]string{{string(d.Visibility.Widest), string(d.Visibility.Default), strings.Join(d.Visibility.Columns, ", "), string(d.Visibility.Source)}})
	rows = nil
	for _, list := range d.Lists {
		is := strings.TrimSpace(flag(list.Extendable, "extendable ") + flag(list.Private, "private"))
		values := keys(list.Values, func(v api.ListValue) string { return v.Key + flag(v.Retired, " (retired)") })
		rows = append(rows, []string{list.Key, list.Title.In(p.lang), strconv.Itoa(len(list.Values)), short(strings.Join(values, ", ")), is, string(list.Source)})
	}
	p.table("LISTS", []string{"KEY", "TITLE", "COUNT", "VALUES", "IS", "SOURCE"}, rows)
}

func term(c api.Deadline) string {
	switch {
	case c.Agreed:
		return "as agreed"
	case c.WorkingDays > 0:
		return strconv.Itoa(c.WorkingDays) + " working days"
	default:
		return strconv.Itoa(c.WorkingMinutes) + " working minutes"
	}
}

func conditions(a api.Admission) string {
	var all []string
	if len(a.Channels) > 0 {
		all = append(all, "by "+strings.Join(keys(a.Channels, func(c api.Channel) string { return string(c) }), ", "))
	}
	if len(a.Kinds) > 0 {
		all = append(all, "kind is "+strings.Join(a.Kinds, " or "))
	}
	for _, c := range []struct{ words, value string }{{"mail in ", a.MailIn}, {"mail not in ", a.MailNotIn}, {"on list ", a.Members}, {"one for each ", a.OneFor}} {
		if c.value != "" {
			all = append(all, c.words+c.value)
		}
	}
	return strings.Join(all, "; ")
}

// short cuts a cell that would make a table unreadable.
func short(text string) string {
	const width = 60
	if runes := []rune(text); len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return text
}

func (p *printer) words() {
	d := p.system.Declaration
	var rows [][]string
	for _, key := range letterKeys() {
		if l, ok := d.Texts.Letters[key]; ok {
			rows = append(rows, []string{key, l.Subject.In(p.lang), string(l.Source)})
		}
	}
	p.table("LETTERS", []string{"KEY", "SUBJECT", "SOURCE"}, rows)
	rows = nil
	for _, c := range d.Contacts {
		value := c.Value
		if value == "" {
			value = "setting " + c.Setting
		}
		rows = append(rows, []string{c.Kind, value, c.Title.In(p.lang), string(c.Source)})
	}
	p.table("CONTACTS", []string{"KIND", "VALUE", "TITLE", "SOURCE"}, rows)
	rows = nil
	for _, h := range d.Hooks {
		rows = append(rows, []string{h.Name, strconv.Itoa(h.DeadlineMS) + " ms", h.Unavailable, string(h.Source)})
	}
	p.table("HOOKS", []string{"NAME", "DEADLINE", "WITHOUT THE PROCESS", "SOURCE"}, rows)
}

// letterKeys lists the letters in the order of a ticket's life.
func letterKeys() []string {
	return []string{
		letter.Received, letter.Incomplete, letter.Refused, letter.Answered, letter.Closed, letter.Commented, letter.Status,
		letter.Overdue, letter.Executor,
	}
}

func (p *printer) rules() {
	var rows [][]string
	for _, r := range p.system.Rules {
		forms := strings.Join(r.Forms, ", ")
		if forms == "" {
			forms = "every form"
		}
		rows = append(rows, []string{r.ID, string(r.Kind), forms, short(r.When), flag(r.Overridable, "overridable"), string(r.Source), strings.TrimPrefix(r.File, "rules/")})
	}
	p.table("RULES", []string{"ID", "KIND", "FORMS", "WHEN", "IS", "SOURCE", "FILE"}, rows)
	rows = nil
	for _, param := range p.system.Declaration.Params {
		rows = append(rows, []string{param.Key, param.Title.In(p.lang), param.Type, fmt.Sprint(param.Default), string(param.Source)})
	}
	p.table("PARAMS", []string{"KEY", "TITLE", "TYPE", "DEFAULT", "SOURCE"}, rows)
}

// requirements writes which item fulfils which requirement, in the order of the document.
func (p *printer) requirements() {
	all := Covered(p.system)
	rows := make([][]string, 0, len(all))
	for _, c := range all {
		key := c.Key
		if !c.Text.IsZero() {
			key = c.Text.In(p.lang)
		}
		rows = append(rows, []string{c.Requirement, c.Kind, key, string(c.Source)})
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return compareRequirements(a[0], b[0]) })
	p.table("REQUIREMENTS", []string{"ID", "ITEM", "KEY", "SOURCE"}, rows)
}
