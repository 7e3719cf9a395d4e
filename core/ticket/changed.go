package ticket

import (
	"context"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// part is one way in which a reader may see tickets: those of some desks that its filter lets through.
type part struct {
	Filter
	desks []ident.ID
	// lines are those of the desks, pair by pair; nil where no line bounds it.
	lines []string
}

// partsOf are the ways of a scope. One's own tickets and those of one's organisation are tickets of
// desks, filtered by requester or organisation.
func partsOf(s Scope, f Filter) []part {
	var parts []part
	if len(s.Wide) > 0 {
		parts = append(parts, part{Filter: f, desks: s.Wide})
	}
	if s.Own != nil && len(s.Desks) > 0 && (f.Requester == nil || *f.Requester == *s.Own) {
		own := part{Filter: f, desks: s.Desks}
		own.Requester = s.Own
		parts = append(parts, own)
	}
	if s.Organisation != nil && len(s.OrgDesks) > 0 && (f.Organisation == nil || *f.Organisation == *s.Organisation) {
		organisation := part{Filter: f, desks: s.OrgDesks}
		organisation.Organisation = s.Organisation
		parts = append(parts, organisation)
	}
	if len(s.HandedDesks) > 0 {
		parts = append(parts, part{Filter: f, desks: s.HandedDesks, lines: s.HandedLines})
	}
	return parts
}

// changed finds a page of a scope, what changed last first. It is asked once for each way in which the
// reader may see tickets, each in the order of an index of its own and no further than the page: one
// statement with all ways joined by or reads every ticket of the desk.
func changed(ctx context.Context, q db.Querier, tenant ident.ID, s Scope, f Filter) ([]ident.ID, error) {
	var found []Spot
	for _, p := range partsOf(s, f) {
		more, err := p.changed(ctx, q, tenant)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return idsOf(merged(found, NewestFirst, f.Limit)), nil
}

func (p part) changed(ctx context.Context, q db.Querier, tenant ident.ID) ([]Spot, error) {
	switch {
	case p.lines != nil:
		return changedHanded(ctx, q, tenant, p)
	case p.NumberPrefix != nil:
		return changedOf(ctx, q, tenant, p)
	case p.Requester != nil:
		return changedByRequester(ctx, q, tenant, p)
	case p.Assignee != nil:
		return changedByAssignee(ctx, q, tenant, p)
	case p.Organisation != nil:
		return changedByOrganisation(ctx, q, tenant, p)
	case p.Status != nil || p.Category != nil || p.Queue != nil || p.Line != nil:
		return changedAt(ctx, q, tenant, p)
	}
	return changedOf(ctx, q, tenant, p)
}

// changedOf finds tickets of whole desks: those of each desk that changed last, merged.
func changedOf(ctx context.Context, q db.Querier, tenant ident.ID, p part) ([]Spot, error) {
	rows, err := q.Query(ctx, `select 0, found.updated_at, found.id from unnest($17::uuid[]) as wanted (desk_id)
		cross join lateral (
			select t.id, t.updated_at from tickets t
			left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
			where t.tenant_id = $1 and t.desk_id = wanted.desk_id
				and ($3::text[] is null or t.status = any ($3)) and ($4::text[] is null or t.category = any ($4))
				and ($5::text is null or t.queue = $5) and ($6::text is null or t.line = $6)
				and ($7::uuid is null or t.assignee_id = $7) and (not $8 or t.assignee_id is null)
				and ($9::uuid is null or t.requester_id = $9) and ($10::uuid is null or t.organisation_id = $10)
				and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
				and ($13::text is null or t.number >= $13 and t.number < $13 || ':') and ($14::timestamptz is null or (t.updated_at, t.id) < ($14, $15))
			order by t.updated_at desc, t.id desc limit $16) found
		order by found.updated_at desc, found.id desc limit $16`,
		db.PlannedEachTime, tenant, p.Reader, p.Status, p.Category, p.Queue, p.Line, p.Assignee, p.Unassigned, p.Requester, p.Organisation,
		p.Unread, p.Works, p.NumberPrefix, p.AfterTime, p.AfterID, p.Limit, p.desks)
	return collectSpots(rows, err)
}

// changedAt is changedOf by where tickets stand, on the desks' lines where it has some: those of each
// place that is wanted are read in the order of an index, and merged. A status that no ticket is in costs
// as little as one that all are in.
func changedAt(ctx context.Context, q db.Querier, tenant ident.ID, p part) ([]Spot, error) {
	rows, err := q.Query(ctx, `select 0, found.updated_at, found.id from unnest($17::uuid[], $18::text[]) as w (desk_id, line)
		cross join lateral ticket_places($1, w.desk_id, $5) p
		cross join lateral (
			select t.id, t.updated_at from tickets t
			left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
			where t.tenant_id = $1 and t.desk_id = w.desk_id and t.queue = p.queue and t.line = p.line and t.category = p.category and t.status = p.status
				and ($7::uuid is null or t.assignee_id = $7) and (not $8 or t.assignee_id is null)
				and ($9::uuid is null or t.requester_id = $9) and ($10::uuid is null or t.organisation_id = $10)
				and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
				and ($13::text is null or t.number >= $13 and t.number < $13 || ':') and ($14::timestamptz is null or (t.updated_at, t.id) < ($14, $15))
			order by t.updated_at desc, t.id desc limit $16) found
		where (w.line is null or p.line = w.line) and ($3::text[] is null or p.status = any ($3)) and ($4::text[] is null or p.category = any ($4)) and ($6::text is null or p.line = $6)
		order by found.updated_at desc, found.id desc limit $16`,
		db.PlannedEachTime, tenant, p.Reader, p.Status, p.Category, p.Queue, p.Line, p.Assignee, p.Unassigned, p.Requester, p.Organisation,
		p.Unread, p.Works, p.NumberPrefix, p.AfterTime, p.AfterID, p.Limit, p.desks, p.lines)
	return collectSpots(rows, err)
}

// changedByRequester finds a person's tickets: the states that they are in are stepped through, as the
// places of changedAt.
func changedByRequester(ctx context.Context, q db.Querier, tenant ident.ID, p part) ([]Spot, error) {
	rows, err := q.Query(ctx, `with recursive state (desk_id, category, status) as (
			select first.desk_id, first.category, first.status from unnest($17::uuid[]) as w (desk_id)
			cross join lateral (
				select t.desk_id, t.category, t.status from tickets t
				where t.tenant_id = $1 and t.requester_id = $9 and t.desk_id = w.desk_id
				order by t.category, t.status limit 1) first
			union all
			select next.desk_id, next.category, next.status from state s
			cross join lateral (
				select t.desk_id, t.category, t.status from tickets t
				where t.tenant_id = $1 and t.requester_id = $9 and t.desk_id = s.desk_id and (t.category, t.status) > (s.category, s.status)
				order by t.category, t.status limit 1) next)
		select 0, found.updated_at, found.id from state s
		cross join lateral (
			select t.id, t.updated_at from tickets t
			left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
			where t.tenant_id = $1 and t.requester_id = $9 and t.desk_id = s.desk_id and t.category = s.category and t.status = s.status
				and ($5::text is null or t.queue = $5) and ($6::text is null or t.line = $6)
				and ($7::uuid is null or t.assignee_id = $7) and (not $8 or t.assignee_id is null)
				and ($10::uuid is null or t.organisation_id = $10)
				and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
				and ($13::text is null or t.number >= $13 and t.number < $13 || ':') and ($14::timestamptz is null or (t.updated_at, t.id) < ($14, $15))
			order by t.updated_at desc, t.id desc limit $16) found
		where ($3::text[] is null or s.status = any ($3)) and ($4::text[] is null or s.category = any ($4))
		order by found.updated_at desc, found.id desc limit $16`,
		db.PlannedEachTime, tenant, p.Reader, p.Status, p.Category, p.Queue, p.Line, p.Assignee, p.Unassigned, p.Requester, p.Organisation,
		p.Unread, p.Works, p.NumberPrefix, p.AfterTime, p.AfterID, p.Limit, p.desks)
	return collectSpots(rows, err)
}

// changedByAssignee is changedByRequester of who works the tickets.
func changedByAssignee(ctx context.Context, q db.Querier, tenant ident.ID, p part) ([]Spot, error) {
	rows, err := q.Query(ctx, `with recursive state (desk_id, category, status) as (
			select first.desk_id, first.category, first.status from unnest($17::uuid[]) as w (desk_id)
			cross join lateral (
				select t.desk_id, t.category, t.status from tickets t
				where t.tenant_id = $1 and t.assignee_id = $7 and t.desk_id = w.desk_id
				order by t.category, t.status limit 1) first
			union all
			select next.desk_id, next.category, next.status from state s
			cross join lateral (
				select t.desk_id, t.category, t.status from tickets t
				where t.tenant_id = $1 and t.assignee_id = $7 and t.desk_id = s.desk_id and (t.category, t.status) > (s.category, s.status)
				order by t.category, t.status limit 1) next)
		select 0, found.updated_at, found.id from state s
		cross join lateral (
			select t.id, t.updated_at from tickets t
			left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
			where t.tenant_id = $1 and t.assignee_id = $7 and t.desk_id = s.desk_id and t.category = s.category and t.status = s.status
				and ($5::text is null or t.queue = $5) and ($6::text is null or t.line = $6)
				and (not $8 or t.assignee_id is null)
				and ($9::uuid is null or t.requester_id = $9) and ($10::uuid is null or t.organisation_id = $10)
				and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
				and ($13::text is null or t.number >= $13 and t.number < $13 || ':') and ($14::timestamptz is null or (t.updated_at, t.id) < ($14, $15))
			order by t.updated_at desc, t.id desc limit $16) found
		where ($3::text[] is null or s.status = any ($3)) and ($4::text[] is null or s.category = any ($4))
		order by found.updated_at desc, found.id desc limit $16`,
		db.PlannedEachTime, tenant, p.Reader, p.Status, p.Category, p.Queue, p.Line, p.Assignee, p.Unassigned, p.Requester, p.Organisation,
		p.Unread, p.Works, p.NumberPrefix, p.AfterTime, p.AfterID, p.Limit, p.desks)
	return collectSpots(rows, err)
}

// changedByOrganisation is changedByRequester of an organisation.
func changedByOrganisation(ctx context.Context, q db.Querier, tenant ident.ID, p part) ([]Spot, error) {
	rows, err := q.Query(ctx, `with recursive state (desk_id, category, status) as (
			select first.desk_id, first.category, first.status from unnest($17::uuid[]) as w (desk_id)
			cross join lateral (
				select t.desk_id, t.category, t.status from tickets t
				where t.tenant_id = $1 and t.organisation_id = $10 and t.desk_id = w.desk_id
				order by t.category, t.status limit 1) first
			union all
			select next.desk_id, next.category, next.status from state s
			cross join lateral (
				select t.desk_id, t.category, t.status from tickets t
				where t.tenant_id = $1 and t.organisation_id = $10 and t.desk_id = s.desk_id and (t.category, t.status) > (s.category, s.status)
				order by t.category, t.status limit 1) next)
		select 0, found.updated_at, found.id from state s
		cross join lateral (
			select t.id, t.updated_at from tickets t
			left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
			where t.tenant_id = $1 and t.organisation_id = $10 and t.desk_id = s.desk_id and t.category = s.category and t.status = s.status
				and ($5::text is null or t.queue = $5) and ($6::text is null or t.line = $6)
				and ($7::uuid is null or t.assignee_id = $7) and (not $8 or t.assignee_id is null)
				and ($9::uuid is null or t.requester_id = $9)
				and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
				and ($13::text is null or t.number >= $13 and t.number < $13 || ':') and ($14::timestamptz is null or (t.updated_at, t.id) < ($14, $15))
			order by t.updated_at desc, t.id desc limit $16) found
		where ($3::text[] is null or s.status = any ($3)) and ($4::text[] is null or s.category = any ($4))
		order by found.updated_at desc, found.id desc limit $16`,
		db.PlannedEachTime, tenant, p.Reader, p.Status, p.Category, p.Queue, p.Line, p.Assignee, p.Unassigned, p.Requester, p.Organisation,
		p.Unread, p.Works, p.NumberPrefix, p.AfterTime, p.AfterID, p.Limit, p.desks)
	return collectSpots(rows, err)
}

// changedHanded finds what lines have or had.
func changedHanded(ctx context.Context, q db.Querier, tenant ident.ID, p part) ([]Spot, error) {
	now, err := changedAt(ctx, q, tenant, p)
	if err != nil {
		return nil, err
	}
	before, err := changedBefore(ctx, q, tenant, p)
	return append(now, before...), err
}

// changedBefore finds what lines had, whoever has it now: the first line of a ticket and its second by an
// index each, the few tickets that three lines had by looking at them.
func changedBefore(ctx context.Context, q db.Querier, tenant ident.ID, p part) ([]Spot, error) {
	rows, err := q.Query(ctx, `with state (desk_id, wanted, category, status) as (
			select distinct w.desk_id, w.line, p.category, p.status from unnest($17::uuid[], $18::text[]) as w (desk_id, line)
			cross join lateral ticket_places($1, w.desk_id, $5) p
			where ($3::text[] is null or p.status = any ($3)) and ($4::text[] is null or p.category = any ($4)))
		select 0, handed.updated_at, handed.id from (
			select found.updated_at, found.id from state s cross join lateral (
				select t.id, t.updated_at from tickets t
				left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id where t.tenant_id = $1 and t.desk_id = s.desk_id and t.category = s.category and t.status = s.status and t.seen_by_lines[1] = s.wanted and cardinality(t.seen_by_lines) > 1
					and ($5::text is null or t.queue = $5) and ($6::text is null or t.line = $6) and ($7::uuid is null or t.assignee_id = $7) and (not $8 or t.assignee_id is null) and ($9::uuid is null or t.requester_id = $9) and ($10::uuid is null or t.organisation_id = $10)
					and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
					and ($13::text is null or t.number >= $13 and t.number < $13 || ':') and ($14::timestamptz is null or (t.updated_at, t.id) < ($14, $15))
				order by t.updated_at desc, t.id desc limit $16) found
			union all
			select found.updated_at, found.id from state s cross join lateral (
				select t.id, t.updated_at from tickets t
				left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id where t.tenant_id = $1 and t.desk_id = s.desk_id and t.category = s.category and t.status = s.status and t.seen_by_lines[2] = s.wanted and cardinality(t.seen_by_lines) > 1
					and ($5::text is null or t.queue = $5) and ($6::text is null or t.line = $6) and ($7::uuid is null or t.assignee_id = $7) and (not $8 or t.assignee_id is null) and ($9::uuid is null or t.requester_id = $9) and ($10::uuid is null or t.organisation_id = $10)
					and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
					and ($13::text is null or t.number >= $13 and t.number < $13 || ':') and ($14::timestamptz is null or (t.updated_at, t.id) < ($14, $15))
				order by t.updated_at desc, t.id desc limit $16) found
			union all
			select found.updated_at, found.id from state s cross join lateral (
				select t.id, t.updated_at from tickets t
				left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id where t.tenant_id = $1 and t.desk_id = s.desk_id and t.category = s.category and t.status = s.status and s.wanted = any (t.seen_by_lines[3:]) and cardinality(t.seen_by_lines) > 2
					and ($5::text is null or t.queue = $5) and ($6::text is null or t.line = $6) and ($7::uuid is null or t.assignee_id = $7) and (not $8 or t.assignee_id is null) and ($9::uuid is null or t.requester_id = $9) and ($10::uuid is null or t.organisation_id = $10)
					and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
					and ($13::text is null or t.number >= $13 and t.number < $13 || ':') and ($14::timestamptz is null or (t.updated_at, t.id) < ($14, $15))
				order by t.updated_at desc, t.id desc limit $16) found) handed
		order by handed.updated_at desc, handed.id desc limit $16`,
		db.PlannedEachTime, tenant, p.Reader, p.Status, p.Category, p.Queue, p.Line, p.Assignee, p.Unassigned, p.Requester, p.Organisation,
		p.Unread, p.Works, p.NumberPrefix, p.AfterTime, p.AfterID, p.Limit, p.desks, p.lines)
	return collectSpots(rows, err)
}
