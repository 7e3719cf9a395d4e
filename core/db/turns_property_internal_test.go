package db

import (
	"context"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/opora-desk/opora/core/ident"
)

// floor drives turns by random calls of several tenants, one at a time, and knows who must have a place.
type floor struct {
	turns   *turns
	places  int
	tenants []ident.ID
	inside  map[ident.ID][]func()
	outside map[ident.ID][]*caller
}

// caller is one call that waits.
type caller struct {
	cancel context.CancelFunc
	got    chan func()
	failed chan error
}

// settle takes in everybody who has been let in since.
func (f *floor) settle(t *rapid.T) {
	f.turns.mu.Lock()
	held := map[ident.ID]int{}
	for id, n := range f.turns.held {
		held[id] = n
	}
	f.turns.mu.Unlock()
	for _, id := range f.tenants {
		for len(f.inside[id]) < held[id] {
			// Of one tenant the first that came is the first that is let in.
			require.NotEmpty(t, f.outside[id], "a place is held by nobody")
			first := f.outside[id][0]
			f.outside[id] = f.outside[id][1:]
			f.inside[id] = append(f.inside[id], <-first.got)
		}
	}
}

func (f *floor) check(t *rapid.T) {
	f.settle(t)
	total, fits := 0, false
	for _, id := range f.tenants {
		require.LessOrEqual(t, len(f.inside[id]), f.turns.each)
		total += len(f.inside[id])
		fits = fits || len(f.outside[id]) > 0 && len(f.inside[id]) < f.turns.each
	}
	f.turns.mu.Lock()
	defer f.turns.mu.Unlock()
	require.Equal(t, f.places-total, f.turns.free)
	require.GreaterOrEqual(t, f.turns.free, 0)
	require.False(t, fits && f.turns.free > 0, "somebody waits beside a free place")
}

func (f *floor) enter(t *rapid.T, id ident.ID) {
	ctx, cancel := context.WithCancel(t.Context())
	c := &caller{cancel: cancel, got: make(chan func(), 1), failed: make(chan error, 1)}
	before := f.reached(id)
	go func() {
		leave, err := f.turns.enter(ctx, id)
		if err != nil {
			c.failed <- err
			return
		}
		c.got <- leave
	}()
	for f.reached(id) == before {
		runtime.Gosched()
	}
	f.outside[id] = append(f.outside[id], c)
	f.check(t)
}

// reached counts the calls of a tenant that hold a place or stand in the line.
func (f *floor) reached(id ident.ID) int {
	f.turns.mu.Lock()
	defer f.turns.mu.Unlock()
	return f.turns.held[id] + len(f.turns.waiting[id])
}

func (f *floor) some(t *rapid.T, of func(ident.ID) int) (ident.ID, bool) {
	var can []ident.ID
	for _, id := range f.tenants {
		if of(id) > 0 {
			can = append(can, id)
		}
	}
	if len(can) == 0 {
		return ident.Nil, false
	}
	return rapid.SampledFrom(can).Draw(t, "tenant"), true
}

func (f *floor) leave(t *rapid.T) {
	id, ok := f.some(t, func(id ident.ID) int { return len(f.inside[id]) })
	if !ok {
		return // nobody is inside
	}
	last := len(f.inside[id]) - 1
	give := f.inside[id][last]
	f.inside[id] = f.inside[id][:last]
	give()
	f.check(t)
}

func (f *floor) giveUp(t *rapid.T) {
	id, ok := f.some(t, func(id ident.ID) int { return len(f.outside[id]) })
	if !ok {
		return // nobody waits
	}
	at := rapid.IntRange(0, len(f.outside[id])-1).Draw(t, "which")
	gone := f.outside[id][at]
	f.outside[id] = append(f.outside[id][:at:at], f.outside[id][at+1:]...)
	gone.cancel()
	require.ErrorIs(t, <-gone.failed, context.Canceled)
	f.check(t)
}

func TestTurnsLosesNoPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.IntRange(1, 9).Draw(t, "places")
		f := &floor{turns: newTurns(places), places: places, inside: map[ident.ID][]func(){}, outside: map[ident.ID][]*caller{}}
		for range rapid.IntRange(1, 4).Draw(t, "tenants") {
			f.tenants = append(f.tenants, ident.New())
		}
		t.Repeat(map[string]func(*rapid.T){
			"enter":   func(t *rapid.T) { f.enter(t, rapid.SampledFrom(f.tenants).Draw(t, "tenant")) },
			"leave":   f.leave,
			"give up": f.giveUp,
		})
		for _, id := range f.tenants {
			for len(f.outside[id]) > 0 {
				gone := f.outside[id][0]
				f.outside[id] = f.outside[id][1:]
				gone.cancel()
				if err := <-gone.failed; err != nil {
					require.ErrorIs(t, err, context.Canceled)
				}
			}
		}
		for _, id := range f.tenants {
			for _, give := range f.inside[id] {
				give()
			}
		}
		require.Equal(t, places, f.turns.free)
		require.Empty(t, f.turns.held)
		require.Empty(t, f.turns.waiting, "nothing is kept of who gave up")
		require.Empty(t, f.turns.order)
	})
}
