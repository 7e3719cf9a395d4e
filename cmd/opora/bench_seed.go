package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

const (
	benchChunk = 10_000
	// benchRebuild is from how many new tickets on indexes are dropped and made anew.
	benchRebuild = 200_000
	benchYears   = 3 * 365 * 24 * time.Hour
	// benchRare stands in the same few tickets however large the table is, benchSeldom in one of a
	// thousand.
	benchRare, benchSeldom = "аккордеон", "гербарий"
	benchRareEvery         = 80
	benchRareBelow         = 4000
	benchSeldomEvery       = 1000
)

// benchSeed is `opora bench seed`: it fills the scratch installation with tickets of past years.
type benchSeed struct {
	Data    string `required:"" help:"${help_bench_data}" type:"path" placeholder:"DIR"`
	Plugins string `help:"${help_plugins}" type:"path" placeholder:"DIR"`
	Tickets int    `default:"100000" help:"${help_bench_tickets}" placeholder:"N"`
}

// Run seeds and says how many tickets there are.
func (c *benchSeed) Run(ctx context.Context, t *terminal) error {
	b := &bench{t: t, benchRun: benchRun{Data: c.Data, Plugins: pluginsDir(c.Plugins)}}
	var err error
	if b.world, err = openBenchWorld(ctx, t, c.Data, b.Plugins, b.note); err != nil {
		return err
	}
	defer b.world.close(ctx)
	s, err := b.newSeeder(ctx)
	if err != nil {
		return err
	}
	if err := s.to(ctx, c.Tickets); err != nil {
		return err
	}
	t.say("cli.bench.seeded", arg("count", s.there))
	return nil
}

// benchSeeder writes tickets by COPY, as the superuser of the scratch cluster: COPY has no policies.
type benchSeeder struct {
	b        *bench
	patterns []benchPatternTicket // by desk
	corpus   *benchCorpus
	there    int
	counters map[ident.ID]int64
	random   *rand.Rand
}

// benchPatternTicket is what every seeded ticket of a desk is made from.
type benchPatternTicket struct {
	event      ticket.Event
	longest    string // the field that takes the text
	prefix     string
	queues     []string
	done, open string
	people     []ident.ID
	agent      ident.ID
}

func (b *bench) newSeeder(ctx context.Context) (*benchSeeder, error) {
	s := &benchSeeder{b: b, counters: map[ident.ID]int64{}, random: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // the same tickets each time
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	w := b.world
	if _, err := w.super.Exec(ctx, `create table if not exists bench.seeded (one boolean primary key default true, tickets bigint not null);
		create table if not exists bench.indexes (name text primary key, definition text not null)`); err != nil {
		return nil, fmt.Errorf("make table of what is seeded: %w", err)
	}
	if err := remakeIndexes(ctx, w.super); err != nil {
		return nil, err
	}
	var all int
	err := w.super.QueryRow(ctx, `select coalesce((select tickets from bench.seeded), 0), (select count(*) from tickets)`).Scan(&s.there, &all)
	if err != nil {
		return nil, fmt.Errorf("count tickets: %w", err)
	}
	// What was filed by measurements is in the way of a table of a known size.
	if filed := all - s.there; filed > s.there/20+benchTenants*benchDesks*2 {
		b.note("removing %d tickets of earlier measurements", all)
		if _, err := w.super.Exec(ctx, `truncate tickets cascade; truncate idempotency_keys; delete from bench.seeded`); err != nil {
			return nil, fmt.Errorf("remove tickets: %w", err)
		}
		s.there = 0
	}
	return s, s.pool(ctx)
}

// load reads the patterns: the first ticket of each desk, as it was filed.
func (s *benchSeeder) load(ctx context.Context) error {
	w := s.b.world
	declared, texts, err := w.declarations(ctx)
	if err != nil {
		return err
	}
	s.corpus = newBenchCorpus(texts)
	for n := range w.desks {
		d := &w.desks[n]
		t := &w.tenants[d.tenant]
		p := benchPatternTicket{agent: t.agent.actor.Person.ID}
		for _, requester := range t.people {
			p.people = append(p.people, requester.actor.Person.ID)
		}
		decl := declared[d.system]
		for _, q := range decl.Queues {
			p.queues = append(p.queues, q.Key)
		}
		for _, status := range decl.Statuses.Set {
			switch {
			case status.Category == api.Done && p.done == "" && !status.Retired:
				p.done = status.Key
			case status.Category == api.Open && p.open == "" && !status.Retired:
				p.open = status.Key
			}
		}
		if err := w.db.InTx(ctx, t.id, func(ctx context.Context, tx pgx.Tx) error {
			var id ident.ID
			if err := tx.QueryRow(ctx, `select k.prefix, c.value, (select t.id from tickets t where t.tenant_id = $1 and t.desk_id = $2 order by t.id desc limit 1)
				from desks k join desk_counters c on c.tenant_id = k.tenant_id and c.desk_id = k.id
				where k.tenant_id = $1 and k.id = $2`, t.id, d.id).Scan(&p.prefix, new(int64), &id); err != nil {
				return fmt.Errorf("find a ticket of the desk: %w", err)
			}
			events, err := ticket.Events(ctx, tx, t.id, id, 0, 1)
			if err == nil {
				p.event = events[0]
			}
			return err
		}); err != nil {
			return err
		}
		for name, value := range p.event.Body.Fields {
			if text, ok := value.(string); ok && (p.longest == "" || len(text) > len(fmt.Sprint(p.event.Body.Fields[p.longest]))) {
				p.longest = name
			}
		}
		s.patterns = append(s.patterns, p)
	}
	return nil
}

// to brings the table to a number of tickets.
func (s *benchSeeder) to(ctx context.Context, total int) error {
	if s.there >= total {
		return nil
	}
	began := s.b.t.clock.Now()
	from := s.there
	conn, err := pgx.Connect(ctx, s.b.world.cluster.SuperuserURL(databaseName))
	if err != nil {
		return fmt.Errorf("connect to seed: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	// Foreign keys are not asked: what is written here holds them.
	if _, err := conn.Exec(ctx, `set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '512MB'`); err != nil {
		return fmt.Errorf("prepare connection: %w", err)
	}
	if total-from >= benchRebuild {
		if err := dropIndexes(ctx, conn); err != nil {
			return err
		}
	}
	if err := s.readCounters(ctx, conn); err != nil {
		return err
	}
	for s.there < total {
		if err := s.chunk(ctx, conn, min(benchChunk, total-s.there)); err != nil {
			return fmt.Errorf("seed tickets: %w", err)
		}
	}
	if err := remakeIndexes(ctx, conn); err != nil {
		return err
	}
	for _, table := range []string{"tickets", "ticket_events", "ticket_search"} {
		if _, err := conn.Exec(ctx, "vacuum (analyze) "+table); err != nil {
			return fmt.Errorf("vacuum: %w", err)
		}
	}
	s.b.note("seeded %d tickets up to %d in %.0f s", s.there-from, s.there, s.b.t.clock.Now().Sub(began).Seconds())
	return s.b.world.forget(ctx)
}

func (s *benchSeeder) readCounters(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `select desk_id, value from desk_counters`)
	if err != nil {
		return fmt.Errorf("read counters: %w", err)
	}
	var id ident.ID
	var value int64
	_, err = pgx.ForEachRow(rows, []any{&id, &value}, func() error {
		s.counters[id] = value
		return nil
	})
	return err
}

// dropIndexes takes away what is faster made anew, and remembers it beyond an interrupted run; keys stay.
func dropIndexes(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `insert into bench.indexes
		select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i
		where i.indrelid in ('tickets'::regclass, 'ticket_events'::regclass, 'ticket_search'::regclass)
			and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
		returning name`)
	if err != nil {
		return fmt.Errorf("list indexes: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("read indexes: %w", err)
	}
	for _, name := range names {
		if _, err := conn.Exec(ctx, "drop index "+name); err != nil {
			return fmt.Errorf("drop index %s: %w", name, err)
		}
	}
	return nil
}

// remakeIndexes makes what was dropped.
func remakeIndexes(ctx context.Context, q db.Querier) error {
	rows, err := q.Query(ctx, `select name, definition from bench.indexes where to_regclass(name) is null order by name`)
	if err != nil {
		return fmt.Errorf("list dropped indexes: %w", err)
	}
	type index struct{ Name, Definition string }
	dropped, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	if err != nil {
		return fmt.Errorf("read dropped indexes: %w", err)
	}
	for _, i := range dropped {
		if _, err := q.Exec(ctx, i.Definition); err != nil {
			return fmt.Errorf("make index %s: %w", i.Name, err)
		}
	}
	if _, err := q.Exec(ctx, `delete from bench.indexes`); err != nil {
		return fmt.Errorf("forget dropped indexes: %w", err)
	}
	return nil
}

// seeded is one ticket on its way into the tables.
type seeded struct {
	row    ticket.Ticket
	events []ticket.Event
	text   int
	exact  []string
	extra  string
}

// make makes ticket n.
func (s *benchSeeder) make(n int) seeded {
	at := 0
	if n%2 == 1 {
		at = 1 + (n/2)%(len(s.patterns)-1)
	}
	p := &s.patterns[at]
	k := s.random.IntN(benchTemplates)
	created := s.b.t.clock.Now().Add(-time.Duration(s.random.Int64N(int64(benchYears)))).UTC().Truncate(time.Microsecond)
	e := p.event
	e.Ticket, e.At = benchID(created, s.random), created
	requester := p.people[s.random.IntN(len(p.people))]
	e.Actor.ID, e.Data.Requester = &requester, &requester
	e.Data.Queue = p.queues[s.random.IntN(len(p.queues))]
	registry := fmt.Sprintf("%011d%08d", s.random.Int64N(99_999_999_999), n)
	fields := maps.Clone(p.event.Body.Fields)
	fields[p.longest] = s.corpus.templates[k].text + " Номер " + registry + "."
	e.Body = &ticket.Body{Subject: s.corpus.templates[k].subject, Fields: fields}
	out := seeded{events: []ticket.Event{e}, text: k, exact: []string{registry}}
	switch {
	case n < benchRareBelow && n%benchRareEvery == 0:
		out.extra = benchRare
	case n%benchSeldomEvery == 7:
		out.extra = benchSeldom
	}
	out.row = ticket.Apply(ticket.Ticket{}, e)
	if !s.open(n) {
		answer := ticket.Event{
			Tenant: e.Tenant, Ticket: e.Ticket, Seq: 2, Kind: ticket.Transitioned, At: created.Add(time.Duration(s.random.Int64N(int64(72 * time.Hour)))).Truncate(time.Microsecond),
			Actor: ticket.Actor{Kind: ticket.ByAgent, ID: &p.agent},
			Data:  ticket.Data{Transition: "answer", From: out.row.Status, To: p.done, Category: api.Done},
			Body:  &ticket.Body{Text: s.corpus.templates[(k+1)%benchTemplates].text},
		}
		out.events = append(out.events, answer)
		out.row = ticket.Apply(out.row, answer)
	}
	s.counters[out.row.Desk]++
	out.row.Number = ident.FormatNumber(p.prefix, s.counters[out.row.Desk])
	return out
}

// open says which tickets are not done: the share falls as the table grows, since a desk that is twice
// as old has not twice as much on its hands.
func (s *benchSeeder) open(n int) bool {
	share := 0.002
	switch {
	case n < 10_000:
		share = 0.06
	case n < 100_000:
		share = 0.01
	}
	return s.random.Float64() < share
}

// benchID is an identifier that was made at a time.
func benchID(at time.Time, random *rand.Rand) ident.ID {
	var id ident.ID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|uint64(random.Uint32()&0xfff))
	binary.BigEndian.PutUint64(id[8:], random.Uint64())
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return id
}

// chunk writes some tickets in one transaction.
func (s *benchSeeder) chunk(ctx context.Context, conn *pgx.Conn, count int) error {
	var tickets, events, words [][]any
	for i := range count {
		m := s.make(s.there + i)
		t := &m.row
		tickets = append(tickets, []any{
			t.Tenant, t.ID, t.Desk, t.Number, t.Release, t.Form, t.FormVersion, string(t.Channel), t.Subject, t.Fields, t.Status, string(t.Category),
			t.Priority, t.Queue, t.Line, t.SeenByLines, t.Assignee, t.Requester, t.Organisation, t.DeadlineCase, t.DeadlineAt, t.DuplicateOf, t.Reopened,
			t.Version, t.LastSeq, t.RequesterSeq, t.AnswerSeq, t.CreatedAt, t.UpdatedAt, t.ClosedAt,
		})
		for _, e := range m.events {
			events = append(events, []any{e.Tenant, e.Ticket, e.Seq, string(e.Kind), string(e.Actor.Kind), e.Actor.ID, e.At, e.Data, e.Body})
		}
		words = append(words, []any{t.Tenant, t.ID, m.text, m.exact, m.extra})
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, copied := range []struct {
			table, columns string
			rows           [][]any
		}{
			{"tickets", `tenant_id id desk_id number release_digest form form_version channel subject fields status category
				priority queue line seen_by_lines assignee_id requester_id organisation_id deadline_case deadline_at duplicate_of reopened
				version last_seq requester_seq answer_seq created_at updated_at closed_at`, tickets},
			{"ticket_events", "tenant_id ticket_id seq kind actor_kind actor_id at data body", events},
			{"bench.words", "tenant_id ticket_id k exact extra", words},
		} {
			if _, err := tx.CopyFrom(ctx, pgx.Identifier(strings.Split(copied.table, ".")), strings.Fields(copied.columns), pgx.CopyFromRows(copied.rows)); err != nil {
				return fmt.Errorf("copy %s: %w", copied.table, err)
			}
		}
		return s.index(ctx, tx, count)
	})
}

// index makes the words of what was copied, from those of the templates, and raises the counters.
func (s *benchSeeder) index(ctx context.Context, tx pgx.Tx, count int) error {
	if _, err := tx.Exec(ctx, `insert into ticket_search (tenant_id, ticket_id, words)
		select w.tenant_id, w.ticket_id, p.words || setweight(array_to_tsvector(w.exact), 'A') || setweight(to_tsvector('russian', w.extra), 'C')
		from bench.words w join bench.pool p using (k)`); err != nil {
		return fmt.Errorf("make words: %w", err)
	}
	if _, err := tx.Exec(ctx, `truncate bench.words`); err != nil {
		return fmt.Errorf("empty words: %w", err)
	}
	batch := &pgx.Batch{}
	for desk, value := range s.counters {
		batch.Queue(`update desk_counters set value = $2 where desk_id = $1`, desk, value)
	}
	batch.Queue(`insert into bench.seeded (tickets) values ($1) on conflict (one) do update set tickets = excluded.tickets`, s.there+count)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("raise counters: %w", err)
	}
	s.there += count
	return nil
}
