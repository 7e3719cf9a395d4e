package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/ticket"
)

// CountView is how many tickets of a queue are in a status, the done ones left out.
type CountView struct {
	Queue      string `json:"queue"`
	Status     string `json:"status"`
	Count      int64  `json:"count"`
	Unassigned int64  `json:"unassigned"`
}

// AgentView is somebody who works the tickets of a desk.
type AgentView struct {
	ID   ident.ID `json:"id"`
	Name string   `json:"name"`
	Line string   `json:"line"`
}

// Counts counts the tickets of a desk that are not done, by queue and status. Errors: Forbidden for who
// does not work the whole desk.
func (s *Service) Counts(ctx context.Context, a Actor, desk string) (Page[CountView], error) {
	page := Page[CountView]{Items: []CountView{}}
	snap, err := s.workedDesk(a, desk)
	if err != nil {
		return page, err
	}
	line := a.ownLine(snap)
	err = s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		counts, err := ticket.Counts(ctx, tx, a.Tenant.ID, snap.Desk.ID, line)
		if err != nil {
			return err
		}
		page.Items = page.Items[:0]
		for _, c := range counts {
			page.Items = append(page.Items, CountView(c))
		}
		return nil
	})
	return page, err
}

// Agents lists who works a desk, by line and name, for those who work it.
func (s *Service) Agents(ctx context.Context, a Actor, desk string) (Page[AgentView], error) {
	page := Page[AgentView]{Items: []AgentView{}}
	snap, err := s.workedDesk(a, desk)
	if err != nil {
		return page, err
	}
	err = s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		members, err := person.MembersOf(ctx, tx, a.Tenant.ID, snap.Desk.ID)
		if err != nil {
			return fmt.Errorf("read members: %w", err)
		}
		ids := make([]ident.ID, 0, len(members))
		for _, m := range members {
			ids = append(ids, m.Person)
		}
		people, err := person.ByIDs(ctx, tx, a.Tenant.ID, ids)
		if err != nil {
			return fmt.Errorf("read people: %w", err)
		}
		page.Items = page.Items[:0]
		for _, m := range members {
			if p, ok := people[m.Person]; ok && m.Role == person.RoleAgent && p.ErasedAt == nil {
				page.Items = append(page.Items, AgentView{ID: p.ID, Name: p.Name, Line: m.Line})
			}
		}
		return nil
	})
	slices.SortFunc(page.Items, func(x, y AgentView) int {
		return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Name, y.Name))
	})
	return page, err
}

// workedDesk finds a desk that the actor works. Errors: Unauthenticated, NotFound ("desk_not_found"),
// Forbidden ("not_allowed").
func (s *Service) workedDesk(a Actor, desk string) (*Snapshot, error) {
	if err := a.signed(); err != nil {
		return nil, err
	}
	snap, err := s.registry.BySlug(a.Tenant.ID, desk)
	if err != nil {
		return nil, err
	}
	if !a.works(snap.Desk.ID) {
		return nil, errs.New(errs.Forbidden, "not_allowed", "only who works the desk")
	}
	return snap, nil
}

// resolutionView is what a closing answer must contain, as a form; nil where the system asks nothing.
func resolutionView(a Actor, snap *Snapshot) *FormView {
	compiled := snap.System.Resolution
	if compiled == nil {
		return nil
	}
	view := &FormView{
		Key: "resolution", Version: compiled.Version, Schema: compiled.Form.Schema(), UI: compiled.UI.Raw(),
		Lists: map[string][]KeyTitle{}, Prefill: map[string]any{},
	}
	for _, list := range compiled.Form.Lists() {
		view.Lists[list] = snap.choices(list, a.Lang)
	}
	return view
}
