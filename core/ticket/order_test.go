package ticket_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

// ranks is the scale of both desks of a place.
func (p *place) ranks() []ticket.Rank {
	var out []ticket.Rank
	for _, desk := range []ident.ID{p.desk, p.second} {
		for i, key := range []string{"critical", "high", "normal", "low"} {
			out = append(out, ticket.Rank{Desk: desk, Priority: key, Rank: i})
		}
	}
	return out
}

// openPages reads all pages of two.
func (p *place) openPages(s ticket.Scope, f ticket.Filter, o ticket.Order) []string {
	p.t.Helper()
	f.Limit, f.Reader = 2, p.agent
	out := []string{}
	var after *ticket.Spot
	for range 20 {
		p.in(func(ctx context.Context, tx pgx.Tx) {
			items, next, err := ticket.ListOpen(ctx, tx, p.tenant, s, f, o, p.ranks(), after)
			require.NoError(p.t, err)
			require.LessOrEqual(p.t, len(items), 2)
			out = append(out, numbers(items)...)
			after = next
		})
		if after == nil {
			return out
		}
	}
	require.Fail(p.t, "pages do not end")
	return nil
}

func TestOrdersOfWhatIsNotDone(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	foreign.file(ticket.Words{})
	with := func(priority string, due int) func(e *ticket.Event) {
		return func(e *ticket.Event) {
			e.Data.Priority = priority
			if due != 0 {
				when := at.Add(time.Duration(due) * time.Hour)
				e.Data.DeadlineSet, e.Data.DeadlineAt = true, &when
			}
		}
	}
	name := map[string]string{}
	file := func(as string, change ...func(e *ticket.Event)) {
		name[mine.file(ticket.Words{}, change...).Number] = as
	}
	file("a", minutes(0), with("normal", 5))
	file("b", minutes(1), with("low", 1))
	file("done", minutes(2), with("critical", 1), func(e *ticket.Event) { e.Data.To, e.Data.Category = "answered", api.Done })
	file("c", minutes(3), with("critical", 0))
	file("d", minutes(4), with("normal", 3), func(e *ticket.Event) { e.Data.Queue = "other" })
	file("e", minutes(5), with("critical", 9), func(e *ticket.Event) { e.Data.Line, e.Data.Requester = "line2", &mine.other })
	file("f", minutes(6), with("normal", 0))
	file("g", minutes(7), with("high", 2), func(e *ticket.Event) { e.Data.Desk = &mine.second })

	named := func(all []string) string {
		out := ""
		for _, number := range all {
			out += name[number]
		}
		return out
	}
	one := ticket.Scope{Wide: []ident.ID{mine.desk}}
	both := ticket.Scope{Wide: []ident.ID{mine.desk, mine.second}}
	// The same rows by the way of a requester or of a line that sees what it was handed.
	mixed := ticket.Scope{Wide: []ident.ID{mine.desk, mine.second}, HandedDesks: []ident.ID{mine.desk}, HandedLines: []string{"line9"}}
	for order, want := range map[ticket.Order][2]string{
		ticket.NewestFirst:  {"fedcba", "gfedcba"},
		ticket.OldestFirst:  {"abcdef", "abcdefg"},
		ticket.SoonestFirst: {"bdaecf", "bgdaecf"},
		ticket.UrgentFirst:  {"ecdafb", "ecgdafb"},
	} {
		require.Equal(t, want[0], named(mine.openPages(one, ticket.Filter{}, order)), order)
		require.Equal(t, want[1], named(mine.openPages(both, ticket.Filter{}, order)), order)
		require.Equal(t, want[1], named(mine.openPages(mixed, ticket.Filter{}, order)), order)
		require.Equal(t, "e", named(mine.openPages(ticket.Scope{Own: &mine.other, Desks: []ident.ID{mine.desk, mine.second}}, ticket.Filter{}, order)), order)
		require.Equal(t, "e", named(mine.openPages(ticket.Scope{HandedDesks: []ident.ID{mine.desk}, HandedLines: []string{"line2"}}, ticket.Filter{}, order)), order)
		queue, line := "other", "line2"
		for _, scope := range []ticket.Scope{both, mixed} {
			require.Equal(t, "d", named(mine.openPages(scope, ticket.Filter{Queue: &queue}, order)), order)
			require.Equal(t, "e", named(mine.openPages(scope, ticket.Filter{Line: &line}, order)), order)
			require.Equal(t, "e", named(mine.openPages(scope, ticket.Filter{Requester: &mine.other}, order)), order)
			require.Empty(t, mine.openPages(scope, ticket.Filter{Category: []api.Category{api.Open}}, order), order)
			require.Empty(t, mine.openPages(scope, ticket.Filter{Assignee: &mine.agent}, order), order)
			require.Len(t, mine.openPages(scope, ticket.Filter{Unassigned: true, Status: []string{"new"}}, order), 7, order)
			require.Empty(t, mine.openPages(scope, ticket.Filter{Organisation: &mine.organisation}, order), order)
			require.Len(t, mine.openPages(scope, ticket.Filter{Unread: true, Works: []ident.ID{mine.desk}}, order), 6, order)
		}
		require.Empty(t, mine.openPages(ticket.Scope{}, ticket.Filter{}, order), order)
		require.Empty(t, mine.openPages(ticket.Scope{Wide: []ident.ID{foreign.desk}}, ticket.Filter{}, order), "another tenant's desk")
	}
}

func TestFieldsOpenTicketsAndFilings(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	theirs := foreign.file(ticket.Words{})
	first := mine.file(ticket.Words{})
	bare := mine.file(ticket.Words{}, func(e *ticket.Event) {
		e.Body.Fields, e.Data.Category, e.Data.To, e.Data.FormVersion = api.Fields{"other": "x"}, api.Done, "answered", 3
	})
	line := "line9"
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		fields, err := ticket.FieldsOf(ctx, tx, mine.tenant, []ident.ID{first.ID, bare.ID, theirs.ID}, []string{"count", "absent"})
		require.NoError(t, err)
		require.Len(t, fields, 1)
		require.Equal(t, "7", fields[first.ID]["count"].(interface{ String() string }).String())
		open, err := ticket.OpenOf(ctx, tx, mine.tenant, mine.desk, []ident.ID{mine.requester, mine.other, foreign.requester}, nil)
		require.NoError(t, err)
		require.Equal(t, map[ident.ID]int64{mine.requester: 1, mine.other: 0, foreign.requester: 0}, open)
		open, err = ticket.OpenOf(ctx, tx, mine.tenant, mine.desk, []ident.ID{mine.requester}, &line)
		require.NoError(t, err)
		require.Zero(t, open[mine.requester], "what the line never had")
		digest, err := ticket.Filed(ctx, tx, mine.tenant, mine.desk, mine.requester, "appeal", 3)
		require.NoError(t, err)
		require.Equal(t, "digest", digest)
		for _, absent := range []ident.ID{mine.other, foreign.requester} {
			digest, err = ticket.Filed(ctx, tx, mine.tenant, mine.desk, absent, "appeal", 3)
			require.NoError(t, err)
			require.Empty(t, digest)
		}
	})
}
