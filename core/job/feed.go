package job

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/desk"
)

const (
	feedPage   = 1000
	readWithin = 10 * time.Second
	// backlog is how many entries a subscriber may lie behind before it is cut off.
	backlog = 256
)

// Feed tells the subscribers of one node what was appended to the log since they came, to whatever
// tenant it belongs: whoever sends it on checks rights. It is safe for concurrent use.
type Feed struct {
	db      *db.DB
	clock   clock.Clock
	log     *slog.Logger
	metrics *metrics
	wake    signal
	at      place // of the running goroutine alone

	mu     sync.Mutex
	subs   map[*subscriber]struct{}
	closed bool
	// stood is the oldest open transaction that hides events, since is when it was first seen.
	stood uint64
	since time.Time
}

type subscriber struct{ entries chan desk.FeedEntry }

func newFeed(d *db.DB, c clock.Clock, log *slog.Logger, m *metrics) *Feed {
	f := &Feed{db: d, clock: c, log: log, metrics: m, wake: newSignal(), subs: map[*subscriber]struct{}{}}
	m.watch(f)
	return f
}

// Subscribe returns the entries from now on, until ctx ends or the returned function is called. A
// subscriber who lies more than 256 entries behind is cut off: his channel is closed, and he should
// begin anew by reading what he shows. The channel is also closed when the node ends.
func (f *Feed) Subscribe(ctx context.Context) (<-chan desk.FeedEntry, func()) {
	s := &subscriber{entries: make(chan desk.FeedEntry, backlog)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		close(s.entries)
		return s.entries, func() {}
	}
	f.subs[s] = struct{}{}
	leave := func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.drop(s)
	}
	forget := context.AfterFunc(ctx, leave)
	return s.entries, func() {
		forget()
		leave()
	}
}

// Late returns for how long a transaction that is still open has hidden the entries after it. Over ten
// seconds screens should say that live updates are late.
func (f *Feed) Late() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stood == 0 {
		return 0
	}
	return f.clock.Now().Sub(f.since)
}

// Subscribers returns how many there are.
func (f *Feed) Subscribers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.subs)
}

func (f *Feed) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	at, err := readHead(ctx, f.db.Exempt())
	f.at = at
	return err
}

func (f *Feed) run(ctx context.Context) {
	watch(ctx, f.wake, f.log, "feed", f.read)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for s := range f.subs {
		f.drop(s)
	}
}

func (f *Feed) read(ctx context.Context) (progress, error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	h, err := readHorizon(ctx, f.db.Exempt())
	if err != nil {
		return idle, err
	}
	f.seen(h)
	entries, to, err := readFeed(ctx, f.db.Exempt(), f.at, feedPage)
	if err != nil {
		return idle, err
	}
	f.at = to
	f.send(entries)
	switch {
	case len(entries) == feedPage:
		return more, nil
	case h.hides():
		return hidden, nil
	}
	return idle, nil
}

func (f *Feed) seen(h horizon) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case !h.hides():
		f.stood = 0
	case f.stood != h.low:
		f.stood, f.since = h.low, f.clock.Now()
	}
}

func (f *Feed) send(entries []desk.FeedEntry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.metrics.entries.Add(float64(len(entries)))
	for _, e := range entries {
		for s := range f.subs {
			select {
			case s.entries <- e:
			default:
				f.drop(s)
				f.metrics.cutOff.Inc()
			}
		}
	}
}

// drop ends a subscription, at most once; the lock is held.
func (f *Feed) drop(s *subscriber) {
	if _, ok := f.subs[s]; ok {
		delete(f.subs, s)
		close(s.entries)
	}
}
