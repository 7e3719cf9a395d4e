// Package release reads a plugin's bundle, says everything that is wrong with it, and compiles it to
// what the core executes.
//
// It is pure composition: no database, no process, no clock. It does not know which release is
// registered or active (core/catalog does), nor what a desk has changed but for the overlay that it
// is given.
//
// Invariants:
//  1. A bundle comes from a stranger: it is bounded before it is parsed, and nothing in it is run.
//  2. Every finding has a file, a line, a stable code and a sentence that says what to do.
//  3. A System never changes after it was made, and is safe for concurrent use.
package release

import (
	"maps"
	"slices"

	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/letter"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
)

// System is a release as the core executes it.
type System struct {
	Declaration *api.Declaration
	// Digest identifies the release, see [api.Bundle.Digest].
	Digest string
	// Forms are the forms by key.
	Forms map[string]*CompiledForm
	// Resolution is nil where the system has none.
	Resolution *CompiledForm
	// Settings is the form of the plugin's own settings per desk, nil where it has none.
	Settings *form.Form
	// Letters are the system's letters by key, ready to be rendered.
	Letters map[string]*letter.Template
	// Rules are the plugin's own rules in the order of their files.
	Rules []api.Rule
	// Env is what rules may name, without the values that a desk adds to its lists.
	Env rule.Env
	// Base is the set of the plugin's own rules without any desk's overlay.
	Base *rule.Set
}

// CompiledForm is one form of a release, ready to check what people send.
type CompiledForm struct {
	Key string
	// Version is the number in the schema's file name, appeal.v1.schema.json.
	Version int
	Form    *form.Form
	UI      *form.UI
}

// RuleSet returns the effective rule set of a desk: the plugin's rules under the desk's overlay. The
// lists are those that the desk extends, with all its values; the others keep the declared ones.
// Findings name the rules that the overlay breaks, and then there is no set.
func (s *System) RuleSet(overlay rule.Overlay, lists map[string][]string) (*rule.Set, []api.Finding) {
	env := s.Env
	env.Lists = maps.Clone(env.Lists)
	maps.Copy(env.Lists, lists)
	return rule.Build(s.Rules, overlay, env)
}

// env gathers what the rules of a system may name.
func env(d *api.Declaration, forms map[string]*CompiledForm, resolution *CompiledForm) rule.Env {
	e := rule.Env{
		Forms:       make(map[string]*api.Shape, len(forms)),
		Statuses:    keys(d.Statuses.Set, func(s api.Status) string { return s.Key }),
		Queues:      keys(d.Queues, func(q api.Queue) string { return q.Key }),
		Lines:       keys(d.Lines, func(l api.Line) string { return l.Key }),
		Transitions: keys(d.Transitions, func(t api.Transition) string { return t.Key }),
		Priorities:  slices.Clone(d.Priorities.Scale),
		Lists:       make(map[string][]string, len(d.Lists)),
		Priority:    d.Priorities.Default,
		Params:      d.Params,
	}
	for key, compiled := range forms {
		e.Forms[key] = compiled.Form.Shape()
	}
	if resolution != nil {
		e.Resolution = resolution.Form.Shape()
	}
	for _, list := range d.Lists {
		e.Lists[list.Key] = keys(list.Values, func(v api.ListValue) string { return v.Key })
	}
	return e
}
