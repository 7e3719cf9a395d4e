package main

import (
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/host"
)

// outcomeWell is the outcome of a call that was answered.
const outcomeWell = "ok"

// pluginFlags say how a node starts and watches its plugins. The defaults are for an installation with
// people in it; tests are less patient.
type pluginFlags struct {
	PluginEnv            []string      `help:"${help_plugin_env}" env:"OPORA_PLUGIN_ENV" placeholder:"KEY=VALUE" group:"plugins"`
	PluginMemory         int64         `help:"${help_plugin_memory}" env:"OPORA_PLUGIN_MEMORY" default:"512" placeholder:"MIB" group:"plugins"`
	PluginStart          time.Duration `help:"${help_plugin_start}" env:"OPORA_PLUGIN_START" default:"10s" placeholder:"TIME" group:"plugins"`
	PluginHealthInterval time.Duration `help:"${help_plugin_health_interval}" env:"OPORA_PLUGIN_HEALTH_INTERVAL" default:"5s" placeholder:"TIME" group:"plugins"`
	PluginHealthDeadline time.Duration `help:"${help_plugin_health_deadline}" env:"OPORA_PLUGIN_HEALTH_DEADLINE" default:"2s" placeholder:"TIME" group:"plugins"`
	PluginBackoff        time.Duration `help:"${help_plugin_backoff}" env:"OPORA_PLUGIN_BACKOFF" default:"1s" placeholder:"TIME" group:"plugins"`
	PluginBackoffMost    time.Duration `help:"${help_plugin_backoff_most}" env:"OPORA_PLUGIN_BACKOFF_MOST" default:"1m" placeholder:"TIME" group:"plugins"`
	PluginFailures       int           `help:"${help_plugin_failures}" env:"OPORA_PLUGIN_FAILURES" default:"5" placeholder:"N" group:"plugins"`
}

// host makes the options of the host; what is zero takes the host's own default.
func (f pluginFlags) host(dir string, log *slog.Logger) host.Options {
	return host.Options{
		Dir: dir, Logger: log, Clock: clock.System{}, Env: slices.Clone(f.PluginEnv), MemoryBytes: f.PluginMemory << 20,
		Timing: host.Timing{
			Start: f.PluginStart, HealthEvery: f.PluginHealthInterval, HealthDeadline: f.PluginHealthDeadline,
			BackoffFirst: f.PluginBackoff, BackoffMost: f.PluginBackoffMost, Failures: f.PluginFailures,
		},
	}
}

// pluginFigures are the figures of the plugins' processes, read when they are asked for.
type pluginFigures struct{ host *host.Host }

// pluginDescs are the figures by name.
func pluginDescs() map[string]*prometheus.Desc {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, append([]string{"system"}, labels...), nil)
	}
	return map[string]*prometheus.Desc{
		"up":       desc("opora_plugin_up", "1 while the process of the system takes calls."),
		"state":    desc("opora_plugin_state", "Always 1; its labels are the state of the process and the kind of its last trouble.", "version", "state", "cause"),
		"restarts": desc("opora_plugin_restarts_total", "Times that the process came back after it was lost."),
		"rss":      desc("opora_plugin_rss_bytes", "Resident memory of the process and its descendants."),
		"inflight": desc("opora_plugin_calls_in_flight", "Calls that the process works on."),
		"calls":    desc("opora_plugin_calls_total", "Calls of hooks, by outcome: ok, or the code of the error.", "hook", "outcome"),
		"seconds":  desc("opora_plugin_call_duration_seconds", "Time that calls of hooks took.", "hook"),
		"dropped":  desc("opora_plugin_log_dropped_total", "Lines of the process's log beyond the rate."),
		"stray":    desc("opora_plugin_stray_stdout_bytes_total", "Bytes that the process wrote to standard output."),
	}
}

// Describe tells which figures there are.
func (pluginFigures) Describe(out chan<- *prometheus.Desc) {
	for _, d := range pluginDescs() {
		out <- d
	}
}

// Collect reads the figures.
func (f pluginFigures) Collect(out chan<- prometheus.Metric) {
	descs := pluginDescs()
	for _, s := range f.host.Status() {
		send := func(name string, kind prometheus.ValueType, value float64, labels ...string) {
			out <- prometheus.MustNewConstMetric(descs[name], kind, value, append([]string{s.System}, labels...)...)
		}
		up := 0.0
		if s.State == host.Ready || s.State == host.Degraded {
			up = 1
		}
		send("up", prometheus.GaugeValue, up)
		send("state", prometheus.GaugeValue, 1, s.Version, string(s.State), string(s.Cause))
		send("restarts", prometheus.CounterValue, float64(s.Restarts))
		send("rss", prometheus.GaugeValue, float64(s.RSSBytes))
		send("inflight", prometheus.GaugeValue, float64(s.InFlight))
		send("dropped", prometheus.CounterValue, float64(s.LogDropped))
		send("stray", prometheus.CounterValue, float64(s.StrayStdout))
		none := map[string]bool{}
		for _, hook := range []string{api.HookReadLetter, api.HookPrefill, api.HookLookup, api.HookHandleEvents} {
			none[hook] = true
		}
		well := maps.Clone(none)
		for _, c := range s.Calls {
			send("calls", prometheus.CounterValue, float64(c.Count), c.Hook, c.Outcome)
			if c.Outcome == outcomeWell {
				delete(well, c.Hook)
			}
		}
		for _, t := range s.Times {
			out <- prometheus.MustNewConstHistogram(descs["seconds"], t.Count, t.Seconds, t.Within, s.System, t.Hook)
			delete(none, t.Hook)
		}
		// Hooks that were not called yet are shown, so that an alert sees them before they first count.
		for hook := range well {
			send("calls", prometheus.CounterValue, 0, hook, outcomeWell)
		}
		for hook := range none {
			out <- prometheus.MustNewConstHistogram(descs["seconds"], 0, 0, map[float64]uint64{}, s.System, hook)
		}
	}
}
