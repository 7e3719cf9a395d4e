package host

import (
	"fmt"
	"strings"
	"time"
)

// State is what a system's process is doing.
type State string

// The states.
const (
	// Starting: the first process, or the next after a failure, is being made ready.
	Starting State = "starting"
	// Ready: calls are taken.
	Ready State = "ready"
	// Degraded: calls are taken, but the last of some hook failed, or the settings were refused.
	Degraded State = "degraded"
	// Backoff: it failed and waits to be started again.
	Backoff State = "backoff"
	// Quarantined: it failed too often; Release or another build starts it.
	Quarantined State = "quarantined"
	// Drift: the binary is not the one that was registered, or reports another release.
	Drift State = "drift"
	// Stopped: nothing is wanted.
	Stopped State = "stopped"
)

// Status is what is shown of a system's process.
type Status struct {
	System  string
	Version string
	Digest  string
	SHA256  string
	Path    string
	State   State
	// Since is when the state began.
	Since time.Time
	// PID is 0 while no process is ready.
	PID      int
	Restarts int
	// Reason tells, in English, why it failed or was not replaced last, Cause the kind of it.
	Reason string
	Cause  Cause
	// FailedAt is when that was, zero for what goes on now.
	FailedAt time.Time
	// Pending is the version that is being started beside the running one.
	Pending string
	// ConfigError tells that the process refused the settings of its desks.
	ConfigError string
	RSSBytes    int64
	InFlight    int
	// LogDropped counts lines beyond the rate, StrayStdout bytes that had no business on stdout.
	LogDropped  int64
	StrayStdout int64
	// Calls are counted since the host began, by hook and outcome, in this order; Times are how long
	// they took, by hook. What no process was there to take has no time.
	Calls []CallCount
	Times []CallTimes
}

// Cause is the kind of a system's last trouble, one of a few, for figures and alarms.
type Cause string

// The causes.
const (
	CauseNone     Cause = ""
	CauseStart    Cause = "start"
	CauseDrift    Cause = "drift"
	CauseEnded    Cause = "ended"
	CauseHangs    Cause = "hangs"
	CauseMemory   Cause = "memory"
	CauseCalls    Cause = "calls"
	CauseSettings Cause = "settings"
	CauseOutput   Cause = "output"
)

// CallCount is how often a hook was called with one outcome: ok, or an error's code.
type CallCount struct {
	Hook, Outcome string
	Count         int64
}

// CallTimes is for how long a hook was called: Seconds in all, and how many calls took at most so many
// seconds.
type CallTimes struct {
	Hook    string
	Count   uint64
	Seconds float64
	Within  map[float64]uint64
}

// status tells the state of the system as it is now.
func (s *system) status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Status{
		System: s.key, State: s.state, Since: s.since, Restarts: s.restarts, Reason: s.reason, Cause: s.cause, FailedAt: s.failedAt,
		ConfigError: s.configError, Calls: s.calls.counts(), Times: s.calls.durations(),
	}
	if s.target != nil {
		out.Version, out.Digest, out.SHA256, out.Path = s.target.Version, s.target.Digest, s.target.SHA256, s.target.Path
	}
	if s.next != nil {
		out.Pending = s.next.Version
	}
	if s.active != nil {
		out.PID, out.InFlight = s.active.runner.pid, s.active.calls()
		out.RSSBytes = resident(out.PID)
	}
	out.LogDropped, out.StrayStdout = s.pump.counts()
	s.troubleLocked(&out)
	return out
}

// troubleLocked tells what is wrong with a process that runs. What it writes where it should not hurts
// nobody and leaves it ready.
func (s *system) troubleLocked(out *Status) {
	if out.State != Ready {
		return
	}
	failing, past := s.calls.failing(), out.FailedAt
	out.FailedAt = time.Time{}
	dropped, stray := out.LogDropped-s.droppedBefore, out.StrayStdout-s.strayBefore
	switch {
	case failing != "":
		out.State, out.Reason, out.Cause = Degraded, failing, CauseCalls
	case out.ConfigError != "":
		out.State, out.Reason, out.Cause = Degraded, "refuses the settings of its desks: "+out.ConfigError, CauseSettings
	case stray > 0:
		out.Reason, out.Cause = fmt.Sprintf("writes to standard output: %d bytes were thrown away", stray), CauseOutput
	case dropped > 0:
		out.Reason, out.Cause = fmt.Sprintf("logs too much: %d lines were thrown away", dropped), CauseOutput
	default:
		out.FailedAt = past
	}
}

func compare(a, b string) int { return strings.Compare(a, b) }
