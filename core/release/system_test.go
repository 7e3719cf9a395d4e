package release_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// compiled returns the sample after a change of its files.
func compiled(t *testing.T, changes ...string) *release.System {
	t.Helper()
	bundle := sample(t)
	for i := 0; i < len(changes); i += 3 {
		file, old, changed := changes[i], changes[i+1], changes[i+2]
		require.Contains(t, string(bundle.Files[file]), old)
		bundle.Files[file] = []byte(strings.ReplaceAll(string(bundle.Files[file]), old, changed))
	}
	system, err := release.Compile(bundle)
	require.NoError(t, err)
	return system
}

func TestCompileMakesWhatTheCoreExecutes(t *testing.T) {
	t.Parallel()
	bundle := sample(t)
	system, err := release.Compile(bundle)
	require.NoError(t, err)
	require.Equal(t, bundle.Digest(), system.Digest)
	require.Len(t, system.Forms, 2)
	appeal := system.Forms["appeal"]
	require.Equal(t, 1, appeal.Version)
	require.Equal(t, "string", appeal.Form.Shape().Props["email"].Type)
	label, ok := appeal.UI.Field("/title")
	require.True(t, ok)
	require.Equal(t, "Title", label.Label.EN)
	require.Contains(t, system.Resolution.Form.Shape().Props, "cause")
	ids := make([]string, 0, len(system.Rules))
	for _, r := range system.Rules {
		ids = append(ids, r.ID)
	}
	require.Equal(t, []string{"other-needs-numbers", "official-mail", "not-while-urgent", "faults-are-urgent", "hard-ones", "the-rest"}, ids)
	require.Equal(t, []string{"fault", "other"}, system.Env.Lists["kinds"])
	require.Equal(t, []string{"low", "normal", "high"}, system.Env.Priorities)
	require.NotEmpty(t, system.Base.Digest())
}

func TestCompileRefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	for file, change := range map[string][2]string{
		"plugin.yaml":                          {"api: opora.plugin/v1", "api: opora.plugin/v0"},
		"rules/sample/route.yaml":              {"queue: common", "queue: unknown"},
		"schemas/sample/appeal.v1.schema.json": {`"maxItems": 50,`, ``},
		"schemas/sample/appeal.v1.ui.json":     {`"/kind"`, `"/gone"`},
	} {
		bundle := sample(t)
		text := string(bundle.Files[file])
		require.Contains(t, text, change[0])
		bundle.Files[file] = []byte(strings.ReplaceAll(text, change[0], change[1]))
		_, err := release.Compile(bundle)
		require.ErrorContains(t, err, file+":", file)
		require.Equal(t, "release_not_compiled", errs.CodeOf(err))
	}
}

func TestRuleSetOfADesk(t *testing.T) {
	t.Parallel()
	system := compiled(t)
	same, findings := system.RuleSet(rule.Overlay{}, nil)
	require.Empty(t, findings)
	require.Equal(t, system.Base.Digest(), same.Digest())

	own := []api.Rule{{ID: "own-kind", Kind: api.Priority, When: `fields.kind == "own"`, Floor: "high", Mark: api.Mark{Source: api.FromProduct}}}
	_, findings = system.RuleSet(rule.Overlay{Add: own}, nil)
	require.NotEmpty(t, findings, "the list does not have the value yet")
	added, findings := system.RuleSet(rule.Overlay{Add: own}, map[string][]string{"kinds": {"fault", "other", "own"}})
	require.Empty(t, findings)
	require.NotEqual(t, system.Base.Digest(), added.Digest())
	require.Equal(t, []string{"fault", "other"}, system.Env.Lists["kinds"], "a desk's values stay with the desk")

	off, findings := system.RuleSet(rule.Overlay{Off: []string{"other-needs-numbers"}}, nil)
	require.Empty(t, findings)
	require.NotEqual(t, system.Base.Digest(), off.Digest())
	_, findings = system.RuleSet(rule.Overlay{Off: []string{"official-mail"}}, nil)
	require.NotEmpty(t, findings, "the rule is not overridable")
}

func TestSystemServesManyAtOnce(t *testing.T) {
	t.Parallel()
	system := compiled(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, findings := system.RuleSet(rule.Overlay{}, map[string][]string{"kinds": {"fault"}}); len(findings) == 0 {
				t.Error("a rule names a value that this desk does not have")
			}
		})
	}
	all.Wait()
	require.Equal(t, []string{"fault", "other"}, system.Env.Lists["kinds"])
}

func TestCompatible(t *testing.T) {
	t.Parallel()
	yaml, route := "plugin.yaml", "rules/sample/route.yaml"
	tests := map[string]struct {
		changes []string
		code    string
		says    string
	}{
		"same":                  {nil, "", ""},
		"next version":          {[]string{yaml, "version: 1.0.0", "version: 1.1.0"}, "", ""},
		"version reused":        {[]string{yaml, "max_count: 5", "max_count: 6"}, "version_reused", "raise the version"},
		"status removed":        {[]string{yaml, "version: 1.0.0", "version: 1.1.0", yaml, "frozen", "iced"}, "status_removed", "retired"},
		"status category":       {[]string{yaml, "version: 1.0.0", "version: 1.1.0", yaml, "category: new", "category: open"}, "status_category", "fresh"},
		"line removed":          {[]string{yaml, "version: 1.0.0", "version: 1.1.0", yaml, "line2", "line3"}, "line_removed", "line2"},
		"queue removed":         {[]string{yaml, "version: 1.0.0", "version: 1.1.0", yaml, "key: hard,", "key: tough,", route, "queue: hard", "queue: tough"}, "queue_removed", "hard"},
		"priority removed":      {[]string{yaml, "version: 1.0.0", "version: 1.1.0", yaml, "[low,", "[lowest,", yaml, "    low:", "    lowest:"}, "priority_removed", "low"},
		"list removed":          {[]string{yaml, "version: 1.0.0", "version: 1.1.0", yaml, "members: members", "members: people", yaml, "key: members,", "key: people,"}, "list_removed", "members"},
		"list value removed":    {[]string{yaml, "version: 1.0.0", "version: 1.1.0", yaml, "key: mail.example,", "key: free.example,"}, "list_value_removed", "mail.example"},
		"list value retired":    {[]string{yaml, "version: 1.0.0", "version: 1.1.0", yaml, "key: mail.example,", "key: mail.example, retired: true,"}, "", ""},
		"form removed":          {[]string{yaml, "version: 1.0.0", "version: 1.1.0", yaml, "key: request\n", "key: demand\n", yaml, "forms: [request]", "forms: [demand]"}, "form_removed", "request"},
		"rule kind":             {[]string{yaml, "version: 1.0.0", "version: 1.1.0", route, "kind: priority\n  when: fields.kind == \"fault\"\n  raise: 1", "kind: route\n  when: fields.kind == \"fault\"\n  queue: common"}, "rule_kind_changed", "faults-are-urgent"},
		"rule removed":          {[]string{yaml, "version: 1.0.0", "version: 1.1.0", route, "faults-are-urgent", "faults-go-first"}, "", ""},
		"layout changed":        {[]string{yaml, "version: 1.0.0", "version: 1.1.0", "schemas/sample/appeal.v1.ui.json", "Кто обращается", "О Вас"}, "", ""},
		"schema changed":        {[]string{yaml, "version: 1.0.0", "version: 1.1.0", "schemas/sample/resolution.v1.schema.json", "2000", "3000"}, "form_changed", "resolution"},
		"title of a list value": {[]string{yaml, "version: 1.0.0", "version: 1.1.0", yaml, `en: "Fault"`, `en: "Failure"`}, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := compiled(t)
			findings := release.Compatible(old, compiled(t, test.changes...))
			if test.code == "" {
				require.Empty(t, findings)
				return
			}
			require.Len(t, findings, 1, "%v", release.Error(findings))
			require.Equal(t, test.code, findings[0].Code)
			require.Contains(t, findings[0].Msg, test.says)
			require.Positive(t, findings[0].Line)
		})
	}
}

func TestCompatibleRefusesAnotherSystem(t *testing.T) {
	t.Parallel()
	old := compiled(t)
	declaration := *old.Declaration
	declaration.Key = "simple"
	findings := release.Compatible(old, &release.System{Declaration: &declaration})
	require.Equal(t, []string{"key_changed"}, codes(findings))
}

func TestCompatibleFormVersions(t *testing.T) {
	t.Parallel()
	// Both forms are of the same file, so each of them changes.
	changed := compiled(t, "plugin.yaml", "version: 1.0.0", "version: 1.1.0", "schemas/sample/appeal.v1.schema.json", `"maxLength": 25`, `"maxLength": 30`)
	findings := release.Compatible(compiled(t), changed)
	require.Len(t, findings, 2)
	require.Equal(t, "form_changed", findings[0].Code)

	bundle := sample(t)
	text := strings.ReplaceAll(string(bundle.Files["plugin.yaml"]), "appeal.v1.schema", "appeal.v2.schema")
	bundle.Files["plugin.yaml"] = []byte(strings.Replace(text, "version: 1.0.0", "version: 1.1.0", 1))
	bundle.Files["schemas/sample/appeal.v2.schema.json"] = bytes.Replace(bundle.Files["schemas/sample/appeal.v1.schema.json"], []byte(`"maxLength": 25`), []byte(`"maxLength": 30`), 1)
	delete(bundle.Files, "schemas/sample/appeal.v1.schema.json")
	next, err := release.Compile(bundle)
	require.NoError(t, err)
	require.Equal(t, 2, next.Forms["appeal"].Version)
	require.Empty(t, release.Compatible(compiled(t), next))
	findings = release.Compatible(next, changed)
	require.Contains(t, codes(findings), "form_version_lowered")
}

func codes(findings []api.Finding) []string {
	all := make([]string, 0, len(findings))
	for _, f := range findings {
		all = append(all, f.Code)
	}
	return all
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	system := compiled(t)
	for _, lang := range i18n.Langs() {
		var out bytes.Buffer
		require.NoError(t, release.Describe(&out, system, lang))
		golden := filepath.Join("testdata", "describe."+string(lang)+".golden")
		// The digest changes with every file of the sample.
		text := strings.ReplaceAll(out.String(), system.Digest, "<digest>")
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(text), 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), text)
	}
}

type brokenWriter struct{ left int }

var errBroken = errors.New("broken")

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestDescribeReturnsTheErrorOfItsWriter(t *testing.T) {
	t.Parallel()
	system := compiled(t)
	for _, left := range []int{0, 100, 400, 3000} {
		require.ErrorIs(t, release.Describe(&brokenWriter{left: left}, system, i18n.EN), errBroken)
	}
}

func TestFromDirRefusesKeysThatLeaveTheFolder(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"../secret", "", ".", "..", "a/b"} {
		dir := t.TempDir()
		file := filepath.Join(dir, "plugin.yaml")
		require.NoError(t, os.WriteFile(file, []byte("key: \""+key+"\"\n"), 0o600))
		_, err := release.FromDir(file)
		require.ErrorContains(t, err, "key of a system", key)
	}
	_, err := release.FromDir(filepath.Join(t.TempDir(), "plugin.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
