// Package host runs the processes of systems and calls their hooks.
//
// It treats a plugin as a stranger who hangs, lies and crashes. It does not decide which build a
// system runs, and it does not check a declaration beyond its digest: both come from the caller.
//
// Invariants:
//  1. Nothing here waits for a plugin but Swap and Probe, which say so: a call to a process that is
//     not ready fails at once.
//  2. No process outlives its host: parent-death signal, the watch in the sdk, and at the next start
//     a search for what is left.
//  3. A process becomes active only after it has reported exactly the release that was asked for.
//  4. Whatever a plugin writes is bounded before any library sees it.
//
// On memory: a limit of the address space breaks Go's runtime, so the hard limit is kept by three
// others: GOMEMLIMIT at 80 % makes the collector work, a watch of the resident memory of the process
// and its descendants kills the group above 100 %, and a limit on private data at 200 % and a margin
// stops what grows faster than the watch looks.
package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	wirev1 "github.com/opora-desk/opora/core/plugin/wire/v1"
)

// Options say where binaries are and how patient the host is. The zero value of each but Logger and
// Clock is its default.
type Options struct {
	// Dir is the folder of binaries that Scan lists.
	Dir string
	// RunDir is where the private folder of sockets is made; the system's temporary folder by default,
	// also where RunDir is too long for the path of a socket.
	RunDir string
	Logger *slog.Logger
	Clock  clock.Clock
	// Env is added to the emptied environment of every plugin, as KEY=VALUE.
	Env []string
	// MemoryBytes is the most that a plugin and its descendants may occupy; 512 MiB by default.
	MemoryBytes int64
	Timing      Timing
}

// Timing is how patient the host is; tests shorten it.
type Timing struct {
	// Start is how long a process may take until it is ready (10 s).
	Start time.Duration
	// HealthEvery, HealthDeadline and HealthMisses: 5 s, 2 s, 3.
	HealthEvery    time.Duration
	HealthDeadline time.Duration
	HealthMisses   int
	// MemoryEvery is how often resident memory is looked at (500 ms).
	MemoryEvery time.Duration
	// BackoffFirst doubles up to BackoffMost (1 s, 60 s).
	BackoffFirst time.Duration
	BackoffMost  time.Duration
	// Failures within FailureWindow put a system into quarantine (5, 10 min).
	Failures      int
	FailureWindow time.Duration
	// Configure is the deadline for telling a process its desks (5 s).
	Configure time.Duration
	// InFlight is how long a process that is replaced may finish its calls (20 s), Drain the deadline
	// of the call of that name (2 s), Exit how long it may take to end by itself (3 s).
	InFlight time.Duration
	Drain    time.Duration
	Exit     time.Duration
}

func (t Timing) orDefaults() Timing {
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&t.Start, 10 * time.Second},
		{&t.HealthEvery, 5 * time.Second},
		{&t.HealthDeadline, 2 * time.Second},
		{&t.MemoryEvery, 500 * time.Millisecond},
		{&t.BackoffFirst, time.Second},
		{&t.BackoffMost, time.Minute},
		{&t.FailureWindow, 10 * time.Minute},
		{&t.Configure, 5 * time.Second},
		{&t.InFlight, 20 * time.Second},
		{&t.Drain, 2 * time.Second},
		{&t.Exit, 3 * time.Second},
	} {
		if *d.value <= 0 {
			*d.value = d.usual
		}
	}
	if t.HealthMisses <= 0 {
		t.HealthMisses = 3
	}
	if t.Failures <= 0 {
		t.Failures = 5
	}
	return t
}

// Build is a binary of a release, as it is to run.
type Build struct {
	System  string
	Version string
	Path    string
	// SHA256 of the binary, in hex; it is checked at every start.
	SHA256 string
	// Digest of the release that the process must report.
	Digest string
	// Desks are told to the process before it is called.
	Desks []api.DeskConfig
}

func (b Build) same(other Build) bool {
	return b.Path == other.Path && b.SHA256 == other.SHA256 && b.Digest == other.Digest
}

// Host runs one process per system. It is safe for concurrent use.
type Host struct {
	options Options
	spawner *spawner
	run     *runDir

	mu      sync.Mutex
	systems map[string]*system
	closed  bool
	// loops are the supervisors, stopping the processes that are on their way out.
	loops    sync.WaitGroup
	stopping sync.WaitGroup
}

var errClosed = errors.New("plugin host is closed")

// New returns a host that runs nothing yet. Close ends it.
func New(options Options) (*Host, error) {
	options.Timing = options.Timing.orDefaults()
	if options.MemoryBytes <= 0 {
		options.MemoryBytes = 512 << 20
	}
	run, err := newRunDir(options.RunDir, options.Logger)
	if err != nil {
		return nil, fmt.Errorf("make folder of plugin sockets: %w", err)
	}
	return &Host{options: options, spawner: newSpawner(), run: run, systems: map[string]*system{}}, nil
}

// Ensure makes build the one that its system runs, and returns at once. The same build again only
// replaces the desks. Another build than the running one is started beside it and takes over when it
// is ready; where it cannot be made ready the old one stays. ctx lends its values only.
func (h *Host) Ensure(ctx context.Context, build Build) error {
	_, err := h.ensure(ctx, build)
	return err
}

// Swap is Ensure that waits until the build is active, or tells why it did not become so.
func (h *Host) Swap(ctx context.Context, build Build) error {
	outcome, err := h.ensure(ctx, build)
	if err != nil {
		return err
	}
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return fmt.Errorf("swap plugin %s: %w", build.System, ctx.Err())
	}
}

func (h *Host) ensure(ctx context.Context, build Build) (<-chan error, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	s, ok := h.systems[build.System]
	if !ok {
		var loop context.Context
		s = newSystem(h, build.System)
		loop, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
		h.systems[build.System] = s
		h.loops.Go(func() { s.supervise(loop) })
	}
	return s.want(build), nil
}

// Configure replaces the desks that a system serves; the process is told soon, and again at each start.
func (h *Host) Configure(key string, desks []api.DeskConfig) error {
	s, ok := h.find(key)
	if !ok {
		return unknown(key)
	}
	s.configure(desks)
	return nil
}

// Release ends the quarantine of a system, so that it is started again.
func (h *Host) Release(key string) error {
	s, ok := h.find(key)
	if !ok {
		return unknown(key)
	}
	s.release()
	return nil
}

// Restart starts a system's process anew: beside the running one, which ends when the new one is ready,
// or out of quarantine where none runs. It returns at once.
func (h *Host) Restart(key string) error {
	s, ok := h.find(key)
	if !ok {
		return unknown(key)
	}
	s.restart()
	return nil
}

// Remove stops a system's process for good and forgets the system.
func (h *Host) Remove(ctx context.Context, key string) error {
	h.mu.Lock()
	s, ok := h.systems[key]
	delete(h.systems, key)
	h.mu.Unlock()
	if !ok {
		return unknown(key)
	}
	return s.end(ctx)
}

// System returns the caller of a system's hooks. It fails with Unavailable, code plugin_unavailable,
// for a system that the host was never asked to run; so does each call while no process is ready.
func (h *Host) System(key string) (*Caller, error) {
	s, ok := h.find(key)
	if !ok {
		return nil, unknown(key)
	}
	return &Caller{system: s}, nil
}

// Status tells the state of every system, by key.
func (h *Host) Status() []Status {
	h.mu.Lock()
	systems := slices.Collect(maps.Values(h.systems))
	h.mu.Unlock()
	all := make([]Status, 0, len(systems))
	for _, s := range systems {
		all = append(all, s.status())
	}
	slices.SortFunc(all, func(a, b Status) int { return compare(a.System, b.System) })
	return all
}

// Log returns the last lines that a system's processes wrote, and the host about their beginnings and ends,
// the oldest first; at most 500.
func (h *Host) Log(key string) []LogLine {
	s, ok := h.find(key)
	if !ok {
		return nil
	}
	return s.pump.lines()
}

// Close stops every process, gracefully as long as ctx lasts, and returns when none is left.
func (h *Host) Close(ctx context.Context) error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil
	}
	h.closed = true
	systems := slices.Collect(maps.Values(h.systems))
	h.mu.Unlock()
	problems := make([]error, len(systems))
	var ending sync.WaitGroup
	for i, s := range systems {
		ending.Go(func() { problems[i] = s.end(ctx) })
	}
	ending.Wait()
	h.loops.Wait()
	h.stopping.Wait()
	// The thread that started the processes must outlive them: its end is their end.
	h.spawner.close()
	return errors.Join(errors.Join(problems...), h.run.remove())
}

func (h *Host) find(key string) (*system, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.systems[key]
	return s, ok
}

func unknown(key string) error {
	return errs.New(errs.Unavailable, wirev1.CodeUnavailable, "no plugin runs for "+key)
}
