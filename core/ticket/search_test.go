package ticket_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/ticket"
)

// search looks through both desks of the place where the scope names none.
func (p *place) search(s ticket.SearchScope, text string) (ids []ident.ID) {
	p.t.Helper()
	if s.Desks == nil {
		s.Desks = []ident.ID{p.desk, p.second}
	}
	p.in(func(ctx context.Context, tx pgx.Tx) {
		var err error
		ids, err = ticket.Search(ctx, tx, p.tenant, s, text, nil, 50)
		require.NoError(p.t, err, text)
	})
	return ids
}

func TestSearchFinds(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	words := ticket.Words{
		Subject: "Не открывается электронный договор", People: "Сидорова Анна ООО «Ромашка»",
		Text:  "При подписании контракта появляется ошибка 0x80090014. Сроки горят.",
		Exact: []string{"Anna.Sidorova@Mail.example", "+7 (3022) 12-34-56", "7707083893", "0373100090926000013", "C:\\docs\\файл.pdf"},
	}
	want := []ident.ID{mine.file(words).ID}
	noise := mine.file(ticket.Words{Subject: "Совсем другое", Exact: []string{"other@mail.example", "+7 (3022) 65-43-21"}})
	foreign.file(words)
	for _, query := range []string{
		"договор", "договоры", "договором", "ДОГОВОР", "электронные договоры", "контракты", "ошибками", "подписание",
		"Сидорова", "сидорова анна", "ромашка", "0x80090014",
		"anna.sidorova@mail.example", "ANNA.SIDOROVA@MAIL.EXAMPLE", " anna.sidorova@mail.example ",
		"+7 (3022) 12-34-56", "+73022123456", "7 3022 123456", "7-3022-12-34-56", "8 (3022) 12-34-56", "83022123456",
		"7707083893", "770 708 38 93", "0373100090926000013",
		"\"электронный договор\"", "договор or неведомое", "договор -совсем", "договор 7707083893",
	} {
		require.Equal(t, want, mine.search(ticket.SearchScope{}, query), query)
	}
	for _, query := range []string{
		"", " ", "и", "неведомое", "договор неведомое", "договор -контракт", "0373100090926000014", "sidorova@mail.example",
		"'", "''", `\`, `\'`, "' | 'x", "!", "&", "|", "<->", ":*", "(", "договор' & !'", "\x00", "\xff", "\U0001F600", strings.Repeat("я", 500), "%", "*",
	} {
		require.NotContains(t, mine.search(ticket.SearchScope{}, query), noise.ID, query)
	}
	require.Empty(t, mine.search(ticket.SearchScope{}, "договор неведомое"), "all words are sought")
	require.Empty(t, mine.search(ticket.SearchScope{}, "договор -контракт"))
	require.Empty(t, mine.search(ticket.SearchScope{}, ""))
}

func TestSearchScopes(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	text := ticket.Words{Subject: "договор"}
	own := mine.file(text)
	others := mine.file(text, func(e *ticket.Event) { e.Data.Requester = &mine.other })
	organisations := mine.file(text, func(e *ticket.Event) { e.Data.Requester, e.Data.Organisation = &mine.other, &mine.organisation })
	elsewhere := mine.file(text, func(e *ticket.Event) { e.Data.Desk = &mine.second })
	handed := mine.file(text, func(e *ticket.Event) { e.Data.Line = "line3" })
	mine.add(handed, ticket.HandedOver, mine.byAgent(), 0, ticket.Data{Line: "line1"}, nil)
	line := "line3"
	for name, test := range map[string]struct {
		scope ticket.SearchScope
		want  []*ticket.Ticket
	}{
		"desk":         {ticket.SearchScope{Desks: []ident.ID{mine.desk}}, []*ticket.Ticket{handed, organisations, others, own}},
		"other desk":   {ticket.SearchScope{Desks: []ident.ID{mine.second}}, []*ticket.Ticket{elsewhere}},
		"no desk":      {ticket.SearchScope{Desks: []ident.ID{}}, nil},
		"requester":    {ticket.SearchScope{Requester: &mine.other}, []*ticket.Ticket{organisations, others}},
		"organisation": {ticket.SearchScope{Organisation: &mine.organisation}, []*ticket.Ticket{organisations}},
		"line":         {ticket.SearchScope{Line: &line}, []*ticket.Ticket{handed}},
	} {
		var want []ident.ID
		for _, one := range test.want {
			want = append(want, one.ID)
		}
		require.Len(t, mine.search(test.scope, "договор"), len(want), name)
		if len(want) > 0 {
			require.Equal(t, want, mine.search(test.scope, "договор"), "%s: the newest first", name)
		}
	}
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		desks := []ident.ID{mine.desk}
		page, err := ticket.Search(ctx, tx, mine.tenant, ticket.SearchScope{Desks: desks}, "договор", nil, 2)
		require.NoError(t, err)
		require.Equal(t, []ident.ID{handed.ID, organisations.ID}, page)
		page, err = ticket.Search(ctx, tx, mine.tenant, ticket.SearchScope{Desks: desks}, "договор", &organisations.ID, 2)
		require.NoError(t, err)
		require.Equal(t, []ident.ID{others.ID, own.ID}, page)
	})
}

func TestInternalNotesAreSearchedByAgentsAlone(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	one := mine.file(ticket.Words{Subject: "вопрос"})
	mine.batch(func(b *pgx.Batch) {
		ticket.IndexMore(b, one, "секретные заметки", true)
		ticket.IndexMore(b, one, "открытый ответ", false)
	})
	require.Empty(t, mine.search(ticket.SearchScope{}, "секретная заметка"))
	require.Equal(t, []ident.ID{one.ID}, mine.search(ticket.SearchScope{Reader: &mine.agent}, "секретная заметка"))
	require.Equal(t, []ident.ID{one.ID}, mine.search(ticket.SearchScope{}, "открытым ответом"))
	require.Equal(t, []ident.ID{one.ID}, mine.search(ticket.SearchScope{}, "вопросы"))

	// An edit of the fields keeps the words of the public history, and drops the old ones of the fields.
	mine.add(one, ticket.Commented, mine.byAgent(), 0, ticket.Data{}, &ticket.Body{Text: "открытый ответ"})
	mine.batch(func(b *pgx.Batch) { ticket.Reindex(b, one, ticket.Words{Subject: "просьба"}) })
	require.Equal(t, []ident.ID{one.ID}, mine.search(ticket.SearchScope{}, "открытым ответом"))
	require.Equal(t, []ident.ID{one.ID}, mine.search(ticket.SearchScope{}, "просьбы"))
	require.Empty(t, mine.search(ticket.SearchScope{}, "вопросы"))
	require.Equal(t, []ident.ID{one.ID}, mine.search(ticket.SearchScope{Reader: &mine.agent}, "секретная заметка"))
}

func TestHugeTextsAreIndexedInPart(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	var huge strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&huge, "слово%d ", i)
	}
	one := mine.file(ticket.Words{Subject: "находка", Text: huge.String(), Exact: []string{strings.Repeat("9", 5000)}})
	for range 3 {
		mine.batch(func(b *pgx.Batch) { ticket.IndexMore(b, one, huge.String(), false) })
	}
	require.Equal(t, []ident.ID{one.ID}, mine.search(ticket.SearchScope{}, "находка"))
	require.Equal(t, []ident.ID{one.ID}, mine.search(ticket.SearchScope{}, "слово17"))
}

// TestSearchRefusesAnotherTenant: the function sees all rows, so it must refuse by itself.
func TestSearchRefusesAnotherTenant(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	foreign.file(ticket.Words{Subject: "договор"})
	call := func(ctx context.Context, q db.Querier) error {
		_, err := q.Exec(ctx, `select ticket_id from search_tickets($1, $2, 'договор'::tsquery, null, null, null, null, null, 10)`, foreign.tenant, []ident.ID{foreign.desk})
		return err
	}
	var pg *pgconn.PgError
	require.ErrorAs(t, mine.d.InTx(t.Context(), mine.tenant, func(ctx context.Context, tx pgx.Tx) error { return call(ctx, tx) }), &pg)
	require.Equal(t, "42501", pg.Code)
	require.ErrorAs(t, call(t.Context(), mine.d.Exempt()), &pg, "outside of a tenant's transaction")
	require.Equal(t, "42501", pg.Code)
	// Another tenant's desk named beside one's own tenant finds nothing.
	require.Empty(t, mine.search(ticket.SearchScope{Desks: []ident.ID{foreign.desk}}, "договор"))
}

// TestOnlyTheFunctionUsesTheIndex shows why the function is there: under row level security the planner
// may not look into the index with @@, which is not leakproof.
func TestOnlyTheFunctionUsesTheIndex(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	super := mine.d.Super(t)
	for _, p := range []*place{mine, foreign} {
		base := p.file(ticket.Words{})
		_, err := super.Exec(t.Context(), `with made as (
				insert into tickets (tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields, status, category, priority,
					queue, line, seen_by_lines, requester_id, version, last_seq, requester_seq, answer_seq, created_at, updated_at)
				select tenant_id, gen_random_uuid(), desk_id, 'X-' || n, release_digest, form, form_version, channel, subject, fields, status, category, priority,
					queue, line, seen_by_lines, requester_id, version, last_seq, requester_seq, answer_seq, created_at, updated_at
				from tickets, generate_series(1, 4000) n where tenant_id = $1 and id = $2 returning tenant_id, id, number)
			insert into ticket_search (tenant_id, ticket_id, words)
			select tenant_id, id, to_tsvector('simple', 'обычное' || case when number = 'X-7' then ' редкость' else '' end) from made`, p.tenant, base.ID)
		require.NoError(t, err)
	}
	_, err := super.Exec(t.Context(), `analyze tickets, ticket_search`)
	require.NoError(t, err)
	require.Len(t, mine.search(ticket.SearchScope{}, "редкость"), 1)

	plan := mine.plan(`explain select ticket_id from ticket_search where tenant_id = '` + mine.tenant.String() + `' and words @@ 'редкость'::tsquery limit 10`)
	require.NotRegexp(t, `Index Cond: .*@@`, plan, "the plain query cannot")
	require.Regexp(t, `Filter: .*@@`, plan)

	inside := mine.plan(`select ticket_id from search_tickets('` + mine.tenant.String() + `', array['` + mine.desk.String() + `'::uuid], 'редкость', null, null, null, null, null, 10)`)
	require.Regexp(t, `Index Cond: .*@@`, inside, "the function can")
	require.Contains(t, inside, "ticket_search_words")
}

// plan returns what EXPLAIN says, and the plans of what runs inside of functions.
func (p *place) plan(sql string) string {
	p.t.Helper()
	config, err := pgx.ParseConfig(p.d.SuperURL)
	require.NoError(p.t, err)
	var out strings.Builder
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { out.WriteString(n.Message + "\n") }
	conn, err := pgx.ConnectConfig(p.t.Context(), config)
	require.NoError(p.t, err)
	defer func() { _ = conn.Close(p.t.Context()) }()
	_, err = conn.Exec(p.t.Context(), `load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
		set app.tenant_id = '`+p.tenant.String()+`'; set client_min_messages = log; set role opora_app`)
	require.NoError(p.t, err)
	rows, err := conn.Query(p.t.Context(), sql)
	require.NoError(p.t, err)
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		values, err := row.Values()
		fmt.Fprintln(&out, values...)
		return struct{}{}, err
	})
	require.NoError(p.t, err)
	return out.String()
}
