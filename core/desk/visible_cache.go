package desk

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/singleflight"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/ticket"
)

const (
	rowFor   = 2 * time.Second
	maxRows  = 10_000
	readRow  = 5 * time.Second
	ofIdents = 2 * len(ident.ID{})
)

// rowKey names a ticket as an entry of the feed left it. The seq keeps a later event, which may have
// changed who sees the ticket, from being judged by the row of an earlier one.
type rowKey struct {
	tenant, ticket ident.ID
	seq            int64
}

func (k rowKey) String() string {
	out := make([]byte, 0, ofIdents+8)
	out = append(append(out, k.tenant[:]...), k.ticket[:]...)
	for shift := 0; shift < 64; shift += 8 {
		out = append(out, byte(k.seq>>shift)) //nolint:gosec // the eight bytes of the number
	}
	return string(out)
}

// rows keeps tickets for the moment in which every live screen asks about the same entry, so that one
// event costs one read and not one for each screen. Rights are not kept: each reader is judged anew. It
// is safe for concurrent use.
type rows struct {
	clock  clock.Clock
	flight singleflight.Group
	mu     sync.Mutex
	kept   map[rowKey]keptRow
	// order has the keys from the oldest on.
	order []rowKey
}

type keptRow struct {
	ticket *ticket.Ticket
	until  time.Time
}

func newRows(c clock.Clock) *rows { return &rows{clock: c, kept: map[rowKey]keptRow{}} }

// get returns the ticket of an entry; load reads it, once for all who ask meanwhile. What was found is
// shared: nobody changes it. Errors are not kept.
func (r *rows) get(ctx context.Context, key rowKey, load func(ctx context.Context) (*ticket.Ticket, error)) (*ticket.Ticket, error) {
	if t := r.known(key); t != nil {
		return t, nil
	}
	// The reader who came first may leave: the others still wait for the row.
	shared := context.WithoutCancel(ctx)
	read := r.flight.DoChan(key.String(), func() (any, error) {
		if t := r.known(key); t != nil {
			return t, nil
		}
		bounded, cancel := context.WithTimeout(shared, readRow)
		defer cancel()
		t, err := load(bounded)
		if err == nil {
			r.keep(key, t)
		}
		return t, err
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case found := <-read:
		t, _ := found.Val.(*ticket.Ticket)
		return t, found.Err
	}
}

func (r *rows) known(key rowKey) *ticket.Ticket {
	r.mu.Lock()
	defer r.mu.Unlock()
	if row, ok := r.kept[key]; ok && r.clock.Now().Before(row.until) {
		return row.ticket
	}
	return nil
}

func (r *rows) keep(key rowKey, t *ticket.Ticket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.clock.Now()
	for len(r.order) > 0 {
		oldest := r.order[0]
		if len(r.order) < maxRows && now.Before(r.kept[oldest].until) {
			break
		}
		delete(r.kept, oldest)
		r.order = r.order[1:]
	}
	if _, again := r.kept[key]; !again {
		r.order = append(r.order, key)
	}
	r.kept[key] = keptRow{ticket: t, until: now.Add(rowFor)}
}

// rowOf reads the ticket of an entry.
func (s *Service) rowOf(ctx context.Context, e FeedEntry) (*ticket.Ticket, error) {
	return s.rows.get(ctx, rowKey{tenant: e.Tenant, ticket: e.Ticket, seq: e.Seq}, func(ctx context.Context) (*ticket.Ticket, error) {
		var t *ticket.Ticket
		err := s.db.InTx(ctx, e.Tenant, func(ctx context.Context, tx pgx.Tx) error {
			var err error
			t, err = ticket.ByID(ctx, tx, e.Tenant, e.Ticket)
			return err
		})
		return t, err
	})
}
