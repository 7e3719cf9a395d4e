package ticket_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

// list reads one page as the agent.
func (p *place) list(s ticket.Scope, f ticket.Filter) (items []ticket.Item) {
	p.t.Helper()
	if f.Limit == 0 {
		f.Limit = 100
	}
	if f.Reader == ident.Nil {
		f.Reader, f.Works = p.agent, []ident.ID{p.desk, p.second}
	}
	p.in(func(ctx context.Context, tx pgx.Tx) {
		var err error
		items, err = ticket.List(ctx, tx, p.tenant, s, f)
		require.NoError(p.t, err)
	})
	return items
}

func numbers(items []ticket.Item) []string {
	out := []string{}
	for _, one := range items {
		out = append(out, one.Number)
	}
	return out
}

// minutes makes each ticket of a test a little younger than the one before.
func minutes(n int) func(e *ticket.Event) {
	return func(e *ticket.Event) { e.At = at.Add(time.Duration(n) * time.Minute) }
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	foreign.file(ticket.Words{})
	plain := mine.file(ticket.Words{}, minutes(0))
	done := mine.file(ticket.Words{}, minutes(1), func(e *ticket.Event) { e.Data.To, e.Data.Category = "answered", api.Done })
	queued := mine.file(ticket.Words{}, minutes(2), func(e *ticket.Event) { e.Data.Queue = "other" })
	lined := mine.file(ticket.Words{}, minutes(3), func(e *ticket.Event) { e.Data.Line = "line2" })
	assigned := mine.file(ticket.Words{}, minutes(4))
	mine.add(assigned, ticket.Assigned, mine.byAgent(), 0, ticket.Data{Assignee: &mine.agent}, nil)
	others := mine.file(ticket.Words{}, minutes(5), func(e *ticket.Event) { e.Data.Requester = &mine.other })
	organised := mine.file(ticket.Words{}, minutes(6), func(e *ticket.Event) { e.Data.Organisation = &mine.organisation })
	second := mine.file(ticket.Words{}, minutes(7), func(e *ticket.Event) { e.Data.Desk = &mine.second })
	all := []*ticket.Ticket{organised, others, assigned, lined, queued, done, plain}

	queue, line, prefix := "other", "line2", "ACC-1"
	answered, open := []string{"answered"}, []api.Category{api.New}
	for name, test := range map[string]struct {
		filter ticket.Filter
		want   []*ticket.Ticket
	}{
		"nothing":       {ticket.Filter{}, all},
		"status":        {ticket.Filter{Status: answered}, []*ticket.Ticket{done}},
		"category":      {ticket.Filter{Category: open}, []*ticket.Ticket{organised, others, assigned, lined, queued, plain}},
		"statuses":      {ticket.Filter{Status: []string{"answered", "absent"}}, []*ticket.Ticket{done}},
		"categories":    {ticket.Filter{Category: []api.Category{api.Done, api.Waiting}}, []*ticket.Ticket{done}},
		"queue":         {ticket.Filter{Queue: &queue}, []*ticket.Ticket{queued}},
		"line":          {ticket.Filter{Line: &line}, []*ticket.Ticket{lined}},
		"assignee":      {ticket.Filter{Assignee: &mine.agent}, []*ticket.Ticket{assigned}},
		"unassigned":    {ticket.Filter{Unassigned: true}, []*ticket.Ticket{organised, others, lined, queued, done, plain}},
		"requester":     {ticket.Filter{Requester: &mine.other}, []*ticket.Ticket{others}},
		"organisation":  {ticket.Filter{Organisation: &mine.organisation}, []*ticket.Ticket{organised}},
		"number prefix": {ticket.Filter{NumberPrefix: &prefix}, []*ticket.Ticket{plain}},
		"two at once":   {ticket.Filter{Category: open, Requester: &mine.other}, []*ticket.Ticket{others}},
		"none":          {ticket.Filter{Status: answered, Category: open}, nil},
	} {
		want := []string{}
		for _, one := range test.want {
			want = append(want, one.Number)
		}
		for form, scope := range map[string]ticket.Scope{
			"desk":  {Wide: []ident.ID{mine.desk}},
			"desks": {Wide: []ident.ID{mine.desk, mine.desk}},
			"scope": {Wide: []ident.ID{mine.desk}, HandedDesks: []ident.ID{mine.desk}, HandedLines: []string{"line9"}},
		} {
			require.Equal(t, want, numbers(mine.list(scope, test.filter)), "%s over one %s", name, form)
		}
	}
	require.Equal(t, second.Number, mine.list(ticket.Scope{Wide: []ident.ID{mine.desk, mine.second}}, ticket.Filter{Limit: 1})[0].Number)
	require.Empty(t, mine.list(ticket.Scope{}, ticket.Filter{}))
	require.Empty(t, mine.list(ticket.Scope{Wide: []ident.ID{foreign.desk}}, ticket.Filter{}), "another tenant's desk")
}

func TestListShowsNames(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	base := mine.file(ticket.Words{})
	one := mine.file(ticket.Words{}, minutes(1), func(e *ticket.Event) { e.Data.Organisation = &mine.organisation })
	mine.add(one, ticket.Assigned, mine.byAgent(), 0, ticket.Data{Assignee: &mine.agent}, nil)
	mine.add(one, ticket.Transitioned, mine.byAgent(), 0, ticket.Data{To: "duplicate", Category: api.Done, DuplicateOf: &base.ID}, nil)
	mine.batch(func(b *pgx.Batch) { ticket.MarkRead(b, mine.tenant, mine.agent, one.ID, 2) })
	item := mine.list(ticket.Scope{Wide: []ident.ID{mine.desk}}, ticket.Filter{})[0]
	require.Equal(t, one.ID, item.ID)
	require.Equal(t, "Сидорова", item.AssigneeName)
	require.Equal(t, "Иванов", item.RequesterName)
	require.Equal(t, "person0@mine.example", item.RequesterEmail)
	require.Equal(t, "ООО «Опора»", item.OrgName)
	require.Equal(t, "7707083893", item.OrgINN)
	require.Equal(t, base.Number, item.BaseNumber)
	require.EqualValues(t, 2, item.ReadSeq)
	require.Nil(t, item.Fields, "a list shows no fields")
}

func TestListUnread(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	fresh := mine.file(ticket.Words{}, minutes(0))
	answered := mine.file(ticket.Words{}, minutes(1))
	mine.add(answered, ticket.Commented, mine.byAgent(), 0, ticket.Data{}, nil)
	read := mine.file(ticket.Words{}, minutes(2))
	mine.batch(func(b *pgx.Batch) {
		ticket.MarkRead(b, mine.tenant, mine.agent, read.ID, 1)
		ticket.MarkRead(b, mine.tenant, mine.requester, fresh.ID, 1)
	})
	wide := ticket.Scope{Wide: []ident.ID{mine.desk}}
	require.Equal(t, []string{fresh.Number}, numbers(mine.list(wide, ticket.Filter{Unread: true})))
	require.Equal(t, []string{read.Number, fresh.Number}, numbers(mine.list(wide, ticket.Filter{Unread: true, Reader: mine.other, Works: []ident.ID{mine.desk}})))
	own := ticket.Scope{Own: &mine.requester, Desks: []ident.ID{mine.desk, mine.second}}
	require.Equal(t, []string{answered.Number}, numbers(mine.list(own, ticket.Filter{Unread: true, Reader: mine.requester})))
	// The list says what the ticket's own methods say.
	for _, item := range mine.list(wide, ticket.Filter{}) {
		require.Equal(t, item.ID == fresh.ID, item.UnreadByAgents(item.ReadSeq))
	}
}

func TestListScopes(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	foreign.file(ticket.Words{}, func(e *ticket.Event) { e.Data.Organisation = &foreign.organisation })
	own := mine.file(ticket.Words{}, minutes(0))
	others := mine.file(ticket.Words{}, minutes(1), func(e *ticket.Event) { e.Data.Requester = &mine.other })
	colleagues := mine.file(ticket.Words{}, minutes(2), func(e *ticket.Event) {
		e.Data.Requester, e.Data.Organisation = &mine.other, &mine.organisation
	})
	elsewhere := mine.file(ticket.Words{}, minutes(3), func(e *ticket.Event) {
		e.Data.Desk, e.Data.Requester, e.Data.Organisation = &mine.second, &mine.other, &mine.organisation
	})
	handed := mine.file(ticket.Words{}, minutes(4), func(e *ticket.Event) { e.Data.Requester, e.Data.Line = &mine.other, "line3" })
	mine.add(handed, ticket.HandedOver, mine.byAgent(), 0, ticket.Data{Line: "line1"}, nil)
	for name, test := range map[string]struct {
		scope ticket.Scope
		want  []*ticket.Ticket
	}{
		"own":                            {ticket.Scope{Own: &mine.requester, Desks: []ident.ID{mine.desk, mine.second}}, []*ticket.Ticket{own}},
		"own and a whole desk":           {ticket.Scope{Own: &mine.requester, Desks: []ident.ID{mine.desk, mine.second}, Wide: []ident.ID{mine.second}}, []*ticket.Ticket{elsewhere, own}},
		"organisation on a desk":         {ticket.Scope{Organisation: &mine.organisation, OrgDesks: []ident.ID{mine.desk}}, []*ticket.Ticket{colleagues}},
		"organisation on both":           {ticket.Scope{Organisation: &mine.organisation, OrgDesks: []ident.ID{mine.desk, mine.second}}, []*ticket.Ticket{elsewhere, colleagues}},
		"organisation on none":           {ticket.Scope{Organisation: &mine.organisation}, nil},
		"own and organisation":           {ticket.Scope{Own: &mine.requester, Desks: []ident.ID{mine.desk, mine.second}, Organisation: &mine.organisation, OrgDesks: []ident.ID{mine.desk}}, []*ticket.Ticket{colleagues, own}},
		"line that had it":               {ticket.Scope{HandedDesks: []ident.ID{mine.desk}, HandedLines: []string{"line3"}}, []*ticket.Ticket{handed}},
		"the same line of another desk":  {ticket.Scope{HandedDesks: []ident.ID{mine.second}, HandedLines: []string{"line3"}}, nil},
		"pairs are pairs":                {ticket.Scope{HandedDesks: []ident.ID{mine.second, mine.desk}, HandedLines: []string{"line1", "line3"}}, []*ticket.Ticket{handed, elsewhere}},
		"another tenant's organisation":  {ticket.Scope{Organisation: &foreign.organisation, OrgDesks: []ident.ID{mine.desk, foreign.desk}}, nil},
		"another tenant's requester":     {ticket.Scope{Own: &foreign.requester, Desks: []ident.ID{foreign.desk, foreign.second}}, nil},
		"whole desk and what was handed": {ticket.Scope{Wide: []ident.ID{mine.desk}, HandedDesks: []ident.ID{mine.second}, HandedLines: []string{"x"}}, []*ticket.Ticket{handed, colleagues, others, own}},
	} {
		want := []string{}
		for _, one := range test.want {
			want = append(want, one.Number)
		}
		require.Equal(t, want, numbers(mine.list(test.scope, ticket.Filter{})), name)
	}
}

// TestPagesAreCompleteWhileOthersWork: what nobody touches is listed exactly once, whatever is filed or
// changed between two pages; what is changed moves to the front and is never listed twice.
func TestPagesAreCompleteWhileOthersWork(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	still, moving := map[string]bool{}, []*ticket.Ticket{}
	for i := range 40 {
		// Many tickets of one instant: their order within it is the id's.
		one := mine.file(ticket.Words{}, minutes(i/8))
		if i%5 == 0 {
			moving = append(moving, one)
		} else {
			still[one.Number] = true
		}
	}
	for form, scope := range map[string]ticket.Scope{
		"desk":  {Wide: []ident.ID{mine.desk}},
		"desks": {Wide: []ident.ID{mine.desk, mine.second}},
		"scope": {Own: &mine.requester, Desks: []ident.ID{mine.desk, mine.second}},
	} {
		seen := map[string]int{}
		filter := ticket.Filter{Limit: 7}
		for page := 0; ; page++ {
			items := mine.list(scope, filter)
			for _, one := range items {
				seen[one.Number]++
			}
			if len(items) < filter.Limit {
				break
			}
			last := items[len(items)-1]
			filter.AfterTime, filter.AfterID = &last.UpdatedAt, &last.ID
			changed := moving[page%len(moving)]
			mine.add(changed, ticket.Noted, mine.byAgent(), time.Hour, ticket.Data{}, nil)
			mine.file(ticket.Words{}, minutes(1000+page))
		}
		for number := range still {
			require.Equal(t, 1, seen[number], "%s over one %s", number, form)
		}
		for number, times := range seen {
			require.Equal(t, 1, times, "%s over one %s", number, form)
		}
	}
}

func TestListByIDs(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	first, second, third := mine.file(ticket.Words{}), mine.file(ticket.Words{}), mine.file(ticket.Words{})
	theirs := foreign.file(ticket.Words{})
	status := "new"
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		items, err := ticket.ListByIDs(ctx, tx, mine.tenant, []ident.ID{first.ID, theirs.ID, third.ID, ident.New()}, ticket.Filter{Reader: mine.agent, Limit: 10, Status: []string{status}})
		require.NoError(t, err)
		require.Equal(t, []string{third.Number, first.Number}, numbers(items))
		items, err = ticket.ListByIDs(ctx, tx, mine.tenant, []ident.ID{first.ID, second.ID}, ticket.Filter{Reader: mine.agent, Limit: 1})
		require.NoError(t, err)
		require.Equal(t, []string{second.Number}, numbers(items))
	})
}

func TestNumberPrefix(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	want := map[string]int{}
	for i := range 25 {
		number := mine.file(ticket.Words{}, minutes(i)).Number
		for cut := len("ACC-1"); cut <= len(number); cut++ {
			want[number[:cut]]++
		}
	}
	mine.file(ticket.Words{}, func(e *ticket.Event) { e.Data.Desk = &mine.second })
	wide := ticket.Scope{Wide: []ident.ID{mine.desk, mine.second}}
	for prefix, count := range want {
		require.Len(t, mine.list(wide, ticket.Filter{NumberPrefix: &prefix}), count, prefix)
	}
	for i, prefix := range []string{"ACC-", "DOC-"} {
		require.Len(t, mine.list(wide, ticket.Filter{NumberPrefix: &prefix}), []int{25, 1}[i], strconv.Itoa(i))
	}
}
