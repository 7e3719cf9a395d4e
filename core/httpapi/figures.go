package httpapi

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// maxCodes bounds the codes of refusals that are told apart.
const maxCodes = 48

// figures are what an operator sees of the door. Requests are counted by route pattern, so that no path
// becomes a label.
type figures struct {
	total    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	shed     *prometheus.CounterVec

	mu    sync.Mutex
	codes map[string]bool
}

func newFigures() *figures {
	f := &figures{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "opora_http_requests_total", Help: "Requests answered, by route pattern and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "opora_http_request_duration_seconds", Help: "Time from the first byte to the end of the answer; live screens are left out.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"method", "route"}),
		shed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "opora_http_shed_total", Help: "Requests that were sent away with 429 or 503, by the code of the refusal.",
		}, []string{"status", "code"}),
		codes: map[string]bool{},
	}
	// An alert on a counter must see it before it first counts.
	for code, status := range map[string]string{
		"too_many_requests": "429", "too_many_sign_ins": "429", "too_many_streams": "429", "too_many_transfers": "429",
		"overloaded": "503", "busy": "503", "too_slow": "503", "database_unavailable": "503",
	} {
		f.codes[code] = true
		f.shed.WithLabelValues(status, code)
	}
	return f
}

// sentAway counts a refusal that asks the client to come again.
func (f *figures) sentAway(status, code string) {
	f.mu.Lock()
	if !f.codes[code] {
		if len(f.codes) >= maxCodes {
			code = "other"
		}
		f.codes[code] = true
	}
	f.mu.Unlock()
	f.shed.WithLabelValues(status, code).Inc()
}

// register hands the figures and those of the gates to a registry.
func (s *server) register(to prometheus.Registerer) {
	if to == nil {
		return
	}
	gauge := func(name, help string, labels prometheus.Labels, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, value)
	}
	to.MustRegister(s.figures.total, s.figures.duration, s.figures.shed,
		gauge("opora_http_requests_in_flight", "Requests that are being worked on.", nil, func() float64 { return float64(s.gates.inFlight.count()) }),
		gauge("opora_http_requests_in_flight_most", "How many are worked on at once; the next one is sent away.", nil, func() float64 { return float64(s.gates.inFlight.all) }),
		gauge("opora_http_body_bytes", "Bytes of bodies that are still being received.", nil, func() float64 { return float64(s.gates.bodyBytes.known.held() + s.gates.bodyBytes.unknown.held()) }),
	)
	for what, open := range map[string]*tally{
		"calls": s.gates.calls.known, "anonymous_calls": s.gates.calls.unknown,
		"bodies": s.gates.bodies.known, "anonymous_bodies": s.gates.bodies.unknown,
		"searches": s.gates.searches, "pages": s.gates.pages, "streams": s.gates.streams,
		"uploads": s.gates.uploads, "downloads": s.gates.downloads,
	} {
		labels := prometheus.Labels{"what": what}
		to.MustRegister(
			gauge("opora_http_open", "What is open: calls until their answer is read and bodies that are waited for, of people and of unknown callers, searches, pages of the screens, live streams, uploads, downloads.",
				labels, func() float64 { return float64(open.count()) }),
			gauge("opora_http_open_most", "How much of it may be open at once.", labels, func() float64 { return float64(open.all) }),
		)
	}
}

// held returns how many bytes are in hand.
func (b *budget) held() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}
