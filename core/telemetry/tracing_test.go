package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/telemetry"
	"github.com/opora-desk/opora/core/telemetry/span"
)

// received serves as a collector and hands on what it is sent.
func received(t *testing.T) (address string, spans <-chan *wire.Span) {
	t.Helper()
	out := make(chan *wire.Span, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		var request collector.ExportTraceServiceRequest
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(raw, &request) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		for _, resource := range request.GetResourceSpans() {
			for _, scope := range resource.GetScopeSpans() {
				for _, one := range scope.GetSpans() {
					out <- one
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, out
}

func tracing(t *testing.T, endpoint string, ratio float64, log io.Writer) *telemetry.Tracing {
	t.Helper()
	made, err := telemetry.NewTracing(t.Context(), telemetry.TraceOptions{
		Endpoint: endpoint, Ratio: ratio, Version: "test", Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	require.NoError(t, err)
	return made
}

const claimed = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func TestATraceArrivesWithItsParents(t *testing.T) {
	t.Parallel()
	address, spans := received(t)
	made := tracing(t, address, 1, io.Discard)
	ctx, root := span.Begin(t.Context(), made.Tracer(), trace.SpanKindServer, "request", span.Claimed(t.Context(), claimed))
	require.True(t, root.On())
	inner, child := span.Start(ctx, "use case")
	_, grandchild := span.Call(inner, "question")
	sent := map[string]string{}
	span.Inject(inner, func(name, value string) { sent[name] = value })
	grandchild.End(errs.Wrap(errs.Unavailable, "away", errors.New("secret text")))
	child.Text("opora.system", "example")
	child.End(errs.New(errs.Invalid, "invalid_fields", "secret text"))
	root.Rename("GET /x")
	root.End(nil)
	require.NoError(t, made.Close(t.Context()), "closing sends what waits")

	got := map[string]*wire.Span{}
	for range 3 {
		one := <-spans
		got[one.GetName()] = one
	}
	top := got["GET /x"]
	require.Empty(t, top.GetParentSpanId(), "whoever asks decides no parent")
	require.NotContains(t, claimed, hex(top.GetTraceId()))
	require.Len(t, top.GetLinks(), 1)
	require.Contains(t, claimed, hex(top.GetLinks()[0].GetTraceId()))
	require.Equal(t, top.GetSpanId(), got["use case"].GetParentSpanId())
	require.Equal(t, got["use case"].GetSpanId(), got["question"].GetParentSpanId())
	for _, one := range got {
		require.Equal(t, top.GetTraceId(), one.GetTraceId())
		require.NotContains(t, one.String(), "secret")
	}
	require.Equal(t, wire.Status_STATUS_CODE_ERROR, got["question"].GetStatus().GetCode())
	require.Contains(t, got["question"].String(), "away")
	require.Equal(t, wire.Status_STATUS_CODE_UNSET, got["use case"].GetStatus().GetCode(), "a refusal is an answer")
	require.Contains(t, sent["traceparent"], hex(top.GetTraceId()))
}

func hex(raw []byte) string {
	const digits = "0123456789abcdef"
	var out []byte
	for _, b := range raw {
		out = append(out, digits[b>>4], digits[b&15])
	}
	return string(out)
}

func TestNobodyOutsideDecidesWhatIsTraced(t *testing.T) {
	t.Parallel()
	address, _ := received(t)
	made := tracing(t, address, 0, io.Discard)
	ctx, root := span.Begin(t.Context(), made.Tracer(), trace.SpanKindServer, "request", span.Claimed(t.Context(), claimed))
	require.False(t, root.On(), "the header says that it is sampled")
	_, child := span.Start(ctx, "use case")
	require.False(t, child.On())
	for _, odd := range []string{"", "x", claimed + claimed, "00-00000000000000000000000000000000-b7ad6b7169203331-01"} {
		require.False(t, span.Claimed(t.Context(), odd).IsValid(), odd)
	}
}

func TestACollectorThatHangsHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	made := tracing(t, server.URL, 1, io.Discard)
	for range 20_000 { // more than is kept: the rest is dropped
		_, root := span.Begin(t.Context(), made.Tracer(), trace.SpanKindServer, "request", trace.SpanContext{})
		root.End(nil)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, made.Close(ctx), context.DeadlineExceeded, "the collector still hangs")
}

func TestACollectorThatIsAwayIsToldOfOnce(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	var log bytes.Buffer
	made := tracing(t, server.URL, 1, &log)
	for range 2000 {
		_, root := span.Begin(t.Context(), made.Tracer(), trace.SpanKindServer, "request", trace.SpanContext{})
		root.End(nil)
	}
	require.NoError(t, made.Close(t.Context()))
	require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("traces cannot be sent")), log.String())
}

func TestTheCollectorsAddressIsOne(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"collector:4318", "ftp://collector", "http://", "http://[::1"} {
		_, err := telemetry.NewTracing(t.Context(), telemetry.TraceOptions{Endpoint: wrong})
		require.ErrorIs(t, err, telemetry.ErrEndpoint, wrong)
	}
	none, err := telemetry.NewTracing(t.Context(), telemetry.TraceOptions{})
	require.NoError(t, err)
	require.False(t, none.On())
	require.Nil(t, none.Tracer())
	require.NoError(t, none.Close(t.Context()))
}

// BenchmarkSpansOfARequestWithoutTracing is what a filing pays where no collector is named: its trace and
// five spans.
func BenchmarkSpansOfARequestWithoutTracing(b *testing.B) {
	b.ReportAllocs()
	benchmark(b, nil)
}

// BenchmarkSpansOfARequestNotSampled is the same for a request that is not in the sample.
func BenchmarkSpansOfARequestNotSampled(b *testing.B) {
	made, err := telemetry.NewTracing(b.Context(), telemetry.TraceOptions{Endpoint: "http://127.0.0.1:1", Log: slog.New(slog.DiscardHandler)})
	require.NoError(b, err)
	b.ReportAllocs()
	benchmark(b, made.Tracer())
}

func benchmark(b *testing.B, tracer trace.Tracer) {
	b.Helper()
	for b.Loop() {
		ctx, root := span.Begin(b.Context(), tracer, trace.SpanKindServer, "request", trace.SpanContext{})
		for range 5 {
			_, inner := span.Start(ctx, "inner")
			inner.Text("opora.system", "example")
			inner.End(nil)
		}
		root.End(nil)
	}
}
