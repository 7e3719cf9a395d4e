package desk

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/audit"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/ticket"
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

// answersAlone refuses to give somebody a password, or another login or address, to who does not
// administer every desk where he has tickets: with his session one reads and writes there as he does.
// Errors: Forbidden ("works_elsewhere").
func (s *Service) answersAlone(ctx context.Context, tx pgx.Tx, a Actor, id ident.ID) error {
	desks := make([]ident.ID, 0, len(a.Memberships))
	for desk, m := range a.Memberships {
		if m.Administrator {
			desks = append(desks, desk)
		}
	}
	elsewhere, err := ticket.AskedElsewhere(ctx, tx, a.Tenant.ID, id, desks)
	if err == nil && elsewhere {
		err = errs.New(errs.Forbidden, "works_elsewhere", "has tickets on a desk that the actor does not administer")
	}
	return err
}

// governs refuses to touch how somebody signs in, or where his letters go, to who does not administer
// every desk on which he works: with his session one would be what he is there. With leaves he signs in
// no more, and no desk may lose its last administrator by that. Errors: Forbidden ("works_elsewhere"),
// Conflict ("last_administrator").
func (s *Service) governs(ctx context.Context, tx pgx.Tx, a Actor, id ident.ID, leaves bool) error {
	memberships, err := person.Memberships(ctx, tx, a.Tenant.ID, id)
	if err != nil {
		return err
	}
	for _, m := range memberships {
		if !a.Memberships[m.Desk].Administrator {
			return errs.New(errs.Forbidden, "works_elsewhere", "works on a desk that the actor does not administer")
		}
	}
	for _, m := range memberships {
		if !leaves || m.Role != person.RoleAdministrator {
			continue
		}
		admins, err := person.LockAdministrators(ctx, tx, a.Tenant.ID, m.Desk)
		if err != nil {
			return err
		}
		if len(admins) == 1 && admins[0] == id {
			return errs.New(errs.Conflict, "last_administrator", "the desk would have no administrator")
		}
	}
	return nil
}

// entry is what an actor changed; desk is nil where it concerns the whole tenant.
type entry struct {
	desk           *ident.ID
	action, object string
	data           map[string]any
}

// record appends what an administrator did to the tenant's audit log. Errors: person.ErrErased when he
// was erased after his session was looked at.
func (s *Service) record(ctx context.Context, tx pgx.Tx, a Actor, e entry) error {
	if err := person.Hold(ctx, tx, a.Tenant.ID, a.id()); err != nil {
		return err
	}
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
