package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/calendar"
	"github.com/opora-desk/opora/core/plugin/api"
)

func TestWeek(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("+05", 5*3600)
	week := calendar.NewWeek(&api.WorkingTime{Days: []int{1, 2, 3, 4, 5}, From: "08:00", To: "20:00"}, zone)
	friday := time.Date(2026, 11, 20, 19, 30, 0, 0, zone)
	require.True(t, week.Works(friday))
	require.False(t, week.Works(friday.Add(time.Hour)))
	require.False(t, week.Works(friday.AddDate(0, 0, 1)))
	require.Equal(t, time.Date(2026, 11, 25, 20, 0, 0, 0, zone).UTC(), week.AfterDays(friday, 3))
	require.Equal(t, time.Date(2026, 11, 23, 8, 30, 0, 0, zone).UTC(), week.AfterMinutes(friday, 60))
	require.Equal(t, friday.Add(20*time.Minute).UTC(), week.AfterMinutes(friday, 20))
	always := calendar.NewWeek(nil, zone)
	require.True(t, always.Works(friday.AddDate(0, 0, 1)))
	require.Equal(t, friday.Add(30*time.Hour).UTC(), always.AfterMinutes(friday, 30*60))
}
