package rule_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
)

func str(max int) *api.Shape { return &api.Shape{Type: "string", MaxLength: max} }

func object(props map[string]*api.Shape) *api.Shape { return &api.Shape{Type: "object", Props: props} }

func list(max int, items *api.Shape) *api.Shape {
	return &api.Shape{Type: "array", MaxItems: max, Items: items}
}

// appeal is a form with every type that a schema can give.
func appeal() *api.Shape {
	return object(map[string]*api.Shape{
		"email":       {Type: "string", Format: "email", MaxLength: 254},
		"section":     {Type: "string", List: "sections", MaxLength: 64},
		"sections":    list(20, &api.Shape{Type: "string", List: "sections", MaxLength: 64}),
		"description": str(20000),
		"other":       str(200),
		"due":         {Type: "string", Format: "date", MaxLength: 10},
		"seen_at":     {Type: "string", Format: "date-time", MaxLength: 40},
		"count":       {Type: "integer"},
		"price":       {Type: "number"},
		"urgent":      {Type: "boolean"},
		"first-name":  str(100),
		"org":         object(map[string]*api.Shape{"inn": str(12), "name": str(200)}),
		"tags":        list(1000, str(100)),
		"rows":        list(1000, object(map[string]*api.Shape{"number": str(25), "sum": {Type: "number"}})),
	})
}

func environment() rule.Env {
	return rule.Env{
		Forms: map[string]*api.Shape{
			"appeal": appeal(),
			"short":  object(map[string]*api.Shape{"email": str(254), "section": {Type: "string", List: "sections", MaxLength: 64}}),
		},
		Resolution: object(map[string]*api.Shape{"quality": {Type: "integer"}, "text": str(2000)}),
		Statuses:   []string{"new", "open", "done"}, Queues: []string{"common", "planning"}, Lines: []string{"line1", "line2"},
		Transitions: []string{"close", "withdraw"}, Priorities: []string{"low", "normal", "high", "critical"}, Priority: "normal",
		Lists: map[string][]string{"sections": {"planning", "contracts"}, "free-mail": {"mail.ru", "gmail.com"}},
		Params: []api.Param{
			{Key: "min_digits", Type: "integer", Default: json.Number("11")},
			{Key: "share", Type: "number", Default: 0.5},
			{Key: "strict", Type: "boolean", Default: true},
			{Key: "zone", Type: "string", Default: "gov.ru"},
		},
	}
}

const lastRoute = "- {id: last, kind: route, queue: common}\n"

// parse reads rules that must be without findings, and puts a last route behind them.
func parse(t testing.TB, text string) []api.Rule {
	t.Helper()
	rules, findings := rule.Parse("rules.yaml", []byte(text+"\n"+lastRoute))
	require.Empty(t, findings)
	return rules
}

func build(t testing.TB, text string) *rule.Set {
	t.Helper()
	set, findings := rule.Build(parse(t, text), rule.Overlay{}, environment())
	require.Empty(t, findings)
	return set
}

// condition makes a set whose one interesting rule has the condition, for the appeal form.
func condition(t testing.TB, source string) (*rule.Set, []api.Finding) {
	t.Helper()
	rules := parse(t, "")
	rules = append(rules, api.Rule{ID: "probe", Kind: api.Require, Forms: []string{"appeal"}, On: []string{"submit", "edit", "transition:close"}, When: source, Require: []string{"/email"}, Place: 1})
	return rule.Build(rules, rule.Overlay{}, environment())
}

func input(fields string) rule.Input {
	var decoded api.Fields
	decoder := json.NewDecoder(strings.NewReader(fields))
	decoder.UseNumber()
	if err := decoder.Decode(&decoded); err != nil {
		panic(err)
	}
	return rule.Input{
		Form: "appeal", On: rule.OnSubmit, Fields: decoded, Priority: "normal",
		Actor: rule.ActorFacts{Kind: rule.KindStaff, Role: "requester", Email: "Anna@Gov.RU"},
		Clock: rule.ClockFacts{Now: time.Date(2025, 1, 31, 22, 30, 0, 0, time.UTC), Location: time.FixedZone("MSK", 3*3600), WorkingTime: true},
	}
}

func outcome(t testing.TB, d rule.Decision, id string) rule.Outcome {
	t.Helper()
	for _, o := range d.Rules {
		if o.ID == id {
			return o
		}
	}
	require.Failf(t, "no outcome", "rule %s did not run", id)
	return rule.Outcome{}
}

func codes(findings []api.Finding) []string {
	out := make([]string, 0, len(findings))
	for _, f := range findings {
		out = append(out, f.Code)
	}
	return out
}
