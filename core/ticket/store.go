package ticket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

// MaxEvents bounds a page of events.
const MaxEvents = 500

// Insert queues the ticket's row; its number is raised from the desk's counter in the same statement
// and given to number when the batch runs. The requester is held meanwhile as person.Hold does it, in the
// same statement: the batch may be a transaction by itself, which only the server ends. Without the row
// the event that follows breaks its foreign key, and nothing is kept. Errors: ErrErased when the
// requester was erased or is not there.
func Insert(b *pgx.Batch, t *Ticket, number func(string)) {
	b.Queue(`with held as (
			select tenant_id, id from people where tenant_id = $1 and id = $17 and erased_at is null limit 1 for key share)
		insert into tickets (tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields,
			status, category, priority, queue, line, seen_by_lines, assignee_id, requester_id, organisation_id, deadline_case, deadline_at,
			duplicate_of, reopened, version, last_seq, requester_seq, answer_seq, created_at, updated_at, closed_at)
		select $1, $2, $3, next_number($1, $3), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
			$21, $22, $23, $24, $25, $26, $27, $28, $29
		from held where tenant_id = $1
		returning number`,
		t.Tenant, t.ID, t.Desk, t.Release, t.Form, t.FormVersion, t.Channel, t.Subject, t.Fields,
		t.Status, t.Category, t.Priority, t.Queue, t.Line, t.SeenByLines, t.Assignee, t.Requester, t.Organisation, t.DeadlineCase, t.DeadlineAt,
		t.DuplicateOf, t.Reopened, t.Version, t.LastSeq, t.RequesterSeq, t.AnswerSeq, t.CreatedAt, t.UpdatedAt, t.ClosedAt).
		QueryRow(func(row pgx.Row) error {
			var given string
			err := row.Scan(&given)
			if errors.Is(err, pgx.ErrNoRows) {
				return ErrErased
			}
			if err != nil {
				return fmt.Errorf("insert ticket: %w", err)
			}
			number(given)
			return nil
		})
}

// Update queues the row's new state after events were applied to it.
func Update(b *pgx.Batch, t *Ticket) {
	b.Queue(`update tickets set subject = $3, fields = $4, status = $5, category = $6, priority = $7, queue = $8, line = $9,
			seen_by_lines = $10, assignee_id = $11, deadline_case = $12, deadline_at = $13, duplicate_of = $14, reopened = $15,
			version = $16, last_seq = $17, requester_seq = $18, answer_seq = $19, updated_at = $20, closed_at = $21, erased_at = $22
		where tenant_id = $1 and id = $2`,
		t.Tenant, t.ID, t.Subject, t.Fields, t.Status, t.Category, t.Priority, t.Queue, t.Line,
		t.SeenByLines, t.Assignee, t.DeadlineCase, t.DeadlineAt, t.DuplicateOf, t.Reopened,
		t.Version, t.LastSeq, t.RequesterSeq, t.AnswerSeq, t.UpdatedAt, t.ClosedAt, t.ErasedAt)
}

// Append queues one event.
func Append(b *pgx.Batch, e Event) {
	b.Queue(`insert into ticket_events (tenant_id, ticket_id, seq, kind, actor_kind, actor_id, at, data, body)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.Tenant, e.Ticket, e.Seq, e.Kind, e.Actor.Kind, e.Actor.ID, e.At, e.Data, e.Body)
}

// row reads one ticket; the columns stand in the order of every select below.
func scanTicket(row pgx.Row) (*Ticket, error) {
	var t Ticket
	err := row.Scan(&t.Tenant, &t.ID, &t.Desk, &t.Number, &t.Release, &t.Form, &t.FormVersion, &t.Channel, &t.Subject, (*fieldsColumn)(&t.Fields),
		&t.Status, &t.Category, &t.Priority, &t.Queue, &t.Line, &t.SeenByLines, &t.Assignee, &t.Requester, &t.Organisation,
		&t.DeadlineCase, &t.DeadlineAt, &t.DuplicateOf, &t.Reopened, &t.Version, &t.LastSeq, &t.RequesterSeq, &t.AnswerSeq,
		&t.CreatedAt, &t.UpdatedAt, &t.ClosedAt, &t.ErasedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("scan ticket: %w", err)
	}
	return &t, nil
}

// ErrErased refuses a ticket of somebody who was erased after his session was looked at; the answer is
// that of a session that has ended.
var ErrErased = errs.New(errs.Unauthenticated, "session_invalid", "the requester was erased")

// ErrNotFound is the answer for a ticket that the tenant does not have.
var ErrNotFound = errs.New(errs.NotFound, "ticket_not_found", "no such ticket in the tenant")

// ByID reads a ticket.
func ByID(ctx context.Context, q db.Querier, tenant, id ident.ID) (*Ticket, error) {
	return scanTicket(q.QueryRow(ctx, `select tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields,
			status, category, priority, queue, line, seen_by_lines, assignee_id, requester_id, organisation_id,
			deadline_case, deadline_at, duplicate_of, reopened, version, last_seq, requester_seq, answer_seq,
			created_at, updated_at, closed_at, erased_at
		from tickets where tenant_id = $1 and id = $2 limit 1`, tenant, id))
}

// ByNumber reads a ticket by its number as stored.
func ByNumber(ctx context.Context, q db.Querier, tenant ident.ID, number string) (*Ticket, error) {
	return scanTicket(q.QueryRow(ctx, `select tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields,
			status, category, priority, queue, line, seen_by_lines, assignee_id, requester_id, organisation_id,
			deadline_case, deadline_at, duplicate_of, reopened, version, last_seq, requester_seq, answer_seq,
			created_at, updated_at, closed_at, erased_at
		from tickets where tenant_id = $1 and number = $2 limit 1`, tenant, number))
}

// Lock reads a ticket by its number and holds its row until the transaction ends, so that changes of
// one ticket come one after another.
func Lock(ctx context.Context, q db.Querier, tenant ident.ID, number string) (*Ticket, error) {
	return scanTicket(q.QueryRow(ctx, `select tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields,
			status, category, priority, queue, line, seen_by_lines, assignee_id, requester_id, organisation_id,
			deadline_case, deadline_at, duplicate_of, reopened, version, last_seq, requester_seq, answer_seq,
			created_at, updated_at, closed_at, erased_at
		from tickets where tenant_id = $1 and number = $2 limit 1 for update`, tenant, number))
}

// LockID is Lock by id.
func LockID(ctx context.Context, q db.Querier, tenant, id ident.ID) (*Ticket, error) {
	return scanTicket(q.QueryRow(ctx, `select tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields,
			status, category, priority, queue, line, seen_by_lines, assignee_id, requester_id, organisation_id,
			deadline_case, deadline_at, duplicate_of, reopened, version, last_seq, requester_seq, answer_seq,
			created_at, updated_at, closed_at, erased_at
		from tickets where tenant_id = $1 and id = $2 limit 1 for update`, tenant, id))
}

// Events reads a ticket's log after a seq, oldest first, at most limit (MaxEvents where 0 or more).
func Events(ctx context.Context, q db.Querier, tenant, id ident.ID, after int64, limit int) ([]Event, error) {
	if limit <= 0 || limit > MaxEvents {
		limit = MaxEvents
	}
	rows, err := q.Query(ctx, `select tenant_id, ticket_id, seq, kind, actor_kind, actor_id, at, data, body, erased_at
		from ticket_events where tenant_id = $1 and ticket_id = $2 and seq > $3 order by seq limit $4`, tenant, id, after, limit)
	return collectEvents(rows, err)
}

func collectEvents(rows pgx.Rows, err error) ([]Event, error) {
	if err != nil {
		return nil, fmt.Errorf("select events: %w", err)
	}
	events, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Event, error) {
		var e Event
		var body []byte
		if err := row.Scan(&e.Tenant, &e.Ticket, &e.Seq, &e.Kind, &e.Actor.Kind, &e.Actor.ID, &e.At, &e.Data, &body, &e.ErasedAt); err != nil {
			return e, err
		}
		if body == nil {
			return e, nil
		}
		e.Body = &Body{}
		return e, decodeNumbers(body, e.Body)
	})
	if err != nil {
		return nil, fmt.Errorf("scan events: %w", err)
	}
	return events, nil
}

// PublicEvents is Events without the internal ones, as a requester sees the log.
func PublicEvents(ctx context.Context, q db.Querier, tenant, id ident.ID, after int64, limit int) ([]Event, error) {
	rows, err := q.Query(ctx, `select tenant_id, ticket_id, seq, kind, actor_kind, actor_id, at, data, body, erased_at
		from ticket_events where tenant_id = $1 and ticket_id = $2 and seq > $3 and kind not in ('noted', 'handed_over', 'classified')
		order by seq limit $4`, tenant, id, after, limit)
	return collectEvents(rows, err)
}

// History reads the whole log of a ticket, oldest first.
func History(ctx context.Context, q db.Querier, tenant, id ident.ID) ([]Event, error) {
	var all []Event
	var after int64
	for {
		page, err := Events(ctx, q, tenant, id, after, MaxEvents)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < MaxEvents {
			return all, nil
		}
		after = page[len(page)-1].Seq
	}
}

// Keys queues the values by which duplicates are found.
func Keys(b *pgx.Batch, t *Ticket, values []string) {
	if len(values) == 0 {
		return
	}
	b.Queue(`insert into ticket_keys (tenant_id, desk_id, value, ticket_id)
		select $1::uuid, $2::uuid, v, $3::uuid from unnest($4::text[]) v on conflict do nothing`, t.Tenant, t.Desk, t.ID, values)
}

// DropKeys queues the removal of a ticket's values.
func DropKeys(b *pgx.Batch, t *Ticket) {
	b.Queue(`delete from ticket_keys where tenant_id = $1 and ticket_id = $2`, t.Tenant, t.ID)
}

// Candidates reads the tickets of the same desk that share a value with this one, the earliest first
// (R4.35).
func Candidates(ctx context.Context, q db.Querier, t *Ticket, limit int) ([]ident.ID, error) {
	rows, err := q.Query(ctx, `select distinct k.ticket_id from ticket_keys own
		join ticket_keys k on k.tenant_id = own.tenant_id and k.desk_id = own.desk_id and k.value = own.value
		where own.tenant_id = $1 and own.ticket_id = $2 and k.ticket_id <> $2
		order by k.ticket_id limit $3`, t.Tenant, t.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("select candidates: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("scan candidates: %w", err)
	}
	return ids, nil
}

// Dependents locks the tickets that are tied to a base.
func Dependents(ctx context.Context, q db.Querier, tenant, base ident.ID, limit int) ([]ident.ID, error) {
	rows, err := q.Query(ctx, `select id from tickets where tenant_id = $1 and duplicate_of = $2 order by id limit $3`, tenant, base, limit)
	if err != nil {
		return nil, fmt.Errorf("select dependents: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("scan dependents: %w", err)
	}
	return ids, nil
}

// LockBases holds back, until the transaction ends, every other tying of duplicates in the tenant.
func LockBases(ctx context.Context, q db.Querier, tenant ident.ID) error {
	if _, err := q.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('duplicates of tenant_id ' || $1::text, 0))`, tenant); err != nil {
		return fmt.Errorf("wait for other duplicates: %w", err)
	}
	return nil
}

// ReadMark reads how far a person has read a ticket, 0 for not at all.
func ReadMark(ctx context.Context, q db.Querier, tenant, person, id ident.ID) (int64, error) {
	var seq int64
	err := q.QueryRow(ctx, `select coalesce(max(seq), 0) from ticket_reads where tenant_id = $1 and person_id = $2 and ticket_id = $3 limit 1`,
		tenant, person, id).Scan(&seq)
	if err != nil {
		return 0, fmt.Errorf("select read mark: %w", err)
	}
	return seq, nil
}

// MarkRead queues the person's mark; a mark never goes back.
func MarkRead(b *pgx.Batch, tenant, person, id ident.ID, seq int64) {
	b.Queue(`insert into ticket_reads (tenant_id, person_id, ticket_id, seq) values ($1, $2, $3, $4)
		on conflict (tenant_id, person_id, ticket_id) do update set seq = greatest(ticket_reads.seq, excluded.seq)`, tenant, person, id, seq)
}

// Repeat is what an idempotency key was used for.
type Repeat struct {
	BodyDigest []byte
	Ticket     ident.ID
	Seq        int64
}

// Remember queues an idempotency key, so that the same request again finds its own result.
func Remember(b *pgx.Batch, tenant, person ident.ID, route, key string, digest []byte, id ident.ID, seq int64, at time.Time) {
	b.Queue(`insert into idempotency_keys (tenant_id, person_id, route, key, body_digest, ticket_id, seq, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, tenant, person, route, key, digest, id, seq, at)
}

// Recall reads what a key was used for, nil for nothing.
func Recall(ctx context.Context, q db.Querier, tenant, person ident.ID, route, key string) (*Repeat, error) {
	var r Repeat
	err := q.QueryRow(ctx, `select body_digest, ticket_id, seq from idempotency_keys
		where tenant_id = $1 and person_id = $2 and route = $3 and key = $4 limit 1`, tenant, person, route, key).Scan(&r.BodyDigest, &r.Ticket, &r.Seq)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing remembered is no error
	}
	if err != nil {
		return nil, fmt.Errorf("select idempotency key: %w", err)
	}
	return &r, nil
}

// fieldsColumn reads a jsonb column with numbers as they are written.
type fieldsColumn map[string]any

// Scan implements sql.Scanner.
func (f *fieldsColumn) Scan(source any) error {
	switch raw := source.(type) {
	case []byte:
		return decodeNumbers(raw, (*map[string]any)(f))
	case string:
		return decodeNumbers([]byte(raw), (*map[string]any)(f))
	}
	return fmt.Errorf("cannot read fields from %T", source)
}

func decodeNumbers(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("decode stored JSON: %w", err)
	}
	return nil
}

// Releases reads which of these releases have tickets that were filed with them.
func Releases(ctx context.Context, q db.Querier, tenant ident.ID, digests []string) ([]string, error) {
	rows, err := q.Query(ctx, `select k.digest from unnest($2::text[]) k (digest)
		where exists (select from tickets t where t.tenant_id = $1 and t.release_digest = k.digest)
		limit 1000`, tenant, digests)
	if err != nil {
		return nil, fmt.Errorf("select releases of tickets: %w", err)
	}
	held, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("scan releases of tickets: %w", err)
	}
	return held, nil
}
