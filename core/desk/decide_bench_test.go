package desk

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
	"github.com/opora-desk/opora/core/tenant"
	"github.com/opora-desk/opora/core/ticket"
)

// BenchmarkDecisionTrace writes down what the rules of each system read and did at a filing, beside
// the same JSON written once.
func BenchmarkDecisionTrace(b *testing.B) {
	found, err := filepath.Glob("../../plugins/*/" + api.DeclarationFile)
	require.NoError(b, err)
	for _, path := range found {
		key := filepath.Base(filepath.Dir(path))
		if key == "example" {
			continue
		}
		decided, snap := decidedFiling(b, path, key)
		t := &ticket.Ticket{Tenant: ident.New(), ID: ident.New()}
		at := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
		b.Run(key+"/opora", func(b *testing.B) {
			for b.Loop() {
				if _, err := decided.record(t, snap, 1, at); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(key+"/limit", func(b *testing.B) {
			kept, err := decided.record(t, snap, 1, at)
			require.NoError(b, err)
			var input rule.Input
			var outcomes []rule.Outcome
			require.NoError(b, json.Unmarshal(kept.Input, &input))
			require.NoError(b, json.Unmarshal(kept.Outcomes, &outcomes))
			for b.Loop() {
				if _, err := json.Marshal(input); err != nil {
					b.Fatal(err)
				}
				if _, err := json.Marshal(outcomes); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func decidedFiling(b *testing.B, path, key string) (pass, *Snapshot) {
	b.Helper()
	bundle, err := release.FromDir(path)
	require.NoError(b, err)
	system, err := release.Compile(bundle)
	require.NoError(b, err)
	snap, err := buildSnapshot(tenant.Tenant{}, tenant.Desk{ID: ident.New(), System: key}, system, nil)
	require.NoError(b, err)
	examples, err := filepath.Glob("../../schemas/" + key + "/testdata/valid/*.json")
	require.NoError(b, err)
	require.NotEmpty(b, examples)
	raw, err := os.ReadFile(examples[0])
	require.NoError(b, err)
	var example struct {
		Form   string          `json:"form"`
		Fields json.RawMessage `json:"fields"`
	}
	require.NoError(b, json.Unmarshal(raw, &example))
	compiled := system.Forms[example.Form]
	fields, typing, err := compiled.Form.Decode(example.Fields)
	require.NoError(b, err)
	in := rule.Input{
		Form: example.Form, On: rule.OnSubmit, Fields: fields, Priority: system.Declaration.Priorities.Default,
		Ticket: rule.TicketFacts{Channel: string(api.API)}, Actor: rule.ActorFacts{Kind: rule.KindStaff, Role: "requester"},
		Clock: rule.ClockFacts{Now: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC), WorkingTime: true},
	}
	figures, err := newFigures(nil)
	require.NoError(b, err)
	s := &Service{figures: figures}
	decided := s.judge(b.Context(), snap.Rules, snap, compiled, in, typing)
	require.NotEmpty(b, decided.decision.Rules)
	return decided, snap
}
