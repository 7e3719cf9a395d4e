package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/host"
)

func TestCrashLoopEndsInQuarantineUntilReleased(t *testing.T) {
	t.Parallel()
	h := quick(t, with("exit at start"))
	require.Error(t, h.Swap(t.Context(), exampleBuild(t, "")))
	status := eventually(t, h, func(s host.Status) bool { return s.State == host.Quarantined })
	require.Contains(t, status.Reason, "exit status 3")
	require.Zero(t, status.PID)

	caller, err := h.System("example")
	require.NoError(t, err)
	_, err = caller.Lookup(t.Context(), first(), "any", "")
	require.Equal(t, "plugin_unavailable", errs.CodeOf(err))
	require.Equal(t, errs.Unavailable, errs.KindOf(err))
	require.Error(t, h.Swap(t.Context(), exampleBuild(t, "")), "the same build does not end a quarantine")
	require.Equal(t, host.Quarantined, h.Status()[0].State)

	require.NoError(t, h.Release("example"))
	require.NotEqual(t, host.Quarantined, h.Status()[0].State)
	eventually(t, h, func(s host.Status) bool { return s.State == host.Quarantined })
}

func TestCrashSoonAfterReadyEndsInQuarantine(t *testing.T) {
	t.Parallel()
	h := quick(t, with("exit soon"))
	require.NoError(t, h.Ensure(t.Context(), exampleBuild(t, "")))
	status := eventually(t, h, func(s host.Status) bool { return s.State == host.Quarantined })
	require.NotEmpty(t, status.Reason)
}

func TestAnotherBuildEndsQuarantine(t *testing.T) {
	t.Parallel()
	broken := script(t, "exit 7")
	h := quick(t, nil)
	require.Error(t, h.Swap(t.Context(), broken))
	eventually(t, h, func(s host.Status) bool { return s.State == host.Quarantined })
	require.NoError(t, h.Swap(t.Context(), exampleBuild(t, "")))
	require.Equal(t, host.Ready, h.Status()[0].State)
}

func TestHangAtStartIsGivenUpAndKilled(t *testing.T) {
	t.Parallel()
	h := quick(t, func(o *host.Options) {
		with("hang at start")(o)
		o.Timing.Start = 500 * time.Millisecond
	})
	started := time.Now()
	require.Error(t, h.Swap(t.Context(), exampleBuild(t, "")))
	require.Less(t, time.Since(started), 8*time.Second)
}

func TestPrintingBeforeTheHandshakeIsRefused(t *testing.T) {
	t.Parallel()
	h := quick(t, with("print at start"))
	require.Error(t, h.Swap(t.Context(), exampleBuild(t, "")))
	require.Contains(t, h.Status()[0].Reason, "hello")
}

func TestOtherProtocolIsNamed(t *testing.T) {
	t.Parallel()
	h := quick(t, nil)
	err := h.Swap(t.Context(), script(t, `echo "1|7|unix|/nowhere|grpc|"; sleep 5`))
	require.ErrorContains(t, err, "speaks protocol 7, this core needs 1")
}

func TestAddressOutsideItsFolderIsRefused(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"1|1|tcp|127.0.0.1:5432|grpc|", "1|1|unix|/tmp/other.sock|grpc|"} {
		h := quick(t, nil)
		err := h.Swap(t.Context(), script(t, `echo "`+line+`"; sleep 5`))
		require.ErrorContains(t, err, "outside its own folder")
	}
}

func TestHandshakeWithoutEndIsBounded(t *testing.T) {
	t.Parallel()
	h := quick(t, nil)
	err := h.Swap(t.Context(), script(t, `head -c 3000000 /dev/zero | tr '\0' x; sleep 5`))
	require.Error(t, err)
	require.Less(t, len(h.Status()[0].Reason), 4<<10)
}

func TestOtherReleaseIsDrift(t *testing.T) {
	t.Parallel()
	build := exampleBuild(t, "")
	probed, err := quick(t, nil).Probe(t.Context(), build.Path)
	require.NoError(t, err)
	require.Equal(t, build.SHA256, probed.SHA256)
	build.Digest = probed.Digest

	h := quick(t, with("other digest"))
	require.Error(t, h.Swap(t.Context(), build))
	require.Equal(t, host.Drift, h.Status()[0].State)
	require.Contains(t, h.Status()[0].Reason, "digest")

	same := quick(t, nil)
	require.NoError(t, same.Swap(t.Context(), build))
}

func TestChangedBinaryIsDrift(t *testing.T) {
	t.Parallel()
	build := script(t, "exit 0")
	require.NoError(t, os.WriteFile(build.Path, []byte("#!/bin/sh\nsleep 1\n"), 0o700))
	h := quick(t, nil)
	require.Error(t, h.Swap(t.Context(), build))
	require.Equal(t, host.Drift, h.Status()[0].State)
}

func TestChecksumIsFreshAtEachStart(t *testing.T) {
	t.Parallel()
	h, caller := running(t, "die", nil)
	_, err := caller.Lookup(t.Context(), first(), "any", "")
	require.Equal(t, "plugin_unavailable", errs.CodeOf(err))
	eventually(t, h, func(s host.Status) bool { return s.State == host.Ready && s.Restarts == 1 })
	requireServing(t, caller)
}

func TestEnvironmentIsEmptied(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, os.Getenv(secret))
	h, _ := running(t, "", nil)
	environ, err := os.ReadFile(filepath.Join("/proc", itoa(h.Status()[0].PID), "environ"))
	require.NoError(t, err)
	require.NotContains(t, string(environ), secret)
	require.Contains(t, string(environ), "GOMEMLIMIT=")
	stdin, err := os.Readlink(filepath.Join("/proc", itoa(h.Status()[0].PID), "fd", "0"))
	require.NoError(t, err)
	require.Equal(t, os.DevNull, stdin)
}

func TestSocketsAreInAPrivateFolder(t *testing.T) {
	t.Parallel()
	parent, err := os.MkdirTemp("", "opora-t") //nolint:usetesting // a socket's path must be short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(parent) })
	h, _ := running(t, "", func(o *host.Options) { o.RunDir = parent })
	folders, err := filepath.Glob(filepath.Join(parent, "*", "plugin-dir*"))
	require.NoError(t, err)
	require.Len(t, folders, 1)
	for _, folder := range []string{folders[0], filepath.Dir(folders[0])} {
		info, err := os.Stat(folder)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	}
	require.NoError(t, h.Close(t.Context()))
	left, err := os.ReadDir(parent)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestUnknownSystemIsUnavailable(t *testing.T) {
	t.Parallel()
	h := quick(t, nil)
	_, err := h.System("nowhere")
	require.Equal(t, "plugin_unavailable", errs.CodeOf(err))
	require.Error(t, h.Release("nowhere"))
	require.Error(t, h.Configure("nowhere", nil))
	require.Empty(t, h.Log("nowhere"))
	require.NoError(t, h.Close(t.Context()))
	require.Error(t, h.Ensure(t.Context(), exampleBuild(t, "")))
	_, err = h.Probe(t.Context(), os.Getenv(example))
	require.Error(t, err)
}

func TestScanListsBinariesAndRunsNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mark := filepath.Join(dir, "ran")
	for name, mode := range map[string]os.FileMode{"system": 0o700, "notes.txt": 0o600, ".hidden": 0o700} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\ntouch "+mark+"\n"), mode))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder"), 0o700))
	files, err := quick(t, func(o *host.Options) { o.Dir = dir }).Scan()
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.Equal(t, "system", files[0].Name)
	require.Len(t, files[0].SHA256, 64)
	require.NoFileExists(t, mark)
	none, err := quick(t, func(o *host.Options) { o.Dir = filepath.Join(dir, "absent") }).Scan()
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestProbeOfWhatIsNoPlugin(t *testing.T) {
	t.Parallel()
	h := quick(t, nil)
	_, err := h.Probe(t.Context(), filepath.Join(t.TempDir(), "absent"))
	require.Error(t, err)
	_, err = h.Probe(t.Context(), script(t, "echo no; exit 1").Path)
	require.Error(t, err)
	require.Empty(t, h.Status())
}

// script is a build that is a shell script.
func script(t *testing.T, body string) host.Build {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700))
	sum, err := host.Sum(path)
	require.NoError(t, err)
	return host.Build{System: "example", Version: "0.0.1", Path: path, SHA256: sum, Digest: strings.Repeat("0", 64)}
}
