package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// stage is a running installation with the example, which misbehaves as the file mode says, beside a
// system that behaves.
type stage struct {
	t            *testing.T
	server       *server
	dir          string
	mode, record string
	filed        []string // numbers of the example's tickets
	plugin       string   // the example's binary in the folder of plugins
}

func newMisbehaviour(t *testing.T, more ...string) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir()}
	require.NoError(t, os.Chmod(s.dir, 0o700))
	s.mode, s.record = filepath.Join(s.dir, "mode"), filepath.Join(s.dir, "record")
	plugins := filepath.Join(s.dir, "plugins")
	require.NoError(t, os.Mkdir(plugins, 0o700))
	s.plugin = filepath.Join(plugins, "example")
	s.copy(shared.example, s.plugin)
	s.copy(filepath.Join(shared.plugins, scriptSystem), filepath.Join(plugins, scriptSystem))
	s.behave("")
	var err error
	s.server, err = startServer("", append([]string{
		"up", "--plugins", plugins,
		"--plugin-env", "OPORA_EXAMPLE_MISBEHAVE_FILE=" + s.mode, "--plugin-env", "OPORA_EXAMPLE_RECORD=" + s.record,
		"--plugin-memory", "256", "--plugin-start", "2500ms", "--plugin-health-interval", "200ms", "--plugin-health-deadline", "500ms",
		"--plugin-backoff", "100ms", "--plugin-backoff-most", "400ms", "--plugin-failures", "3",
	}, more...)...)
	require.NoError(t, err)
	t.Cleanup(s.server.remove)
	t.Cleanup(func() { _ = s.server.end(os.Kill) })
	s.command("operator", "create", demoOperator, "--name", "Дежурный", "--password-file", s.password())
	for tenant, desk := range map[string][]string{"author": {"help", "example"}, "other": {"webtorgi", scriptSystem}} {
		s.command("tenant", "create", tenant, "--title", tenant)
		s.command("desk", "create", tenant, desk[0], "--system", desk[1])
	}
	for _, login := range []string{"requester@author", "requester@other", "colleague@other", "requester2@other"} {
		_, tenant, _ := strings.Cut(login, "@")
		s.command("user", "create", tenant, login+".example", "--name", "Первых Анна Ивановна", "--password-file", s.password())
	}
	s.await("the example's desk", func() bool {
		a, err := s.server.as("requester@author", http.MethodGet, "/desks/help", nil, nil)
		return err == nil && a.status == http.StatusOK && s.state().State == "ready"
	})
	return s
}

func (s *stage) copy(from, to string) {
	s.t.Helper()
	content, err := os.ReadFile(from)
	require.NoError(s.t, err)
	// By another name first: a file that runs cannot be written.
	require.NoError(s.t, os.WriteFile(to+".new", content, 0o700))
	require.NoError(s.t, os.Rename(to+".new", to))
}

func (s *stage) password() string {
	path := filepath.Join(s.dir, "password")
	require.NoError(s.t, os.WriteFile(path, []byte(demoPassword), 0o600))
	return path
}

func (s *stage) command(args ...string) string {
	s.t.Helper()
	out, err := exec.CommandContext(s.t.Context(), "opora", append(args, "--data", s.server.data, "--lang", "en")...).CombinedOutput()
	require.NoError(s.t, err, "%s: %s", args, out)
	return string(out)
}

func (s *stage) behave(mode string) { require.NoError(s.t, os.WriteFile(s.mode, []byte(mode), 0o600)) }

func (s *stage) await(what string, holds func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patient / 2); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if holds() {
			return
		}
	}
	s.t.Fatalf("not in time: %s; the plugin is %+v", what, s.state())
}

// state is what the operator sees of the example.
func (s *stage) state() statusEntry {
	a, err := s.server.as("operator", http.MethodGet, "/api/v1/operator/plugins", nil, nil)
	require.NoError(s.t, err)
	var all struct{ Items []statusEntry }
	require.NoError(s.t, json.Unmarshal(a.raw, &all), "%s", a.raw)
	at := slices.IndexFunc(all.Items, func(e statusEntry) bool { return e.System == "example" && e.Version != "" })
	if at < 0 {
		return statusEntry{}
	}
	return all.Items[at]
}

// file files a ticket of the example, as it must always be possible.
func (s *stage) file() {
	s.t.Helper()
	a, err := s.server.as("requester@author", http.MethodPost, "/tickets", nil,
		[]byte(`{"desk":"help","form":"request","fields":{"title":"Не печатает","description":"Принтер не печатает."}}`))
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusCreated, a.status, "%s", a.raw)
	number, _ := a.at("number")
	s.filed = append(s.filed, text(number))
}

// other measures another desk: its form is read and a ticket of it filed, each of them timed.
func (s *stage) other(times int) []time.Duration {
	s.t.Helper()
	appeal := []byte(`{"desk":"webtorgi","form":"appeal","fields":{"title":"Пустая страница","type":"other","document":"other",` +
		`"description":"После входа страница пустая.","email":"a@b.example","phone":"8-3022-123456","name":"Дамдинова Баирма Цыреновна"}}`)
	took := make([]time.Duration, 0, times)
	for n := range times {
		who := []string{"requester@other", "colleague@other", "requester2@other"}[n%3]
		began := time.Now()
		a, err := s.server.call(who, http.MethodPost, "/api/v1/t/other/tickets", nil, appeal)
		require.NoError(s.t, err)
		took = append(took, time.Since(began))
		if a.status == http.StatusTooManyRequests { // a person may file 20 a second
			took = took[:len(took)-1]
			time.Sleep(100 * time.Millisecond)
			continue
		}
		require.Equal(s.t, http.StatusCreated, a.status, "%s", a.raw)
	}
	return took
}

func median(of []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// shown requires the state and the reason in every place where an operator looks.
func (s *stage) shown(state, reason, cause string) {
	s.t.Helper()
	s.await("state "+state+" because "+reason, func() bool {
		now := s.state()
		return now.State == state && strings.Contains(now.Reason, reason)
	})
	ready, err := s.server.call("nobody", http.MethodGet, "/readyz", nil, nil)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, ready.status)
	figures, err := s.server.call("nobody", http.MethodGet, "/metrics", nil, nil)
	require.NoError(s.t, err)
	metrics := string(figures.raw)
	require.Contains(s.t, metrics, `opora_plugin_state{cause="`+cause+`"`, "%s", s.state())
	if state != "ready" {
		require.Contains(s.t, string(ready.raw), "degraded: ")
		require.Contains(s.t, string(ready.raw), "plugin example")
	}
	s.await("opora plugin list", func() bool {
		list := s.command("plugin", "list")
		return strings.Contains(list, state) && strings.Contains(list, reason)
	})
}

// misbehaviour is a way to go wrong and what is seen of it.
type misbehaviour struct {
	mode string
	// restart: the process is killed, so that the mode works at its start.
	restart              bool
	state, reason, cause string
}

func misbehaviours() []misbehaviour {
	return []misbehaviour{
		{"exit at start", true, "quarantined", "exit status 3", "start"},
		{"hang at start", true, "quarantined", "not ready in time", "start"},
		{"print at start", true, "quarantined", "hello", "start"},
		{"other digest", true, "drift", "digest", "drift"},
		{"hang", false, "degraded", "handle_events fails", "calls"},
		{"freeze", false, "quarantined", "hangs", "hangs"},
		{"panic", false, "degraded", "handle_events fails", "calls"},
		{"answer too much", false, "degraded", "handle_events fails", "calls"},
		{"answer for another tenant", false, "degraded", "does not answer for the events", "calls"},
		{"die", false, "quarantined", "exit status 5", "ended"},
		{"eat memory", false, "quarantined", "MiB of memory", "memory"},
		{"change the declaration", false, "drift", "changed its declaration", "drift"},
		{"log a level that is a number", false, "ready", "", ""},
		{"flood the log", false, "ready", "lines were thrown away", "output"},
		{"print", false, "ready", "to standard output", "output"},
		{"leave a child", false, "ready", "", ""},
	}
}

// TestMisbehavingPluginHurtsNobody lets a plugin go wrong in every way over the running program: tickets of
// its system are taken, another desk is as fast as before, the operator sees the state and the reason, and
// what had to wait is done when the plugin is well again.
//
//nolint:paralleltest // it compares times, so nothing of this package may run beside it
func TestMisbehavingPluginHurtsNobody(t *testing.T) {
	s := newMisbehaviour(t)
	for _, m := range misbehaviours() {
		began := time.Now()
		slow := s.goWrong(m)
		s.recover()
		// A busy machine gets another try, with another look at what is usual.
		for tries := 0; slow != "" && tries < 2; tries++ {
			s.t.Log(slow)
			slow = s.goWrong(m)
			s.recover()
		}
		require.Empty(s.t, slow)
		s.t.Logf("%s: %s", m.mode, time.Since(began).Round(time.Millisecond))
	}
	s.replaceOnDisk()
	s.delivered()
	s.ignoreTheEnd()
}

// goWrong returns what another desk suffered, empty for nothing.
func (s *stage) goWrong(m misbehaviour) (slow string) {
	s.t.Helper()
	before := s.other(20)
	s.behave(m.mode)
	if m.restart {
		s.kill()
	}
	s.file()
	// Beside the tests of other packages the machine alone makes a difference of tens of milliseconds; who
	// waits for a plugin waits longer than that. The ratio itself is logged.
	during := s.other(20)
	s.t.Logf("%s: another desk's filings: %s before, %s then", m.mode, median(before), median(during))
	if median(during) > max(median(before)*3/2, median(before)+150*time.Millisecond) {
		slow = fmt.Sprintf("%s: another desk's filings took %s before and %s then", m.mode, median(before), median(during))
	}
	s.await(m.mode+" shows", func() bool {
		now := s.state()
		shows := now.State == m.state && strings.Contains(now.Reason, m.reason)
		if !shows && !m.restart && m.state == "quarantined" && now.State == "ready" {
			s.file() // one more event to fall over
		}
		return shows
	})
	s.shown(m.state, m.reason, m.cause)
	s.file()
	return slow
}

func (s *stage) kill() {
	s.t.Helper()
	pid, err := s.server.pid("example")
	require.NoError(s.t, err)
	require.NoError(s.t, syscall.Kill(pid, syscall.SIGKILL))
}

// recover lets the plugin behave again, as an operator would.
func (s *stage) recover() {
	s.t.Helper()
	s.behave("")
	if state := s.state().State; state == "quarantined" || state == "drift" {
		require.Contains(s.t, s.command("plugin", "release", "example"), "told to start")
	}
	s.await("well again", func() bool {
		now := s.state()
		if now.State == "degraded" {
			s.file() // the next good call ends it
		}
		return now.State == "ready"
	})
}

// replaceOnDisk: what runs is still what was registered; what lies there now is never started.
func (s *stage) replaceOnDisk() {
	s.t.Helper()
	pid, err := s.server.pid("example")
	require.NoError(s.t, err)
	content, err := os.ReadFile(s.plugin)
	require.NoError(s.t, err)
	foreign := filepath.Join(s.dir, "foreign")
	require.NoError(s.t, os.WriteFile(foreign, append(content, "something else"...), 0o600))
	s.copy(foreign, s.plugin)
	// A change of the configuration makes the node look at the folder.
	settings := filepath.Join(s.dir, "settings.yaml")
	require.NoError(s.t, os.WriteFile(settings, []byte("values: [one, two]\n"), 0o600))
	s.command("desk", "plugin", "author", "help", settings)
	s.await("the unknown file", func() bool {
		return strings.Contains(s.command("plugin", "list"), "no registered release has this binary")
	})
	now, err := s.server.pid("example")
	require.NoError(s.t, err)
	require.Equal(s.t, pid, now, "it runs on")
	s.file()
	s.kill()
	s.await("drift", func() bool { return s.state().State == "drift" })
	s.shown("drift", "the binary has changed", "drift")
	s.file()
	s.copy(shared.example, s.plugin)
	s.recover()
}

// delivered requires that the plugin was told of every ticket, now that the jobs need not wait.
func (s *stage) delivered() {
	s.t.Helper()
	s.await("every event is delivered", func() bool {
		s.sql("update river_job set state = 'available', scheduled_at = now() where kind = 'hook' and state in ('retryable', 'scheduled')")
		record, err := os.ReadFile(s.record)
		require.NoError(s.t, err)
		return !slices.ContainsFunc(s.filed, func(number string) bool {
			return !strings.Contains(string(record), "author "+number+" submitted\n")
		})
	})
	s.t.Logf("%d tickets were filed and told", len(s.filed))
}

func (s *stage) sql(statement string) {
	s.t.Helper()
	instance, err := s.server.instance()
	require.NoError(s.t, err)
	conn, err := pgx.Connect(s.t.Context(), instance.SuperURL)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, conn.Close(s.t.Context())) }()
	_, err = conn.Exec(s.t.Context(), statement)
	require.NoError(s.t, err)
}

func (s *stage) ignoreTheEnd() {
	s.t.Helper()
	pid, err := s.server.pid("example")
	require.NoError(s.t, err)
	s.behave("ignore the end")
	require.NoError(s.t, s.server.end(os.Interrupt))
	require.False(s.t, alive(pid))
}
