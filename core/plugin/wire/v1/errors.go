package wirev1

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
)

// Codes of the errors that the client gives by itself.
const (
	// CodeUnavailable: the process is not there, or went away during the call.
	CodeUnavailable = "plugin_unavailable"
	// CodeDeadline: the call took longer than its hook declares.
	CodeDeadline = "plugin_deadline"
	// CodeFailed: the plugin's code panicked, or answered what it may not.
	CodeFailed = "plugin_failed"
	// CodeNoHook: the plugin has no such hook.
	CodeNoHook = "hook_not_declared"
)

var codePattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// codeOf maps a kind to the status code that stands for it.
func codeOf(kind errs.Kind) codes.Code {
	switch kind {
	case errs.Malformed, errs.Invalid:
		return codes.InvalidArgument
	case errs.Unauthenticated:
		return codes.Unauthenticated
	case errs.Forbidden:
		return codes.PermissionDenied
	case errs.NotFound:
		return codes.NotFound
	case errs.Conflict, errs.Unconditional:
		return codes.FailedPrecondition
	case errs.Stale:
		return codes.Aborted
	case errs.TooLarge:
		return codes.OutOfRange
	case errs.Limited:
		return codes.ResourceExhausted
	case errs.Unavailable:
		return codes.Unavailable
	case errs.Internal:
		return codes.Internal
	}
	return codes.Internal
}

// kindOf maps a status code to a kind. A plugin speaks for an outside system, not for the person who
// is signed in here: its 401 and 403 are failures of its own.
func kindOf(code codes.Code) errs.Kind {
	switch code {
	case codes.InvalidArgument:
		return errs.Invalid
	case codes.NotFound, codes.Unimplemented:
		return errs.NotFound
	case codes.FailedPrecondition, codes.AlreadyExists:
		return errs.Conflict
	case codes.Aborted:
		return errs.Stale
	case codes.OutOfRange:
		return errs.TooLarge
	case codes.ResourceExhausted:
		return errs.Limited
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled:
		return errs.Unavailable
	case codes.OK, codes.Unknown, codes.Internal, codes.DataLoss, codes.PermissionDenied, codes.Unauthenticated:
		return errs.Internal
	}
	return errs.Internal
}

// ToStatus turns an error of a plugin's code into what travels.
func ToStatus(err error) error {
	if err == nil {
		return nil
	}
	var e *errs.Error
	if !errors.As(err, &e) {
		return bareStatus(err)
	}
	failure := &Failure{Code: e.Code, Message: cut(e.Msg, maxText), RetryAfterMs: millis(e.RetryAfter)}
	for _, p := range e.Fields[:min(len(e.Fields), maxProblems)] {
		failure.Fields = append(failure.Fields, &FieldProblem{Pointer: p.Pointer, Code: p.Code, TextRu: p.Text.RU, TextEn: p.Text.EN})
	}
	st, detailErr := status.New(codeOf(e.Kind), cut(e.Error(), maxText)).WithDetails(failure)
	if detailErr != nil {
		return status.Error(codeOf(e.Kind), cut(e.Error(), maxText))
	}
	return st.Err()
}

// bareStatus is for errors to which nobody attached a meaning.
func bareStatus(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return status.Error(codes.DeadlineExceeded, "deadline exceeded")
	case errors.Is(err, context.Canceled):
		return status.Error(codes.Canceled, "canceled")
	}
	if st, ok := status.FromError(err); ok {
		return st.Err()
	}
	return status.Error(codes.Internal, cut(err.Error(), maxText))
}

// FromStatus turns the error of a call into an errs.Error; the gRPC error stays its cause.
func FromStatus(err error) error {
	if err == nil {
		return nil
	}
	st, ok := status.FromError(err)
	if !ok {
		if errors.Is(err, context.DeadlineExceeded) {
			return errs.Wrap(errs.Unavailable, CodeDeadline, err)
		}
		return errs.Wrap(errs.Unavailable, CodeUnavailable, err)
	}
	out := &errs.Error{Kind: kindOf(st.Code()), Code: defaultCode(st.Code()), Err: cause(st)}
	for _, detail := range st.Details() {
		if failure, ok := detail.(*Failure); ok {
			take(out, failure)
			return out
		}
	}
	if out.Kind == errs.Limited {
		// Not a plugin that asks for patience, but a message beyond MaxMessageBytes.
		out.Kind = errs.Internal
	}
	return out
}

func take(out *errs.Error, failure *Failure) {
	if out.Kind == errs.Internal || !codePattern.MatchString(failure.GetCode()) {
		return
	}
	out.Code = failure.GetCode()
	out.Msg = cut(failure.GetMessage(), maxText)
	out.RetryAfter = fromMillis(failure.GetRetryAfterMs())
	for _, f := range failure.GetFields()[:min(len(failure.GetFields()), maxProblems)] {
		if !codePattern.MatchString(f.GetCode()) {
			continue
		}
		out.Fields = append(out.Fields, errs.Problem{
			Pointer: cut(f.GetPointer(), maxText), Code: f.GetCode(),
			Text: i18n.Text{RU: cut(f.GetTextRu(), maxText), EN: cut(f.GetTextEn(), maxText)},
		})
	}
}

func defaultCode(code codes.Code) string {
	if code == codes.DeadlineExceeded {
		return CodeDeadline
	}
	if code == codes.Unavailable || code == codes.Canceled {
		return CodeUnavailable
	}
	if code == codes.Unimplemented {
		return CodeNoHook
	}
	return CodeFailed
}

// cause keeps context.Canceled and context.DeadlineExceeded recognisable.
func cause(st *status.Status) error {
	if st.Code() == codes.DeadlineExceeded {
		return context.DeadlineExceeded
	}
	if st.Code() == codes.Canceled {
		return context.Canceled
	}
	return status.Error(st.Code(), cut(st.Message(), maxText))
}

func cut(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
	}
	return strings.ToValidUTF8(s, "")
}
