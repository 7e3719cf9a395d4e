package desk

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/rule"
	"github.com/opora-desk/opora/core/ticket"
)

// maxDecisions and maxCandidates bound what is shown of a ticket at once.
const (
	maxDecisions  = 50
	maxCandidates = 50
)

// Ticket returns a ticket's page. Errors: NotFound ("ticket_not_found", "number_check_digit").
func (s *Service) Ticket(ctx context.Context, a Actor, number string) (TicketView, error) {
	var view TicketView
	err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		v, err := s.open(ctx, tx, a, number, access.See)
		if err != nil {
			return err
		}
		view, err = s.view(ctx, tx, v)
		return err
	})
	return view, err
}

// Events returns a ticket's history after a seq, oldest first, as this person may see it: a requester
// sees no internal entries.
func (s *Service) Events(ctx context.Context, a Actor, number string, after int64, limit int) (Page[EventView], error) {
	if limit <= 0 || limit >= ticket.MaxEvents {
		limit = ticket.MaxEvents - 1
	}
	page := Page[EventView]{Items: []EventView{}}
	err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		page.Items, page.Next = page.Items[:0], ""
		v, err := s.open(ctx, tx, a, number, access.See)
		if err != nil {
			return err
		}
		read := ticket.PublicEvents
		if access.Decide(access.SeeInternal, v.standing) == nil {
			read = ticket.Events
		}
		events, err := read(ctx, tx, a.Tenant.ID, v.ticket.ID, after, limit+1)
		if err != nil {
			return err
		}
		if len(events) > limit {
			events = events[:limit]
			page.Next = fmt.Sprint(events[limit-1].Seq)
		}
		page.Items, err = s.eventViews(ctx, tx, v, events)
		return err
	})
	return page, err
}

// MarkRead remembers that the person has read the ticket to its end.
func (s *Service) MarkRead(ctx context.Context, a Actor, number string) error {
	if err := a.signed(); err != nil {
		return err
	}
	return s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		v, err := s.open(ctx, tx, a, number, access.MarkRead)
		if err != nil {
			return err
		}
		batch := &pgx.Batch{}
		ticket.MarkRead(batch, a.Tenant.ID, a.id(), v.ticket.ID, v.ticket.LastSeq)
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("mark read: %w", err)
		}
		return nil
	})
}

// Duplicates lists the tickets of the desk that may be this one's base, the earliest first (R4.35).
func (s *Service) Duplicates(ctx context.Context, a Actor, number string) (Page[ListItem], error) {
	page := Page[ListItem]{Items: []ListItem{}}
	err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		page.Items = page.Items[:0]
		v, err := s.open(ctx, tx, a, number, access.See)
		if err != nil {
			return err
		}
		ids, err := ticket.Candidates(ctx, tx, v.ticket, maxCandidates)
		if err != nil || len(ids) == 0 {
			return err
		}
		items, err := ticket.ListByIDs(ctx, tx, a.Tenant.ID, ids, ticket.Filter{Reader: a.id(), Limit: maxCandidates})
		if err != nil {
			return err
		}
		for i := len(items) - 1; i >= 0; i-- {
			// That a foreign ticket has the same number in it is a word of its text: only its columns are shown.
			if item, ok := s.item(a, &items[i]); ok && item.Desk != "" {
				page.Items = append(page.Items, item)
			}
		}
		return nil
	})
	return page, err
}

// Decisions explains, newest first, what the rules decided about a ticket and why: for each rule
// whether it matched, the values that it read and what it did.
func (s *Service) Decisions(ctx context.Context, a Actor, number string) (Page[DecisionView], error) {
	page := Page[DecisionView]{Items: []DecisionView{}}
	err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		page.Items = page.Items[:0]
		v, err := s.open(ctx, tx, a, number, access.SeeDecisions)
		if err != nil {
			return err
		}
		all, err := ticket.Decisions(ctx, tx, a.Tenant.ID, v.ticket.ID, maxDecisions)
		if err != nil {
			return err
		}
		for _, d := range all {
			view, err := s.decisionView(ctx, a, v, d)
			if err != nil {
				return err
			}
			page.Items = append(page.Items, view)
		}
		return nil
	})
	return page, err
}

func (s *Service) decisionView(ctx context.Context, a Actor, v *seen, d ticket.Decision) (DecisionView, error) {
	view := DecisionView{Seq: d.Seq, Revision: d.Revision, Digest: d.Digest, Release: d.Release, At: d.At, Rules: []RuleView{}}
	var outcomes []rule.Outcome
	if err := json.Unmarshal(d.Outcomes, &outcomes); err != nil {
		return view, fmt.Errorf("read stored outcomes: %w", err)
	}
	set := v.snap.Rules
	if d.Digest != set.Digest() {
		// Decided by another release: its own rules tell what they were.
		if system, err := s.registry.Release(ctx, d.Release); err == nil {
			set = system.Base
		}
	}
	for _, o := range outcomes {
		written, _ := set.Rule(o.ID)
		read := o.Read
		if read == nil {
			read = map[string]any{}
		}
		view.Rules = append(view.Rules, RuleView{
			ID: o.ID, Kind: o.Kind, Matched: o.Matched, Why: rule.Explain(o, written, a.Lang), Read: read, Effect: o.Effect, Code: o.Code,
		})
	}
	return view, nil
}

// snapshotOf is the desk's snapshot of a ticket that was just written on it.
func (s *Service) snapshotOf(t *ticket.Ticket) *Snapshot {
	snap, _ := s.registry.Desk(t.Tenant, t.Desk)
	return snap
}

// person reads somebody of the tenant.
func (s *Service) person(ctx context.Context, q db.Querier, tenant, id ident.ID) (*person.Person, error) {
	p, err := person.ByID(ctx, q, tenant, id)
	if err != nil {
		return nil, fmt.Errorf("read person: %w", err)
	}
	return &p, nil
}

// Visible says what a live screen of this person may be told of an entry of the feed.
func (s *Service) Visible(ctx context.Context, a Actor, e FeedEntry) (StreamView, bool) {
	if e.Tenant != a.Tenant.ID || a.Person == nil && a.Follows == nil {
		return StreamView{}, false
	}
	t, err := s.rowOf(ctx, e)
	if err == nil {
		action := access.See
		if e.Kind.Internal() {
			action = access.SeeInternal
		}
		_, err = s.see(a, t, action)
	}
	if err == nil {
		return StreamView{Number: t.Number, Seq: e.Seq, Kind: e.Kind}, true
	}
	if errs.KindOf(err) == errs.Internal && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "live entry could not be checked", slogError(err))
	}
	return StreamView{}, false
}
