// Package wirev1 carries api.System over gRPC: the generated protocol, a client that is an
// api.System, a server over one, and the translation of errors between both.
//
// It starts no process and knows no go-plugin; core/plugin/host and core/plugin/sdk do.
//
// Invariants:
//  1. What comes from a plugin is checked here before anybody sees it: sizes, JSON, outcomes, codes.
//  2. Every error that leaves the client is an errs.Error; a plugin cannot choose 401 or 403.
//  3. A panic of a plugin's code ends its call, never its process.
package wirev1

import (
	"math"
	"time"
)

// MaxMessageBytes bounds a message in either direction.
const MaxMessageBytes = 4 << 20

// HealthService is the name under which a plugin's health is asked.
const HealthService = "plugin"

// Limits of what a plugin answers.
const (
	maxChoices    = 200
	maxChoiceText = 1000
	maxText       = 500
	maxProblems   = 500
)

func millis(d time.Duration) int64 { return d.Milliseconds() }

// fromMillis bounds d to a year, so that a plugin cannot make a duration overflow.
func fromMillis(ms int64) time.Duration {
	const year = 365 * 24 * time.Hour
	if ms <= 0 {
		return 0
	}
	if ms > math.MaxInt64/int64(time.Millisecond) || time.Duration(ms)*time.Millisecond > year {
		return year
	}
	return time.Duration(ms) * time.Millisecond
}
