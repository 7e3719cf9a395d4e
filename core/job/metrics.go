package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel/trace"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/telemetry/span"
)

// How often the jobs that were given up, those that are there and the dispatcher's lag are looked at.
const (
	countEvery = time.Minute
	queueEvery = 15 * time.Second
	lagEvery   = 5 * time.Second
)

type metrics struct {
	registry                          prometheus.Registerer
	entries, cutOff, dispatched, jobs prometheus.Counter
	dead, queued, oldest              *prometheus.GaugeVec
	waiting, behind                   prometheus.Gauge
	worked                            *prometheus.HistogramVec
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		registry:   r,
		entries:    counter("opora_feed_entries_total", "Entries of the log that this node read for its live screens."),
		cutOff:     counter("opora_feed_cut_off_total", "Subscribers cut off because they were too slow."),
		dispatched: counter("opora_dispatcher_events_total", "Events that this node turned into jobs."),
		jobs:       counter("opora_dispatcher_jobs_total", "Jobs that this node made of events."),
		dead:       gauge("opora_jobs_dead", "Jobs of the database that were given up, by kind: hook is the dead-letter list of the plugins' events.", "kind"),
		queued:     gauge("opora_jobs", "Jobs of the database that are not done, by queue and state. Every node tells the same.", "queue", "state"),
		oldest:     gauge("opora_jobs_oldest_seconds", "For how long the oldest job that could be worked has waited, by queue. Every node tells the same.", "queue"),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "opora_dispatcher_waiting_events", Help: "Events of the database that are not yet jobs; 5000 stands for that many or more. Every node tells the same.",
		}),
		behind: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "opora_dispatcher_lag_seconds", Help: "For how long the oldest of these events has waited, as far as this node has seen it.",
		}),
		worked: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "opora_job_duration_seconds", Help: "Time of the jobs that this node worked, by kind and outcome.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"kind", "outcome"}),
	}
	m.noneDead()
	return m, m.register(m.entries, m.cutOff, m.dispatched, m.jobs, m.dead, m.queued, m.oldest, m.waiting, m.behind, m.worked)
}

// noneDead shows the kinds whose loss somebody must hear of before there is any.
func (m *metrics) noneDead() {
	for _, kind := range []string{lettersArgs{}.Kind(), hookArgs{}.Kind()} {
		m.dead.WithLabelValues(kind).Set(0)
	}
}

// watch registers the figures that a feed is asked for.
func (m *metrics) watch(f *Feed) {
	_ = m.register(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "opora_feed_watermark_age_seconds", Help: "For how long an open transaction has hidden the entries after it.",
		}, func() float64 { return f.Late().Seconds() }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "opora_feed_subscribers", Help: "Live screens that this node feeds.",
		}, func() float64 { return float64(f.Subscribers()) }),
	)
}

func (m *metrics) register(all ...prometheus.Collector) error {
	if m.registry == nil {
		return nil
	}
	for _, c := range all {
		if err := m.registry.Register(c); err != nil {
			return fmt.Errorf("register metrics: %w", err)
		}
	}
	return nil
}

// Dead lists the jobs that were given up, newest first, below an id (0 for the first page): for the
// operator, identifiers only.
func (n *Node) Dead(ctx context.Context, before int64, limit int) ([]Dead, error) {
	return listDead(ctx, n.db.Exempt(), before, min(max(limit, 1), 200))
}

// count keeps the gauges of what is in the database.
func (n *Node) count(ctx context.Context) {
	looks := []struct {
		every time.Duration
		due   time.Time
		what  string
		look  func(context.Context) error
	}{
		{every: lagEvery, what: "lag", look: n.countLag},
		{every: queueEvery, what: "queues", look: n.countQueues},
		{every: countEvery, what: "dead", look: n.countDead},
	}
	for ctx.Err() == nil {
		for i := range looks {
			l := &looks[i]
			now := clock.System{}.Now()
			if now.Before(l.due) {
				continue
			}
			l.due = now.Add(l.every - lagEvery/2)
			if err := bounded(ctx, l.look); err != nil && ctx.Err() == nil {
				n.log.WarnContext(ctx, "counting for the figures failed", slog.String("what", l.what), slog.Any("error", err))
			}
		}
		pause(ctx, lagEvery)
	}
}

func bounded(ctx context.Context, look func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	return look(ctx)
}

func (n *Node) countDead(ctx context.Context) error {
	counts, err := countDead(ctx, n.db.Exempt())
	if err != nil {
		return err
	}
	n.metrics.dead.Reset()
	n.metrics.noneDead()
	for kind, count := range counts {
		n.metrics.dead.WithLabelValues(kind).Set(float64(count))
	}
	return nil
}

func (n *Node) countQueues(ctx context.Context) error {
	counts, err := countQueues(ctx, n.db.Exempt())
	if err != nil {
		return err
	}
	n.metrics.queued.Reset()
	n.metrics.oldest.Reset()
	for _, queue := range []string{queueLetters, queueHooks, queueUpkeep} {
		n.metrics.queued.WithLabelValues(queue, string(rivertype.JobStateAvailable)).Set(0)
		n.metrics.oldest.WithLabelValues(queue).Set(0)
	}
	for _, c := range counts {
		n.metrics.queued.WithLabelValues(c.Queue, c.State).Set(float64(c.Count))
		if c.State == string(rivertype.JobStateAvailable) {
			n.metrics.oldest.WithLabelValues(c.Queue).Set(c.Oldest)
		}
	}
	return nil
}

func (n *Node) countLag(ctx context.Context) error {
	l, err := readLag(ctx, n.db.Exempt())
	if err != nil {
		return err
	}
	now := clock.System{}.Now()
	n.lag.saw(l.next, now)
	n.metrics.waiting.Set(float64(l.events))
	n.metrics.behind.Set(n.lag.age(l, now).Seconds())
	return nil
}

// lag tells how old an event is whose time nobody may read across tenants: it is at least as old as the
// first look that found its transaction begun. It is of one goroutine.
type lag struct{ looks []look }

// look is the transaction that would have begun next at a time.
type look struct {
	next uint64
	at   time.Time
}

// mostLooks bounds what is remembered: beyond it every second look is forgotten, so that an outage of
// days is still told to within its hours.
const mostLooks = 1000

func (l *lag) saw(next uint64, at time.Time) {
	if len(l.looks) >= mostLooks {
		kept := l.looks[:0]
		for i := 0; i < len(l.looks); i += 2 {
			kept = append(kept, l.looks[i])
		}
		l.looks = kept
	}
	l.looks = append(l.looks, look{next, at})
}

// age is for how long the oldest of what waits has waited; what no longer matters is forgotten.
func (l *lag) age(w lagging, now time.Time) time.Duration {
	if w.events == 0 {
		l.looks = l.looks[len(l.looks)-1:]
		return 0
	}
	for len(l.looks) > 1 && l.looks[0].next <= w.oldest {
		l.looks = l.looks[1:]
	}
	return max(0, now.Sub(l.looks[0].at))
}

// measured is what happens around every job: its time is counted, and it is a trace of its own.
func (m *metrics) measured(tracer trace.Tracer) func(context.Context, *rivertype.JobRow, func(context.Context) error) error {
	return func(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
		ctx, opened := span.Begin(ctx, tracer, trace.SpanKindConsumer, "job "+job.Kind, trace.SpanContext{})
		if opened.On() {
			opened.Text("opora.job.queue", job.Queue)
			opened.Number("opora.job.attempt", job.Attempt)
			// The request that wrote the event is another trace; the ticket joins the two.
			var of event
			if json.Unmarshal(job.EncodedArgs, &of) == nil && of.Ticket != ident.Nil {
				opened.Text("opora.ticket", of.Ticket.String())
				opened.Number("opora.seq", int(of.Seq))
			}
		}
		began := clock.System{}.Now()
		err := work(ctx)
		outcome := outcomeOf(err)
		m.worked.WithLabelValues(job.Kind, outcome).Observe(clock.System{}.Now().Sub(began).Seconds())
		if outcome != outcomeOK {
			opened.Fail(outcome, outcome == outcomeFailed)
		}
		opened.End(nil)
		return err
	}
}

// What became of a job.
const (
	outcomeOK        = "ok"
	outcomeFailed    = "failed"
	outcomeSnoozed   = "snoozed"
	outcomeCancelled = "cancelled"
)

func outcomeOf(err error) string {
	var snoozed *rivertype.JobSnoozeError
	var cancelled *rivertype.JobCancelError
	switch {
	case err == nil:
		return outcomeOK
	case errors.As(err, &snoozed):
		return outcomeSnoozed
	case errors.As(err, &cancelled):
		return outcomeCancelled
	}
	return outcomeFailed
}
