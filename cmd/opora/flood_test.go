package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
)

const floodTenant = "zabaikalye"

// crowd makes people of a tenant who are signed in, without the passwords that a real sign-in compares.
func (s *server) crowd(t *testing.T, tenant string, size int) []string {
	t.Helper()
	instance, err := s.instance()
	require.NoError(t, err)
	pool, err := db.Open(t.Context(), instance.AppURL, 8)
	require.NoError(t, err)
	defer pool.Close()
	var id ident.ID
	require.NoError(t, pool.Exempt().QueryRow(t.Context(), `select id from tenants where slug = $1`, tenant).Scan(&id))
	tokens := make([]string, size)
	require.NoError(t, pool.InTx(t.Context(), id, func(ctx context.Context, tx pgx.Tx) error {
		for n := range tokens {
			token, now := ident.NewToken(), time.Now()
			p := person.Person{ID: ident.New(), Name: "Толпин Пётр", Email: fmt.Sprintf("crowd%d@org.example", n), Kind: person.Staff, Locale: "ru", CreatedAt: now}
			if err := person.Insert(ctx, tx, id, p); err != nil {
				return err
			}
			if err := person.InsertSession(ctx, tx, id, person.Session{Digest: token.Digest(), Person: p.ID, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}); err != nil {
				return err
			}
			tokens[n] = string(token)
		}
		return nil
	}))
	return tokens
}

// resident is the memory of the server's process in bytes, now and at its most.
func (s *server) resident(t *testing.T) (now, most int64) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	require.NoError(t, err)
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kib, _ := strconv.ParseInt(fields[1], 10, 64)
		switch fields[0] {
		case "VmRSS:":
			now = kib << 10
		case "VmHWM:":
			most = kib << 10
		}
	}
	return now, most
}

// outcome is how one request of a flood ended.
type outcome struct {
	status int
	code   string
	again  bool // Retry-After was there
	at     time.Time
}

// filer files as the bearer of a token on a connection of its own.
func (s *server) filer(body []byte) func(ctx context.Context, token string) (outcome, error) {
	crowded := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patient}
	return func(ctx context.Context, token string) (outcome, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/v1/t/"+floodTenant+"/tickets", bytes.NewReader(body))
		if err != nil {
			return outcome{}, err
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+token)
		answer, err := crowded.Do(request)
		if err != nil {
			return outcome{}, err
		}
		defer func() { _ = answer.Body.Close() }()
		var said struct{ Code string }
		if err := json.NewDecoder(answer.Body).Decode(&said); err != nil {
			return outcome{}, err
		}
		return outcome{answer.StatusCode, said.Code, answer.Header.Get("Retry-After") != "", time.Now()}, nil
	}
}

// probe asks how the node is until the returned function is called, which tells how often each answered
// with what.
func (s *server) probe(t *testing.T) (finish func() map[string]int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	seen, done := map[string]int{}, make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
				a, err := s.call("nobody", http.MethodGet, path, nil, nil)
				if err != nil {
					seen[path+" "+err.Error()]++
					continue
				}
				seen[path+" "+strconv.Itoa(a.status)]++
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return func() map[string]int {
		cancel()
		<-done
		return seen
	}
}

// standstill holds the counter of the tenant's desks, so that every filing waits until it is let go.
func (s *server) standstill(t *testing.T) (letGo func()) {
	t.Helper()
	instance, err := s.instance()
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), instance.SuperURL)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `begin; lock table desk_counters in access exclusive mode`)
	require.NoError(t, err)
	return func() { require.NoError(t, conn.Close(t.Context())) }
}

// TestAFloodOfFilingsIsShed sends 400 filings at once to a desk that can keep none at the moment: those
// for whom there is no place are told so while the others still wait, the node stays in service, another
// tenant's people are served, and what was answered 201 is there.
func TestAFloodOfFilingsIsShed(t *testing.T) {
	t.Parallel()
	s, body := floodServer(t)
	began := time.Now()
	defer func() { t.Logf("took %s beside the start", time.Since(began)) }()
	tokens := s.crowd(t, floodTenant, 400)
	file := s.filer(body)
	first, err := file(t.Context(), tokens[0])
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, first.status, first.code)
	before, _ := s.resident(t)
	finish := s.probe(t)
	letGo := s.standstill(t)
	outcomes := make(chan outcome, len(tokens))
	for _, token := range tokens {
		go func() {
			o, err := file(t.Context(), token)
			if err != nil {
				o.code = err.Error()
			}
			outcomes <- o
		}()
	}
	counted := map[string]int{}
	take := func() outcome {
		select {
		case o := <-outcomes:
			counted[fmt.Sprint(o.status, " ", o.code)]++
			if o.status != http.StatusCreated {
				require.True(t, o.again, "%d %s says when to come again", o.status, o.code)
			}
			return o
		case <-time.After(patient):
			require.FailNow(t, "no answer", "%v", counted)
			return outcome{}
		}
	}
	// 400 come, 192 of a tenant are taken in: the others are answered while nothing can be filed.
	for range 150 {
		o := take()
		require.Contains(t, []int{http.StatusServiceUnavailable, http.StatusTooManyRequests}, o.status, o.code)
	}
	a, err := s.as("requester@hosting", http.MethodGet, "/tickets", nil, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, a.status, "another tenant meanwhile: %s", a.raw)
	letGo()
	for range len(tokens) - 150 {
		require.Contains(t, []int{http.StatusCreated, http.StatusServiceUnavailable, http.StatusTooManyRequests}, take().status, "%v", counted)
	}
	seen := finish()
	require.ElementsMatch(t, []string{"/healthz 200", "/readyz 200", "/metrics 200"}, slices.Collect(maps.Keys(seen)), "%v", seen)
	require.Positive(t, counted["503 overloaded"], "%v", counted)
	require.Positive(t, counted["201 "], "%v", counted)

	// Everything is as before: one files, the figures say what was sent away, memory is given back or kept flat.
	last, err := file(t.Context(), tokens[1])
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, last.status)
	all, err := s.figures()
	require.NoError(t, err)
	shed, _ := sum(all, "opora_http_shed_total", "status", "503", "code", "overloaded")
	require.GreaterOrEqual(t, int(shed), counted["503 overloaded"])
	filed, _ := sum(all, "opora_tickets_filed_total", "system", scriptSystem, "channel", "api")
	require.GreaterOrEqual(t, int(filed), counted["201 "]+2)
	after, most := s.resident(t)
	require.Less(t, after-before, int64(128<<20))
	require.Less(t, most-before, int64(256<<20))
	t.Log(counted, seen)
}

// floodServer is a server of its own with one system, and the body of a filing that it takes.
func floodServer(t *testing.T) (*server, []byte) {
	t.Helper()
	s, err := startServer("", "up", "--demo", "--plugins", shared.one)
	require.NoError(t, err)
	t.Cleanup(s.remove)
	t.Cleanup(func() { _ = s.end(os.Kill) })
	f := readFixture(t, scriptSystem, "valid/appeal_with_registry_number.json")
	body, err := json.Marshal(map[string]any{"desk": "webtorgi", "form": f.Form, "fields": f.Fields})
	require.NoError(t, err)
	return s, body
}

// attacker opens connections from an address of its own, so that no limit by address is shared with
// those who are served.
type attacker struct {
	t      *testing.T
	dialer net.Dialer
	to     string
	mu     sync.Mutex
	open   []net.Conn
}

func newAttacker(t *testing.T, s *server, from string) *attacker {
	t.Helper()
	a := &attacker{t: t, to: strings.TrimPrefix(s.url, "http://")}
	a.dialer = net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patient, Control: func(_, _ string, raw syscall.RawConn) error {
		// A window of a few KiB: what is not read soon stays with the server.
		return raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096) })
	}}
	t.Cleanup(func() {
		for _, conn := range a.open {
			_ = conn.Close()
		}
	})
	return a
}

// send opens connections, eight at a time, writes text on each and leaves them open and unread.
func (a *attacker) send(connections int, text string) {
	var all sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(connections))
	for range 8 {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				conn, err := a.dialer.DialContext(a.t.Context(), "tcp", a.to)
				if err != nil {
					a.t.Error(err)
					return
				}
				if _, err := io.WriteString(conn, text); err != nil {
					a.t.Error(err)
				}
				a.mu.Lock()
				a.open = append(a.open, conn)
				a.mu.Unlock()
			}
		})
	}
	all.Wait()
}

// TestSlowAndSilentClientsStopNobody opens thousands of connections that say nothing, say it slowly or
// do not read what they asked for, and files tickets meanwhile.
func TestSlowAndSilentClientsStopNobody(t *testing.T) {
	t.Parallel()
	s, body := floodServer(t)
	began := time.Now()
	defer func() { t.Logf("took %s beside the start", time.Since(began)) }()
	tokens := s.crowd(t, floodTenant, 20)
	file := s.filer(body)
	before, _ := s.resident(t)
	finish := s.probe(t)
	files := func(during string) {
		t.Log(time.Since(began), during)
		for _, token := range tokens[10:] {
			o, err := file(t.Context(), token)
			require.NoError(t, err, during)
			require.Equal(t, http.StatusCreated, o.status, "%s: %s", during, o.code)
		}
	}
	files("nothing")

	bearer := "Authorization: Bearer " + tokens[0] + "\r\n"
	api := "/api/v1/t/" + floodTenant
	newAttacker(t, s, "127.0.0.2").send(300, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	newAttacker(t, s, "127.0.0.3").send(300, "POST "+api+"/tickets HTTP/1.1\r\nHost: x\r\n"+bearer+"Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n{")
	files("heads and bodies that do not end")

	document := "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
	newAttacker(t, s, "127.0.0.4").send(300, strings.Repeat(document, 40))
	newAttacker(t, s, "127.0.0.5").send(10, "GET "+api+"/stream HTTP/1.1\r\nHost: x\r\n"+bearer+"\r\n")
	files("answers and streams that are not read")

	var limit syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	idle := min(5000, int(min(limit.Cur, 1<<20))-2000)
	require.Greater(t, idle, 1000, "the limit of open files (ulimit -n) is too low for this test")
	silent := newAttacker(t, s, "127.0.0.6")
	silent.send(idle/2, "")
	silent.send(idle-idle/2, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	files("silent connections")
	all, err := s.figures()
	require.NoError(t, err)
	held, _ := sum(all, "opora_http_connections")
	require.Greater(t, held, float64(idle), "they are all held: %d", idle)
	streams, _ := sum(all, "opora_http_open", "what", "streams")
	require.InDelta(t, 10, streams, 0)

	seen := finish()
	require.ElementsMatch(t, []string{"/healthz 200", "/readyz 200", "/metrics 200"}, slices.Collect(maps.Keys(seen)), "%v", seen)
	after, most := s.resident(t)
	require.Less(t, after-before, int64(256<<20), "%d MiB before, %d after", before>>20, after>>20)
	t.Log(seen, before>>20, after>>20, most>>20, "MiB")
}
