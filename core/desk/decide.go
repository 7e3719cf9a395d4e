package desk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
	"github.com/opora-desk/opora/core/ticket"
)

// pass is one run of a desk's rules with what is stored of it.
type pass struct {
	input    rule.Input
	rules    *rule.Set
	decision rule.Decision
}

// clockFacts are the time as the desk's rules see it.
func (s *Service) clockFacts(snap *Snapshot, now time.Time) rule.ClockFacts {
	return rule.ClockFacts{Now: now, Location: snap.Location, WorkingTime: snap.Week.Works(now)}
}

// actorFacts are who acts, as rules see him.
func (v *seen) actorFacts() rule.ActorFacts {
	facts := personFacts(v.actor.Person)
	facts.SameOrganisation = v.actor.Person != nil && v.actor.Person.Organisation != nil &&
		v.ticket.Organisation != nil && v.actor.Person.Organisation.ID == *v.ticket.Organisation
	switch v.standing {
	case access.Agent, access.Silent, access.Reader:
		facts.Kind, facts.Role, facts.Line = rule.KindAgent, "agent", v.membership.Line
	case access.Administrator:
		facts.Kind, facts.Role = rule.KindAdministrator, "agent"
	case access.Nobody, access.Stranger, access.Follower, access.Colleague, access.Owner:
	}
	return facts
}

func personFacts(p *person.Person) rule.ActorFacts {
	facts := rule.ActorFacts{Kind: rule.KindCitizen, Role: "requester"}
	if p == nil {
		return facts
	}
	facts.Email = p.Email
	if p.Kind == person.Staff {
		facts.Kind = rule.KindStaff
	}
	return facts
}

// ticketFacts are the ticket as rules see it.
func ticketFacts(t *ticket.Ticket, now time.Time) rule.TicketFacts {
	return rule.TicketFacts{
		Status: t.Status, Category: string(t.Category), Priority: t.Priority, Queue: t.Queue, Line: t.Line,
		Channel: string(t.Channel), Reopened: t.Reopened, AgeHours: int(now.Sub(t.CreatedAt) / time.Hour),
		HasAssignee: t.Assignee != nil,
	}
}

// record makes the stored decision of a pass: its outcomes, and of the input what its rules read, so
// that the same revision run again on it says the same.
func (p pass) record(t *ticket.Ticket, snap *Snapshot, seq int64, at time.Time) (ticket.Decision, error) {
	kept := p.input
	read := readMembers(p.decision.Rules)
	kept.Fields, kept.Old = only(kept.Fields, read), only(kept.Old, read)
	input, err := json.Marshal(kept)
	if err != nil {
		return ticket.Decision{}, fmt.Errorf("write decision's input: %w", err)
	}
	outcomes, err := json.Marshal(p.decision.Rules)
	if err != nil {
		return ticket.Decision{}, fmt.Errorf("write decision's outcomes: %w", err)
	}
	return ticket.Decision{
		Tenant: t.Tenant, Ticket: t.ID, Seq: seq, At: at, Release: snap.System.Digest,
		Revision: snap.Revision, Digest: p.rules.Digest(), Input: input, Outcomes: outcomes,
	}, nil
}

// readMembers are the top members of the form that some rule read: "fields.a.b" reads "a".
func readMembers(outcomes []rule.Outcome) map[string]bool {
	out := map[string]bool{}
	for _, o := range outcomes {
		for path := range o.Read {
			root, rest, _ := strings.Cut(path, ".")
			if slices.Contains([]string{"fields", "has", "old", "old_has"}, root) {
				member, _, _ := strings.Cut(rest, ".")
				out[member] = true
			}
		}
	}
	return out
}

func only(fields api.Fields, members map[string]bool) api.Fields {
	if fields == nil {
		return nil
	}
	out := api.Fields{}
	for name, value := range fields {
		if members[name] {
			out[name] = value
		}
	}
	return out
}
