package rule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
)

const tested = `
- {id: need-other, kind: require, forms: [appeal], require: [/other], when: fields.urgent}
- {id: official, kind: validate, forms: [appeal], when: actor.kind == "staff", assert: 'not in_list(domain(fields.email), "free-mail")', field: /email, message: {ru: a, en: b}}
- {id: closed, kind: guard, forms: [appeal], on: ['transition:close'], when: resolution.quality == 0, deny: {ru: a, en: b}}
- {id: late, kind: priority, forms: [appeal], when: fields.due < clock.today and params.strict, raise: 1}
`

const tests = `
- name: staff with a private address
  form: appeal
  now: 2025-02-01T00:30:00+03:00
  given:
    fields: {email: a@nowhere.example, urgent: true, due: 2025-01-31}
    actor: {kind: staff}
    lists: {free-mail: [nowhere.example]}
  expect:
    problems: [{pointer: /email, rule: official}]
    required: [/other]
    hidden: []
    priority: high
    queue: common
    line: ""
    matched: [need-other, official, late, last]
- name: staff with a work address
  form: appeal
  given: {fields: {email: a@gov.ru, due: 2025-01-01}, actor: {kind: staff}, params: {strict: false}}
  expect: {problems: [], required: [], priority: normal, matched: [official, last]}
- name: a citizen
  form: appeal
  given: {actor: {kind: citizen}}
  expect: {problems: [{pointer: /schema, code: seen}]}
- name: closing without quality
  form: appeal
  on: transition:close
  expect: {denied: closed}
- {name: closing, form: appeal, on: 'transition:close', given: {resolution: {quality: 5}}, expect: {denied: false}}
`

func parseTests(t *testing.T, text string) []rule.Test {
	t.Helper()
	parsed, findings := rule.ParseTests("tests.yaml", []byte(text))
	require.Empty(t, findings)
	return parsed
}

// seenSchema reports a problem for a form without an e-mail address, so that a test can tell that the
// schema was asked.
func seenSchema(form string, _ map[string][]string) func(api.Fields, []string) []errs.Problem {
	return func(fields api.Fields, _ []string) []errs.Problem {
		if form == "appeal" && len(fields) == 0 {
			return []errs.Problem{{Pointer: "/schema", Code: "seen"}}
		}
		return nil
	}
}

func TestAuthorsTests(t *testing.T) {
	t.Parallel()
	report := rule.RunTests(build(t, tested), parseTests(t, tests), seenSchema)
	require.Equal(t, rule.Report{Ran: 5}, report)
	require.True(t, report.OK())
}

func TestAuthorsFailures(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer(
		"required: [/other]", "required: [/email]",
		"priority: high", "priority: low",
		"rule: official}", "code: format}",
		"denied: false", "denied: closed",
		"matched: [official, last]", "matched: [last]",
	).Replace(tests)
	report := rule.RunTests(build(t, tested), parseTests(t, text), seenSchema)
	require.Len(t, report.Failures, 3)
	require.Equal(t, rule.Failure{
		Test: "staff with a private address", File: "tests.yaml", Line: 2,
		Diff: "problems:\n  - /email format\n  + /email rule official\nrequired:\n  - /email\n  + /other\npriority:\n  - \"low\"\n  + \"high\"",
	}, report.Failures[0])
	require.Equal(t, "matched:\n  + official", report.Failures[1].Diff)
	require.Equal(t, "denied:\n  - \"closed\"\n  + \"\"", report.Failures[2].Diff)

	odd := rule.RunTests(build(t, tested), parseTests(t, `
- {name: form, form: nope, expect: {queue: common}}
- {name: rule, form: appeal, expect: {matched: [gone], denied: gone-too}}
- {name: parameter, form: appeal, given: {params: {nope: 1, strict: 1}}, expect: {queue: common}}
`), nil)
	require.Len(t, odd.Failures, 3)
	require.Contains(t, odd.Failures[0].Diff, `form "nope"`)
	require.Equal(t, "there is no rule \"gone\"\nthere is no rule \"gone-too\"", odd.Failures[1].Diff)
	require.Contains(t, odd.Failures[2].Diff, "nope, strict")

	bomb := build(t, `- {id: bomb, kind: require, forms: [appeal], require: [/email], when: 'all(fields.tags, all(fields.tags, all(fields.tags, all(fields.tags, # == "a"))))'}`)
	failing := rule.RunTests(bomb, parseTests(t, `- {name: bomb, form: appeal, given: {fields: {tags: [`+strings.Repeat("a,", 100)+`a]}}, expect: {queue: common}}`), nil)
	require.Equal(t, `rule "bomb" failed while it ran`, failing.Failures[0].Diff)
}

// TestCoverage holds that leaving out any one test leaves a rule that is not shown from every side.
func TestCoverage(t *testing.T) {
	t.Parallel()
	set := build(t, tested)
	all := parseTests(t, tests)
	missing := []string{
		`rule "need-other": no test makes its when true`,
		`rule "official": no test makes its assertion true`,
		`rule "official": no test makes its when false`,
		`rule "closed": no test makes its when true`,
		`rule "closed": no test makes its when false`,
	}
	for i := range all {
		rest := append(append([]rule.Test{}, all[:i]...), all[i+1:]...)
		report := rule.RunTests(set, rest, seenSchema)
		require.Empty(t, report.Failures)
		require.NotEmpty(t, report.Untested)
		require.Equal(t, missing[i], report.Untested[0].Msg)
		require.Equal(t, "untested", report.Untested[0].Code)
		require.Equal(t, "rules.yaml", report.Untested[0].File)
		require.Positive(t, report.Untested[0].Line)
	}
	none := rule.RunTests(set, nil, nil)
	require.Len(t, none.Untested, 5)
	require.Equal(t, `rule "last": no test reaches it`, none.Untested[4].Msg)
	require.Equal(t, `rule "official": no test makes its when true, none makes its when false, none makes its assertion true, none makes its assertion false`, none.Untested[1].Msg)
}

func TestParseTestsRefuses(t *testing.T) {
	t.Parallel()
	for text, code := range map[string]string{
		"- {name: a, form: appeal, expect: {queue: q}, when: x}":                                                "unknown_key",
		"- {name: a, form: appeal, expect: {queu: q}}":                                                          "unknown_key",
		"- {name: a, form: appeal, given: {ticket: {staus: new}}, expect: {queue: q}}":                          "unknown_key",
		"- {name: a, form: appeal, given: {actor: {kind: boss}}, expect: {queue: q}}":                           "bad_value",
		"- {name: a, form: appeal, now: yesterday, expect: {queue: q}}":                                         "bad_value",
		"- {name: a, form: appeal, expect: {denied: true}}":                                                     "bad_value",
		"- {name: a, form: appeal, expect: {}}":                                                                 "bad_value",
		"- {name: a, form: appeal}":                                                                             "missing_key",
		"- {name: a, form: appeal, expect: {problems: [{code: x}]}}":                                            "missing_key",
		"- {name: a, form: f, expect: {queue: q}}\n- {name: a, form: f, expect: {queue: q}}":                    "duplicate_name",
		"- {name: a, form: appeal, given: {fields: [1]}, expect: {queue: q}}":                                   "wrong_type",
		"- {name: a, form: appeal, given: {fields: {n: 1" + strings.Repeat("0", 50) + "}}, expect: {queue: q}}": "bad_number",
	} {
		_, findings := rule.ParseTests("tests.yaml", []byte(text))
		require.NotEmpty(t, findings, text)
		require.Equal(t, code, findings[0].Code, findings)
		require.Positive(t, findings[0].Line)
	}
}
