package job

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ticket"
)

// inserter is a client that works no jobs, so that a test can count them.
func inserter(t *testing.T, d *db.DB) *river.Client[pgx.Tx] {
	t.Helper()
	client, err := river.NewClient(riverpgxv5.New(d.Exempt()), &river.Config{Logger: silent()})
	require.NoError(t, err)
	return client
}

func (w *world) dispatcher(t *testing.T, d *db.DB, hooks bool) *Dispatcher {
	t.Helper()
	return newDispatcher(d, inserter(t, d), func() bool { return hooks }, silent(), unmetered(t))
}

// jobs counts the jobs of each event and kind.
func (w *world) jobs(t *testing.T) map[string]map[int64]int {
	t.Helper()
	rows, err := w.Exempt().Query(t.Context(), `select kind, (args ->> 'seq')::bigint, count(*) from river_job
		where args ->> 'tenant' = $1::text and args ->> 'ticket' = $2::text group by 1, 2`, w.tenant.String(), w.ticket.String())
	require.NoError(t, err)
	found := map[string]map[int64]int{}
	var kind string
	var seq int64
	var count int
	_, err = pgx.ForEachRow(rows, []any{&kind, &seq, &count}, func() error {
		if found[kind] == nil {
			found[kind] = map[int64]int{}
		}
		found[kind][seq] = count
		return nil
	})
	require.NoError(t, err)
	return found
}

func (w *world) requireOneJobEach(t *testing.T, kind string, count int64) {
	t.Helper()
	require.Eventually(t, func() bool { return int64(len(w.jobs(t)[kind])) >= count }, patience, 50*time.Millisecond)
	time.Sleep(100 * time.Millisecond) // so that one made twice has the time to appear
	found := w.jobs(t)[kind]
	require.Len(t, found, int(count))
	for seq, times := range found {
		require.Equal(t, 1, times, "event %d", seq)
	}
}

// A dispatcher whose connection is cut or whose context ends between writing and committing, over and
// over, beside another that works and under concurrent writers, loses no job and makes none twice.
func TestNoJobIsLostOrMadeTwiceWhoeverDies(t *testing.T) {
	t.Parallel()
	const count = 600
	w := arrange(t, dbtest.New(t), "first")
	super := w.Super(t)
	var mu sync.Mutex
	var turns, cut, cancelled atomic.Int64
	var running sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	for range 2 { // two nodes
		node := w.Open(t)
		running.Go(func() {
			for life := 0; ctx.Err() == nil; life++ {
				alive, die := context.WithCancel(ctx)
				d := w.dispatcher(t, node, true)
				d.committing = func(context.Context) {
					// The events wait until a turn commits, so the first two turns are surely made.
					switch turns.Add(1) % 3 {
					case 1:
						die()
						cancelled.Add(1)
					case 2:
						mu.Lock()
						defer mu.Unlock()
						tag, err := super.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity
							where datname = current_database() and usename = 'opora_app' and query like 'update dispatcher%' and state = 'idle in transaction'`)
						if err == nil {
							cut.Add(tag.RowsAffected())
						}
					}
				}
				for range 20 {
					_, _ = d.look(alive)
				}
				die()
			}
		})
	}
	w.write(t, 8, count, func() {})
	w.requireOneJobEach(t, "letters", count)
	w.requireOneJobEach(t, "hook", count)
	stop()
	running.Wait()
	require.Positive(t, cut.Load(), "a connection was cut between writing and committing")
	require.Positive(t, cancelled.Load(), "a context ended between writing and committing")
}

func TestTwoDispatchersTakeTurns(t *testing.T) {
	t.Parallel()
	w := arrange(t, dbtest.New(t), "first")
	w.append(t, 1, ticket.Submitted)
	first, second := w.dispatcher(t, w.DB, false), w.dispatcher(t, w.Open(t), false)
	tried := false
	first.committing = func(ctx context.Context) {
		tried = true
		began := time.Now()
		found, err := second.look(ctx)
		require.NoError(t, err)
		require.Equal(t, hidden, found, "it is not its turn")
		require.Less(t, time.Since(began), patience, "and it waits for no lock")
	}
	require.Eventually(t, func() bool {
		found, err := first.look(t.Context())
		require.NoError(t, err)
		return found == more
	}, patience, time.Millisecond)
	require.True(t, tried)
	found, err := second.look(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, more, found, "the other's place is its place")
	w.requireOneJobEach(t, "letters", 1)

	const count = 300
	start(t, w.dispatcher(t, w.DB, false).run, w.dispatcher(t, w.Open(t), false).run)
	other := arrange(t, w.Database, "second")
	other.write(t, 4, count, func() {})
	other.requireOneJobEach(t, "letters", count)
	w.requireOneJobEach(t, "letters", 1)
	require.Empty(t, other.jobs(t)["hook"], "no system declares the hook")
}

func TestDispatcherSaysThatTheDatabaseWasRestored(t *testing.T) {
	t.Parallel()
	w := arrange(t, dbtest.New(t), "first")
	_, err := w.Exempt().Exec(t.Context(), `update dispatcher set xact_id = '9000000000'`)
	require.NoError(t, err)
	_, err = w.dispatcher(t, w.DB, false).look(t.Context())
	require.ErrorIs(t, err, errAhead)
}

func TestTableKnowsEveryKind(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var check string
	require.NoError(t, d.Exempt().QueryRow(t.Context(), `select pg_get_constraintdef(oid) from pg_constraint where conname = 'ticket_events_kind_known'`).Scan(&check))
	letter := map[ticket.Kind]bool{ticket.Submitted: true, ticket.Commented: true, ticket.Transitioned: true, ticket.Edited: true}
	for _, kind := range []ticket.Kind{
		ticket.Submitted, ticket.Commented, ticket.Noted, ticket.Transitioned, ticket.Assigned, ticket.HandedOver, ticket.Edited, ticket.Classified, ticket.Erased,
	} {
		require.Contains(t, check, "'"+string(kind)+"'")
		kinds := func(f facts) (all []string) {
			for _, p := range jobsFor([]desk.FeedEntry{{Kind: kind}}, f) {
				all = append(all, p.Args.Kind())
			}
			return all
		}
		var want []string
		if letter[kind] {
			want = append(want, "letters")
		}
		require.Equal(t, want, kinds(facts{}), kind)
		require.Equal(t, append(want, "hook"), kinds(facts{hooks: true}), kind)
	}
}
