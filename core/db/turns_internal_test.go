package db

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/ident"
)

// entered starts a call that waits, and tells when it has its place.
func entered(t *testing.T, turns *turns, tenant ident.ID) <-chan func() {
	t.Helper()
	before := waitersOf(turns, tenant)
	got := make(chan func(), 1)
	go func() {
		leave, err := turns.enter(t.Context(), tenant)
		if err == nil {
			got <- leave
		}
	}()
	require.Eventually(t, func() bool { return waitersOf(turns, tenant) > before }, 10*time.Second, time.Millisecond)
	return got
}

// giveUp comes and leaves the row again before its turn.
func giveUp(t *testing.T, turns *turns, tenant ident.ID) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := turns.enter(ctx, tenant)
	require.ErrorIs(t, err, context.Canceled)
}

func waitersOf(turns *turns, tenant ident.ID) int {
	turns.mu.Lock()
	defer turns.mu.Unlock()
	return len(turns.waiting[tenant])
}

func TestTurnsGoRoundTheTenants(t *testing.T) {
	t.Parallel()
	flood, calm := ident.New(), ident.New()
	turns := newTurns(4)
	var held []func()
	for range 3 {
		leave, err := turns.enter(t.Context(), flood)
		require.NoError(t, err)
		held = append(held, leave)
	}
	first, second := entered(t, turns, flood), entered(t, turns, flood)
	require.Empty(t, first, "one tenant has three places of four at most")
	leave, err := turns.enter(t.Context(), calm)
	require.NoError(t, err, "the fourth place is left to others")
	third := entered(t, turns, calm)
	held[0]()
	(<-first)()
	(<-third)()
	(<-second)()
	leave()
	held[1]()
	held[2]()
	require.Equal(t, 4, turns.free)
	require.Empty(t, turns.held)
	require.Empty(t, turns.waiting)
	require.Empty(t, turns.order)
}

func TestTurnsServeTheOtherTenantNext(t *testing.T) {
	t.Parallel()
	flood, calm := ident.New(), ident.New()
	turns := newTurns(1)
	leave, err := turns.enter(t.Context(), flood)
	require.NoError(t, err)
	first, second := entered(t, turns, flood), entered(t, turns, flood)
	other := entered(t, turns, calm)
	leave()
	leave = <-first
	require.Empty(t, other)
	leave()
	leave = <-other
	require.Empty(t, second, "who floods waits for the other one's turn")
	leave()
	(<-second)()
}

func TestARowThatHardlyMovesTakesNobodyMore(t *testing.T) {
	t.Parallel()
	flood, calm := ident.New(), ident.New()
	turns := newTurns(1)
	leave, err := turns.enter(t.Context(), flood)
	require.NoError(t, err)
	first, second := entered(t, turns, flood), entered(t, turns, flood)
	turns.mu.Lock()
	turns.waiting[flood][0].since = time.Now().Add(-longRow - time.Millisecond)
	turns.mu.Unlock()
	_, err = turns.enter(t.Context(), flood)
	require.ErrorIs(t, err, errBusy, "at once, not when its time is over")
	other := entered(t, turns, calm)
	leave()
	(<-first)()
	(<-other)()
	(<-second)()
	leave, err = turns.enter(t.Context(), flood)
	require.NoError(t, err)
	leave()
	require.Empty(t, turns.waiting)
	require.Empty(t, turns.order)
}

func TestWhoGaveUpHoldsNobodyBack(t *testing.T) {
	t.Parallel()
	one := ident.New()
	turns := newTurns(1)
	leave, err := turns.enter(t.Context(), one)
	require.NoError(t, err)
	giveUp(t, turns, one)
	turns.mu.Lock()
	turns.waiting[one][0].since = time.Now().Add(-time.Hour)
	turns.mu.Unlock()
	after := entered(t, turns, one)
	turns.mu.Lock()
	require.Len(t, turns.order, 1, "a tenant stands in the order once")
	turns.mu.Unlock()
	leave()
	(<-after)()
	require.Equal(t, 1, turns.free)
	require.Empty(t, turns.order)
}

func TestTurnsForgetWhoGaveUp(t *testing.T) {
	t.Parallel()
	one := ident.New()
	turns := newTurns(1)
	leave, err := turns.enter(t.Context(), one)
	require.NoError(t, err)
	for range 3 {
		giveUp(t, turns, one)
	}
	leave()
	require.Equal(t, 1, turns.free)
	require.Empty(t, turns.waiting)
	leave, err = turns.enter(t.Context(), one)
	require.NoError(t, err)
	leave()
}
