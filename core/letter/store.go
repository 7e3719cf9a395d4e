package letter

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
)

// StateRendered is the state of a letter that waits to be sent.
const StateRendered = "rendered"

// Letter is one letter to one person, as it will be sent.
type Letter struct {
	Tenant ident.ID
	ID     ident.ID
	Ticket ident.ID
	// Seq is the event that asked for it.
	Seq       int64
	Template  string
	Recipient ident.ID
	Address   string
	Lang      i18n.Lang
	Subject   string
	Body      string
	State     string
	CreatedAt time.Time
}

// Key makes a repeated job store the letter once: "<ticket>/<seq>/<template>/<recipient>".
func (l *Letter) Key() string {
	return fmt.Sprintf("%s/%d/%s/%s", l.Ticket, l.Seq, l.Template, l.Recipient)
}

// Insert queues a rendered letter; one of the same key is not stored again. It holds the ticket and the
// recipient meanwhile: an erasure of either comes before it, and nothing is stored, or after it and
// blanks it.
func Insert(b *pgx.Batch, l *Letter) *pgx.QueuedQuery {
	return b.Queue(`insert into outbound_letters
			(tenant_id, id, key, ticket_id, seq, template, recipient_id, address, locale, subject, body, state, created_at)
		select t.tenant_id, $2, $3, t.id, $5, $6, p.id, $8, $9, $10, $11, $12, $13
		from tickets t join people p on p.tenant_id = t.tenant_id
		where t.tenant_id = $1 and t.id = $4 and t.erased_at is null and p.id = $7 and p.erased_at is null
		limit 1
		for update of t for share of p
		on conflict (tenant_id, key) do nothing`,
		l.Tenant, l.ID, l.Key(), l.Ticket, l.Seq, l.Template, l.Recipient, l.Address, string(l.Lang), l.Subject, l.Body,
		StateRendered, l.CreatedAt)
}

// ByTicket returns the letters of a ticket in the order of their events, those of erased people left
// out.
func ByTicket(ctx context.Context, q db.Querier, tenant, ticket ident.ID, limit int) ([]Letter, error) {
	rows, err := q.Query(ctx, `select tenant_id, id, ticket_id, seq, template, recipient_id, address, locale, subject, body, state, created_at
		from outbound_letters
		where tenant_id = $1 and ticket_id = $2 and erased_at is null
		order by seq, id limit $3`, tenant, ticket, limit)
	if err != nil {
		return nil, fmt.Errorf("list letters: %w", err)
	}
	letters, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Letter])
	if err != nil {
		return nil, fmt.Errorf("read letters: %w", err)
	}
	return letters, nil
}
