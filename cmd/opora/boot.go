package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/opora-desk/opora/core/httpapi"
	"github.com/opora-desk/opora/core/telemetry"
)

const drainLimit = 10 * time.Second

// doorFlags say how many clients a node takes.
type doorFlags struct {
	MaxConnections int `help:"${help_max_connections}" env:"OPORA_MAX_CONNECTIONS" default:"12000" placeholder:"N"`
}

// traceFlags say whether and where a node sends traces; the standard variables of OpenTelemetry are
// taken, too.
type traceFlags struct {
	TraceEndpoint string  `help:"${help_trace_endpoint}" env:"OPORA_TRACE_ENDPOINT,OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,OTEL_EXPORTER_OTLP_ENDPOINT" placeholder:"URL"`
	TraceRatio    float64 `help:"${help_trace_ratio}" env:"OPORA_TRACE_RATIO" default:"0.1" placeholder:"SHARE"`
}

func (f traceFlags) open(ctx context.Context, log *slog.Logger) (*telemetry.Tracing, error) {
	tracing, err := telemetry.NewTracing(ctx, telemetry.TraceOptions{
		Endpoint: f.TraceEndpoint, Ratio: f.TraceRatio, Version: version(), Log: log,
	})
	if errors.Is(err, telemetry.ErrEndpoint) {
		return nil, &refusal{key: "cli.error.trace_endpoint", args: arg("value", f.TraceEndpoint), err: err}
	}
	return tracing, err
}

// door is the listening socket. It is bound before anything else is started, so that a port in use is
// found at once, and tells that it lives until the node can take over.
type door struct {
	listener    net.Listener
	server      *http.Server
	connections *httpapi.Connections
	handler     atomic.Pointer[http.Handler]
	failed      chan error
}

func openDoor(ctx context.Context, address string, most int, log *slog.Logger) (*door, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
			return nil, &refusal{key: "cli.error.port_in_use", args: arg("address", address), err: err}
		case errors.Is(err, syscall.EACCES):
			return nil, &refusal{key: "cli.error.port_denied", args: arg("address", address), err: err}
		}
		return nil, &refusal{key: "cli.error.address", args: arg("address", address, "detail", err.Error()), err: err}
	}
	d := &door{listener: listener, connections: httpapi.NewConnections(affordable(ctx, most, log)), failed: make(chan error, 1)}
	d.use(http.HandlerFunc(starting))
	d.server = httpapi.NewServer(listener.Addr().String(), d, log)
	go func() {
		if err := d.connections.Serve(d.server, listener); err != nil {
			d.failed <- err
		}
	}()
	return d, nil
}

// What the open files of a process are needed for beside clients: the database, plugins, uploads.
const (
	otherFiles      = 512
	fewestConnected = 128
)

// affordable is how many connections the limit of open files leaves room for. Go has raised the soft
// limit to the hard one before main began.
func affordable(ctx context.Context, most int, log *slog.Logger) int {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil || files.Cur > math.MaxInt32 {
		return most
	}
	room := max(int(files.Cur)-otherFiles, fewestConnected)
	if room >= most {
		return most
	}
	log.WarnContext(ctx, "fewer connections than asked for: the limit of open files (ulimit -n) is too low",
		slog.Int("connections", room), slog.Int("asked", most), slog.Uint64("files", files.Cur))
	return room
}

// ServeHTTP hands over to whoever answers at the moment.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*d.handler.Load()).ServeHTTP(w, r) }

func (d *door) use(h http.Handler) { d.handler.Store(&h) }

// url is the address as a person types it.
func (d *door) url() string { return "http://" + d.listener.Addr().String() }

// close takes no new request and lets those in flight finish for a bounded time.
func (d *door) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainLimit)
	defer cancel()
	if d.server.Shutdown(ctx) != nil {
		_ = d.server.Close()
	}
}

// starting answers until the node is there.
func starting(w http.ResponseWriter, r *http.Request) {
	answer := func(kind string, status int, body any) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	switch r.URL.Path {
	case "/healthz":
		answer("application/json", http.StatusOK, map[string]string{"status": "ok"})
	case "/readyz":
		answer("application/json", http.StatusServiceUnavailable,
			httpapi.ReadyReport{Checks: map[string]string{"start": "starting"}})
	default:
		w.Header().Set("Retry-After", "2")
		answer("application/problem+json", http.StatusServiceUnavailable,
			map[string]any{"status": http.StatusServiceUnavailable, "code": "starting", "title": http.StatusText(http.StatusServiceUnavailable)})
	}
}
