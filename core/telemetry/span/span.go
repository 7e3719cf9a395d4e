// Package span opens the spans of a trace. Only a door or a job begins a trace; everything below opens
// its spans under the one that ctx carries, and costs a look at ctx where none is recorded.
//
// It does not know where spans go; see package telemetry.
//
// Invariants:
//  1. A span holds route patterns, names, codes, counts and identifiers: no contents, no tokens, no
//     arguments of SQL and no text of an error, which may repeat a value.
//  2. Nothing here waits or fails.
package span

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/opora-desk/opora/core/errs"
)

// scope names the library of every span of ours.
const scope = "github.com/opora-desk/opora"

// Span is a part of a trace; its zero value records nothing.
type Span struct{ inner trace.Span }

// Begin begins a trace. A nil tracer begins none. from is the context that a caller from outside
// claims to be in: it becomes a link, so that it decides neither the trace's id nor whether it is kept.
func Begin(ctx context.Context, tracer trace.Tracer, kind trace.SpanKind, name string, from trace.SpanContext) (context.Context, Span) {
	if tracer == nil {
		return ctx, Span{}
	}
	options := []trace.SpanStartOption{trace.WithNewRoot(), trace.WithSpanKind(kind)}
	if from.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: from}))
	}
	ctx, inner := tracer.Start(ctx, name, options...)
	return ctx, recording(inner)
}

// Start opens a span under that of ctx.
func Start(ctx context.Context, name string) (context.Context, Span) {
	return start(ctx, name, trace.SpanKindInternal)
}

// Call opens a span for a question to another process under that of ctx.
func Call(ctx context.Context, name string) (context.Context, Span) {
	return start(ctx, name, trace.SpanKindClient)
}

func start(ctx context.Context, name string, kind trace.SpanKind) (context.Context, Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, Span{}
	}
	ctx, inner := parent.TracerProvider().Tracer(scope).Start(ctx, name, trace.WithSpanKind(kind))
	return ctx, recording(inner)
}

// Without returns ctx outside its trace.
func Without(ctx context.Context) context.Context {
	if !Of(ctx).On() {
		return ctx
	}
	return trace.ContextWithSpanContext(ctx, trace.SpanContext{})
}

// Of returns the span that ctx carries.
func Of(ctx context.Context) Span { return recording(trace.SpanFromContext(ctx)) }

func recording(inner trace.Span) Span {
	if !inner.IsRecording() {
		return Span{}
	}
	return Span{inner}
}

// On reports whether anything is recorded; who has to compute what it would record asks first.
func (s Span) On() bool { return s.inner != nil }

// Text keeps a word: a name, a code, an identifier; never what a person wrote.
func (s Span) Text(key, value string) {
	if s.inner != nil && value != "" {
		s.inner.SetAttributes(attribute.String(key, value))
	}
}

// Number keeps a count.
func (s Span) Number(key string, value int) {
	if s.inner != nil {
		s.inner.SetAttributes(attribute.Int(key, value))
	}
}

// Rename gives the span the name that was not known when it was opened.
func (s Span) Rename(name string) {
	if s.inner != nil {
		s.inner.SetName(name)
	}
}

// Event keeps that something happened, with one word about it.
func (s Span) Event(name, key, value string) {
	if s.inner != nil {
		s.inner.AddEvent(name, trace.WithAttributes(attribute.String(key, value)))
	}
}

// End closes the span. Of an error only its code is kept, and the span counts as failed only where the
// error is a defect or something is away: a refusal is an answer.
func (s Span) End(err error) {
	if s.inner == nil {
		return
	}
	if err != nil {
		kind, code := errs.KindOf(err), errs.CodeOf(err)
		switch {
		case kind != errs.Internal:
		case errors.Is(err, context.Canceled):
			code = "canceled"
		case errors.Is(err, context.DeadlineExceeded):
			code = "deadline"
		}
		s.Fail(code, kind == errs.Internal || kind == errs.Unavailable)
	}
	s.inner.End()
}

// Fail keeps the code of what went wrong; failed counts the span as one that failed.
func (s Span) Fail(code string, failed bool) {
	if s.inner == nil {
		return
	}
	s.inner.SetAttributes(attribute.String("error.type", code))
	if failed {
		s.inner.SetStatus(codes.Error, "")
	}
}

// Inject writes the place of ctx in its trace for another process (W3C Trace Context), by set; nothing
// where nothing is recorded.
func Inject(ctx context.Context, set func(name, value string)) {
	if Of(ctx).On() {
		propagation.TraceContext{}.Inject(ctx, carrier(set))
	}
}

// carrier hands over what is set; nothing is read from it.
type carrier func(name, value string)

// Get has nothing to give.
func (carrier) Get(string) string { return "" }

// Set hands a pair over.
func (c carrier) Set(key, value string) { c(key, value) }

// Keys has nothing to give.
func (carrier) Keys() []string { return nil }

// Claimed reads the place in a trace that a request claims to come from (W3C Trace Context).
func Claimed(ctx context.Context, traceparent string) trace.SpanContext {
	if traceparent == "" {
		return trace.SpanContext{}
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": traceparent})
	return trace.SpanContextFromContext(ctx)
}
