package access

import (
	"slices"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Membership is what somebody is on one desk beside a requester.
type Membership struct {
	// Line is the line of an agent, empty for who is none.
	Line          string
	Administrator bool
}

// Facts are what a standing follows from.
type Facts struct {
	// Session: there is a person. Follows: the bearer's token is this ticket's.
	Session, Follows bool
	Owner            bool
	SameOrganisation bool
	// Scope is whose tickets requesters of the desk see.
	Scope      api.Scope
	Membership Membership
	// Line is the declared line of the membership, nil where it is none or no longer declared.
	Line *api.Line
	// TicketLine is where the ticket is, SeenByLines where it has been.
	TicketLine  string
	SeenByLines []string
}

// StandingOf says how somebody stands to a ticket: one person, one standing. Whoever filed it is its
// owner, also where he works for the desk: nobody answers or closes his own request.
func StandingOf(f Facts) Standing {
	if f.Follows {
		return Follower
	}
	if !f.Session {
		return Nobody
	}
	if f.Owner {
		return Owner
	}
	if f.Line != nil {
		// Who works for the desk sees it as his line does, and never as a stranger besides (R2.17).
		return max(agentStanding(f), administratorStanding(f))
	}
	switch {
	case f.Membership.Administrator:
		return Administrator
	case f.SameOrganisation && f.Scope != api.ScopeOwn:
		return Colleague
	case f.Scope == api.ScopeDesk:
		return Stranger
	}
	return Nobody
}

// administratorStanding keeps an administrator what he is where his line would see nothing.
func administratorStanding(f Facts) Standing {
	if f.Membership.Administrator && agentStanding(f) == Nobody {
		return Administrator
	}
	return Nobody
}

func agentStanding(f Facts) Standing {
	handed := f.Line.Sees == api.SeesHanded
	switch {
	case handed && !slices.Contains(f.SeenByLines, f.Line.Key):
		return Nobody
	case handed && f.TicketLine != f.Line.Key:
		return Reader
	case f.Line.Talks:
		return Agent
	}
	return Silent
}
