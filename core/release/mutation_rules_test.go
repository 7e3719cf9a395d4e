package release_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
)

func TestCheckFindsBrokenRules(t *testing.T) {
	t.Parallel()
	route, form, tests := "rules/sample/route.yaml", "rules/sample/form.yaml", "rules/sample/tests/form.yaml"
	checkMutations(t, []mutation{
		{code: "missing_key", file: route, old: "  raise: 1", changed: "  rise: 1", at: "- id: faults-are-urgent", says: "raise", also: []string{"unknown_key"}},
		{code: "no_source", file: route, old: "  raise: 1\n  source: product", changed: "  raise: 1", at: "- id: faults-are-urgent", says: "document or product"},
		{code: "unknown_queue", file: route, old: "queue: hard", changed: "queue: heard", at: "- id: hard-ones", says: `"hard"`},
		{code: "last_route_conditional", file: route, old: "  queue: common", changed: "  when: fields.kind == \"fault\"\n  queue: common", at: "- id: the-rest", also: []string{"last_route_conditional"}},
		{code: "unknown_field", file: form, old: "require: [/numbers]", changed: "require: [/nombers]", at: "- id: other-needs-numbers"},
		{code: "bad_type", file: form, old: `domain(fields.email)`, changed: `domain(fields.mail)`, at: "- id: official-mail", says: "unknown field mail", also: []string{"bad_type"}},
		{code: "unknown_transition", file: form, old: `on: ["transition:ask"]`, changed: `on: ["transition:asks"]`, at: "- id: not-while-urgent"},
		{code: "unknown_form", file: form, old: "forms: [appeal]", changed: "forms: [apeal]", at: "- id: other-needs-numbers"},
		{code: "untested", file: form, old: "field: /email", changed: "field: /email\n  when: fields.title != \"\"", at: "- id: official-mail", says: "makes its when false"},
		{code: "test_failed", file: tests, old: "    queue: hard", changed: "    queue: common", at: "- name: a fault with many", says: `"hard"`},
		{code: "unknown_key", file: tests, old: "    queue: hard", changed: "    quue: hard", says: `"queue"`},
		{code: "no_file", old: "rules: sample/*.yaml", changed: "rules: sample/none*.yaml"},
	})
}

// Values that a test gives to a list reach the schema's own check, and stand in place of the declared.
func TestListsOfATestReachTheSchema(t *testing.T) {
	t.Parallel()
	const file, given = "rules/sample/tests/form.yaml", "kind: other}\n    actor: {kind: citizen}"
	check := func(kind, lists string) []api.Finding {
		bundle := sample(t)
		text := string(bundle.Files[file])
		require.Equal(t, 1, strings.Count(text, given))
		bundle.Files[file] = []byte(strings.Replace(text, given, "kind: "+kind+"}\n    lists: "+lists+"\n    actor: {kind: citizen}", 1))
		bundle.Files["rules/sample/form.yaml"] = bytes.Replace(bundle.Files["rules/sample/form.yaml"], []byte(`fields.kind == "other"`), []byte(`fields.kind != "fault"`), 1)
		_, findings := release.Check(bundle)
		return findings
	}
	require.Empty(t, check("other", "{free-mail: [x.example]}"), "other lists keep their declared values")
	require.Empty(t, check("our-own", "{kinds: [our-own]}"))
	for _, findings := range [][]api.Finding{check("our-own", "{free-mail: [our-own]}"), check("other", "{kinds: [our-own]}")} {
		require.Contains(t, release.Error(findings).Error(), "/kind not_in_list")
	}
}

func TestCheckFindsUntestedRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, changed, says string }{
		"condition never true":  {"given: {ticket: {priority: high}}\n  expect: {denied: not-while-urgent}", "given: {ticket: {priority: low}}\n  expect: {denied: false}", `"not-while-urgent": no test makes its when true`},
		"condition never false": {"given: {ticket: {priority: normal}}\n  expect: {denied: false}", "given: {ticket: {priority: high}}\n  expect: {denied: not-while-urgent}", `"not-while-urgent": no test makes its when false`},
		"assertion never false": {"email: ivan@mail.example", "email: ivan@desk.example", `"official-mail": no test makes its assertion false`},
		"rule never reached":    {"form: appeal\n  given:\n    fields: {title: \"Не открывается\"", "form: request\n  given:\n    fields: {title: \"Не открывается\"", `"other-needs-numbers": no test makes its when true`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bundle := sample(t)
			file := "rules/sample/tests/form.yaml"
			text := string(bundle.Files[file])
			require.Equal(t, 1, strings.Count(text, test.old))
			text = strings.Replace(text, test.old, test.changed, 1)
			text = strings.Replace(text, "problems: [{pointer: /email, rule: official-mail}]", "priority: high", 1)
			bundle.Files[file] = []byte(strings.Replace(text, "priority: high\n    priority: high", "priority: high", 1))
			_, findings := release.Check(bundle)
			require.Contains(t, release.Error(findings).Error(), test.says)
			require.Contains(t, codes(findings), "untested")
		})
	}
}
