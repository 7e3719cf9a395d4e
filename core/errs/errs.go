// Package errs is the one error type of the product: a kind that decides how a door answers, a code
// that programs rely on, and the problems of single fields.
//
// Meaning is attached once, where it is known; above that errors are only wrapped with %w. Doors
// translate in three places: db.Translate, plugin/wire, and the problem writer of httpapi.
//
// Invariants:
//  1. A code once released is never changed; its text stands in the catalogue under "error.<code>"
//     (a field's under "problem.<code>").
//  2. An error never carries a value that a person typed, only pointers, limits and keys.
package errs

import (
	"errors"
	"time"

	"github.com/opora-desk/opora/core/i18n"
)

// Kind says what sort of failure it is, whatever the door.
type Kind int

// The kinds, with the HTTP status that httpapi gives them.
const (
	Internal        Kind = iota // 500: a defect of ours
	Malformed                   // 400: cannot be read at all
	Unauthenticated             // 401
	Forbidden                   // 403: seen, but not allowed
	NotFound                    // 404: absent, another tenant's, or not visible
	Conflict                    // 409: the state does not allow it
	Stale                       // 412: the version seen is not the current one
	TooLarge                    // 413
	Invalid                     // 422: problems in fields
	Unconditional               // 428: If-Match is needed
	Limited                     // 429
	Unavailable                 // 503: try again later
)

// Problem is what is wrong with one field of a form, a resolution or a request.
type Problem struct {
	// Pointer is the RFC 6901 pointer of the field within the form's fields.
	Pointer string
	// Code is stable and lower snake case; its text stands in the catalogue under "problem.<code>".
	Code string
	// Args fill the places of the catalogue's text: limits, never values.
	Args map[string]any
	// Text replaces the catalogue's text: the message of a rule.
	Text i18n.Text
	// Rule is the id of the rule that found it, empty for the schema's own checks.
	Rule string
}

// In returns the problem's sentence in l.
func (p Problem) In(l i18n.Lang) string {
	if !p.Text.IsZero() {
		return p.Text.In(l)
	}
	return i18n.Message(l, "problem."+p.Code, p.Args)
}

// Error is an error with a meaning.
type Error struct {
	Kind Kind
	Code string
	// Msg is for the log, in English; people read the catalogue's text for Code.
	Msg string
	// Args fill the places of the catalogue's text: limits and keys, never values.
	Args map[string]any
	// Text replaces the catalogue's text: the message of a guard.
	Text i18n.Text
	// Pointer is the RFC 6901 pointer of the one member of the request that the error is about, empty
	// where there is none.
	Pointer string
	// Fields are the problems of single fields, sorted by pointer.
	Fields []Problem
	// RetryAfter tells the caller when to come back, for Limited and Unavailable.
	RetryAfter time.Duration
	Err        error
}

// New returns an error of a kind with its stable code.
func New(kind Kind, code, msg string) *Error { return &Error{Kind: kind, Code: code, Msg: msg} }

// Wrap returns an error of a kind with its stable code and cause.
func Wrap(kind Kind, code string, err error) *Error { return &Error{Kind: kind, Code: code, Err: err} }

// Problems returns the error of a refused form: kind Invalid, code "invalid_fields".
func Problems(fields []Problem) *Error {
	return &Error{Kind: Invalid, Code: "invalid_fields", Fields: fields}
}

// With returns a copy of the error with one more argument for its text.
func (e *Error) With(name string, value any) *Error {
	out := *e
	out.Args = make(map[string]any, len(e.Args)+1)
	for k, v := range e.Args {
		out.Args[k] = v
	}
	out.Args[name] = value
	return &out
}

// At returns a copy of the error that names the member of the request that it is about.
func (e *Error) At(pointer string) *Error {
	out := *e
	out.Pointer = pointer
	return &out
}

// Error returns the code, the message and the cause, for the log.
func (e *Error) Error() string {
	text := e.Code
	if e.Msg != "" {
		text += ": " + e.Msg
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is match on the code, so that a code is compared and never a text.
func (e *Error) Is(target error) bool {
	var other *Error
	return errors.As(target, &other) && other.Code == e.Code && other.Kind == e.Kind
}

// In returns the sentence for a person in l.
func (e *Error) In(l i18n.Lang) string {
	if !e.Text.IsZero() {
		return e.Text.In(l)
	}
	return i18n.Message(l, "error."+e.Code, e.Args)
}

// KindOf returns the kind of the first *Error in err's chain, Internal where there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// CodeOf returns the code of the first *Error in err's chain, "internal" where there is none.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return "internal"
}
