package job

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/errs"
)

// dispatchPage is how many events one transaction turns into jobs.
const dispatchPage = 500

// errAhead: the log was restored into a server that counts its transactions from the beginning, so
// that new events would stand before the dispatcher's place and never be read.
var errAhead = errs.New(errs.Internal, "dispatcher_ahead",
	"the dispatcher's place lies after the server's newest transaction: was the database restored from a dump? Stop the nodes, run `opora migrate`, start them again")

// Dispatcher turns events into jobs. Any number of nodes run one; they take turns by the lock of one
// row, each turn one short transaction.
type Dispatcher struct {
	db      *db.DB
	jobs    *river.Client[pgx.Tx]
	hooks   func() bool
	log     *slog.Logger
	metrics *metrics
	wake    signal
	// ahead: its place was found to lie after the server's newest transaction.
	ahead atomic.Bool
	// committing is called between the writing and the commit of a turn; tests break it there.
	committing func(context.Context)
}

func newDispatcher(d *db.DB, jobs *river.Client[pgx.Tx], hooks func() bool, log *slog.Logger, m *metrics) *Dispatcher {
	return &Dispatcher{db: d, jobs: jobs, hooks: hooks, log: log, metrics: m, wake: newSignal(), committing: func(context.Context) {}}
}

func (d *Dispatcher) run(ctx context.Context) { watch(ctx, d.wake, d.log, "dispatcher", d.look) }

// look takes a turn when events wait.
func (d *Dispatcher) look(ctx context.Context) (progress, error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	w, err := readWaiting(ctx, d.db.Exempt())
	if err != nil {
		return idle, err
	}
	d.ahead.Store(w.ahead())
	if w.ahead() {
		return idle, errAhead
	}
	if w.events {
		return d.turn(ctx)
	}
	if w.hides() {
		return hidden, nil
	}
	return idle, nil
}

// turn reads a page of events and writes their jobs and the new place in one transaction. An error of
// the commit is ambiguous and harmless: either both are written or none.
func (d *Dispatcher) turn(ctx context.Context) (progress, error) {
	tx, err := d.db.Exempt().Begin(ctx)
	if err != nil {
		return idle, fmt.Errorf("begin a turn of the dispatcher: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	from, mine, err := takeTurn(ctx, tx)
	if err != nil {
		return idle, err
	}
	if !mine {
		return hidden, nil
	}
	entries, to, err := readFeed(ctx, tx, from, dispatchPage)
	if err != nil || len(entries) == 0 {
		return idle, err
	}
	jobs := jobsFor(entries, facts{hooks: d.hooks()})
	if len(jobs) > 0 {
		if _, err := d.jobs.InsertManyFastTx(ctx, tx, jobs); err != nil {
			return idle, fmt.Errorf("insert jobs: %w", err)
		}
	}
	if err := moveDispatcher(ctx, tx, to); err != nil {
		return idle, err
	}
	d.committing(ctx)
	if err := tx.Commit(ctx); err != nil {
		return idle, fmt.Errorf("commit a turn of the dispatcher: %w", err)
	}
	d.metrics.dispatched.Add(float64(len(entries)))
	d.metrics.jobs.Add(float64(len(jobs)))
	// Others may have waited for this transaction to end, too: look again at once.
	return more, nil
}
