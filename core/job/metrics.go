package job

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// countEvery is how often the jobs that were given up are counted.
const countEvery = time.Minute

type metrics struct {
	registry                          prometheus.Registerer
	entries, cutOff, dispatched, jobs prometheus.Counter
	dead                              *prometheus.GaugeVec
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := &metrics{
		registry:   r,
		entries:    counter("opora_feed_entries_total", "Entries of the log that this node read for its live screens."),
		cutOff:     counter("opora_feed_cut_off_total", "Subscribers cut off because they were too slow."),
		dispatched: counter("opora_dispatcher_events_total", "Events that this node turned into jobs."),
		jobs:       counter("opora_dispatcher_jobs_total", "Jobs that this node made of events."),
		dead: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "opora_jobs_dead", Help: "Jobs of the database that were given up, by kind: hook is the dead-letter list of the plugins' events.",
		}, []string{"kind"}),
	}
	return m, m.register(m.entries, m.cutOff, m.dispatched, m.jobs, m.dead)
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

// countDead keeps the gauge of the jobs that were given up.
func (n *Node) countDead(ctx context.Context) {
	for ctx.Err() == nil {
		counts, err := countDead(ctx, n.db.Exempt())
		if err != nil && ctx.Err() == nil {
			n.log.WarnContext(ctx, "counting dead jobs failed", slog.Any("error", err))
		}
		if err == nil {
			n.metrics.dead.Reset()
			for kind, count := range counts {
				n.metrics.dead.WithLabelValues(kind).Set(float64(count))
			}
		}
		pause(ctx, countEvery)
	}
}
