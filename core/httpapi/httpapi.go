// Package httpapi is the door for browsers and programs: it turns HTTP into calls of core/desk and
// their answers and errors into HTTP. The OpenAPI document is made from the same types.
//
// It decides nothing about tickets and knows no tables, jobs or plugins' processes.
//
// Invariants:
//  1. No library sees a body before it was bounded in bytes, depth, count and number length, and found
//     free of members named twice.
//  2. Every error is one problem document (RFC 9457) that never repeats a value of the request.
//  3. A request without credentials reaches a use case only on the routes that routes.go marks so; what
//     is not a GET is refused when another site sent it.
//  4. Nothing waits without a deadline, and everything kept per client is bounded.
//  5. Logs and metrics hold route patterns, never paths, tokens or contents.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/desk"
)

// Feed tells what happens to tickets of every tenant, for live screens.
type Feed interface {
	// Subscribe returns entries in the order of their commits until the function is called or ctx ends.
	// The channel is bounded; it is closed for a reader who does not keep up.
	Subscribe(ctx context.Context) (<-chan desk.FeedEntry, func())
}

// ReadyReport says whether this node can serve.
type ReadyReport struct {
	Ready bool `json:"ready"`
	// Checks name what was looked at, each "ok" or a short state; no addresses and no error texts.
	Checks map[string]string `json:"checks"`
}

// PluginView is what an operator sees of a system's process.
type PluginView struct {
	System      string    `json:"system"`
	Version     string    `json:"version"`
	Digest      string    `json:"digest"`
	State       string    `json:"state"`
	Since       time.Time `json:"since"`
	Restarts    int       `json:"restarts"`
	Reason      string    `json:"reason,omitempty" doc:"Why it failed or was not replaced last, in English"`
	Cause       string    `json:"cause,omitempty" enum:"start,drift,ended,hangs,memory,calls,settings,output" doc:"The kind of that reason"`
	FailedAt    time.Time `json:"failed_at,omitzero" doc:"When that was; absent for what goes on now"`
	Pending     string    `json:"pending,omitempty" doc:"Version that is being started beside the running one"`
	ConfigError string    `json:"config_error,omitempty"`
	PID         int       `json:"pid,omitempty" doc:"Absent while no process is ready"`
	RSSBytes    int64     `json:"rss_bytes"`
	InFlight    int       `json:"in_flight"`
}

// PluginLine is a line that a system's process wrote into its own log, or the core about that process.
type PluginLine struct {
	At     time.Time `json:"at"`
	Stream string    `json:"stream" enum:"stdout,stderr,core" doc:"core marks what the core wrote about the process's beginnings and ends"`
	Level  string    `json:"level" enum:"debug,info,warn,error"`
	Text   string    `json:"text"`
}

// Options are what the door needs. Desk, Log and Clock must be there; the rest may be left out.
type Options struct {
	Desk *desk.Service
	// Feed serves live screens; without it they answer 503.
	Feed Feed
	// Plugins lists the systems' processes of this node.
	Plugins func() []PluginView
	// PluginLog returns the last lines that a system's processes on this node wrote, the oldest first.
	PluginLog func(system string) []PluginLine
	// Ready is asked by /readyz; without it the node is ready as soon as it serves.
	Ready func(ctx context.Context) ReadyReport
	// Metrics serves /metrics, Registerer takes the door's own.
	Metrics    http.Handler
	Registerer prometheus.Registerer
	// Tracer begins a trace for each request; nil for none.
	Tracer trace.Tracer
	// Web serves every path that is not the API's.
	Web   http.Handler
	Log   *slog.Logger
	Clock clock.Clock
	// Version is the program's, for the document.
	Version string
	// Secure marks cookies so that browsers send them over TLS alone: set it behind a proxy with TLS.
	Secure bool
	// Proxies may name the client's address in X-Forwarded-For; nobody else is believed.
	Proxies []netip.Prefix
	// Origins are other addresses of this same installation (scheme://host) for the check of the origin.
	Origins []string
	// Closing is closed when the node goes down: live screens are then told to connect anew.
	Closing <-chan struct{}
	Limits  Limits
}

// New returns the door. It is safe for concurrent use.
func New(o Options) http.Handler { return newServer(o).router }

// NewServer returns a server for the door with its limits of time and size; uploads, downloads and
// live screens lengthen their own deadlines.
func NewServer(addr string, h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

type server struct {
	desk     *desk.Service
	feed     Feed
	plugins  func() []PluginView
	said     func(system string) []PluginLine
	ready    func(ctx context.Context) ReadyReport
	log      *slog.Logger
	clock    clock.Clock
	secure   bool
	proxies  []netip.Prefix
	closing  <-chan struct{}
	limits   Limits
	gates    gates
	farewell *farewell
	origin   *http.CrossOriginProtection
	figures  *figures
	tracer   trace.Tracer
	router   *chi.Mux
	api      huma.API
	// byID are the routes by their operation's id, from registration until serving.
	byID     map[string]route
	document apiDocument
}

func newServer(o Options) *server {
	s := &server{
		desk: o.Desk, feed: o.Feed, plugins: o.Plugins, said: o.PluginLog, ready: o.Ready, log: o.Log, clock: o.Clock,
		secure: o.Secure, proxies: o.Proxies, closing: o.Closing, limits: o.Limits.orDefaults(),
		router: chi.NewRouter(), byID: map[string]route{},
	}
	s.gates, s.farewell = newGates(s.limits, s.clock), newFarewell()
	s.origin = http.NewCrossOriginProtection()
	for _, origin := range o.Origins {
		if err := s.origin.AddTrustedOrigin(origin); err != nil {
			s.log.Error("origin is not scheme://host and is left out", slog.String("origin", origin), slog.Any("error", err))
		}
	}
	s.figures, s.tracer = newFigures(), o.Tracer
	s.register(o.Registerer)
	s.router.Use(s.begin, s.observe, s.recovered, s.guard)
	s.router.NotFound(s.notFound(o.Web))
	s.router.MethodNotAllowed(s.methodNotAllowed)
	setProblems()
	s.api = huma.NewAPI(apiConfig(o.Version, s.explain, s.encode), mounter{s})
	s.routes(o.Metrics)
	s.document = mustDocument(s.api.OpenAPI())
	return s
}
