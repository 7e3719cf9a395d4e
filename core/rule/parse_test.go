package rule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
)

func TestParse(t *testing.T) {
	t.Parallel()
	rules, findings := rule.Parse("rules/x/a.yaml", []byte(`# a remark
- id: official-mail-only
  kind: validate
  forms: [appeal]
  on: [submit, edit]
  when: actor.kind == "staff"
  assert: not in_list(domain(fields.email), "free-mail")
  field: /email
  code: free_mail
  message: {ru: "Служебный адрес", en: "A work address"}
  overridable: true
  since: 1.2.0
  title: {ru: "Почта", en: "Mail"}
  source: document
  covers: [R3.7]

- {id: up, kind: priority, raise: -1, floor: high}
- {id: last, kind: route, queue: common, line: line1}
`))
	require.Empty(t, findings)
	require.Len(t, rules, 3)
	r := rules[0]
	require.Equal(t, api.Validate, r.Kind)
	require.Equal(t, "free_mail", r.Code)
	require.Equal(t, "Служебный адрес", r.Message.RU)
	require.Equal(t, api.FromDocument, r.Source)
	require.Equal(t, []string{"R3.7"}, r.Covers)
	require.True(t, r.Overridable)
	require.Equal(t, "rules/x/a.yaml", r.File)
	require.Equal(t, 2, r.Place)
	require.Equal(t, -1, rules[1].Raise)
	require.Equal(t, 17, rules[1].Place)

	none, findings := rule.Parse("empty.yaml", []byte("# nothing yet\n"))
	require.Empty(t, findings)
	require.Empty(t, none)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		text         string
		code         string
		line, column int
		says         string
	}{
		"unknown key":       {"- id: a\n  kind: require\n  require: [/x]\n  wehn: 'true'\n", "unknown_key", 4, 3, `did you mean "when"`},
		"two kinds":         {"- {id: a, kind: require, require: [/x], show: [/y]}\n", "foreign_key", 1, 41, `"show"`},
		"route in a guard":  {"- {id: a, kind: guard, on: ['transition:x'], deny: {ru: a, en: b}, queue: q}\n", "foreign_key", 1, 68, `"queue"`},
		"missing key":       {"- {id: a, kind: validate, assert: 'true', field: /x}\n", "missing_key", 1, 3, `"message"`},
		"missing choice":    {"- {id: a, kind: route}\n", "missing_key", 1, 3, "queue or line"},
		"unknown kind":      {"- {id: a, kind: deny}\n", "bad_value", 1, 17, "guard"},
		"bad id":            {"- {id: A b, kind: require, require: [/x]}\n", "bad_value", 1, 8, "Lower-case"},
		"bad pointer":       {"- {id: a, kind: require, require: [x]}\n", "bad_value", 1, 36, "pointer"},
		"bad moment":        {"- {id: a, kind: require, require: [/x], on: [create]}\n", "bad_value", 1, 46, "transition:<key>"},
		"guard on submit":   {"- {id: a, kind: guard, on: [submit], deny: {ru: a, en: b}}\n", "bad_value", 1, 29, "transitions only"},
		"raise nothing":     {"- {id: a, kind: priority, raise: 0}\n", "bad_value", 1, 34, ""},
		"wrong type":        {"- {id: a, kind: priority, raise: much}\n", "wrong_type", 1, 34, "integer"},
		"one language":      {"- {id: a, kind: guard, on: ['transition:x'], deny: {ru: a}}\n", "missing_key", 1, 52, `"en"`},
		"condition no text": {"- {id: a, kind: require, require: [/x], when: true}\n", "wrong_type", 1, 47, "string"},
		"same id":           {"- {id: a, kind: require, require: [/x]}\n- {id: a, kind: require, require: [/y]}\n", "duplicate_id", 2, 8, "line 1"},
		"same key":          {"- id: a\n  id: b\n", "duplicate_key", 2, 3, "line 1"},
		"no list":           {"id: a\n", "wrong_type", 1, 1, "array"},
		"anchor":            {"- &x {id: a, kind: require, require: [/x]}\n- *x\n", "no_anchors", 1, 3, ""},
		"merge":             {"- {<<: {id: a}, kind: require, require: [/x]}\n", "bad_key", 1, 4, ""},
		"tag":               {"- {id: !!str a, kind: require, require: [/x]}\n", "bad_tag", 1, 8, ""},
		"two documents":     {"[]\n---\n[]\n", "many_documents", 2, 1, ""},
		"broken":            {"- {id: a\n", "bad_yaml", 1, 1, ""},
		"deep":              {strings.Repeat("[", 100_000), "too_deep", 1, 1, ""},
		"large":             {"# " + strings.Repeat("x", 600<<10), "file_too_large", 1, 1, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, findings := rule.Parse("rules.yaml", []byte(c.text))
			require.NotEmpty(t, findings)
			require.Equal(t, c.code, findings[0].Code, findings)
			require.Equal(t, "rules.yaml", findings[0].File)
			require.Equal(t, [2]int{c.line, c.column}, [2]int{findings[0].Line, findings[0].Column}, findings)
			require.Contains(t, findings[0].Msg, c.says)
		})
	}
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		base    string
		overlay rule.Overlay
		code    string
	}{
		"form":              {"- {id: a, kind: require, require: [/email], forms: [appael]}", rule.Overlay{}, "unknown_form"},
		"field of one form": {"- {id: a, kind: require, require: [/other]}", rule.Overlay{}, "unknown_field"},
		"names one form's":  {"- {id: a, kind: require, require: [/email], when: has.other}", rule.Overlay{}, "bad_type"},
		"row without star":  {"- {id: a, kind: require, require: [/rows/number], forms: [appeal]}", rule.Overlay{}, "unknown_field"},
		"row by number":     {"- {id: a, kind: require, require: [/rows/0/number], forms: [appeal]}", rule.Overlay{}, "unknown_field"},
		"field of rows":     {"- {id: a, kind: validate, assert: 'true', field: '/rows/*/number', message: {ru: a, en: b}, forms: [appeal]}", rule.Overlay{}, "bad_pointer"},
		"queue":             {"- {id: a, kind: route, queue: comon, when: has.email}", rule.Overlay{}, "unknown_queue"},
		"line":              {"- {id: a, kind: route, line: line9, when: has.email}", rule.Overlay{}, "unknown_line"},
		"priority":          {"- {id: a, kind: priority, floor: hihg}", rule.Overlay{}, "unknown_priority"},
		"transition":        {"- {id: a, kind: guard, on: ['transition:open'], deny: {ru: a, en: b}}", rule.Overlay{}, "unknown_transition"},
		"early route":       {"- {id: a, kind: route, queue: planning}", rule.Overlay{}, "route_unconditional"},
		"reads the hidden":  {"- {id: a, kind: visible, show: [/section], when: has.email}\n- {id: b, kind: visible, show: [/email], when: has.section}", rule.Overlay{}, "visible_reads_governed"},
		"reads itself":      {"- {id: a, kind: visible, show: [/section], when: 'fields.section != \"\"'}", rule.Overlay{}, "visible_reads_governed"},
		"reads within":      {"- {id: a, kind: visible, show: [/org], when: has.org.inn, forms: [appeal]}", rule.Overlay{}, "visible_reads_governed"},
		"reads by changed":  {"- {id: a, kind: visible, show: [/section], when: 'changed(\"/section\")'}", rule.Overlay{}, "visible_reads_governed"},
		"off of a locked":   {"- {id: a, kind: require, require: [/email]}", rule.Overlay{Off: []string{"a"}}, "not_overridable"},
		"off of nothing":    {"", rule.Overlay{Off: []string{"a"}}, "unknown_rule"},
		"replaced locked":   {"- {id: a, kind: require, require: [/email]}", rule.Overlay{Replace: []api.Rule{{ID: "a", Kind: api.Require, Require: []string{"/email"}}}}, "not_overridable"},
		"other kind":        {"- {id: a, kind: require, require: [/email], overridable: true}", rule.Overlay{Replace: []api.Rule{{ID: "a", Kind: api.Visible, Show: []string{"/email"}}}}, "other_kind"},
		"id taken":          {"", rule.Overlay{Add: []api.Rule{{ID: "last", Kind: api.Require, Require: []string{"/email"}}}}, "duplicate_id"},
		"added broken":      {"", rule.Overlay{Add: []api.Rule{{ID: "x", Kind: api.Require, Queue: "common"}}}, "missing_key"},
		"added catch-all":   {"", rule.Overlay{Add: []api.Rule{{ID: "x", Kind: api.Route, Queue: "planning"}}}, "route_unconditional"},
		"param unknown":     {"", rule.Overlay{Params: map[string]any{"nope": 1}}, "unknown_param"},
		"param type":        {"", rule.Overlay{Params: map[string]any{"min_digits": 1.5}}, "bad_param"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, findings := rule.Build(parse(t, c.base), c.overlay, environment())
			require.Nil(t, set)
			require.Contains(t, codes(findings), c.code, findings)
		})
	}
	conditional, findings := rule.Parse("rules.yaml", []byte("- {id: a, kind: route, queue: common, when: has.email}"))
	require.Empty(t, findings)
	_, findings = rule.Build(conditional, rule.Overlay{}, environment())
	require.Equal(t, []string{"last_route_conditional", "last_route_conditional"}, codes(findings))
	_, findings = rule.Build(nil, rule.Overlay{}, environment())
	require.Equal(t, []string{"no_route", "no_route"}, codes(findings))
}

func TestSince(t *testing.T) {
	t.Parallel()
	env := environment()
	env.Versions = map[string]string{"short": "1.1.9"}
	rules := parse(t, "- {id: a, kind: require, require: [/other], since: 1.2.0}")
	set, findings := rule.Build(rules, rule.Overlay{}, env)
	require.Empty(t, findings)
	in := input(`{}`)
	require.Equal(t, []string{"/other"}, set.Eval(in).Required)
	in.Form = "short"
	require.Empty(t, set.Eval(in).Required)

	for release, applies := range map[string]bool{"1.1.9": false, "1.2.0": true, "1.10.0": true, "2.0.0": true, "0.9.0": false, "1.2.0+dev.12345678": true, "": true} {
		require.Equal(t, applies, rule.AppliesTo(api.Rule{Since: "1.2.0"}, release), release)
	}
	require.True(t, rule.AppliesTo(api.Rule{}, "0.0.1"))
}

func TestDigest(t *testing.T) {
	t.Parallel()
	one := build(t, "- {id: a, kind: require, require: [/email], overridable: true}")
	require.Regexp(t, "^[0-9a-f]{64}$", one.Digest())
	require.Equal(t, one.Digest(), build(t, "# moved down\n\n- {kind: require, id: a, overridable: true, require: [/email]}").Digest(), "where and how it is written does not count")
	require.NotEqual(t, one.Digest(), build(t, "- {id: a, kind: require, require: [/section], overridable: true}").Digest())
	base := parse(t, "- {id: a, kind: require, require: [/email], overridable: true}")
	for _, overlay := range []rule.Overlay{
		{Off: []string{"a"}},
		{Params: map[string]any{"min_digits": 12}},
		{Add: []api.Rule{{ID: "b", Kind: api.Require, Require: []string{"/email"}}}},
	} {
		set, findings := rule.Build(base, overlay, environment())
		require.Empty(t, findings)
		require.NotEqual(t, one.Digest(), set.Digest())
	}
}
