package desk

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/audit"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
)

// administered finds a desk that the actor administers. Errors: Unauthenticated, NotFound
// ("desk_not_found"), Forbidden ("not_allowed").
func (s *Service) administered(a Actor, desk string) (*Snapshot, error) {
	if err := a.signed(); err != nil {
		return nil, err
	}
	snap, err := s.registry.BySlug(a.Tenant.ID, desk)
	if err != nil {
		return nil, err
	}
	if !a.Memberships[snap.Desk.ID].Administrator {
		return nil, errs.New(errs.Forbidden, "not_allowed", "only an administrator of the desk")
	}
	return snap, nil
}

// administrator refuses who administers no desk of the tenant. Errors: Unauthenticated, Forbidden
// ("not_allowed").
func (a Actor) administrator() error {
	if err := a.signed(); err != nil {
		return err
	}
	for _, m := range a.Memberships {
		if m.Administrator {
			return nil
		}
	}
	return errs.New(errs.Forbidden, "not_allowed", "only an administrator of the tenant")
}

// entry is what an actor changed; desk is nil where it concerns the whole tenant.
type entry struct {
	desk           *ident.ID
	action, object string
	data           map[string]any
}

// record appends what an administrator did to the tenant's audit log.
func (s *Service) record(ctx context.Context, tx pgx.Tx, a Actor, e entry) error {
	return audit.Append(ctx, tx, a.Tenant.ID, audit.Entry{
		At: s.clock.Now(), Actor: "person:" + a.id().String(), Desk: e.desk, Action: e.action, Object: e.object, Data: e.data,
	})
}

// recordOperator appends what an operator did to a tenant's audit log.
func (s *Service) recordOperator(ctx context.Context, tx pgx.Tx, o OperatorActor, id ident.ID, e entry) error {
	by := audit.Operator
	if o.ID != ident.Nil {
		by += ":" + o.ID.String()
	}
	return audit.Append(ctx, tx, id, audit.Entry{At: s.clock.Now(), Actor: by, Desk: e.desk, Action: e.action, Object: e.object, Data: e.data})
}

// changes says what of two sets of named values differs, for the audit log.
func changes(before, after map[string]any) map[string]any {
	was, is := map[string]any{}, map[string]any{}
	for key, value := range before {
		if !sameJSON(value, after[key]) {
			was[key], is[key] = value, after[key]
		}
	}
	for key, value := range after {
		if _, known := before[key]; !known && value != nil {
			was[key], is[key] = nil, value
		}
	}
	return map[string]any{"old": was, "new": is}
}

// invalid is the refusal of a request's body.
func invalid(problems ...errs.Problem) error {
	return &errs.Error{Kind: errs.Invalid, Code: "invalid_request", Msg: "body", Fields: problems}
}

// both fills the language that is missing with the other, so that nobody reads an empty title.
func both(t i18n.Text) i18n.Text {
	if t.RU == "" {
		t.RU = t.EN
	}
	if t.EN == "" {
		t.EN = t.RU
	}
	return t
}
