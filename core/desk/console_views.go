package desk

import (
	"time"

	"github.com/opora-desk/opora/core/ident"
)

// Orders of a list. All but OrderUpdated are over tickets that are not done.
const (
	OrderUpdated  = "updated"
	OrderCreated  = "created"
	OrderDeadline = "deadline"
	OrderPriority = "priority"
)

// Directions of an order.
const (
	Descending = "desc"
	Ascending  = "asc"
)

// ColumnView is a field of a form that may be a column of a list.
type ColumnView struct {
	Pointer string `json:"pointer"`
	Title   string `json:"title"`
	Form    string `json:"form" doc:"Key of the form"`
}

// PersonPointers are the fields of a form that tell who asks.
type PersonPointers struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// OrganisationPointers are the fields of a form that tell for which organisation.
type OrganisationPointers struct {
	INN  string `json:"inn,omitempty"`
	Name string `json:"name,omitempty"`
}

// MayView is what a reader may do with a ticket now.
type MayView struct {
	Answer     bool `json:"answer" doc:"Write publicly"`
	Note       bool `json:"note" doc:"Write internally"`
	Edit       bool `json:"edit" doc:"Change fields; who works the ticket also priority, queue and deadline"`
	Assign     bool `json:"assign"`
	HandOver   bool `json:"hand_over" doc:"To the lines of hands_to"`
	Tie        bool `json:"tie" doc:"Make it a duplicate of another ticket"`
	UploadLink bool `json:"upload_link"`
}

// SavedView is a list's parameters under a title.
type SavedView struct {
	ID     ident.ID `json:"id"`
	Title  string   `json:"title"`
	Query  string   `json:"query" doc:"Parameters of GET tickets as a query string, without desk, after and limit"`
	Shared bool     `json:"shared" doc:"Seen by everyone who works the desk"`
	Own    bool     `json:"own" doc:"Made by this reader"`
}

// SavedViewInput is a view to keep.
type SavedViewInput struct {
	Title  string
	Query  string
	Shared bool
}

// TemplateView is an answer kept for use.
type TemplateView struct {
	ID         ident.ID `json:"id"`
	Title      string   `json:"title"`
	Text       string   `json:"text" doc:"May have the placeholders {number}, {subject}, {requester}, {agent}, {desk}, {status}, {deadline}, which the screen fills in"`
	Transition string   `json:"transition,omitempty" doc:"Key of the transition to make with the answer"`
	Visibility string   `json:"visibility" enum:"public,internal"`
}

// TemplateInput is an answer to keep.
type TemplateInput struct {
	Title      string
	Text       string
	Transition string
	Internal   bool
}

// PresenceView is who else has a ticket open.
type PresenceView struct {
	Items   []PresentView `json:"items"`
	Version int64         `json:"version" doc:"Of the ticket"`
	LastSeq int64         `json:"last_seq" doc:"Seq of the ticket's last event"`
}

// PresentView is somebody who has the ticket open.
type PresentView struct {
	Person  PresentPerson `json:"person"`
	Writing bool          `json:"writing"`
	Since   time.Time     `json:"since"`
}

// PresentPerson names who has the ticket open.
type PresentPerson struct {
	ID   ident.ID `json:"id"`
	Name string   `json:"name"`
}

// FoundPersonView is somebody of the tenant as who works a desk finds him.
type FoundPersonView struct {
	ID           ident.ID          `json:"id"`
	Name         string            `json:"name"`
	Email        string            `json:"email,omitempty"`
	Phone        string            `json:"phone,omitempty"`
	Position     string            `json:"position,omitempty"`
	Kind         string            `json:"kind" enum:"staff,citizen"`
	Verified     bool              `json:"verified"`
	Organisation *OrganisationView `json:"organisation,omitempty"`
	TicketsOpen  int64             `json:"tickets_open" doc:"His tickets on the desk that are not done, counted up to 100"`
}
