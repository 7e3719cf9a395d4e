package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

const (
	// hookFor is for how long an event is offered to its plugin before it is dead.
	hookFor = 24 * time.Hour
	// longestSnooze bounds what a plugin may ask for.
	longestSnooze = time.Hour
)

// What becomes of an event that the plugin did not take. River keeps an error's text, so none of the
// plugin's own words go into one.
var (
	errRetry = errors.New("the plugin asked to try again")
	errDead  = errors.New("the plugin refused the event")
	errLate  = errors.New("the plugin took the event for a day in vain")
	errLost  = errors.New("the plugin did not answer for the event")
)

type hookWorker struct {
	river.WorkerDefaults[hookArgs]
	useCases UseCases
	sink     EventSink
	clock    clock.Clock
}

// Work offers one event to the plugin of its system.
func (w *hookWorker) Work(ctx context.Context, job *river.Job[hookArgs]) error {
	if w.sink == nil {
		// A node without processes leaves the event to the others.
		return river.JobSnooze(longestRetry)
	}
	wait, err := w.offer(ctx, job.Args.event)
	if err == nil {
		return nil
	}
	if errors.Is(err, errDead) {
		return river.JobCancel(err)
	}
	if w.clock.Now().Sub(job.CreatedAt) >= hookFor {
		return river.JobCancel(fmt.Errorf("%w: %w", errLate, err))
	}
	if wait > 0 {
		return river.JobSnooze(min(wait, longestSnooze))
	}
	return err
}

// offer returns for how long the plugin wants to be left alone, where it says so.
func (w *hookWorker) offer(ctx context.Context, e event) (time.Duration, error) {
	he, wanted, err := w.useCases.HookEvent(ctx, e.Tenant, e.Ticket, e.Seq)
	if err != nil || !wanted {
		return 0, err
	}
	he.Event.Key, he.Call.RequestID = e.key(), e.key()
	results, err := w.sink.HandleEvents(ctx, he.System, he.Call, []api.Event{he.Event})
	if err != nil {
		return 0, fmt.Errorf("handle_events of %s: %s", he.System, errs.CodeOf(err))
	}
	for _, r := range results {
		if r.Key != he.Event.Key {
			continue
		}
		switch r.Outcome {
		case api.EventDone:
			return 0, nil
		case api.EventDead:
			return 0, errDead
		case api.EventRetry:
			return r.RetryAfter, errRetry
		}
	}
	return 0, errLost
}
