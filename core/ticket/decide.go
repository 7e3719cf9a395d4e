package ticket

import (
	"slices"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Mover is who wants to make a transition, as far as its declaration looks.
type Mover struct {
	// Requester: the ticket is his own.
	Requester bool
	// Line is his line where he works the ticket, nil where he does not.
	Line *api.Line
}

// Answers that a transition is refused with.
var (
	errNotYours    = errs.New(errs.Forbidden, "not_your_transition", "the declaration gives the transition to others")
	errNotFromHere = errs.New(errs.Conflict, "transition_not_from_here", "the transition does not leave the status")
	errNoSuch      = errs.New(errs.Invalid, "transition_unknown", "the system declares no such transition")
)

// Option is a transition that leaves a ticket's status, with the reason why this mover may not make it.
type Option struct {
	Transition *api.Transition
	Err        error
}

// Options lists what leaves the ticket's status and is made by somebody, in declared order.
func Options(d *api.Declaration, t *Ticket, m Mover) []Option {
	var out []Option
	for i := range d.Transitions {
		tr := &d.Transitions[i]
		if tr.On == "" && tr.Leaves(t.Status) {
			out = append(out, Option{Transition: tr, Err: permitted(d, tr, m)})
		}
	}
	return out
}

// FindMove returns the transition of a key when this mover may make it now. Errors: Invalid
// ("transition_unknown"), Forbidden ("not_your_transition"), Conflict ("transition_not_from_here").
func FindMove(d *api.Declaration, t *Ticket, key string, m Mover) (*api.Transition, error) {
	tr, ok := d.Transition(key)
	switch {
	case !ok:
		return nil, errNoSuch
	case tr.On != "":
		return nil, errNotYours // it is made by itself
	}
	if err := permitted(d, tr, m); err != nil {
		return nil, err
	}
	if !tr.Leaves(t.Status) {
		return nil, errNotFromHere
	}
	return tr, nil
}

func permitted(d *api.Declaration, tr *api.Transition, m Mover) error {
	if m.Requester && slices.Contains(tr.By, api.ByRequester) {
		return nil
	}
	if m.Line == nil || !slices.Contains(tr.By, api.ByAgent) && !slices.Contains(tr.By, m.Line.Key) {
		return errNotYours
	}
	if to, ok := d.Status(tr.To); ok && to.Category == api.Done && !m.Line.Closes {
		return errNotYours
	}
	return nil
}

// Triggered lists the automatic transitions that a trigger may make from the ticket's status, in
// declared order; the first whose guard holds is made, and it triggers no other.
func Triggered(d *api.Declaration, t *Ticket, trigger api.Trigger) []*api.Transition {
	var out []*api.Transition
	for i := range d.Transitions {
		if tr := &d.Transitions[i]; tr.On == trigger && tr.Leaves(t.Status) {
			out = append(out, tr)
		}
	}
	return out
}

// Moved is what the event of a transition records.
func Moved(d *api.Declaration, t *Ticket, tr *api.Transition) Data {
	data := Data{Transition: tr.Key, Trigger: tr.On, From: t.Status, To: tr.To}
	if to, ok := d.Status(tr.To); ok {
		data.Category = to.Category
	}
	data.Reopened = t.Category == api.Done && data.Category != api.Done
	return data
}

// MayHandOver refuses a pair of lines that is not declared. Errors: Forbidden ("handover_not_allowed").
func MayHandOver(from *api.Line, to string) error {
	if from == nil || !slices.Contains(from.HandsTo, to) {
		return errs.New(errs.Forbidden, "handover_not_allowed", "the lines hand over no tickets in this direction")
	}
	return nil
}
