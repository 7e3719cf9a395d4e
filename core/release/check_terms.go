package release

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

func (c *checker) terms() {
	c.priorities()
	c.deadlines()
	c.visibility()
	c.lists()
	c.admission()
	c.params()
	c.hooks()
	if w := c.d.WorkingTime; w != nil && w.From >= w.To {
		c.fail("/working_time/to", "working_time", "the working day ends at %s, which is not after its begin at %s", w.To, w.From)
	}
	if a := c.d.Attachments; a.NameRule == "latin" && a.NameMax == 0 {
		c.fail("/attachments", "no_name_max", "name_rule latin needs name_max, the length that names are cut to")
	}
	for i, contact := range c.d.Contacts {
		if contact.Value == "" && contact.Setting == "" {
			c.fail(fmt.Sprintf("/contacts/%d", i), "empty_contact", "a contact needs a value, or the setting that gives it")
		}
	}
}

func (c *checker) priorities() {
	p := c.d.Priorities
	if !slices.Contains(p.Scale, p.Default) {
		c.fail("/priorities/default", "unknown_priority", "priority %q is not on the scale%s", p.Default, strict.Suggest(p.Default, p.Scale))
	}
	for _, key := range p.Scale {
		if _, ok := p.Titles[key]; !ok {
			c.fail("/priorities/titles", "no_title", "priority %q needs a title in priorities.titles", key)
		}
	}
	for _, key := range c.Keys("/priorities/titles") {
		if !slices.Contains(p.Scale, key) {
			c.Add(c.AtKey("/priorities/titles/"+api.EscapeToken(key)), "unknown_priority", "priority %q is not on the scale%s", key, strict.Suggest(key, p.Scale))
		}
	}
}

func (c *checker) deadlines() {
	unique(c, "/deadlines", "key", c.d.Deadlines, func(d *api.Deadline) string { return d.Key })
	first := ""
	for i, deadline := range c.d.Deadlines {
		pointer := fmt.Sprintf("/deadlines/%d", i)
		given := 0
		for _, is := range []bool{deadline.WorkingDays > 0, deadline.WorkingMinutes > 0, deadline.Agreed} {
			if is {
				given++
			}
		}
		if given != 1 {
			c.fail(pointer, "deadline_duration", "deadline %q needs exactly one of working_days, working_minutes and agreed: true", deadline.Key)
		}
		if deadline.Default && first != "" {
			c.fail(pointer+"/default", "many_defaults", "deadlines %q and %q are both the default; at most one may", first, deadline.Key)
		} else if deadline.Default {
			first = deadline.Key
		}
		for j, key := range deadline.Pause {
			if _, ok := c.d.Status(key); !ok {
				c.unknown(fmt.Sprintf("%s/pause/%d", pointer, j), "status", key, c.statusKeys())
			}
		}
	}
}

func (c *checker) visibility() {
	widths := []api.Scope{api.ScopeOwn, api.ScopeOrganisation, api.ScopeDesk}
	v := c.d.Visibility
	if slices.Index(widths, v.Default) > slices.Index(widths, v.Widest) {
		c.fail("/visibility/default", "default_too_wide", "the default %q is wider than widest, %q", v.Default, v.Widest)
	}
}

func (c *checker) lists() {
	unique(c, "/lists", "key", c.d.Lists, func(l *api.List) string { return l.Key })
	for i := range c.d.Lists {
		list := &c.d.Lists[i]
		pointer := fmt.Sprintf("/lists/%d", i)
		unique(c, pointer+"/values", "key", list.Values, func(v *api.ListValue) string { return v.Key })
		if len(list.Values) == 0 && !list.Extendable {
			c.fail(pointer+"/values", "empty_list", "list %q has no values and nobody may add any; give values or extendable: true", list.Key)
		}
	}
}

func (c *checker) listKeys() []string {
	return keys(c.d.Lists, func(l api.List) string { return l.Key })
}

func (c *checker) admission() {
	unique(c, "/admission", "id", c.d.Admission, func(a *api.Admission) string { return a.ID })
	for i := range c.d.Admission {
		a := &c.d.Admission[i]
		pointer := fmt.Sprintf("/admission/%d", i)
		for j, key := range a.Forms {
			if _, ok := c.d.Form(key); !ok {
				c.unknown(fmt.Sprintf("%s/forms/%d", pointer, j), "form", key, c.formKeys())
			}
		}
		for _, list := range []struct{ name, key string }{{"mail_in", a.MailIn}, {"mail_not_in", a.MailNotIn}, {"members", a.Members}} {
			if _, ok := c.d.List(list.key); !ok && list.key != "" {
				c.unknown(pointer+"/"+list.name, "list", list.key, c.listKeys())
			}
		}
		if members, ok := c.d.List(a.Members); ok && !members.Private {
			c.fail(pointer+"/members", "members_not_private", "list %q holds addresses of people; mark it private: true", a.Members)
		}
		if len(a.Kinds) == 0 && a.MailIn == "" && a.MailNotIn == "" && a.Members == "" && a.OneFor == "" {
			c.fail(pointer, "empty_admission", "admission %q has no condition; give kinds, mail_in, mail_not_in, members or one_for", a.ID)
		}
	}
}

func (c *checker) formKeys() []string {
	return keys(c.d.Forms, func(f api.Form) string { return f.Key })
}

func (c *checker) params() {
	unique(c, "/params", "key", c.d.Params, func(p *api.Param) string { return p.Key })
	for i, param := range c.d.Params {
		pointer := fmt.Sprintf("/params/%d/default", i)
		if !fits(c.Get(pointer), param.Type) {
			c.fail(pointer, "param_default", "the default of param %q is not of type %s", param.Key, param.Type)
		}
	}
}

// fits reports whether a JSON value is of a param's type.
func fits(value any, kind string) bool {
	switch v := value.(type) {
	case string:
		return kind == "string"
	case bool:
		return kind == "boolean"
	case json.Number:
		_, err := v.Int64()
		return kind == "number" || kind == "integer" && err == nil
	default:
		return false
	}
}

// fallback says what a hook does while its process is down; the core knows no other way on for it.
func fallback(hook string) string {
	switch hook {
	case api.HookPrefill:
		return "profile"
	case api.HookLookup:
		return "typing"
	default:
		return "wait"
	}
}

func (c *checker) hooks() {
	unique(c, "/hooks", "name", c.d.Hooks, func(h *api.Hook) string { return h.Name })
	for i, hook := range c.d.Hooks {
		if want := fallback(hook.Name); hook.Unavailable != want {
			c.fail(fmt.Sprintf("/hooks/%d/unavailable", i), "hook_fallback", "while the process is down, %s can only be %q", hook.Name, want)
		}
	}
}
