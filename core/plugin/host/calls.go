package host

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/opora-desk/opora/core/errs"
	wirev1 "github.com/opora-desk/opora/core/plugin/wire/v1"
)

const outcomeOK = "ok"

// maxOutcomes bounds the outcomes that are told apart: a plugin chooses the codes of its own errors.
const maxOutcomes = 64

// calls counts the calls of one system and keeps what went wrong last. It is safe for concurrent use.
type calls struct {
	mu    sync.Mutex
	count map[[2]string]*CallCount
	times map[string]*CallTimes
	// wrong is why the last call of a hook failed by the plugin's fault, by hook.
	wrong map[string]string
}

func newCalls() *calls {
	return &calls{count: map[[2]string]*CallCount{}, times: map[string]*CallTimes{}, wrong: map[string]string{}}
}

// timeBounds are the upper bounds of a histogram of calls, in seconds.
func timeBounds() []float64 {
	return []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
}

// note takes the outcome of one call.
func (c *calls) note(hook string, err error, took time.Duration) {
	outcome := outcomeOK
	if err != nil {
		outcome = cmp.Or(errs.CodeOf(err), wirev1.CodeFailed)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.countLocked(hook, outcome)
	c.timeLocked(hook, took)
	switch outcome {
	case wirev1.CodeDeadline, wirev1.CodeFailed, wirev1.CodeUnavailable:
		c.wrong[hook] = clean([]byte(hook+" fails: "+err.Error()), false)
	default:
		delete(c.wrong, hook)
	}
}

// refuse counts a call that no process was there to take.
func (c *calls) refuse(hook string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.countLocked(hook, errs.CodeOf(err))
}

func (c *calls) countLocked(hook, outcome string) {
	key := [2]string{hook, outcome}
	if c.count[key] == nil && len(c.count) >= maxOutcomes {
		key[1] = "other"
	}
	counted := c.count[key]
	if counted == nil {
		counted = &CallCount{Hook: hook, Outcome: key[1]}
		c.count[key] = counted
	}
	counted.Count++
}

func (c *calls) timeLocked(hook string, took time.Duration) {
	timed := c.times[hook]
	if timed == nil {
		timed = &CallTimes{Hook: hook, Within: map[float64]uint64{}}
		for _, bound := range timeBounds() {
			timed.Within[bound] = 0
		}
		c.times[hook] = timed
	}
	timed.Count++
	timed.Seconds += took.Seconds()
	for bound := range timed.Within {
		if took.Seconds() <= bound {
			timed.Within[bound]++
		}
	}
}

// blame keeps what is wrong with an answer that came in time.
func (c *calls) blame(hook, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrong[hook] = hook + " fails: " + why
}

// forget begins anew with another process; the counts stay.
func (c *calls) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.wrong)
}

// failing tells why the last call of some hook failed, empty where none did.
func (c *calls) failing() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for _, why := range c.wrong {
		all = append(all, why)
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

func (c *calls) counts() []CallCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]CallCount, 0, len(c.count))
	for _, counted := range c.count {
		all = append(all, *counted)
	}
	slices.SortFunc(all, func(a, b CallCount) int {
		return cmp.Or(cmp.Compare(a.Hook, b.Hook), cmp.Compare(a.Outcome, b.Outcome))
	})
	return all
}

func (c *calls) durations() []CallTimes {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]CallTimes, 0, len(c.times))
	for _, timed := range c.times {
		one := *timed
		one.Within = maps.Clone(timed.Within)
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b CallTimes) int { return cmp.Compare(a.Hook, b.Hook) })
	return all
}
