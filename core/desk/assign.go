package desk

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/ticket"
)

// Assign says who works the ticket; nil takes the assignee away. Errors: Invalid ("invalid_fields" with
// "/assignee" for somebody who is no agent of the desk, or whose line does not see the ticket).
func (s *Service) Assign(ctx context.Context, a Actor, number string, assignee *ident.ID, version int64) (TicketView, error) {
	var view TicketView
	err := s.change(ctx, a, number, access.Assign, version, repeatable{}, nil, func(ctx context.Context, tx pgx.Tx, c *change) error {
		if assignee != nil {
			if err := s.mayWork(ctx, tx, c, *assignee); err != nil {
				return err
			}
		}
		if !sameID(c.now.Assignee, assignee) {
			c.add(ticket.Assigned, c.by(), ticket.Data{Assignee: assignee}, nil)
		}
		var err error
		view, err = s.changedView(ctx, tx, c)
		return err
	}, nil)
	return view, err
}

func sameID(a, b *ident.ID) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// mayWork refuses an assignee who is no agent of the desk or would not see the ticket.
func (s *Service) mayWork(ctx context.Context, tx pgx.Tx, c *change, id ident.ID) error {
	refused := errs.Problems([]errs.Problem{{Pointer: "/assignee", Code: "not_an_agent"}})
	memberships, err := person.Memberships(ctx, tx, c.now.Tenant, id)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(memberships, func(m person.Membership) bool { return m.Desk == c.now.Desk && m.Role == person.RoleAgent })
	if at < 0 {
		return refused
	}
	facts := access.Facts{Session: true, Line: c.snap.Line(memberships[at].Line), TicketLine: c.now.Line, SeenByLines: c.now.SeenByLines}
	switch access.StandingOf(facts) {
	case access.Agent, access.Silent:
		return nil
	case access.Nobody, access.Stranger, access.Follower, access.Colleague, access.Owner, access.Reader, access.Administrator:
	}
	return refused
}

// HandOver gives the ticket to another line with an internal note; who hands over is the agent's own
// line, and for an administrator the ticket's. Errors: Forbidden ("handover_not_allowed" for a pair
// that is not declared, R2.9, R2.17), Invalid ("invalid_fields" with "/line").
func (s *Service) HandOver(ctx context.Context, a Actor, number, line, note string, version int64) (TicketView, error) {
	var view TicketView
	err := s.change(ctx, a, number, access.HandOver, version, repeatable{}, nil, func(ctx context.Context, tx pgx.Tx, c *change) error {
		text, problems := textOf(note, "/note")
		to := c.snap.Line(line)
		if to == nil {
			problems = append(problems, errs.Problem{Pointer: "/line", Code: "enum"})
		}
		if len(problems) > 0 {
			return errs.Problems(sorted(problems))
		}
		from := c.handsFrom(c.now.Line)
		if to.Key == c.now.Line {
			return errs.New(errs.Forbidden, "handover_not_allowed", "the line has the ticket already")
		}
		if err := ticket.MayHandOver(from, to.Key); err != nil {
			return err
		}
		data := ticket.Data{FromLine: from.Key, Line: to.Key, Queue: c.snap.QueueOf(to.Key)}
		c.add(ticket.HandedOver, c.by(), data, &ticket.Body{Text: text})
		if text != "" {
			c.more = append(c.more, func(b *pgx.Batch) { ticket.IndexMore(b, &c.now, text, true) })
		}
		var err error
		view, err = s.changedView(ctx, tx, c)
		return err
	}, nil)
	return view, err
}
