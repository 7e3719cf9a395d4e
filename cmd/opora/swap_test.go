package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// edition is the example with changed files, by their paths in the tree: old and new in turns.
type edition map[string][]string

// build makes the binary of an edition beside the others in the folder of plugins.
func (s *stage) build(name string, e edition, extra map[string]string) string {
	s.t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(s.t, err)
	replace := map[string]string{}
	put := func(path, content string) {
		to := filepath.Join(s.dir, name+"-"+strings.ReplaceAll(path, "/", "-"))
		require.NoError(s.t, os.WriteFile(to, []byte(content), 0o600))
		replace[filepath.Join(root, path)] = to
	}
	for path, changes := range e {
		raw, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(s.t, err)
		content := string(raw)
		for n := 0; n < len(changes); n += 2 {
			require.Contains(s.t, content, changes[n])
			content = strings.ReplaceAll(content, changes[n], changes[n+1])
		}
		put(path, content)
	}
	for path, content := range extra {
		put(path, content)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(s.t, err)
	plan := filepath.Join(s.dir, name+".json")
	require.NoError(s.t, os.WriteFile(plan, overlay, 0o600))
	binary := filepath.Join(filepath.Dir(s.plugin), name)
	build := exec.CommandContext(s.t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-overlay", plan, "-o", binary+".new", "./plugins/example")
	build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(s.t, err, "%s", out)
	require.NoError(s.t, os.Rename(binary+".new", binary))
	return binary
}

func editionOf(of string) edition {
	return edition{"plugins/example/plugin.yaml": {"version: 1.0.0", "version: " + of}}
}

// refused runs a command that must fail and returns what it says.
func (s *stage) refused(args ...string) string {
	s.t.Helper()
	out, err := exec.CommandContext(s.t.Context(), "opora", append(args, "--data", s.server.data, "--lang", "en")...).CombinedOutput()
	require.Error(s.t, err, "%s: %s", args, out)
	return string(out)
}

var failedCalls = regexp.MustCompile(`opora_plugin_calls_total\{[^}]*outcome="([^"]*)"[^}]*system="example"\} ([0-9]+)`)

// outcomes are the outcomes of the example's calls.
func (s *stage) outcomes() map[string]bool {
	s.t.Helper()
	figures, err := s.server.call("nobody", http.MethodGet, "/metrics", nil, nil)
	require.NoError(s.t, err)
	all := map[string]bool{}
	for _, found := range failedCalls.FindAllSubmatch(figures.raw, -1) {
		all[string(found[1])] = true
	}
	return all
}

// underLoad files tickets all the time while something is done.
func (s *stage) underLoad(do func()) {
	s.t.Helper()
	stop := make(chan struct{})
	var filing sync.WaitGroup
	filing.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				s.file()
				time.Sleep(60 * time.Millisecond)
			}
		}
	})
	do()
	close(stop)
	filing.Wait()
}

func (s *stage) awaitVersion(version string, notPID int) int {
	s.t.Helper()
	pid := 0
	s.await("version "+version, func() bool {
		now := s.state()
		var err error
		pid, err = s.server.pid("example")
		return err == nil && pid != notPID && now.Version == version && now.State == "ready"
	})
	return pid
}

// TestReleaseIsSwappedWithoutAFailedCall replaces a release under load, goes back, and is refused what
// would break tickets.
func TestReleaseIsSwappedWithoutAFailedCall(t *testing.T) {
	t.Parallel()
	s := newMisbehaviour(t)
	s.behave("slow")
	first, err := s.server.pid("example")
	require.NoError(t, err)
	second := s.build("example-next", editionOf("1.1.0"), nil)
	next := 0
	s.underLoad(func() {
		require.Contains(t, s.command("plugin", "register", second, "--activate"), "1.1.0 is active")
		next = s.awaitVersion("1.1.0", first)
		s.await("the end of the old process", func() bool { return !alive(first) })
	})
	s.underLoad(func() {
		require.Contains(t, s.command("plugin", "rollback", "example", "--plugins", filepath.Dir(s.plugin)), "1.0.0 is active again")
		s.awaitVersion("1.0.0", next)
		s.await("the end of the newer process", func() bool { return !alive(next) })
	})
	s.delivered()
	require.Equal(t, map[string]bool{"ok": true}, s.outcomes())
	s.refusals()
}

func (s *stage) refusals() {
	s.t.Helper()
	yaml := "plugins/example/plugin.yaml"
	dropped := s.build("dropped", edition{yaml: {
		"version: 1.0.0", "version: 1.2.0",
		`    - {key: open, title: {ru: "В работе", en: "Open"}, category: open, clock: run, source: product}` + "\n", "",
		"to: open", "to: new", "from: [new, open]", "from: [new]", "  - {key: take, title: {ru: \"Взять в работу\", en: \"Take\"}, from: [new], to: new, by: [agent], source: product}\n", "",
	}}, nil)
	require.Contains(s.t, s.refused("plugin", "register", dropped, "--activate"), "open")
	inPlace := s.build("in-place", edition{yaml: {"version: 1.0.0", "version: 1.3.0"}, "schemas/example/request.v1.schema.json": {`"maxLength": 200`, `"maxLength": 20`}}, nil)
	require.Contains(s.t, s.refused("plugin", "register", inPlace, "--activate"), "request")

	schema, err := os.ReadFile("../../schemas/example/request.v1.schema.json")
	require.NoError(s.t, err)
	layout, err := os.ReadFile("../../schemas/example/request.v1.ui.json")
	require.NoError(s.t, err)
	rules := `- id: route-all
  kind: route
`
	held := s.build("held", edition{
		yaml:                         {"version: 1.0.0", "version: 1.4.0", "request.v1.", "request.v2."},
		"rules/example/routing.yaml": {rules, "- id: room-known\n  kind: require\n  when: fields.room == \"9\"\n  require: [/description]\n  title: {ru: \"Комната\", en: \"Room\"}\n  source: product\n\n" + rules},
		"rules/example/tests/routing.yaml": {
			"# One case an entry; expect is compared as a whole.\n", roomTests,
		},
	}, map[string]string{
		"schemas/example/request.v2.schema.json": string(bytes.Replace(schema, []byte(`"properties": {`), []byte(`"properties": {"room": {"type": "string", "maxLength": 20},`), 1)),
		"schemas/example/request.v2.ui.json": string(bytes.Replace(bytes.Replace(layout, []byte(`["/title",`), []byte(`["/room", "/title",`), 1),
			[]byte(`"/title": {`), []byte(`"/room": {"label": {"ru": "Комната", "en": "Room"}, "widget": "text", "source": "product"}, "/title": {`), 1)),
	})
	require.Contains(s.t, s.command("plugin", "register", held), "1.4.0 is registered")
	require.Contains(s.t, s.refused("plugin", "activate", "example", "1.4.0"), "since: 1.4.0")
	require.Equal(s.t, "1.0.0", s.state().Version)
	s.file()
}

const roomTests = `- name: a room
  form: request
  on: submit
  now: "2026-03-02T10:00:00+03:00"
  given:
    fields: {title: "Не печатает", description: "Принтер не печатает.", room: "9"}
    actor: {kind: staff, role: requester}
  expect: {problems: [], priority: normal, queue: common, line: line1, matched: [room-known, route-all]}

`
