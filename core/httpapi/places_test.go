package httpapi

import (
	"bufio"
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
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
	s, _ := door(t, func(o *Options) {
		o.Limits.InFlight, o.Limits.Bodies, o.Limits.BodiesPerClient, o.Limits.Prompt = 1, 12, 3, 20*time.Millisecond
	})
	serve(s, route{method: "GET", path: "/api/quick"}, func(context.Context, *call, *nothing) (*nothing, error) { return &nothing{}, nil })
	address := served(t, s.router)
	for range 3 {
		partial(t, address, "POST "+signInPath+" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
	}
	require.Eventually(t, func() bool { return s.gates.bodies.unknown.count() == 3 }, 10*time.Second, time.Millisecond)
	require.Equal(t, 204, send(t, s.router, http.MethodGet, "/api/quick", "", nil).Code)
	one := partial(t, address, "POST "+signInPath+" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
	began := time.Now()
	answer, err := http.ReadResponse(bufio.NewReader(one), nil)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 429, answer.StatusCode, "one more that trickles in, from the same address")
	require.Less(t, time.Since(began), 4*time.Second)
	w := send(t, s.router, http.MethodPost, signInPath, `{"email":1,"password":"b"}`, nil)
	problemOf(t, w, 422, "invalid_request") // one that is there at once needs no place
}

// serveKnown registers a route whose caller is the person that the request names.
func serveKnown(s *server, r route, h http.HandlerFunc) {
	chain := s.counted(s.admitted(h))
	if r.what == jsonBody {
		chain = s.bounded(false, chain)
	}
	inner := s.timed(r.what, chain)
	s.router.Method(r.method, r.path, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name := r.Header.Get("X-Person"); name != "" {
			callOf(r.Context()).actor.Person = &person.Person{ID: ident.ID{name[0]}}
		}
		inner.ServeHTTP(w, r)
	}))
}

func TestUnknownCallersTakeNothingFromPeople(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Limits.Calls, o.Limits.CallsPerPerson, o.Limits.CallsPerClient = 8, 2, 2 })
	inside, release := make(chan struct{}, 8), make(chan struct{})
	serveKnown(s, route{method: "GET", path: "/api/wait"}, func(w http.ResponseWriter, _ *http.Request) {
		inside <- struct{}{}
		<-release
		w.WriteHeader(http.StatusNoContent)
	})
	serveKnown(s, route{method: "GET", path: "/api/quick"}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	var all sync.WaitGroup
	wait := func(who, from string) {
		r := request(t, http.MethodGet, "/api/wait", "X-Person", who)
		r.RemoteAddr = from
		all.Go(func() { s.router.ServeHTTP(newRecorder(), r) })
		<-inside
	}
	quick := func(who, from string) *httptest.ResponseRecorder {
		r := request(t, http.MethodGet, "/api/quick", "X-Person", who)
		r.RemoteAddr = from
		w := newRecorder()
		s.router.ServeHTTP(w, r)
		return w
	}
	wait("", "192.0.2.1:1")
	wait("", "192.0.2.1:1")
	problemOf(t, quick("", "192.0.2.1:1"), 429, "too_many_requests")
	problemOf(t, quick("", "192.0.2.2:1"), 503, "overloaded")
	require.Equal(t, "close", quick("", "192.0.2.2:1").Header().Get("Connection"))
	require.Equal(t, 204, quick("a", "192.0.2.1:1").Code, "a person, even from the same address")
	require.Empty(t, quick("a", "192.0.2.1:1").Header().Get("Connection"))
	wait("a", "192.0.2.1:1")
	wait("a", "192.0.2.1:1")
	w := quick("a", "192.0.2.9:1")
	problemOf(t, w, 429, "too_many_requests")
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	require.Equal(t, 204, quick("b", "192.0.2.1:1").Code, "another person")
	wait("b", "192.0.2.1:1")
	wait("b", "192.0.2.1:1")
	w = quick("c", "192.0.2.1:1")
	require.Equal(t, 204, w.Code)
	require.Equal(t, "close", w.Header().Get("Connection"), "where it is crowded no place is taken twice over one connection")
	close(release)
	all.Wait()
	require.Zero(t, s.gates.calls.known.count()+s.gates.calls.unknown.count())
}

func TestAnUnknownSenderHasLessTime(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Limits.Body, o.Limits.BodyAnonymous = 20*time.Second, 200*time.Millisecond })
	serveKnown(s, route{method: "POST", path: "/api/write", what: jsonBody}, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	address := served(t, s.router)
	const head = "POST /api/write HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
	status := func(conn net.Conn) int {
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	known := partial(t, address, head+"X-Person: a\r\n\r\n{")
	require.Equal(t, 408, status(partial(t, address, head+"\r\n{")))
	_, err := io.WriteString(known, "}")
	require.NoError(t, err)
	require.Equal(t, 204, status(known))
}

func TestTheDocumentTakesNoPlaceOfCalls(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Limits.PagesPerClient, o.Limits.Calls = 2, 4 })
	address := served(t, s.router)
	for range 8 {
		partial(t, address, strings.Repeat("GET "+documentPath+" HTTP/1.1\r\nHost: x\r\n\r\n", 50))
	}
	require.Eventually(t, func() bool { return s.gates.pages.count() == 2 }, 10*time.Second, time.Millisecond)
	require.Zero(t, s.gates.calls.unknown.count())
	require.Zero(t, s.gates.inFlight.count())
}

func TestTheDocumentIsKeptByItsReaders(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	plain := send(t, s.router, http.MethodGet, documentPath, "", nil)
	require.Equal(t, s.document.plain, plain.Body.Bytes())
	require.Equal(t, "no-cache", plain.Header().Get("Cache-Control"))
	packed := send(t, s.router, http.MethodGet, documentPath, "", header{"Accept-Encoding": "br, gzip"})
	require.Equal(t, "gzip", packed.Header().Get("Content-Encoding"))
	require.Less(t, packed.Body.Len(), plain.Body.Len()/5)
	z, err := gzip.NewReader(packed.Body)
	require.NoError(t, err)
	raw, err := io.ReadAll(z)
	require.NoError(t, err)
	require.Equal(t, s.document.plain, raw)
	require.NotEqual(t, plain.Header().Get("ETag"), packed.Header().Get("ETag"))
	again := send(t, s.router, http.MethodGet, documentPath, "", header{"If-None-Match": plain.Header().Get("ETag")})
	require.Equal(t, 304, again.Code)
	require.Zero(t, again.Body.Len())
}

// longBytes are more than the buffers of a connection hold.
const longBytes = 16 << 20

type longAnswer struct{ Body string }

func TestWhoDoesNotReadHoldsNoPlaceAndIsCutOff(t *testing.T) {
	t.Parallel()
	s, log := door(t, func(o *Options) {
		o.Limits.InFlight, o.Limits.Answer = 1, time.Second // whatever the body and the work were given
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
