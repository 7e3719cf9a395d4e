package host_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/host"
)

func TestRestartReplacesTheProcess(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "", nil)
	old := h.Status()[0].PID
	require.NoError(t, h.Restart("example"))
	now := eventually(t, h, func(s host.Status) bool { return s.PID != 0 && s.PID != old })
	require.Equal(t, host.Ready, now.State)
	require.Zero(t, now.Restarts, "asked for, and no failure")
	requireServing(t, caller)
	requireGone(t, old)
	require.Error(t, h.Restart("unknown"))
}

func TestRestartEndsQuarantine(t *testing.T) {
	t.Parallel()
	h := quick(t, with("exit at start"))
	require.Error(t, h.Swap(t.Context(), exampleBuild(t, "")))
	eventually(t, h, func(s host.Status) bool { return s.State == host.Quarantined })
	require.NoError(t, h.Restart("example"))
	require.NotEqual(t, host.Quarantined, h.Status()[0].State)
	eventually(t, h, func(s host.Status) bool { return s.State == host.Quarantined })
}
