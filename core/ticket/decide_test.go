package ticket_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

func declared() *api.Declaration {
	return &api.Declaration{
		Statuses: api.Statuses{Initial: "new", Set: []api.Status{
			{Key: "new", Category: api.New}, {Key: "open", Category: api.Open}, {Key: "waiting", Category: api.Waiting}, {Key: "done", Category: api.Done},
		}},
		Transitions: []api.Transition{
			{Key: "take", From: []string{"new"}, To: "open", By: []string{api.ByAgent}},
			{Key: "ask", From: []string{"open"}, To: "waiting", By: []string{"line1"}},
			{Key: "close", From: []string{"open", "waiting"}, To: "done", By: []string{api.ByAgent}},
			{Key: "withdraw", From: []string{"new", "open"}, To: "done", By: []string{api.ByRequester}},
			{Key: "reopen-first", On: api.RequesterAdded, From: []string{"done"}, To: "open"},
			{Key: "reopen-second", On: api.RequesterAdded, From: []string{"done", "waiting"}, To: "new"},
			{Key: "answered", On: api.AgentAnswered, From: []string{"open"}, To: "waiting"},
		},
	}
}

func TestFindMove(t *testing.T) {
	t.Parallel()
	first := &api.Line{Key: "line1", Closes: true}
	second := &api.Line{Key: "line2"}
	for name, test := range map[string]struct {
		status, key string
		by          ticket.Mover
		code        string
	}{
		"agent":                             {"new", "take", ticket.Mover{Line: second}, ""},
		"requester cannot take":             {"new", "take", ticket.Mover{Requester: true}, "not_your_transition"},
		"requester withdraws":               {"new", "withdraw", ticket.Mover{Requester: true}, ""},
		"agent cannot withdraw for him":     {"new", "withdraw", ticket.Mover{Line: first}, "not_your_transition"},
		"agent who filed it himself":        {"new", "withdraw", ticket.Mover{Requester: true, Line: second}, ""},
		"line of the declaration":           {"open", "ask", ticket.Mover{Line: first}, ""},
		"another line":                      {"open", "ask", ticket.Mover{Line: second}, "not_your_transition"},
		"line that closes":                  {"open", "close", ticket.Mover{Line: first}, ""},
		"line that does not":                {"open", "close", ticket.Mover{Line: second}, "not_your_transition"},
		"not from here":                     {"done", "take", ticket.Mover{Line: first}, "transition_not_from_here"},
		"nobody's":                          {"new", "take", ticket.Mover{}, "not_your_transition"},
		"unknown":                           {"new", "fly", ticket.Mover{Line: first}, "transition_unknown"},
		"an automatic one is nobody's move": {"done", "reopen-first", ticket.Mover{Requester: true, Line: first}, "not_your_transition"},
	} {
		tr, err := ticket.FindMove(declared(), &ticket.Ticket{Status: test.status}, test.key, test.by)
		if test.code == "" {
			require.NoError(t, err, name)
			require.Equal(t, test.key, tr.Key)
			continue
		}
		require.Equal(t, test.code, errs.CodeOf(err), name)
		require.Nil(t, tr)
	}
}

func TestOptionsAgreeWithFindMove(t *testing.T) {
	t.Parallel()
	d := declared()
	for _, status := range []string{"new", "open", "waiting", "done"} {
		for _, by := range []ticket.Mover{{}, {Requester: true}, {Line: &api.Line{Key: "line1", Closes: true}}, {Line: &api.Line{Key: "line2"}}} {
			state := &ticket.Ticket{Status: status}
			listed := map[string]error{}
			for _, option := range ticket.Options(d, state, by) {
				listed[option.Transition.Key] = option.Err
			}
			for i := range d.Transitions {
				key := d.Transitions[i].Key
				_, err := ticket.FindMove(d, state, key, by)
				shown, ok := listed[key]
				require.Equal(t, err == nil, ok && shown == nil, "%s from %s", key, status)
			}
		}
	}
}

func TestTriggered(t *testing.T) {
	t.Parallel()
	keys := func(status string, trigger api.Trigger) []string {
		out := []string{}
		for _, tr := range ticket.Triggered(declared(), &ticket.Ticket{Status: status}, trigger) {
			out = append(out, tr.Key)
		}
		return out
	}
	require.Equal(t, []string{"reopen-first", "reopen-second"}, keys("done", api.RequesterAdded), "in declared order")
	require.Equal(t, []string{"reopen-second"}, keys("waiting", api.RequesterAdded))
	require.Equal(t, []string{"answered"}, keys("open", api.AgentAnswered))
	require.Empty(t, keys("new", api.RequesterAdded))
}

func TestMoved(t *testing.T) {
	t.Parallel()
	d := declared()
	tr, _ := d.Transition("reopen-first")
	data := ticket.Moved(d, &ticket.Ticket{Status: "done", Category: api.Done}, tr)
	require.Equal(t, ticket.Data{Transition: "reopen-first", Trigger: api.RequesterAdded, From: "done", To: "open", Category: api.Open, Reopened: true}, data)
	tr, _ = d.Transition("take")
	require.False(t, ticket.Moved(d, &ticket.Ticket{Status: "new", Category: api.New}, tr).Reopened)
}

func TestMayHandOver(t *testing.T) {
	t.Parallel()
	from := &api.Line{Key: "line1", HandsTo: []string{"line2"}}
	require.NoError(t, ticket.MayHandOver(from, "line2"))
	require.Equal(t, "handover_not_allowed", errs.CodeOf(ticket.MayHandOver(from, "line3")))
	require.Equal(t, "handover_not_allowed", errs.CodeOf(ticket.MayHandOver(nil, "line2")))
}

func TestInternalKinds(t *testing.T) {
	t.Parallel()
	internal := []ticket.Kind{ticket.Noted, ticket.HandedOver, ticket.Classified}
	for _, kind := range []ticket.Kind{
		ticket.Submitted, ticket.Commented, ticket.Noted, ticket.Transitioned, ticket.Assigned, ticket.HandedOver, ticket.Edited, ticket.Classified, ticket.Erased,
	} {
		require.Equal(t, slices.Contains(internal, kind), kind.Internal(), kind)
	}
}
