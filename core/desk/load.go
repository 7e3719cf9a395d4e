package desk

import (
	"context"
	"slices"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

var (
	errCheckDigit  = errs.New(errs.NotFound, "number_check_digit", "the check digit of the number is wrong")
	errNoSession   = errs.New(errs.Unauthenticated, "session_needed", "the call needs a session")
	errStale       = errs.New(errs.Stale, "version_stale", "the ticket changed since it was read")
	errUnsupported = errs.New(errs.Unavailable, "desk_unavailable", "the desk has no usable configuration")
)

// seen is a ticket as one person stands to it.
type seen struct {
	ticket   *ticket.Ticket
	snap     *Snapshot
	actor    Actor
	standing access.Standing
	// membership is the actor's on the ticket's desk.
	membership access.Membership
}

// agent reports whether the person works the ticket.
func (v *seen) agent() bool {
	return v.standing == access.Agent || v.standing == access.Silent || v.standing == access.Reader || v.standing == access.Administrator
}

// by is the capacity in which the person acts on the ticket.
func (v *seen) by() ticket.Actor {
	who := ticket.Actor{Kind: ticket.ByRequester}
	if v.actor.Person != nil {
		id := v.actor.Person.ID
		who.ID = &id
	}
	switch v.standing {
	case access.Agent, access.Silent, access.Reader:
		who.Kind = ticket.ByAgent
	case access.Administrator:
		who.Kind = ticket.ByAdministrator
	case access.Nobody, access.Stranger, access.Follower, access.Colleague, access.Owner:
	}
	return who
}

// parseNumber reads a number that somebody typed. Errors: NotFound (codes "ticket_not_found",
// "number_check_digit").
func parseNumber(typed string) (string, error) {
	number, state := ident.ParseNumber(typed)
	switch state {
	case ident.NumberOK:
		return number, nil
	case ident.NumberCheckDigit:
		return "", errCheckDigit
	case ident.NumberMalformed:
	}
	return "", access.ErrHidden
}

// see says how the actor stands to a ticket and refuses what he may not do with it.
func (s *Service) see(a Actor, t *ticket.Ticket, action access.Action) (*seen, error) {
	v, err := s.stand(a, t)
	if err != nil {
		return nil, err
	}
	if err := access.Decide(action, v.standing); err != nil {
		return nil, err
	}
	return v, nil
}

func (s *Service) stand(a Actor, t *ticket.Ticket) (*seen, error) {
	snap, ok := s.registry.Desk(a.Tenant.ID, t.Desk)
	if !ok {
		return nil, errUnsupported
	}
	v := &seen{ticket: t, snap: snap, actor: a, membership: a.Memberships[t.Desk]}
	facts := access.Facts{
		Session: a.Person != nil, Follows: a.Follows != nil && *a.Follows == t.ID,
		Scope: snap.Scope, Membership: v.membership,
		TicketLine: t.Line, SeenByLines: t.SeenByLines,
	}
	if a.Follows != nil && !facts.Follows {
		facts.Session = false
	}
	if a.Person != nil {
		facts.Owner = a.Person.ID == t.Requester
		facts.SameOrganisation = a.Person.Organisation != nil && t.Organisation != nil && a.Person.Organisation.ID == *t.Organisation
	}
	if v.membership.Line != "" {
		facts.Line = snap.Line(v.membership.Line)
	}
	v.standing = access.StandingOf(facts)
	return v, nil
}

// open reads a ticket by the number that was typed, for an action.
func (s *Service) open(ctx context.Context, q db.Querier, a Actor, typed string, action access.Action) (*seen, error) {
	number, err := parseNumber(typed)
	if err != nil {
		return nil, err
	}
	t, err := ticket.ByNumber(ctx, q, a.Tenant.ID, number)
	if err != nil {
		return nil, err
	}
	return s.see(a, t, action)
}

// lockNumber reads a ticket by the number that was typed and holds its row.
func lockNumber(ctx context.Context, q db.Querier, a Actor, typed string) (*ticket.Ticket, error) {
	number, err := parseNumber(typed)
	if err != nil {
		return nil, err
	}
	return ticket.Lock(ctx, q, a.Tenant.ID, number)
}

// works reports whether the actor is an agent or administrator of the desk.
func (a Actor) works(desk ident.ID) bool {
	m := a.Memberships[desk]
	return m.Line != "" || m.Administrator
}

// signed refuses who has no session of his own.
func (a Actor) signed() error {
	if a.Person == nil || a.Follows != nil {
		return errNoSession
	}
	return nil
}

// offers reports whether the actor may use a form of the desk at all, and so may know of it.
func offers(a Actor, snap *Snapshot, form *api.Form) bool {
	if a.Person == nil {
		return form.Public
	}
	if a.works(snap.Desk.ID) {
		return true
	}
	for i := range snap.Declaration().Admission {
		rule := &snap.Declaration().Admission[i]
		if governs(rule, form.Key, "") && len(rule.Kinds) > 0 && !slices.Contains(rule.Kinds, a.Person.Kind) {
			return false
		}
	}
	return true
}

// governs reports whether an admission rule speaks of a form, and of a channel where one is given.
func governs(rule *api.Admission, form string, channel api.Channel) bool {
	if len(rule.Forms) > 0 && !slices.Contains(rule.Forms, form) {
		return false
	}
	return channel == "" || len(rule.Channels) == 0 || slices.Contains(rule.Channels, channel)
}
