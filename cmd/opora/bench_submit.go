package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// The goals at eight clients: what a commit costs is the limit of the whole product.
const (
	benchAtEight   = 8
	benchGoalDesk  = 0.85
	benchGoalAPI   = 0.5
	benchLimitIs   = "pgbench, one stored function"
	benchWarming   = 5 // the part of a measurement's time that comes before it
	benchPartFile  = "filing"
	benchRateUnits = "tickets/s"
	benchPartCPU   = "processor"
)

// submit measures filing, over all desks and on one.
func (b *bench) submit(ctx context.Context) error {
	if err := b.world.patterns(ctx); err != nil {
		return err
	}
	if err := b.ripen(ctx); err != nil {
		return err
	}
	for _, desks := range []int{len(b.world.desks), 1} {
		for _, n := range b.Clients {
			if err := b.submitAt(ctx, n, desks); err != nil {
				return err
			}
		}
	}
	return nil
}

// ripen gives the tables some rows and the planner its figures. A connection that met the tables empty
// keeps plans for empty tables, the foreign keys' too, until the server's own analysis a minute later.
func (b *bench) ripen(ctx context.Context) error {
	if _, err := b.world.pgbench(ctx, benchAtEight, len(b.world.desks), b.span()); err != nil {
		return err
	}
	if _, err := b.world.super.Exec(ctx, `vacuum (analyze)`); err != nil {
		return fmt.Errorf("analyze: %w", err)
	}
	return b.world.forget(ctx)
}

func (b *bench) submitAt(ctx context.Context, clients, desks int) error {
	over := fmt.Sprintf("%d desks", desks)
	if desks == 1 {
		over = "one desk"
	}
	goalDesk, goalAPI := 0.0, 0.0
	if clients == benchAtEight && desks > 1 {
		goalDesk, goalAPI = benchGoalDesk, benchGoalAPI
	}
	var limit, direct, through benchFilings
	for range b.Rounds {
		for _, one := range []struct {
			run  func() (rate, micros float64, err error)
			into *benchFilings
		}{
			{func() (float64, float64, error) { return b.submitLimit(ctx, clients, desks) }, &limit},
			{func() (float64, float64, error) { return b.submitDirect(ctx, clients, desks) }, &direct},
			{func() (float64, float64, error) { return b.submitHTTP(ctx, clients, desks) }, &through},
		} {
			rate, micros, err := one.run()
			if err = errOr(err, b.world.forget(ctx)); err != nil {
				return fmt.Errorf("%d clients, %s: %w", clients, over, err)
			}
			one.into.rates, one.into.micros = append(one.into.rates, rate), append(one.into.micros, micros)
		}
	}
	row := func(name string, ours benchFilings, goal float64) {
		figure := fmt.Sprintf("%s, %d clients, %s", name, clients, over)
		b.table.add(benchRow{
			section: benchPartFile, figure: figure, unit: benchRateUnits, ours: ours.rates, limit: limit.rates, limitIs: benchLimitIs, goal: goal, atLeast: true,
		})
		if clients == benchAtEight {
			b.table.add(benchRow{section: benchPartCPU, figure: figure, unit: "µs/ticket", ours: ours.micros, limit: limit.micros, limitIs: benchLimitIs})
		}
		b.note("%s: %s of %s, processor %s of %s µs", figure, benchTriple(ours.rates), benchTriple(limit.rates), benchTriple(ours.micros), benchTriple(limit.micros))
	}
	row("desk.Submit", direct, goalDesk)
	row("HTTP API", through, goalAPI)
	return nil
}

// benchFilings are rates and the processor time of a ticket, round by round.
type benchFilings struct{ rates, micros []float64 }

func errOr(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// benchSpread gives each call another desk and another person, so that no two clients share one.
func benchSpread(client, call, desks int) (desk, who int) {
	return (client*7 + call) % desks, client + call/desks
}

func (b *bench) submitLimit(ctx context.Context, clients, desks int) (rate, micros float64, err error) {
	span := max(time.Second, b.span().Round(time.Second))
	return b.costs(span, func() (float64, error) { return b.world.pgbench(ctx, clients, desks, span) })
}

func (b *bench) submitDirect(ctx context.Context, clients, desks int) (rate, micros float64, err error) {
	file := func(ctx context.Context, client, call int) error {
		n, who := benchSpread(client, call, desks)
		return b.world.submit(ctx, n, who)
	}
	if _, err := b.benchLoad(ctx, clients, b.span()/benchWarming, file); err != nil {
		return 0, 0, err
	}
	err = b.profiled(benchName("submit", clients, desks), func() error {
		rate, micros, err = b.costs(b.span(), func() (float64, error) { return b.benchLoad(ctx, clients, b.span(), file) })
		return err
	})
	return rate, micros, err
}

// submitHTTP measures a server of its own, with its jobs at work, that is started for the round.
func (b *bench) submitHTTP(ctx context.Context, clients, desks int) (rate, micros float64, err error) {
	server, err := b.serve(ctx, benchName("api", clients, desks), false)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errOr(err, server.stop()) }()
	load, err := b.newHTTPLoad(ctx, server.address, clients)
	if err != nil {
		return 0, 0, err
	}
	defer load.close()
	file := func(_ context.Context, client, call int) error {
		n, who := benchSpread(client, call, desks)
		return load.file(client, n, who)
	}
	if _, err := b.benchLoad(ctx, clients, b.span()/benchWarming, file); err != nil {
		return 0, 0, err
	}
	return b.costs(b.span(), func() (float64, error) { return b.benchLoad(ctx, clients, b.span(), file) }, server.pid())
}

// benchHTTPLoad is a set of connections, one a client.
type benchHTTPLoad struct {
	world    *benchWorld
	address  string
	clients  []*benchClient
	requests map[[2]int][]byte // by desk and person, made before the load
}

func (b *bench) newHTTPLoad(ctx context.Context, address string, clients int) (*benchHTTPLoad, error) {
	l := &benchHTTPLoad{world: b.world, address: address, requests: map[[2]int][]byte{}}
	for range clients {
		client, err := dialBench(ctx, address)
		if err != nil {
			l.close()
			return nil, err
		}
		l.clients = append(l.clients, client)
	}
	for n := range b.world.desks {
		d := &b.world.desks[n]
		t := &b.world.tenants[d.tenant]
		for who, p := range t.people {
			l.requests[[2]int{n, who}] = benchRequest("POST", benchTenantPath(t.slug)+"/tickets", address, string(p.token), d.body)
		}
	}
	return l, nil
}

func benchTenantPath(slug string) string { return "/api/v1/t/" + slug }

func (l *benchHTTPLoad) close() {
	for _, c := range l.clients {
		c.close()
	}
}

// file files one ticket. A refusal for being one of too many counts as none and is waited out a little,
// as a polite client does.
func (l *benchHTTPLoad) file(client, n, who int) error {
	people := len(l.world.tenants[l.world.desks[n].tenant].people)
	_, err := l.clients[client].expect(http.StatusCreated, l.requests[[2]int{n, who % people}])
	return err
}
