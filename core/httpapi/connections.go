package httpapi

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
)

// reservedConnections are beyond the most: on them only the node's own addresses are answered, so that a
// full node can still be seen to be alive.
const reservedConnections = 64

// Among few connections that wait for a request none is closed before it had the time to send one.
const (
	fewWaiting = 64
	fairWait   = time.Second
)

// Connections bounds how many connections a server holds. One that is too many closes the one that has
// waited longest for a request: who opens connections and says nothing takes them from himself and from
// others who say nothing, and never from a request that is being answered. It is safe for concurrent
// use; one Connections serves one server.
type Connections struct {
	most int

	mu   sync.Mutex
	open map[net.Conn]*held
	// waiting are those that no request is being answered on, the longest in front.
	waiting            *list.List
	displaced, refused uint64
}

type held struct {
	conn     net.Conn
	reserved bool
	since    time.Time
	// place is that in the list of the waiting, nil while a request is answered.
	place *list.Element
}

// NewConnections returns the bound; most is that of ordinary connections.
func NewConnections(most int) *Connections {
	return &Connections{most: most, open: map[net.Conn]*held{}, waiting: list.New()}
}

// Serve serves h on l with server until that is closed.
func (c *Connections) Serve(server *http.Server, l net.Listener) error {
	server.ConnState = c.changed
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		if c.isReserved(conn) {
			return context.WithValue(ctx, reservedKey{}, true)
		}
		return ctx
	}
	server.Handler = c.sparing(server.Handler)
	if err := server.Serve(&listener{Listener: l, of: c}); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return nil
}

// listener takes connections and closes at once those that there is no room for.
type listener struct {
	net.Listener

	of *Connections
}

// Accept returns the next connection that there is room for.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err // as it is: the server looks at its kind
		}
		if l.of.enter(conn) {
			return conn, nil
		}
		_ = conn.Close()
	}
}

// enter makes room for a connection.
func (c *Connections) enter(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := clock.System{}.Now()
	if len(c.open) >= c.most {
		c.displaceLocked(now)
	}
	if len(c.open) >= c.most+reservedConnections {
		c.refused++
		return false
	}
	h := &held{conn: conn, reserved: len(c.open) >= c.most, since: now}
	h.place = c.waiting.PushBack(h)
	c.open[conn] = h
	return true
}

func (c *Connections) displaceLocked(now time.Time) {
	front := c.waiting.Front()
	if front == nil {
		return
	}
	h, ok := front.Value.(*held)
	if !ok || c.waiting.Len() <= fewWaiting && now.Sub(h.since) < fairWait {
		return
	}
	c.forgetLocked(h)
	c.displaced++
	_ = h.conn.Close()
}

func (c *Connections) forgetLocked(h *held) {
	delete(c.open, h.conn)
	if h.place != nil {
		c.waiting.Remove(h.place)
		h.place = nil
	}
}

// changed is told by the server. A connection is new or idle until the head of a request was read whole,
// however slowly it comes.
func (c *Connections) changed(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.open[conn]
	if !ok {
		return // it was displaced
	}
	switch state {
	case http.StateNew:
	case http.StateActive:
		if h.place != nil {
			c.waiting.Remove(h.place)
			h.place = nil
		}
	case http.StateIdle:
		if h.place == nil {
			h.since = clock.System{}.Now()
			h.place = c.waiting.PushBack(h)
		}
	case http.StateHijacked, http.StateClosed:
		c.forgetLocked(h)
	}
}

type reservedKey struct{}

func (c *Connections) isReserved(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.open[conn]
	return ok && h.reserved
}

// sparing answers on a reserved connection what tells how the node is, and nothing else.
func (c *Connections) sparing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if reserved, _ := r.Context().Value(reservedKey{}).(bool); reserved {
			w.Header().Set("Connection", "close")
			if !isProbe(r.URL.Path) {
				w.Header().Set("Retry-After", "2")
				w.Header().Set("Content-Type", problemType)
				w.WriteHeader(http.StatusServiceUnavailable)
				_, _ = w.Write([]byte(`{"type":"about:blank","title":"Service Unavailable","status":503,"code":"overloaded"}`))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// isProbe reports whether a path tells how the node is.
func isProbe(path string) bool {
	return path == healthPath || path == readyPath || path == metricsPath
}

// Describe tells which figures there are.
func (c *Connections) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, out) }

// Collect reads the figures.
func (c *Connections) Collect(out chan<- prometheus.Metric) {
	c.mu.Lock()
	open, waiting, displaced, refused := len(c.open), c.waiting.Len(), c.displaced, c.refused
	c.mu.Unlock()
	send := func(name, help string, kind prometheus.ValueType, value float64, labels ...string) {
		desc := prometheus.NewDesc(name, help, labels[:len(labels)/2], nil)
		out <- prometheus.MustNewConstMetric(desc, kind, value, labels[len(labels)/2:]...)
	}
	const name, help = "opora_http_connections", "Open connections: active ones are being answered, the others wait for a request."
	send(name, help, prometheus.GaugeValue, float64(open-waiting), "state", "active")
	send(name, help, prometheus.GaugeValue, float64(waiting), "state", "waiting")
	send("opora_http_connections_most", "The most connections that this node holds.", prometheus.GaugeValue, float64(c.most))
	send("opora_http_connections_displaced_total", "Connections that said nothing and were closed to make room.", prometheus.CounterValue, float64(displaced))
	send("opora_http_connections_refused_total", "Connections closed at once because every other was being answered.", prometheus.CounterValue, float64(refused))
}

// budget bounds the bytes that all senders together have in hand. It is safe for concurrent use.
type budget struct {
	mu         sync.Mutex
	used, most int64
}

// take counts more bytes. Errors: Unavailable.
func (b *budget) take(n int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n > 0 && b.used+n > b.most {
		return &errs.Error{Kind: errs.Unavailable, Code: "overloaded", Msg: "bytes of bodies", RetryAfter: 2 * time.Second}
	}
	b.used += n
	return nil
}
