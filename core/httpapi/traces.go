package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel/trace"

	"github.com/opora-desk/opora/core/telemetry/span"
)

// traced begins the trace of a request. The trace that a client claims to be in becomes a link: anybody
// may send the header, so that it decides neither what is kept nor which trace it joins.
func (s *server) traced(r *http.Request) (context.Context, span.Span) {
	ctx := r.Context()
	if s.tracer == nil || isProbe(r.URL.Path) {
		return ctx, span.Span{}
	}
	return span.Begin(ctx, s.tracer, trace.SpanKindServer, "request", span.Claimed(ctx, r.Header.Get("Traceparent")))
}

// endTrace names the trace by its route, as figures and logs do, and closes it. Addresses, headers and
// whoever asks are not kept; the request's id leads to its line in the log.
func endTrace(opened span.Span, method, route string, status int, request string) {
	if !opened.On() {
		return
	}
	opened.Rename(method + " " + route)
	opened.Text("http.request.method", method)
	opened.Text("http.route", route)
	opened.Number("http.response.status_code", status)
	opened.Text("opora.request", request)
	if status >= http.StatusBadRequest {
		opened.Fail(strconv.Itoa(status), status >= http.StatusInternalServerError)
	}
	opened.End(nil)
}
