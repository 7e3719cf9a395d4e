package rule

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// defaultTestNow is the instant of a test that names none: a working Wednesday in Moscow.
const defaultTestNow = "2025-01-15T12:00:00+03:00"

// Test is one test of a system's rules as its author wrote it.
type Test struct {
	Name  string `json:"name"`
	Form  string `json:"form"`
	On    string `json:"on"`
	Now   string `json:"now"`
	Given Given  `json:"given"`
	// Expect holds the sets that are compared; a nil one is not.
	Expect Expect `json:"expect"`
	// File and Line tell where the test stands.
	File string `json:"-"`
	Line int    `json:"-"`
}

// Given is the input of a test; what is left out is empty.
type Given struct {
	Fields      api.Fields          `json:"fields"`
	Old         api.Fields          `json:"old"`
	Resolution  api.Fields          `json:"resolution"`
	Ticket      TicketFacts         `json:"ticket"`
	Actor       ActorFacts          `json:"actor"`
	Transition  TransitionFacts     `json:"transition"`
	Attachments AttachmentFacts     `json:"attachments"`
	Params      map[string]any      `json:"params"`
	Lists       map[string][]string `json:"lists"`
	Priority    string              `json:"priority"`
	WorkingTime bool                `json:"working_time"`
}

// Expect is what a test compares, each part as a complete set.
type Expect struct {
	Problems *[]ExpectedProblem `json:"problems"`
	Required *[]string          `json:"required"`
	Hidden   *[]string          `json:"hidden"`
	Shown    *[]string          `json:"shown"`
	// Denied is the id of a guard, or false for a transition that is allowed.
	Denied   *ExpectedDenial `json:"denied"`
	Priority *string         `json:"priority"`
	Queue    *string         `json:"queue"`
	Line     *string         `json:"line"`
	Matched  *[]string       `json:"matched"`
}

// ExpectedProblem names a problem by its pointer and, where given, its code or the rule that found it.
type ExpectedProblem struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Rule    string `json:"rule"`
}

// ExpectedDenial is a rule's id, or empty for false.
type ExpectedDenial string

// UnmarshalJSON reads an id or false.
func (e *ExpectedDenial) UnmarshalJSON(raw []byte) error {
	if string(raw) == "false" {
		*e = ""
		return nil
	}
	var id string
	if err := json.Unmarshal(raw, &id); err != nil {
		return fmt.Errorf("read denied: %w", err)
	}
	*e = ExpectedDenial(id)
	return nil
}

// ParseTests reads a file of tests as strictly as Parse reads rules.
func ParseTests(file string, raw []byte) ([]Test, []api.Finding) {
	d, list, broken := read(file, raw, func(c *contracts) *strict.Contract { return c.tests })
	var tests []Test
	first := map[string]int{}
	for i, item := range list {
		if broken[i] {
			continue
		}
		at := d.At("/" + strconv.Itoa(i))
		var t Test
		if err := convert(item, &t); err != nil {
			d.Add(at, "bad_value", "%s", err.Error())
			continue
		}
		if line, twice := first[t.Name]; twice {
			d.Add(at, "duplicate_name", "test %q stands in line %d already", t.Name, line)
			continue
		}
		t.File, t.Line = file, at.Line
		first[t.Name] = at.Line
		tests = append(tests, t)
	}
	return tests, strict.Sorted(d.Findings)
}

// input makes the input of a test, with the declared keys where it gives no list.
func (t *Test) input(s *Set, schema SchemaOf) (Input, error) {
	now := t.Now
	if now == "" {
		now = defaultTestNow
	}
	at, err := time.Parse(time.RFC3339, now)
	if err != nil {
		return Input{}, fmt.Errorf("read now: %w", err)
	}
	in := Input{
		Form: t.Form, On: t.On, Fields: t.Given.Fields, Old: t.Given.Old, Ticket: t.Given.Ticket, Actor: t.Given.Actor,
		Transition: t.Given.Transition, Resolution: t.Given.Resolution, Attachments: t.Given.Attachments,
		Clock:    ClockFacts{Now: at.UTC(), Location: at.Location(), WorkingTime: t.Given.WorkingTime},
		Priority: t.Given.Priority,
	}
	if in.On == "" {
		in.On = OnSubmit
	}
	if key, ok := strings.CutPrefix(in.On, transitionPrefix); ok && in.Transition.Key == "" {
		in.Transition.Key = key
	}
	if in.Fields == nil {
		in.Fields = api.Fields{}
	}
	if in.Priority == "" {
		in.Priority = s.start
	}
	in.InList = func(list, value string) bool {
		if given, ok := t.Given.Lists[list]; ok {
			return slices.Contains(given, value)
		}
		return s.inDeclared(list, value)
	}
	if schema != nil {
		in.Schema = schema(t.Form, t.Given.Lists)
	}
	return in, nil
}
