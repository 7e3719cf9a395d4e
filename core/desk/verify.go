package desk

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/tenant"
	"github.com/opora-desk/opora/core/ticket"
)

// verifyBatch is how many tickets are compared in one transaction.
const verifyBatch = 200

// VerifyTickets folds the events of every ticket of every tenant and compares the result with its row.
// report is told of each difference, without contents, and of the progress after each batch (with an
// empty number).
func (s *Service) VerifyTickets(ctx context.Context, report func(tenant, number, diff string)) (checked, bad int, err error) {
	tenants, err := tenant.List(ctx, s.db.Exempt())
	if err != nil {
		return 0, 0, fmt.Errorf("list tenants: %w", err)
	}
	for _, t := range tenants {
		after := ident.Nil
		for {
			seen, wrong, last, err := s.verifySome(ctx, t, after, report)
			if err != nil {
				return checked, bad, err
			}
			checked, bad, after = checked+seen, bad+wrong, last
			report(t.Slug, "", "")
			if seen < verifyBatch {
				break
			}
		}
	}
	return checked, bad, nil
}

func (s *Service) verifySome(ctx context.Context, t tenant.Tenant, after ident.ID, report func(tenant, number, diff string)) (checked, bad int, last ident.ID, err error) {
	err = s.db.InTx(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		checked, bad = 0, 0
		ids, err := ticket.After(ctx, tx, t.ID, after, verifyBatch)
		if err != nil {
			return err
		}
		for _, id := range ids {
			row, err := ticket.ByID(ctx, tx, t.ID, id)
			if err != nil {
				return err
			}
			events, err := ticket.History(ctx, tx, t.ID, id)
			if err != nil {
				return err
			}
			checked, last = checked+1, id
			if differ := ticket.Compare(row, events); len(differ) > 0 {
				bad++
				report(t.Slug, row.Number, fmt.Sprint(differ))
			}
		}
		return nil
	})
	if err != nil {
		return checked, bad, last, fmt.Errorf("verify tickets: %w", err)
	}
	return checked, bad, last, nil
}
