package ticket_test

import (
	"context"
	"encoding/binary"
	"regexp"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/ticket"
)

// many files 12,000 tickets with words of every frequency, made so many milliseconds one after the other.
func (p *place) many(apart int64) {
	p.t.Helper()
	super := p.d.Super(p.t)
	base := p.file(ticket.Words{})
	_, err := super.Exec(p.t.Context(), `with made as (
			insert into tickets (tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields, status, category, priority,
				queue, line, seen_by_lines, requester_id, version, last_seq, requester_seq, answer_seq, created_at, updated_at)
			select tenant_id, (lpad(to_hex(n * $5::bigint), 12, '0') || lpad(to_hex(n), 20, '0'))::uuid, case when n % 3 = 0 then $4 else desk_id end, 'X-' || n,
				release_digest, form, form_version, channel, subject, fields, status, category, priority, queue, line,
				case when n % 900 = 0 then array['line1', 'line3'] else seen_by_lines end, case when n % 700 = 0 then $3 else requester_id end,
				version, last_seq, requester_seq, answer_seq, created_at, updated_at
			from tickets, generate_series(1, 12000) n where tenant_id = $1 and id = $2 returning tenant_id, id, substr(number, 3)::int n)
		insert into ticket_search (tenant_id, ticket_id, words, internal)
		select tenant_id, id, to_tsvector('simple', 'всякое' || case when n % 5 = 0 then ' пятое' else '' end || case when n % 100 = 0 then ' сотое' else '' end
			|| case when n <= 5000 then ' старое' else '' end || case when n = 7 then ' редкое' else '' end),
			to_tsvector('simple', case when n % 4 = 0 then 'заметка' else '' end) from made`, p.tenant, base.ID, p.other, p.second, apart)
	require.NoError(p.t, err)
	_, err = super.Exec(p.t.Context(), `analyze tickets, ticket_search`)
	require.NoError(p.t, err)
}

// TestWordsOfEveryFrequencyAreFound compares the search with a walk through the whole table, page by page:
// words of few tickets, of many, of many old ones alone, and of many that one may not see; in tickets that
// came over months, over minutes, and all at once.
func TestWordsOfEveryFrequencyAreFound(t *testing.T) {
	t.Parallel()
	for name, apart := range map[string]int64{"over months": 1_000_003, "over minutes": 61, "at once": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mine, _ := places(t)
			mine.many(apart)
			both, line := []ident.ID{mine.desk, mine.second}, "line3"
			for name, scope := range map[string]ticket.SearchScope{
				"all": {Desks: both}, "one desk": {Desks: []ident.ID{mine.second}}, "no desk": {Desks: []ident.ID{}},
				"requester": {Desks: both, Requester: &mine.other}, "line": {Desks: both, Reader: &mine.other, Line: &line},
				"notes": {Desks: []ident.ID{mine.desk}, Reader: &mine.agent}, "who filed most": {Desks: both, Reader: &mine.requester},
			} {
				for _, word := range []string{"всякое", "пятое", "сотое", "старое", "редкое", "заметка", "всякое -пятое", "сотое or редкое", "нигде"} {
					for _, before := range []*ident.ID{nil, made(11_900, apart), made(1_000, apart)} {
						mine.equalsTheWalk(name, scope, word, before)
					}
				}
			}
		})
	}
}

func (p *place) equalsTheWalk(name string, scope ticket.SearchScope, word string, before *ident.ID) {
	p.t.Helper()
	p.in(func(ctx context.Context, tx pgx.Tx) {
		rows, err := tx.Query(ctx, `select t.id from tickets t join ticket_search s on (s.tenant_id, s.ticket_id) = (t.tenant_id, t.id)
			where t.tenant_id = $1 and t.desk_id = any ($2) and ($3::uuid is null or t.requester_id = $3) and ($4::uuid is null or t.id < $4)
				and ($7::text is null or $7 = any (t.seen_by_lines))
				and (s.words @@ websearch_to_tsquery('simple', $5) or s.internal @@ websearch_to_tsquery('simple', $5) and t.requester_id <> $6)
			order by t.id desc limit 50`, p.tenant, scope.Desks, scope.Requester, before, word, scope.Reader, scope.Line)
		require.NoError(p.t, err)
		want, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
		require.NoError(p.t, err)
		got, err := ticket.Search(ctx, tx, p.tenant, scope, word, before, 50)
		require.NoError(p.t, err)
		require.Equal(p.t, want, got, "%s, %s, before %v", name, word, before)
	})
}

// made is the identifier of the nth ticket of many.
func made(n int, apart int64) *ident.ID {
	var id ident.ID
	binary.BigEndian.PutUint64(id[:8], uint64(n)*uint64(apart)<<16)
	binary.BigEndian.PutUint32(id[12:], uint32(n))
	return &id
}

// TestSearchReadsLittle: whatever a word's frequency and age, and however few tickets the reader sees, no
// statement of the search reads more than a part of the table.
func TestSearchReadsLittle(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	mine.many(1_000_003)
	line := "line3"
	for _, scope := range []ticket.SearchScope{{}, {Requester: &mine.other}, {Line: &line}} {
		for _, word := range []string{"всякое", "старое", "пятое", "редкое"} {
			scope.Desks = []ident.ID{mine.desk, mine.second}
			n := mine.blocks(scope, word)
			require.Less(t, n, int64(12_000), "%s, %v", word, scope)
		}
	}
}

// blocks is how many pages of the database a search looks at.
func (p *place) blocks(s ticket.SearchScope, word string) int64 {
	p.t.Helper()
	null := func(value string, given bool) string {
		if !given {
			return "null"
		}
		return "'" + value + "'"
	}
	requester, line := "", ""
	if s.Requester != nil {
		requester = s.Requester.String()
	}
	if s.Line != nil {
		line = *s.Line
	}
	plan := p.plan(`explain (analyze, buffers, timing off) select ticket_id from search_tickets('` + p.tenant.String() + `', array['` +
		p.desk.String() + `', '` + p.second.String() + `']::uuid[], '` + word + `', null, ` + null(requester, s.Requester != nil) + `, null, ` + null(line, s.Line != nil) + `, null, 50)`)
	found := regexp.MustCompile(`Buffers: shared hit=(\d+)`).FindStringSubmatch(plan)
	require.NotEmpty(p.t, found, plan)
	n, err := strconv.ParseInt(found[1], 10, 64)
	require.NoError(p.t, err)
	return n
}
