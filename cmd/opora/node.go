package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/httpapi"
	"github.com/opora-desk/opora/core/job"
	"github.com/opora-desk/opora/core/plugin/host"
	"github.com/opora-desk/opora/core/telemetry"
)

const (
	configPoll   = 5 * time.Second
	readyWithin  = 2 * time.Second
	pluginsLimit = 15 * time.Second
	flushWithin  = 2 * time.Second
	epochMetric  = "opora_config_epoch"
)

// nodeOptions are what a node is made of.
type nodeOptions struct {
	databaseURL string
	connections int32
	// files is the folder of attachments, plugins that of the systems' binaries.
	files, plugins string
	// patience is how the plugins' processes are started and watched.
	patience  pluginFlags
	traces    traceFlags
	publicURL string
	secure    bool
	proxies   []netip.Prefix
	origins   []string
	log       *slog.Logger
}

// node is one serving process: use cases, jobs, plugins and the door's handler over one database.
type node struct {
	options nodeOptions
	log     *slog.Logger
	db      *db.DB
	desk    *desk.Service
	jobs    *job.Node
	fleet   *fleet
	metrics *prometheus.Registry
	tracing *telemetry.Tracing
	// ready turns true when everything that was asked for at start is there.
	ready   atomic.Bool
	closing chan struct{}
	// stop ends the goroutines of work.
	stop  context.CancelFunc
	work  sync.WaitGroup
	looks singleflight.Group
	// failed tells of an end that nobody asked for.
	failed chan error
	// changed runs after a new configuration was taken.
	changed func(ctx context.Context)
}

// newNode connects and refuses a role that could see across tenants. Nothing runs before run.
func newNode(ctx context.Context, o nodeOptions) (*node, error) {
	n := &node{options: o, log: o.log, closing: make(chan struct{}), failed: make(chan error, 1), stop: func() {}}
	var err error
	if n.tracing, err = o.traces.open(ctx, o.log); err != nil {
		return nil, err
	}
	var options []db.Option
	if n.tracing.On() {
		options = append(options, db.Traced)
	}
	if n.db, err = db.Open(ctx, o.databaseURL, o.connections, options...); err != nil {
		return nil, err
	}
	if err = n.fill(ctx); err != nil {
		n.db.Close()
		return nil, err
	}
	return n, nil
}

func (n *node) fill(ctx context.Context) error {
	if err := n.db.CheckRole(ctx); err != nil {
		return err
	}
	n.metrics = telemetry.NewRegistry(version())
	if err := telemetry.Pool(n.metrics, n.db); err != nil {
		return err
	}
	blobs, err := attachment.NewDisk(n.options.files)
	if err != nil {
		return fmt.Errorf("open folder of attachments: %w", err)
	}
	bell := job.NewBell(n.db, n.log)
	if n.desk, err = desk.New(ctx, desk.Options{
		DB: n.db, Clock: clock.System{}, Blobs: blobs, Log: n.log, Bell: bell.Ring, PublicURL: n.options.publicURL, Metrics: n.metrics,
	}); err != nil {
		return fmt.Errorf("load the configuration: %w", err)
	}
	if err := n.metrics.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: epochMetric, Help: "Epoch of the configuration that this node serves; nodes that differ are behind.",
	}, func() float64 { return float64(n.desk.Epoch()) })); err != nil {
		return fmt.Errorf("register figures of the node: %w", err)
	}
	processes, err := host.New(n.options.patience.host(n.options.plugins, n.log))
	if err != nil {
		return err
	}
	n.fleet = newFleet(processes, n.desk, n.log)
	if err := n.metrics.Register(pluginFigures{processes}); err != nil {
		return fmt.Errorf("register figures of the plugins: %w", err)
	}
	n.jobs, err = job.New(job.Options{
		DB: n.db, Clock: clock.System{}, Log: n.log, Bell: bell, UseCases: n.desk, Sink: n.fleet, Metrics: n.metrics, Tracer: n.tracing.Tracer(),
	})
	return err
}

// run starts the jobs and the watch over the configuration; close ends them.
func (n *node) run(ctx context.Context) {
	ctx, n.stop = context.WithCancel(context.WithoutCancel(ctx))
	n.work.Go(func() {
		if err := n.jobs.Run(ctx); err != nil && ctx.Err() == nil {
			n.fail(fmt.Errorf("run jobs: %w", err))
		}
	})
	n.work.Go(func() { n.watch(ctx) })
	n.work.Go(func() { n.listen(ctx, desk.PluginBell, func(system string) { n.fleet.release(ctx, system) }) })
	n.work.Go(func() {
		n.listen(ctx, desk.PluginRestartBell, func(system string) { n.fleet.restart(ctx, system) })
	})
	n.work.Go(func() { n.fleet.keepStatus(ctx) })
}

func (n *node) fail(err error) {
	select {
	case n.failed <- err:
	default:
	}
}

// watch takes a new configuration when the database rings, and looks every few seconds in case the
// ring was missed.
func (n *node) watch(ctx context.Context) {
	rung := make(chan struct{}, 1)
	n.work.Go(func() {
		n.listen(ctx, catalog.Channel, func(string) {
			select {
			case rung <- struct{}{}:
			default:
			}
		})
	})
	poll := time.NewTicker(configPoll)
	defer poll.Stop()
	taken := n.desk.Epoch()
	for {
		select {
		case <-ctx.Done():
			return
		case <-rung:
		case <-poll.C:
		}
		taken = n.take(ctx, taken)
	}
}

// listen hears a channel of the database as long as ctx lasts.
func (n *node) listen(ctx context.Context, channel string, hear func(word string)) {
	for ctx.Err() == nil {
		if err := n.db.ListenTo(ctx, channel, hear); err != nil && ctx.Err() == nil {
			n.log.WarnContext(ctx, "listening to the database failed, trying again", slog.String("channel", channel), slog.Any("error", err))
			wait(ctx, configPoll)
		}
	}
}

// take reloads when the database is ahead of this node, and tells the plugins when the node is ahead
// of what they were told.
func (n *node) take(ctx context.Context, taken int64) int64 {
	current, err := n.desk.CurrentEpoch(ctx)
	if err == nil && current != n.desk.Epoch() {
		err = n.desk.Reload(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			n.log.ErrorContext(ctx, "new configuration cannot be taken, keeping the last good one", slog.Any("error", err))
		}
		return taken
	}
	if now := n.desk.Epoch(); now != taken {
		n.fleet.reconcile(ctx)
		if n.changed != nil {
			n.changed(ctx)
		}
		return now
	}
	return taken
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// handler is what the door hands requests to.
func (n *node) handler(d *door, site http.Handler) http.Handler {
	n.metrics.MustRegister(d.connections)
	return httpapi.New(httpapi.Options{
		Desk: n.desk, Feed: n.jobs.Feed(), Plugins: n.fleet.views, PluginLog: n.fleet.said, Ready: n.readiness,
		Metrics: telemetry.Handler(n.metrics), Registerer: n.metrics, Tracer: n.tracing.Tracer(), Web: site,
		Log: n.log, Clock: clock.System{}, Version: version(),
		Secure: n.options.secure, Proxies: n.options.proxies, Origins: n.options.origins, Closing: n.closing,
	})
}

// readiness looks at the database; plugins and what follows from events are told but never make a node
// unready.
func (n *node) readiness(ctx context.Context) httpapi.ReadyReport {
	// However many ask, one looks.
	found, _, _ := n.looks.Do("", func() (any, error) { return n.look(context.WithoutCancel(ctx)), nil })
	report, _ := found.(httpapi.ReadyReport)
	return report
}

func (n *node) look(ctx context.Context) httpapi.ReadyReport {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	report := httpapi.ReadyReport{Ready: n.ready.Load(), Checks: map[string]string{"start": "ok", "database": "ok"}}
	if !report.Ready {
		report.Checks["start"] = "starting"
	}
	switch _, err := n.desk.CurrentEpoch(ctx); {
	case err == nil:
	case errors.Is(err, context.DeadlineExceeded) && n.answers():
		// To take a node that is merely full out of service gives its load to others that are as full.
		report.Checks["database"] = "busy"
	default:
		report.Ready, report.Checks["database"] = false, "unreachable"
	}
	degraded := n.jobs.Degraded()
	for _, part := range []string{"dispatcher", "live"} {
		report.Checks[part] = "ok"
		if state, stands := degraded[part]; stands {
			report.Checks[part] = "degraded: " + state
		}
	}
	for _, p := range n.fleet.views() {
		state := "ok"
		if p.State != string(host.Ready) {
			state = "degraded: " + p.State
			if p.Reason != "" {
				state += ": " + p.Reason
			}
		}
		report.Checks["plugin "+p.System] = state
	}
	return report
}

// answers reports whether the database has lately done what it was asked: it is slow, and not away.
func (n *node) answers() bool { return clock.System{}.Now().Sub(n.db.Answered()) < 2*readyWithin }

// close ends what the node started: live screens first, so that the door can drain, then jobs, then
// plugins, then the connections.
func (n *node) close(ctx context.Context, d *door) error {
	ctx = context.WithoutCancel(ctx)
	n.ready.Store(false)
	close(n.closing)
	if d != nil {
		d.close(ctx)
	}
	n.stop()
	n.work.Wait()
	bounded, cancel := context.WithTimeout(ctx, pluginsLimit)
	defer cancel()
	err := n.fleet.close(bounded)
	n.db.Close()
	n.flush(ctx)
	return err
}

// flush sends the traces that wait; a collector that is away holds nobody up.
func (n *node) flush(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, flushWithin)
	defer cancel()
	if err := n.tracing.Close(ctx); err != nil {
		n.log.WarnContext(ctx, "the last traces were not sent", slog.Any("error", err))
	}
}

// await returns when somebody ends the program or a part of it fails.
func (n *node) await(ctx context.Context, d *door, databaseEnded <-chan struct{}) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-n.failed:
		return err
	case err := <-d.failed:
		return err
	case <-databaseEnded:
		return errDatabaseEnded
	}
}

var errDatabaseEnded = errors.New("the database ended")
