package main

import (
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// receiver is a collector of traces that keeps what it is sent.
type receiver struct {
	mu    sync.Mutex
	raw   bytes.Buffer
	spans []*trace.Span
	wrong []string
}

// ServeHTTP takes an export by OTLP over HTTP.
func (c *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	var request collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(raw, &request)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || r.URL.Path != "/v1/traces" {
		c.wrong = append(c.wrong, r.URL.Path)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.raw.Write(raw)
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			c.spans = append(c.spans, scope.GetSpans()...)
		}
	}
}

// find returns the spans that all conditions hold for.
func (c *receiver) find(conditions ...func(*trace.Span) bool) []*trace.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []*trace.Span
next:
	for _, one := range c.spans {
		for _, holds := range conditions {
			if !holds(one) {
				continue next
			}
		}
		found = append(found, one)
	}
	return found
}

func named(name string) func(*trace.Span) bool {
	return func(s *trace.Span) bool { return s.GetName() == name }
}

func under(parent *trace.Span) func(*trace.Span) bool {
	return func(s *trace.Span) bool {
		return bytes.Equal(s.GetTraceId(), parent.GetTraceId()) && bytes.Equal(s.GetParentSpanId(), parent.GetSpanId())
	}
}

// word is the value of a span's attribute.
func word(s *trace.Span, key string) string {
	for _, a := range s.GetAttributes() {
		if a.GetKey() == key {
			return a.GetValue().GetStringValue()
		}
	}
	return ""
}

// TestAFilingIsTracedToThePlugin files one ticket with tracing on and finds its way: from the route to
// the rules and the database, and from the job that follows to the plugin. Nothing that was written, and
// nobody's address or token, is in what was sent.
func TestAFilingIsTracedToThePlugin(t *testing.T) {
	t.Parallel()
	c := &receiver{}
	at := httptest.NewServer(c)
	t.Cleanup(at.Close)
	s := newMisbehaviour(t, "--trace-endpoint", at.URL, "--trace-ratio", "1")
	const claimed = "0af7651916cd43dd8448eb211c80319c"
	const written = "Канарейка-в-описании"
	a, err := s.server.as("requester@author", http.MethodPost, "/tickets", http.Header{"Traceparent": {"00-" + claimed + "-b7ad6b7169203331-01"}},
		[]byte(`{"desk":"help","form":"request","fields":{"title":"Не печатает","description":"`+written+`"}}`))
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, a.status, "%s", a.raw)

	const name = "POST /api/v1/t/{tenant}/tickets"
	s.await("the filing's trace", func() bool { return len(c.find(named(name))) == 1 })
	root := c.find(named(name))[0]
	require.Empty(t, root.GetParentSpanId())
	require.Equal(t, trace.Span_SPAN_KIND_SERVER, root.GetKind())
	require.NotEqual(t, claimed, hex.EncodeToString(root.GetTraceId()), "a client does not choose the trace")
	require.Len(t, root.GetLinks(), 1)
	require.Equal(t, claimed, hex.EncodeToString(root.GetLinks()[0].GetTraceId()))
	require.Equal(t, a.header.Get("X-Request-Id"), word(root, "opora.request"))
	one := func(name string, parent *trace.Span) *trace.Span {
		found := c.find(named(name), under(parent))
		require.Len(t, found, 1, "%s under %s", name, parent.GetName())
		return found[0]
	}
	submitted := one("desk submit", root)
	require.Equal(t, "example", word(one("rule pass", submitted), "opora.system"))
	batch := one("db batch", submitted)
	pipeline := one("db pipeline", batch)
	require.NotEmpty(t, pipeline.GetEvents(), "its statements")
	ticket := word(submitted, "opora.ticket")
	require.NotEmpty(t, ticket)

	hooks := func() []*trace.Span {
		return c.find(named("job hook"), func(s *trace.Span) bool { return word(s, "opora.ticket") == ticket })
	}
	s.await("the trace of the hook's job", func() bool { return len(hooks()) > 0 })
	called := one("plugin handle_events", hooks()[0])
	require.Equal(t, trace.Span_SPAN_KIND_CLIENT, called.GetKind())
	require.Equal(t, "example", word(called, "opora.system"))

	all, err := s.server.figures()
	require.NoError(t, err)
	calls, _ := sum(all, "opora_plugin_calls_total", "system", "example", "hook", "handle_events", "outcome", "ok")
	require.Positive(t, calls)
	timed, _ := sum(all, "opora_plugin_call_duration_seconds_count", "system", "example", "hook", "handle_events")
	require.GreaterOrEqual(t, timed, calls)

	// What waits when the program ends is sent.
	sent := len(c.find(named(name)))
	s.file()
	require.NoError(t, s.server.end(os.Interrupt))
	require.Len(t, c.find(named(name)), sent+1)
	require.Empty(t, c.wrong)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, private := range []string{written, "Не печатает", "@author", demoPassword, s.server.sessions["requester@author"], "127.0.0.1"} {
		require.NotEmpty(t, private)
		require.NotContains(t, c.raw.String(), private)
	}
}
