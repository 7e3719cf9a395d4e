package db

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/ident"
)

// turns hands the connections out tenant by tenant: a tenant that floods waits behind itself, and
// another one that comes is the next in turn. It is safe for concurrent use.
type turns struct {
	mu sync.Mutex
	// free is how many places nobody has; each is how many one tenant may have at most, so that
	// somebody else always finds one soon.
	free, each int
	held       map[ident.ID]int
	waiting    map[ident.ID][]*turn
	// order is who is served next: every tenant that waits stands in it once.
	order []ident.ID
}

// turn is one call that waits; given is closed when it has its place.
type turn struct {
	given chan struct{}
	since time.Time
	left  bool
}

// longRow is how long the first of a tenant's row may have waited before nobody else may join it: who came
// later would wait as long and be sent away all the same.
const longRow = time.Second

func newTurns(places int) *turns {
	places = max(places, 1)
	return &turns{
		free: places, each: max(places-places/4, 1),
		held: map[ident.ID]int{}, waiting: map[ident.ID][]*turn{},
	}
}

// enter waits for a place of a tenant's; leave gives it back and must be called once. Errors: errBusy at
// once where the tenant's row hardly moves.
func (t *turns) enter(ctx context.Context, tenant ident.ID) (leave func(), err error) {
	t.mu.Lock()
	if len(t.waiting[tenant]) == 0 && t.free > 0 && t.held[tenant] < t.each {
		t.take(tenant)
		t.mu.Unlock()
		return func() { t.leave(tenant) }, nil
	}
	mine := &turn{given: make(chan struct{}), since: clock.System{}.Now()}
	row := t.waiting[tenant]
	if first := slices.IndexFunc(row, func(w *turn) bool { return !w.left }); first >= 0 && mine.since.Sub(row[first].since) > longRow {
		t.mu.Unlock()
		return nil, errBusy
	}
	if len(row) == 0 {
		t.order = append(t.order, tenant)
	}
	t.waiting[tenant] = append(row, mine)
	t.mu.Unlock()
	select {
	case <-mine.given:
		return func() { t.leave(tenant) }, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-mine.given: // it came in the same moment: somebody else may have it
		t.release(tenant)
	default:
		mine.left = true
	}
	return nil, ctx.Err()
}

func (t *turns) leave(tenant ident.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.release(tenant)
}

func (t *turns) take(tenant ident.ID) {
	t.free--
	t.held[tenant]++
}

func (t *turns) release(tenant ident.ID) {
	t.free++
	if t.held[tenant]--; t.held[tenant] == 0 {
		delete(t.held, tenant)
	}
	t.serve()
}

// serve gives free places to who waits, one a tenant and round.
func (t *turns) serve() {
	for skipped := 0; t.free > 0 && skipped < len(t.order); {
		tenant := t.order[0]
		t.order = t.order[1:]
		next := t.next(tenant)
		switch {
		case next == nil:
			delete(t.waiting, tenant)
			continue
		case t.held[tenant] >= t.each:
			skipped++
		default:
			skipped = 0
			t.waiting[tenant] = t.waiting[tenant][1:]
			t.take(tenant)
			close(next.given)
		}
		if len(t.waiting[tenant]) == 0 {
			delete(t.waiting, tenant)
			continue
		}
		t.order = append(t.order, tenant)
	}
}

// next is the tenant's first call that still waits.
func (t *turns) next(tenant ident.ID) *turn {
	for len(t.waiting[tenant]) > 0 {
		if first := t.waiting[tenant][0]; !first.left {
			return first
		}
		t.waiting[tenant] = t.waiting[tenant][1:]
	}
	return nil
}
