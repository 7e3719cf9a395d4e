package rule_test

import (
	"fmt"
	"testing"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
)

// FuzzCompile holds that no expression brings the compiler down, and that one that compiles neither
// panics nor differs between two runs.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		`fields.email == "a" and has.count`, `all(fields.rows, .number matches "^[0-9]+$")`, `in_list(domain(fields.email), "free-mail")`,
		`count(fields.tags, # in ["a", "b"]) > 2`, `(fields.urgent ? fields.count : 0) % 3 == 1`, `changed("/org/inn")`, `1 < fields.count < 3`,
		`$env`, `((((`, `let a = 1; a`, `repeat("x", 9)`, "`", `"\u00`, `fields["a" + "b"]`, `#`, `.a`, `not not not true`, `::len`, `a?.b`, `0x1e`, `1..2`,
	} {
		f.Add(seed)
	}
	in := input(`{"email": "a@b", "count": 3, "tags": ["a", "b"], "rows": [{"number": "1"}], "urgent": true}`)
	f.Fuzz(func(t *testing.T, source string) {
		base := []api.Rule{
			{ID: "probe", Kind: api.Require, Forms: []string{"appeal"}, When: source, Require: []string{"/email"}},
			{ID: "last", Kind: api.Route, Queue: "common"},
		}
		set, findings := rule.Build(base, rule.Overlay{}, environment())
		if (set == nil) == (len(findings) == 0) {
			t.Fatal("a set or findings")
		}
		if set == nil {
			return
		}
		if one, two := set.Eval(in), set.Eval(in); fmt.Sprint(one.Rules) != fmt.Sprint(two.Rules) {
			t.Fatalf("differs: %v %v", one.Rules, two.Rules)
		}
	})
}

// FuzzParse holds that no file brings the reader down.
func FuzzParse(f *testing.F) {
	f.Add([]byte(everyKind))
	f.Add([]byte(tests))
	f.Add([]byte("- &a [*a]"))
	f.Add([]byte("? {a: b}\n: c"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		rules, _ := rule.Parse("rules.yaml", raw)
		rule.Build(rules, rule.Overlay{}, environment())
		rule.ParseTests("tests.yaml", raw)
	})
}

func BenchmarkPass(b *testing.B) {
	for _, count := range []int{10, 300} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			rules := parse(b, "")
			for i := range count - 1 {
				rules = append(rules, api.Rule{
					ID: fmt.Sprintf("rule-%d", i), Kind: api.Require, Forms: []string{"appeal"}, Require: []string{"/email"},
					When: fmt.Sprintf(`fields.section == "planning" and fields.count > %d and (has.email or fields.price < 2.5)`, i),
				})
			}
			set, findings := rule.Build(rules, rule.Overlay{}, environment())
			if len(findings) > 0 {
				b.Fatal(findings)
			}
			in := input(`{"email": "a@b.example", "section": "planning", "count": 5, "rows": [{"number": "1"}]}`)
			b.ReportAllocs()
			for b.Loop() {
				set.Eval(in)
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	rules := parse(b, everyKind)
	for b.Loop() {
		if _, findings := rule.Build(rules, rule.Overlay{}, environment()); len(findings) > 0 {
			b.Fatal(findings)
		}
	}
}
