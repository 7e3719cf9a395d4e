package job

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ticket"
)

// The way of "everything after the last one that I saw" loses rows: the first transaction begins
// first and commits last, and its event stands before what the reader has already seen.
func TestReadingByLastLosesWhatFeedSinceFinds(t *testing.T) {
	t.Parallel()
	w := arrange(t, dbtest.New(t), "first")
	super := w.Super(t)
	byLast := func(last uint64) (seqs []int64, to uint64) {
		rows, err := super.Query(t.Context(), `select seq, xact_id from ticket_events where xact_id > $1 order by xact_id`, last)
		require.NoError(t, err)
		defer rows.Close()
		to = last
		for rows.Next() {
			var seq int64
			require.NoError(t, rows.Scan(&seq, &to))
			seqs = append(seqs, seq)
		}
		require.NoError(t, rows.Err())
		return seqs, to
	}
	var place place
	byFeed := func() (seqs []int64) {
		entries, to, err := readFeed(t.Context(), w.Exempt(), place, 100)
		require.NoError(t, err)
		place = to
		for _, e := range entries {
			seqs = append(seqs, e.Seq)
		}
		return seqs
	}

	early := w.begin(t, 1)
	w.append(t, 2, ticket.Commented)
	seen, last := byLast(0)
	require.Equal(t, []int64{2}, seen)
	require.Empty(t, byFeed(), "the feed waits for the transaction that is still open")

	require.NoError(t, early.Commit(t.Context()))
	seen, _ = byLast(last)
	require.Empty(t, seen, "event 1 is lost for ever")
	// Transactions of other databases of the server hold the feed back, too: those of other tests.
	var found []int64
	require.Eventually(t, func() bool {
		found = append(found, byFeed()...)
		return len(found) >= 2
	}, patience, time.Millisecond)
	require.Equal(t, []int64{1, 2}, found)
	require.Empty(t, byFeed(), "and nothing comes twice")
}

func TestFeedFindsEverythingOnceUnderConcurrentWriters(t *testing.T) {
	t.Parallel()
	const count = 400
	w := arrange(t, dbtest.New(t), "first")
	w.append(t, 100_000, ticket.Submitted) // before the feed begins
	// A transaction of another test's database may still hold it back: then it counts as new.
	require.Eventually(t, func() bool {
		entries, _, err := readFeed(t.Context(), w.Exempt(), place{}, 1)
		return err == nil && len(entries) == 1
	}, patience, time.Millisecond)
	bell := NewBell(w.DB, silent())
	f := newFeed(w.DB, clock.System{}, silent(), unmetered(t))
	require.NoError(t, f.start(t.Context()))
	entries, leave := f.Subscribe(t.Context())
	defer leave()
	seen := map[int64]int{}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		for e := range entries {
			seen[e.Seq]++
			if e.Tenant != w.tenant || e.Ticket != w.ticket || e.Kind != ticket.Commented {
				t.Errorf("wrong entry %+v", e)
			}
			if len(seen) == count {
				return
			}
		}
	}()
	start(t, bell.run, f.run, func(ctx context.Context) { _ = w.Listen(ctx, channel, f.wake.ring) })
	w.write(t, 8, count, bell.Ring)
	select {
	case <-finished:
	case <-time.After(patience):
		t.Fatalf("%d of %d events came", len(seen), count)
	}
	for seq, times := range seen {
		require.Equal(t, 1, times, "event %d", seq)
	}
	require.NotContains(t, seen, int64(100_000), "a feed begins with what comes from now on")
}

func TestFeedFindsWhatALostBellDidNotTell(t *testing.T) {
	t.Parallel()
	w := arrange(t, dbtest.New(t), "first")
	f := newFeed(w.DB, clock.System{}, silent(), unmetered(t))
	require.NoError(t, f.start(t.Context()))
	entries, leave := f.Subscribe(t.Context())
	defer leave()
	start(t, f.run)
	w.append(t, 1, ticket.Submitted) // nobody rings
	select {
	case e := <-entries:
		require.Equal(t, desk.FeedEntry{Tenant: w.tenant, Ticket: w.ticket, Seq: 1, Kind: ticket.Submitted}, e)
	case <-time.After(patience):
		t.Fatal("the poll did not find it")
	}
}

func TestFeedCutsOffTheSlow(t *testing.T) {
	t.Parallel()
	const count = backlog + 44
	w := arrange(t, dbtest.New(t), "first")
	registry := prometheus.NewRegistry()
	m, err := newMetrics(registry)
	require.NoError(t, err)
	f := newFeed(w.DB, clock.System{}, silent(), m)
	require.NoError(t, f.start(t.Context()))
	slow, _ := f.Subscribe(t.Context())
	gone, cancel := context.WithCancel(t.Context())
	left, _ := f.Subscribe(gone)
	cancel()
	require.Eventually(t, func() bool { return f.Subscribers() == 1 }, patience, time.Millisecond, "who went is forgotten")
	_, open := <-left
	require.False(t, open)

	for seq := range int64(count) {
		f.send([]desk.FeedEntry{{Tenant: w.tenant, Ticket: w.ticket, Seq: seq}})
	}
	require.Zero(t, f.Subscribers())
	families, err := registry.Gather()
	require.NoError(t, err)
	counted := map[string]float64{}
	for _, family := range families {
		if len(family.GetMetric()) == 1 {
			counted[family.GetName()] = family.GetMetric()[0].GetCounter().GetValue()
		}
	}
	require.InDelta(t, 1, counted["opora_feed_cut_off_total"], 0)
	require.InDelta(t, count, counted["opora_feed_entries_total"], 0)
	var got int
	for range slow {
		got++
	}
	require.Equal(t, backlog, got, "he reads what was kept and then finds the channel closed")

	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	late, leave := f.Subscribe(t.Context())
	leave()
	_, open = <-late
	require.False(t, open, "a feed that has ended takes nobody")
}

func TestFeedSaysForHowLongItIsHeldBack(t *testing.T) {
	t.Parallel()
	w := arrange(t, dbtest.New(t), "first")
	now := clock.NewManual(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	f := newFeed(w.DB, now, silent(), unmetered(t))
	require.NoError(t, f.start(t.Context()))
	open := w.begin(t, 1)
	w.append(t, 2, ticket.Commented)
	look := func() progress {
		found, err := f.read(t.Context())
		require.NoError(t, err)
		return found
	}
	var oldest uint64
	require.NoError(t, open.QueryRow(t.Context(), `select pg_current_xact_id()`).Scan(&oldest))
	// Older ones of other tests end first.
	require.Eventually(t, func() bool { return look() == hidden && f.stood == oldest }, patience, time.Millisecond)
	now.Advance(12 * time.Second)
	require.Equal(t, hidden, look())
	require.Equal(t, 12*time.Second, f.Late())
	require.NoError(t, open.Rollback(t.Context()))
	require.Eventually(t, func() bool { return look() == idle }, patience, time.Millisecond)
	require.Zero(t, f.Late())
}

func TestBellIsRateLimited(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	bell := NewBell(d.DB, silent())
	var heard atomic.Int64
	from := time.Now()
	start(t, bell.run, func(ctx context.Context) { _ = d.Listen(ctx, channel, func() { heard.Add(1) }) })
	// Until the listener listens, a ring may go unheard.
	require.Eventually(t, func() bool {
		bell.Ring()
		return heard.Load() > 0
	}, patience, 20*time.Millisecond)
	before := heard.Load()
	for range 2000 {
		bell.Ring()
		time.Sleep(100 * time.Microsecond)
	}
	most := int64(time.Since(from)/bellGap) + 3
	// All since the first ring: on a busy machine those of before the 2000 are heard among them.
	require.LessOrEqual(t, heard.Load(), most)
	require.Eventually(t, func() bool { return heard.Load() > before }, patience, time.Millisecond, "the last ring is never lost")
}
