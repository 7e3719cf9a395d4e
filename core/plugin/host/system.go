package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Bounds of the calls to one plugin at the same time, in all and for one tenant.
const (
	maxCalls       = 32
	maxTenantCalls = 8
)

// errSuperseded tells who waits for a build that another one is wanted now.
var errSuperseded = errors.New("another build is wanted meanwhile")

// system supervises the process of one system. One goroutine, supervise, starts and replaces
// processes; everything else changes what is wanted and wakes it.
type system struct {
	host     *Host
	key      string
	pump     *pump
	cancel   context.CancelFunc
	wake     chan struct{}
	finished chan struct{}
	slots    chan struct{}
	calls    *calls

	mu      sync.Mutex
	tenants map[string]chan struct{}
	// target is what is to run; next is to replace it once it is ready.
	target *Build
	next   *Build
	// waiting are told the outcome of next, or of target while nothing runs yet.
	waiting []chan error
	desks   []api.DeskConfig
	// stale: the active process does not know the desks yet.
	stale       bool
	active      *process
	state       State
	since       time.Time
	reason      string
	cause       Cause
	configError string
	// droppedBefore and strayBefore are the pump's counts when the active process took over.
	droppedBefore, strayBefore int64
	restarts                   int
	failures                   []time.Time
	streak                     int
	retryAt, failedAt          time.Time
}

func newSystem(h *Host, key string) *system {
	return &system{
		host: h, key: key, pump: newPump(key, h.options.Logger, h.options.Clock),
		wake: make(chan struct{}, 1), finished: make(chan struct{}),
		slots: make(chan struct{}, maxCalls), tenants: map[string]chan struct{}{}, calls: newCalls(),
		state: Stopped, since: h.options.Clock.Now(),
	}
}

func (s *system) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// want sets the build that is to run and returns where its outcome will be told.
func (s *system) want(build Build) <-chan error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.poke()
	outcome := make(chan error, 1)
	switch {
	case s.next != nil && s.next.same(build):
		s.next = &build
	case s.next == nil && s.state != Ready && s.target != nil && s.target.same(build):
		// Already on its way, or failing.
		s.desks, s.stale = build.Desks, true
		if s.state == Quarantined || s.state == Drift {
			outcome <- errors.New(string(s.state) + ": " + s.reason)
			return outcome
		}
	case s.active != nil && s.target.same(build):
		s.answerLocked(errSuperseded)
		s.desks, s.stale, s.next = build.Desks, true, nil
		outcome <- nil
		return outcome
	case s.active != nil:
		s.answerLocked(errSuperseded)
		s.next = &build
	default:
		s.answerLocked(errSuperseded)
		s.takeLocked(&build)
	}
	s.waiting = append(s.waiting, outcome)
	return outcome
}

// wanted reports whether a build that was being started is still to run.
func (s *system) wanted(build Build, beside bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.target
	if beside {
		now = s.next
	}
	return now != nil && now.same(build)
}

func (s *system) configure(desks []api.DeskConfig) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desks, s.stale = desks, true
	if s.next != nil {
		next := *s.next
		next.Desks = desks
		s.next = &next
	}
	s.poke()
}

func (s *system) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == Quarantined || s.state == Drift || s.state == Backoff {
		s.forgiveLocked()
	}
	s.poke()
}

// takeLocked makes a build the target while nothing runs.
func (s *system) takeLocked(build *Build) {
	s.target, s.next = build, nil
	s.desks, s.stale = build.Desks, true
	s.forgiveLocked()
}

func (s *system) forgiveLocked() {
	s.failures, s.streak, s.retryAt = nil, 0, time.Time{}
	s.setLocked(Starting)
}

func (s *system) setLocked(state State) {
	if s.state != state {
		s.state, s.since = state, s.host.options.Clock.Now()
	}
}

// step is what supervise does next.
type step struct {
	launch *Build
	beside bool
	tell   *process
	desks  []api.DeskConfig
	wait   time.Duration
	active *process
}

func (s *system) decide() step {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.active != nil && s.stale:
		s.stale = false
		return step{tell: s.active, desks: slices.Clone(s.desks)}
	case s.active != nil && s.next != nil:
		return step{launch: s.next, beside: true}
	case s.active != nil:
		return step{active: s.active}
	case s.next != nil:
		// What it was to replace has died meanwhile.
		s.takeLocked(s.next)
	}
	if s.target == nil || s.state == Quarantined || s.state == Drift {
		return step{}
	}
	if wait := s.retryAt.Sub(s.host.options.Clock.Now()); wait > 0 {
		return step{wait: wait}
	}
	s.setLocked(Starting)
	return step{launch: s.target}
}

func (s *system) supervise(ctx context.Context) {
	defer close(s.finished)
	for ctx.Err() == nil {
		next := s.decide()
		switch {
		case next.tell != nil:
			s.tell(ctx, next.tell, next.desks)
		case next.launch != nil:
			s.attempt(ctx, *next.launch, next.beside)
		default:
			s.rest(ctx, next)
		}
	}
}

// rest waits until something has happened.
func (s *system) rest(ctx context.Context, now step) {
	var timer <-chan time.Time
	if now.wait > 0 {
		t := time.NewTimer(now.wait)
		defer t.Stop()
		timer = t.C
	}
	var ended <-chan struct{}
	if now.active != nil {
		ended = now.active.runner.done
	}
	select {
	case <-ctx.Done():
	case <-s.wake:
	case <-timer:
	case <-ended:
		s.lost(ctx, now.active)
	}
}

// attempt makes a build ready and active. What ran before finishes its calls and ends aside.
func (s *system) attempt(ctx context.Context, build Build, beside bool) {
	p, err := s.host.launch(ctx, build, s.pump)
	configProblem := ""
	if err == nil {
		desks := s.desksFor(beside)
		if configProblem, err = p.configure(ctx, desks); err != nil {
			p.tidy()
		}
	}
	if ctx.Err() != nil || !s.wanted(build, beside) {
		if err == nil {
			p.tidy()
		}
		return
	}
	if err != nil {
		s.failedStart(ctx, build, beside, err)
		return
	}
	s.activate(ctx, p, configProblem)
}

// desksFor returns the desks to tell a process that is about to become active. A successor has its own
// until it is: the settings of two releases may differ.
func (s *system) desksFor(beside bool) []api.DeskConfig {
	s.mu.Lock()
	defer s.mu.Unlock()
	if beside && s.next != nil {
		return slices.Clone(s.next.Desks)
	}
	s.stale = false
	return slices.Clone(s.desks)
}

func (s *system) activate(ctx context.Context, p *process, configProblem string) {
	s.mu.Lock()
	old := s.active
	p.ready = s.host.options.Clock.Now()
	s.active, s.configError = p, configProblem
	s.calls.forget()
	s.droppedBefore, s.strayBefore = s.pump.counts()
	s.target = &p.build
	if s.next != nil && s.next.same(p.build) {
		// What was set while it was being told is told again.
		s.desks, s.stale, s.next = s.next.Desks, true, nil
	}
	s.setLocked(Ready)
	if old == nil && s.streak > 0 {
		s.restarts++
	}
	s.mu.Unlock()
	s.pump.note(slog.LevelInfo, fmt.Sprintf("process %d is ready, version %s", p.runner.pid, p.build.Version))
	s.host.options.Logger.LogAttrs(ctx, slog.LevelInfo, "plugin is ready", slog.String("plugin", s.key),
		slog.String("version", p.build.Version), slog.Int("pid", p.runner.pid))
	s.host.stopping.Go(func() { p.watch(ctx) })
	if old != nil {
		s.host.stopping.Go(func() {
			old.stop(ctx)
			s.pump.note(slog.LevelInfo, fmt.Sprintf("process %d was replaced and has ended", old.runner.pid))
		})
	}
	s.answer(nil)
}

// answer tells the outcome to everybody who waits for it.
func (s *system) answer(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answerLocked(err)
}

func (s *system) answerLocked(err error) {
	for _, waiting := range s.waiting {
		waiting <- err
	}
	s.waiting = nil
}

func (s *system) failedStart(ctx context.Context, build Build, beside bool, err error) {
	s.mu.Lock()
	if beside {
		// The running process stays what is wanted.
		if s.next != nil && s.next.same(build) {
			s.next = nil
		}
		s.reason = "version " + build.Version + " did not take over: " + clean([]byte(err.Error()), false)
		s.cause, s.failedAt = CauseStart, s.host.options.Clock.Now()
	} else {
		cause := CauseStart
		if errors.Is(err, errDrift) {
			cause = CauseDrift
		}
		s.failLocked(err.Error(), cause)
	}
	state := s.state
	s.mu.Unlock()
	s.pump.note(slog.LevelWarn, fmt.Sprintf("version %s did not start, state %s: %s", build.Version, state, err))
	s.host.options.Logger.LogAttrs(ctx, slog.LevelWarn, "plugin did not start", slog.String("plugin", s.key),
		slog.String("version", build.Version), slog.String("state", string(state)), slog.String("error", clean([]byte(err.Error()), false)))
	s.answer(err)
}

// lost takes note that the active process has ended.
func (s *system) lost(ctx context.Context, p *process) {
	reason, cause := p.why()
	s.mu.Lock()
	s.active = nil
	if s.host.options.Clock.Now().Sub(p.ready) >= s.host.options.Timing.FailureWindow {
		s.streak = 0
	}
	s.failLocked(reason, cause)
	state := s.state
	s.mu.Unlock()
	s.pump.note(slog.LevelWarn, fmt.Sprintf("process %d was lost, state %s: %s", p.runner.pid, state, reason))
	s.host.options.Logger.LogAttrs(ctx, slog.LevelWarn, "plugin was lost", slog.String("plugin", s.key),
		slog.String("reason", reason), slog.String("state", string(state)))
	p.tidy()
}

// failLocked counts a failure and says when, or whether, the next attempt follows.
func (s *system) failLocked(reason string, cause Cause) {
	timing, now := s.host.options.Timing, s.host.options.Clock.Now()
	s.reason, s.cause, s.failedAt = clean([]byte(reason), false), cause, now
	if cause == CauseDrift {
		s.setLocked(Drift)
		return
	}
	s.failures = slices.DeleteFunc(s.failures, func(at time.Time) bool { return now.Sub(at) > timing.FailureWindow })
	s.failures = append(s.failures, now)
	if len(s.failures) >= timing.Failures {
		s.setLocked(Quarantined)
		return
	}
	delay := timing.BackoffMost
	if s.streak < 20 {
		delay = min(timing.BackoffFirst<<s.streak, timing.BackoffMost)
	}
	s.streak++
	//nolint:gosec // a spread of restarts needs no secret randomness
	spread := 0.8 + 0.4*rand.Float64()
	s.retryAt = now.Add(time.Duration(float64(delay) * spread))
	s.setLocked(Backoff)
}

// tell replaces the desks of the running process. One that cannot even answer is killed.
func (s *system) tell(ctx context.Context, p *process, desks []api.DeskConfig) {
	problem, err := p.configure(ctx, desks)
	if err != nil && ctx.Err() == nil {
		p.fail(CauseSettings, "cannot be told its desks: "+err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.configError = problem
}

// end stops the process for good.
func (s *system) end(ctx context.Context) error {
	s.cancel()
	<-s.finished
	s.mu.Lock()
	p := s.active
	s.active, s.target, s.next = nil, nil, nil
	s.setLocked(Stopped)
	s.mu.Unlock()
	s.answer(errClosed)
	if p != nil {
		p.stop(ctx)
	}
	return nil
}
