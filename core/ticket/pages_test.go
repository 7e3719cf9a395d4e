package ticket_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

// crowd files tickets that differ in all that lists see and filter, many of them of one instant.
func (p *place) crowd(n int, random *rand.Rand) []*ticket.Ticket {
	pick := func(all ...string) string { return all[random.IntN(len(all))] }
	var out []*ticket.Ticket
	for i := range n {
		one := p.file(ticket.Words{}, minutes(i/4), func(e *ticket.Event) {
			e.Data.Queue, e.Data.Line, e.Data.Priority = pick("main", "other"), pick("line1", "line2", "line3"), pick("critical", "high", "normal", "low")
			if random.IntN(2) == 0 {
				e.Data.Requester = &p.other
			}
			if random.IntN(2) == 0 {
				e.Data.Organisation = &p.organisation
			}
			if random.IntN(3) == 0 {
				e.Data.Desk = &p.second
			}
			if random.IntN(2) == 0 {
				when := at.Add(time.Duration(random.IntN(5)) * time.Hour)
				e.Data.DeadlineSet, e.Data.DeadlineAt = true, &when
			}
		})
		for range random.IntN(4) {
			p.add(one, ticket.HandedOver, p.byAgent(), 0, ticket.Data{Line: pick("line1", "line2", "line3", "line4")}, nil)
		}
		switch random.IntN(4) {
		case 0:
			p.add(one, ticket.Transitioned, p.byAgent(), 0, ticket.Data{To: pick("answered", "refused"), Category: api.Done}, nil)
		case 1:
			p.add(one, ticket.Transitioned, p.byAgent(), 0, ticket.Data{To: "work", Category: api.Open}, nil)
		}
		if random.IntN(3) == 0 {
			p.add(one, ticket.Assigned, p.byAgent(), 0, ticket.Data{Assignee: &p.agent}, nil)
		}
		if random.IntN(3) == 0 {
			p.batch(func(b *pgx.Batch) { ticket.MarkRead(b, p.tenant, p.agent, one.ID, int64(1+random.IntN(3))) })
		}
		out = append(out, one)
	}
	return out
}

// naive finds by one condition that joins all that a scope and a filter say, and by no index's order.
func (p *place) naive(ctx context.Context, tx pgx.Tx, s ticket.Scope, f ticket.Filter) []ident.ID {
	p.t.Helper()
	rows, err := tx.Query(ctx, `select t.id from tickets t
		left join ticket_reads m on m.tenant_id = t.tenant_id and m.person_id = $2 and m.ticket_id = t.id
		where t.tenant_id = $1 and (t.desk_id = any ($3)
			or t.requester_id = $4 and t.desk_id = any ($5)
			or t.organisation_id = $6 and t.desk_id = any ($7)
			or exists (select from unnest($8::uuid[], $9::text[]) as h (desk, line) where h.desk = t.desk_id and h.line = any (t.seen_by_lines)))
			and ($10::text[] is null or t.status = any ($10)) and ($11::text[] is null or t.category = any ($11))
			and ($12::text is null or t.queue = $12) and ($13::text is null or t.line = $13)
			and ($14::uuid is null or t.assignee_id = $14) and (not $15 or t.assignee_id is null)
			and ($16::uuid is null or t.requester_id = $16) and ($17::uuid is null or t.organisation_id = $17)
			and (not $18 or case when t.desk_id = any ($19) and t.requester_id <> $2 then t.requester_seq > greatest(coalesce(m.seq, 0), t.answer_seq) else t.answer_seq > coalesce(m.seq, 0) end)`,
		p.tenant, f.Reader, s.Wide, s.Own, s.Desks, s.Organisation, s.OrgDesks, s.HandedDesks, s.HandedLines,
		f.Status, f.Category, f.Queue, f.Line, f.Assignee, f.Unassigned, f.Requester, f.Organisation, f.Unread, f.Works)
	require.NoError(p.t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	require.NoError(p.t, err)
	return ids
}

// rankOf is a ticket's rank in an order.
func rankOf(o ticket.Order, one *ticket.Ticket) int {
	if o != ticket.UrgentFirst {
		return 0
	}
	return slices.Index([]string{"critical", "high", "normal", "low"}, one.Priority)
}

// sorted brings tickets into an order, "" for what changed last first.
func sorted(ids []ident.ID, all map[ident.ID]*ticket.Ticket, o ticket.Order) []ident.ID {
	due := func(one *ticket.Ticket) int64 {
		switch {
		case o == "":
			return -one.UpdatedAt.UnixMicro()
		case o == ticket.NewestFirst:
			return -one.CreatedAt.UnixMicro()
		case o == ticket.OldestFirst:
			return one.CreatedAt.UnixMicro()
		case one.DeadlineAt == nil:
			return math.MaxInt64
		}
		return one.DeadlineAt.UnixMicro()
	}
	slices.SortFunc(ids, func(x, y ident.ID) int {
		byID := bytes.Compare(x[:], y[:])
		if o == "" || o == ticket.NewestFirst {
			byID = -byID
		}
		return cmp.Or(cmp.Compare(rankOf(o, all[x]), rankOf(o, all[y])), cmp.Compare(due(all[x]), due(all[y])), byID)
	})
	return ids
}

// walk reads all pages of a list.
func (p *place) walk(ctx context.Context, tx pgx.Tx, s ticket.Scope, f ticket.Filter, o ticket.Order) []ident.ID {
	p.t.Helper()
	out := []ident.ID{}
	var after *ticket.Spot
	for range 100 {
		var items []ticket.Item
		var err error
		if o == "" {
			items, err = ticket.List(ctx, tx, p.tenant, s, f)
		} else {
			items, after, err = ticket.ListOpen(ctx, tx, p.tenant, s, f, o, p.ranks(), after)
		}
		require.NoError(p.t, err)
		for i := range items {
			out = append(out, items[i].ID)
		}
		if o == "" && len(items) < f.Limit || o != "" && after == nil {
			return out
		}
		if o == "" {
			last := &items[len(items)-1]
			f.AfterTime, f.AfterID = &last.UpdatedAt, &last.ID
		}
	}
	require.Fail(p.t, "pages do not end")
	return nil
}

// TestListsGiveWhatTheyShould compares the pages of each scope, filter and order with a plain condition:
// nothing is lost, nothing comes twice, and the order holds.
func TestListsGiveWhatTheyShould(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	random := rand.New(rand.NewPCG(7, 11))
	foreign.crowd(3, random)
	all := map[ident.ID]*ticket.Ticket{}
	for _, one := range mine.crowd(60, random) {
		all[one.ID] = one
	}
	both := []ident.ID{mine.desk, mine.second}
	scopes := []ticket.Scope{
		{Wide: both},
		{Wide: both[:1], Own: &mine.requester, Desks: both},
		{Own: &mine.requester, Desks: both, Organisation: &mine.organisation, OrgDesks: both[1:]},
		{Own: &mine.agent, Desks: both, HandedDesks: both, HandedLines: []string{"line3", "line1"}},
		{Own: &mine.other, Desks: both, HandedDesks: both[:1], HandedLines: []string{"line4"}, Organisation: &mine.organisation, OrgDesks: both[1:], Wide: both[1:]},
		{HandedDesks: []ident.ID{mine.desk, foreign.desk}, HandedLines: []string{"line2", "line1"}},
		{Wide: []ident.ID{foreign.desk}, Own: &foreign.requester, Desks: []ident.ID{foreign.desk}},
	}
	queue, line := "other", "line2"
	filters := []ticket.Filter{
		{},
		{Status: []string{"answered"}},
		{Status: []string{"refused", "work", "absent"}},
		{Category: []api.Category{api.New, api.Open}, Queue: &queue},
		{Category: []api.Category{api.Done}, Line: &line},
		{Category: []api.Category{api.Waiting}},
		{Queue: &queue, Line: &line, Unassigned: true},
		{Assignee: &mine.agent, Status: []string{"work", "new"}},
		{Requester: &mine.other, Category: []api.Category{api.New}},
		{Requester: &mine.requester, Organisation: &mine.organisation, Line: &line},
		{Organisation: &mine.organisation, Unread: true},
		{Unread: true, Category: []api.Category{api.New, api.Open}},
	}
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		found := 0
		for i, s := range scopes {
			for j, f := range filters {
				f.Reader, f.Works, f.Limit = mine.agent, both, 4
				for _, o := range []ticket.Order{"", ticket.NewestFirst, ticket.OldestFirst, ticket.SoonestFirst, ticket.UrgentFirst} {
					want := slices.DeleteFunc(mine.naive(ctx, tx, s, f), func(id ident.ID) bool { return o != "" && all[id].Category == api.Done })
					require.Equal(t, sorted(want, all, o), mine.walk(ctx, tx, s, f, o), "%s over scope %d, filter %d", strings.TrimSpace(fmt.Sprint("order ", o)), i, j)
					found += len(want)
				}
			}
		}
		require.Greater(t, found, 1000, "lists with tickets were compared")
	})
}
