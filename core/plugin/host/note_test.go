package host_test

import (
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/host"
)

// ofOurs are the lines that the host wrote itself.
func ofOurs(h *host.Host) (lines []host.LogLine) {
	for _, line := range h.Log("example") {
		if line.Stream == "core" {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestTheLogTellsOfBeginningsAndEnds(t *testing.T) {
	t.Parallel()
	// Whoever is asked so often misses some checks between his death and the word of it: he is not said to hang.
	h, _ := running(t, "", func(o *host.Options) { o.Timing.HealthEvery = time.Millisecond })
	first := h.Status()[0].PID
	require.Len(t, ofOurs(h), 1)
	require.Contains(t, ofOurs(h)[0].Text, fmt.Sprintf("process %d is ready", first))

	process, err := os.FindProcess(first)
	require.NoError(t, err)
	require.NoError(t, process.Kill())
	now := eventually(t, h, func(s host.Status) bool { return s.PID != 0 && s.PID != first })
	require.Equal(t, host.CauseEnded, now.Cause)
	lines := ofOurs(h)
	require.Len(t, lines, 3)
	require.Contains(t, lines[1].Text, fmt.Sprintf("process %d was lost", first))
	require.Contains(t, lines[1].Text, "signal: killed")
	require.Equal(t, slog.LevelWarn, lines[1].Level)
	require.Contains(t, lines[2].Text, fmt.Sprintf("process %d is ready", now.PID))
}

func TestTheLogTellsOfAStartThatFailed(t *testing.T) {
	t.Parallel()
	h := quick(t, with("exit at start"))
	require.Error(t, h.Swap(t.Context(), exampleBuild(t, "")))
	eventually(t, h, func(s host.Status) bool { return s.State == host.Quarantined })
	lines := ofOurs(h)
	require.NotEmpty(t, lines)
	require.Contains(t, lines[0].Text, "did not start")
	require.Contains(t, lines[len(lines)-1].Text, "state quarantined")
}
