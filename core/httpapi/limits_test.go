package httpapi

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
)

func TestARateIsOfEachKey(t *testing.T) {
	t.Parallel()
	c := clock.NewManual(now)
	g := newGates(Limits{}.orDefaults(), c).filing
	for range 20 {
		_, err := g.take("one")
		require.NoError(t, err)
	}
	_, err := g.take("one")
	require.Equal(t, errs.Limited, errs.KindOf(err))
	require.Equal(t, "too_many_requests", errs.CodeOf(err))
	var e *errs.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, 50*time.Millisecond, e.RetryAfter)
	_, err = g.take("two")
	require.NoError(t, err)
	// What was refused took nothing: after a second there are twenty again, and not more.
	c.Advance(time.Second)
	for range 20 {
		_, err = g.take("one")
		require.NoError(t, err)
	}
	_, err = g.take("one")
	require.Error(t, err)
}

func TestWhatIsGivenBackDoesNotCount(t *testing.T) {
	t.Parallel()
	g := newGates(Limits{}.orDefaults(), clock.NewManual(now)).filingAnonymous
	for range 100 {
		back, err := g.take("one")
		require.NoError(t, err)
		back()
	}
	for range 10 {
		_, err := g.take("one")
		require.NoError(t, err)
	}
	_, err := g.take("one")
	require.Error(t, err)
}

func TestClientsAreForgottenBeyondABound(t *testing.T) {
	t.Parallel()
	l := Limits{Clients: 10}.orDefaults()
	g := newGates(l, clock.NewManual(now)).filingAnonymous
	for range 10 {
		_, err := g.take("kept")
		require.NoError(t, err)
	}
	for i := range 1000 {
		_, err := g.take(fmt.Sprint("other", i))
		require.NoError(t, err)
		_, err = g.take("kept")
		require.Error(t, err, "who keeps coming is remembered")
	}
	require.Len(t, g.byKey, 10)
	require.Equal(t, 10, g.order.Len())
}

func TestFilingWithoutASessionIsCountedThreeTimes(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Limits.FilingAnonymousAll = Rate{1, 13} })
	filed := func(client string) (n int) {
		for range 30 {
			if _, err := s.filing(&call{client: client}); err == nil {
				n++
			}
		}
		return n
	}
	require.Equal(t, 10, filed("192.0.2.1"))
	require.Equal(t, 3, filed("192.0.2.2"), "what is left for all of them")
	// One who only tries is stopped as well.
	tried := 0
	for range 100 {
		back, err := s.filing(&call{client: "192.0.2.3"})
		if err == nil {
			back()
			tried++
		}
	}
	require.Zero(t, tried)
}

func TestOpenThingsAreCounted(t *testing.T) {
	t.Parallel()
	y := &tally{all: 3, each: 2, code: "too_many_streams", by: map[string]int{}}
	one, err := y.enter("a")
	require.NoError(t, err)
	_, err = y.enter("a")
	require.NoError(t, err)
	_, err = y.enter("a")
	require.Equal(t, errs.Limited, errs.KindOf(err))
	_, err = y.enter("b")
	require.NoError(t, err)
	_, err = y.enter("c")
	require.Equal(t, errs.Unavailable, errs.KindOf(err))
	one()
	one()
	_, err = y.enter("c")
	require.NoError(t, err)
	require.Equal(t, map[string]int{"a": 1, "b": 1, "c": 1}, y.by)
}

func TestPasswordsThatFailAreCountedByAddress(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	c := &call{client: "198.51.100.1"}
	for range 50 {
		require.NoError(t, s.attempt(c, func() error { return nil }))
	}
	s, _ = door(t)
	for range 40 {
		err := s.attempt(c, func() error { return errs.New(errs.Unauthenticated, "wrong_credentials", "") })
		require.Equal(t, "wrong_credentials", errs.CodeOf(err))
	}
	compare := func() error { return errs.New(errs.Internal, "compared", "") }
	require.Equal(t, "too_many_sign_ins", errs.CodeOf(s.attempt(c, compare)))
	require.Equal(t, "compared", errs.CodeOf(s.attempt(&call{client: "198.51.100.2"}, compare)))
}

func TestMoreThanFitsInFlightIsTurnedAway(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Limits.InFlight = 1 })
	inside := 0
	serve(s, route{method: "GET", path: "/api/slow"}, func(ctx context.Context, _ *call, _ *nothing) (*nothing, error) {
		inside++
		w := send(t, s.router, "GET", "/api/slow", "", nil)
		problemOf(t, w, 503, "overloaded")
		require.Equal(t, "1", w.Header().Get("Retry-After"))
		return &nothing{}, nil
	})
	require.Equal(t, 204, send(t, s.router, "GET", "/api/slow", "", nil).Code)
	require.Equal(t, 1, inside)
}
