package clock_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
)

func TestSystem(t *testing.T) {
	t.Parallel()
	before := time.Now().Add(-time.Millisecond)
	now := clock.System{}.Now()
	require.True(t, now.After(before) && now.Before(time.Now().Add(time.Millisecond)))
	require.Equal(t, time.UTC, now.Location())
	require.Equal(t, now, now.Truncate(time.Microsecond), "the database keeps no more")
}

func TestManual(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.FixedZone("", 9*60*60))
	c := clock.NewManual(start)
	require.True(t, start.Equal(c.Now()))
	require.Equal(t, time.UTC, c.Now().Location())
	require.True(t, c.Now().Equal(start), "it stands")
	c.Advance(90 * time.Minute)
	require.Equal(t, start.Add(90*time.Minute).UTC(), c.Now())
}
