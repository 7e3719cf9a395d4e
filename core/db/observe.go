package db

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/telemetry/span"
)

// The two doors, as figures and spans name them.
const (
	kindBatch       = "batch"
	kindTransaction = "transaction"
)

// figures are what is counted beside the pool's own statistics.
type figures struct {
	waiting atomic.Int64
	// answered is when a door last ended well, in nanoseconds since 1970.
	answered atomic.Int64
	seconds  *prometheus.HistogramVec
	wait     *prometheus.HistogramVec
}

func newFigures() *figures {
	return &figures{seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "opora_db_transaction_duration_seconds",
		Help:    "Time of a tenant's transaction or batch, the wait for its connection and its repeats included.",
		Buckets: []float64{.001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"kind", "outcome"}), wait: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "opora_db_wait_duration_seconds",
		Help:    "For how long a tenant's transaction or batch waited for its connection, by whether it got one.",
		Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .25, .5, 1, 2, 3},
	}, []string{"outcome"})}
}

// waits counts one who waits for a connection, waited that he waits no more.
func (f *figures) waits() time.Time {
	f.waiting.Add(1)
	return clock.System{}.Now()
}

func (f *figures) waited(since time.Time, err error) {
	f.waiting.Add(-1)
	outcome := outcomeOf(err)
	if errors.Is(err, errBusy) {
		outcome = "given_up"
	}
	f.wait.WithLabelValues(outcome).Observe(clock.System{}.Now().Sub(since).Seconds())
}

// Waiting returns how many callers wait for a connection at this moment.
func (d *DB) Waiting() int64 { return d.figures.waiting.Load() }

// Answered returns when a transaction or batch last ended well; the zero time before the first.
func (d *DB) Answered() time.Time {
	at := d.figures.answered.Load()
	if at == 0 {
		return time.Time{}
	}
	return time.Unix(0, at)
}

// Durations are the times of transactions and batches, and of their waits for a connection.
func (d *DB) Durations() []prometheus.Collector {
	return []prometheus.Collector{d.figures.seconds, d.figures.wait}
}

// observed measures one use of a door. The time is the machine's, not the desk's.
func (d *DB) observed(ctx context.Context, kind string) (context.Context, func(error)) {
	began := clock.System{}.Now()
	ctx, s := span.Call(ctx, "db "+kind)
	s.Text("db.system.name", "postgresql")
	return ctx, func(err error) {
		ended := clock.System{}.Now()
		outcome := outcomeOf(err)
		if outcome == "ok" || outcome == "refused" {
			d.figures.answered.Store(ended.UnixNano())
		}
		d.figures.seconds.WithLabelValues(kind, outcome).Observe(ended.Sub(began).Seconds())
		s.End(err)
	}
}

// outcomeOf tells an answer that is no from a database that is away, and both from a defect.
func outcomeOf(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errs.KindOf(err) == errs.Unavailable:
		return "unavailable"
	case errors.Is(err, context.Canceled):
		return "abandoned"
	case errs.KindOf(err) == errs.Internal:
		return "failed"
	}
	return "refused"
}

// traced opens spans for queries and batches too. Statements are literals of ours and are kept;
// arguments, and the texts of the database's errors, which repeat them, are not.
type traced struct{}

const maxStatement = 500

func statement(sql string) string {
	sql, _, _ = strings.Cut(sql, "; set local app.tenant_id")
	sql = strings.Join(strings.Fields(sql), " ")
	return sql[:min(len(sql), maxStatement)]
}

// TraceQueryStart opens the span of a query.
func (traced) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	ctx, s := span.Call(ctx, "db query")
	if s.On() {
		s.Text("db.system.name", "postgresql")
		s.Text("db.query.text", statement(data.SQL))
	}
	return ctx
}

// TraceQueryEnd closes it.
func (traced) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	closeSpan(span.Of(ctx), data.Err)
}

// TraceBatchStart opens the span of a pipelined batch.
func (traced) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	ctx, s := span.Call(ctx, "db pipeline")
	if s.On() {
		s.Text("db.system.name", "postgresql")
		s.Number("db.operation.batch.size", data.Batch.Len())
	}
	return ctx
}

// TraceBatchQuery keeps what was in it: the statements of a pipeline have no times of their own.
func (traced) TraceBatchQuery(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	if s := span.Of(ctx); s.On() {
		s.Event("statement", "db.query.text", statement(data.SQL))
	}
}

// TraceBatchEnd closes it.
func (traced) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	closeSpan(span.Of(ctx), data.Err)
}

func closeSpan(s span.Span, err error) {
	if !s.On() {
		return
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		s.Text("db.response.status_code", pg.Code)
	}
	s.End(Translate(err))
}
