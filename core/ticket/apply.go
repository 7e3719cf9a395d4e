package ticket

import (
	"slices"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Apply folds one event into the state and returns the new one. It is pure: the old state is not
// changed, and the same events give the same state whenever they are folded.
func Apply(t Ticket, e Event) Ticket {
	t.LastSeq = e.Seq
	t.UpdatedAt = e.At
	switch e.Kind {
	case Submitted:
		t = submitted(t, e)
	case Commented, Noted:
		// A comment leaves the state, and so the version, as it is.
	case Transitioned:
		t = transitioned(t, e)
	case Assigned:
		t.Assignee = e.Data.Assignee
	case HandedOver:
		t.Assignee = nil
		t = classified(t, e.Data)
	case Edited:
		t = edited(t, e)
	case Classified:
		t = classified(t, e.Data)
	case Erased:
		t = erased(t, e)
	}
	if e.Kind != Commented && e.Kind != Noted {
		t.Version++
	}
	switch {
	case e.Actor.Kind == ByRequester:
		t.RequesterSeq = e.Seq
	case e.Actor.Kind == ByAgent && (e.Kind == Commented || e.Kind == Transitioned):
		t.AnswerSeq = e.Seq
	}
	return t
}

// Fold applies all events of a ticket in order.
func Fold(events []Event) Ticket {
	var t Ticket
	for _, e := range events {
		t = Apply(t, e)
	}
	return t
}

func submitted(t Ticket, e Event) Ticket {
	d := e.Data
	t.Tenant, t.ID = e.Tenant, e.Ticket
	if d.Desk != nil {
		t.Desk = *d.Desk
	}
	if d.Requester != nil {
		t.Requester = *d.Requester
	}
	t.Organisation = d.Organisation
	t.Release, t.Form, t.FormVersion, t.Channel = d.Release, d.Form, d.FormVersion, d.Channel
	t.Status, t.Category = d.To, d.Category
	t.CreatedAt = e.At
	if t.Category == api.Done {
		closed := e.At
		t.ClosedAt = &closed
	}
	t.SeenByLines = nil
	t = classified(t, d)
	// Whoever asked, on whatever door: the ticket itself is news for the agents.
	t.RequesterSeq = e.Seq
	return edited(t, e)
}

func transitioned(t Ticket, e Event) Ticket {
	d := e.Data
	wasDone := t.Category == api.Done
	t.Status, t.Category, t.DuplicateOf = d.To, d.Category, d.DuplicateOf
	switch {
	case d.Category == api.Done && !wasDone:
		closed := e.At
		t.ClosedAt = &closed
	case d.Category != api.Done:
		t.ClosedAt = nil
	}
	if d.Reopened {
		t.Reopened++
	}
	return classified(t, d)
}

// classified sets what the event names and leaves the rest.
func classified(t Ticket, d Data) Ticket {
	if d.Priority != "" {
		t.Priority = d.Priority
	}
	if d.Queue != "" {
		t.Queue = d.Queue
	}
	if d.Line != "" {
		if d.Line != t.Line {
			// Whoever worked it does not work on the other line.
			t.Assignee = nil
		}
		t.Line = d.Line
		if !slices.Contains(t.SeenByLines, d.Line) {
			t.SeenByLines = append(slices.Clip(slices.Clone(t.SeenByLines)), d.Line)
		}
	}
	if d.DeadlineSet {
		t.DeadlineCase, t.DeadlineAt = d.DeadlineCase, d.DeadlineAt
	}
	return t
}

func edited(t Ticket, e Event) Ticket {
	if e.Kind == Edited {
		t = classified(t, e.Data)
	}
	if e.Body == nil {
		// The body was blanked; the erased event that follows blanks the rest.
		t.Fields, t.Subject = api.Fields{}, ""
		return t
	}
	t.Fields, t.Subject = e.Body.Fields, e.Body.Subject
	if t.Fields == nil {
		t.Fields = api.Fields{}
	}
	return t
}

func erased(t Ticket, e Event) Ticket {
	if e.Data.Requesting {
		at := e.At
		t.Fields, t.Subject, t.ErasedAt = api.Fields{}, "", &at
	}
	return t
}
