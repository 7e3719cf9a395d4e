package ticket

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// Decision is a stored pass of the rules: Input is what they read, Outcomes what each of them did.
// Both are blanked when the requester is erased.
type Decision struct {
	Tenant   ident.ID
	Ticket   ident.ID
	Seq      int64
	At       time.Time
	Release  string
	Revision int64
	Digest   string
	Input    json.RawMessage
	Outcomes json.RawMessage
}

// Decided queues the decision that led to the event of its seq.
func Decided(b *pgx.Batch, d Decision) {
	b.Queue(`insert into decisions (tenant_id, ticket_id, seq, at, release_digest, revision, digest, input, outcomes)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, d.Tenant, d.Ticket, d.Seq, d.At, d.Release, d.Revision, d.Digest, d.Input, d.Outcomes)
}

// Decisions reads a ticket's decisions, newest first.
func Decisions(ctx context.Context, q db.Querier, tenant, id ident.ID, limit int) ([]Decision, error) {
	rows, err := q.Query(ctx, `select tenant_id, ticket_id, seq, at, release_digest, revision, digest, coalesce(input, '{}'), coalesce(outcomes, '[]')
		from decisions where tenant_id = $1 and ticket_id = $2 order by seq desc limit $3`, tenant, id, limit)
	if err != nil {
		return nil, fmt.Errorf("select decisions: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Decision, error) {
		var d Decision
		err := row.Scan(&d.Tenant, &d.Ticket, &d.Seq, &d.At, &d.Release, &d.Revision, &d.Digest, &d.Input, &d.Outcomes)
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("scan decisions: %w", err)
	}
	return all, nil
}
