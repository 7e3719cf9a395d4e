package release

import (
	"fmt"
	"slices"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// checker gathers what is wrong with a declaration that fits the contract.
type checker struct {
	*strict.Document
	d *api.Declaration
}

// fail adds a finding at the value that pointer names.
func (c *checker) fail(pointer, code, msg string, args ...any) {
	c.Add(c.At(pointer), code, msg, args...)
}

// unique adds a finding for each key that stands twice in a list; key names the keys' property.
func unique[T any](c *checker, pointer, property string, all []T, key func(*T) string) {
	seen := make(map[string]int, len(all))
	for i := range all {
		k := key(&all[i])
		if first, twice := seen[k]; twice {
			at := fmt.Sprintf("%s/%d/%s", pointer, i, property)
			c.fail(at, "duplicate", "%q stands here twice, first as number %d; keys are unique", k, first+1)
			continue
		}
		seen[k] = i
	}
}

func (c *checker) flow() {
	d := c.d
	unique(c, "/statuses/set", "key", d.Statuses.Set, func(s *api.Status) string { return s.Key })
	unique(c, "/transitions", "key", d.Transitions, func(t *api.Transition) string { return t.Key })
	unique(c, "/lines", "key", d.Lines, func(l *api.Line) string { return l.Key })
	unique(c, "/queues", "key", d.Queues, func(q *api.Queue) string { return q.Key })
	c.entries()
	for i := range d.Transitions {
		c.transition(fmt.Sprintf("/transitions/%d", i), &d.Transitions[i])
	}
	c.answers()
	c.graph()
	c.lines()
}

// entries checks the statuses in which a ticket begins.
func (c *checker) entries() {
	s := c.d.Statuses
	for _, entry := range []struct{ name, key string }{{"initial", s.Initial}, {"incomplete", s.Incomplete}, {"refused", s.Refused}} {
		if entry.key != "" {
			c.target("/statuses/"+entry.name, entry.key)
		}
	}
	mail := slices.ContainsFunc(c.d.Forms, func(f api.Form) bool { return slices.Contains(f.Channels, api.Mail) })
	if mail && s.Incomplete == "" {
		c.fail("/statuses", "no_incomplete_status", "a form takes mail, so statuses.incomplete must say where a letter without the mandatory facts lands")
	}
	if mail && s.Refused == "" && slices.ContainsFunc(c.d.Admission, guardsMail) {
		c.fail("/statuses", "no_refused_status", "admission guards mail, so statuses.refused must say where a refused letter lands")
	}
}

func guardsMail(a api.Admission) bool {
	return len(a.Channels) == 0 || slices.Contains(a.Channels, api.Mail)
}

// target checks a status that something leads to.
func (c *checker) target(pointer, key string) {
	status, ok := c.d.Status(key)
	switch {
	case !ok:
		c.unknown(pointer, "status", key, c.statusKeys())
	case status.Retired:
		c.fail(pointer, "retired_target", "status %q is retired and can only be left; lead somewhere else", key)
	}
}

func (c *checker) unknown(pointer, what, key string, known []string) {
	c.fail(pointer, "unknown_"+what, "there is no %s %q%s", what, key, strict.Suggest(key, known))
}

func (c *checker) statusKeys() []string {
	return keys(c.d.Statuses.Set, func(s api.Status) string { return s.Key })
}

func (c *checker) lineKeys() []string {
	return keys(c.d.Lines, func(l api.Line) string { return l.Key })
}

func keys[T any](all []T, key func(T) string) []string {
	out := make([]string, 0, len(all))
	for _, item := range all {
		out = append(out, key(item))
	}
	return out
}

func (c *checker) transition(pointer string, t *api.Transition) {
	c.target(pointer+"/to", t.To)
	for i, from := range t.From {
		if _, ok := c.d.Status(from); !ok && from != api.AnyStatus {
			c.unknown(fmt.Sprintf("%s/from/%d", pointer, i), "status", from, c.statusKeys())
		}
	}
	if slices.Contains(t.From, api.AnyStatus) && len(t.From) > 1 {
		c.fail(pointer+"/from", "any_status_alone", "* stands for every status; name nothing beside it")
	}
	if slices.Contains(t.Needs, api.NeedsResolution) && c.d.Resolution == nil {
		c.fail(pointer+"/needs", "no_resolution", "transition %q needs a resolution, but the declaration has none", t.Key)
	}
	if (len(t.By) > 0) == (t.On != "") {
		c.fail(pointer, "by_or_on", "transition %q needs exactly one of by (who makes it) and on (what makes it by itself)", t.Key)
		return
	}
	if t.On != "" {
		c.automatic(pointer, t)
		return
	}
	c.manual(pointer, t)
}

func (c *checker) automatic(pointer string, t *api.Transition) {
	if len(t.Needs) > 0 {
		c.fail(pointer+"/needs", "automatic_needs", "transition %q happens by itself, so nobody can give what it needs; remove needs", t.Key)
	}
	if t.Answers {
		c.fail(pointer+"/answers", "automatic_answers", "transition %q happens by itself and cannot be the one that answers", t.Key)
	}
}

func (c *checker) manual(pointer string, t *api.Transition) {
	if t.Title.IsZero() {
		c.fail(pointer, "no_title", "transition %q is made by people and needs a title", t.Key)
	}
	closing := false
	for i, by := range t.By {
		if by == api.ByRequester || by == api.ByAgent {
			closing = true
			continue
		}
		line, ok := c.d.Line(by)
		if !ok {
			c.unknown(fmt.Sprintf("%s/by/%d", pointer, i), "line", by, append(c.lineKeys(), api.ByRequester, api.ByAgent))
			continue
		}
		closing = closing || line.Closes
	}
	if status, ok := c.d.Status(t.To); ok && status.Category == api.Done && !closing {
		c.fail(pointer+"/by", "line_cannot_close", "transition %q closes the ticket, but no line that may make it has closes: true", t.Key)
	}
	if t.Answers && !slices.ContainsFunc(t.By, func(by string) bool { return by != api.ByRequester }) {
		c.fail(pointer+"/by", "answers_by", "transition %q answers, so an agent or a line must be allowed to make it", t.Key)
	}
}

// answers holds that "answer and close" never has to choose.
func (c *checker) answers() {
	for _, status := range c.d.Statuses.Set {
		first := ""
		for i := range c.d.Transitions {
			t := &c.d.Transitions[i]
			if !t.Answers || !t.Leaves(status.Key) {
				continue
			}
			if first != "" {
				c.fail(fmt.Sprintf("/transitions/%d/answers", i), "many_answers", "transitions %q and %q both answer and leave status %q; at most one may", first, t.Key, status.Key)
				continue
			}
			first = t.Key
		}
	}
}

// graph holds that every status is reached and, unless done, left again.
func (c *checker) graph() {
	s := c.d.Statuses
	reached := map[string]bool{s.Initial: true, s.Incomplete: true, s.Refused: true}
	for changed := true; changed; {
		changed = false
		for i := range c.d.Transitions {
			t := &c.d.Transitions[i]
			if !reached[t.To] && slices.ContainsFunc(s.Set, func(from api.Status) bool { return reached[from.Key] && t.Leaves(from.Key) }) {
				reached[t.To], changed = true, true
			}
		}
	}
	done := false
	for i := range s.Set {
		status := &s.Set[i]
		pointer := fmt.Sprintf("/statuses/set/%d", i)
		done = done || status.Category == api.Done && !status.Retired
		if !status.Retired && !reached[status.Key] {
			c.fail(pointer, "unreachable_status", "no ticket ever reaches status %q; add a transition to it or mark it retired: true", status.Key)
		}
		if status.Category != api.Done && !c.left(status.Key) {
			c.fail(pointer, "dead_end_status", "no transition leaves status %q; add one or make its category done", status.Key)
		}
	}
	if !done {
		c.fail("/statuses/set", "no_done_status", "no status has the category done, so no ticket is ever finished")
	}
}

func (c *checker) left(status string) bool {
	return slices.ContainsFunc(c.d.Transitions, func(t api.Transition) bool { return t.Leaves(status) && t.To != status })
}

func (c *checker) lines() {
	for i, line := range c.d.Lines {
		pointer := fmt.Sprintf("/lines/%d", i)
		if line.Key == api.ByRequester || line.Key == api.ByAgent {
			c.fail(pointer+"/key", "reserved_key", "%q is not a key for a line, since transitions use it for somebody else", line.Key)
		}
		for j, to := range line.HandsTo {
			at := fmt.Sprintf("%s/hands_to/%d", pointer, j)
			if to == line.Key {
				c.fail(at, "hands_to_itself", "line %q hands tickets to itself; remove it", line.Key)
			} else if _, ok := c.d.Line(to); !ok {
				c.unknown(at, "line", to, c.lineKeys())
			}
		}
	}
	for i, queue := range c.d.Queues {
		if _, ok := c.d.Line(queue.Line); !ok {
			c.unknown(fmt.Sprintf("/queues/%d/line", i), "line", queue.Line, c.lineKeys())
		}
	}
}

// triggers holds that every automatic transition can happen: an earlier one on the same trigger wins
// unless a guard may stop it. guarded names the transitions that some rule guards.
func (c *checker) triggers(guarded map[string]bool) {
	for i := range c.d.Transitions {
		t := &c.d.Transitions[i]
		if t.On == "" {
			continue
		}
		earlier := slices.DeleteFunc(slices.Clone(c.d.Transitions[:i]), func(e api.Transition) bool { return e.On != t.On || guarded[e.Key] })
		if slices.Contains(t.From, api.AnyStatus) {
			if !slices.ContainsFunc(c.d.Statuses.Set, func(s api.Status) bool { return t.Leaves(s.Key) && winner(earlier, s.Key) == "" }) {
				c.fail(fmt.Sprintf("/transitions/%d/from", i), "shadowed_transition", "transition %q never happens: earlier ones on %s leave every status", t.Key, t.On)
			}
			continue
		}
		for j, from := range t.From {
			if first := winner(earlier, from); first != "" {
				c.fail(fmt.Sprintf("/transitions/%d/from/%d", i, j), "shadowed_transition",
					"transition %q never happens from %q: %q is declared earlier on %s; reorder them or guard the earlier one", t.Key, from, first, t.On)
			}
		}
	}
}

func winner(earlier []api.Transition, status string) string {
	for i := range earlier {
		if earlier[i].Leaves(status) {
			return earlier[i].Key
		}
	}
	return ""
}
