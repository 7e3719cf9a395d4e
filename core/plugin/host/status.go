package host

import (
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
	// Reason tells, in English, why it failed or was not replaced last.
	Reason string
	// Pending is the version that is being started beside the running one.
	Pending string
	// ConfigError tells that the process refused the settings of its desks.
	ConfigError string
	RSSBytes    int64
	InFlight    int
	// LogDropped counts lines beyond the rate, StrayStdout bytes that had no business on stdout.
	LogDropped  int64
	StrayStdout int64
}

// status tells the state of the system as it is now.
func (s *system) status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Status{
		System: s.key, State: s.state, Since: s.since, Restarts: s.restarts, Reason: s.reason, ConfigError: s.configError,
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
	return out
}

func compare(a, b string) int { return strings.Compare(a, b) }
