package desk

import (
	"encoding/json"
	"time"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

// Page is one page of a list; Next is the cursor of the next one, empty at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page, absent at the end"`
}

// SessionView answers a sign-in.
type SessionView struct {
	Token     ident.Token `json:"token" doc:"Bearer token, shown once"`
	ExpiresAt time.Time   `json:"expires_at"`
	Person    PersonView  `json:"person"`
}

// PersonView is the profile of the person who asks.
type PersonView struct {
	ID           ident.ID          `json:"id"`
	Name         string            `json:"name"`
	Login        string            `json:"login,omitempty" doc:"The address to sign in with"`
	Email        string            `json:"email" doc:"The address that letters go to"`
	Phone        string            `json:"phone,omitempty"`
	Position     string            `json:"position,omitempty"`
	Kind         string            `json:"kind"`
	Organisation *OrganisationView `json:"organisation,omitempty"`
	Desks        []MembershipView  `json:"desks"`
}

// MembershipView is what the person is on one desk beside a requester.
type MembershipView struct {
	Desk          string `json:"desk"`
	Line          string `json:"line,omitempty"`
	Administrator bool   `json:"administrator"`
}

// PersonRef names somebody in a ticket.
type PersonRef struct {
	ID           *ident.ID         `json:"id,omitempty"`
	Name         string            `json:"name"`
	Email        string            `json:"email,omitempty"`
	Phone        string            `json:"phone,omitempty"`
	Verified     *bool             `json:"verified,omitempty"`
	Organisation *OrganisationView `json:"organisation,omitempty"`
}

// OrganisationView names an organisation.
type OrganisationView struct {
	ID   ident.ID `json:"id"`
	INN  string   `json:"inn,omitempty"`
	Name string   `json:"name"`
}

// DeskView describes a desk to who may use it; texts are in the reader's language.
type DeskView struct {
	Slug       string            `json:"slug"`
	Title      string            `json:"title"`
	System     string            `json:"system"`
	Release    string            `json:"release" doc:"Version of the active release"`
	Forms      []FormRef         `json:"forms"`
	Statuses   []StatusView      `json:"statuses"`
	Lines      []LineView        `json:"lines"`
	Queues     []QueueView       `json:"queues"`
	Priorities []KeyTitle        `json:"priorities"`
	Deadlines  []KeyTitle        `json:"deadlines"`
	Texts      DeskTexts         `json:"texts"`
	Words      map[string]string `json:"words"`
	Contacts   []ContactView     `json:"contacts"`
	TimeZone   string            `json:"time_zone"`
	// Resolution and Columns are sent with the description of a single desk, Columns to who works it.
	Resolution *FormView    `json:"resolution,omitempty" doc:"What a transition that needs a resolution takes as its fields"`
	Columns    []ColumnView `json:"columns,omitempty" doc:"Fields of the forms that may be columns of a list, for who works the desk"`
}

// DeskTexts are the system's own words.
type DeskTexts struct {
	Opening string `json:"opening" doc:"What a clerk says first on the phone"`
	Filing  string `json:"filing,omitempty"`
}

// ContactView is an address of the desk; the preferred one is first.
type ContactView struct {
	Kind  string `json:"kind"`
	Title string `json:"title"`
	Value string `json:"value"`
}

// FormRef names a form.
type FormRef struct {
	Key      string        `json:"key"`
	Title    string        `json:"title"`
	Summary  string        `json:"summary,omitempty"`
	Channels []api.Channel `json:"channels"`
	Public   bool          `json:"public"`
}

// KeyTitle names something by key.
type KeyTitle struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

// StatusView is a status of a desk or of a ticket.
type StatusView struct {
	Key      string       `json:"key"`
	Title    string       `json:"title"`
	Category api.Category `json:"category" enum:"new,open,waiting,done"`
	Help     string       `json:"help,omitempty"`
}

// LineView is a line of support.
type LineView struct {
	Key     string   `json:"key"`
	Title   string   `json:"title"`
	Help    string   `json:"help,omitempty"`
	Talks   bool     `json:"talks"`
	Closes  bool     `json:"closes"`
	HandsTo []string `json:"hands_to"`
	Sees    string   `json:"sees" enum:"desk,handed" doc:"handed: only tickets that are or once were handed to the line"`
}

// QueueView is a queue of a desk.
type QueueView struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Line  string `json:"line"`
}

// FormView is a form as a browser renders it.
type FormView struct {
	Key     string                `json:"key"`
	Version int                   `json:"version"`
	Title   string                `json:"title"`
	Schema  json.RawMessage       `json:"schema"`
	UI      json.RawMessage       `json:"ui"`
	Lists   map[string][]KeyTitle `json:"lists"`
	Limits  LimitsView            `json:"limits"`
	Prefill map[string]any        `json:"prefill" doc:"Values from the profile by JSON pointer"`
	// Person and Organisation tell which fields say who asks.
	Person       *PersonPointers       `json:"person,omitempty" doc:"Fields that tell who asks, as JSON pointers"`
	Organisation *OrganisationPointers `json:"organisation,omitempty" doc:"Fields that tell for which organisation, as JSON pointers"`
}

// LimitsView are the limits of files on a desk, in bytes.
type LimitsView struct {
	MaxBytes     int64  `json:"max_bytes"`
	MaxCount     int    `json:"max_count"`
	LinkMaxBytes int64  `json:"link_max_bytes"`
	Help         string `json:"help,omitempty"`
}

// CheckView is what the rules say of a form that is being filled.
type CheckView struct {
	Visible  []string       `json:"visible" doc:"Pointers of the fields to show"`
	Required []string       `json:"required" doc:"Pointers of the fields that are mandatory now"`
	Problems []ProblemView  `json:"problems"`
	Proposed map[string]any `json:"proposed" doc:"Values recognised in the texts, by JSON pointer"`
	Refused  *ProblemView   `json:"refused,omitempty" doc:"Why filing would be refused whatever the fields say"`
	Outcome  *OutcomeView   `json:"outcome,omitempty" doc:"What filing would lead to now; absent while something is wrong"`
}

// OutcomeView is where a ticket would go.
type OutcomeView struct {
	Line  string     `json:"line,omitempty" doc:"Title of the line that gets it"`
	DueAt *time.Time `json:"due_at,omitempty" doc:"When an answer is due"`
}

// ProblemView is what is wrong with one field.
type ProblemView struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// TicketView is a ticket's page.
type TicketView struct {
	ID          ident.ID          `json:"id"`
	Number      string            `json:"number"`
	Desk        string            `json:"desk"`
	Form        string            `json:"form"`
	FormVersion int               `json:"form_version"`
	FormTitle   string            `json:"form_title"`
	Subject     string            `json:"subject"`
	Fields      api.Fields        `json:"fields"`
	Status      StatusView        `json:"status"`
	Priority    string            `json:"priority"`
	Deadline    DeadlineView      `json:"deadline"`
	Queue       string            `json:"queue"`
	Line        string            `json:"line"`
	Assignee    *PersonRef        `json:"assignee"`
	Requester   *PersonRef        `json:"requester"`
	Org         *OrganisationView `json:"organisation,omitempty"`
	Channel     api.Channel       `json:"channel"`
	DuplicateOf string            `json:"duplicate_of,omitempty" doc:"Number of the base"`
	Reopened    int               `json:"reopened"`
	Attachments []AttachmentView  `json:"attachments"`
	Unread      bool              `json:"unread"`
	Version     int64             `json:"version"`
	CreatedAt   time.Time         `json:"created_at"`
	UpdatedAt   time.Time         `json:"updated_at"`
	ClosedAt    *time.Time        `json:"closed_at,omitempty"`
	May         MayView           `json:"may" doc:"What this reader may do with the ticket now"`
	HandsTo     []KeyTitle        `json:"hands_to" doc:"Lines to which this reader may hand the ticket over now"`
	Follow      ident.Token       `json:"follow,omitempty" doc:"Bearer for reading this ticket alone, after filing without a session"`
}

// DeadlineView is a ticket's term; both members are absent while there is none.
type DeadlineView struct {
	Case  string     `json:"case,omitempty"`
	Title string     `json:"title,omitempty"`
	DueAt *time.Time `json:"due_at,omitempty"`
}

// ListItem is a ticket in a list. Of a foreign ticket only the desk's columns are set, and nothing
// else is written (R4.20).
type ListItem struct {
	Number    string            `json:"number"`
	Subject   string            `json:"subject"`
	Status    StatusView        `json:"status"`
	Assignee  *PersonRef        `json:"assignee"`
	Desk      string            `json:"desk,omitempty"`
	Form      string            `json:"form,omitempty"`
	Priority  string            `json:"priority,omitempty"`
	Queue     string            `json:"queue,omitempty"`
	Line      string            `json:"line,omitempty"`
	Requester *PersonRef        `json:"requester,omitempty"`
	Org       *OrganisationView `json:"organisation,omitempty"`
	Deadline  *DeadlineView     `json:"deadline,omitempty"`
	Unread    *bool             `json:"unread,omitempty"`
	CreatedAt *time.Time        `json:"created_at,omitempty"`
	UpdatedAt *time.Time        `json:"updated_at,omitempty"`
	ClosedAt  *time.Time        `json:"closed_at,omitempty"`
	Version   int64             `json:"version,omitempty"`
	LastSeq   int64             `json:"last_seq,omitempty" doc:"Seq of the last event, for who works the ticket"`
	Columns   map[string]any    `json:"columns,omitempty" doc:"Values of the columns asked for, by JSON pointer, for who works the desk: a listed value by its title, a long text cut"`
}

// AttachmentView is a file.
type AttachmentView struct {
	ID          ident.ID `json:"id"`
	Name        string   `json:"name"`
	Size        int64    `json:"size"`
	SHA256      string   `json:"sha256"`
	ContentType string   `json:"content_type,omitempty"`
	Seq         int64    `json:"seq,omitempty" doc:"The event that the file came with"`
}

// EventView is an entry of a ticket's history as this reader may see it.
type EventView struct {
	Seq         int64            `json:"seq"`
	Kind        ticket.Kind      `json:"kind"`
	At          time.Time        `json:"at"`
	Actor       ActorView        `json:"actor"`
	Visibility  string           `json:"visibility" enum:"public,internal"`
	Data        ticket.Data      `json:"data"`
	Body        *ticket.Body     `json:"body"`
	Attachments []AttachmentView `json:"attachments,omitempty"`
	Erased      bool             `json:"erased,omitempty"`
}

// ActorView is who made an event.
type ActorView struct {
	Kind ticket.ActorKind `json:"kind"`
	ID   *ident.ID        `json:"id,omitempty"`
	Name string           `json:"name,omitempty"`
}

// TransitionView is a transition that leaves the ticket's status.
type TransitionView struct {
	Key     string     `json:"key"`
	Title   string     `json:"title"`
	Help    string     `json:"help,omitempty"`
	To      StatusView `json:"to"`
	Allowed bool       `json:"allowed"`
	Reason  string     `json:"reason,omitempty" doc:"Why it is not allowed, as a sentence"`
	Needs   []string   `json:"needs"`
	Answers bool       `json:"answers"`
}

// DecisionView is one pass of the rules over a ticket.
type DecisionView struct {
	Seq      int64      `json:"seq"`
	Revision int64      `json:"revision" doc:"Revision of the desk's own rules, 0 for none"`
	Digest   string     `json:"digest"`
	Release  string     `json:"release"`
	At       time.Time  `json:"at"`
	Rules    []RuleView `json:"rules"`
}

// RuleView is what one rule did in a pass, and why.
type RuleView struct {
	ID      string         `json:"id"`
	Kind    api.RuleKind   `json:"kind"`
	Matched bool           `json:"matched"`
	Why     string         `json:"why"`
	Read    map[string]any `json:"read"`
	Effect  string         `json:"effect,omitempty"`
	Code    string         `json:"code,omitempty"`
}

// UploadLinkView is a one-time address for one file.
type UploadLinkView struct {
	Path      string    `json:"path" doc:"Address for one PUT of the file's bytes"`
	ExpiresAt time.Time `json:"expires_at"`
	MaxBytes  int64     `json:"max_bytes"`
}

// FeedEntry says that something happened to a ticket, and nothing of its contents.
type FeedEntry struct {
	Tenant ident.ID
	Ticket ident.ID
	Seq    int64
	Kind   ticket.Kind
}

// StreamView is an entry of a live screen.
type StreamView struct {
	Number string      `json:"number"`
	Seq    int64       `json:"seq"`
	Kind   ticket.Kind `json:"kind"`
}

func titles(l i18n.Lang, texts map[string]i18n.Text) map[string]string {
	out := make(map[string]string, len(texts))
	for key, text := range texts {
		out[key] = text.In(l)
	}
	return out
}
