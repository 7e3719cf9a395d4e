package httpapi

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
)

// bounded serves h with room for most connections.
func bounded(t *testing.T, most int, h http.Handler) (string, *Connections) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := NewServer(l.Addr().String(), h, slog.New(slog.DiscardHandler))
	c := NewConnections(most)
	ended := make(chan error, 1)
	go func() { ended <- c.Serve(server, l) }()
	t.Cleanup(func() {
		_ = server.Close()
		require.NoError(t, <-ended)
	})
	return l.Addr().String(), c
}

// reply is what is looked at of an answer.
type reply struct {
	StatusCode int
	Header     http.Header
	Close      bool
}

// ask sends one request on a connection and reads the answer.
func ask(t *testing.T, conn net.Conn, path string) (*reply, error) {
	t.Helper()
	_, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
	if err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	_, err = io.Copy(io.Discard, answer.Body)
	return &reply{answer.StatusCode, answer.Header, answer.Close}, err
}

func (c *Connections) counts() (open, waiting int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open), c.waiting.Len()
}

func TestSilentConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	const most = 200
	address, c := bounded(t, most, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }))
	first := partial(t, address, "")
	answer, err := ask(t, first, "/")
	require.NoError(t, err)
	require.Equal(t, 200, answer.StatusCode)
	// Silent ones, and such as never end their head: neither is a request that is being answered.
	for i := range 5 * most {
		partial(t, address, []string{"", "GET / HTTP/1.1\r\nX-Slow: 1\r\n"}[i%2])
		if i%most == 0 {
			answer, err := ask(t, partial(t, address, ""), "/")
			require.NoError(t, err)
			require.Equal(t, 200, answer.StatusCode)
		}
	}
	require.Eventually(t, func() bool { open, _ := c.counts(); return open == most }, 10*time.Second, time.Millisecond)
	_, err = first.Read(make([]byte, 1))
	require.Error(t, err, "the one that waited longest was closed")
	answer, err = ask(t, partial(t, address, ""), "/")
	require.NoError(t, err)
	require.Equal(t, 200, answer.StatusCode)
	registry := prometheus.NewRegistry()
	require.NoError(t, registry.Register(c))
	require.GreaterOrEqual(t, figure(t, registry, "opora_http_connections_displaced_total"), 4.*most)
	require.Zero(t, figure(t, registry, "opora_http_connections_refused_total"))
	require.LessOrEqual(t, figure(t, registry, "opora_http_connections", "waiting"), float64(most))
}

func TestWhoIsAnsweredIsNeverClosedAndAFullNodeIsSeenToLive(t *testing.T) {
	t.Parallel()
	const most = 3
	release, entered := make(chan struct{}), make(chan struct{}, most)
	address, c := bounded(t, most, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			entered <- struct{}{}
			<-release
		}
		_, _ = io.WriteString(w, "done")
	}))
	answers := make(chan error, most)
	for range most {
		conn := partial(t, address, "")
		go func() {
			answer, err := ask(t, conn, "/slow")
			if err == nil && answer.StatusCode != http.StatusOK {
				err = fmt.Errorf("answered %d", answer.StatusCode)
			}
			answers <- err
		}()
	}
	for range most {
		<-entered
	}
	answer, err := ask(t, partial(t, address, ""), "/api/v1/anything")
	require.NoError(t, err)
	require.Equal(t, 503, answer.StatusCode)
	require.NotEmpty(t, answer.Header.Get("Retry-After"))
	require.True(t, answer.Close, "the place is given back at once")
	for _, path := range []string{healthPath, readyPath, metricsPath} {
		answer, err := ask(t, partial(t, address, ""), path)
		require.NoError(t, err, path)
		require.Equal(t, 200, answer.StatusCode, path)
	}
	// More than the reserve holds are closed at once; the longest silent of them makes room after a while.
	for range 2 * reservedConnections {
		partial(t, address, "")
	}
	require.Eventually(t, func() bool { open, _ := c.counts(); return open <= most+reservedConnections }, 10*time.Second, time.Millisecond)
	require.Eventually(t, func() bool {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		require.NoError(t, err)
		defer func() { _ = conn.Close() }()
		answer, err := ask(t, conn, healthPath)
		return err == nil && answer.StatusCode == http.StatusOK
	}, 10*time.Second, 50*time.Millisecond)
	close(release)
	for range most {
		require.NoError(t, <-answers)
	}
	require.Eventually(t, func() bool {
		answer, err := ask(t, partial(t, address, ""), "/quick")
		return err == nil && answer.StatusCode == http.StatusOK
	}, 10*time.Second, 50*time.Millisecond, "room again for everybody")
}

func TestBytesOfAllBodiesAreBounded(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	s, _ := door(t, func(o *Options) { o.Limits.BodyBytes, o.Registerer = 400_000, registry })
	address := served(t, s.router)
	const head = "POST " + signInPath + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n\r\n"
	partial(t, address, head+strings.Repeat(" ", 90_000))
	require.Eventually(t, func() bool { return s.gates.bodyBytes.unknown.held() == 90_000 }, 10*time.Second, time.Millisecond)
	conn := partial(t, address, head+strings.Repeat(" ", 20_000))
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, 503, answer.StatusCode)
	require.NotEmpty(t, answer.Header.Get("Retry-After"))
	require.Eventually(t, func() bool { return s.gates.bodyBytes.unknown.held() == 90_000 }, 10*time.Second, time.Millisecond, "what was refused is given back")
	require.NoError(t, s.gates.bodyBytes.known.take(300_000), "the bytes of people are their own")
	require.InDelta(t, 1, figure(t, registry, "opora_http_shed_total", "overloaded", "503"), 0)
}

func TestCodesOfRefusalsAreBounded(t *testing.T) {
	t.Parallel()
	f, registry := newFigures(), prometheus.NewRegistry()
	seeded := len(f.codes)
	require.Positive(t, seeded)
	require.NoError(t, registry.Register(f.shed))
	for i := range 3 * maxCodes {
		f.sentAway("503", fmt.Sprint("code_", i))
	}
	families, err := registry.Gather()
	require.NoError(t, err)
	require.Len(t, families[0].GetMetric(), maxCodes+1)
	require.InDelta(t, 2*maxCodes+seeded, figure(t, registry, "opora_http_shed_total", "other", "503"), 0)
}

// figure returns the value of the one series of a name with the labels' values, in the labels' order.
func figure(t *testing.T, registry *prometheus.Registry, name string, labels ...string) float64 {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			var values []string
			for _, pair := range m.GetLabel() {
				values = append(values, pair.GetValue())
			}
			if slices.Equal(values, labels) {
				return m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
	}
	return -1
}
