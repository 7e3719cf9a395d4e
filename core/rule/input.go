package rule

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Moments at which rules run; the third is [OnTransition].
const (
	OnSubmit = "submit"
	OnEdit   = "edit"
)

// transitionPrefix begins the moments of transitions.
const transitionPrefix = "transition:"

// OnTransition is the moment of the transition with a key.
func OnTransition(key string) string { return transitionPrefix + key }

// Kinds of actors.
const (
	KindStaff         = "staff"
	KindCitizen       = "citizen"
	KindAgent         = "agent"
	KindAdministrator = "administrator"
	KindSystem        = "system"
)

// ActorKinds lists the kinds of actors that a rule may compare with.
func ActorKinds() []string {
	return []string{KindStaff, KindCitizen, KindAgent, KindAdministrator, KindSystem}
}

// Input is all that one decision depends on. It is never changed by the engine. Everything but the two
// callbacks can be stored as JSON and decided again.
type Input struct {
	Form string `json:"form"`
	// On is OnSubmit, OnEdit or OnTransition(key).
	On     string     `json:"on"`
	Fields api.Fields `json:"fields"`
	// Old are the fields before the change; nil on submit.
	Old         api.Fields      `json:"old,omitempty"`
	Ticket      TicketFacts     `json:"ticket"`
	Actor       ActorFacts      `json:"actor"`
	Transition  TransitionFacts `json:"transition"`
	Resolution  api.Fields      `json:"resolution,omitempty"`
	Attachments AttachmentFacts `json:"attachments"`
	Clock       ClockFacts      `json:"clock"`
	// Priority is where priority rules start from: the scale's default, or the ticket's own on an edit.
	Priority string `json:"priority"`
	// InList answers whether the desk's reference list holds a value. Without it the keys given to
	// Build are asked. It must be a pure function during one Eval.
	InList func(list, value string) bool `json:"-"`
	// Schema is the form's own check: it gets the visible fields and the pointers that rules made
	// mandatory (EachRow for each existing row) and returns its problems. Nil leaves the step out.
	Schema func(fields api.Fields, required []string) []errs.Problem `json:"-"`
}

// TicketFacts are what rules may know of the ticket; before it is filed most are empty.
type TicketFacts struct {
	Status   string `json:"status,omitempty"`
	Category string `json:"category,omitempty"`
	Priority string `json:"priority,omitempty"`
	Queue    string `json:"queue,omitempty"`
	Line     string `json:"line,omitempty"`
	Channel  string `json:"channel,omitempty"`
	// Reopened counts how often the ticket was opened again after being done.
	Reopened int `json:"reopened,omitempty"`
	// AgeHours are whole hours since registration, by the calendar on the wall.
	AgeHours    int  `json:"age_hours,omitempty"`
	HasAssignee bool `json:"has_assignee,omitempty"`
}

// ActorFacts are what rules may know of who acts.
type ActorFacts struct {
	// Kind is one of ActorKinds.
	Kind string `json:"kind,omitempty"`
	// Role is how the person stands to this ticket: requester or agent.
	Role string `json:"role,omitempty"`
	// Line is the agent's line of support.
	Line  string `json:"line,omitempty"`
	Email string `json:"email,omitempty"`
	// SameOrganisation: the actor belongs to the organisation that the ticket was filed for.
	SameOrganisation bool `json:"same_organisation,omitempty"`
}

// TransitionFacts name the transition that is asked for.
type TransitionFacts struct {
	Key  string `json:"key,omitempty"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// AttachmentFacts count the files that come with the change.
type AttachmentFacts struct {
	Count  int `json:"count,omitempty"`
	Bytes  int `json:"bytes,omitempty"`
	Images int `json:"images,omitempty"`
}

// ClockFacts are the time as the rules see it, read once by the caller.
type ClockFacts struct {
	Now time.Time
	// Location is the desk's time zone, UTC where nil; it decides which day today is.
	Location *time.Location
	// WorkingTime: the desk works now.
	WorkingTime bool
}

type clockJSON struct {
	Now         time.Time `json:"now"`
	Zone        string    `json:"zone,omitempty"`
	OffsetSec   int       `json:"offset_sec,omitempty"`
	WorkingTime bool      `json:"working_time,omitempty"`
}

func (c ClockFacts) location() *time.Location {
	if c.Location == nil {
		return time.UTC
	}
	return c.Location
}

// MarshalJSON writes the instant with the zone's name and its offset at that instant.
func (c ClockFacts) MarshalJSON() ([]byte, error) {
	_, offset := c.Now.In(c.location()).Zone()
	raw, err := json.Marshal(clockJSON{Now: c.Now.UTC(), Zone: c.location().String(), OffsetSec: offset, WorkingTime: c.WorkingTime})
	if err != nil {
		return nil, fmt.Errorf("write clock: %w", err)
	}
	return raw, nil
}

// UnmarshalJSON restores the zone by its offset, which is all that a rule can see of it: a later change
// of the zone's rules does not change how an old decision replays.
func (c *ClockFacts) UnmarshalJSON(raw []byte) error {
	var stored clockJSON
	if err := json.Unmarshal(raw, &stored); err != nil {
		return fmt.Errorf("read clock: %w", err)
	}
	*c = ClockFacts{Now: stored.Now.UTC(), Location: time.FixedZone(stored.Zone, stored.OffsetSec), WorkingTime: stored.WorkingTime}
	return nil
}

// env builds the environment of one pass; the caller adds the meter for each rule.
func (s *Set) env(form *formRules, in *Input, fields api.Fields) map[string]any {
	shape := form.roots[rootFields]
	return map[string]any{
		rootFields: typed(shape, fields), rootHas: presence(shape, fields),
		rootOld: typed(shape, in.Old), rootOldHas: presence(shape, in.Old),
		"ticket": map[string]any{
			"status": in.Ticket.Status, "category": in.Ticket.Category, "priority": in.Ticket.Priority,
			"queue": in.Ticket.Queue, "line": in.Ticket.Line, "channel": in.Ticket.Channel,
			"reopened": in.Ticket.Reopened, "age_hours": in.Ticket.AgeHours, "has_assignee": in.Ticket.HasAssignee,
		},
		"actor": map[string]any{
			"kind": in.Actor.Kind, "role": in.Actor.Role, "line": in.Actor.Line,
			"email": in.Actor.Email, "same_organisation": in.Actor.SameOrganisation,
		},
		"transition":  map[string]any{"key": in.Transition.Key, "from": in.Transition.From, "to": in.Transition.To},
		"resolution":  typed(form.roots["resolution"], in.Resolution),
		"attachments": map[string]any{"count": in.Attachments.Count, "bytes": in.Attachments.Bytes, "images": in.Attachments.Images},
		"params":      s.params,
		"clock": map[string]any{
			"now":          in.Clock.Now.UTC().Format(timeLayout),
			"today":        in.Clock.Now.In(in.Clock.location()).Format(dateLayout),
			"working_time": in.Clock.WorkingTime,
		},
	}
}
