package httpapi

import (
	"bufio"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/tenant"
)

// following serves a live screen of a tenant over a real connection and returns its lines.
func following(t *testing.T, s *server, entries <-chan desk.FeedEntry) *bufio.Scanner {
	t.Helper()
	c := &call{actor: desk.Actor{Tenant: tenant.Tenant{ID: ident.New()}}}
	address := served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.follow(r.Context(), c, "minzdrav", entries, &eventWriter{to: w, control: http.NewResponseController(w)})
	}))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, nil)
	require.NoError(t, err)
	client := &http.Client{Timeout: 20 * time.Second}
	answer, err := client.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = answer.Body.Close() })
	return bufio.NewScanner(answer.Body)
}

func rest(lines *bufio.Scanner) (all []string) {
	for lines.Scan() {
		if lines.Text() != "" {
			all = append(all, lines.Text())
		}
	}
	return all
}

func TestAReaderWhoDoesNotKeepUpIsToldToConnectAnew(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	entries := make(chan desk.FeedEntry)
	close(entries)
	require.Equal(t, []string{"event: reset", "data: {}"}, rest(following(t, s, entries)))
}

func TestANodeThatGoesDownSendsItsReadersAway(t *testing.T) {
	t.Parallel()
	closing := make(chan struct{})
	s, _ := door(t, func(o *Options) { o.Closing = closing })
	close(closing)
	require.Equal(t, []string{"event: reset", "data: {}"}, rest(following(t, s, make(chan desk.FeedEntry))))
}

func TestALiveScreenShowsSignsOfLifeAndNothingOfOtherTenants(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Limits.Heartbeat = 10 * time.Millisecond })
	entries := make(chan desk.FeedEntry, 1)
	lines := following(t, s, entries)
	require.True(t, lines.Scan())
	require.Equal(t, ":", lines.Text())
	// Another tenant's entry is passed over before anybody is asked about it.
	entries <- desk.FeedEntry{Tenant: ident.New(), Ticket: ident.New(), Seq: 1, Kind: "commented"}
	require.Eventually(t, func() bool { return len(entries) == 0 }, 10*time.Second, time.Millisecond)
	close(entries)
	for _, line := range rest(lines) {
		require.Contains(t, []string{":", "event: reset", "data: {}"}, line)
	}
}

func TestWithoutAFeedLiveScreensAreUnavailable(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	w := newRecorder()
	s.begin(http.HandlerFunc(s.stream)).ServeHTTP(w, request(t, http.MethodGet, "/"))
	problemOf(t, w, 503, "overloaded")
	require.Equal(t, "60", w.Header().Get("Retry-After"))
}
