package release

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Coverage says that an item of a declaration fulfils a requirement of its document.
type Coverage struct {
	// Requirement is the id, for example R1.12.
	Requirement string
	// Kind and Key name the item, for example transition and withdraw.
	Kind, Key string
	Source    api.Source
	// Text is set for a note, which has no key.
	Text i18n.Text
}

// Covered lists the requirements that the marks and notes of a system name, item by item in the order
// of the declaration.
func Covered(s *System) []Coverage {
	c := &covered{}
	d := s.Declaration
	for i := range d.Forms {
		f := &d.Forms[i]
		c.mark("form", f.Key, f.Mark)
		c.fields(s.Forms[f.Key], f.Key)
	}
	if d.Resolution != nil {
		c.mark("resolution", "resolution", d.Resolution.Mark)
		c.fields(s.Resolution, "resolution")
	}
	c.flow(d)
	c.terms(d)
	c.words(d)
	for _, r := range s.Rules {
		c.mark("rule", r.ID, r.Mark)
	}
	for _, n := range d.Notes {
		for _, id := range n.Covers {
			c.all = append(c.all, Coverage{Requirement: id, Kind: "note", Text: n.Text})
		}
	}
	return c.all
}

type covered struct{ all []Coverage }

func (c *covered) mark(kind, key string, m api.Mark) {
	for _, id := range m.Covers {
		c.all = append(c.all, Coverage{Requirement: id, Kind: kind, Key: key, Source: m.Source})
	}
}

func (c *covered) flow(d *api.Declaration) {
	for _, s := range d.Statuses.Set {
		c.mark("status", s.Key, s.Mark)
	}
	for _, t := range d.Transitions {
		c.mark("transition", t.Key, t.Mark)
	}
	for _, l := range d.Lines {
		c.mark("line", l.Key, l.Mark)
	}
	for _, q := range d.Queues {
		c.mark("queue", q.Key, q.Mark)
	}
}

func (c *covered) terms(d *api.Declaration) {
	c.mark("priorities", "scale", d.Priorities.Mark)
	for _, t := range d.Deadlines {
		c.mark("deadline", t.Key, t.Mark)
	}
	if d.WorkingTime != nil {
		c.mark("working time", d.WorkingTime.From+" to "+d.WorkingTime.To, d.WorkingTime.Mark)
	}
	for _, a := range d.Admission {
		c.mark("admission", a.ID, a.Mark)
	}
	c.mark("visibility", string(d.Visibility.Default), d.Visibility.Mark)
	c.mark("attachments", "limits", d.Attachments.Mark)
	for _, l := range d.Lists {
		c.mark("list", l.Key, l.Mark)
		for _, v := range l.Values {
			c.mark("list value", l.Key+"/"+v.Key, v.Mark)
		}
	}
}

func (c *covered) words(d *api.Declaration) {
	for _, key := range letterKeys() {
		c.mark("letter", key, d.Texts.Letters[key].Mark)
	}
	for _, contact := range d.Contacts {
		c.mark("contact", contact.Kind+" "+cmp.Or(contact.Value, contact.Setting), contact.Mark)
	}
	for _, p := range d.Params {
		c.mark("param", p.Key, p.Mark)
	}
	for _, h := range d.Hooks {
		c.mark("hook", h.Name, h.Mark)
	}
}

// compareRequirements orders R1.9 before R1.10.
func compareRequirements(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		an, aErr := strconv.Atoi(strings.TrimLeft(as[i], "R"))
		bn, bErr := strconv.Atoi(strings.TrimLeft(bs[i], "R"))
		order := cmp.Compare(as[i], bs[i])
		if aErr == nil && bErr == nil {
			order = cmp.Compare(an, bn)
		}
		if order != 0 {
			return order
		}
	}
	return cmp.Compare(len(as), len(bs))
}
