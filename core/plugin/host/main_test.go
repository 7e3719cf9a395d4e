package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/host"
)

const (
	// asHost makes the test binary a host that is killed by the test.
	asHost    = "OPORA_TEST_AS_HOST"
	example   = "OPORA_TEST_EXAMPLE"
	secret    = "OPORA_TEST_SECRET"
	misbehave = "OPORA_EXAMPLE_MISBEHAVE"
	patience  = 20 * time.Second
	// countGoroutines as the value of asHost makes it count what a host leaves.
	countGoroutines = "count goroutines"
)

func TestMain(m *testing.M) {
	if os.Getenv(asHost) != "" {
		run := runAsHost
		if os.Getenv(asHost) == countGoroutines {
			run = runAndCount
		}
		if err := run(context.Background(), os.Getenv(example)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(withExample(m))
}

// withExample builds the example once and gives its path by the environment.
func withExample(m *testing.M) int {
	dir, err := os.MkdirTemp("", "opora-host-test")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "example")
	out, err := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-buildvcs=false", "-o", path, "../../../plugins/example").CombinedOutput()
	if err != nil {
		fmt.Fprintf(os.Stderr, "build example: %v\n%s", err, out)
		return 1
	}
	for name, value := range map[string]string{example: path, secret: "never to be seen"} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	return m.Run()
}

// runAsHost runs a host with a plugin that leaves a child, tells both numbers, and waits to be killed.
func runAsHost(ctx context.Context, path string) error {
	h, err := host.New(host.Options{Logger: slog.New(slog.DiscardHandler), Clock: clock.System{}, RunDir: os.Getenv(asHost)})
	if err != nil {
		return err
	}
	if err := h.Swap(ctx, host.Build{System: "example", Path: path, Desks: desks("leave a child")}); err != nil {
		return err
	}
	caller, err := h.System("example")
	if err != nil {
		return err
	}
	child, err := caller.Lookup(ctx, first(), "any", "")
	if err != nil {
		return err
	}
	fmt.Printf("%d %s\n", h.Status()[0].PID, child[0].Value)
	<-(chan struct{})(nil)
	return nil
}

// runAndCount replaces a frozen process, ends the host, and fails where a goroutine is left.
func runAndCount(ctx context.Context, path string) error {
	before := runtime.NumGoroutine()
	h, err := host.New(host.Options{
		Logger: slog.New(slog.DiscardHandler), Clock: clock.System{},
		Timing: host.Timing{HealthEvery: 50 * time.Millisecond, HealthDeadline: time.Second, BackoffFirst: time.Millisecond},
	})
	if err != nil {
		return err
	}
	if err := h.Swap(ctx, host.Build{System: "example", Path: path}); err != nil {
		return err
	}
	pid := h.Status()[0].PID
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return err
	}
	until(func() bool { s := h.Status()[0]; return s.State == host.Ready && s.PID != pid })
	if err := h.Close(ctx); err != nil {
		return err
	}
	if !until(func() bool { return runtime.NumGoroutine() <= before }) {
		stacks := make([]byte, 1<<20)
		return fmt.Errorf("goroutines are left:\n%s", stacks[:runtime.Stack(stacks, true)])
	}
	return nil
}

func until(what func() bool) bool {
	for range 2000 {
		if what() {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// desks are two tenants' desks, of which the first misbehaves.
func desks(mode string) []api.DeskConfig {
	settings, err := json.Marshal(map[string]any{"misbehave": mode, "values": []string{"one"}})
	if err != nil {
		panic(err)
	}
	return []api.DeskConfig{
		{Tenant: "first", Desk: "desk", Config: settings},
		{Tenant: "second", Desk: "desk", Config: []byte(`{"values": ["two"]}`)},
	}
}

func first() api.Call  { return api.Call{RequestID: "r1", Tenant: "first", Desk: "desk"} }
func second() api.Call { return api.Call{RequestID: "r2", Tenant: "second", Desk: "desk"} }

// quick is a host that is as impatient as a test may be on a busy machine.
func quick(t *testing.T, change func(*host.Options)) *host.Host {
	t.Helper()
	options := host.Options{
		Logger: slog.New(slog.DiscardHandler), Clock: clock.System{},
		Timing: host.Timing{
			Start: 8 * time.Second, HealthEvery: 100 * time.Millisecond, HealthDeadline: time.Second,
			MemoryEvery: 50 * time.Millisecond, BackoffFirst: 20 * time.Millisecond, BackoffMost: 100 * time.Millisecond,
			InFlight: 5 * time.Second, Drain: 500 * time.Millisecond, Exit: 2 * time.Second,
		},
	}
	if change != nil {
		change(&options)
	}
	h, err := host.New(options)
	require.NoError(t, err)
	t.Cleanup(func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
		defer cancel()
		require.NoError(t, h.Close(ending))
	})
	return h
}

// with makes the whole process misbehave.
func with(mode string) func(*host.Options) {
	return func(o *host.Options) { o.Env = []string{misbehave + "=" + mode} }
}

func exampleBuild(t *testing.T, mode string) host.Build {
	t.Helper()
	path := os.Getenv(example)
	sum, err := host.Sum(path)
	require.NoError(t, err)
	return host.Build{System: "example", Version: "1.0.0", Path: path, SHA256: sum, Desks: desks(mode)}
}

// running is a host with the example, whose first tenant's look-ups misbehave.
func running(t *testing.T, mode string, change func(*host.Options)) (*host.Host, *host.Caller) {
	t.Helper()
	h := quick(t, change)
	require.NoError(t, h.Swap(t.Context(), exampleBuild(t, mode)))
	caller, err := h.System("example")
	require.NoError(t, err)
	return h, caller
}

func eventually(t *testing.T, h *host.Host, what func(host.Status) bool) host.Status {
	t.Helper()
	var last host.Status
	require.Eventually(t, func() bool {
		last = h.Status()[0]
		return what(last)
	}, patience, 10*time.Millisecond, "last status: %+v", &last)
	return last
}

func requireGone(t *testing.T, pid int) {
	t.Helper()
	require.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, 5*time.Second, 10*time.Millisecond, "process %d lives", pid)
}

// requireServing makes sure that a well-behaved tenant is answered.
func requireServing(t *testing.T, caller *host.Caller) {
	t.Helper()
	choices, err := caller.Lookup(t.Context(), second(), "any", "")
	require.NoError(t, err)
	require.Equal(t, []api.Choice{{Value: "two", Title: "two"}}, choices)
}
