package ticket

import (
	"slices"
	"time"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Kind is what an event records.
type Kind string

// The kinds. Noted, handed-over and classified ones are internal: a requester never sees them.
const (
	Submitted    Kind = "submitted"
	Commented    Kind = "commented"
	Noted        Kind = "noted"
	Transitioned Kind = "transitioned"
	Assigned     Kind = "assigned"
	HandedOver   Kind = "handed_over"
	Edited       Kind = "edited"
	Classified   Kind = "classified"
	Erased       Kind = "erased"
)

// Internal reports whether requesters never see events of the kind.
func (k Kind) Internal() bool {
	return slices.Contains([]Kind{Noted, HandedOver, Classified}, k)
}

// ActorKind is in what capacity somebody acted.
type ActorKind string

// The capacities.
const (
	ByRequester     ActorKind = "requester"
	ByAgent         ActorKind = "agent"
	ByAdministrator ActorKind = "administrator"
	BySystem        ActorKind = "system"
)

// Actor is who made an event.
type Actor struct {
	Kind ActorKind
	// ID is nil for the system, and for a requester without an account.
	ID *ident.ID
}

// Event is one entry of a ticket's append-only log.
type Event struct {
	Tenant   ident.ID
	Ticket   ident.ID
	Seq      int64
	Kind     Kind
	Actor    Actor
	At       time.Time
	Data     Data
	Body     *Body
	ErasedAt *time.Time
}

// Data holds keys, pointers and identifiers; each kind uses its own part. Nothing in it was typed by
// a person as text.
type Data struct {
	// Of a submitted ticket: everything that its row begins with.
	Desk         *ident.ID   `json:"desk,omitempty"`
	Release      string      `json:"release,omitempty"`
	Form         string      `json:"form,omitempty"`
	FormVersion  int         `json:"form_version,omitempty"`
	Channel      api.Channel `json:"channel,omitempty"`
	Requester    *ident.ID   `json:"requester,omitempty"`
	Organisation *ident.ID   `json:"organisation,omitempty"`
	// Of a transition, and the first status of a submitted ticket.
	Transition string       `json:"transition,omitempty"`
	Trigger    api.Trigger  `json:"trigger,omitempty"`
	From       string       `json:"from,omitempty"`
	To         string       `json:"to,omitempty"`
	Category   api.Category `json:"category,omitempty"`
	Reopened   bool         `json:"reopened,omitempty"`
	// DuplicateOf is the base that a transition ties the ticket to; any other transition unties it.
	DuplicateOf *ident.ID `json:"duplicate_of,omitempty"`
	// Answers is the comment's seq that a transition goes with.
	Answers int64 `json:"answers,omitempty"`
	// Said is set for a transition that tells the requester something in words: a comment or a resolution.
	Said bool `json:"said,omitempty"`
	// Linked is set for a comment that is only the file of an upload link.
	Linked bool `json:"linked,omitempty"`
	// Of assignment; nil takes the assignee away.
	Assignee *ident.ID `json:"assignee,omitempty"`
	// Of hand-over, routing and classification: what is set, empty for what stays.
	Priority     string     `json:"priority,omitempty"`
	Queue        string     `json:"queue,omitempty"`
	FromLine     string     `json:"from_line,omitempty"`
	Line         string     `json:"line,omitempty"`
	DeadlineCase string     `json:"deadline_case,omitempty"`
	DeadlineAt   *time.Time `json:"deadline_at,omitempty"`
	// DeadlineSet tells a deadline that was taken away from one that was left alone.
	DeadlineSet bool `json:"deadline_set,omitempty"`
	// Pointers are the fields that an edit changed.
	Pointers []string `json:"pointers,omitempty"`
	// Attachments are the files that came with the event.
	Attachments []ident.ID `json:"attachments,omitempty"`
	// Missing are the pointers that a letter left out (of a submitted ticket by mail).
	Missing []string `json:"missing,omitempty"`
	// Person is whom an erasure concerned.
	Person *ident.ID `json:"person,omitempty"`
	// Requesting is set when the erased person was the ticket's requester: everything personal goes.
	Requesting bool `json:"requesting,omitempty"`
}

// Body holds what a person wrote. It is blanked when that person is erased.
type Body struct {
	Text       string     `json:"text,omitempty"`
	Subject    string     `json:"subject,omitempty"`
	Fields     api.Fields `json:"fields,omitempty"`
	Resolution api.Fields `json:"resolution,omitempty"`
}
