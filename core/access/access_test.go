package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

// matrix is the whole table, to be read by a person: + allowed, - forbidden, . not to be known of.
const matrix = `
               nobody stranger follower colleague owner reader silent agent administrator
See            .      .        +        +         +     +      +      +     +
SeeInternal    .      .        -        -         -     +      +      +     +
SeeDecisions   .      .        -        -         -     +      +      +     +
MarkRead       .      .        -        +         +     +      +      +     +
Reply          .      .        -        -         +     -      -      +     -
Note           .      .        -        -         -     -      +      +     +
Move           .      .        +        +         +     +      +      +     +
Complete       .      .        -        -         +     -      -      +     -
Edit           .      .        -        -         -     -      -      +     +
Assign         .      .        -        -         -     -      +      +     +
HandOver       .      .        -        -         -     -      +      +     +
Link           .      .        -        -         +     -      -      +     -
`

var standings = []access.Standing{
	access.Nobody, access.Stranger, access.Follower, access.Colleague, access.Owner, access.Reader, access.Silent, access.Agent, access.Administrator,
}

var actions = []string{"See", "SeeInternal", "SeeDecisions", "MarkRead", "Reply", "Note", "Move", "Complete", "Edit", "Assign", "HandOver", "Link"}

func mark(t *testing.T, action access.Action, standing access.Standing) string {
	t.Helper()
	err := access.Decide(action, standing)
	switch errs.KindOf(err) {
	case errs.Forbidden:
		require.Equal(t, "not_allowed", errs.CodeOf(err))
		return "-"
	case errs.NotFound:
		require.Equal(t, "ticket_not_found", errs.CodeOf(err))
		require.ErrorIs(t, err, access.ErrHidden)
		return "."
	default:
		require.NoError(t, err)
		return "+"
	}
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.Trim(matrix, "\n"), "\n")
	var out strings.Builder
	out.WriteString("\n" + lines[0] + "\n")
	for action, name := range actions {
		row := fmt.Sprintf("%-14s", name)
		for column, standing := range standings {
			width := len(strings.Fields(lines[0])[column])
			row += fmt.Sprintf(" %-*s", width, mark(t, access.Action(action), standing))
		}
		out.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	require.Empty(t, cmp.Diff(matrix, out.String()))
}

func TestWhatIsNotInTheTableIsHidden(t *testing.T) {
	t.Parallel()
	for _, standing := range standings {
		require.Equal(t, ".", mark(t, access.Action(len(actions)), standing), "an action without a row")
	}
	for action := range actions {
		require.Equal(t, ".", mark(t, access.Action(action), access.Standing(len(standings))), "a standing without a column")
	}
}

func TestWhoActsSees(t *testing.T) {
	t.Parallel()
	for action := range actions {
		for _, standing := range standings {
			if access.Decide(access.Action(action), standing) == nil {
				require.NoError(t, access.Decide(access.See, standing), "%s without seeing the ticket", actions[action])
			}
		}
	}
}

func TestStandingOf(t *testing.T) {
	t.Parallel()
	first := &api.Line{Key: "line1", Talks: true, Closes: true, Sees: api.SeesDesk}
	silent := &api.Line{Key: "line2", Sees: api.SeesDesk}
	handed := &api.Line{Key: "line3", Talks: true, Sees: api.SeesHanded}
	mute := &api.Line{Key: "line4", Sees: api.SeesHanded}
	agent := func(l *api.Line) access.Facts {
		return access.Facts{Session: true, Line: l, Membership: access.Membership{Line: l.Key}, TicketLine: "line1", SeenByLines: []string{"line1"}}
	}
	with := func(f access.Facts, change func(f *access.Facts)) access.Facts {
		change(&f)
		return f
	}
	for name, test := range map[string]struct {
		facts access.Facts
		want  access.Standing
	}{
		"no session":                          {access.Facts{Owner: true, Scope: api.ScopeDesk}, access.Nobody},
		"follow token":                        {access.Facts{Follows: true}, access.Follower},
		"follow token beside a session":       {with(agent(first), func(f *access.Facts) { f.Follows = true }), access.Follower},
		"owner":                               {access.Facts{Session: true, Owner: true, Scope: api.ScopeOwn}, access.Owner},
		"owner of the same organisation":      {access.Facts{Session: true, Owner: true, SameOrganisation: true, Scope: api.ScopeOrganisation}, access.Owner},
		"colleague":                           {access.Facts{Session: true, SameOrganisation: true, Scope: api.ScopeOrganisation}, access.Colleague},
		"colleague where desks are open":      {access.Facts{Session: true, SameOrganisation: true, Scope: api.ScopeDesk}, access.Colleague},
		"colleague where one sees one's own":  {access.Facts{Session: true, SameOrganisation: true, Scope: api.ScopeOwn}, access.Nobody},
		"stranger":                            {access.Facts{Session: true, Scope: api.ScopeDesk}, access.Stranger},
		"stranger, organisations see":         {access.Facts{Session: true, Scope: api.ScopeOrganisation}, access.Nobody},
		"agent":                               {agent(first), access.Agent},
		"agent of another line, whole desk":   {with(agent(first), func(f *access.Facts) { f.TicketLine = "line3" }), access.Agent},
		"agent who filed it himself":          {with(agent(first), func(f *access.Facts) { f.Owner = true }), access.Owner},
		"line that does not talk":             {agent(silent), access.Silent},
		"line 3 is no stranger on open desks": {with(agent(handed), func(f *access.Facts) { f.Scope = api.ScopeDesk }), access.Nobody},
		"line 3, never handed":                {agent(handed), access.Nobody},
		"line 3, handed now":                  {with(agent(handed), func(f *access.Facts) { f.TicketLine, f.SeenByLines = "line3", []string{"line1", "line3"} }), access.Agent},
		"line 3, handed and given back":       {with(agent(handed), func(f *access.Facts) { f.SeenByLines = []string{"line1", "line3"} }), access.Reader},
		"silent line, handed now":             {with(agent(mute), func(f *access.Facts) { f.TicketLine, f.SeenByLines = "line4", []string{"line1", "line4"} }), access.Silent},
		"line 3, never handed, but his own":   {with(agent(handed), func(f *access.Facts) { f.Owner, f.Scope = true, api.ScopeOwn }), access.Owner},
		"line no longer declared":             {access.Facts{Session: true, Membership: access.Membership{Line: "gone"}, Scope: api.ScopeOwn}, access.Nobody},
		"administrator":                       {access.Facts{Session: true, Membership: access.Membership{Administrator: true}, Scope: api.ScopeOwn}, access.Administrator},
		"administrator who is an agent":       {with(agent(first), func(f *access.Facts) { f.Membership.Administrator = true }), access.Agent},
		"administrator of line 3, not handed": {
			with(agent(handed), func(f *access.Facts) { f.Membership.Administrator = true }), access.Administrator,
		},
	} {
		require.Equal(t, test.want, access.StandingOf(test.facts), name)
	}
}
