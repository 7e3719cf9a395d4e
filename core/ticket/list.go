package ticket

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Item is a ticket in a list: its row without the fields, with the names that lists show.
type Item struct {
	Ticket
	AssigneeName   string
	RequesterName  string
	RequesterEmail string
	OrgName        string
	OrgINN         string
	// BaseNumber is the number of the ticket that this one duplicates.
	BaseNumber string
	// ReadSeq is how far the reader has read.
	ReadSeq int64
}

// Scope is whose tickets a reader may see in a list: the union of its members.
type Scope struct {
	// Wide are desks seen whole.
	Wide []ident.ID
	// Own is the reader as a requester, who sees his tickets on Desks.
	Own   *ident.ID
	Desks []ident.ID
	// Organisation is seen on OrgDesks.
	Organisation *ident.ID
	OrgDesks     []ident.ID
	// HandedDesks and HandedLines are pairs: the tickets that a line of a desk has or had.
	HandedDesks []ident.ID
	HandedLines []string
}

// Filter narrows a list; a nil member filters nothing.
type Filter struct {
	Reader       ident.ID
	Status       []string
	Category     []api.Category
	Queue        *string
	Line         *string
	Assignee     *ident.ID
	Unassigned   bool
	Requester    *ident.ID
	Organisation *ident.ID
	// Unread keeps what is unread: as agents see it on the desks that the reader works, as requesters
	// see it elsewhere.
	Unread bool
	Works  []ident.ID
	// Numbers keeps numbers that begin so.
	NumberPrefix *string
	// AfterTime and AfterID are the last ticket of the page before.
	AfterTime *time.Time
	AfterID   *ident.ID
	Limit     int
}

// List reads a page of tickets, those changed last first. The page is found first, by indexes that have
// its order, and the names belong to its tickets alone: in one statement the planner may read all
// tickets of a desk to sort them afterwards.
func List(ctx context.Context, q db.Querier, tenant ident.ID, s Scope, f Filter) ([]Item, error) {
	ids, err := changed(ctx, q, tenant, s, f)
	if err != nil {
		return nil, err
	}
	return inOrder(ctx, q, tenant, ids, f)
}

// inOrder reads tickets and keeps the order of the ids.
func inOrder(ctx context.Context, q db.Querier, tenant ident.ID, ids []ident.ID, f Filter) ([]Item, error) {
	if len(ids) == 0 {
		return []Item{}, nil
	}
	items, err := ListByIDs(ctx, q, tenant, ids, Filter{Reader: f.Reader, Works: f.Works, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	place := make(map[ident.ID]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(items, func(x, y Item) int { return cmp.Compare(place[x.ID], place[y.ID]) })
	return items, nil
}

// ListByIDs reads the tickets of a search, the newest first; the caller found them within his scope.
func ListByIDs(ctx context.Context, q db.Querier, tenant ident.ID, ids []ident.ID, f Filter) ([]Item, error) {
	// Every ticket has a requester. An inner join would let the planner begin with the people, where it takes
	// them for few, and read all tickets of each.
	rows, err := q.Query(ctx, `select t.tenant_id, t.id, t.desk_id, t.number, t.form, t.channel, t.subject, t.status, t.category, t.priority, t.queue, t.line,
			t.seen_by_lines, t.assignee_id, t.requester_id, t.organisation_id, t.deadline_case, t.deadline_at, t.reopened, t.version,
			t.last_seq, t.requester_seq, t.answer_seq, t.created_at, t.updated_at, t.closed_at,
			coalesce(a.name, ''), r.name, r.email, coalesce(o.name, ''), coalesce(o.inn, ''), coalesce(b.number, ''), coalesce(m.seq, 0)
		from tickets t
		left join people r on r.tenant_id = t.tenant_id and r.id = t.requester_id
		left join people a on a.tenant_id = t.tenant_id and a.id = t.assignee_id
		left join organisations o on o.tenant_id = t.tenant_id and o.id = t.organisation_id
		left join tickets b on b.tenant_id = t.tenant_id and b.id = t.duplicate_of
		left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
		where t.tenant_id = $1 and t.id = any ($14)
			and ($3::text[] is null or t.status = any ($3))
			and ($4::text[] is null or t.category = any ($4))
			and ($5::text is null or t.queue = $5)
			and ($6::text is null or t.line = $6)
			and ($7::uuid is null or t.assignee_id = $7)
			and (not $8 or t.assignee_id is null)
			and ($9::uuid is null or t.requester_id = $9)
			and ($10::uuid is null or t.organisation_id = $10)
			and (not $11 or case when t.desk_id = any ($12) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)
		order by t.id desc limit $13`,
		tenant, f.Reader, f.Status, f.Category, f.Queue, f.Line, f.Assignee, f.Unassigned, f.Requester, f.Organisation,
		f.Unread, f.Works, f.Limit, ids)
	return collectItems(rows, err)
}

func collectItems(rows pgx.Rows, err error) ([]Item, error) {
	if err != nil {
		return nil, fmt.Errorf("select tickets: %w", err)
	}
	items, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Item, error) {
		var i Item
		err := row.Scan(&i.Tenant, &i.ID, &i.Desk, &i.Number, &i.Form, &i.Channel, &i.Subject, &i.Status, &i.Category, &i.Priority, &i.Queue, &i.Line,
			&i.SeenByLines, &i.Assignee, &i.Requester, &i.Organisation, &i.DeadlineCase, &i.DeadlineAt, &i.Reopened, &i.Version,
			&i.LastSeq, &i.RequesterSeq, &i.AnswerSeq, &i.CreatedAt, &i.UpdatedAt, &i.ClosedAt,
			&i.AssigneeName, &i.RequesterName, &i.RequesterEmail, &i.OrgName, &i.OrgINN, &i.BaseNumber, &i.ReadSeq)
		return i, err
	})
	if err != nil {
		return nil, fmt.Errorf("scan tickets: %w", err)
	}
	return items, nil
}

// Count is how many tickets of a queue are in a status.
type Count struct {
	Queue, Status     string
	Count, Unassigned int64
}

// Counts counts a desk's tickets that are not done; with a line, those that it has or had.
func Counts(ctx context.Context, q db.Querier, tenant, desk ident.ID, line *string) ([]Count, error) {
	rows, err := q.Query(ctx, `select queue, status, count(*), count(*) filter (where assignee_id is null)
		from tickets
		where tenant_id = $1 and desk_id = $2 and category <> 'done' and ($3::text is null or $3 = any (seen_by_lines))
		group by queue, status order by queue, status limit 1000`, db.PlannedEachTime, tenant, desk, line)
	if err != nil {
		return nil, fmt.Errorf("count tickets: %w", err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Count])
	if err != nil {
		return nil, fmt.Errorf("scan counts: %w", err)
	}
	return counts, nil
}

// FieldsOf reads the named members of tickets' fields; a ticket that has none of them is left out.
func FieldsOf(ctx context.Context, q db.Querier, tenant ident.ID, ids []ident.ID, names []string) (map[ident.ID]api.Fields, error) {
	rows, err := q.Query(ctx, `select t.id, jsonb_object_agg(f.key, f.value) from tickets t cross join jsonb_each(t.fields) f
		where t.tenant_id = $1 and t.id = any ($2) and f.key = any ($3)
		group by t.id limit $4`, tenant, ids, names, len(ids))
	if err != nil {
		return nil, fmt.Errorf("select fields: %w", err)
	}
	all := make(map[ident.ID]api.Fields, len(ids))
	var id ident.ID
	var raw []byte
	if _, err := pgx.ForEachRow(rows, []any{&id, &raw}, func() error {
		var fields map[string]any
		err := decodeNumbers(raw, &fields)
		all[id] = fields
		return err
	}); err != nil {
		return nil, fmt.Errorf("scan fields: %w", err)
	}
	return all, nil
}

// Filed reads the release with which a person filed a ticket of a form's version on a desk, "" for none.
func Filed(ctx context.Context, q db.Querier, tenant, desk, requester ident.ID, form string, version int) (string, error) {
	var digest string
	err := q.QueryRow(ctx, `select coalesce((select release_digest from tickets
		where tenant_id = $1 and requester_id = $3 and desk_id = $2 and form = $4 and form_version = $5
		limit 1), '')`, tenant, desk, requester, form, version).Scan(&digest)
	if err != nil {
		return "", fmt.Errorf("select release of tickets: %w", err)
	}
	return digest, nil
}

// maxOpenOf bounds how many tickets of a person are counted.
const maxOpenOf = 100

// OpenOf counts people's tickets on a desk that are not done, each up to 100; with a line, those that it
// has or had.
func OpenOf(ctx context.Context, q db.Querier, tenant, desk ident.ID, people []ident.ID, line *string) (map[ident.ID]int64, error) {
	rows, err := q.Query(ctx, `select wanted.id, (select count(*) from (
			select from tickets t
			where t.tenant_id = $1 and t.requester_id = wanted.id and t.desk_id = $2 and t.category <> 'done' and ($4::text is null or $4 = any (t.seen_by_lines))
			limit $5) open)
		from unnest($3::uuid[]) as wanted (id) limit 1000`, tenant, desk, people, line, maxOpenOf)
	if err != nil {
		return nil, fmt.Errorf("count tickets of people: %w", err)
	}
	out := make(map[ident.ID]int64, len(people))
	var id ident.ID
	var count int64
	if _, err := pgx.ForEachRow(rows, []any{&id, &count}, func() error {
		out[id] = count
		return nil
	}); err != nil {
		return nil, fmt.Errorf("scan counts of people: %w", err)
	}
	return out, nil
}
