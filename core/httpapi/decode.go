package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/plugin/api"
)

// maxBody is the limit of a JSON body in bytes, that of the fields which it carries.
const maxBody = form.MaxBytes

// refusedBody is how long the rest of a body that is refused may take.
const refusedBody = time.Second

var errTooLarge = errs.New(errs.TooLarge, "body_too_large", "body over the limit").With("max", maxBody>>10)

// bounded reads the JSON body of a request and refuses what no library shall see; what follows reads
// it from memory. An empty body counts as {} where optional.
func (s *server) bounded(optional bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := s.readBody(w, r, optional)
		if err != nil {
			// The server reads on before it answers: one who sends slowly would wait long for a refusal.
			_ = http.NewResponseController(w).SetReadDeadline(clock.System{}.Now().Add(refusedBody))
			s.refuse(w, r, err)
			return
		}
		// From here on the deadline for reading would only cancel the request.
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
		r.Body = io.NopCloser(bytes.NewReader(raw))
		callOf(r.Context()).digest = digestOf(r, raw)
		next.ServeHTTP(w, r)
	})
}

// readBody reads the body of one of a bounded number of senders.
func (s *server) readBody(w http.ResponseWriter, r *http.Request, optional bool) ([]byte, error) {
	c, control := callOf(r.Context()), http.NewResponseController(w)
	if !c.known() {
		_ = control.SetReadDeadline(clock.System{}.Now().Add(s.limits.BodyAnonymous))
	}
	late := &lateBody{of: s.gates.bodies.of(c), who: c.who(), stop: func() { _ = control.SetReadDeadline(clock.System{}.Now()) }}
	timer := time.AfterFunc(s.limits.Prompt, late.take)
	defer timer.Stop()
	counted := &countedBody{ReadCloser: r.Body, budget: s.gates.bodyBytes.of(c)}
	defer counted.release()
	r.Body = counted
	raw, err := readJSON(w, r, optional)
	if refused := late.end(); err != nil && refused != nil {
		return nil, refused
	}
	return raw, err
}

// lateBody is a body that has not come at once: from then on it needs a place, and without one it is no
// longer read. Only those that are sent slowly can fill the places.
type lateBody struct {
	of   *tally
	who  string
	stop func()

	mu      sync.Mutex
	ended   bool
	leave   func()
	refused error
}

func (l *lateBody) take() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	if l.leave, l.refused = l.of.enter(l.who); l.refused != nil {
		l.stop()
	}
}

// end gives the place back and returns why there was none.
func (l *lateBody) end() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	if l.leave != nil {
		l.leave()
	}
	return l.refused
}

// countedBody counts what was read of one body until all of it is there.
type countedBody struct {
	io.ReadCloser

	budget *budget
	taken  int64
}

// Read reads on while there is room. Errors: Unavailable.
func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if full := b.budget.take(int64(n)); full != nil {
		return 0, full
	}
	b.taken += int64(n)
	return n, err // as it is: io.EOF must stay that
}

func (b *countedBody) release() { _ = b.budget.take(-b.taken) }

func digestOf(r *http.Request, raw []byte) []byte {
	sum := sha256.New()
	sum.Write([]byte(r.Method + " " + r.URL.Path + "\n"))
	sum.Write(raw)
	return sum.Sum(nil)
}

func readJSON(w http.ResponseWriter, r *http.Request, optional bool) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, errTooLarge
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			return nil, errTooLarge
		case errs.KindOf(err) == errs.Unavailable:
			return nil, fmt.Errorf("read body: %w", err)
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, withStatus(http.StatusRequestTimeout, "body_too_slow")
		}
		return nil, errs.Wrap(errs.Malformed, "body_cut_off", err)
	}
	if len(raw) == 0 {
		if optional {
			return []byte("{}"), nil
		}
		return nil, errs.New(errs.Malformed, "body_needed", "no body")
	}
	if !isJSON(r) {
		return nil, withStatus(http.StatusUnsupportedMediaType, "unsupported_media_type")
	}
	if err := form.Bound(raw); err != nil {
		return nil, fmt.Errorf("bound body: %w", err)
	}
	return raw, nil
}

// isJSON accepts JSON in UTF-8 without an encoding of the content. A form that another site sends
// cannot have this type.
func isJSON(r *http.Request) bool {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return false
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && (kind != "application/merge-patch+json" || r.Method != http.MethodPatch) {
		return false
	}
	charset, ok := params["charset"]
	return !ok || strings.EqualFold(charset, "utf-8")
}

// Payload is the JSON body of a request: an object with the members of T and no others.
type Payload[T any] struct {
	value T
	err   error
}

// UnmarshalJSON keeps what is wrong with the body for Resolve, which may give it a meaning.
func (p *Payload[T]) UnmarshalJSON(raw []byte) error {
	problems := decodeObject(raw, reflect.ValueOf(&p.value).Elem(), "")
	if len(problems) > 0 {
		p.err = &errs.Error{Kind: errs.Invalid, Code: "invalid_request", Msg: "body", Fields: problems}
	}
	return nil
}

// Resolve is asked by huma before the handler.
func (p *Payload[T]) Resolve(huma.Context) []error {
	if p.err != nil {
		return []error{p.err}
	}
	return nil
}

// Schema is T's, for the document.
func (p *Payload[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

// Member tells a member that is absent from one that is null (RFC 7396).
type Member[T any] struct {
	Set   bool
	Null  bool
	Value T
}

// UnmarshalJSON is called for a member that is there.
func (m *Member[T]) UnmarshalJSON(raw []byte) error {
	m.Set, m.Null = true, isNull(raw)
	if m.Null {
		return nil
	}
	return json.Unmarshal(raw, &m.Value)
}

// Schema is T's, or null.
func (m *Member[T]) Schema(r huma.Registry) *huma.Schema {
	schema := *r.Schema(reflect.TypeFor[T](), false, "")
	schema.Nullable = true
	return &schema
}

func (*Member[T]) takesNull() {}

func isNull(raw []byte) bool { return string(bytes.TrimSpace(raw)) == "null" }

// decodeObject fills a struct from a JSON object by the tags that the document is made from: json,
// enum, maxLength, maxItems. A member without omitempty is required; null counts as absent.
func decodeObject(raw []byte, into reflect.Value, at string) []errs.Problem {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return []errs.Problem{wrongType(at, into.Type())}
	}
	var problems []errs.Problem
	for i := range into.NumField() {
		field := into.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		member, ok := members[name]
		delete(members, name)
		target := into.Field(i)
		_, takesNull := target.Addr().Interface().(interface{ takesNull() })
		if !ok || isNull(member) && !takesNull {
			if !strings.Contains(options, "omitempty") {
				problems = append(problems, errs.Problem{Pointer: at + "/" + name, Code: "required"})
			}
			continue
		}
		problems = append(problems, decodeMember(member, target, field.Tag, at+"/"+name)...)
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		problems = append(problems, errs.Problem{Pointer: at + "/" + api.EscapeToken(name), Code: "unknown_field"})
	}
	slices.SortStableFunc(problems, func(a, b errs.Problem) int { return strings.Compare(a.Pointer, b.Pointer) })
	return problems
}

func decodeMember(raw json.RawMessage, target reflect.Value, tag reflect.StructTag, at string) []errs.Problem {
	_, custom := target.Addr().Interface().(json.Unmarshaler)
	switch {
	case custom:
	case target.Kind() == reflect.Pointer && target.Type().Elem().Kind() == reflect.Struct:
		target.Set(reflect.New(target.Type().Elem()))
		return decodeObject(raw, target.Elem(), at)
	case target.Kind() == reflect.Struct:
		return decodeObject(raw, target, at)
	case target.Kind() == reflect.Slice:
		return decodeItems(raw, target, tag, at)
	}
	if err := json.Unmarshal(raw, target.Addr().Interface()); err != nil {
		return []errs.Problem{wrongType(at, target.Type())}
	}
	if m, ok := target.Addr().Interface().(*Member[string]); ok {
		return checkText(m.Value, tag, at)
	}
	if target.Kind() == reflect.String {
		return checkText(target.String(), tag, at)
	}
	return nil
}

// wrongType is the problem of a member that cannot be read into a Go type. An id or a time is written
// as text: there the text itself is wrong.
func wrongType(at string, t reflect.Type) errs.Problem {
	expected, ok := map[reflect.Kind]string{reflect.String: "string", reflect.Slice: "array", reflect.Struct: "object"}[t.Kind()]
	if !ok || t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return errs.Problem{Pointer: at, Code: "invalid_value"}
	}
	return errs.Problem{Pointer: at, Code: "type", Args: map[string]any{"expected": expected}}
}

func decodeItems(raw json.RawMessage, target reflect.Value, tag reflect.StructTag, at string) []errs.Problem {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return []errs.Problem{wrongType(at, target.Type())}
	}
	if limit, ok := number(tag, "maxItems"); ok && len(items) > limit {
		return []errs.Problem{{Pointer: at, Code: "too_many", Args: map[string]any{"count": limit}}}
	}
	target.Set(reflect.MakeSlice(target.Type(), len(items), len(items)))
	var problems []errs.Problem
	for i, item := range items {
		problems = append(problems, decodeMember(item, target.Index(i), "", at+"/"+strconv.Itoa(i))...)
	}
	return problems
}

func checkText(text string, tag reflect.StructTag, at string) []errs.Problem {
	if limit, ok := number(tag, "maxLength"); ok && utf8.RuneCountInString(text) > limit {
		return []errs.Problem{{Pointer: at, Code: "too_long", Args: map[string]any{"count": limit}}}
	}
	if enum := tag.Get("enum"); enum != "" && !slices.Contains(strings.Split(enum, ","), text) {
		return []errs.Problem{{Pointer: at, Code: "enum"}}
	}
	return nil
}

func number(tag reflect.StructTag, key string) (int, bool) {
	n, err := strconv.Atoi(tag.Get(key))
	return n, err == nil
}
