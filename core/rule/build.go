package rule

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// Overlay is what a desk changes of a system's rules.
type Overlay struct {
	// Add are the desk's own rules. Its route rules come before the system's, and need a `when`.
	Add []api.Rule `json:"add,omitempty"`
	// Off are ids of overridable rules that do not apply here.
	Off []string `json:"off,omitempty"`
	// Replace are rules that stand in the place of overridable rules of the same id and kind.
	Replace []api.Rule `json:"replace,omitempty"`
	// Params are values of declared parameters.
	Params map[string]any `json:"params,omitempty"`
}

// Build merges the overlay into the base, checks the result against env and compiles it. Every finding
// is an error: with any of them the set is nil. A finding stands at the rule's line; the place within
// an expression is in its message, or, for a rule without a file, its line and column with
// "<rule id>.when" or ".assert" as the file.
func Build(base []api.Rule, overlay Overlay, env Env) (*Set, []api.Finding) {
	b := &builder{env: env, lists: env.lists(), set: &Set{
		forms: map[string]*formRules{}, scale: env.Priorities, lists: env.Lists, types: env.Params, machines: newMachines(),
	}}
	b.set.start = env.Priority
	if b.set.start == "" && len(env.Priorities) > 0 {
		b.set.start = env.Priorities[0]
	}
	b.set.rules = b.merge(base, overlay)
	b.set.params = b.params(overlay.Params)
	if len(b.findings) > 0 {
		return nil, b.sorted()
	}
	for i := range b.set.rules {
		b.references(&b.set.rules[i])
	}
	for _, key := range sortedKeys(env.Forms) {
		b.form(key)
	}
	var err error
	if b.set.digest, err = digest(b.set.rules, b.set.params); err != nil {
		b.findings = append(b.findings, api.Finding{Code: "internal", Msg: err.Error()})
	}
	if len(b.findings) > 0 {
		return nil, b.sorted()
	}
	return b.set, nil
}

type builder struct {
	env      Env
	lists    map[string][]string
	set      *Set
	findings []api.Finding
}

func (b *builder) sorted() []api.Finding {
	return strict.Sorted(b.findings)
}

func (b *builder) add(r *api.Rule, code, msg string, args ...any) {
	f := api.Finding{File: r.File, Line: r.Place, Column: 1, Code: code, Msg: fmt.Sprintf("rule %q: ", r.ID) + fmt.Sprintf(msg, args...)}
	if r.File == "" {
		f.File, f.Line = r.ID, max(r.Place, 1)
	}
	b.findings = append(b.findings, f)
}

// addFault reports what is wrong within the expression of one key of a rule.
func (b *builder) addFault(r *api.Rule, key, form string, bad *fault) {
	f := api.Finding{File: r.File, Line: r.Place, Column: 1, Code: bad.code}
	f.Msg = fmt.Sprintf("rule %q: %s, line %d, column %d: %s", r.ID, key, bad.line, bad.column, bad.msg)
	if len(b.env.Forms) > 1 {
		f.Msg += fmt.Sprintf(" (form %s)", form)
	}
	if r.File == "" {
		f.File, f.Line, f.Column = r.ID+"."+key, bad.line, bad.column
	}
	b.findings = append(b.findings, f)
}

// merge gives the effective rules: the desk's routes, then the base with its replacements, then the
// desk's other rules.
func (b *builder) merge(base []api.Rule, overlay Overlay) []api.Rule {
	for _, rules := range [][]api.Rule{base, overlay.Add, overlay.Replace} {
		for i := range rules {
			b.structure(&rules[i])
		}
	}
	known := map[string]*api.Rule{}
	for i := range base {
		b.unique(known, &base[i])
	}
	for i := range overlay.Add {
		b.unique(known, &overlay.Add[i])
	}
	replaced := map[string]api.Rule{}
	for _, r := range overlay.Replace {
		if _, twice := replaced[r.ID]; twice || slices.Contains(overlay.Off, r.ID) {
			b.add(&r, "duplicate_id", "it is replaced twice, or replaced and switched off")
		}
		if old := b.overridable(base, r.ID); old != nil && old.Kind != r.Kind {
			b.add(&r, "other_kind", "it is of kind %s and cannot be replaced by one of kind %s", old.Kind, r.Kind)
		}
		replaced[r.ID] = r
	}
	for _, id := range overlay.Off {
		b.overridable(base, id)
	}
	var routes, middle, rest []api.Rule
	for _, r := range overlay.Add {
		switch {
		case r.Kind != api.Route:
			rest = append(rest, r)
		case unconditional(&r):
			b.add(&r, "route_unconditional", "a desk's route rule needs a when; without one the system's own would never match")
		default:
			routes = append(routes, r)
		}
	}
	for _, r := range base {
		if slices.Contains(overlay.Off, r.ID) {
			continue
		}
		if by, ok := replaced[r.ID]; ok {
			r = by
		}
		middle = append(middle, r)
	}
	all := slices.Concat(routes, middle, rest)
	if len(all) > MaxRules {
		b.findings = append(b.findings, api.Finding{Line: 1, Column: 1, Code: "too_many_rules", Msg: fmt.Sprintf("the set has %d rules; at most %d are allowed", len(all), MaxRules)})
	}
	return all
}

func (b *builder) unique(known map[string]*api.Rule, r *api.Rule) {
	if first, twice := known[r.ID]; twice {
		b.add(r, "duplicate_id", "the id is taken by the rule at %s:%d", first.File, first.Place)
		return
	}
	known[r.ID] = r
}

func (b *builder) overridable(base []api.Rule, id string) *api.Rule {
	at := slices.IndexFunc(base, func(r api.Rule) bool { return r.ID == id })
	if at < 0 {
		b.add(&api.Rule{ID: id}, "unknown_rule", "the system has no such rule")
		return nil
	}
	if !base[at].Overridable {
		b.add(&api.Rule{ID: id}, "not_overridable", "the system does not let a desk change it")
	}
	return &base[at]
}

// structure holds a rule against the contract, whether it came from a file or from a program.
func (b *builder) structure(r *api.Rule) {
	c, err := loadContracts()
	if err != nil {
		b.add(r, "internal", "%s", err.Error())
		return
	}
	raw, err := json.Marshal(r)
	if err != nil {
		b.add(r, "internal", "%s", err.Error())
		return
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		b.add(r, "internal", "%s", err.Error())
		return
	}
	for _, breach := range c.rule.Check(value) {
		b.add(r, codeOf(breach), "%s%s", strings.TrimPrefix(breach.Pointer+" ", " "), breach.Msg)
	}
}

// references checks every key and form that a rule names outside its expressions.
func (b *builder) references(r *api.Rule) {
	for _, form := range r.Forms {
		if b.env.Forms[form] == nil {
			b.add(r, "unknown_form", "form %q is not declared%s", form, strict.Suggest(form, sortedKeys(b.env.Forms)))
		}
	}
	for _, on := range r.On {
		if key, ok := strings.CutPrefix(on, transitionPrefix); ok {
			b.key(r, "transition", key, b.env.Transitions)
		}
	}
	b.key(r, "priority", r.Floor, b.env.Priorities)
	b.key(r, "queue", r.Queue, b.env.Queues)
	b.key(r, "line", r.Line, b.env.Lines)
	if strings.Contains(r.Field, "/"+api.EachRow) {
		b.add(r, "bad_pointer", "field %q: an assertion is made once for the whole form; name the list itself", r.Field)
	}
}

func (b *builder) key(r *api.Rule, what, key string, known []string) {
	if key != "" && !slices.Contains(known, key) {
		b.add(r, "unknown_"+what, "%s %q is not declared%s", what, key, strict.Suggest(key, known))
	}
}

// form compiles every rule that applies to a form.
func (b *builder) form(key string) {
	shape := b.env.Forms[key]
	if shape == nil || shape.Type != typeObject {
		b.findings = append(b.findings, api.Finding{Code: "bad_form", Msg: fmt.Sprintf("form %q has no object as its shape", key)})
		return
	}
	language := newLanguage(b.env, shape)
	compiledForm := &formRules{roots: language.roots, byKind: map[api.RuleKind][]*compiled{}}
	for i := range b.set.rules {
		r := &b.set.rules[i]
		if len(r.Forms) > 0 && !slices.Contains(r.Forms, key) || !b.since(r, key) {
			continue
		}
		c := b.compile(language, r, key)
		b.pointers(r, key, shape)
		compiledForm.byKind[r.Kind] = append(compiledForm.byKind[r.Kind], c)
	}
	b.visibility(compiledForm, key)
	b.lastRoute(compiledForm, key)
	b.set.forms[key] = compiledForm
}

func (b *builder) since(r *api.Rule, form string) bool {
	release, old := b.env.Versions[form]
	return !old || AppliesTo(*r, release)
}

func (b *builder) compile(language *language, r *api.Rule, form string) *compiled {
	c := &compiled{rule: r}
	reads := map[string]bool{}
	for _, part := range []struct {
		key, source string
		to          **expression
	}{{"when", r.When, &c.when}, {"assert", r.Assert, &c.assert}} {
		if part.source == "" {
			continue
		}
		e, bad := language.compile(part.source)
		if bad != nil {
			b.addFault(r, part.key, form, bad)
			continue
		}
		*part.to = e
		for _, path := range e.reads {
			reads[path] = true
		}
	}
	c.reads = sortedKeys(reads)
	return c
}

func (b *builder) pointers(r *api.Rule, form string, shape *api.Shape) {
	named := slices.Concat(r.Show, r.Require)
	if r.Field != "" {
		named = append(named, r.Field)
	}
	for _, pointer := range named {
		if _, ok := shapeAt(shape, pointer); !ok {
			b.add(r, "unknown_field", "form %s has no field %s", form, pointer)
		}
	}
}

// visibility refuses a visible rule that reads what a visible rule governs: the result would depend on
// the order of the rules.
func (b *builder) visibility(form *formRules, key string) {
	var governed []string
	for _, c := range form.byKind[api.Visible] {
		for _, pointer := range c.rule.Show {
			governed = append(governed, strings.ReplaceAll(pointer, "/"+api.EachRow, ""))
		}
	}
	for _, c := range form.byKind[api.Visible] {
		for _, path := range c.reads {
			root, rest, _ := strings.Cut(path, ".")
			if root != rootFields && root != rootHas {
				continue
			}
			pointer := "/" + strings.ReplaceAll(rest, ".", "/")
			for _, field := range governed {
				if covers(field, pointer) || covers(pointer, field) {
					b.add(c.rule, "visible_reads_governed", "it reads %s, which a visible rule may hide (form %s)", path, key)
				}
			}
		}
	}
}

// lastRoute makes sure that every filed ticket gets a queue or a line.
func (b *builder) lastRoute(form *formRules, key string) {
	var routes []*api.Rule
	for _, c := range form.byKind[api.Route] {
		if applies(c.rule, OnSubmit) {
			routes = append(routes, c.rule)
		}
	}
	if len(routes) == 0 {
		if len(b.env.Queues) > 0 {
			b.findings = append(b.findings, api.Finding{Line: 1, Column: 1, Code: "no_route", Msg: fmt.Sprintf("no route rule applies to form %s when it is filed", key)})
		}
		return
	}
	for i, r := range routes {
		switch last := i == len(routes)-1; {
		case last && !unconditional(r):
			b.add(r, "last_route_conditional", "the last route rule of form %s must have no when, so that no ticket is left without a queue", key)
		case !last && unconditional(r):
			b.add(r, "route_unconditional", "only the last route rule of form %s may have no when; those behind this one never match", key)
		}
	}
}
