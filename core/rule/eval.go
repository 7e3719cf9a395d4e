package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/vm"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Eval decides in one pass: visible, require, the form's schema, validate, guard, priority, route. Only
// rules of the input's form and moment run. It never fails: what a single rule does wrong stands in its
// outcome. A form that the set does not know has no rules.
func (s *Set) Eval(in Input) Decision {
	form := s.forms[in.Form]
	if form == nil {
		return Decision{Fields: in.Fields, Priority: in.Priority}
	}
	machine, ok := s.machines.Get().(*vm.VM)
	if !ok {
		machine = new(vm.VM)
	}
	p := &pass{set: s, form: form, in: &in, machine: machine, out: Decision{Fields: in.Fields}}
	p.lookup = in.InList
	if p.lookup == nil {
		p.lookup = s.inDeclared
	}
	p.env = s.env(form, &in, in.Fields)
	p.visible()
	p.require()
	p.problems()
	p.guard()
	p.priority()
	p.route()
	// A machine that was stopped in the middle may still hold what it worked on.
	if len(p.out.Failed()) == 0 {
		s.machines.Put(p.machine)
	}
	return p.out
}

func (s *Set) inDeclared(list, value string) bool { return slices.Contains(s.lists[list], value) }

// pass is one evaluation under way.
type pass struct {
	set     *Set
	form    *formRules
	in      *Input
	env     map[string]any
	lookup  func(list, value string) bool
	machine *vm.VM
	out     Decision
}

// each runs the rules of a kind that apply at this moment, in their order; do gives the effect and may
// be told that the rule failed by the outcome's code.
func (p *pass) each(kind api.RuleKind, do func(c *compiled, o *Outcome, m *meter)) {
	for _, c := range p.form.byKind[kind] {
		if !applies(c.rule, p.in.On) {
			continue
		}
		o := Outcome{ID: c.rule.ID, Kind: kind}
		m := &meter{left: ruleFuel, lookup: p.lookup, env: p.env}
		do(c, &o, m)
		if o.Code != CodeSkipped {
			o.Read = p.read(c, m)
			o.Fuel = ruleFuel - m.left
			p.out.Fuel += o.Fuel
		}
		p.out.Rules = append(p.out.Rules, o)
	}
}

// holds evaluates a condition; nil holds. A failure is written into the outcome.
func (p *pass) holds(e *expression, o *Outcome, m *meter) bool {
	if e == nil {
		return true
	}
	p.env[nameMeter] = m
	held, err := e.run(p.machine, p.env, m)
	switch {
	case errors.Is(err, errFuel):
		o.Code = CodeFuel
	case err != nil:
		o.Code = CodeError
	}
	return held && err == nil
}

func (p *pass) read(c *compiled, m *meter) map[string]any {
	if len(c.reads) == 0 && len(m.asked) == 0 {
		return nil
	}
	read := make(map[string]any, len(c.reads)+len(m.asked))
	for _, path := range c.reads {
		read[path] = p.value(path)
	}
	for list, answers := range m.asked {
		read["in_list:"+list] = answers
	}
	return read
}

// value is what the rule saw at a path, or nil for a field that is not present.
func (p *pass) value(path string) any {
	root, rest, _ := strings.Cut(path, ".")
	value := valueAt(p.env, path)
	switch root {
	case rootFields:
		return presentOnly(value, valueAt(p.env, rootHas+"."+rest))
	case rootOld:
		return presentOnly(value, valueAt(p.env, rootOldHas+"."+rest))
	default:
		return value
	}
}

func presentOnly(value, has any) any {
	if present, leaf := has.(bool); leaf && !present {
		return nil
	}
	return value
}

func (p *pass) visible() {
	shown, governed := map[string]bool{}, map[string]bool{}
	p.each(api.Visible, func(c *compiled, o *Outcome, m *meter) {
		o.Matched = p.holds(c.when, o, m)
		for _, pointer := range c.rule.Show {
			governed[pointer] = true
			if o.Matched || o.Code != "" {
				shown[pointer] = true
			}
		}
		if o.Matched {
			o.Effect = "show " + strings.Join(c.rule.Show, " ")
		}
	})
	for _, pointer := range sortedKeys(governed) {
		if shown[pointer] {
			p.out.Shown = append(p.out.Shown, pointer)
			continue
		}
		p.out.Hidden = append(p.out.Hidden, pointer)
		p.out.Fields = api.Remove(p.out.Fields, pointer)
	}
	if len(p.out.Hidden) > 0 {
		p.env = p.set.env(p.form, p.in, p.out.Fields)
	}
}

func (p *pass) require() {
	required := map[string]bool{}
	p.each(api.Require, func(c *compiled, o *Outcome, m *meter) {
		o.Matched = p.holds(c.when, o, m)
		if !o.Matched {
			return
		}
		o.Effect = "require " + strings.Join(c.rule.Require, " ")
		for _, pointer := range c.rule.Require {
			if !coveredBy(p.out.Hidden, pointer) {
				required[pointer] = true
			}
		}
	})
	if len(required) > 0 {
		p.out.Required = sortedKeys(required)
	}
}

// problems asks the schema, then every assertion, and keeps the first problem of each field.
func (p *pass) problems() {
	var all []errs.Problem
	if p.in.Schema != nil {
		all = append(all, p.in.Schema(p.out.Fields, p.out.Required)...)
	}
	p.each(api.Validate, func(c *compiled, o *Outcome, m *meter) {
		if coveredBy(p.out.Hidden, c.rule.Field) {
			o.Code = CodeSkipped
			return
		}
		if o.Matched = p.holds(c.when, o, m); !o.Matched {
			return
		}
		held := p.holds(c.assert, o, m)
		if o.Code != "" {
			return
		}
		o.Held = &held
		if !held {
			o.Effect = "problem " + c.rule.Field
			all = append(all, problemOf(c.rule))
		}
	})
	slices.SortStableFunc(all, func(a, b errs.Problem) int { return strings.Compare(a.Pointer, b.Pointer) })
	p.out.Problems = slices.CompactFunc(all, func(a, b errs.Problem) bool { return a.Pointer == b.Pointer })
}

func problemOf(r *api.Rule) errs.Problem {
	code := r.Code
	if code == "" {
		code = ProblemCode
	}
	return errs.Problem{Pointer: r.Field, Code: code, Text: r.Message, Rule: r.ID}
}

func (p *pass) guard() {
	p.each(api.Guard, func(c *compiled, o *Outcome, m *meter) {
		if o.Matched = p.holds(c.when, o, m); !o.Matched {
			return
		}
		o.Effect = "deny"
		if p.out.Denied == nil {
			p.out.Denied = &Denial{Rule: c.rule.ID, Text: c.rule.Deny}
		}
	})
}

// priority adds up the steps and clamps once, then lifts to the highest floor.
func (p *pass) priority() {
	scale := p.set.scale
	start := slices.Index(scale, p.in.Priority)
	step, floor, matched := 0, 0, false
	p.each(api.Priority, func(c *compiled, o *Outcome, m *meter) {
		if o.Matched = p.holds(c.when, o, m); !o.Matched {
			return
		}
		matched = true
		var effects []string
		if c.rule.Raise != 0 {
			step += c.rule.Raise
			effects = append(effects, fmt.Sprintf("raise %+d", c.rule.Raise))
		}
		if c.rule.Floor != "" {
			floor = max(floor, slices.Index(scale, c.rule.Floor))
			effects = append(effects, "floor "+c.rule.Floor)
		}
		o.Effect = strings.Join(effects, " ")
	})
	p.out.Priority = p.in.Priority
	if matched && len(scale) > 0 {
		at := min(max(max(start, 0)+step, 0), len(scale)-1)
		p.out.Priority = scale[max(at, floor)]
	}
}

func (p *pass) route() {
	done := false
	p.each(api.Route, func(c *compiled, o *Outcome, m *meter) {
		if done {
			o.Code = CodeSkipped
			return
		}
		if o.Matched = p.holds(c.when, o, m); !o.Matched {
			return
		}
		done = true
		p.out.Queue, p.out.Line = c.rule.Queue, c.rule.Line
		var effects []string
		if c.rule.Queue != "" {
			effects = append(effects, "queue "+c.rule.Queue)
		}
		if c.rule.Line != "" {
			effects = append(effects, "line "+c.rule.Line)
		}
		o.Effect = strings.Join(effects, " ")
	})
}
