package desk

import (
	"encoding/json"
	"time"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
)

// SubmitInput is a ticket to file, whatever the door.
type SubmitInput struct {
	Desk        string
	Form        string
	Fields      json.RawMessage
	Attachments []ident.ID
	// Channel is empty for the door's default.
	Channel api.Channel
	// Requester is whom an agent files for on the phone.
	Requester *RequesterInput
	// IdempotencyKey repeats a filing safely; empty for none. BodyDigest tells another body.
	IdempotencyKey string
	BodyDigest     []byte
}

// CheckInput is a form that is being filled.
type CheckInput struct {
	Desk   string
	Form   string
	Fields json.RawMessage
	// Requester is who calls, as far as the agent knows; nil for a form that is not filled on the phone.
	Requester *RequesterInput
}

// RequesterInput names the requester of a phone call: by id, or as a new person without a login.
type RequesterInput struct {
	ID           ident.ID
	Name         string
	Email        string
	Phone        string
	INN          string
	Organisation string
}

// CommentInput is something to add to a ticket.
type CommentInput struct {
	Text        string
	Internal    bool
	Then        string
	Fields      json.RawMessage
	Attachments []ident.ID
	// Version is the version seen, 0 for any.
	Version        int64
	IdempotencyKey string
	BodyDigest     []byte
}

// What a public comment of an agent is followed by, beside the key of a transition.
const (
	ThenTrigger = ""
	ThenKeep    = "keep"
	ThenClose   = "close"
)

// TransitionInput is a change of status to make.
type TransitionInput struct {
	Transition string
	// Fields are the resolution.
	Fields  json.RawMessage
	Comment string
	// DuplicateOf is the number of the base.
	DuplicateOf    string
	Version        int64
	IdempotencyKey string
	BodyDigest     []byte
}

// PatchInput changes what it names (RFC 7396); Version is needed, AnyVersion for whatever it is.
type PatchInput struct {
	Fields       json.RawMessage
	Priority     *string
	Queue        *string
	DeadlineCase *string
	// DeadlineAt is a pointer to nil to take the deadline away.
	DeadlineAt **time.Time
	Version    int64
}

// ListInput filters a list of tickets; a zero member filters nothing.
type ListInput struct {
	Desk         string
	Status       []string
	Category     []api.Category
	Queue        string
	Line         string
	Assignee     string // an id, "me" or "none"
	Requester    string // an id; for who works the desk, without a desk on those that he works
	Mine         bool
	Unread       bool
	Organisation string // an id or an INN
	Query        string
	// Order is OrderUpdated where empty; Direction is the order's own where empty.
	Order     string
	Direction string
	// Columns are pointers of the forms' fields, for who works Desk.
	Columns []string
	After   string // the cursor of the page before
	Limit   int    // 50 by default, 200 at most
}
