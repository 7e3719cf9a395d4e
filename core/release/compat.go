package release

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// Compatible says what of a released system a newer release of it takes away from tickets that exist.
// The new release must have passed [Check] by itself. A finding stands in the new release's
// plugin.yaml, at its top where the item is gone.
func Compatible(old, newer *System) []api.Finding {
	c := comparison{old: old.Declaration, new: newer.Declaration}
	if c.old.Key != c.new.Key {
		c.lost("key_changed", "system %q cannot be replaced by %q; it is another system", c.old.Key, c.new.Key)
		return c.findings
	}
	c.same(old, newer)
	for _, status := range c.old.Statuses.Set {
		if _, ok := c.new.Status(status.Key); !ok {
			c.lost("status_removed", "status %q was released and must stay; mark it retired: true", status.Key)
		} else if now, _ := c.new.Status(status.Key); now.Category != status.Category {
			c.lost("status_category", "status %q was released as %s and is %s now; add a new status instead", status.Key, status.Category, now.Category)
		}
	}
	for _, line := range c.old.Lines {
		if _, ok := c.new.Line(line.Key); !ok {
			c.lost("line_removed", "line %q was released; tickets, people and rules of desks may name it", line.Key)
		}
	}
	for _, queue := range c.old.Queues {
		if _, ok := c.new.Queue(queue.Key); !ok {
			c.lost("queue_removed", "queue %q was released; tickets and rules of desks may name it", queue.Key)
		}
	}
	for _, key := range c.old.Priorities.Scale {
		if !slices.Contains(c.new.Priorities.Scale, key) {
			c.lost("priority_removed", "priority %q was released; tickets may have it", key)
		}
	}
	c.lists()
	c.forms(old, newer)
	c.rules(old, newer)
	return strict.Sorted(c.findings)
}

type comparison struct {
	old, new *api.Declaration
	findings []api.Finding
}

func (c *comparison) lost(code, msg string, args ...any) {
	c.findings = append(c.findings, api.Finding{File: api.DeclarationFile, Line: 1, Column: 1, Code: code, Msg: fmt.Sprintf(msg, args...)})
}

// same holds that a version means one digest.
func (c *comparison) same(old, newer *System) {
	if c.old.Version == c.new.Version && old.Digest != newer.Digest {
		c.lost("version_reused", "version %s was released with other files; raise the version", c.old.Version)
	}
}

func (c *comparison) lists() {
	for _, list := range c.old.Lists {
		now, ok := c.new.List(list.Key)
		if !ok {
			c.lost("list_removed", "list %q was released; tickets and lists of desks name it", list.Key)
			continue
		}
		for _, value := range list.Values {
			if !slices.ContainsFunc(now.Values, func(v api.ListValue) bool { return v.Key == value.Key }) {
				c.lost("list_value_removed", "value %q of list %q was released and must stay; mark it retired: true", value.Key, list.Key)
			}
		}
	}
}

func (c *comparison) forms(old, newer *System) {
	for key, before := range old.Forms {
		after, ok := newer.Forms[key]
		if !ok {
			c.lost("form_removed", "form %q was released; tickets hold its fields", key)
			continue
		}
		c.version(before, after)
	}
	if old.Resolution != nil && newer.Resolution != nil {
		c.version(old.Resolution, newer.Resolution)
	}
}

// version holds that a form's version means one schema; its layout may change.
func (c *comparison) version(before, after *CompiledForm) {
	switch {
	case after.Version < before.Version:
		c.lost("form_version_lowered", "form %q was released as version %d and is version %d now; versions only rise", before.Key, before.Version, after.Version)
	case after.Version == before.Version && !bytes.Equal(after.Form.Schema(), before.Form.Schema()):
		c.lost("form_changed", "version %d of form %q was released with another schema; leave the file as it was and add .v%d", before.Version, before.Key, before.Version+1)
	}
}

func (c *comparison) rules(old, newer *System) {
	kinds := make(map[string]api.Rule, len(newer.Rules))
	for _, rule := range newer.Rules {
		kinds[rule.ID] = rule
	}
	for _, rule := range old.Rules {
		if now, ok := kinds[rule.ID]; ok && now.Kind != rule.Kind {
			c.findings = append(c.findings, api.Finding{
				File: now.File, Line: max(now.Place, 1), Column: 1, Code: "rule_kind_changed",
				Msg: fmt.Sprintf("rule %q was released as %s and is %s now; ids are never reused, give it a new one", rule.ID, rule.Kind, now.Kind),
			})
		}
	}
}
