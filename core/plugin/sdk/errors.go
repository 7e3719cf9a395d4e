package sdk

import (
	"time"

	"github.com/opora-desk/opora/core/errs"
)

// Refused is the error for settings or values that cannot be right until a person changes them. code is
// lower snake case and stable; msg is for the log and carries no value that a person typed.
func Refused(code, msg string) error { return errs.New(errs.Conflict, code, msg) }

// Unavailable is the error for an outside system that does not answer now; the core falls back as the
// hook declares and comes back after retryAfter.
func Unavailable(code, msg string, retryAfter time.Duration) error {
	e := errs.New(errs.Unavailable, code, msg)
	e.RetryAfter = retryAfter
	return e
}
