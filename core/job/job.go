// Package job carries out what follows from events: it reads the log, tells the live screens of its
// node, turns events into jobs and works them.
//
// It decides nothing about tickets: its handlers call use cases. No use case knows it.
//
// Invariants:
//  1. The log is read by feed_since alone: by "id > last" a row would be lost whose transaction began
//     earlier and ended later.
//  2. Jobs and the place of the dispatcher in the log are written in one transaction: whatever dies
//     between reading and committing, no job is lost and none is made twice.
//  3. A job's arguments are identifiers; handlers may run more than once and find their work done.
//  4. A lost bell costs a second, never an event.
package job

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
)

// UseCases are what the jobs call; *desk.Service is them.
type UseCases interface {
	// RenderLetters stores the letters that an event asks for.
	RenderLetters(ctx context.Context, tenant, ticket ident.ID, seq int64) error
	// HandlesEvents reports whether the active release of any system declares the hook handle_events.
	HandlesEvents() bool
	// HookEvent is an event as its system's plugin gets it; false where the system does not want it.
	HookEvent(ctx context.Context, tenant, ticket ident.ID, seq int64) (desk.HookEvent, bool, error)
	// SweepUnused deletes the files that were uploaded and not used within a day.
	SweepUnused(ctx context.Context) error
}

// EventSink gives events to the process of a system, within the deadline that the hook declares.
type EventSink interface {
	HandleEvents(ctx context.Context, system string, call api.Call, events []api.Event) ([]api.EventResult, error)
}

// Options are what a Node needs.
type Options struct {
	DB    *db.DB
	Clock clock.Clock
	Log   *slog.Logger
	// Bell is the one whose Ring the use cases were given.
	Bell     *Bell
	UseCases UseCases
	// Sink is nil where no plugin processes run: then no events are kept for them either.
	Sink EventSink
	// KeepDecisions is how long decisions are kept, 400 days where it is 0.
	KeepDecisions time.Duration
	// Metrics is nil for none.
	Metrics prometheus.Registerer
	// Tracer begins a trace for each job; nil for none.
	Tracer trace.Tracer
}

// Node is one node's part of the work. It is safe for concurrent use.
type Node struct {
	db         *db.DB
	log        *slog.Logger
	bell       *Bell
	feed       *Feed
	dispatcher *Dispatcher
	river      *river.Client[pgx.Tx]
	metrics    *metrics
	lag        lag
}

// New returns a Node that does nothing until it is run.
func New(o Options) (*Node, error) {
	if o.KeepDecisions == 0 {
		o.KeepDecisions = keepDecisions
	}
	m, err := newMetrics(o.Metrics)
	if err != nil {
		return nil, err
	}
	client, err := newRiver(o, m)
	if err != nil {
		return nil, err
	}
	hooked := func() bool { return o.Sink != nil && o.UseCases.HandlesEvents() }
	return &Node{
		db: o.DB, log: o.Log, bell: o.Bell, river: client, metrics: m,
		feed:       newFeed(o.DB, o.Clock, o.Log, m),
		dispatcher: newDispatcher(o.DB, client, hooked, o.Log, m),
	}, nil
}

// Feed returns what the live screens subscribe to.
func (n *Node) Feed() *Feed { return n.feed }

// CheckPlace refuses to work in a database whose log was restored from a dump of another server and not
// mended since. Errors: Internal (code "dispatcher_ahead").
func (n *Node) CheckPlace(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	w, err := readWaiting(ctx, n.db.Exempt())
	if err == nil && w.ahead() {
		err = errAhead
	}
	return err
}

// lateAfter is for how long events may be hidden before the node says so.
const lateAfter = 10 * time.Second

// Degraded says what of this node's work stands still, by name: "dispatcher" where its place lies ahead
// of the server, "live" where an open transaction has hidden events for ten seconds. Empty when all is
// well.
func (n *Node) Degraded() map[string]string {
	states := map[string]string{}
	if n.dispatcher.ahead.Load() {
		states["dispatcher"] = errAhead.Code
	}
	if n.feed.Late() > lateAfter {
		states["live"] = "late"
	}
	return states
}

// Run works until ctx ends, then waits a bounded time for jobs that run. It returns an error only
// when it could not start.
func (n *Node) Run(ctx context.Context) error {
	if err := n.feed.start(ctx); err != nil {
		return err
	}
	if err := n.river.Start(ctx); err != nil {
		return fmt.Errorf("start job client: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, part := range []func(context.Context){n.bell.run, n.listen, n.feed.run, n.dispatcher.run, n.count} {
		group.Go(func() error {
			part(ctx)
			return nil
		})
	}
	err := group.Wait()
	<-n.river.Stopped()
	return err
}

// listen wakes the readers when the bell rings, and connects anew when the connection broke. What it
// misses meanwhile the readers find by their poll.
func (n *Node) listen(ctx context.Context) {
	for ctx.Err() == nil {
		err := n.db.Listen(ctx, channel, func() {
			n.feed.wake.ring()
			n.dispatcher.wake.ring()
		})
		if ctx.Err() == nil {
			n.log.WarnContext(ctx, "listening for events failed, polling until it works again", slog.Any("error", err))
			pause(ctx, relisten)
		}
	}
}
