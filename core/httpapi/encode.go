package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/opora-desk/opora/core/errs"
)

// maxAnswer is beyond what any page of ours has; a longer answer is a defect.
const maxAnswer = 64 << 20

// encoded is the JSON of an answer.
type encoded []byte

// unwritable ends a request whose answer has no JSON, before anything of it was written.
type unwritable struct{ err error }

// Error returns the cause.
func (u *unwritable) Error() string { return u.err.Error() }

// Unwrap returns the cause.
func (u *unwritable) Unwrap() error { return u.err }

// encode is the last transformer of huma: it makes the whole JSON before the status is sent, so that
// what cannot be written is a 500 and not half an answer. From here on only the reader is waited for.
func (s *server) encode(ctx huma.Context, _ string, v any) (any, error) {
	out := &bytes.Buffer{}
	err := huma.DefaultJSONFormat.Marshal(out, v)
	if err == nil && out.Len() > maxAnswer {
		err = fmt.Errorf("answer of %d bytes", out.Len())
	}
	if err != nil {
		// huma would send the status and then give up; recovered answers.
		panic(&unwritable{errs.Wrap(errs.Internal, "internal", fmt.Errorf("write answer: %w", err))})
	}
	callOf(ctx.Context()).answer()
	return encoded(out.Bytes()), nil
}

// writeEncoded is how huma writes what encode made.
func writeEncoded(w io.Writer, v any) error {
	raw, ok := v.(encoded)
	if !ok {
		return errors.New("answer was not encoded")
	}
	_, err := w.Write(raw)
	return err
}

// unsent takes away what an answer that failed had already promised.
func unsent(h http.Header) {
	for _, name := range []string{"ETag", "Location", "Set-Cookie"} {
		h.Del(name)
	}
}
