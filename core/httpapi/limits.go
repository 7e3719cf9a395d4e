package httpapi

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
)

// Rate is how often something may happen: a bucket of Burst that fills at PerSecond.
type Rate struct {
	PerSecond float64
	Burst     int
}

// maxScrapes is how many readers of /metrics are served at once.
const maxScrapes = 4

// Limits bound what a client may ask of a node; what is zero takes its default.
type Limits struct {
	// Filing is by person and counts tickets that were filed; FilingAnonymous is by client address,
	// FilingAnonymousAll for all of them; TryingAnonymous counts the attempts too, Trying every call of a
	// session that may change something.
	Filing             Rate
	FilingAnonymous    Rate
	FilingAnonymousAll Rate
	Trying             Rate
	TryingAnonymous    Rate
	// Checking is by person, or by client address without a session.
	Checking Rate
	// SignIn is by client address, and so is FailedSignIn, which counts failures alone. Failures by login
	// and how many passwords are compared at once are bounded in core/desk.
	SignIn       Rate
	FailedSignIn Rate
	// Streams is the number of live screens of the node, StreamsPerPerson of one person.
	Streams          int
	StreamsPerPerson int
	// Uploads is how many files may come in at once, UploadsPerPerson of one person.
	Uploads          int
	UploadsPerPerson int
	// Downloads is how many files may go out at once, DownloadsPerPerson to one person.
	Downloads          int
	DownloadsPerPerson int
	// InFlight is how many requests are worked on at once, three quarters of them of one tenant; transfers and live screens count while it is
	// found out who asks. Bodies is how many JSON bodies are read at once, BodiesPerClient of one address.
	InFlight        int
	Bodies          int
	BodiesPerClient int
	// Clients is how many clients each rate remembers; the longest unseen is forgotten.
	Clients int
	// Calls is how many calls are open at once from who asks to the last byte of the answer, which a
	// slow reader takes his time over; Pages the same of the screens' files. The others are of one address.
	Calls          int
	CallsPerClient int
	Pages          int
	PagesPerClient int
	// BodyBytes bounds what all senders of JSON bodies together have sent so far.
	BodyBytes int64
	// Request is the time of a use case, Body that of reading a JSON body, Answer that of taking the
	// answer. Idle is how long an upload or a download may stand still, Transfer how long it may take in
	// all.
	Request  time.Duration
	Body     time.Duration
	Answer   time.Duration
	Idle     time.Duration
	Transfer time.Duration
	// Heartbeat is the time between two signs of life of a live screen, Recheck that between two looks
	// at its session.
	Heartbeat time.Duration
	Recheck   time.Duration
}

func (l Limits) orDefaults() Limits {
	pick(&l.Filing, Rate{20, 20})
	pick(&l.FilingAnonymous, Rate{5. / 60, 10})
	pick(&l.FilingAnonymousAll, Rate{1, 60})
	pick(&l.Trying, Rate{100, 200})
	pick(&l.TryingAnonymous, Rate{0.5, 30})
	pick(&l.Checking, Rate{50, 100})
	pick(&l.SignIn, Rate{10, 60})
	pick(&l.FailedSignIn, Rate{0.5, 40})
	pick(&l.Streams, 5000)
	pick(&l.StreamsPerPerson, 10)
	pick(&l.Uploads, 64)
	pick(&l.UploadsPerPerson, 8)
	pick(&l.Downloads, 256)
	pick(&l.DownloadsPerPerson, 16)
	pick(&l.InFlight, 256)
	pick(&l.Bodies, 1024)
	pick(&l.BodiesPerClient, 256)
	pick(&l.Calls, 1024)
	pick(&l.CallsPerClient, 512)
	pick(&l.Pages, 1024)
	pick(&l.PagesPerClient, 512)
	pick(&l.BodyBytes, 64<<20)
	pick(&l.Clients, 20_000)
	pick(&l.Request, 30*time.Second)
	pick(&l.Body, 20*time.Second)
	pick(&l.Answer, 15*time.Second)
	pick(&l.Idle, 30*time.Second)
	pick(&l.Transfer, time.Hour)
	pick(&l.Heartbeat, 15*time.Second)
	pick(&l.Recheck, 10*time.Second)
	return l
}

func pick[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}

// gates are the counters of a node.
type gates struct {
	filing, filingAnonymous, filingAnonymousAll *gate
	trying, tryingAnonymous                     *gate
	checking, signIn, failedSignIn              *gate
	streams, bodies, uploads, downloads         *tally
	inFlight, scrapes, calls, pages             *tally
	bodyBytes                                   *budget
}

func newGates(l Limits, c clock.Clock) gates {
	by := func(r Rate, code string) *gate {
		return &gate{clock: c, rate: r, code: code, most: l.Clients, order: list.New(), byKey: map[string]*list.Element{}}
	}
	return gates{
		filing:             by(l.Filing, "too_many_requests"),
		filingAnonymous:    by(l.FilingAnonymous, "too_many_requests"),
		filingAnonymousAll: by(l.FilingAnonymousAll, "too_many_requests"),
		trying:             by(l.Trying, "too_many_requests"),
		tryingAnonymous:    by(l.TryingAnonymous, "too_many_requests"),
		checking:           by(l.Checking, "too_many_requests"),
		signIn:             by(l.SignIn, "too_many_requests"),
		failedSignIn:       by(l.FailedSignIn, "too_many_sign_ins"),
		inFlight:           &tally{all: l.InFlight, each: max(1, l.InFlight-l.InFlight/4), code: "overloaded", by: map[string]int{}},
		streams:            &tally{all: l.Streams, each: l.StreamsPerPerson, code: "too_many_streams", by: map[string]int{}},
		scrapes:            &tally{all: maxScrapes, each: maxScrapes + 1, code: "overloaded", by: map[string]int{}},
		bodies:             &tally{all: l.Bodies, each: l.BodiesPerClient, code: "too_many_requests", by: map[string]int{}},
		calls:              &tally{all: l.Calls, each: l.CallsPerClient, code: "too_many_requests", by: map[string]int{}},
		pages:              &tally{all: l.Pages, each: l.PagesPerClient, code: "too_many_requests", by: map[string]int{}},
		bodyBytes:          &budget{most: l.BodyBytes},
		uploads:            &tally{all: l.Uploads, each: l.UploadsPerPerson, code: "too_many_transfers", by: map[string]int{}},
		downloads:          &tally{all: l.Downloads, each: l.DownloadsPerPerson, code: "too_many_transfers", by: map[string]int{}},
	}
}

// gate is one rate for each of a bounded number of keys. It is safe for concurrent use.
type gate struct {
	mu    sync.Mutex
	clock clock.Clock
	rate  Rate
	code  string
	most  int
	order *list.List // the last seen is in front
	byKey map[string]*list.Element
}

type bucket struct {
	key     string
	limiter *rate.Limiter
}

// take counts one event of the key. The function gives it back when it shall not count after all.
// Errors: Limited, with the time after which one more is allowed.
func (g *gate) take(key string) (func(), error) {
	limiter := g.of(key)
	now := g.clock.Now()
	r := limiter.ReserveN(now, 1)
	if delay := r.DelayFrom(now); delay > 0 {
		r.CancelAt(now)
		return nil, &errs.Error{Kind: errs.Limited, Code: g.code, Msg: "rate of a client", RetryAfter: delay}
	}
	return func() { r.CancelAt(now) }, nil
}

func (g *gate) of(key string) *rate.Limiter {
	g.mu.Lock()
	defer g.mu.Unlock()
	if seen, ok := g.byKey[key]; ok {
		g.order.MoveToFront(seen)
		if b, ok := seen.Value.(*bucket); ok {
			return b.limiter
		}
	}
	if g.order.Len() >= g.most {
		oldest := g.order.Back()
		if b, ok := oldest.Value.(*bucket); ok {
			delete(g.byKey, b.key)
		}
		g.order.Remove(oldest)
	}
	b := &bucket{key: key, limiter: rate.NewLimiter(rate.Limit(g.rate.PerSecond), g.rate.Burst)}
	g.byKey[key] = g.order.PushFront(b)
	return b.limiter
}

// tally bounds how many of something are open, in all and for each person. It is safe for concurrent use.
type tally struct {
	mu        sync.Mutex
	all, each int
	code      string
	open      int
	by        map[string]int
}

// enter opens one more; the function closes it. Errors: Limited for the person, Unavailable for all.
func (t *tally) enter(who string) (func(), error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.by[who] >= t.each:
		return nil, &errs.Error{Kind: errs.Limited, Code: t.code, Msg: "open at once, of one person", RetryAfter: 10 * time.Second}
	case t.open >= t.all:
		return nil, &errs.Error{Kind: errs.Unavailable, Code: "overloaded", Msg: "open at once, in all", RetryAfter: 10 * time.Second}
	}
	t.open++
	t.by[who]++
	return sync.OnceFunc(func() { t.leave(who) }), nil
}

func (t *tally) leave(who string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open--
	if t.by[who]--; t.by[who] <= 0 {
		delete(t.by, who)
	}
}
