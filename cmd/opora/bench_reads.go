package main

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

const (
	benchPartReads  = "reading"
	benchBareSQL    = "bare prepared statement, no policy"
	benchReadsEach  = 8 // repetitions of a round for each second of measurement
	benchSlow       = 4 // a reading that takes longer than this in seconds is repeated less
	benchSamples    = 100
	benchGrowthGoal = 1.5
)

// benchReading is one thing that people look at.
type benchReading struct {
	name string
	// bare is the least that the database has to do for it.
	bare func(ctx context.Context, n int) error
	// direct is the use case, or the statement within a tenant's transaction; path the call of the API,
	// nil where there is none.
	direct func(ctx context.Context, n int) error
	path   func(n int) string
	// search may grow with the table's logarithm, everything else not at all.
	search bool
}

// reads measures pages and searches at growing sizes of the table. Half of all tickets lie on one desk,
// and that one is read.
func (b *bench) reads(ctx context.Context) error {
	sizes := []int{10_000, 100_000, 1_000_000}
	switch {
	case b.Quick:
		sizes = []int{500, 2000}
	case b.Large:
		sizes = append(sizes, 5_000_000)
	}
	seeder, err := b.newSeeder(ctx)
	if err != nil {
		return err
	}
	medians := map[string][]float64{}
	var visited []int
	for _, size := range sizes {
		if seeder.there > size {
			continue
		}
		if err := seeder.to(ctx, size); err != nil {
			return err
		}
		visited = append(visited, size)
		if err := b.readsAt(ctx, seeder, size, medians); err != nil {
			return fmt.Errorf("at %d tickets: %w", size, err)
		}
	}
	if len(visited) < 2 {
		return nil
	}
	first, last := visited[0], visited[len(visited)-1]
	readings, err := b.readings(ctx, seeder)
	if err != nil {
		return err
	}
	for _, r := range readings {
		all := medians[r.name]
		goal := benchGrowthGoal
		if r.search {
			goal = math.Log(float64(last)) / math.Log(float64(first)) * benchGrowthGoal
		}
		b.table.add(benchRow{
			section: "growth", figure: r.name + ", database", unit: "ms", ours: all[len(all)-1:], limit: all[:1],
			limitIs: benchCount(first) + " tickets instead of " + benchCount(last), goal: goal,
		})
	}
	return nil
}

func benchCount(n int) string {
	switch {
	case n%1_000_000 == 0:
		return fmt.Sprintf("%dM", n/1_000_000)
	case n%1000 == 0:
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprint(n)
}

func (b *bench) readsAt(ctx context.Context, seeder *benchSeeder, size int, medians map[string][]float64) (err error) {
	readings, err := b.readings(ctx, seeder)
	if err != nil {
		return err
	}
	server, err := b.serve(ctx, "reads-"+benchCount(size), false)
	if err != nil {
		return err
	}
	defer func() { err = errOr(err, server.stop()) }()
	if err := b.screens(ctx, server.address, size); err != nil {
		return err
	}
	client, err := dialBench(ctx, server.address)
	if err != nil {
		return err
	}
	defer client.close()
	token := string(b.world.tenants[0].agent.token)
	for _, r := range readings {
		times := b.readTimes(ctx, r)
		var bare, direct, through []float64
		for range b.Rounds {
			for _, one := range []struct {
				do   func(ctx context.Context, n int) error
				into *[]float64
			}{{r.bare, &bare}, {r.direct, &direct}, {b.overHTTP(client, server.address, token, r), &through}} {
				if one.do == nil {
					continue
				}
				value, err := b.benchTimes(ctx, times, one.do)
				if err != nil {
					return fmt.Errorf("%s: %w", r.name, err)
				}
				*one.into = append(*one.into, value)
			}
		}
		medians[r.name] = append(medians[r.name], benchMedian(direct))
		figure := r.name + ", " + benchCount(size)
		b.table.add(benchRow{section: benchPartReads, figure: figure + ", database", unit: "ms", ours: direct, limit: bare, limitIs: benchBareSQL})
		if r.path != nil {
			b.table.add(benchRow{section: benchPartReads, figure: figure + ", API", unit: "ms", ours: through, limit: direct, limitIs: "the use case alone"})
		}
		b.note("%s: %s bare, %s database, %s API", figure, benchTriple(bare), benchTriple(direct), benchTriple(through))
	}
	return nil
}

// readTimes warms a reading up and says how often a round repeats it.
func (b *bench) readTimes(ctx context.Context, r benchReading) int {
	times := max(5, int(b.Seconds*benchReadsEach))
	if b.Quick {
		return 2
	}
	took, err := b.benchTimes(ctx, 3, r.direct)
	if err == nil && took*float64(times) > benchSlow*1000 {
		return max(3, int(benchSlow*1000/took))
	}
	return times
}

func (b *bench) overHTTP(client *benchClient, address, token string, r benchReading) func(context.Context, int) error {
	if r.path == nil {
		return nil
	}
	return func(_ context.Context, n int) error {
		_, err := client.expect(http.StatusOK, benchRequest("GET", benchTenantPath(b.world.tenants[0].slug)+r.path(n), address, token, nil))
		return err
	}
}

// readings are what is measured on the largest desk.
func (b *bench) readings(ctx context.Context, s *benchSeeder) ([]benchReading, error) {
	w, d := b.world, &b.world.desks[0]
	t := &w.tenants[0]
	pattern := &s.patterns[0]
	status := ticketStart(pattern)
	queue := pattern.queues[0]
	numbers, registry, err := w.samples(ctx, t.id, d.id)
	if err != nil {
		return nil, err
	}
	list := func(in desk.ListInput) func(context.Context, int) error {
		return func(ctx context.Context, _ int) error {
			_, err := w.desk.List(ctx, t.agent.actor, in)
			return err
		}
	}
	bare := func(sql string, args ...any) func(context.Context, int) error {
		return func(ctx context.Context, _ int) error { return benchDrain(ctx, w, sql, args...) }
	}
	const page = `select id, number, subject, status, queue, line, priority, requester_id, updated_at from tickets
		where tenant_id = $1 and desk_id = $2 and queue = $3 and category = $4 order by updated_at desc, id desc limit 50`
	const count = `select queue, status, count(*) from tickets where tenant_id = $1 and desk_id = $2 and category <> 'done' group by queue, status limit 1000`
	paths := func(values url.Values) func(int) string {
		path := "/tickets?" + values.Encode()
		return func(int) string { return path }
	}
	all := []benchReading{
		{
			name: "page of 50, open tickets of a queue", bare: bare(page, t.id, d.id, queue, string(status)),
			direct: list(desk.ListInput{Desk: d.slug, Queue: queue, Category: []api.Category{status}}),
			path:   paths(url.Values{"desk": {d.slug}, "queue": {queue}, "category": {string(status)}}),
		},
		{
			name: "page of 50, done tickets of a queue", bare: bare(page, t.id, d.id, queue, string(api.Done)),
			direct: list(desk.ListInput{Desk: d.slug, Queue: queue, Category: []api.Category{api.Done}}),
			path:   paths(url.Values{"desk": {d.slug}, "queue": {queue}, "category": {string(api.Done)}}),
		},
		{
			name: "page of 50, a whole desk",
			bare: bare(`select id, number, subject, status, queue, line, priority, requester_id, updated_at from tickets
				where tenant_id = $1 and desk_id = $2 order by updated_at desc, id desc limit 50`, t.id, d.id),
			direct: list(desk.ListInput{Desk: d.slug}), path: paths(url.Values{"desk": {d.slug}}),
		},
		{
			name: "counts of a desk's queues", bare: bare(count, t.id, d.id),
			direct: func(ctx context.Context, _ int) error {
				_, err := w.desk.Counts(ctx, t.agent.actor, d.slug)
				return err
			},
			path: func(int) string { return "/desks/" + d.slug + "/counts" },
		},
		{
			name: "a ticket's page with its history",
			bare: func(ctx context.Context, n int) error {
				return benchDrain(ctx, w, `select t.*, e.* from tickets t join ticket_events e on e.tenant_id = t.tenant_id and e.ticket_id = t.id
					where t.tenant_id = $1 and t.number = $2 order by e.seq limit 500`, t.id, numbers[n%len(numbers)])
			},
			direct: func(ctx context.Context, n int) error {
				number := numbers[n%len(numbers)]
				if _, err := w.desk.Ticket(ctx, t.agent.actor, number); err != nil {
					return err
				}
				_, err := w.desk.Events(ctx, t.agent.actor, number, 0, 0)
				return err
			},
		},
		{
			name: "a ticket's page", bare: func(ctx context.Context, n int) error {
				return benchDrain(ctx, w, `select * from tickets where tenant_id = $1 and number = $2 limit 1`, t.id, numbers[n%len(numbers)])
			},
			direct: func(ctx context.Context, n int) error {
				_, err := w.desk.Ticket(ctx, t.agent.actor, numbers[n%len(numbers)])
				return err
			},
			path: func(n int) string { return "/tickets/" + numbers[n%len(numbers)] },
		},
	}
	all = append(all, b.narrow(s)...)
	return append(all, b.searches(s, numbers, registry)...), nil
}

// narrow are lists of readers who see a part of the desk, and of what hardly any ticket is: they may not
// grow with all the others.
func (b *bench) narrow(s *benchSeeder) []benchReading {
	w, d := b.world, &b.world.desks[0]
	t := &w.tenants[0]
	person := t.people[0].actor.Person.ID
	whole := ticket.Scope{Wide: []ident.ID{d.id}, Desks: []ident.ID{d.id}}
	list := func(scope ticket.Scope, f ticket.Filter) func(context.Context, int) error {
		f.Reader, f.Works, f.Limit = t.agent.actor.Person.ID, []ident.ID{d.id}, 51
		return func(ctx context.Context, _ int) error {
			return w.db.InTx(ctx, t.id, func(ctx context.Context, tx pgx.Tx) error {
				_, err := ticket.List(ctx, tx, t.id, scope, f)
				return err
			})
		}
	}
	bare := func(sql string, args ...any) func(context.Context, int) error {
		return func(ctx context.Context, _ int) error { return benchDrain(ctx, w, sql, args...) }
	}
	const columns = `select id, number, subject, status, queue, line, priority, requester_id, updated_at from tickets
		where tenant_id = $1 and id = any ($2) limit 50`
	none, nothing := []ident.ID{}, "has-nothing"
	own := ticket.Scope{Own: &person, Desks: whole.Desks}
	return []benchReading{
		{
			name: "page of 50, what a line was handed", bare: bare(columns, t.id, none),
			direct: list(ticket.Scope{HandedDesks: whole.Desks, HandedLines: []string{"handed-nothing"}}, ticket.Filter{}),
		},
		{
			name: "page of 50, a requester's own",
			bare: bare(`select id, number, subject, status, queue, line, priority, requester_id, updated_at from tickets
				where tenant_id = $1 and requester_id = $2 and desk_id = $3 and category = 'done' order by status, updated_at desc, id desc limit 50`, t.id, person, d.id),
			direct: list(own, ticket.Filter{}),
		},
		{
			name: "page of 50, a status that few are in", bare: bare(columns, t.id, none),
			direct: list(whole, ticket.Filter{Status: []string{s.patterns[0].open}}),
		},
		{
			name: "page of 50, a line that has nothing", bare: bare(columns, t.id, none),
			direct: list(whole, ticket.Filter{Line: &nothing}),
		},
	}
}

// searches are by words of different frequency and by numbers.
func (b *bench) searches(s *benchSeeder, numbers, registry []string) []benchReading {
	w, d := b.world, &b.world.desks[0]
	t := &w.tenants[0]
	const words = `select t.id, t.number, t.subject from tickets t where t.tenant_id = $1 and t.desk_id = $2
		and t.id in (select s.ticket_id from ticket_search s where s.tenant_id = $1 and s.words @@ websearch_to_tsquery('russian', $3)) order by t.id desc limit 50`
	by := func(name string, sql string, values ...string) benchReading {
		value := func(n int) string { return values[n%len(values)] }
		return benchReading{
			name: "search by " + name, search: true,
			bare: func(ctx context.Context, n int) error { return benchDrain(ctx, w, sql, t.id, d.id, value(n)) },
			direct: func(ctx context.Context, n int) error {
				_, err := w.desk.List(ctx, t.agent.actor, desk.ListInput{Desk: d.slug, Query: value(n)})
				return err
			},
			path: func(n int) string { return "/tickets?" + url.Values{"desk": {d.slug}, "q": {value(n)}}.Encode() },
		}
	}
	return []benchReading{
		by("a rare word", words, benchRare),
		by("a word of 1 in 1,000", words, benchSeldom),
		by("a word of 1 in 20", words, s.corpus.common(0.05)),
		by("a registry number", `select t.id, t.number, t.subject from tickets t where t.tenant_id = $1 and t.desk_id = $2
			and t.id in (select s.ticket_id from ticket_search s where s.tenant_id = $1 and s.words @@ quote_literal($3)::tsquery) order by t.id desc limit 50`, registry...),
		by("a ticket's number", `select t.id, t.number, t.subject from tickets t where t.tenant_id = $1 and t.desk_id = $2 and t.number = $3 limit 50`, numbers...),
		by("the beginning of a number", `select t.id, t.number, t.subject from tickets t
			where t.tenant_id = $1 and t.desk_id = $2 and t.number >= $3 and t.number < $3 || ':' order by t.updated_at desc, t.id desc limit 50`, benchBegin(numbers)...),
	}
}

// benchBegin leaves the last two digits of each number out.
func benchBegin(numbers []string) []string {
	var out []string
	for _, n := range numbers {
		out = append(out, n[:len(n)-2])
	}
	return out
}

// ticketStart is the category in which a ticket of the pattern is filed.
func ticketStart(p *benchPatternTicket) api.Category { return p.event.Data.Category }

// samples are numbers and registry numbers of some tickets of a desk.
func (w *benchWorld) samples(ctx context.Context, tenant, desk ident.ID) (numbers, registry []string, err error) {
	rows, err := w.super.Query(ctx, `select t.number, coalesce((select max(lexeme) from unnest(s.words) where positions is null and lexeme ~ '^[0-9]{19}$'), '')
		from tickets t join ticket_search s on s.tenant_id = t.tenant_id and s.ticket_id = t.id
		where t.tenant_id = $1 and t.desk_id = $2 limit $3`, tenant, desk, benchSamples)
	if err != nil {
		return nil, nil, fmt.Errorf("choose tickets: %w", err)
	}
	var number, value string
	_, err = pgx.ForEachRow(rows, []any{&number, &value}, func() error {
		numbers = append(numbers, number)
		if value != "" {
			registry = append(registry, strings.Clone(value))
		}
		return nil
	})
	if err == nil && (len(numbers) == 0 || len(registry) == 0) {
		err = fmt.Errorf("choose tickets: the desk has none")
	}
	return numbers, registry, err
}

// benchDrain runs a statement and reads its rows to the end.
func benchDrain(ctx context.Context, w *benchWorld, sql string, args ...any) error {
	rows, err := w.super.Query(ctx, sql, args...)
	return errOr(err, benchEach(rows))
}

func benchEach(rows pgx.Rows) error {
	defer rows.Close()
	for rows.Next() {
		_ = rows.RawValues()
	}
	return rows.Err()
}
