package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/tenant"
)

func TestCountsAndAgents(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	toStatus(t, s, "done")
	view := toStatus(t, s, "unconfirmed")
	toStatus(t, s, "in-progress")
	_, err := s.World.Desk.Assign(ctx, s.First, view.Number, &s.First.Person.ID, 0)
	require.NoError(t, err)
	_, err = s.World.Desk.Counts(ctx, s.Owner, "webtorgi")
	require.Equal(t, errs.Forbidden, errs.KindOf(err))
	_, err = s.World.Desk.Agents(ctx, s.Owner, "webtorgi")
	require.Equal(t, errs.Forbidden, errs.KindOf(err))
	_, err = s.World.Desk.Counts(ctx, s.First, "elsewhere")
	require.Equal(t, errs.NotFound, errs.KindOf(err))
	counts, err := s.World.Desk.Counts(ctx, s.First, "webtorgi")
	require.NoError(t, err)
	require.Equal(t, []desk.CountView{
		{Queue: view.Queue, Status: "in-progress", Count: 1, Unassigned: 1}, {Queue: view.Queue, Status: "unconfirmed", Count: 1},
	}, counts.Items)
	counts, err = s.World.Desk.Counts(ctx, s.Third, "webtorgi")
	require.NoError(t, err)
	require.Empty(t, counts.Items, "line 3 counts what it was handed")
	agents, err := s.World.Desk.Agents(ctx, s.First, "webtorgi")
	require.NoError(t, err)
	lines := []string{}
	for _, a := range agents.Items {
		lines = append(lines, a.Line)
	}
	require.Equal(t, []string{"line1", "line2", "line3"}, lines)
}

func TestARequesterReadsAResolutionByItsLabels(t *testing.T) {
	t.Parallel()
	w := coretest.New(t, "procurement-goszakaz")
	ugra := w.Tenant("ugra")
	ugra.Desk("goszakaz", "procurement-goszakaz", tenant.Settings{})
	for _, who := range []coretest.Who{{Email: "requester@ugra.example"}, {Email: "agent@ugra.example", Lines: map[string]string{"goszakaz": "line1"}}} {
		view, err := w.Desk.Desk(t.Context(), ugra.Person(who), "goszakaz")
		require.NoError(t, err)
		require.NotNil(t, view.Resolution, who.Email)
		require.Contains(t, string(coretest.JSON(t, view.Resolution.UI)), `"/cause"`)
	}
}
