package desk

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/ticket"
)

func TestOneEntryIsReadOnceForAllWhoAsk(t *testing.T) {
	t.Parallel()
	c := clock.NewManual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	r := newRows(c)
	var loads atomic.Int32
	ask := func(ctx context.Context, key rowKey) (*ticket.Ticket, error) {
		return r.get(ctx, key, func(context.Context) (*ticket.Ticket, error) {
			loads.Add(1)
			return &ticket.Ticket{ID: key.ticket, Tenant: key.tenant}, nil
		})
	}
	first := rowKey{tenant: ident.New(), ticket: ident.New(), seq: 1}
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			got, err := ask(t.Context(), first)
			if err != nil || got.ID != first.ticket {
				t.Error("another row", err)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, loads.Load())

	// Nothing of another tenant, another ticket or an earlier event stands for this one.
	for _, other := range []rowKey{
		{tenant: ident.New(), ticket: first.ticket, seq: 1},
		{tenant: first.tenant, ticket: ident.New(), seq: 1},
		{tenant: first.tenant, ticket: first.ticket, seq: 2},
		{tenant: first.tenant, ticket: first.ticket, seq: 257},
	} {
		got, err := ask(t.Context(), other)
		require.NoError(t, err)
		require.Equal(t, other.tenant, got.Tenant)
		require.Equal(t, other.ticket, got.ID)
	}
	require.EqualValues(t, 5, loads.Load())
	c.Advance(rowFor)
	_, err := ask(t.Context(), first)
	require.NoError(t, err)
	require.EqualValues(t, 6, loads.Load(), "kept for a moment only")
	require.Len(t, r.kept, 1, "what is past goes")
}

func TestKeptRowsAreBounded(t *testing.T) {
	t.Parallel()
	r := newRows(clock.NewManual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)))
	key := rowKey{tenant: ident.New(), ticket: ident.New()}
	for range maxRows + 500 {
		key.seq++
		r.keep(key, &ticket.Ticket{})
	}
	require.Len(t, r.kept, maxRows)
	require.Len(t, r.order, maxRows)
	require.NotNil(t, r.known(key))
}

func TestAReaderWhoLeavesTakesTheRowFromNobody(t *testing.T) {
	t.Parallel()
	r := newRows(clock.NewManual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)))
	key := rowKey{tenant: ident.New(), ticket: ident.New(), seq: 1}
	begun, go1 := make(chan struct{}), make(chan struct{})
	load := func(ctx context.Context) (*ticket.Ticket, error) {
		close(begun)
		<-go1
		return &ticket.Ticket{ID: key.ticket}, ctx.Err()
	}
	leaving, cancel := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := r.get(leaving, key, load)
		left <- err
	}()
	<-begun
	stays := make(chan error, 1)
	go func() {
		_, err := r.get(t.Context(), key, load)
		stays <- err
	}()
	cancel()
	require.ErrorIs(t, <-left, context.Canceled)
	close(go1)
	require.NoError(t, <-stays)

	failed := errors.New("away")
	key.seq++
	for range 2 {
		_, err := r.get(t.Context(), key, func(context.Context) (*ticket.Ticket, error) { return nil, failed })
		require.ErrorIs(t, err, failed)
	}
	got, err := r.get(t.Context(), key, func(context.Context) (*ticket.Ticket, error) { return &ticket.Ticket{ID: key.ticket}, nil })
	require.NoError(t, err, "errors are not kept")
	require.Equal(t, key.ticket, got.ID)
}
