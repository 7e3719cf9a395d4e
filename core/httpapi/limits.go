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

// When to try again where too much is open: calls end in moments, transfers and streams do not.
const (
	soon  = time.Second
	later = 10 * time.Second
)

// maxScrapes is how many readers of /metrics are served at once.
const maxScrapes = 4

// Limits bound what a client may ask of a node; what is zero takes its default.
//
// Of what is open at once, unknown callers have at most a quarter between them, counted by address, and
// people with a session the rest, counted by person: who has no session takes nothing from those who have,
// and of these nobody takes much. What is refused is never waited for: 429 for who has too much of his
// own, 503 for who finds it all taken.
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
	// Clients is how many clients each rate remembers; the longest unseen is forgotten.
	Clients int

	// InFlight is how many requests are worked on at once, three quarters of them of one tenant; finding out
	// who asks is work too.
	InFlight int
	// Calls is how many calls are open at once, from the whole body to the last byte of the answer, which a
	// slow reader takes his time over. CallsPerPerson is well above the burst of Filing. Signing in needs no such
	// place: its answer is small.
	Calls          int
	CallsPerPerson int
	CallsPerClient int
	// SearchesPerPerson is how many of these calls may look for words or ask for statistics: they cost the
	// database most.
	SearchesPerPerson int
	// Bodies is how many JSON bodies are waited for at once; one that is there within Prompt is not. BodyBytes
	// is what may have come of all of them.
	Bodies          int
	BodiesPerPerson int
	BodiesPerClient int
	BodyBytes       int64
	// Pages is how many files of the screens, and documents of the API, are sent at once.
	Pages          int
	PagesPerClient int
	// Streams is the number of live screens of the node, StreamsPerPerson of one person.
	Streams          int
	StreamsPerPerson int
	// Uploads is how many files may come in at once, UploadsPerPerson of one person.
	Uploads          int
	UploadsPerPerson int
	// Downloads is how many files may go out at once, DownloadsPerPerson to one person.
	Downloads          int
	DownloadsPerPerson int

	// Request is the time of a use case, Body that of reading a JSON body, BodyAnonymous that of an unknown
	// sender's, Answer that of taking the answer, from its first byte. Idle is how long an upload or a download
	// may stand still, Transfer how long it may take in all.
	Request       time.Duration
	Body          time.Duration
	BodyAnonymous time.Duration
	Prompt        time.Duration
	Answer        time.Duration
	Idle          time.Duration
	Transfer      time.Duration
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
	pick(&l.Calls, 1024)
	pick(&l.CallsPerPerson, 64)
	pick(&l.CallsPerClient, 32)
	pick(&l.SearchesPerPerson, 8)
	pick(&l.Bodies, 1024)
	pick(&l.BodiesPerPerson, 32)
	pick(&l.BodiesPerClient, 32)
	pick(&l.BodyBytes, 64<<20)
	pick(&l.Pages, 1024)
	pick(&l.PagesPerClient, 128)
	pick(&l.Clients, 20_000)
	pick(&l.Request, 30*time.Second)
	pick(&l.Body, 20*time.Second)
	pick(&l.BodyAnonymous, 5*time.Second)
	pick(&l.Prompt, 250*time.Millisecond)
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
	inFlight, scrapes, pages, searches          *tally
	streams, uploads, downloads                 *tally
	calls, bodies                               shared[*tally]
	bodyBytes                                   shared[*budget]
}

// shared is a bound in its two parts, see Limits.
type shared[T any] struct{ known, unknown T }

// of is the part that a caller is counted in.
func (s shared[T]) of(c *call) T {
	if c.known() {
		return s.known
	}
	return s.unknown
}

func newGates(l Limits, c clock.Clock) gates {
	by := func(r Rate, code string) *gate {
		return &gate{clock: c, rate: r, code: code, most: l.Clients, order: list.New(), byKey: map[string]*list.Element{}}
	}
	quarter := func(all, person, client int) shared[*tally] {
		few := max(1, all/4)
		return shared[*tally]{
			newTally(max(1, all-few), person, "too_many_requests", soon), newTally(few, client, "too_many_requests", soon),
		}
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
		inFlight:           newTally(l.InFlight, max(1, l.InFlight-l.InFlight/4), "overloaded", soon),
		searches:           newTally(l.InFlight, l.SearchesPerPerson, "too_many_requests", soon),
		calls:              quarter(l.Calls, l.CallsPerPerson, l.CallsPerClient),
		bodies:             quarter(l.Bodies, l.BodiesPerPerson, l.BodiesPerClient),
		bodyBytes:          shared[*budget]{&budget{most: l.BodyBytes - l.BodyBytes/4}, &budget{most: l.BodyBytes / 4}},
		pages:              newTally(l.Pages, l.PagesPerClient, "too_many_requests", soon),
		scrapes:            newTally(maxScrapes, maxScrapes+1, "overloaded", later),
		streams:            newTally(l.Streams, l.StreamsPerPerson, "too_many_streams", later),
		uploads:            newTally(l.Uploads, l.UploadsPerPerson, "too_many_transfers", later),
		downloads:          newTally(l.Downloads, l.DownloadsPerPerson, "too_many_transfers", later),
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
	again     time.Duration
	open      int
	by        map[string]int
}

func newTally(all, each int, code string, again time.Duration) *tally {
	return &tally{all: all, each: each, code: code, again: again, by: map[string]int{}}
}

// enter opens one more; the function closes it. Errors: Limited for the person, Unavailable for all.
func (t *tally) enter(who string) (func(), error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.by[who] >= t.each:
		return nil, &errs.Error{Kind: errs.Limited, Code: t.code, Msg: "open at once, of one person", RetryAfter: t.again}
	case t.open >= t.all:
		return nil, &errs.Error{Kind: errs.Unavailable, Code: "overloaded", Msg: "open at once, in all", RetryAfter: t.again}
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

// crowded reports whether more than half is open.
func (t *tally) crowded() bool { return t.count() > t.all/2 }

// count returns how many are open.
func (t *tally) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open
}
