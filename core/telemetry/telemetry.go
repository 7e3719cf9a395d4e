// Package telemetry makes the program's logger and its registry of measurements.
//
// It measures nothing by itself but the runtime and the database's pool; each part registers its own
// figures. Neither logs nor figures hold contents of tickets, tokens or personal data: whoever logs
// sees to it.
package telemetry

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Formats of the log: lines for a person, or one JSON object a line for a collector.
const (
	Text = "text"
	JSON = "json"
)

// NewLogger returns a logger that writes what is at least of a level, one of debug, info, warn, error.
func NewLogger(out io.Writer, format, level string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("read level of the log: %w", err)
	}
	options := &slog.HandlerOptions{Level: least}
	if format == JSON {
		return slog.New(slog.NewJSONHandler(out, options)), nil
	}
	return slog.New(slog.NewTextHandler(out, options)), nil
}

// NewRegistry returns a registry with the figures of the runtime, the process and the program's version.
func NewRegistry(version string) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "opora_build_info", Help: "Always 1; its label is the program's version.",
			ConstLabels: prometheus.Labels{"version": version},
		}, func() float64 { return 1 }),
	)
	return registry
}

// Handler serves the registry to Prometheus.
func Handler(registry *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}
