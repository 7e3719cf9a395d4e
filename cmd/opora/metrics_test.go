package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// sample is one line of /metrics.
type sample struct {
	name   string
	labels map[string]string
	value  float64
}

var (
	sampleLine = regexp.MustCompile(`^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$`)
	labelPair  = regexp.MustCompile(`([a-z_]+)="((?:[^"\\]|\\.)*)"`)
)

// figures reads /metrics.
func (s *server) figures() ([]sample, error) {
	a, err := s.call("nobody", http.MethodGet, "/metrics", nil, nil)
	if err != nil {
		return nil, err
	}
	var all []sample
	lines := bufio.NewScanner(strings.NewReader(string(a.raw)))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		found := sampleLine.FindStringSubmatch(lines.Text())
		if found == nil {
			continue
		}
		value, err := strconv.ParseFloat(found[3], 64)
		if err != nil {
			return nil, err
		}
		one := sample{name: found[1], labels: map[string]string{}, value: value}
		for _, pair := range labelPair.FindAllStringSubmatch(found[2], -1) {
			one.labels[pair[1]] = pair[2]
		}
		all = append(all, one)
	}
	return all, lines.Err()
}

// sum adds the samples of a name that have the labels, given as key, value and so on.
func sum(all []sample, name string, labels ...string) (total float64, found bool) {
next:
	for _, one := range all {
		if one.name != name {
			continue
		}
		for i := 0; i < len(labels); i += 2 {
			if one.labels[labels[i]] != labels[i+1] {
				continue next
			}
		}
		total, found = total+one.value, true
	}
	return total, found
}

// TestFiguresAfterRealTraffic files, changes, refuses and watches, and then looks for every figure that
// an operator is told of.
func TestFiguresAfterRealTraffic(t *testing.T) {
	t.Parallel()
	s, err := demoServer()
	require.NoError(t, err)
	f := readFixture(t, scriptSystem, "valid/appeal_with_registry_number.json")
	body, err := json.Marshal(map[string]any{"desk": "webtorgi", "form": f.Form, "fields": f.Fields})
	require.NoError(t, err)
	filed, err := s.as("requester@zabaikalye", http.MethodPost, "/tickets", nil, body)
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, filed.status, "%s", filed.raw)
	number, _ := filed.at("number")
	for path, status := range map[string]int{"/tickets/" + text(number): 200, "/tickets/" + text(number) + "x": 404, "/nothing/to/see": 404} {
		a, err := s.as("requester@zabaikalye", http.MethodGet, path, nil, nil)
		require.NoError(t, err)
		require.Equal(t, status, a.status, path)
	}
	stream := s.watch(t, "requester@zabaikalye")
	defer func() { _ = stream.Body.Close() }()

	positive := [][]string{
		{"opora_db_connections"},
		{"opora_db_connections_most"},
		{"opora_db_connections_idle"},
		{"opora_db_acquires_total"},
		{"opora_db_wait_duration_seconds_count", "outcome", "ok"},
		{"opora_db_transaction_duration_seconds_count", "kind", "batch", "outcome", "ok"},
		{"opora_db_transaction_duration_seconds_count", "kind", "transaction", "outcome", "ok"},
		{"opora_filing_batch_duration_seconds_count", "way", "batch"},
		{"opora_tickets_filed_total", "system", scriptSystem, "channel", "api"},
		{"opora_rule_pass_duration_seconds_count", "system", scriptSystem},
		{"opora_rule_pass_fuel_sum", "system", scriptSystem},
		{"opora_dispatcher_events_total"},
		{"opora_dispatcher_jobs_total"},
		{"opora_feed_entries_total"},
		{"opora_feed_subscribers"},
		{"opora_job_duration_seconds_count", "kind", "letters", "outcome", "ok"},
		{"opora_http_requests_total", "method", "GET", "route", "/api/v1/t/{tenant}/tickets/{number}", "status", "200"},
		{"opora_http_requests_total", "method", "POST", "route", "/api/v1/t/{tenant}/tickets", "status", "201"},
		{"opora_http_request_duration_seconds_count", "method", "POST", "route", "/api/v1/t/{tenant}/tickets"},
		{"opora_http_requests_in_flight_most"},
		{"opora_http_open", "what", "streams"},
		{"opora_http_open_most", "what", "calls"},
		{"opora_http_connections", "state", "active"},
		{"opora_http_connections_most"},
		{"opora_plugin_up", "system", scriptSystem},
		{"opora_plugin_state", "system", scriptSystem, "state", "ready"},
		{"opora_plugin_rss_bytes", "system", scriptSystem},
		{"opora_config_epoch"},
		{"opora_build_info"},
		{"go_goroutines"},
		{"go_memstats_heap_alloc_bytes"},
		{"process_resident_memory_bytes"},
		{"process_open_fds"},
		{"process_max_fds"},
	}
	there := [][]string{
		{"opora_db_connections_used"},
		{"opora_db_waiting"},
		{"opora_feed_watermark_age_seconds"},
		{"opora_dispatcher_waiting_events"},
		{"opora_dispatcher_lag_seconds"},
		{"opora_jobs", "queue", "letters", "state", "available"},
		{"opora_jobs_oldest_seconds", "queue", "hooks"},
		{"opora_http_requests_in_flight"},
		{"opora_http_body_bytes"},
		{"opora_http_open", "what", "bodies"},
		{"opora_http_open", "what", "anonymous_calls"},
		{"opora_http_open", "what", "searches"},
		{"opora_http_shed_total", "status", "503", "code", "busy"},
		{"opora_jobs_dead", "kind", "hook"},
		{"opora_jobs_dead", "kind", "letters"},
		{"opora_rules_failed_total", "system", scriptSystem, "why", "fuel"},
		{"opora_plugin_calls_total", "system", scriptSystem, "hook", "lookup", "outcome", "ok"},
		{"opora_plugin_call_duration_seconds_count", "system", scriptSystem, "hook", "lookup"},
		{"opora_http_connections_displaced_total"},
		{"opora_http_connections_refused_total"},
		{"opora_plugin_restarts_total", "system", scriptSystem},
		{"opora_plugin_calls_in_flight", "system", scriptSystem},
	}
	var all []sample
	missing := func() (names []string) {
		all, err = s.figures()
		require.NoError(t, err)
		for i, want := range append(positive, there...) {
			if value, found := sum(all, want[0], want[1:]...); !found || i < len(positive) && value <= 0 {
				names = append(names, strings.Join(want, " "))
			}
		}
		return names
	}
	for end := time.Now().Add(patient / 2); len(missing()) > 0 && time.Now().Before(end); {
		time.Sleep(100 * time.Millisecond)
	}
	require.Empty(t, missing())

	// A label is one of few words: a tenant, a number or an identifier would make a series for each.
	for _, one := range all {
		for key, value := range one.labels {
			for _, private := range []string{"zabaikalye", text(number), "@", "/nothing/to/see"} {
				require.NotContains(t, value, private, "%s %s", one.name, key)
			}
			require.NotRegexp(t, `[0-9a-f]{8}-[0-9a-f]{4}-`, value, "%s %s", one.name, key)
		}
	}
}

// watch opens a live screen and returns when it is there.
func (s *server) watch(t *testing.T, who string) *http.Response {
	t.Helper()
	token, err := s.token(who)
	require.NoError(t, err)
	_, tenant, _ := strings.Cut(who, "@")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/api/v1/t/"+tenant+"/stream", nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := (&http.Client{}).Do(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	return answer
}
