package desk

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

// maxFound is how many people are shown at once.
const maxFound = 20

// FindPeople finds people of the tenant for who works a desk: by the beginning of words of the name or
// the organisation, of the address, the phone or the INN, or by the last digits of the phone. All that
// is written must be found; too little to look for finds nobody. Ordered by name, at most 20; who was
// erased is not found. Errors: Forbidden for who does not work the desk, Invalid ("invalid_fields" with
// "/q").
func (s *Service) FindPeople(ctx context.Context, a Actor, desk, query string, limit int) (Page[FoundPersonView], error) {
	page := Page[FoundPersonView]{Items: []FoundPersonView{}}
	snap, err := s.workedDesk(a, desk)
	if err != nil {
		return page, err
	}
	if utf8.RuneCountInString(query) > maxQuery {
		return page, errs.Problems([]errs.Problem{{Pointer: "/q", Code: "too_long", Args: map[string]any{"count": maxQuery}}})
	}
	if limit <= 0 || limit > maxFound {
		limit = maxFound
	}
	err = s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		page.Items = page.Items[:0]
		ids, err := person.Search(ctx, tx, a.Tenant.ID, query, limit)
		if err != nil || len(ids) == 0 {
			return err
		}
		people, err := person.ByIDs(ctx, tx, a.Tenant.ID, ids)
		if err != nil {
			return fmt.Errorf("read people: %w", err)
		}
		open, err := ticket.OpenOf(ctx, tx, a.Tenant.ID, snap.Desk.ID, ids, a.ownLine(snap))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if p, ok := people[id]; ok && p.ErasedAt == nil {
				page.Items = append(page.Items, foundPerson(&p, open[id]))
			}
		}
		return nil
	})
	return page, err
}

func foundPerson(p *person.Person, open int64) FoundPersonView {
	view := FoundPersonView{
		ID: p.ID, Name: p.Name, Email: p.Email, Phone: p.Phone, Position: p.Position, Kind: p.Kind, Verified: p.Verified, TicketsOpen: open,
	}
	if org := p.Organisation; org != nil && org.ID != ident.Nil {
		view.Organisation = &OrganisationView{ID: org.ID, INN: org.INN, Name: org.Name}
	}
	return view
}

// ownLine is the line whose tickets alone an agent sees on a desk, nil for who sees it whole.
func (a Actor) ownLine(snap *Snapshot) *string {
	m := a.Memberships[snap.Desk.ID]
	if m.Administrator {
		return nil
	}
	if own := snap.Line(m.Line); own != nil && own.Sees == api.SeesDesk {
		return nil
	}
	return &m.Line
}
