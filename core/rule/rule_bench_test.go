package rule_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
)

// BenchmarkRulePass is one pass over a filing of each system, and of 300 rules, beside the compiled
// expressions alone.
func BenchmarkRulePass(b *testing.B) {
	for _, key := range systems(b) {
		system, in := filed(b, key)
		both(b, key, system.Base, in)
	}
	system, in := filed(b, coretest.Webtorgi)
	rules := make([]api.Rule, 0, 300)
	rules = append(rules, api.Rule{ID: "bench-route", Kind: api.Route, Queue: system.Declaration.Queues[0].Key})
	for n := 1; n < 300; n++ {
		r := api.Rule{ID: fmt.Sprintf("bench-%d", n), Kind: api.Require, Require: []string{"/phone"}, When: fmt.Sprintf(`fields.title contains "%d" and has.description`, n)}
		switch n % 3 {
		case 1:
			r = api.Rule{ID: r.ID, Kind: api.Priority, Raise: 1, When: fmt.Sprintf(`len(fields.description) > %d and fields.name startsWith "Щ"`, n)}
		case 2:
			r = api.Rule{ID: r.ID, Kind: api.Validate, Field: "/title", Message: i18n.Text{RU: "Слишком длинно", EN: "Too long"}, Assert: fmt.Sprintf(`len(fields.title) < 1000 or fields.email contains "@%d"`, n)}
		}
		rules = append(rules, r)
	}
	set, findings := rule.Build(rules, rule.Overlay{}, system.Env)
	require.Empty(b, findings)
	both(b, "300_rules", set, in)
}

func both(b *testing.B, name string, set *rule.Set, in rule.Input) {
	b.Helper()
	b.Run(name+"/opora", func(b *testing.B) {
		for b.Loop() {
			decided := set.Eval(in)
			if len(decided.Failed()) > 0 {
				b.Fatal(decided.Failed())
			}
		}
	})
	b.Run(name+"/limit", func(b *testing.B) {
		bare := rule.Bare(set, in)
		for b.Loop() {
			if err := bare(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// systems are those of the tree, without the template of authors.
func systems(b *testing.B) []string {
	b.Helper()
	found, err := filepath.Glob(filepath.Join(coretest.Root(), "plugins", "*", api.DeclarationFile))
	require.NoError(b, err)
	var keys []string
	for _, path := range found {
		if key := filepath.Base(filepath.Dir(path)); key != "example" {
			keys = append(keys, key)
		}
	}
	require.NotEmpty(b, keys)
	return keys
}

// filed is a system with the first of its valid examples, as the rules get it at a filing.
func filed(b *testing.B, key string) (*release.System, rule.Input) {
	b.Helper()
	system, err := release.Compile(coretest.Bundle(b, key))
	require.NoError(b, err)
	examples, err := filepath.Glob(filepath.Join(coretest.Root(), "schemas", key, "testdata", "valid", "*.json"))
	require.NoError(b, err)
	require.NotEmpty(b, examples)
	raw, err := os.ReadFile(examples[0])
	require.NoError(b, err)
	var example struct {
		Form   string          `json:"form"`
		Fields json.RawMessage `json:"fields"`
	}
	require.NoError(b, json.Unmarshal(raw, &example))
	fields, _, err := system.Forms[example.Form].Form.Decode(example.Fields)
	require.NoError(b, err)
	return system, rule.Input{
		Form: example.Form, On: rule.OnSubmit, Fields: fields, Priority: system.Declaration.Priorities.Default,
		Ticket: rule.TicketFacts{Channel: string(api.API)}, Actor: rule.ActorFacts{Kind: rule.KindStaff, Role: "requester", Email: "a@b.example"},
		Clock: rule.ClockFacts{Now: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC), WorkingTime: true},
	}
}
