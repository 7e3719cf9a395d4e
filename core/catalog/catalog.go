// Package catalog is the installation's releases of systems, their builds, and the epoch by which
// nodes learn that the configuration changed.
//
// It stores bundles as they came and does not read them (core/release does).
//
// Invariants:
//  1. A release never changes after it was registered; the same version with another digest is
//     refused.
//  2. A system has at most one active and one previous release; activating swaps them in one
//     transaction.
//  3. Whatever changes a desk's snapshot raises the epoch in its own transaction.
package catalog

import (
	"time"

	"github.com/opora-desk/opora/core/i18n"
)

// Channel is the database's notification channel that rings after the configuration changed. It is
// rung after the commit; a node that misses it sees the epoch at its next poll.
const Channel = "opora_config"

// State says whether a release is in use.
type State string

// The states.
const (
	StateRegistered State = "registered"
	StateActive     State = "active"
	// StatePrevious was active before, so that going back is one step.
	StatePrevious State = "previous"
)

// Release is a registered release of a system.
type Release struct {
	Digest       string
	System       string
	Version      string
	Title        i18n.Text
	RegisteredAt time.Time
	ActivatedAt  *time.Time
	State        State
	// Files are the bundle's, by path; nil in lists.
	Files map[string][]byte
}

// Build is a binary of a release.
type Build struct {
	SHA256       string
	Release      string
	Path         string
	RegisteredAt time.Time
}
