package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Bounds of sending: what does not fit is dropped, and nobody waits for it.
const (
	traceQueue  = 4096
	traceBatch  = 512
	traceEvery  = 2 * time.Second
	traceWithin = 5 * time.Second
	tracesPath  = "/v1/traces"
	scopeName   = "github.com/opora-desk/opora"
)

// TraceOptions say where traces are sent.
type TraceOptions struct {
	// Endpoint is the collector's address, as http://collector:4318; empty for no tracing at all. Headers,
	// certificates and compression are read from the standard OTEL_EXPORTER_OTLP_… variables.
	Endpoint string
	// Ratio is the share of requests and jobs that is traced, from 0 to 1. Nobody outside decides it.
	Ratio   float64
	Version string
	Log     *slog.Logger
}

// Tracing makes traces and sends them. Its zero value, and nil, make none.
type Tracing struct{ provider *sdktrace.TracerProvider }

// ErrEndpoint says that the address of the collector is none.
var ErrEndpoint = errors.New("the address of the collector must be http://host:port or https://host:port")

// NewTracing returns a Tracing that sends to the collector in the background; it does not need to be
// there. Errors: ErrEndpoint.
func NewTracing(ctx context.Context, o TraceOptions) (*Tracing, error) {
	if o.Endpoint == "" {
		return &Tracing{}, nil
	}
	address, err := url.Parse(o.Endpoint)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, ErrEndpoint
	}
	if !strings.HasSuffix(address.Path, tracesPath) {
		address = address.JoinPath(tracesPath)
	}
	// No tries anew: what is dropped while the collector is away is missed by nobody.
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(address.String()),
		otlptracehttp.WithTimeout(traceWithin), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{Enabled: false}))
	if err != nil {
		return nil, fmt.Errorf("make exporter of traces: %w", err)
	}
	return &Tracing{provider: sdktrace.NewTracerProvider(
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(o.Ratio))),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "opora"), attribute.String("service.version", o.Version))),
		sdktrace.WithRawSpanLimits(sdktrace.SpanLimits{
			AttributeValueLengthLimit: 1024, AttributeCountLimit: 32, EventCountLimit: 64, LinkCountLimit: 4,
			AttributePerEventCountLimit: 8, AttributePerLinkCountLimit: 4,
		}),
		sdktrace.WithBatcher(&telling{SpanExporter: exporter, log: o.Log},
			sdktrace.WithMaxQueueSize(traceQueue), sdktrace.WithMaxExportBatchSize(traceBatch),
			sdktrace.WithBatchTimeout(traceEvery), sdktrace.WithExportTimeout(traceWithin)),
	)}, nil
}

// Tracer begins traces; nil where nothing is traced.
func (t *Tracing) Tracer() trace.Tracer {
	if !t.On() {
		return nil
	}
	return t.provider.Tracer(scopeName)
}

// On reports whether anything is traced.
func (t *Tracing) On() bool { return t != nil && t.provider != nil }

// Close sends what waits, as long as ctx lasts.
func (t *Tracing) Close(ctx context.Context) error {
	if !t.On() {
		return nil
	}
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("end tracing: %w", err)
	}
	return nil
}

// telling logs when sending begins to fail and when it works again, instead of each time.
type telling struct {
	sdktrace.SpanExporter

	log     *slog.Logger
	failing atomic.Bool
}

// ExportSpans sends spans; what cannot be sent is dropped.
func (e *telling) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	if failed := err != nil; e.failing.Swap(failed) != failed {
		if failed {
			e.log.WarnContext(ctx, "traces cannot be sent and are dropped until it works again", slog.String("error", err.Error()))
		} else {
			e.log.InfoContext(ctx, "traces are sent again")
		}
	}
	return nil // it was told; the library would write it to standard error each time
}
