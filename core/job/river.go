package job

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/opora-desk/opora/core/clock"
)

// A queue's throughput is about its workers per fetch: 10 workers each 50 ms are some 200 letters a
// second. A worker of hooks waits for a plugin and holds no connection meanwhile.
const (
	workersLetters = 10
	workersHooks   = 20
	workersUpkeep  = 1
	fetchCooldown  = 50 * time.Millisecond
	fetchPoll      = time.Second
	jobTimeout     = time.Minute
	// rescueAfter is when the job of a node that died is given to another.
	rescueAfter  = 5 * time.Minute
	stopWithin   = 10 * time.Second
	keepFinished = 10 * time.Minute
	keepDead     = 30 * 24 * time.Hour
	longestRetry = 15 * time.Minute
)

func newRiver(o Options, m *metrics) (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	queue := func(most int) river.QueueConfig { return river.QueueConfig{MaxWorkers: most} }
	config := &river.Config{
		CancelledJobRetentionPeriod: keepDead,
		CompletedJobRetentionPeriod: keepFinished,
		DiscardedJobRetentionPeriod: keepDead,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           fetchPoll,
		JobTimeout:                  jobTimeout,
		Logger:                      slog.New(quiet{o.Log.Handler()}),
		Queues: map[string]river.QueueConfig{
			queueLetters: queue(workersLetters), queueHooks: queue(workersHooks), queueUpkeep: queue(workersUpkeep),
		},
		// The server's role owns no index; `opora migrate` keeps them.
		ReindexerSchedule:    river.NeverSchedule(),
		RescueStuckJobsAfter: rescueAfter,
		RetryPolicy:          retries{o.Clock},
		SoftStopTimeout:      stopWithin,
		Workers:              workers,
		Middleware:           []rivertype.Middleware{river.WorkerMiddlewareFunc(m.measured(o.Tracer))},
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(sweepEvery),
			func() (river.JobArgs, *river.InsertOpts) { return sweepArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})},
	}
	for _, err := range []error{
		river.AddWorkerSafely(workers, &lettersWorker{useCases: o.UseCases}),
		river.AddWorkerSafely(workers, &hookWorker{useCases: o.UseCases, sink: o.Sink, clock: o.Clock}),
		river.AddWorkerSafely(workers, &sweepWorker{db: o.DB, clock: o.Clock}),
		river.AddWorkerSafely(workers, &sweepTenantWorker{db: o.DB, clock: o.Clock, keep: o.KeepDecisions}),
		river.AddWorkerSafely(workers, &sweepFilesWorker{useCases: o.UseCases}),
	} {
		if err != nil {
			return nil, fmt.Errorf("add worker: %w", err)
		}
	}
	client, err := river.NewClient(riverpgxv5.New(o.DB.Exempt()), config)
	if err != nil {
		return nil, fmt.Errorf("make job client: %w", err)
	}
	return client, nil
}

// retries waits one second after the first failure and twice as long after each further one, up to
// fifteen minutes.
type retries struct{ clock clock.Clock }

// NextRetry returns when a failed job is tried again.
func (r retries) NextRetry(job *rivertype.JobRow) time.Time {
	return r.clock.Now().Add(retryDelay(len(job.Errors) + 1))
}

func retryDelay(failures int) time.Duration {
	const doublings = 10 // beyond, the longest wait is reached anyway
	return min(time.Second<<min(max(failures-1, 0), doublings), longestRetry)
}

// quiet leaves out what River says while all is well.
type quiet struct{ slog.Handler }

// Enabled takes warnings and errors alone.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the silence.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

// WithGroup keeps the silence.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
