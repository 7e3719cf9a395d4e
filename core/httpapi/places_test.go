package httpapi

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fill takes every place in flight until the test ends.
func fill(s *server) {
	for n := range s.gates.inFlight.all {
		if _, err := s.gates.inFlight.enter(strconv.Itoa(n)); err != nil {
			panic(err)
		}
	}
}

func TestWhenEveryPlaceIsTakenEveryRouteSaysSoAtOnce(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Feed = feed{} })
	require.Equal(t, 256, s.gates.inFlight.all)
	fill(s)
	walked := 0
	for path, methods := range documentOf(t, s).Paths {
		for method, op := range methods {
			target := strings.NewReplacer("{tenant}", "minzdrav", "{number}", "ACC-18", "{desk}", "d", "{id}", "0", "{form}", "f", "{token}", "t").Replace(path)
			w := send(t, s.router, strings.ToUpper(method), target, "{}", header{"Authorization": "Bearer x"})
			if slices.Contains([]string{"health", "ready", "metrics", "put-upload"}, op.OperationID) { // they have gates of their own
				require.NotEqual(t, 503, w.Code, op.OperationID)
				continue
			}
			problemOf(t, w, 503, "overloaded")
			require.Equal(t, "1", w.Header().Get("Retry-After"))
			walked++
		}
	}
	require.Greater(t, walked, 30)
}

func TestOneTenantHasNotEveryPlace(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	serve(s, route{method: "GET", path: "/api/test/{tenant}"}, func(context.Context, *call, *InTenant) (*nothing, error) { return &nothing{}, nil })
	for range 192 {
		_, err := s.gates.inFlight.enter("loud")
		require.NoError(t, err)
	}
	w := send(t, s.router, http.MethodGet, "/api/test/loud", "", nil)
	problemOf(t, w, 503, "overloaded")
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	require.Equal(t, 204, send(t, s.router, http.MethodGet, "/api/test/quiet", "", nil).Code)
}

// partial opens a connection, sends what is given and leaves it open.
func partial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(conn, text)
	require.NoError(t, err)
	return conn
}

func TestBodiesThatTrickleInHoldNoPlace(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Limits.InFlight, o.Limits.Bodies, o.Limits.BodiesPerClient = 1, 3, 3 })
	serve(s, route{method: "GET", path: "/api/quick"}, func(context.Context, *call, *nothing) (*nothing, error) { return &nothing{}, nil })
	address := served(t, s.router)
	for range 3 {
		partial(t, address, "POST "+signInPath+" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
	}
	require.Eventually(t, func() bool {
		s.gates.bodies.mu.Lock()
		defer s.gates.bodies.mu.Unlock()
		return s.gates.bodies.open == 3
	}, 10*time.Second, time.Millisecond)
	require.Equal(t, 204, send(t, s.router, http.MethodGet, "/api/quick", "", nil).Code)
	w := send(t, s.router, http.MethodPost, signInPath, `{"email":"a","password":"b"}`, nil)
	problemOf(t, w, 503, "overloaded")
}

// longBytes are more than the buffers of a connection hold.
const longBytes = 16 << 20

type longAnswer struct{ Body string }

func TestWhoDoesNotReadHoldsNoPlaceAndIsCutOff(t *testing.T) {
	t.Parallel()
	s, log := door(t, func(o *Options) {
		o.Limits.InFlight, o.Limits.Body, o.Limits.Request, o.Limits.Answer = 1, time.Second, time.Second, 2*time.Second
	})
	serve(s, route{method: "GET", path: "/api/long"}, func(context.Context, *call, *nothing) (*longAnswer, error) {
		return &longAnswer{strings.Repeat("x", longBytes)}, nil
	})
	serve(s, route{method: "GET", path: "/api/quick", id: "quick"}, func(context.Context, *call, *nothing) (*nothing, error) { return &nothing{}, nil })
	conn := partial(t, served(t, s.router), "GET /api/long HTTP/1.1\r\nHost: x\r\n\r\n")
	head := make([]byte, 12)
	_, err := io.ReadFull(conn, head)
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 200", string(head))
	require.Equal(t, 204, send(t, s.router, http.MethodGet, "/api/quick", "", nil).Code, "while the other does not read")
	require.NotContains(t, log.String(), "route=/api/long")
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "route=/api/long") }, 10*time.Second, 10*time.Millisecond)
	rest, err := io.Copy(io.Discard, conn)
	require.Less(t, rest, int64(longBytes), "cut off: %v", err)
}

func TestFiguresAreReadByFewAtOnce(t *testing.T) {
	t.Parallel()
	inside := make(chan struct{}, maxScrapes)
	leave := make(chan struct{})
	s, _ := door(t, func(o *Options) {
		o.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			inside <- struct{}{}
			<-leave
		})
	})
	for range maxScrapes {
		go s.router.ServeHTTP(newRecorder(), request(t, http.MethodGet, metricsPath))
	}
	for range maxScrapes {
		<-inside
	}
	w := send(t, s.router, http.MethodGet, metricsPath, "", nil)
	close(leave)
	require.Equal(t, 503, w.Code)
	require.Zero(t, s.gates.inFlight.count())
}

func TestHEADIsGETWithoutABody(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	address := served(t, s.router)
	for path, status := range map[string]int{
		healthPath: 200, readyPath: 200, documentPath: 200, metricsPath: 200, "/api/v1/operator/tenants": 401, "/api/v1/nothing": 404,
		"/api/v1/operator/sessions": 405,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, "http://"+address+path, nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, status, answer.StatusCode, path)
		require.Empty(t, body)
		require.NotEmpty(t, answer.Header.Get("Content-Type"), path)
	}
}
