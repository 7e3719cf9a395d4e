package job

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ticket"
)

func TestARestoredLogIsNotWorkedOnUntilItIsMended(t *testing.T) {
	t.Parallel()
	w := arrange(t, dbtest.New(t), "first")
	n, err := New(w.options(&useCases{}))
	require.NoError(t, err)
	require.NoError(t, n.CheckPlace(t.Context()))
	w.append(t, 1, ticket.Commented)
	_, err = n.dispatcher.look(t.Context())
	require.NoError(t, err)
	require.Empty(t, n.Degraded())
	require.NoError(t, n.CheckPlace(t.Context()))

	// As after a restore: the place is a number that this server has not counted to.
	_, err = w.Exempt().Exec(t.Context(), `update dispatcher set xact_id = '9000000000' where one`)
	require.NoError(t, err)
	require.Equal(t, "dispatcher_ahead", errs.CodeOf(n.CheckPlace(t.Context())))
	_, err = n.dispatcher.look(t.Context())
	require.ErrorIs(t, err, errAhead)
	require.Equal(t, map[string]string{"dispatcher": "dispatcher_ahead"}, n.Degraded())
	_, err = db.Migrate(t.Context(), w.OwnerURL)
	require.NoError(t, err)
	require.NoError(t, n.CheckPlace(t.Context()))
	_, err = n.dispatcher.look(t.Context())
	require.NoError(t, err)
	require.Empty(t, n.Degraded())
	require.True(t, waiting{at: 9, horizon: horizon{high: 9}}.ahead(), "the next transaction is not written yet")
	require.False(t, waiting{at: 8, horizon: horizon{high: 9}}.ahead())
}

func TestEventsHiddenForLongAreTold(t *testing.T) {
	t.Parallel()
	w := arrange(t, dbtest.New(t), "first")
	c := clock.NewManual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	o := w.options(&useCases{})
	o.Clock = c
	n, err := New(o)
	require.NoError(t, err)
	n.feed.seen(horizon{low: 7, high: 9})
	c.Advance(lateAfter)
	require.Empty(t, n.Degraded())
	c.Advance(time.Second)
	require.Equal(t, map[string]string{"live": "late"}, n.Degraded())
	n.feed.seen(horizon{low: 9, high: 9})
	require.Empty(t, n.Degraded())
}
