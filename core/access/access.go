// Package access is the one table of who may do what with a ticket.
//
// It reads nothing: a use case tells it how a person stands to a ticket, and it answers allowed,
// forbidden or hidden. Which transitions and hand-overs a line has is the system's declaration.
//
// Invariants:
//  1. Every use case on a ticket asks Decide before it does anything.
//  2. What a person may not know of is hidden (NotFound), never forbidden.
package access

import "github.com/opora-desk/opora/core/errs"

// Standing is how somebody stands to one ticket.
type Standing int

// The standings, from nobody to the agent who may answer.
const (
	// Nobody has no session, or stands in no relation to the ticket's desk.
	Nobody Standing = iota
	// Stranger is a requester who sees the desk's columns of the ticket in lists, and nothing else (R4.20).
	Stranger
	// Follower bears the token of this one ticket.
	Follower
	// Colleague is of the ticket's organisation, where the desk lets organisations see (R4.22).
	Colleague
	// Owner is the ticket's requester.
	Owner
	// Reader is an agent whose line had the ticket and has it no longer (R2.17).
	Reader
	// Silent is an agent of a line that does not talk to requesters (R2.19).
	Silent
	// Agent is an agent of a line that talks.
	Agent
	// Administrator configures the desk and is no agent of it.
	Administrator
)

// Action is what somebody wants to do with a ticket.
type Action int

// The actions.
const (
	// See shows the ticket's page, its public events and public files.
	See Action = iota
	// SeeInternal shows internal notes, hand-overs and classification.
	SeeInternal
	// SeeDecisions shows why the rules decided as they did.
	SeeDecisions
	// MarkRead sets how far one has read.
	MarkRead
	// Reply writes publicly.
	Reply
	// Note writes internally.
	Note
	// Move makes a transition; the declaration says which.
	Move
	// Complete edits the fields of a ticket that waits for its requester's data.
	Complete
	// Edit changes fields, priority, queue or deadline.
	Edit
	// Assign sets who works on it.
	Assign
	// HandOver gives it to another line; the declaration says which.
	HandOver
	// Link makes an upload link.
	Link
)

type verdict int

const (
	hidden verdict = iota
	forbidden
	allowed
)

// table says it whole: a row an action, a column a standing. What is left out is hidden.
var table = map[Action]map[Standing]verdict{
	See:          {Follower: allowed, Colleague: allowed, Owner: allowed, Reader: allowed, Silent: allowed, Agent: allowed, Administrator: allowed},
	SeeInternal:  {Follower: forbidden, Colleague: forbidden, Owner: forbidden, Reader: allowed, Silent: allowed, Agent: allowed, Administrator: allowed},
	SeeDecisions: {Follower: forbidden, Colleague: forbidden, Owner: forbidden, Reader: allowed, Silent: allowed, Agent: allowed, Administrator: allowed},
	MarkRead:     {Follower: forbidden, Colleague: allowed, Owner: allowed, Reader: allowed, Silent: allowed, Agent: allowed, Administrator: allowed},
	Reply:        {Follower: forbidden, Colleague: forbidden, Owner: allowed, Reader: forbidden, Silent: forbidden, Agent: allowed, Administrator: forbidden},
	Note:         {Follower: forbidden, Colleague: forbidden, Owner: forbidden, Reader: forbidden, Silent: allowed, Agent: allowed, Administrator: allowed},
	// Who sees a ticket may ask for a transition; the declaration answers whose it is.
	Move:     {Follower: allowed, Colleague: allowed, Owner: allowed, Reader: allowed, Silent: allowed, Agent: allowed, Administrator: allowed},
	Complete: {Follower: forbidden, Colleague: forbidden, Owner: allowed, Reader: forbidden, Silent: forbidden, Agent: allowed, Administrator: forbidden},
	Edit:     {Follower: forbidden, Colleague: forbidden, Owner: forbidden, Reader: forbidden, Silent: forbidden, Agent: allowed, Administrator: allowed},
	Assign:   {Follower: forbidden, Colleague: forbidden, Owner: forbidden, Reader: forbidden, Silent: allowed, Agent: allowed, Administrator: allowed},
	HandOver: {Follower: forbidden, Colleague: forbidden, Owner: forbidden, Reader: forbidden, Silent: allowed, Agent: allowed, Administrator: allowed},
	Link:     {Follower: forbidden, Colleague: forbidden, Owner: allowed, Reader: forbidden, Silent: forbidden, Agent: allowed, Administrator: forbidden},
}

// Decide returns nil when somebody of that standing may do the action. Errors: NotFound (code
// "ticket_not_found") where he may not know of the ticket, Forbidden (code "not_allowed") where he may.
func Decide(action Action, standing Standing) error {
	switch table[action][standing] {
	case allowed:
		return nil
	case forbidden:
		return errs.New(errs.Forbidden, "not_allowed", "standing does not allow the action")
	case hidden:
	}
	return ErrHidden
}

// ErrHidden is the answer about a ticket that is absent or not to be known of.
var ErrHidden = errs.New(errs.NotFound, "ticket_not_found", "no such ticket for this person")
