package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	benchPartFair    = "fairness"
	benchGoalFair    = 2
	benchFlood       = 32 // clients of the tenant that floods
	benchSteadyEvery = 50 * time.Millisecond
	benchSteady      = 8 // connections of the steady tenant
	benchFairLimit   = "the same tenant alone"
	benchFairQuick   = 10
	benchFairMinimum = 40 // filings of a round, so that a 95th percentile says something
)

// fair measures what a tenant that files at a steady pace feels of another one that floods: many people
// who each keep below their own rate, and one person who does not.
func (b *bench) fair(ctx context.Context) (err error) {
	server, err := b.serve(ctx, "fair", false)
	if err != nil {
		return err
	}
	defer func() { err = errOr(errOr(err, server.stop()), b.world.forget(ctx)) }()
	load, err := b.newHTTPLoad(ctx, server.address, benchFlood+benchSteady)
	if err != nil {
		return err
	}
	defer load.close()
	for _, flood := range []struct {
		name   string
		people int
	}{{"64 people of another tenant flood", benchPeople}, {"one person of another tenant floods", 1}} {
		limits, figures, err := b.rounds(
			func() (float64, error) { return b.steady(ctx, load) },
			func() (float64, error) {
				flooding, stop := context.WithCancel(ctx)
				var clients sync.WaitGroup
				for client := range benchFlood {
					clients.Go(func() { b.flood(flooding, load, client, flood.people) })
				}
				wait(ctx, b.span()/benchWarming)
				value, err := b.steady(ctx, load)
				stop()
				clients.Wait()
				return value, err
			})
		if err != nil {
			return err
		}
		b.table.add(benchRow{
			section: benchPartFair, figure: "95th percentile of filing at 20/s while " + flood.name, unit: "ms",
			ours: figures, limit: limits, limitIs: benchFairLimit, goal: benchGoalFair,
		})
		b.note("fair, %s: %s of %s ms", flood.name, benchTriple(figures), benchTriple(limits))
	}
	return nil
}

// flood files as fast as it is let, as people of the first tenant.
func (b *bench) flood(ctx context.Context, load *benchHTTPLoad, client, people int) {
	t := &b.world.tenants[0]
	for call := 0; ctx.Err() == nil; call++ {
		d := b.world.deskOf(0, client+call)
		p := &t.people[(client+call*benchFlood)%min(people, len(t.people))]
		request := benchRequest("POST", benchTenantPath(t.slug)+"/tickets", load.address, string(p.token), d.body)
		// Refusals are part of it.
		if _, _, err := load.clients[client].do(request); err != nil {
			return
		}
	}
}

// steady files 20 tickets a second as people of the second tenant, each at its moment, whatever became
// of the one before, and returns the 95th percentile in milliseconds from the moment when it was due.
func (b *bench) steady(ctx context.Context, load *benchHTTPLoad) (float64, error) {
	times := max(benchFairMinimum, int(b.span()/benchSteadyEvery))
	if b.Quick {
		times = benchFairQuick
	}
	taken, failed := make([]float64, times), make([]error, times)
	due := make(chan int, times)
	moments := make([]time.Time, times)
	var clients sync.WaitGroup
	t := &b.world.tenants[1]
	for client := range benchSteady {
		clients.Go(func() {
			for n := range due {
				d := b.world.deskOf(1, n)
				p := &t.people[n%len(t.people)]
				request := benchRequest("POST", benchTenantPath(t.slug)+"/tickets", load.address, string(p.token), d.body)
				_, failed[n] = load.clients[benchFlood+client].expect(http.StatusCreated, request)
				taken[n] = benchMillis(b.t.clock.Now().Sub(moments[n]))
			}
		})
	}
	began := b.t.clock.Now()
	for n := range times {
		moments[n] = began.Add(time.Duration(n) * benchSteadyEvery)
		wait(ctx, moments[n].Sub(b.t.clock.Now()))
		due <- n
	}
	close(due)
	clients.Wait()
	for _, err := range failed {
		if err != nil {
			return 0, fmt.Errorf("file at a steady pace: %w", err)
		}
	}
	return benchQuantile(taken, 0.95), nil
}
