package plugintest

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"syscall"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/plugin/host"
	"github.com/opora-desk/opora/core/plugin/sdk"
)

// patience is how long something that must happen soon may take on a busy machine.
const patience = 20 * time.Second

type binaryCase struct {
	name string
	run  func(t T, b *binary)
}

func binaryCases() []binaryCase {
	return []binaryCase{
		{"describe prints what the process reports, twice the same", describePrints},
		{"run by hand it says what it is and fails", byHandItFails},
		{"nothing but the handshake is written to standard output", nothingOnStdout},
		{"kill -9 is survived and leaves no process", killIsSurvived},
		{"a process that stands still is replaced", standstillIsReplaced},
		{"it ends by itself when it is asked to", endsWhenAsked},
	}
}

func describePrints(t T, b *binary) {
	var before []byte
	for range 2 {
		out, err := exec.CommandContext(t.Context(), b.path, "describe").Output()
		require.NoError(t, err)
		var described sdk.Described
		require.NoError(t, json.Unmarshal(out, &described))
		require.Equal(t, b.build.Digest, described.Digest)
		require.Equal(t, b.build.System, described.Key)
		require.Len(t, described.Files, len(b.bundle.Files))
		if before != nil {
			require.Equal(t, string(before), string(out))
		}
		before = out
	}
}

func byHandItFails(t T, b *binary) {
	command := exec.CommandContext(t.Context(), b.path)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	require.Error(t, command.Run())
	require.NotZero(t, command.ProcessState.ExitCode())
	require.Empty(t, stdout.String())
	require.Contains(t, stderr.String(), "plugin")
}

func nothingOnStdout(t T, b *binary) {
	h, caller := b.start(t, b.trial.subject.Desks)
	for _, desk := range b.trial.subject.Desks {
		for _, c := range b.trial.calls(true) {
			_, _ = c.do(t.Context(), caller, b.trial.call(desk))
		}
	}
	status := h.Status()[0]
	require.Equal(t, host.Ready, status.State, status.Reason)
	require.Zero(t, status.StrayStdout)
	require.Zero(t, status.LogDropped)
}

func killIsSurvived(t T, b *binary) {
	h, _ := b.start(t, b.trial.subject.Desks)
	before := h.Status()[0].PID
	require.NoError(t, syscall.Kill(before, syscall.SIGKILL))
	awaitReplaced(t, h, before)
	require.ErrorIs(t, syscall.Kill(-before, 0), syscall.ESRCH)
}

func standstillIsReplaced(t T, b *binary) {
	h := NewHost(t, func(o *host.Options) { o.Timing.HealthDeadline = 300 * time.Millisecond })
	require.NoError(t, h.Swap(t.Context(), b.build))
	before := h.Status()[0].PID
	require.NoError(t, syscall.Kill(before, syscall.SIGSTOP))
	awaitReplaced(t, h, before)
	require.ErrorIs(t, syscall.Kill(-before, 0), syscall.ESRCH)
}

func awaitReplaced(t T, h *host.Host, before int) {
	t.Helper()
	require.Eventually(t, func() bool {
		status := h.Status()[0]
		return status.State == host.Ready && status.PID != 0 && status.PID != before
	}, patience, 20*time.Millisecond)
	require.NotZero(t, h.Status()[0].Restarts)
}

func endsWhenAsked(t T, b *binary) {
	h, _ := b.start(t, b.trial.subject.Desks)
	pid := h.Status()[0].PID
	started := clock.System{}.Now()
	require.NoError(t, h.Remove(t.Context(), b.build.System))
	// Two seconds later it would have been killed.
	require.Less(t, clock.System{}.Now().Sub(started), 2*time.Second)
	require.ErrorIs(t, syscall.Kill(pid, 0), syscall.ESRCH)
}
