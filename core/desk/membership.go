package desk

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/tenant"
)

// AddMembership makes a person of a tenant, named by the address that he signs in with, an agent of a
// line or an administrator of a desk; an agent of the desk moves to the line. It may be repeated. Errors:
// NotFound (codes "tenant_not_found", "person_not_found", "desk_not_found", "line_not_found").
func (s *Service) AddMembership(ctx context.Context, tenantSlug, email string, in MembershipInput) error {
	t, err := tenant.BySlug(ctx, s.db.Exempt(), tenantSlug)
	if err != nil {
		return fmt.Errorf("add membership: %w", err)
	}
	if in.Line == "" && !in.Administrator {
		return errs.New(errs.NotFound, "line_not_found", "a membership names a line or administration")
	}
	if err := s.db.InTx(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		p, err := person.ByLogin(ctx, tx, t.ID, loginOf(email))
		if err != nil {
			return err
		}
		memberships, err := s.membershipsOf(t.ID, p.ID, []MembershipInput{in})
		if err != nil {
			return err
		}
		for _, m := range memberships {
			if err := person.InsertMembership(ctx, tx, t.ID, m, s.clock.Now()); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, t.ID, "membership_added", in.Desk+"/"+p.ID.String())
	}); err != nil {
		return fmt.Errorf("add membership: %w", err)
	}
	return nil
}
