package httpapi

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type unwritableAnswer struct {
	ETag      string `header:"ETag"`
	SetCookie string `header:"Set-Cookie"`
	Body      struct {
		At     time.Time `json:"at"`
		Number float64   `json:"number"`
	}
}

func TestAnAnswerThatCannotBeWrittenIsAProblem(t *testing.T) {
	t.Parallel()
	s, log := door(t)
	serve(s, route{method: "GET", path: "/api/time"}, func(context.Context, *call, *nothing) (*unwritableAnswer, error) {
		out := &unwritableAnswer{ETag: `"7"`, SetCookie: "opora_session=x"}
		out.Body.At = time.Date(12026, 3, 2, 9, 0, 0, 0, time.UTC)
		return out, nil
	})
	serve(s, route{method: "GET", path: "/api/number", id: "number"}, func(context.Context, *call, *nothing) (*unwritableAnswer, error) {
		out := &unwritableAnswer{}
		out.Body.Number = math.NaN()
		return out, nil
	})
	for _, path := range []string{"/api/time", "/api/number"} {
		w := send(t, s.router, http.MethodGet, path, "", nil)
		p := problemOf(t, w, 500, "internal")
		require.Contains(t, log.String(), p.RequestID)
		require.Empty(t, w.Header().Values("Set-Cookie"))
		require.Empty(t, w.Header().Get("ETag"))
		require.Zero(t, s.gates.inFlight.count(), "its place is free again")
	}
	require.NotContains(t, log.String(), "panicked")
	// A reader over a real connection gets it whole.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+served(t, s.router)+"/api/time", nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	var p Problem
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&p))
	require.Equal(t, 500, p.Status)
}
