package ticket

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// OnDesk reports whether a desk has a ticket.
func OnDesk(ctx context.Context, q db.Querier, tenant, desk ident.ID) (bool, error) {
	var found bool
	if err := q.QueryRow(ctx, `
		select exists (select 1 from tickets where tenant_id = $1 and desk_id = $2 limit 1)`, tenant, desk).Scan(&found); err != nil {
		return false, fmt.Errorf("look for a ticket: %w", err)
	}
	return found, nil
}

// AskedElsewhere reports whether a requester has a ticket on a desk that is none of these.
func AskedElsewhere(ctx context.Context, q db.Querier, tenant, requester ident.ID, desks []ident.ID) (bool, error) {
	var found bool
	if err := q.QueryRow(ctx, `
		select exists (
			select 1 from tickets
			where tenant_id = $1 and requester_id = $2 and desk_id <> all ($3)
			limit 1)`, tenant, requester, desks).Scan(&found); err != nil {
		return false, fmt.Errorf("look for a ticket elsewhere: %w", err)
	}
	return found, nil
}

// HeldPlace is where a ticket stands.
type HeldPlace struct{ Number, Line, Queue string }

// HoldsPlace returns a ticket of a desk that is not done and stands on one of the lines or in one of
// the queues.
func HoldsPlace(ctx context.Context, q db.Querier, tenant, desk ident.ID, lines, queues []string) (HeldPlace, bool, error) {
	var p HeldPlace
	err := q.QueryRow(ctx, `
		select number, line, queue
		from tickets
		where tenant_id = $1 and desk_id = $2 and category <> 'done' and (line = any ($3) or queue = any ($4))
		limit 1`, tenant, desk, lines, queues).Scan(&p.Number, &p.Line, &p.Queue)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("look for a ticket of a line: %w", err)
	}
	return p, true, nil
}

// FiledByDay counts what was filed on a desk between each bound and the next. An id tells when it was
// made, and nothing is filed after it was last changed: the index of a desk's list answers alone.
func FiledByDay(ctx context.Context, q db.Querier, tenant, desk ident.ID, bounds []time.Time) ([]int64, error) {
	ids := make([]ident.ID, len(bounds))
	for i, at := range bounds {
		ids[i] = lowest(at)
	}
	rows, err := q.Query(ctx, `
		select width_bucket(id, $4::uuid[]), count(*)
		from tickets
		where tenant_id = $1 and desk_id = $2 and updated_at >= $3 and id >= $5 and id < $6
		group by 1
		limit 1000`, tenant, desk, bounds[0].Add(-clockSkew), ids, ids[0], ids[len(ids)-1])
	return perDay(rows, err, len(bounds)-1)
}

// clockSkew is how far apart the making of an id and the time of its ticket may lie.
const clockSkew = time.Hour

// lowest is below every id that was made at a time or later.
func lowest(at time.Time) ident.ID {
	var id ident.ID
	var milliseconds [8]byte
	binary.BigEndian.PutUint64(milliseconds[:], uint64(max(at.UnixMilli(), 0)))
	copy(id[:6], milliseconds[2:])
	return id
}

// ClosedByDay counts what was closed on a desk between each bound and the next.
func ClosedByDay(ctx context.Context, q db.Querier, tenant, desk ident.ID, bounds []time.Time) ([]int64, error) {
	rows, err := q.Query(ctx, `
		select width_bucket(closed_at, $3::timestamptz[]), count(*)
		from tickets
		where tenant_id = $1 and desk_id = $2 and closed_at is not null and closed_at >= $4 and closed_at < $5
		group by 1
		limit 1000`, tenant, desk, bounds, bounds[0], bounds[len(bounds)-1])
	return perDay(rows, err, len(bounds)-1)
}

func perDay(rows pgx.Rows, err error, days int) ([]int64, error) {
	if err != nil {
		return nil, fmt.Errorf("count tickets by day: %w", err)
	}
	out := make([]int64, days)
	var day int
	var count int64
	if _, err := pgx.ForEachRow(rows, []any{&day, &count}, func() error {
		if day >= 1 && day <= days {
			out[day-1] = count
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("count tickets by day: %w", err)
	}
	return out, nil
}

// ClosureMedian is the middle of the times from filing to closing of what was closed in a period, in
// seconds; nil where nothing was.
func ClosureMedian(ctx context.Context, q db.Querier, tenant, desk ident.ID, from, to time.Time) (*float64, error) {
	var median *float64
	if err := q.QueryRow(ctx, `
		select percentile_cont(0.5) within group (order by date_part('epoch', closed_at - created_at))
		from tickets
		where tenant_id = $1 and desk_id = $2 and closed_at is not null and closed_at >= $3 and closed_at < $4
		limit 1`, tenant, desk, from, to).Scan(&median); err != nil {
		return nil, fmt.Errorf("find median of closing: %w", err)
	}
	return median, nil
}

// answerSample is about how many tickets the median of first answers is found from. The last bytes of an
// id are random, so that they choose fairly.
const answerSample = 2000

// FirstAnswerMedian is the middle of the times from filing to the first public answer of tickets filed
// in a period, in seconds; nil where none was answered. An answer is a public comment, or the words that
// a transition goes with; a file that came by an upload link answers nothing. What stays when a person is
// erased decides, so that an erasure changes no figure. Filed is how many there are: of many it is found
// from a random part. The part is chosen in the index, since the rows of all would be read for it.
func FirstAnswerMedian(ctx context.Context, q db.Querier, tenant, desk ident.ID, from, to time.Time, filed int64) (*float64, error) {
	below := int64(1 << 16)
	if filed > answerSample {
		below = max(below*answerSample/filed, 1)
	}
	var median *float64
	if err := q.QueryRow(ctx, `
		with sampled as materialized (
			select tenant_id, id
			from tickets
			where tenant_id = $1 and desk_id = $2 and updated_at >= $3 and id >= $4 and id < $5
				and get_byte(uuid_send(id), 14) * 256 + get_byte(uuid_send(id), 15) < $6
			limit 10000)
		select percentile_cont(0.5) within group (order by date_part('epoch', answer.at - filing.at))
		from sampled s
		cross join lateral (
			select f.at
			from ticket_events f
			where f.tenant_id = $1 and f.ticket_id = s.id and f.seq = 1
			limit 1) filing
		cross join lateral (
			select e.at
			from ticket_events e
			where e.tenant_id = $1 and e.ticket_id = s.id and e.actor_kind in ('agent', 'administrator')
				and (e.kind = 'commented' and not e.data ? 'linked' or e.kind = 'transitioned' and e.data ? 'said')
			order by e.seq
			limit 1) answer
		limit 1`, tenant, desk, from.Add(-clockSkew), lowest(from), lowest(to), below).Scan(&median); err != nil {
		return nil, fmt.Errorf("find median of first answers: %w", err)
	}
	return median, nil
}

// OpenGroup is how many tickets of a desk that are not done have all of this in common. Age is how many
// of the bounds lie before their filing.
type OpenGroup struct {
	Status, Line, Queue, Form string
	Age                       int
	Count                     int64
}

// OpenGroups counts the tickets of a desk that are not done; ages are points of time, the earliest first.
func OpenGroups(ctx context.Context, q db.Querier, tenant, desk ident.ID, ages []time.Time) ([]OpenGroup, error) {
	rows, err := q.Query(ctx, `
		select status, line, queue, form, width_bucket(created_at, $3::timestamptz[]), count(*)
		from tickets
		where tenant_id = $1 and desk_id = $2 and category <> 'done'
		group by 1, 2, 3, 4, 5
		limit 100000`, tenant, desk, ages)
	if err != nil {
		return nil, fmt.Errorf("count open tickets: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (OpenGroup, error) {
		var g OpenGroup
		err := row.Scan(&g.Status, &g.Line, &g.Queue, &g.Form, &g.Age, &g.Count)
		return g, err
	})
	if err != nil {
		return nil, fmt.Errorf("count open tickets: %w", err)
	}
	return all, nil
}

// ValueCount is how many tickets have a value; an empty one is none.
type ValueCount struct {
	Value string
	Count int64
}

// OpenByField counts the tickets of a desk that are not done by the text of a field, most first and at
// most 200.
func OpenByField(ctx context.Context, q db.Querier, tenant, desk ident.ID, path []string) ([]ValueCount, error) {
	rows, err := q.Query(ctx, `
		select coalesce(fields #>> $3::text[], ''), count(*)
		from tickets
		where tenant_id = $1 and desk_id = $2 and category <> 'done'
		group by 1
		order by 2 desc, 1
		limit 200`, tenant, desk, path)
	if err != nil {
		return nil, fmt.Errorf("count open tickets by field: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ValueCount])
	if err != nil {
		return nil, fmt.Errorf("count open tickets by field: %w", err)
	}
	return all, nil
}

// OldestOpen returns the number of the ticket of a desk that has waited longest, empty where none does.
func OldestOpen(ctx context.Context, q db.Querier, tenant, desk ident.ID) (string, error) {
	var number string
	err := q.QueryRow(ctx, `
		select number
		from tickets
		where tenant_id = $1 and desk_id = $2 and category <> 'done'
		order by created_at, id
		limit 1`, tenant, desk).Scan(&number)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("find oldest ticket: %w", err)
	}
	return number, nil
}
