package main

import (
	"context"
	"fmt"
	"net/http"
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
)

// submit measures filing, over all desks and on one.
func (b *bench) submit(ctx context.Context) error {
	if err := b.world.patterns(ctx); err != nil {
		return err
	}
	clients := []int{1, benchAtEight, 32}
	for _, desks := range []int{len(b.world.desks), 1} {
		for _, n := range clients {
			if err := b.submitAt(ctx, n, desks); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bench) submitAt(ctx context.Context, clients, desks int) error {
	limit := func() (float64, error) {
		rate, err := b.world.pgbench(ctx, clients, desks, b.span())
		return rate, errOr(err, b.world.forget(ctx))
	}
	over := fmt.Sprintf("%d desks", desks)
	if desks == 1 {
		over = "one desk"
	}
	goalDesk, goalAPI := 0.0, 0.0
	if clients == benchAtEight && desks > 1 {
		goalDesk, goalAPI = benchGoalDesk, benchGoalAPI
	}
	for _, way := range []struct {
		name string
		goal float64
		run  func() (float64, error)
	}{
		{"desk.Submit", goalDesk, func() (float64, error) { return b.submitDirect(ctx, clients, desks) }},
		{"HTTP API", goalAPI, func() (float64, error) { return b.submitHTTP(ctx, clients, desks) }},
	} {
		limits, figures, err := b.rounds(limit, way.run)
		if err != nil {
			return fmt.Errorf("%s, %d clients, %s: %w", way.name, clients, over, err)
		}
		b.table.add(benchRow{
			section: benchPartFile, figure: fmt.Sprintf("%s, %d clients, %s", way.name, clients, over), unit: benchRateUnits,
			ours: figures, limit: limits, limitIs: benchLimitIs, goal: way.goal, atLeast: true,
		})
		b.note("%s, %d clients, %s: %s of %s", way.name, clients, over, benchTriple(figures), benchTriple(limits))
	}
	return nil
}

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

func (b *bench) submitDirect(ctx context.Context, clients, desks int) (float64, error) {
	file := func(ctx context.Context, client, call int) error {
		n, who := benchSpread(client, call, desks)
		return b.world.submit(ctx, n, who)
	}
	if _, err := b.benchLoad(ctx, clients, b.span()/benchWarming, file); err != nil {
		return 0, err
	}
	var rate float64
	err := b.profiled(benchName("submit", clients, desks), func() error {
		var err error
		rate, err = b.benchLoad(ctx, clients, b.span(), file)
		return err
	})
	return rate, errOr(err, b.world.forget(ctx))
}

// submitHTTP measures a server of its own, with its jobs at work, that is started for the round.
func (b *bench) submitHTTP(ctx context.Context, clients, desks int) (rate float64, err error) {
	server, err := b.serve(ctx, benchName("api", clients, desks), false)
	if err != nil {
		return 0, err
	}
	defer func() { err = errOr(errOr(err, server.stop()), b.world.forget(ctx)) }()
	load, err := b.newHTTPLoad(ctx, server.address, clients)
	if err != nil {
		return 0, err
	}
	defer load.close()
	file := func(_ context.Context, client, call int) error {
		n, who := benchSpread(client, call, desks)
		return load.file(client, n, who)
	}
	if _, err := b.benchLoad(ctx, clients, b.span()/benchWarming, file); err != nil {
		return 0, err
	}
	return b.benchLoad(ctx, clients, b.span(), file)
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
