package job

import (
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/ticket"
)

func TestLagIsThatOfTheOldestThatWaits(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	var l lag
	see := func(second int, events int64, oldest, next uint64) time.Duration {
		l.saw(next, at(second))
		return l.age(lagging{events: events, oldest: oldest, next: next}, at(second))
	}
	require.Zero(t, see(0, 0, 0, 100))
	require.Zero(t, see(5, 0, 0, 110))
	require.Zero(t, see(10, 3, 112, 120), "it began after the look before, perhaps just now")
	require.Equal(t, 5*time.Second, see(15, 4, 112, 130))
	require.Equal(t, 20*time.Second, see(30, 9, 112, 140))
	require.Equal(t, 5*time.Second, see(35, 9, 135, 150), "the old ones are jobs now; this one was there at the look before")
	require.Zero(t, see(40, 0, 0, 150))
	require.Len(t, l.looks, 1, "nothing waits, nothing is remembered")
	for i := range 10 * mostLooks {
		see(45+i, 1, 149, 160+uint64(i))
	}
	require.LessOrEqual(t, len(l.looks), mostLooks)
	require.InDelta(t, 10*mostLooks, see(45+10*mostLooks, 1, 149, 1<<20).Seconds(), 10)
}

func TestWhatWaitsIsCounted(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	w := arrange(t, dbtest.New(t), "one")
	n, err := New(Options{DB: w.DB, Clock: clock.System{}, Log: silent(), Bell: NewBell(w.DB, silent()), UseCases: &useCases{}, Metrics: registry})
	require.NoError(t, err)
	require.NoError(t, n.countLag(t.Context()))
	require.Zero(t, figure(t, registry, "opora_dispatcher_waiting_events"))
	for seq := range int64(3) {
		w.append(t, seq+2, ticket.Commented)
	}
	// A transaction of any database of the server hides them as long as it is open.
	require.Eventually(t, func() bool {
		require.NoError(t, n.countLag(t.Context()))
		return figure(t, registry, "opora_dispatcher_waiting_events") == 3
	}, patience, 10*time.Millisecond)
	require.NoError(t, n.countQueues(t.Context()))
	require.Zero(t, figure(t, registry, "opora_jobs", queueLetters, "available"))
	_, err = w.Exempt().Exec(t.Context(), `insert into river_job (kind, queue, args, max_attempts, state, scheduled_at) values
		('letters', 'letters', '{}', 3, 'available', now() - interval '90 seconds'), ('hook', 'hooks', '{}', 3, 'retryable', now() + interval '1 hour')`)
	require.NoError(t, err)
	require.NoError(t, n.countQueues(t.Context()))
	require.InDelta(t, 1, figure(t, registry, "opora_jobs", queueLetters, "available"), 0)
	require.InDelta(t, 1, figure(t, registry, "opora_jobs", queueHooks, "retryable"), 0)
	require.GreaterOrEqual(t, figure(t, registry, "opora_jobs_oldest_seconds", queueLetters), 89.)
	require.Zero(t, figure(t, registry, "opora_jobs_oldest_seconds", queueHooks), "what is not due does not wait")
}

// figure returns the value of the one series of a name with the labels' values, in the labels' order.
func figure(t *testing.T, registry *prometheus.Registry, name string, labels ...string) float64 {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			var values []string
			for _, pair := range m.GetLabel() {
				values = append(values, pair.GetValue())
			}
			if slices.Equal(values, labels) {
				return m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
	}
	return -1
}
