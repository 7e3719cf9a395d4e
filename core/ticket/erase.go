package ticket

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// TouchedBy reads tickets that still hold something of a person: those that he asked for and are not
// erased, and those in which he wrote something that is not blanked.
func TouchedBy(ctx context.Context, q db.Querier, tenant, person ident.ID, limit int) ([]ident.ID, error) {
	rows, err := q.Query(ctx, `select id from (
			select id from tickets where tenant_id = $1 and requester_id = $2 and erased_at is null
			union
			select e.ticket_id from ticket_events e join tickets t on t.tenant_id = e.tenant_id and t.id = e.ticket_id
			where e.tenant_id = $1 and e.actor_id = $2 and e.body is not null and e.kind in ('commented', 'noted', 'transitioned', 'handed_over')
				and t.erased_at is null
		) touched order by id limit $3`, tenant, person, limit)
	if err != nil {
		return nil, fmt.Errorf("select touched tickets: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("scan touched tickets: %w", err)
	}
	return ids, nil
}

// Blank queues the blanking of everything that anybody wrote in a ticket: the requester is erased, and
// what others wrote speaks of him.
func Blank(b *pgx.Batch, t *Ticket, at time.Time) {
	b.Queue(`update ticket_events set body = null, erased_at = $3 where tenant_id = $1 and ticket_id = $2 and body is not null`, t.Tenant, t.ID, at)
	b.Queue(`update decisions set input = null, outcomes = null where tenant_id = $1 and ticket_id = $2`, t.Tenant, t.ID)
	b.Queue(`update outbound_letters set address = '', subject = '', body = '', erased_at = $3 where tenant_id = $1 and ticket_id = $2`, t.Tenant, t.ID, at)
	b.Queue(`update upload_links set note = '' where tenant_id = $1 and ticket_id = $2`, t.Tenant, t.ID)
}

// BlankOf queues the blanking of what one person wrote in somebody else's ticket. Edits stay: what they
// set is the ticket's own, not about who set it.
func BlankOf(b *pgx.Batch, t *Ticket, person ident.ID, at time.Time) {
	b.Queue(`update ticket_events set body = null, erased_at = $4
		where tenant_id = $1 and ticket_id = $2 and actor_id = $3 and body is not null
			and kind in ('commented', 'noted', 'transitioned', 'handed_over')`, t.Tenant, t.ID, person, at)
}

// ReindexErased queues the words of a ticket anew from what is left of it.
func ReindexErased(b *pgx.Batch, t *Ticket) {
	b.Queue(`update ticket_search s set
			words = setweight(to_tsvector('russian', $3), 'B') || coalesce((
				select to_tsvector('russian', left(w.text, 400000)) || array_to_tsvector(search_numbers(w.text))
				from (select string_agg(coalesce(e.body ->> 'text', '') || ' ' || coalesce(e.body ->> 'fields', ''), E'\n') as text
					from ticket_events e where e.tenant_id = $1 and e.ticket_id = $2 and e.kind in ('submitted', 'edited', 'commented', 'transitioned')) w), ''),
			internal = coalesce((
				select to_tsvector('russian', left(w.text, 400000)) || array_to_tsvector(search_numbers(w.text))
				from (select string_agg(coalesce(e.body ->> 'text', ''), E'\n') as text
					from ticket_events e where e.tenant_id = $1 and e.ticket_id = $2 and e.kind in ('noted', 'handed_over')) w), '')
		where s.tenant_id = $1 and s.ticket_id = $2`, t.Tenant, t.ID, t.Subject)
}

// BlankLetters queues the blanking of letters to a person.
func BlankLetters(b *pgx.Batch, tenant, person ident.ID, at time.Time) {
	b.Queue(`update outbound_letters set address = '', subject = '', body = '', erased_at = $3
		where tenant_id = $1 and recipient_id = $2 and erased_at is null`, tenant, person, at)
}
