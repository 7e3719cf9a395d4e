package job

import (
	"github.com/riverqueue/river"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ticket"
)

// consequence is one line of the table: an event of that kind, when the condition holds, makes a job.
type consequence struct {
	on   ticket.Kind
	when condition
	job  func(desk.FeedEntry) river.JobArgs
}

// table says whole what follows from events. The feed tells an event's kind and nothing of its
// contents: who acted, or in which system, the job's handler finds out and does nothing where nothing
// is to be done. A kind that stands in no line has no consequence but the live screens.
var table = []consequence{
	{on: ticket.Submitted, when: always, job: letters},
	{on: ticket.Commented, when: always, job: letters},
	{on: ticket.Transitioned, when: always, job: letters},
	{on: ticket.Edited, when: always, job: letters}, // a completion by the requester: the executor is told

	{on: ticket.Submitted, when: hooked, job: hook},
	{on: ticket.Commented, when: hooked, job: hook},
	{on: ticket.Noted, when: hooked, job: hook},
	{on: ticket.Transitioned, when: hooked, job: hook},
	{on: ticket.Assigned, when: hooked, job: hook},
	{on: ticket.HandedOver, when: hooked, job: hook},
	{on: ticket.Edited, when: hooked, job: hook},
	{on: ticket.Classified, when: hooked, job: hook},
	{on: ticket.Erased, when: hooked, job: hook}, // so that a plugin forgets too
}

// facts are what a condition may look at.
type facts struct {
	// hooks: the active release of some system declares the hook handle_events, and processes run.
	hooks bool
}

type condition func(facts) bool

func always(facts) bool   { return true }
func hooked(f facts) bool { return f.hooks }

func letters(e desk.FeedEntry) river.JobArgs { return lettersArgs{event: eventOf(e)} }
func hook(e desk.FeedEntry) river.JobArgs    { return hookArgs{event: eventOf(e)} }

// jobsFor returns the jobs of events, in their order.
func jobsFor(entries []desk.FeedEntry, f facts) []river.InsertManyParams {
	var jobs []river.InsertManyParams
	for _, e := range entries {
		for _, c := range table {
			if c.on == e.Kind && c.when(f) {
				jobs = append(jobs, river.InsertManyParams{Args: c.job(e)})
			}
		}
	}
	return jobs
}
