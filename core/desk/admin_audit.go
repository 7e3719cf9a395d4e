package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/audit"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
)

// Audit lists what was changed of a desk and of its tenant, newest first. Errors: those of a desk that
// the actor does not administer; Invalid ("invalid_request").
func (s *Service) Audit(ctx context.Context, a Actor, desk, after string, limit int) (Page[AuditView], error) {
	page := Page[AuditView]{Items: []AuditView{}}
	snap, err := s.administered(a, desk)
	if err != nil {
		return page, err
	}
	before := ident.Nil
	if after != "" {
		if before, err = ident.Parse(after); err != nil {
			return page, invalid(errs.Problem{Pointer: "/after", Code: "invalid_value"})
		}
	}
	if limit <= 0 {
		limit = defaultPage
	}
	limit = min(limit, maxPage)
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		page.Items, page.Next = page.Items[:0], ""
		entries, err := audit.OfDesk(ctx, tx, a.Tenant.ID, snap.Desk.ID, before, limit+1)
		if err != nil {
			return err
		}
		if len(entries) > limit {
			entries = entries[:limit]
			page.Next = entries[limit-1].ID.String()
		}
		people, err := person.ByIDs(ctx, tx, a.Tenant.ID, actorsOf(entries))
		if err != nil {
			return err
		}
		for _, e := range entries {
			page.Items = append(page.Items, auditView(e, people))
		}
		return nil
	}); err != nil {
		return page, fmt.Errorf("list audit: %w", err)
	}
	return page, nil
}

func actorsOf(entries []audit.Entry) []ident.ID {
	seen := map[ident.ID]bool{}
	var out []ident.ID
	for _, e := range entries {
		if id, ok := personOf(e.Actor); ok && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// personOf reads the person of an entry's actor, none for an operator.
func personOf(actor string) (ident.ID, bool) {
	id, err := ident.Parse(strings.TrimPrefix(actor, "person:"))
	return id, err == nil
}

func auditView(e audit.Entry, people map[ident.ID]person.Person) AuditView {
	view := AuditView{ID: e.ID, At: e.At, Action: e.Action, Object: e.Object, Data: e.Data, Actor: AuditActor{Kind: "operator"}}
	if id, ok := personOf(e.Actor); ok {
		view.Actor = AuditActor{Kind: "person", ID: &id, Name: people[id].Name}
	}
	if view.Data == nil {
		view.Data = map[string]any{}
	}
	return view
}
