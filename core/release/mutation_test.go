package release_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
)

// mutation is one change of the good bundle that makes exactly one finding, but for those of also.
type mutation struct {
	code string
	// file is plugin.yaml where empty.
	file string
	// old is replaced by changed once; at is what stands in the line of the finding, changed where empty.
	old, changed, at string
	// says is a part of the finding's message.
	says string
	// also are the codes of findings that cannot but come along, in their order.
	also []string
}

func (m mutation) name() string { return m.code + " " + m.changed }

// apply returns the changed bundle and the line where the finding has to stand.
func (m mutation) apply(t *testing.T, b api.Bundle) (changed api.Bundle, file string, line int) {
	t.Helper()
	file = m.file
	if file == "" {
		file = api.DeclarationFile
	}
	require.Equal(t, 1, bytes.Count(b.Files[file], []byte(m.old)), "%q must stand once in %s", m.old, file)
	text := strings.Replace(string(b.Files[file]), m.old, m.changed, 1)
	b.Files[file] = []byte(text)
	at := m.at
	if at == "" {
		at = m.changed
	}
	found := strings.Index(text, at)
	require.GreaterOrEqual(t, found, 0, "%q does not stand in the changed %s", at, file)
	return b, file, strings.Count(text[:found], "\n") + 1
}

func checkMutations(t *testing.T, all []mutation) {
	t.Helper()
	for _, m := range all {
		t.Run(m.name(), func(t *testing.T) {
			t.Parallel()
			bundle, file, line := m.apply(t, sample(t))
			system, findings := release.Check(bundle)
			require.Nil(t, system)
			require.Len(t, findings, 1+len(m.also), "%v", release.Error(findings))
			f := findings[0]
			require.Equal(t, m.code, f.Code, f.Msg)
			for i, code := range m.also {
				require.Equal(t, code, findings[i+1].Code, findings[i+1].Msg)
			}
			require.Equal(t, file, f.File, f.Msg)
			require.Equal(t, line, f.Line, f.Msg)
			require.Positive(t, f.Column)
			require.Contains(t, f.Msg, m.says)
			require.NotEmpty(t, f.Msg)
		})
	}
}

func TestCheckFindsBrokenContract(t *testing.T) {
	t.Parallel()
	checkMutations(t, []mutation{
		{code: "unknown_key", old: "summary: {ru", changed: "sumary: {ru", says: `did you mean "summary"?`},
		{code: "unknown_key", old: "public: true", changed: "open_to_all: true", says: `"open_to_all"`},
		{code: "unknown_key", old: "hands_to: [line1]", changed: "hand_to: [line1]", says: `did you mean "hands_to"?`},
		{code: "missing_key", old: "version: 1.0.0\n", changed: "", at: "api:", says: `"version"`},
		{code: "missing_key", old: `summary: {ru: "Система для проверок.", en: "A system for checks."}`, changed: `summary: {ru: "Система"}`, says: `"en"`},
		{code: "missing_key", old: `category: new, clock: run, source: document}`, changed: `category: new, clock: run}`, says: `"source"`},
		{code: "missing_key", old: `to: at-work, by: [agent], source: document}`, changed: `to: at-work, by: [agent]}`, says: `"source"`},
		{code: "missing_key", old: `sees: desk, source: document}`, changed: `sees: desk}`, says: `"source"`},
		{code: "missing_key", old: `extendable: true, private: true, source: product}`, changed: `extendable: true, private: true}`, says: `"source"`},
		{code: "missing_key", old: "    source: document\n    covers: [R9.1]\n", changed: "", at: "key: appeal", says: `"source"`},
		{code: "missing_key", old: `agreed: true, source: document}`, changed: `agreed: true}`, says: `"source"`},
		{code: "missing_key", old: "  ticket: {ru: \"обращение\", en: \"appeal\"}\n", changed: "", at: "  number: {ru", says: `"ticket"`},
		{code: "missing_key", old: `  number: {ru: "номер", en: "number"}`, changed: ``, at: "  ticket: {ru", says: `"number"`},
		{code: "missing_key", old: "    received:\n", changed: "    closed:\n", says: `"received"`},
		{code: "missing_key", old: "    answered:\n", changed: "    closed:\n", at: "    received:", says: `"answered"`},
		{code: "unknown_key", old: "    received:\n", changed: "    recieved:\n    received:\n", says: `did you mean "received"?`},
		{code: "wrong_type", old: "max_count: 5", changed: "max_count: five", says: "integer"},
		{code: "wrong_type", old: "version: 1.0.0", changed: "version: 1.0", says: "string"},
		{code: "wrong_type", old: "public: true", changed: "public: yes", says: "boolean"},
		{code: "wrong_type", old: "key: hard_after, title: {ru: \"Порог\", en: \"Threshold\"}", changed: "key: hard_after, title: Порог", says: "object"},
		{code: "bad_value", old: "version: 1.0.0", changed: "version: 1.0.0.0", says: "semver"},
		{code: "bad_value", old: "key: sample\n", changed: "key: SAMPLE\n", says: "must match"},
		{code: "bad_value", old: "code: not_a_member", changed: "code: notAMember", says: "snake case"},
		{code: "bad_value", old: `opening: {ru: "Добрый день!", en: "Good day!"}`, changed: `opening: {ru: "Добрый день!", en: "  "}`, says: "/texts/opening/en"},
		{code: "bad_value", old: `opening: {ru: "Добрый день!", en: "Good day!"}`, changed: `opening: {ru: "", en: "Good day!"}`, says: "/texts/opening/ru"},
		{code: "bad_value", old: "schema: sample/appeal.v1.schema.json\n    ui: sample/appeal.v1.ui.json\n    channels: [portal]", changed: "schema: sample/appeal.schema.json\n    ui: sample/appeal.v1.ui.json\n    channels: [portal]", says: ".v<N>."},
		{code: "unknown_value", old: "api: opora.plugin/v1", changed: "api: opora.plugin/v2", says: `"opora.plugin/v1"`},
		{code: "unknown_value", old: "category: new", changed: "category: nwe", says: `did you mean "new"?`},
		{code: "unknown_value", old: "columns: [number, subject, status, assignee]", changed: "columns: [number, subject, text]", says: "/visibility/columns/2"},
		{code: "unknown_value", old: "needs: [comment]", changed: "needs: [coment]", says: `did you mean "comment"?`},
		{code: "unknown_value", old: "/email: person.email", changed: "/email: person.mail", says: "person.email"},
		{code: "unknown_value", old: "name: read_letter", changed: "name: read_leter", says: `did you mean "read_letter"?`},
		{code: "unknown_value", old: "kind: mail", changed: "kind: fax", says: "mail"},
		{code: "out_of_bounds", old: "deadline_ms: 2000", changed: "deadline_ms: 90000", says: "/hooks/0/deadline_ms"},
		{code: "out_of_bounds", old: "working_days: 3", changed: "working_days: -3", says: "/deadlines/0/working_days"},
		{code: "duplicate", old: "channels: [api, mail]", changed: "channels: [api, api]", says: "twice"},
		{code: "bad_key", old: "prefill: {/email", changed: "prefill: {email", says: `"email"`},
	})
}

func TestCheckFindsBadYAML(t *testing.T) {
	t.Parallel()
	checkMutations(t, []mutation{
		{code: "duplicate_key", old: "version: 1.0.0\n", changed: "version: 1.0.0\nkey: other\n", at: "key: other", says: "first in line 2"},
		{code: "no_anchors", old: `title: {ru: "Образец", en: "Sample"}`, changed: `title: &t {ru: "Образец", en: "Sample"}`, says: "anchors"},
		{code: "bad_yaml", old: "version: 1.0.0\n", changed: "version: *t\n", at: "api:", says: "anchor"},
		{code: "bad_key", old: `title: {ru: "Образец", en: "Sample"}`, changed: `title: {<<: {ru: "Образец"}, en: "Sample"}`, says: "plain text"},
		{code: "bad_key", old: `title: {ru: "Образец", en: "Sample"}`, changed: `title: {[ru]: "Образец", en: "Sample"}`, says: "plain text"},
		{code: "bad_tag", old: "version: 1.0.0", changed: "version: !!str 1.0.0", says: "!!str"},
		{code: "bad_tag", old: "version: 1.0.0", changed: "version: !!binary MS4wLjA=", says: "!!binary"},
		{code: "bad_tag", old: "version: 1.0.0", changed: "version: !own 1.0.0", says: "!own"},
		{code: "bad_number", old: "max_count: 5", changed: "max_count: 99999999999999999999999999", says: "number"},
		{code: "bad_number", old: "max_count: 5", changed: "max_count: .inf", says: "number"},
		{code: "bad_number", old: "max_count: 5", changed: "max_count: 5.0000000000000000000000000000000000000000", says: "characters"},
		{code: "bad_yaml", old: "version: 1.0.0\n", changed: "version: 1.0.0\n\tbroken\n", at: "version:", says: "tab"},
		{code: "many_documents", old: "  - {covers: [R9.3]", changed: "---\nnotes:\n  - {covers: [R9.3]", at: "---\nnotes"},
	})
}

func TestParseRefusesBombs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ raw, code string }{
		"large":       {strings.Repeat("# comment\n", 30_000), "file_too_large"},
		"empty":       {"", "empty_file"},
		"comment":     {"# nothing\n", "empty_file"},
		"scalar":      {"text", "wrong_type"},
		"null":        {"~", "wrong_type"},
		"deep flow":   {"api: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "too_deep"},
		"deep block":  {strings.Repeat("- ", 100) + "x", "too_deep"},
		"deeper flow": {strings.Repeat("[", 200_000), "too_deep"},
		"deeper map":  {strings.Repeat("{a: ", 60_000), "too_deep"},
		"many values": {"[" + strings.Repeat("1,", 60_000) + "1]", "too_many_values"},
		"laughs":      {"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n", "no_anchors"},
		"not UTF-8":   {"api: \xff\xfe", "bad_yaml"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			declaration, findings := release.Parse([]byte(test.raw))
			require.Nil(t, declaration)
			require.NotEmpty(t, findings)
			require.Equal(t, test.code, findings[0].Code, findings[0].Msg)
		})
	}
}

func FuzzParse(f *testing.F) {
	bundle, err := release.FromDir("testdata/plugins/sample/plugin.yaml")
	require.NoError(f, err)
	f.Add(bundle.Files[api.DeclarationFile])
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("? [x]\n: y"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		declaration, findings := release.Parse(raw)
		require.Equal(t, declaration == nil, len(findings) > 0)
		for _, finding := range findings {
			require.NotEmpty(t, finding.Code)
			require.Positive(t, finding.Line)
		}
	})
}

// checkFiles checks a bundle whose files were changed; it has to make one finding in file.
func checkFiles(t *testing.T, code, file string, change func(map[string][]byte)) {
	t.Helper()
	bundle := sample(t)
	change(bundle.Files)
	system, findings := release.Check(bundle)
	require.Nil(t, system)
	require.NotEmpty(t, findings)
	for _, f := range findings {
		require.Equal(t, code, f.Code, f.Msg)
		require.Equal(t, file, f.File, f.Msg)
		require.Positive(t, f.Line)
	}
}
