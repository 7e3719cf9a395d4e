package host_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/host"
	"github.com/opora-desk/opora/core/plugin/wire"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestHangingCallEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "hang", nil)
	started := time.Now()
	_, err := caller.Lookup(t.Context(), first(), "any", "")
	require.Equal(t, "plugin_deadline", errs.CodeOf(err))
	require.Equal(t, errs.Unavailable, errs.KindOf(err))
	require.Less(t, time.Since(started), 4*time.Second)
	status := h.Status()[0]
	require.Equal(t, host.Degraded, status.State)
	require.Equal(t, host.CauseCalls, status.Cause)
	require.Contains(t, status.Reason, "lookup fails")
	requireServing(t, caller)
	status = h.Status()[0]
	require.Equal(t, host.Ready, status.State, "a good call ends it")
	require.Zero(t, status.Restarts)
	var outcomes []string
	for _, c := range status.Calls {
		require.Equal(t, int64(1), c.Count)
		require.Equal(t, "lookup", c.Hook)
		outcomes = append(outcomes, c.Outcome)
	}
	require.Equal(t, []string{"ok", "plugin_deadline"}, outcomes)
}

func TestDeclarationThatChangesIsDrift(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "change the declaration", nil)
	pid := h.Status()[0].PID
	_, err := caller.Lookup(t.Context(), first(), "any", "")
	require.NoError(t, err)
	status := eventually(t, h, func(s host.Status) bool { return s.State == host.Drift })
	require.Contains(t, status.Reason, "changed its declaration")
	require.Equal(t, host.CauseDrift, status.Cause)
	requireGone(t, pid)
	require.NoError(t, h.Release("example"))
	eventually(t, h, func(s host.Status) bool { return s.State == host.Ready })
}

func TestAnswerForOtherEventsIsShown(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "answer for another tenant", nil)
	results, err := caller.HandleEvents(t.Context(), first(), []api.Event{{Key: "mine"}})
	require.NoError(t, err)
	require.Equal(t, []api.EventResult{{Key: "mine", Outcome: api.EventRetry, Reason: "not answered"}}, results)
	require.Equal(t, host.Degraded, h.Status()[0].State)
	require.Contains(t, h.Status()[0].Reason, "does not answer for the events")
	_, err = caller.HandleEvents(t.Context(), second(), []api.Event{{Key: "mine"}})
	require.NoError(t, err)
	require.Equal(t, host.Ready, h.Status()[0].State)
}

func TestOneTenantsHangingCallsLeaveRoomForAnother(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "hang", nil)
	var hanging sync.WaitGroup
	for range 64 {
		hanging.Go(func() {
			_, err := caller.Lookup(t.Context(), first(), "any", "")
			if errs.KindOf(err) != errs.Unavailable {
				t.Errorf("hanging call ended with %v", err)
			}
		})
	}
	eventually(t, h, func(s host.Status) bool { return s.InFlight == 64 })
	for range 20 {
		requireServing(t, caller)
	}
	require.NotZero(t, h.Status()[0].InFlight, "they were still hanging")
	hanging.Wait()
}

func TestPanicEndsItsCallOnly(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "panic", nil)
	pid := h.Status()[0].PID
	_, err := caller.Lookup(t.Context(), first(), "any", "")
	require.Equal(t, "plugin_failed", errs.CodeOf(err))
	require.Equal(t, errs.Internal, errs.KindOf(err))
	requireServing(t, caller)
	require.Equal(t, pid, h.Status()[0].PID)
	require.Eventually(t, func() bool { return logged(h, "as told") }, patience, 10*time.Millisecond)
}

func TestFrozenProcessIsReplaced(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "", nil)
	pid := h.Status()[0].PID
	require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
	status := eventually(t, h, func(s host.Status) bool { return s.State == host.Ready && s.PID != pid })
	require.Contains(t, status.Reason, "hangs")
	requireGone(t, pid)
	requireServing(t, caller)
}

func TestOddLogLineHurtsNobody(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "log a level that is a number", nil)
	pid := h.Status()[0].PID
	_, err := caller.Lookup(t.Context(), first(), "any", "")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return logged(h, `{"@level":3`) }, patience, 10*time.Millisecond)
	requireServing(t, caller)
	require.Equal(t, pid, h.Status()[0].PID)
}

func logged(h *host.Host, text string) bool {
	for _, line := range h.Log("example") {
		if strings.Contains(line.Text, text) {
			return true
		}
	}
	return false
}

func TestFloodOfLogIsCountedAndDropped(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "flood the log", nil)
	_, err := caller.Lookup(t.Context(), first(), "any", "")
	require.NoError(t, err)
	eventually(t, h, func(s host.Status) bool { return s.LogDropped > 10_000 })
	require.LessOrEqual(t, len(h.Log("example")), 500)
	requireServing(t, caller)
}

func TestOutputOnStdoutIsDrained(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "print", nil)
	for range 3 {
		_, err := caller.Lookup(t.Context(), first(), "any", "")
		require.NoError(t, err)
	}
	eventually(t, h, func(s host.Status) bool { return s.StrayStdout >= 600<<10 })
	requireServing(t, caller)
}

func TestChildThatLeftItsGroupDiesWithThePlugin(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "leave a child", nil)
	answer, err := caller.Lookup(t.Context(), first(), "any", "")
	require.NoError(t, err)
	child, err := strconv.Atoi(answer[0].Value)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(child, 0))
	pid := h.Status()[0].PID
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	eventually(t, h, func(s host.Status) bool { return s.State == host.Ready && s.PID != pid })
	requireGone(t, child)
}

func TestMemoryIsLimited(t *testing.T) {
	t.Parallel()
	// The second grows faster than anybody looks: the kernel's bound ends it.
	for _, mode := range []string{"eat memory", "eat memory at once"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			h, caller := running(t, mode, func(o *host.Options) { o.MemoryBytes = 128 << 20 })
			// The process may end before it answers.
			if _, err := caller.Lookup(t.Context(), first(), "any", ""); err != nil {
				require.Equal(t, errs.Unavailable, errs.KindOf(err))
			}
			status := eventually(t, h, func(s host.Status) bool { return s.State == host.Ready && s.Restarts > 0 })
			require.Contains(t, status.Reason, "MiB of memory")
			require.Equal(t, host.CauseMemory, status.Cause)
			requireServing(t, caller)
		})
	}
}

func TestProcessThatIgnoresItsEndIsKilled(t *testing.T) {
	t.Parallel()
	h, _ := running(t, "", with("ignore the end"))
	pid := h.Status()[0].PID
	started := time.Now()
	require.NoError(t, h.Remove(t.Context(), "example"))
	require.Less(t, time.Since(started), 10*time.Second)
	requireGone(t, pid)
	require.Empty(t, h.Status())
}

func TestAnswerThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "answer too much", nil)
	_, err := caller.Lookup(t.Context(), first(), "any", "")
	require.Error(t, err)
	requireServing(t, caller)
	require.Zero(t, h.Status()[0].Restarts)
}

func TestRefusedSettingsAreShown(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "", nil)
	require.NoError(t, h.Configure("example", []api.DeskConfig{{Tenant: "first", Desk: "desk", Config: []byte(`[]`)}}))
	status := eventually(t, h, func(s host.Status) bool { return s.ConfigError != "" })
	require.Equal(t, host.Degraded, status.State)
	require.Equal(t, host.CauseSettings, status.Cause)
	require.NoError(t, h.Configure("example", desks("")))
	eventually(t, h, func(s host.Status) bool { return s.ConfigError == "" })
	requireServing(t, caller)
}

func TestSwapUnderLoadLosesNoCall(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "slow", nil)
	old := h.Status()[0].PID
	stop := make(chan struct{})
	var calling sync.WaitGroup
	var failed, done atomic.Int32
	for i := range 6 {
		call := first()
		if i%2 == 0 {
			call = second()
		}
		calling.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := caller.Lookup(t.Context(), call, "any", ""); err != nil {
					failed.Add(1)
				}
				done.Add(1)
			}
		})
	}
	next := exampleBuild(t, "slow")
	next.Version, next.Digest = "1.0.1", digestOf(t, h)
	require.NoError(t, h.Swap(t.Context(), next))
	require.NotEqual(t, old, h.Status()[0].PID)
	require.Equal(t, "1.0.1", h.Status()[0].Version)
	requireGone(t, old)
	close(stop)
	calling.Wait()
	require.Zero(t, failed.Load())
	require.NotZero(t, done.Load())
}

func digestOf(t *testing.T, h *host.Host) string {
	t.Helper()
	probed, err := h.Probe(t.Context(), os.Getenv(example))
	require.NoError(t, err)
	return probed.Digest
}

func TestBrokenSuccessorLeavesTheOldOneRunning(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "", nil)
	pid := h.Status()[0].PID
	require.Error(t, h.Swap(t.Context(), script(t, "exit 9")))
	status := h.Status()[0]
	require.Equal(t, host.Ready, status.State)
	require.Equal(t, pid, status.PID)
	require.Equal(t, "1.0.0", status.Version)
	require.Contains(t, status.Reason, "exit status 9")
	requireServing(t, caller)
}

func TestEnsureDoesNotWait(t *testing.T) {
	t.Parallel()
	h := quick(t, with("hang at start"))
	started := time.Now()
	require.NoError(t, h.Ensure(t.Context(), exampleBuild(t, "")))
	_, err := h.System("example")
	require.NoError(t, err)
	require.Len(t, h.Status(), 1)
	require.Less(t, time.Since(started), time.Second)
}

func TestNoProcessOutlivesAKilledHost(t *testing.T) {
	t.Parallel()
	parent, err := os.MkdirTemp("", "opora-t") //nolint:usetesting // a socket's path must be short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(parent) })
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), asHost+"="+parent)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	var plugin, child int
	_, err = fmt.Sscan(line, &plugin, &child)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(plugin, 0))

	require.NoError(t, command.Process.Signal(syscall.SIGKILL))
	require.Error(t, command.Wait())
	requireGone(t, plugin)
	// What the plugin started and let go is found by the next host.
	require.NoError(t, syscall.Kill(child, 0))
	quick(t, func(o *host.Options) { o.RunDir = parent })
	requireGone(t, child)
	left, err := os.ReadDir(parent)
	require.NoError(t, err)
	require.Len(t, left, 1, "the new host's own folder")
}

func TestPluginEndsWhenItsParentDoes(t *testing.T) {
	t.Parallel()
	said := filepath.Join(t.TempDir(), "said")
	shell := exec.CommandContext(t.Context(), "/bin/sh", "-c", `"$0" >"$1" 2>/dev/null & echo $!; wait`, os.Getenv(example), said)
	shell.Env = []string{wire.MagicCookieKey + "=" + wire.MagicCookieValue, "PLUGIN_PROTOCOL_VERSIONS=1", "TMPDIR=" + t.TempDir()}
	out, err := shell.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, shell.Start())
	var plugin int
	_, err = fmt.Fscan(out, &plugin)
	require.NoError(t, err)
	// It looks at its parent when it begins: by its first line it has.
	require.Eventually(t, func() bool {
		line, err := os.ReadFile(said)
		return err == nil && strings.Contains(string(line), "\n")
	}, patience, 10*time.Millisecond)
	require.Never(t, func() bool { return syscall.Kill(plugin, 0) != nil }, 500*time.Millisecond, 50*time.Millisecond, "it serves")
	require.NoError(t, shell.Process.Kill())
	require.Error(t, shell.Wait())
	requireGone(t, plugin)
}

func TestNothingIsLeftRunningInTheHost(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), asHost+"="+countGoroutines)
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
