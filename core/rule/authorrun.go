package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Report is the result of running an author's tests.
type Report struct {
	Ran      int       `json:"ran"`
	Failures []Failure `json:"failures,omitempty"`
	// Untested are the rules that the tests do not show from every side.
	Untested []api.Finding `json:"untested,omitempty"`
}

// OK reports whether every test passed and every rule is tested.
func (r Report) OK() bool { return len(r.Failures) == 0 && len(r.Untested) == 0 }

// Failure is a test that did not hold.
type Failure struct {
	Test string `json:"test"`
	File string `json:"file"`
	Line int    `json:"line"`
	// Diff has one part a key: what was expected and is missing (-), what came and was not expected (+).
	Diff string `json:"diff"`
}

// SchemaOf gives the check of a form's own schema; lists are the values that a test gives to some of the
// lists, in place of the declared ones.
type SchemaOf func(form string, lists map[string][]string) func(api.Fields, []string) []errs.Problem

// RunTests runs the tests in their order against the set; a nil schema leaves that check out.
func RunTests(s *Set, tests []Test, schema SchemaOf) Report {
	seen := newCoverage()
	report := Report{Ran: len(tests)}
	for i := range tests {
		diff := s.runTest(&tests[i], schema, seen)
		if len(diff) > 0 {
			report.Failures = append(report.Failures, Failure{
				Test: tests[i].Name, File: tests[i].File, Line: tests[i].Line, Diff: strings.Join(diff, "\n"),
			})
		}
	}
	report.Untested = seen.untested(s.rules)
	return report
}

func (s *Set) runTest(t *Test, schema SchemaOf, seen *coverage) []string {
	if s.forms[t.Form] == nil {
		return []string{fmt.Sprintf("form %q is not declared", t.Form)}
	}
	if unknown := s.unknownRules(t); len(unknown) > 0 {
		return unknown
	}
	with, bad := s.withParams(t.Given.Params)
	if len(bad) > 0 {
		return []string{"parameters are not declared or of another type: " + strings.Join(bad, ", ")}
	}
	in, err := t.input(with, schema)
	if err != nil {
		return []string{err.Error()}
	}
	d := with.Eval(in)
	seen.add(d)
	diff := compare(t.Expect, d)
	for _, id := range d.Failed() {
		diff = append(diff, fmt.Sprintf("rule %q failed while it ran", id))
	}
	return diff
}

// unknownRules finds ids that no rule has: such an expectation could hold for ever by mistake.
func (s *Set) unknownRules(t *Test) []string {
	var named []string
	if t.Expect.Matched != nil {
		named = append(named, *t.Expect.Matched...)
	}
	if t.Expect.Denied != nil && *t.Expect.Denied != "" {
		named = append(named, string(*t.Expect.Denied))
	}
	if t.Expect.Problems != nil {
		for _, p := range *t.Expect.Problems {
			if p.Rule != "" {
				named = append(named, p.Rule)
			}
		}
	}
	var unknown []string
	for _, id := range named {
		if _, ok := s.Rule(id); !ok {
			unknown = append(unknown, fmt.Sprintf("there is no rule %q", id))
		}
	}
	return unknown
}

func compare(want Expect, got Decision) []string {
	var diff []string
	set := func(key string, want *[]string, got []string) {
		if want != nil {
			diff = append(diff, diffSets(key, *want, got)...)
		}
	}
	one := func(key string, want *string, got string) {
		if want != nil && *want != got {
			diff = append(diff, fmt.Sprintf("%s:\n  - %q\n  + %q", key, *want, got))
		}
	}
	if want.Problems != nil {
		diff = append(diff, diffProblems(*want.Problems, got.Problems)...)
	}
	set("required", want.Required, got.Required)
	set("hidden", want.Hidden, got.Hidden)
	set("shown", want.Shown, got.Shown)
	if want.Denied != nil {
		denied := ""
		if got.Denied != nil {
			denied = got.Denied.Rule
		}
		one("denied", (*string)(want.Denied), denied)
	}
	one("priority", want.Priority, got.Priority)
	one("queue", want.Queue, got.Queue)
	one("line", want.Line, got.Line)
	if want.Matched != nil {
		var matched []string
		for _, outcome := range got.Rules {
			if outcome.Matched {
				matched = append(matched, outcome.ID)
			}
		}
		set("matched", want.Matched, matched)
	}
	return diff
}

func diffSets(key string, want, got []string) []string {
	var lines []string
	for _, item := range slices.Sorted(slices.Values(want)) {
		if !slices.Contains(got, item) {
			lines = append(lines, "  - "+item)
		}
	}
	for _, item := range slices.Sorted(slices.Values(got)) {
		if !slices.Contains(want, item) {
			lines = append(lines, "  + "+item)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []string{key + ":\n" + strings.Join(lines, "\n")}
}

// diffProblems pairs each expected problem with one that came; what an expectation leaves out is free.
func diffProblems(want []ExpectedProblem, got []errs.Problem) []string {
	taken := make([]bool, len(got))
	var lines []string
	for _, w := range want {
		at := slices.IndexFunc(got, func(g errs.Problem) bool {
			return g.Pointer == w.Pointer && (w.Code == "" || g.Code == w.Code) && (w.Rule == "" || g.Rule == w.Rule)
		})
		if at < 0 || taken[at] {
			lines = append(lines, "  - "+strings.TrimSpace(w.Pointer+" "+w.Code+" "+w.Rule))
			continue
		}
		taken[at] = true
	}
	for i, g := range got {
		if !taken[i] {
			lines = append(lines, "  + "+strings.TrimSpace(g.Pointer+" "+g.Code+" "+g.Rule))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []string{"problems:\n" + strings.Join(lines, "\n")}
}

// coverage remembers from which sides the tests have seen each rule.
type coverage struct {
	matched, unmatched, held, broken map[string]bool
}

func newCoverage() *coverage {
	return &coverage{matched: map[string]bool{}, unmatched: map[string]bool{}, held: map[string]bool{}, broken: map[string]bool{}}
}

func (c *coverage) add(d Decision) {
	for _, o := range d.Rules {
		if o.Code != "" {
			continue
		}
		if o.Matched {
			c.matched[o.ID] = true
		} else {
			c.unmatched[o.ID] = true
		}
		if o.Held != nil && *o.Held {
			c.held[o.ID] = true
		}
		if o.Held != nil && !*o.Held {
			c.broken[o.ID] = true
		}
	}
}

func (c *coverage) untested(rules []api.Rule) []api.Finding {
	var findings []api.Finding
	for _, r := range rules {
		var missing []string
		switch {
		case !c.matched[r.ID] && !unconditional(&r):
			missing = append(missing, "makes its when true")
		case !c.matched[r.ID]:
			missing = append(missing, "reaches it")
		}
		if !unconditional(&r) && !c.unmatched[r.ID] {
			missing = append(missing, "makes its when false")
		}
		if r.Kind == api.Validate {
			if !c.held[r.ID] {
				missing = append(missing, "makes its assertion true")
			}
			if !c.broken[r.ID] {
				missing = append(missing, "makes its assertion false")
			}
		}
		if len(missing) > 0 {
			findings = append(findings, api.Finding{
				File: r.File, Line: r.Place, Column: 1, Code: "untested",
				Msg: fmt.Sprintf("rule %q: no test %s", r.ID, strings.Join(missing, ", none ")),
			})
		}
	}
	return findings
}
