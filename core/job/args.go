package job

import (
	"fmt"

	"github.com/riverqueue/river"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
)

// The queues: a plugin that hangs must not hold up letters, nor a sweep either of them.
const (
	queueLetters = "letters"
	queueHooks   = "hooks"
	queueUpkeep  = "upkeep"
)

// dayOfAttempts is how many attempts the backoff of [retries] spreads over a day.
const dayOfAttempts = 105

// event names one event; it is all that a job of an event carries.
type event struct {
	Tenant ident.ID `json:"tenant"`
	Ticket ident.ID `json:"ticket"`
	Seq    int64    `json:"seq"`
}

func eventOf(e desk.FeedEntry) event { return event{Tenant: e.Tenant, Ticket: e.Ticket, Seq: e.Seq} }

// key names the event in one word, for plugins and their idempotency.
func (e event) key() string { return fmt.Sprintf("%s/%d", e.Ticket, e.Seq) }

// lettersArgs renders the letters of an event.
type lettersArgs struct{ event }

// Kind names the job.
func (lettersArgs) Kind() string { return "letters" }

// InsertOpts puts it into its queue.
func (lettersArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueLetters, MaxAttempts: dayOfAttempts}
}

// hookArgs gives an event to its system's plugin.
type hookArgs struct{ event }

// Kind names the job.
func (hookArgs) Kind() string { return "hook" }

// InsertOpts puts it into its queue.
func (hookArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueHooks, MaxAttempts: dayOfAttempts}
}

// sweepArgs makes one sweepTenantArgs per tenant.
type sweepArgs struct{}

// Kind names the job.
func (sweepArgs) Kind() string { return "sweep" }

// InsertOpts puts it into its queue; the next hour comes again.
func (sweepArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueUpkeep, MaxAttempts: 3}
}

// sweepFilesArgs deletes the files that nobody used.
type sweepFilesArgs struct{}

// Kind names the job.
func (sweepFilesArgs) Kind() string { return "sweep_files" }

// InsertOpts puts it into its queue; the next hour comes again.
func (sweepFilesArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueUpkeep, MaxAttempts: 3}
}

// sweepTenantArgs deletes what a tenant need not keep.
type sweepTenantArgs struct {
	Tenant ident.ID `json:"tenant"`
}

// Kind names the job.
func (sweepTenantArgs) Kind() string { return "sweep_tenant" }

// InsertOpts puts it into its queue; the next hour comes again.
func (sweepTenantArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueUpkeep, MaxAttempts: 3}
}
