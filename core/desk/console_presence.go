package desk

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/workspace"
)

// ReportPresence says that a person who works the ticket has it open, and returns who else has: those
// that gave a sign of life within 45 seconds. It makes no event. Errors: NotFound and Forbidden as for
// the ticket's internal entries.
func (s *Service) ReportPresence(ctx context.Context, a Actor, number string, writing bool) (PresenceView, error) {
	view := PresenceView{Items: []PresentView{}}
	if err := a.signed(); err != nil {
		return view, err
	}
	err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		v, err := s.open(ctx, tx, a, number, access.SeeInternal)
		if err != nil {
			return err
		}
		others, err := workspace.Report(ctx, tx, a.Tenant.ID, v.ticket.ID, a.id(), writing, s.clock.Now())
		if err != nil {
			return err
		}
		view.Version, view.LastSeq, view.Items = v.ticket.Version, v.ticket.LastSeq, view.Items[:0]
		for _, other := range others {
			view.Items = append(view.Items, PresentView{
				Person: PresentPerson{ID: other.Person, Name: other.Name}, Writing: other.Writing, Since: other.Since,
			})
		}
		return nil
	})
	return view, err
}

// EndPresence says that the person has left the ticket. Errors: as ReportPresence.
func (s *Service) EndPresence(ctx context.Context, a Actor, number string) error {
	if err := a.signed(); err != nil {
		return err
	}
	return s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		v, err := s.open(ctx, tx, a, number, access.SeeInternal)
		if err != nil {
			return err
		}
		return workspace.Leave(ctx, tx, a.Tenant.ID, v.ticket.ID, a.id())
	})
}
