package job

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

func TestNodeCarriesOutWhatFollowsFromEvents(t *testing.T) {
	t.Parallel()
	const count = 60
	w := arrange(t, dbtest.New(t), "first")
	other := arrange(t, w.Database, "second")
	u := &useCases{fail: func(seq int64, times int) error {
		if seq == 7 && times == 1 {
			return errors.New("the first time fails")
		}
		return nil
	}}
	log := &logged{}
	o := w.options(u)
	o.Log, o.Metrics = log.logger(), prometheus.NewRegistry()
	node, err := New(o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	entries, leave := node.Feed().Subscribe(t.Context())
	defer leave()
	go func() { ended <- node.Run(ctx) }()
	// The feed begins with what comes from its start on: it has begun when it tells of anything.
	var seq int64
	require.Eventually(t, func() bool {
		seq++
		other.append(t, seq, ticket.Noted)
		return len(entries) > 0
	}, patience, 20*time.Millisecond, "the feed does not begin")
	w.write(t, 4, count, o.Bell.Ring)

	for heard := 0; heard < count; {
		select {
		case e := <-entries:
			if e.Tenant == w.tenant {
				heard++
			}
		case <-time.After(patience):
			t.Fatal("an entry is missing")
		}
	}
	require.Eventually(t, func() bool {
		rendered, times, sweeps := u.done()
		return rendered == count && times == count+1 && sweeps == 1
	}, patience, 20*time.Millisecond, "letters are rendered, the failed one again, files are swept")
	var swept int
	require.Eventually(t, func() bool {
		require.NoError(t, w.Exempt().QueryRow(t.Context(), `select count(*) from river_job where kind = 'sweep_tenant' and state = 'completed'`).Scan(&swept))
		return swept == 2
	}, patience, 20*time.Millisecond)

	families, err := o.Metrics.(*prometheus.Registry).Gather()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(families), 6)
	cancel()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(patience):
		t.Fatal("the node does not end")
	}
	require.NotContains(t, log.String(), "must be owner")
	require.NotContains(t, log.String(), "permission denied")
	_, open := <-entries
	require.False(t, open, "the streams of a node that ends end")
}

type sink func(api.Call, []api.Event) ([]api.EventResult, error)

func (s sink) HandleEvents(_ context.Context, _ string, call api.Call, events []api.Event) ([]api.EventResult, error) {
	return s(call, events)
}

func TestHookOutcomes(t *testing.T) {
	t.Parallel()
	now := clock.NewManual(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	e := event{Tenant: ident.New(), Ticket: ident.New(), Seq: 5}
	answer := func(r api.EventResult) sink {
		return func(call api.Call, events []api.Event) ([]api.EventResult, error) {
			require.Len(t, events, 1)
			require.Equal(t, e.key(), events[0].Key)
			require.Equal(t, e.key(), call.RequestID)
			if r.Key == "" {
				r.Key = events[0].Key
			}
			return []api.EventResult{r}, nil
		}
	}
	work := func(s EventSink, age time.Duration) error {
		w := &hookWorker{useCases: &useCases{}, sink: s, clock: now}
		return w.Work(t.Context(), &river.Job[hookArgs]{JobRow: &rivertype.JobRow{CreatedAt: now.Now().Add(-age)}, Args: hookArgs{e}})
	}
	var snooze *river.JobSnoozeError
	var dead *river.JobCancelError
	broken := sink(func(api.Call, []api.Event) ([]api.EventResult, error) { return nil, errors.New("Иванов said no") })

	require.NoError(t, work(answer(api.EventResult{Outcome: api.EventDone}), 0))
	require.ErrorIs(t, work(answer(api.EventResult{Outcome: api.EventRetry}), 0), errRetry)
	require.ErrorAs(t, work(answer(api.EventResult{Outcome: api.EventRetry, RetryAfter: time.Minute}), 0), &snooze)
	require.Equal(t, time.Minute, snooze.Duration)
	require.ErrorAs(t, work(answer(api.EventResult{Outcome: api.EventRetry, RetryAfter: 1000 * time.Hour}), 0), &snooze)
	require.Equal(t, longestSnooze, snooze.Duration, "a plugin does not put its events off for ever")
	require.ErrorIs(t, work(answer(api.EventResult{Outcome: api.EventRetry, RetryAfter: -time.Hour}), 0), errRetry)
	require.ErrorAs(t, work(answer(api.EventResult{Outcome: api.EventRetry, RetryAfter: time.Minute}), 25*time.Hour), &dead, "a day is enough")
	require.ErrorAs(t, work(answer(api.EventResult{Outcome: api.EventDead}), 0), &dead)
	require.ErrorIs(t, work(answer(api.EventResult{Key: "another"}), 0), errLost)
	require.ErrorIs(t, work(answer(api.EventResult{Outcome: "nonsense"}), 0), errLost)
	err := work(broken, 0)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "Иванов", "a job's error is kept, so the plugin's words are not in it")
	require.ErrorAs(t, work(broken, 25*time.Hour), &dead)
	require.ErrorAs(t, work(nil, 0), &snooze, "a node without processes leaves it to another")

	unwanted := &hookWorker{sink: broken, clock: now, useCases: &useCases{event: func() (desk.HookEvent, bool, error) { return desk.HookEvent{}, false, nil }}}
	require.NoError(t, unwanted.Work(t.Context(), &river.Job[hookArgs]{JobRow: &rivertype.JobRow{}, Args: hookArgs{e}}))
}

// What was given up is kept and shown by identifiers.
func TestDeadLetters(t *testing.T) {
	t.Parallel()
	w := arrange(t, dbtest.New(t), "first")
	u := &useCases{hooks: true}
	o := w.options(u)
	o.Sink = sink(func(_ api.Call, events []api.Event) ([]api.EventResult, error) {
		outcome := api.EventDone
		if events[0].Seq == 2 {
			outcome = api.EventDead
		}
		return []api.EventResult{{Key: events[0].Key, Outcome: outcome}}, nil
	})
	node, err := New(o)
	require.NoError(t, err)
	start(t, func(ctx context.Context) { _ = node.Run(ctx) })
	w.append(t, 1, ticket.Noted)
	w.append(t, 2, ticket.Noted)
	var all []Dead
	require.Eventually(t, func() bool {
		all, err = node.Dead(t.Context(), 0, 10)
		require.NoError(t, err)
		return len(all) == 1
	}, patience, 20*time.Millisecond)
	require.Equal(t, "hook", all[0].Kind)
	require.Equal(t, []ident.ID{w.tenant, w.ticket}, []ident.ID{all[0].Tenant, all[0].Ticket})
	require.Equal(t, int64(2), all[0].Seq)
	next, err := node.Dead(t.Context(), all[0].ID, 10)
	require.NoError(t, err)
	require.Empty(t, next)
	counts, err := countDead(t.Context(), w.Exempt())
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"hook": 1}, counts)
}

func TestRetriesLastADay(t *testing.T) {
	t.Parallel()
	require.Equal(t, time.Second, retryDelay(1))
	require.Equal(t, 2*time.Second, retryDelay(2))
	require.Equal(t, longestRetry, retryDelay(100_000))
	var all time.Duration
	for failure := 1; failure < dayOfAttempts; failure++ {
		all += retryDelay(failure)
	}
	require.Greater(t, all, 23*time.Hour)
	require.Less(t, all, 25*time.Hour)
	now := clock.NewManual(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	require.Equal(t, now.Now().Add(4*time.Second), retries{now}.NextRetry(&rivertype.JobRow{Errors: make([]rivertype.AttemptError, 2)}))
}

func TestSweepDeletesWhatNeedNotBeKept(t *testing.T) {
	t.Parallel()
	w := arrange(t, dbtest.New(t), "first")
	other := arrange(t, w.Database, "second")
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, of := range []*world{w, other} {
		require.NoError(t, w.Batch(t.Context(), of.tenant, func(b *pgx.Batch) {
			for i, age := range []time.Duration{0, 6 * 24 * time.Hour, 8 * 24 * time.Hour, 399 * 24 * time.Hour, 401 * 24 * time.Hour} {
				at := now.Add(-age)
				b.Queue(`insert into idempotency_keys (tenant_id, person_id, route, key, body_digest, ticket_id, seq, created_at)
					values ($1, $2, 'r', $3::int::text, '', $4, 1, $5)`, of.tenant, of.person, i, of.ticket, at)
				b.Queue(`insert into decisions (tenant_id, ticket_id, seq, at, release_digest, revision, digest) values ($1, $2, $3, $4, 'd', 0, 'd')`, of.tenant, of.ticket, i, at)
				b.Queue(`insert into sessions (tenant_id, digest, person_id, created_at, expires_at) values ($1, $2, $3, $4, $5)`,
					of.tenant, []byte{byte(i)}, of.person, at, at.Add(7*24*time.Hour))
			}
			// More than one page.
			b.Queue(`insert into decisions (tenant_id, ticket_id, seq, at, release_digest, revision, digest)
				select $1, $2, n, $3, 'd', 0, 'd' from generate_series(100, 2600) n`, of.tenant, of.ticket, now.Add(-500*24*time.Hour))
		}))
	}
	worker := &sweepTenantWorker{db: w.DB, clock: clock.NewManual(now), keep: keepDecisions}
	require.NoError(t, worker.Work(t.Context(), &river.Job[sweepTenantArgs]{Args: sweepTenantArgs{Tenant: w.tenant}}))
	super := w.Super(t)
	count := func(of *world) (counts [3]int) {
		require.NoError(t, super.QueryRow(t.Context(), `select (select count(*) from idempotency_keys where tenant_id = $1),
			(select count(*) from decisions where tenant_id = $1), (select count(*) from sessions where tenant_id = $1)`, of.tenant).
			Scan(&counts[0], &counts[1], &counts[2]))
		return counts
	}
	require.Equal(t, [3]int{2, 4, 2}, count(w))
	require.Equal(t, [3]int{5, 2506, 5}, count(other), "another tenant's job is its own")
}
