package desk

import (
	"context"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
	"github.com/opora-desk/opora/core/telemetry/span"
)

// figures are what an operator sees of the use cases. Labels are systems and channels, of which an
// installation has a few, and never tenants, of which it may have thousands.
type figures struct {
	batch       *prometheus.HistogramVec
	filed       *prometheus.CounterVec
	passSeconds *prometheus.HistogramVec
	passFuel    *prometheus.HistogramVec
	ruleFailed  *prometheus.CounterVec
}

func newFigures(to prometheus.Registerer) (*figures, error) {
	f := &figures{
		batch: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "opora_filing_batch_duration_seconds", Help: "Time in which a new ticket was kept, in one batch or with new people and files in a transaction; the wait for a connection included.",
			Buckets: []float64{.001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"way"}),
		filed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "opora_tickets_filed_total", Help: "Tickets filed, by system and channel.",
		}, []string{"system", "channel"}),
		passSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "opora_rule_pass_duration_seconds", Help: "Time of one pass of a desk's rules, the check by the form's schema included.",
			Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .05, .25},
		}, []string{"system"}),
		passFuel: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "opora_rule_pass_fuel", Help: "Fuel that one pass used; a single rule is stopped at 200,000.",
			Buckets: []float64{100, 1000, 10_000, 50_000, 100_000, 200_000, 1_000_000},
		}, []string{"system"}),
		ruleFailed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "opora_rules_failed_total", Help: "Rules that had no effect, by why: fuel, or error.",
		}, []string{"system", "why"}),
	}
	if to == nil {
		return f, nil
	}
	for _, c := range []prometheus.Collector{f.batch, f.filed, f.passSeconds, f.passFuel, f.ruleFailed} {
		if err := to.Register(c); err != nil {
			return nil, fmt.Errorf("register figures of the desk: %w", err)
		}
	}
	return f, nil
}

// judge runs the rules of a snapshot over decoded fields. The typing problems of decoding come first:
// what had a wrong type was taken out before any rule could see it.
func (s *Service) judge(
	ctx context.Context, rules *rule.Set, snap *Snapshot, compiled *release.CompiledForm, in rule.Input, typing []errs.Problem,
) pass {
	in.InList = snap.InList
	in.Schema = func(fields api.Fields, required []string) []errs.Problem {
		return form.Merge(typing, compiled.Form.Validate(fields, required, snap.InList))
	}
	return pass{input: in, rules: rules, decision: s.eval(ctx, rules, snap, in)}
}

// eval is one pass, measured.
func (s *Service) eval(ctx context.Context, rules *rule.Set, snap *Snapshot, in rule.Input) rule.Decision {
	_, opened := span.Start(ctx, "rule pass")
	began := clock.System{}.Now()
	decision := rules.Eval(in)
	took := clock.System{}.Now().Sub(began)
	system := snap.Declaration().Key
	s.figures.passSeconds.WithLabelValues(system).Observe(took.Seconds())
	s.figures.passFuel.WithLabelValues(system).Observe(float64(decision.Fuel))
	for _, why := range []string{rule.CodeFuel, rule.CodeError} { // an alert must see it before it first counts
		s.figures.ruleFailed.WithLabelValues(system, why)
	}
	for i := range decision.Rules {
		if code := decision.Rules[i].Code; code == rule.CodeFuel || code == rule.CodeError {
			s.figures.ruleFailed.WithLabelValues(system, code).Inc()
		}
	}
	if opened.On() {
		opened.Text("opora.system", system)
		opened.Text("opora.rules.digest", rules.Digest())
		opened.Number("opora.rules.count", len(decision.Rules))
		opened.Number("opora.rules.fuel", decision.Fuel)
	}
	opened.End(nil)
	return decision
}

// keepFiling stores a filing, measured.
func (s *Service) keepFiling(ctx context.Context, f *filing) error {
	way := "batch"
	if !f.oneBatch() {
		way = "transaction"
	}
	began := clock.System{}.Now()
	err := s.store(ctx, f)
	s.figures.batch.WithLabelValues(way).Observe(clock.System{}.Now().Sub(began).Seconds())
	if err != nil {
		return err
	}
	s.figures.filed.WithLabelValues(f.snap.Declaration().Key, string(f.channel)).Inc()
	if opened := span.Of(ctx); opened.On() {
		opened.Text("opora.system", f.snap.Declaration().Key)
		opened.Text("opora.ticket", f.ticket.ID.String())
	}
	return nil
}
