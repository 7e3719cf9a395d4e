package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// rebase mends the log after a dump was restored into another cluster: the log keeps the transaction
// ids of the old one, which may lie ahead of the new server's counter, and then nobody would see new
// events. What the dispatcher had passed is put behind it, the rest before it. It reports whether there
// was anything to mend.
func rebase(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	var ahead bool
	if err := pool.QueryRow(ctx, `select exists (select from dispatcher where xact_id >= pg_current_xact_id())`).Scan(&ahead); err != nil {
		return false, fmt.Errorf("compare the log's place: %w", err)
	}
	if !ahead {
		return false, nil
	}
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		for _, statement := range rebaseStatements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("mend the log after a restore: %w", err)
	}
	return true, nil
}

// Forced row level security blinds the owner too, so it is lifted for this one transaction.
var rebaseStatements = []string{
	`alter table ticket_events no force row level security`,
	`alter table ticket_events disable row level security`,
	`update ticket_events e set xact_id = case
			when (e.xact_id, e.tenant_id, e.ticket_id, e.seq) <= (d.xact_id, d.tenant_id, d.ticket_id, d.seq) then '1'::xid8 else '2'::xid8 end
		from dispatcher d`,
	`update dispatcher set xact_id = '1', tenant_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff',
		ticket_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff', seq = 9223372036854775807`,
	`alter table ticket_events enable row level security`,
	`alter table ticket_events force row level security`,
}
