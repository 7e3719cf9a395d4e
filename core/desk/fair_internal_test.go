package desk

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/tenant"
)

// Who asks for the figures of many periods waits behind himself, and another tenant is counted at once.
func TestStatisticsOfOneTenantLeaveRoomForOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kept := newStatistics(clock.System{})
		flood, calm := ident.New(), ident.New()
		slow := func(ctx context.Context) (*deskFigures, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		for i := range 5 {
			go func() { _, _ = kept.get(t.Context(), flood, string(rune('a'+i)), slow) }()
		}
		synctest.Wait()
		began := time.Now()
		figures, err := kept.get(t.Context(), calm, "calm", func(context.Context) (*deskFigures, error) { return &deskFigures{}, nil })
		require.NoError(t, err)
		require.NotNil(t, figures)
		require.Zero(t, time.Since(began))
		time.Sleep(10 * statisticsLimit)
	})
}

// A desk of which nothing changed keeps its snapshot, with all that was compiled for it.
func TestOnlyWhatChangedIsBuiltAnew(t *testing.T) {
	t.Parallel()
	system := &release.System{}
	of := tenant.Tenant{ID: ident.New(), Slug: "one"}
	d := tenant.Desk{ID: ident.New(), Slug: "desk", Version: 1, Settings: tenant.Settings{Lines: []api.Line{{Key: "a"}}}}
	values := []tenant.ListValue{{Desk: d.ID, List: "l", Key: "k", Title: i18n.Text{RU: "К"}}}
	snap := &Snapshot{Tenant: of, Desk: d, System: system, own: values}
	s := &shelf{byID: map[ident.ID]*Snapshot{d.ID: snap}}
	require.Same(t, snap, s.same(of, d, system, append([]tenant.ListValue{}, values...)))

	var none *shelf
	require.Nil(t, none.same(of, d, system, values))
	renamed, moved, other := of, d, values[0]
	renamed.Quota, moved.Settings, other.Retired = 5, tenant.Settings{Lines: []api.Line{{Key: "b"}}}, true
	require.Nil(t, s.same(renamed, d, system, values))
	require.Nil(t, s.same(of, moved, system, values))
	require.Nil(t, s.same(of, d, &release.System{}, values))
	require.Nil(t, s.same(of, d, system, nil))
	require.Nil(t, s.same(of, d, system, []tenant.ListValue{other}))
}
