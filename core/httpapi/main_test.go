package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/desk"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// journal is a log to look into.
type journal struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.out.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.out.String()
}

// door is a server whose use cases are never reached: what is tested here comes before them.
func door(t *testing.T, change ...func(*Options)) (*server, *journal) {
	t.Helper()
	log := &journal{}
	o := Options{
		Desk: &desk.Service{}, Clock: clock.NewManual(now), Log: slog.New(slog.NewTextHandler(log, nil)), Version: "test",
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("# none\n")) }),
	}
	for _, c := range change {
		c(&o)
	}
	return newServer(o), log
}

type header map[string]string

func send(t *testing.T, h http.Handler, method, target, body string, headers header) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range headers {
		if value == "" {
			r.Header.Del(name)
			continue
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// problemOf reads an answer that must be a problem of this status and code.
func problemOf(t *testing.T, w *httptest.ResponseRecorder, status int, code string) Problem {
	t.Helper()
	require.Equal(t, status, w.Code, w.Body.String())
	require.Equal(t, problemType, w.Header().Get("Content-Type"))
	var p Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p), w.Body.String())
	require.Equal(t, code, p.Code)
	require.Equal(t, status, p.Status)
	require.Equal(t, "about:blank", p.Type)
	require.NotEmpty(t, p.Title)
	require.NotEmpty(t, p.Detail)
	require.Equal(t, w.Header().Get("X-Request-Id"), p.RequestID)
	return p
}

// aboutMember requires that a problem names one member of the request, with the problem's own words.
func aboutMember(t *testing.T, p Problem, pointer string) {
	t.Helper()
	require.Equal(t, []ProblemField{{Pointer: pointer, Code: p.Code, Message: p.Detail}}, p.Errors)
}

// serve registers a route of the test's own.
func serve[I, O any](s *server, r route, h func(context.Context, *call, *I) (*O, error)) {
	r.tag, r.summary = "test", "Of a test"
	if r.id == "" {
		r.id = "test"
	}
	handle(s, r, h)
}
