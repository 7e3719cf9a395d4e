package api

import (
	"context"
	"encoding/json"
	"time"
)

// Names of the hooks.
const (
	HookReadLetter   = "read_letter"
	HookPrefill      = "prefill"
	HookLookup       = "lookup"
	HookHandleEvents = "handle_events"
)

// Hook declares a call that the process answers: its deadline and what happens without it.
type Hook struct {
	Name       string `json:"name" yaml:"name"`
	DeadlineMS int    `json:"deadline_ms" yaml:"deadline_ms"`
	// Unavailable is wait (letters, events), profile (prefill) or typing (lookup).
	Unavailable string `json:"unavailable" yaml:"unavailable"`
	Mark        `yaml:",inline"`
}

// System is what a plugin's process answers beyond its declaration. Every method may be called
// concurrently and must return soon after its context ends. A hook that the declaration does not
// name is never called.
type System interface {
	// Bundle returns the declaration's files. It is pure: the same bytes at every call.
	Bundle() Bundle
	// Configure replaces the desks and their settings that this process serves.
	Configure(ctx context.Context, desks []DeskConfig) error
	// ReadLetter finds form and fields in a mail's text; a fact that is not there stays empty (R0.10).
	ReadLetter(ctx context.Context, call Call, letter IncomingLetter) (ReadLetter, error)
	// Prefill proposes values for a form from the outside system.
	Prefill(ctx context.Context, call Call, form string, person PersonFacts) (json.RawMessage, error)
	// Lookup proposes values of one field for what was typed so far.
	Lookup(ctx context.Context, call Call, lookup, typed string) ([]Choice, error)
	// HandleEvents takes a batch, at least once; Event.Key tells a repeat.
	HandleEvents(ctx context.Context, call Call, events []Event) ([]EventResult, error)
	// Drain stops taking calls; those in flight may finish.
	Drain(ctx context.Context) error
}

// Call says for whom a hook is called.
type Call struct {
	RequestID string
	Tenant    string
	Desk      string
	Locale    string
}

// DeskConfig is a desk that the process serves, with the plugin's own settings for it.
type DeskConfig struct {
	Tenant string
	Desk   string
	Config json.RawMessage
}

// IncomingLetter is the text of a mail, decoded and bounded by the core.
type IncomingLetter struct {
	From     string
	FromName string
	To       []string
	Subject  string
	Text     string
}

// ReadLetter is what a plugin found in a letter: the form it belongs to and the fields as JSON.
type ReadLetter struct {
	Form   string
	Fields json.RawMessage
}

// PersonFacts is what a plugin may know of the person who files.
type PersonFacts struct {
	Name, Email, Phone string
	OrganisationName   string
	OrganisationINN    string
}

// Choice is one proposed value of a look-up.
type Choice struct {
	Value string
	Title string
}

// Event is one entry of a ticket's log as a plugin sees it: keys and identifiers, no texts.
type Event struct {
	Key    string
	Number string
	Seq    int64
	Kind   string
	At     time.Time
	Data   json.RawMessage
}

// Outcomes of one event.
const (
	EventDone  = "done"
	EventRetry = "retry"
	EventDead  = "dead"
)

// EventResult is the outcome of one event of a batch.
type EventResult struct {
	Key        string
	Outcome    string
	RetryAfter time.Duration
	Reason     string
}
