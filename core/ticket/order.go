package ticket

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// Order is how a list of what is not done is sorted.
type Order string

// The orders. Without a deadline a ticket comes behind those that have one.
const (
	NewestFirst  Order = "newest"
	OldestFirst  Order = "oldest"
	SoonestFirst Order = "soonest"
	// UrgentFirst is by rank, and within it the soonest first.
	UrgentFirst Order = "urgent"
)

// Rank is where a priority of a desk stands, the most urgent at 0.
type Rank struct {
	Desk     ident.ID
	Priority string
	Rank     int
}

// Spot is where a ticket stands in an order; a page goes on behind it.
type Spot struct {
	// Rank is 0 but for UrgentFirst.
	Rank int
	// At is when it was filed, or is due; nil for never.
	At *time.Time
	ID ident.ID
}

// ListOpen reads a page of what is not done in an order, with the place of its last ticket where there
// is more. Ranks are all priorities of all desks that may be seen.
func ListOpen(ctx context.Context, q db.Querier, tenant ident.ID, s Scope, f Filter, o Order, ranks []Rank, after *Spot) ([]Item, *Spot, error) {
	limit := f.Limit
	f.Limit++
	spots, err := openSpots(ctx, q, tenant, s, f, o, ranks, after)
	if err != nil {
		return nil, nil, err
	}
	var next *Spot
	if len(spots) > limit {
		spots = spots[:limit]
		next = &spots[limit-1]
	}
	items, err := inOrder(ctx, q, tenant, idsOf(spots), f)
	return items, next, err
}

// openSpots asks once for each way of the scope, as changed does.
func openSpots(ctx context.Context, q db.Querier, tenant ident.ID, s Scope, f Filter, o Order, ranks []Rank, after *Spot) ([]Spot, error) {
	var found []Spot
	for _, p := range partsOf(s, f) {
		more, err := p.open(ctx, q, tenant, o, ranks, after)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return merged(found, o, f.Limit), nil
}

func (p part) open(ctx context.Context, q db.Querier, tenant ident.ID, o Order, ranks []Rank, after *Spot) ([]Spot, error) {
	few := p.lines != nil || p.Requester != nil || p.Assignee != nil
	switch {
	case o == NewestFirst && few:
		return newestOfFew(ctx, q, tenant, p, after)
	case o == NewestFirst:
		return newestOf(ctx, q, tenant, p, after)
	case few:
		return rankedOfFew(ctx, q, tenant, p, newRanking(o, p.desks, ranks, after))
	case o == OldestFirst:
		return oldestOf(ctx, q, tenant, p, after)
	}
	return rankedOf(ctx, q, tenant, p, newRanking(o, p.desks, ranks, after))
}

func idsOf(spots []Spot) []ident.ID {
	ids := make([]ident.ID, 0, len(spots))
	for _, one := range spots {
		ids = append(ids, one.ID)
	}
	return ids
}

// merged brings what several ways found into an order, each ticket once, and keeps the first of it.
func merged(found []Spot, o Order, limit int) []Spot {
	slices.SortFunc(found, func(x, y Spot) int {
		if o == NewestFirst {
			x, y = y, x
		}
		return cmp.Or(cmp.Compare(x.Rank, y.Rank), compareTimes(x.At, y.At), bytes.Compare(x.ID[:], y.ID[:]))
	})
	found = slices.CompactFunc(found, func(x, y Spot) bool { return x.ID == y.ID })
	return found[:min(limit, len(found))]
}

// compareTimes puts never behind all.
func compareTimes(x, y *time.Time) int {
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return 1
	case y == nil:
		return -1
	}
	return x.Compare(*y)
}

// ranking is what an order by rank and instant is asked with.
type ranking struct {
	desks      []ident.ID
	priorities []string
	ranks      []int32
	created    bool
	// rank, at and id are the place to go on behind; a rank of -1 comes before everything.
	rank int
	at   pgtype.Timestamptz
	id   ident.ID
}

func newRanking(o Order, desks []ident.ID, ranks []Rank, after *Spot) ranking {
	r := ranking{created: o == OldestFirst, rank: -1, at: pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}}
	for _, one := range ranks {
		if !slices.Contains(desks, one.Desk) {
			continue
		}
		rank := one.Rank
		if o != UrgentFirst {
			rank = 0
		}
		r.desks, r.priorities = append(r.desks, one.Desk), append(r.priorities, one.Priority)
		r.ranks = append(r.ranks, int32(min(rank, maxRank)))
	}
	if after != nil {
		r.rank, r.id = after.Rank, after.ID
		r.at = pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}
		if after.At != nil {
			r.at = pgtype.Timestamptz{Time: *after.At, Valid: true}
		}
	}
	return r
}

// maxRank is beyond every scale of priorities.
const maxRank = 1000

// newestOf reads whole desks, what was filed last first: the newest of each, merged.
func newestOf(ctx context.Context, q db.Querier, tenant ident.ID, p part, after *Spot) ([]Spot, error) {
	at, id := behind(after)
	rows, err := q.Query(ctx, `select 0, found.created_at, found.id from unnest($14::uuid[]) as wanted (desk_id)
		cross join lateral (
			select t.created_at, t.id from tickets t
			left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
			where t.tenant_id = $1 and t.desk_id = wanted.desk_id and t.category <> 'done'
				and ($3::text[] is null or t.status = any ($3))
				and ($4::text[] is null or t.category = any ($4))
				and ($5::text is null or t.queue = $5)
				and ($6::text is null or t.line = $6)
				and ($7::uuid is null or t.assignee_id = $7)
				and (not $8 or t.assignee_id is null)
				and ($9::uuid is null or t.requester_id = $9)
				and ($10::uuid is null or t.organisation_id = $10)
				and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
				and ($15::timestamptz is null or (t.created_at, t.id) < ($15, $16))
			order by t.created_at desc, t.id desc limit $13) found
		order by found.created_at desc, found.id desc limit $13`,
		db.PlannedEachTime, tenant, p.Reader, p.Status, p.Category, p.Queue, p.Line, p.Assignee, p.Unassigned, p.Requester, p.Organisation,
		p.Unread, p.Works, p.Limit, p.desks, at, id)
	return collectSpots(rows, err)
}

// oldestOf is newestOf the other way round.
func oldestOf(ctx context.Context, q db.Querier, tenant ident.ID, p part, after *Spot) ([]Spot, error) {
	at, id := behind(after)
	rows, err := q.Query(ctx, `select 0, found.created_at, found.id from unnest($14::uuid[]) as wanted (desk_id)
		cross join lateral (
			select t.created_at, t.id from tickets t
			left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
			where t.tenant_id = $1 and t.desk_id = wanted.desk_id and t.category <> 'done'
				and ($3::text[] is null or t.status = any ($3))
				and ($4::text[] is null or t.category = any ($4))
				and ($5::text is null or t.queue = $5)
				and ($6::text is null or t.line = $6)
				and ($7::uuid is null or t.assignee_id = $7)
				and (not $8 or t.assignee_id is null)
				and ($9::uuid is null or t.requester_id = $9)
				and ($10::uuid is null or t.organisation_id = $10)
				and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
				and ($15::timestamptz is null or (t.created_at, t.id) > ($15, $16))
			order by t.created_at, t.id limit $13) found
		order by found.created_at, found.id limit $13`,
		db.PlannedEachTime, tenant, p.Reader, p.Status, p.Category, p.Queue, p.Line, p.Assignee, p.Unassigned, p.Requester, p.Organisation,
		p.Unread, p.Works, p.Limit, p.desks, at, id)
	return collectSpots(rows, err)
}

// rankedOf reads whole desks by rank and deadline: the first of each priority, merged. Within the rank
// of the place before, a page begins behind it; within the others, at their beginning.
func rankedOf(ctx context.Context, q db.Querier, tenant ident.ID, p part, r ranking) ([]Spot, error) {
	rows, err := q.Query(ctx, `select found.rank, found.due, found.id from unnest($14::uuid[], $15::text[], $16::int[]) as wanted (desk_id, priority, rank)
		cross join lateral (
			select wanted.rank, case when t.deadline_at is null then 'infinity'::timestamptz else t.deadline_at end as due, t.id from tickets t
			left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
			where t.tenant_id = $1 and t.desk_id = wanted.desk_id and t.priority = wanted.priority and t.category <> 'done'
				and ($3::text[] is null or t.status = any ($3))
				and ($4::text[] is null or t.category = any ($4))
				and ($5::text is null or t.queue = $5)
				and ($6::text is null or t.line = $6)
				and ($7::uuid is null or t.assignee_id = $7)
				and (not $8 or t.assignee_id is null)
				and ($9::uuid is null or t.requester_id = $9)
				and ($10::uuid is null or t.organisation_id = $10)
				and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
				and (case when t.deadline_at is null then 'infinity'::timestamptz else t.deadline_at end, t.id) > (
					case when wanted.rank = $17 then $18::timestamptz else '-infinity'::timestamptz end,
					case when wanted.rank = $17 then $19::uuid else '00000000-0000-0000-0000-000000000000'::uuid end)
			order by case when t.deadline_at is null then 'infinity'::timestamptz else t.deadline_at end, t.id limit $13) found
		where wanted.rank >= $17
		order by found.rank, found.due, found.id limit $13`,
		db.PlannedEachTime, tenant, p.Reader, p.Status, p.Category, p.Queue, p.Line, p.Assignee, p.Unassigned, p.Requester, p.Organisation,
		p.Unread, p.Works, p.Limit, r.desks, r.priorities, r.ranks, r.rank, r.at, r.id)
	return collectSpots(rows, err)
}

// newestOfFew reads what a person has to do with, or what lines have or had, of what is not done: all of
// it is found and sorted. The planner is not told of the page, for which it would take an index by age
// and pass by everybody's tickets.
func newestOfFew(ctx context.Context, q db.Querier, tenant ident.ID, p part, after *Spot) ([]Spot, error) {
	at, id := behind(after)
	rows, err := q.Query(ctx, `with few (id) as materialized (
			select t.id from tickets t where $17::text[] is null and t.tenant_id = $1 and t.desk_id = any ($14) and t.category = any (array['new', 'open', 'waiting'])
				and ($7::uuid is null or t.assignee_id = $7) and ($9::uuid is null or t.requester_id = $9) and ($10::uuid is null or t.organisation_id = $10)
			union select t.id from unnest($14::uuid[], $17::text[]) as w (desk_id, line) cross join lateral ticket_places($1, w.desk_id, $5) p
				join tickets t on t.tenant_id = $1 and t.desk_id = w.desk_id and t.queue = p.queue and t.line = p.line and t.category = p.category and t.status = p.status
				where $17::text[] is not null and p.line = w.line and p.category <> 'done'
			union select t.id from unnest($14::uuid[], $17::text[]) as w (desk_id, line) join tickets t on t.tenant_id = $1 and t.desk_id = w.desk_id
				and t.seen_by_lines[1] = w.line and t.category = any (array['new', 'open', 'waiting']) and cardinality(t.seen_by_lines) > 1
			union select t.id from unnest($14::uuid[], $17::text[]) as w (desk_id, line) join tickets t on t.tenant_id = $1 and t.desk_id = w.desk_id
				and t.seen_by_lines[2] = w.line and t.category = any (array['new', 'open', 'waiting']) and cardinality(t.seen_by_lines) > 1
			union select t.id from unnest($14::uuid[], $17::text[]) as w (desk_id, line) join tickets t on t.tenant_id = $1 and t.desk_id = w.desk_id
				and w.line = any (t.seen_by_lines[3:]) and t.category = any (array['new', 'open', 'waiting']) and cardinality(t.seen_by_lines) > 2)
		select 0, t.created_at, t.id from few
		join tickets t on t.tenant_id = $1 and t.id = few.id
		left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
		where t.category <> 'done'
			and ($3::text[] is null or t.status = any ($3)) and ($4::text[] is null or t.category = any ($4))
			and ($5::text is null or t.queue = $5) and ($6::text is null or t.line = $6)
			and ($7::uuid is null or t.assignee_id = $7) and (not $8 or t.assignee_id is null)
			and ($9::uuid is null or t.requester_id = $9) and ($10::uuid is null or t.organisation_id = $10)
			and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
			and ($15::timestamptz is null or (t.created_at, t.id) < ($15, $16))
		order by t.created_at desc, t.id desc limit $13`,
		db.PlannedEachTime, tenant, p.Reader, p.Status, p.Category, p.Queue, p.Line, p.Assignee, p.Unassigned, p.Requester, p.Organisation,
		p.Unread, p.Works, p.Limit, p.desks, at, id, p.lines)
	return collectSpots(rows, err)
}

// rankedOfFew is newestOfFew by rank and deadline, or with created the oldest first.
func rankedOfFew(ctx context.Context, q db.Querier, tenant ident.ID, p part, r ranking) ([]Spot, error) {
	rows, err := q.Query(ctx, `with few (id) as materialized (
			select t.id from tickets t where $22::text[] is null and t.tenant_id = $1 and t.desk_id = any ($21) and t.category = any (array['new', 'open', 'waiting'])
				and ($7::uuid is null or t.assignee_id = $7) and ($9::uuid is null or t.requester_id = $9) and ($10::uuid is null or t.organisation_id = $10)
			union select t.id from unnest($21::uuid[], $22::text[]) as w (desk_id, line) cross join lateral ticket_places($1, w.desk_id, $5) p
				join tickets t on t.tenant_id = $1 and t.desk_id = w.desk_id and t.queue = p.queue and t.line = p.line and t.category = p.category and t.status = p.status
				where $22::text[] is not null and p.line = w.line and p.category <> 'done'
			union select t.id from unnest($21::uuid[], $22::text[]) as w (desk_id, line) join tickets t on t.tenant_id = $1 and t.desk_id = w.desk_id
				and t.seen_by_lines[1] = w.line and t.category = any (array['new', 'open', 'waiting']) and cardinality(t.seen_by_lines) > 1
			union select t.id from unnest($21::uuid[], $22::text[]) as w (desk_id, line) join tickets t on t.tenant_id = $1 and t.desk_id = w.desk_id
				and t.seen_by_lines[2] = w.line and t.category = any (array['new', 'open', 'waiting']) and cardinality(t.seen_by_lines) > 1
			union select t.id from unnest($21::uuid[], $22::text[]) as w (desk_id, line) join tickets t on t.tenant_id = $1 and t.desk_id = w.desk_id
				and w.line = any (t.seen_by_lines[3:]) and t.category = any (array['new', 'open', 'waiting']) and cardinality(t.seen_by_lines) > 2)
		select ranked.rank, case when $20 then t.created_at else case when t.deadline_at is null then 'infinity'::timestamptz else t.deadline_at end end as due, t.id
		from few join tickets t on t.tenant_id = $1 and t.id = few.id
		cross join lateral (select coalesce(min(w.rank), 1000) as rank from unnest($14::uuid[], $15::text[], $16::int[]) as w (desk_id, priority, rank)
			where w.desk_id = t.desk_id and w.priority = t.priority) ranked
		left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
		where t.category <> 'done'
			and ($3::text[] is null or t.status = any ($3)) and ($4::text[] is null or t.category = any ($4))
			and ($5::text is null or t.queue = $5) and ($6::text is null or t.line = $6)
			and ($7::uuid is null or t.assignee_id = $7) and (not $8 or t.assignee_id is null)
			and ($9::uuid is null or t.requester_id = $9) and ($10::uuid is null or t.organisation_id = $10)
			and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
			and (ranked.rank, case when $20 then t.created_at else case when t.deadline_at is null then 'infinity'::timestamptz else t.deadline_at end end, t.id) > ($17, $18::timestamptz, $19::uuid)
		order by 1, 2, 3 limit $13`,
		db.PlannedEachTime, tenant, p.Reader, p.Status, p.Category, p.Queue, p.Line, p.Assignee, p.Unassigned, p.Requester, p.Organisation,
		p.Unread, p.Works, p.Limit, r.desks, r.priorities, r.ranks, r.rank, r.at, r.id, r.created, p.desks, p.lines)
	return collectSpots(rows, err)
}

func behind(after *Spot) (*time.Time, *ident.ID) {
	if after == nil {
		return nil, nil
	}
	return after.At, &after.ID
}

func collectSpots(rows pgx.Rows, err error) ([]Spot, error) {
	if err != nil {
		return nil, fmt.Errorf("select spots: %w", err)
	}
	spots, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Spot, error) {
		var p Spot
		var at pgtype.Timestamptz
		err := row.Scan(&p.Rank, &at, &p.ID)
		if at.InfinityModifier == pgtype.Finite && at.Valid {
			p.At = &at.Time
		}
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("scan spots: %w", err)
	}
	return spots, nil
}
