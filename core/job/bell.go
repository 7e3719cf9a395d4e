package job

import (
	"context"
	"log/slog"
	"time"

	"github.com/opora-desk/opora/core/db"
)

// channel is what the nodes of one database listen on; a notification carries nothing.
const channel = "opora_events"

const (
	// bellGap is the least time between two notifications of a node: a commit with a NOTIFY takes a
	// lock of the whole server.
	bellGap      = 50 * time.Millisecond
	notifyWithin = 3 * time.Second
	relisten     = time.Second
	// poll is how often the log is read without a bell; soon how often while a transaction that is
	// still open may hide events, doubling up to poll.
	poll = time.Second
	soon = 50 * time.Millisecond
)

// Bell tells every node of the database that events were appended. It is safe for concurrent use.
type Bell struct {
	db   *db.DB
	log  *slog.Logger
	rung signal
}

// NewBell returns a bell; a [Node] rings it out.
func NewBell(d *db.DB, log *slog.Logger) *Bell {
	return &Bell{db: d, log: log, rung: newSignal()}
}

// Ring asks for a notification and returns at once. Call it after the commit.
func (b *Bell) Ring() { b.rung.ring() }

func (b *Bell) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.rung:
		}
		if err := b.notify(ctx); err != nil && ctx.Err() == nil {
			b.log.WarnContext(ctx, "ringing the bell failed", slog.Any("error", err))
		}
		pause(ctx, bellGap)
	}
}

func (b *Bell) notify(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, notifyWithin)
	defer cancel()
	return b.db.Notify(ctx, channel)
}

// signal remembers that something happened, however often, until somebody looks.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) ring() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// progress is what one look at the log came to.
type progress int

const (
	idle   progress = iota // nothing, and nothing hidden
	hidden                 // a transaction that is still open may hide something
	more                   // there is more to read at once
)

// watch looks when it is woken and at every poll, sooner while something may be hidden. A look that
// fails is logged when the trouble begins, not each time.
func watch(ctx context.Context, wake signal, log *slog.Logger, what string, look func(context.Context) (progress, error)) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	gap, failing := soon, false
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
			gap = soon
		case <-timer.C:
		}
		found, err := look(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !failing {
			log.ErrorContext(ctx, "reading the log of events failed, trying on", slog.String("reader", what), slog.Any("error", err))
		}
		failing = err != nil
		switch {
		case err == nil && found == more:
			timer.Reset(0)
		case err == nil && found == hidden:
			timer.Reset(gap)
			gap = min(2*gap, poll)
		default:
			timer.Reset(poll)
			gap = soon
		}
	}
}
