package rule_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
)

const everyKind = `
- {id: show-other, kind: visible, forms: [appeal], show: [/other, /org], when: 'fields.section == "planning"'}
- {id: show-other-too, kind: visible, forms: [appeal], show: [/other], when: fields.urgent}
- {id: need-other, kind: require, forms: [appeal], require: [/other, /org/inn, /email], when: fields.count > 1}
- {id: need-email, kind: require, require: [/email]}
- {id: need-number, kind: require, forms: [appeal], require: ['/rows/*/number'], when: has.rows}
- {id: official, kind: validate, when: actor.kind == "staff", assert: 'not in_list(domain(fields.email), "free-mail")', field: /email, code: free_mail, message: {ru: "Служебный адрес", en: "A work address"}}
- {id: long-email, kind: validate, assert: len(fields.email) < 20, field: /email, message: {ru: "Длинно", en: "Long"}}
- {id: numbers, kind: validate, forms: [appeal], assert: 'all(fields.rows, len(digits(.number)) >= params.min_digits)', field: /rows, message: {ru: "Номер", en: "Number"}}
- {id: other-says, kind: validate, forms: [appeal], assert: 'fields.other != ""', field: /other, message: {ru: "Что именно", en: "What"}}
- {id: no-quality, kind: guard, on: ['transition:close'], when: resolution.quality == 0, deny: {ru: "Нет оценки", en: "No quality"}}
- {id: not-alone, kind: guard, on: ['transition:close', 'transition:withdraw'], when: not ticket.has_assignee, deny: {ru: "Нет исполнителя", en: "No assignee"}}
- {id: urgent-up, kind: priority, forms: [appeal], when: fields.urgent, raise: 2}
- {id: many-down, kind: priority, forms: [appeal], when: fields.count > 1, raise: -1}
- {id: staff-floor, kind: priority, when: actor.kind == "staff", floor: normal}
- {id: many-floor, kind: priority, forms: [appeal], when: fields.count > 5, floor: high}
- {id: planning, kind: route, when: 'fields.section == "planning"', queue: planning, line: line2}
- {id: citizens, kind: route, when: actor.kind == "citizen", line: line1}
`

// TestPass is the table of what each kind does, in the order of the pass.
func TestPass(t *testing.T) {
	t.Parallel()
	set := build(t, everyKind)
	at := func(problems []errs.Problem) []string {
		var out []string
		for _, p := range problems {
			out = append(out, p.Pointer+" "+p.Code)
		}
		return out
	}
	cases := map[string]struct {
		fields                            string
		change                            func(in *rule.Input)
		hidden, shown, required, problems []string
		denied, priority, queue, line     string
	}{
		"nothing": {
			fields: `{}`, hidden: []string{"/org", "/other"}, required: []string{"/email"},
			priority: "normal", queue: "common",
		},
		"hidden is never required nor checked": {
			fields: `{"count": 2, "other": "was there"}`, hidden: []string{"/org", "/other"}, required: []string{"/email"},
			priority: "normal", queue: "common",
		},
		"one of two shows": {
			fields: `{"urgent": true, "other": "x"}`, hidden: []string{"/org"}, shown: []string{"/other"}, required: []string{"/email"},
			priority: "critical", queue: "common",
		},
		"required is a union": {
			fields: `{"section": "planning", "count": 2, "rows": [{}]}`, shown: []string{"/org", "/other"},
			required: []string{"/email", "/org/inn", "/other", "/rows/*/number"}, problems: []string{"/other rule", "/rows rule"},
			priority: "normal", queue: "planning", line: "line2",
		},
		"one problem a field, the first rule's": {
			fields: `{"email": "somebody.very.long@Mail.RU"}`, hidden: []string{"/org", "/other"}, required: []string{"/email"},
			problems: []string{"/email free_mail"}, priority: "normal", queue: "common",
		},
		"the schema's problem is first": {
			fields: `{"email": "a@mail.ru", "section": "planning"}`, shown: []string{"/org", "/other"}, required: []string{"/email"},
			change: func(in *rule.Input) {
				in.Schema = func(api.Fields, []string) []errs.Problem {
					return []errs.Problem{{Pointer: "/zone", Code: "unknown"}, {Pointer: "/email", Code: "format"}, {Pointer: "/email", Code: "again"}}
				}
			},
			problems: []string{"/email format", "/other rule", "/zone unknown"}, priority: "normal", queue: "planning", line: "line2",
		},
		"a condition that does not hold": {
			fields: `{"email": "a@mail.ru"}`, change: func(in *rule.Input) { in.Actor.Kind = rule.KindCitizen },
			hidden: []string{"/org", "/other"}, required: []string{"/email"}, priority: "normal", queue: "", line: "line1",
		},
		"lists are the caller's": {
			fields: `{"email": "a@nowhere.example"}`, change: func(in *rule.Input) {
				in.InList = func(list, value string) bool { return list == "free-mail" && value == "nowhere.example" }
			},
			hidden: []string{"/org", "/other"}, required: []string{"/email"}, problems: []string{"/email free_mail"}, priority: "normal", queue: "common",
		},
		"steps add up, then floors": {
			fields: `{"urgent": true, "count": 6, "other": "x"}`, hidden: []string{"/org"}, shown: []string{"/other"}, required: []string{"/email", "/other"},
			priority: "high", queue: "common",
		},
		"the scale ends": {
			fields: `{"urgent": true, "other": "x"}`, change: func(in *rule.Input) { in.Priority = "critical" }, hidden: []string{"/org"}, shown: []string{"/other"}, required: []string{"/email"},
			priority: "critical", queue: "common",
		},
		"and begins": {
			fields: `{"count": 2}`, change: func(in *rule.Input) { in.Priority, in.Actor.Kind = "low", rule.KindSystem }, hidden: []string{"/org", "/other"}, required: []string{"/email"},
			priority: "low", queue: "common",
		},
		"a step down": {
			fields: `{"count": 2}`, change: func(in *rule.Input) { in.Actor.Kind = rule.KindSystem }, hidden: []string{"/org", "/other"}, required: []string{"/email"},
			priority: "low", queue: "common",
		},
		"steps add up before the scale ends": {
			fields: `{"urgent": true, "count": 2, "other": "x"}`, change: func(in *rule.Input) { in.Priority, in.Actor.Kind = "low", rule.KindSystem },
			hidden: []string{"/org"}, shown: []string{"/other"}, required: []string{"/email", "/other"}, priority: "normal", queue: "common",
		},
		"a transition runs its guards alone": {
			fields: `{"section": "planning"}`, change: func(in *rule.Input) { in.On = rule.OnTransition("close") },
			denied: "no-quality", priority: "normal",
		},
		"the next guard": {
			fields: `{}`, change: func(in *rule.Input) {
				in.On, in.Resolution = rule.OnTransition("close"), api.Fields{"quality": json.Number("5")}
			},
			denied: "not-alone", priority: "normal",
		},
		"no guard refuses": {
			fields: `{}`, change: func(in *rule.Input) { in.On, in.Ticket.HasAssignee = rule.OnTransition("withdraw"), true },
			priority: "normal",
		},
		"an unknown form has no rules": {fields: `{"other": "x"}`, change: func(in *rule.Input) { in.Form = "nope" }, priority: "normal"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := input(c.fields)
			if c.change != nil {
				c.change(&in)
			}
			d := set.Eval(in)
			require.Empty(t, d.Failed())
			require.Equal(t, c.hidden, d.Hidden)
			require.Equal(t, c.shown, d.Shown)
			require.Equal(t, c.required, d.Required)
			require.Equal(t, c.problems, at(d.Problems))
			denied := ""
			if d.Denied != nil {
				denied = d.Denied.Rule
			}
			require.Equal(t, []string{c.denied, c.priority, c.queue, c.line}, []string{denied, d.Priority, d.Queue, d.Line})
		})
	}
}

func TestHiddenValues(t *testing.T) {
	t.Parallel()
	set := build(t, everyKind)
	in := input(`{"other": "secret", "org": {"inn": "77"}, "count": 2, "email": "a@b.example"}`)
	var seen api.Fields
	var demanded []string
	in.Schema = func(fields api.Fields, required []string) []errs.Problem {
		seen, demanded = fields, required
		return nil
	}
	d := set.Eval(in)
	require.Equal(t, api.Fields{"count": json.Number("2"), "email": "a@b.example"}, d.Fields)
	require.Equal(t, d.Fields, seen, "the schema sees what is left")
	require.Equal(t, []string{"/email"}, demanded)
	require.Contains(t, in.Fields, "other", "the input stays as it is")
	require.Equal(t, rule.CodeSkipped, outcome(t, d, "other-says").Code)

	columns := build(t, "- {id: a, kind: visible, forms: [appeal], show: ['/rows/*/sum'], when: fields.urgent}\n- {id: b, kind: validate, forms: [appeal], assert: 'none(fields.rows, .sum > 0.0)', field: /rows, message: {ru: a, en: b}}")
	d = columns.Eval(input(`{"rows": [{"number": "1", "sum": 5}]}`))
	require.Equal(t, []string{"/rows/*/sum"}, d.Hidden)
	require.Equal(t, []any{map[string]any{"number": "1"}}, d.Fields["rows"])
	require.Empty(t, d.Problems, "later rules do not see what is hidden")
}

// TestFailingRules holds the safe side of each kind: a rule that fails has no effect.
func TestFailingRules(t *testing.T) {
	t.Parallel()
	const bomb = `all(fields.tags, all(fields.tags, all(fields.tags, # == "a")))`
	set := build(t, fmt.Sprintf(`
- {id: v, kind: visible, forms: [appeal], show: [/other], when: '%[1]s'}
- {id: r, kind: require, forms: [appeal], require: [/email], when: '%[1]s'}
- {id: a, kind: validate, forms: [appeal], when: has.tags, assert: '%[1]s', field: /email, message: {ru: a, en: b}}
- {id: g, kind: guard, forms: [appeal], on: ['transition:close'], when: '%[1]s', deny: {ru: a, en: b}}
- {id: p, kind: priority, forms: [appeal], when: '%[1]s', raise: 1}
- {id: q, kind: route, forms: [appeal], when: '%[1]s', queue: planning}
`, bomb))
	in := input(`{"other": "kept", "tags": [` + strings.Repeat(`"a",`, 500) + `"a"]}`)
	d := set.Eval(in)
	require.Equal(t, []string{"v", "r", "a", "p", "q"}, d.Failed())
	require.Equal(t, "kept", d.Fields["other"], "nothing is lost")
	require.Empty(t, d.Required)
	require.Empty(t, d.Problems)
	require.Equal(t, "normal", d.Priority)
	require.Equal(t, "common", d.Queue)
	in.On = rule.OnTransition("close")
	d = set.Eval(in)
	require.Equal(t, []string{"g"}, d.Failed())
	require.Nil(t, d.Denied)
}

func TestOverlay(t *testing.T) {
	t.Parallel()
	base := parse(t, `
- {id: off, kind: require, require: [/email], overridable: true}
- {id: swap, kind: require, require: [/email], overridable: true}
- {id: stays, kind: validate, forms: [appeal], assert: fields.count >= params.min_digits, field: /count, message: {ru: a, en: b}}
- {id: base-route, kind: route, when: has.email, queue: common}
`)
	set, findings := rule.Build(base, rule.Overlay{
		Off:     []string{"off"},
		Replace: []api.Rule{{ID: "swap", Kind: api.Require, Require: []string{"/section"}}},
		Add: []api.Rule{
			{ID: "desk-route", Kind: api.Route, When: `fields.section == "planning"`, Queue: "planning"},
			{ID: "desk-need", Kind: api.Require, Forms: []string{"appeal"}, Require: []string{"/other"}},
		},
		Params: map[string]any{"min_digits": json.Number("2")},
	}, environment())
	require.Empty(t, findings)
	var ids []string
	for _, r := range set.Rules() {
		ids = append(ids, r.ID)
	}
	require.Equal(t, []string{"desk-route", "swap", "stays", "base-route", "last", "desk-need"}, ids)
	d := set.Eval(input(`{"section": "planning", "email": "a@b.example", "count": 2}`))
	require.Equal(t, []string{"/other", "/section"}, d.Required)
	require.Empty(t, d.Problems)
	require.Equal(t, "planning", d.Queue)
	require.Equal(t, rule.CodeSkipped, outcome(t, d, "base-route").Code)
}

// TestRead holds that an outcome keeps exactly what the rule read, so that it can be shown and replayed.
func TestRead(t *testing.T) {
	t.Parallel()
	set := build(t, everyKind)
	d := set.Eval(input(`{"email": "a@Mail.RU", "count": 2, "rows": [{"number": "12"}]}`))
	require.Equal(t, map[string]any{"fields.section": nil}, outcome(t, d, "show-other").Read)
	require.Equal(t, map[string]any{"fields.count": 2}, outcome(t, d, "need-other").Read)
	require.Equal(t, map[string]any{"has.rows": true}, outcome(t, d, "need-number").Read)
	require.Nil(t, outcome(t, d, "need-email").Read)
	official := outcome(t, d, "official")
	require.Equal(t, map[string]any{"actor.kind": "staff", "fields.email": "a@Mail.RU", "in_list:free-mail": map[string]bool{"mail.ru": true}}, official.Read)
	require.Equal(t, "problem /email", official.Effect)
	require.False(t, *official.Held)
	require.Equal(t, map[string]any{"fields.rows": []any{map[string]any{"number": "12", "sum": 0.0}}, "params.min_digits": 11}, outcome(t, d, "numbers").Read)
	require.Equal(t, "queue common", outcome(t, d, "last").Effect)
	require.Positive(t, d.Fuel)
}

// TestReplay holds that a decision follows from what can be stored, in any order of map members.
func TestReplay(t *testing.T) {
	t.Parallel()
	set := build(t, everyKind)
	text := rapid.SampledFrom([]string{"", " ", "planning", "contracts", "a@mail.ru", "Ёж", "12345678901"})
	moment := rapid.SampledFrom([]string{rule.OnSubmit, rule.OnEdit, rule.OnTransition("close"), rule.OnTransition("withdraw")})
	value := rapid.Custom(func(t *rapid.T) any {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return json.Number(fmt.Sprint(rapid.IntRange(-9, 9).Draw(t, "number")))
		case 1:
			return rapid.Bool().Draw(t, "flag")
		case 2:
			return nil
		case 3:
			return []any{map[string]any{"number": text.Draw(t, "row")}, text.Draw(t, "odd row")}
		default:
			return text.Draw(t, "text")
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.MapOf(rapid.SampledFrom([]string{"email", "section", "other", "count", "urgent", "rows", "org", "tags", "nope"}), value)
		in := input(`{}`)
		in.Fields, in.Old = fields.Draw(t, "fields"), fields.Draw(t, "old")
		in.On = moment.Draw(t, "on")
		in.Actor.Kind = rapid.SampledFrom(rule.ActorKinds()).Draw(t, "actor")
		in.Priority = rapid.SampledFrom([]string{"low", "normal", "high", "critical", "gone"}).Draw(t, "priority")
		first := set.Eval(in)
		if diff := cmp.Diff(first, set.Eval(in)); diff != "" {
			t.Fatalf("twice differs: %s", diff)
		}
		stored, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var again rule.Input
		decoder := json.NewDecoder(strings.NewReader(string(stored)))
		decoder.UseNumber()
		if err := decoder.Decode(&again); err != nil {
			t.Fatal(err)
		}
		one, _ := json.Marshal(first)
		two, _ := json.Marshal(set.Eval(again))
		if diff := cmp.Diff(string(one), string(two)); diff != "" {
			t.Fatalf("replay differs: %s", diff)
		}
		if len(first.Failed()) > 0 {
			t.Fatalf("failed: %v", first.Failed())
		}
		for i := 1; i < len(first.Problems); i++ {
			if first.Problems[i-1].Pointer >= first.Problems[i].Pointer {
				t.Fatal("problems are one a field and sorted")
			}
		}
		for _, pointer := range first.Hidden {
			for _, found := range api.At(first.Fields, pointer) {
				if found.Exists {
					t.Fatalf("%s is hidden and still there", pointer)
				}
			}
		}
	})
}

// TestStoredClock holds that today stays the desk's day: the zone survives being stored.
func TestStoredClock(t *testing.T) {
	t.Parallel()
	set, findings := condition(t, `clock.today == "2025-02-01" and clock.working_time`)
	require.Empty(t, findings)
	in := input(`{}`)
	raw, err := json.Marshal(in)
	require.NoError(t, err)
	var stored rule.Input
	require.NoError(t, json.Unmarshal(raw, &stored))
	for _, given := range []rule.Input{in, stored} {
		require.True(t, outcome(t, set.Eval(given), "probe").Matched)
	}
	in.Clock.Location = nil
	require.False(t, outcome(t, set.Eval(in), "probe").Matched, "without a zone it is still yesterday")
}

func TestShared(t *testing.T) {
	t.Parallel()
	set := build(t, everyKind)
	inputs := []rule.Input{input(`{}`), input(`{"urgent": true, "count": 6}`), input(`{"section": "planning", "rows": [{"number": "1"}]}`)}
	want := make([]rule.Decision, len(inputs))
	for i, in := range inputs {
		want[i] = set.Eval(in)
	}
	diffs := make([]string, 8)
	var all sync.WaitGroup
	for worker := range diffs {
		all.Go(func() {
			for i := range 200 {
				at := (i + worker) % len(inputs)
				if diff := cmp.Diff(want[at], set.Eval(inputs[at])); diff != "" {
					diffs[worker] = diff
				}
			}
		})
	}
	all.Wait()
	for _, diff := range diffs {
		require.Empty(t, diff)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	set := build(t, everyKind)
	d := set.Eval(input(`{"section": "planning", "email": "a@Mail.RU", "rows": [{"number": "1"}]}`))
	for id, want := range map[string][2]string{
		"planning":    {`Сработало: fields.section = "planning"; очередь «planning», линия «line2».`, `Matched: fields.section = "planning"; queue “planning”, line “line2”.`},
		"last":        {`Не проверялось: маршрут уже выбран правилом выше.`, `Not looked at: a rule above has chosen the route.`},
		"need-other":  {`Не сработало: fields.count = не заполнено.`, `Did not match: fields.count = not filled in.`},
		"need-email":  {`Действует всегда: обязательны поля /email.`, `Always applies: mandatory: /email.`},
		"need-number": {`Сработало: has.rows = да; обязательны поля /rows/*/number.`, `Matched: has.rows = yes; mandatory: /rows/*/number.`},
		"official": {
			`Сработало: actor.kind = "staff", fields.email = "a@Mail.RU", «mail.ru» есть в списке free-mail; замечание к полю /email: «Служебный адрес».`,
			`Matched: actor.kind = "staff", fields.email = "a@Mail.RU", “mail.ru” is in the list free-mail; problem at /email: “A work address”.`,
		},
		"long-email":  {`Сработало: fields.email = "a@Mail.RU"; проверка пройдена.`, `Matched: fields.email = "a@Mail.RU"; the check passed.`},
		"staff-floor": {`Сработало: actor.kind = "staff"; приоритет не ниже «normal».`, `Matched: actor.kind = "staff"; priority at least “normal”.`},
	} {
		r, ok := set.Rule(id)
		require.True(t, ok)
		o := outcome(t, d, id)
		require.Equal(t, want[0], rule.Explain(o, r, i18n.RU))
		require.Equal(t, want[1], rule.Explain(o, r, i18n.EN))
		raw, err := json.Marshal(o)
		require.NoError(t, err)
		var stored rule.Outcome
		require.NoError(t, json.Unmarshal(raw, &stored))
		require.Equal(t, want[0], rule.Explain(stored, r, i18n.RU), "a stored outcome explains itself alike")
	}
	require.Contains(t, rule.Explain(rule.Outcome{Code: rule.CodeFuel}, api.Rule{}, i18n.RU), "остановлено")
	require.Contains(t, rule.Explain(rule.Outcome{Code: rule.CodeError}, api.Rule{}, i18n.EN), "could not be evaluated")
}

// TestCatalogue holds that both languages have every message of this package.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	ours := func(l i18n.Lang) []string {
		keys, err := i18n.Keys(l)
		require.NoError(t, err)
		var out []string
		for _, key := range keys {
			if strings.HasPrefix(key, "rule.") || key == "problem.rule" {
				out = append(out, key)
			}
		}
		return out
	}
	require.Len(t, ours(i18n.RU), 24)
	require.ElementsMatch(t, ours(i18n.RU), ours(i18n.EN))
}
