package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

const problemType = "application/problem+json"

// Problem is the answer to every request that failed (RFC 9457).
//
//nolint:errname // the standard's word, and the name of its schema in the API's document
type Problem struct {
	Type   string `json:"type" doc:"Always about:blank; programs look at code" example:"about:blank"`
	Title  string `json:"title" doc:"The words of the status"`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"A sentence for the reader, in his language"`
	Code   string `json:"code" doc:"Stable, lower snake case" example:"invalid_fields"`
	// Errors are sorted by pointer.
	Errors    []ProblemField `json:"errors,omitempty"`
	RequestID string         `json:"request_id,omitempty" doc:"To quote when asking the operator of the installation"`
	cause     error
}

// ProblemField is what is wrong with one field. With code invalid_fields the pointer lies within
// fields; with code invalid_request it is the member of the body or the parameter, as "/name".
type ProblemField struct {
	Pointer string `json:"pointer" doc:"JSON pointer within fields; with code invalid_request /<member of the body or parameter>"`
	Code    string `json:"code"`
	Message string `json:"message" doc:"A sentence for the reader, in his language"`
}

// Error returns the cause, for logs.
func (p *Problem) Error() string {
	if p.cause != nil {
		return p.cause.Error()
	}
	return p.Code
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus is asked by huma.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders is asked by huma: what a status must be answered with.
func (p *Problem) GetHeaders() http.Header { return headersOf(p.Status, p.cause) }

// ContentType is asked by huma.
func (p *Problem) ContentType(string) string { return problemType }

// statusError is an error whose status no kind has.
type statusError struct {
	status int
	err    *errs.Error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

func withStatus(status int, code string) error {
	return &statusError{status: status, err: errs.New(errs.Malformed, code, "")}
}

// statusOf is the one place where a kind becomes a status.
func statusOf(err error) int {
	var s *statusError
	if errors.As(err, &s) {
		return s.status
	}
	switch errs.KindOf(err) {
	case errs.Internal:
		return http.StatusInternalServerError
	case errs.Malformed:
		return http.StatusBadRequest
	case errs.Unauthenticated:
		return http.StatusUnauthorized
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
	case errs.Stale:
		return http.StatusPreconditionFailed
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Unconditional:
		return http.StatusPreconditionRequired
	case errs.Limited:
		return http.StatusTooManyRequests
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// meant gives an error that nobody gave a meaning the one that follows from a deadline.
func meant(err error) error {
	var e *errs.Error
	if errors.As(err, &e) && e.Kind != errs.Internal {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return &errs.Error{Kind: errs.Unavailable, Code: "too_slow", RetryAfter: 2 * time.Second, Err: err}
	}
	return err
}

func headersOf(status int, err error) http.Header {
	h := http.Header{}
	switch status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="opora"`)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		after := time.Second
		var e *errs.Error
		if errors.As(err, &e) && e.RetryAfter > 0 {
			after = e.RetryAfter
		}
		// Rounded up: who comes back earlier is refused again.
		seconds := int64((after + time.Second - 1) / time.Second)
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	return h
}

// problem writes the document for an error in the reader's language, and logs what is a defect of ours.
func (s *server) problem(ctx context.Context, err error) *Problem {
	err = meant(err)
	c := callOf(ctx)
	status := statusOf(err)
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, RequestID: c.id, cause: err}
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind == errs.Internal && status == http.StatusInternalServerError {
		s.log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("request_id", c.id), slog.String("error", err.Error()))
		e = errs.New(errs.Internal, "internal", "")
	}
	p.Code = e.Code
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		s.figures.sentAway(strconv.Itoa(status), p.Code)
	}
	p.Detail = e.In(c.lang)
	if e.Pointer != "" {
		p.Errors = append(p.Errors, ProblemField{Pointer: e.Pointer, Code: e.Code, Message: p.Detail})
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, ProblemField{Pointer: f.Pointer, Code: f.Code, Message: f.In(c.lang)})
	}
	return p
}

// refuse answers with the problem of an error, outside huma.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(r.Context(), err)
	callOf(r.Context()).answer()
	raw, mErr := json.Marshal(p)
	if mErr != nil {
		raw = []byte(`{"type":"about:blank","status":500,"code":"internal"}`)
	}
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	if after := w.Header().Get("Retry-After"); after != "" && !callOf(r.Context()).known() {
		// What an unknown caller has sent behind it is not looked at.
		w.Header().Set("Connection", "close")
	}
	w.Header().Set("Content-Type", problemType)
	w.Header().Del("Content-Disposition")
	w.Header().Del("Content-Length")
	w.WriteHeader(p.Status)
	_, _ = w.Write(raw)
}

// refused hands an error of a handler to huma; explain writes it out.
func refused(err error) error {
	err = meant(err)
	return &Problem{Status: statusOf(err), cause: err}
}

// unexplained reports whether a Problem has only its cause yet.
func (p *Problem) unexplained() bool { return p.cause != nil }

// explain is a transformer of huma: it replaces a Problem that only has its cause by the whole one.
func (s *server) explain(ctx huma.Context, _ string, v any) (any, error) {
	if p, ok := v.(*Problem); ok && p.unexplained() {
		return s.problem(ctx.Context(), p.cause), nil
	}
	return v, nil
}

// setProblems makes huma's own errors Problems. It is the one package variable that we set.
var setProblems = sync.OnceFunc(func() {
	huma.NewError = func(status int, _ string, causes ...error) huma.StatusError {
		for _, cause := range causes {
			var e *errs.Error
			if errors.As(cause, &e) {
				return &Problem{Status: statusOf(cause), cause: cause}
			}
		}
		err := humaError(status, causes)
		return &Problem{Status: statusOf(err), cause: err}
	}
})

// humaError gives what huma found wrong with parameters a code and a pointer. Its texts and values are
// dropped: they repeat what was sent.
func humaError(status int, causes []error) error {
	switch status {
	case http.StatusUnprocessableEntity:
		out := errs.New(errs.Invalid, "invalid_request", "parameters")
		for _, cause := range causes {
			var d huma.ErrorDetailer
			if !errors.As(cause, &d) {
				continue
			}
			place, name, _ := strings.Cut(d.ErrorDetail().Location, ".")
			code := "invalid_value"
			if place == "query" && d.ErrorDetail().Message == unknownParameter {
				code = "unknown_parameter"
			}
			out.Fields = append(out.Fields, errs.Problem{Pointer: "/" + api.EscapeToken(name), Code: code})
		}
		return out
	case http.StatusBadRequest:
		return errs.New(errs.Malformed, "body_needed", "no body")
	case http.StatusRequestEntityTooLarge:
		return errTooLarge
	case 0: // asked for its type alone
		return errs.New(errs.Internal, "internal", "")
	}
	return errs.Wrap(errs.Internal, "internal", errors.Join(causes...))
}

// unknownParameter is how huma words a query parameter that no operation has.
const unknownParameter = "unknown query parameter"
