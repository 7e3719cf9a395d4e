// Package ticket is what happens to a ticket: its events, the state that they fold to, the decisions
// that lead to new ones, and its tables.
//
// It does not know desks' use cases, rights, rules or letters: what it needs of them is given to it.
//
// Invariants:
//  1. A ticket's row equals the fold of its events (Apply), but for its number, which the database
//     gives; `opora tickets verify` compares them.
//  2. Events are appended at seq = last + 1 under a lock on the row and never changed, but for the
//     blanking of bodies when a person is erased.
//  3. Version rises with the state and not with comments.
package ticket

import (
	"time"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Ticket is the state of a ticket: the row that lists read.
type Ticket struct {
	Tenant       ident.ID
	ID           ident.ID
	Desk         ident.ID
	Number       string
	Release      string
	Form         string
	FormVersion  int
	Channel      api.Channel
	Subject      string
	Fields       api.Fields
	Status       string
	Category     api.Category
	Priority     string
	Queue        string
	Line         string
	SeenByLines  []string
	Assignee     *ident.ID
	Requester    ident.ID
	Organisation *ident.ID
	DeadlineCase string
	DeadlineAt   *time.Time
	DuplicateOf  *ident.ID
	Reopened     int
	Version      int64
	LastSeq      int64
	// RequesterSeq is the last event by the requester, AnswerSeq the last public one by an agent.
	RequesterSeq int64
	AnswerSeq    int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
	ClosedAt     *time.Time
	ErasedAt     *time.Time
}

// UnreadByAgents reports whether the requester added something that neither this agent has read (his
// mark is readSeq, 0 for none) nor any agent has answered (R0.17).
func (t *Ticket) UnreadByAgents(readSeq int64) bool {
	return t.RequesterSeq > readSeq && t.RequesterSeq > t.AnswerSeq
}

// UnreadByRequester reports whether an agent wrote something that the requester has not read.
func (t *Ticket) UnreadByRequester(readSeq int64) bool { return t.AnswerSeq > readSeq }
