// Package calendar counts working time: which days are worked, from when to when, in a desk's zone.
//
// It knows no tickets and reads no clock.
//
// Invariants:
//  1. Instants are UTC; days and hours are the zone's.
package calendar

import (
	"slices"
	"time"

	"github.com/opora-desk/opora/core/plugin/api"
)

// longest bounds a search for a working day: a calendar without one must not hang anybody.
const longest = 3660

// Week is the working days and hours of a desk in its zone.
type Week struct {
	days     []int
	from, to time.Duration
	zone     *time.Location
}

// NewWeek returns the week that a system declares; without one every day is worked around the clock.
func NewWeek(declared *api.WorkingTime, zone *time.Location) Week {
	w := Week{days: []int{1, 2, 3, 4, 5, 6, 7}, to: 24 * time.Hour, zone: zone}
	if declared == nil {
		return w
	}
	if len(declared.Days) > 0 {
		w.days = declared.Days
	}
	w.from = sinceMidnight(declared.From, 0)
	w.to = sinceMidnight(declared.To, 24*time.Hour)
	return w
}

func sinceMidnight(clock string, otherwise time.Duration) time.Duration {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return otherwise
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// Works reports whether the instant is in working time.
func (w Week) Works(at time.Time) bool {
	local := at.In(w.zone)
	since := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute
	return w.workday(local) && since >= w.from && since < w.to
}

func (w Week) workday(local time.Time) bool {
	day := int(local.Weekday())
	if day == 0 {
		day = 7
	}
	return slices.Contains(w.days, day)
}

// AfterDays returns the end of the n-th working day after the day of an instant: a request of Friday
// with three days is due at the end of Wednesday.
func (w Week) AfterDays(at time.Time, n int) time.Time {
	local := at.In(w.zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, w.zone)
	for range longest {
		if n == 0 {
			break
		}
		day = day.AddDate(0, 0, 1)
		if w.workday(day) {
			n--
		}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 0, int(w.to/time.Minute), 0, 0, w.zone).UTC()
}

// AfterMinutes returns the instant at which n minutes of working time have passed.
func (w Week) AfterMinutes(at time.Time, n int) time.Time {
	left := time.Duration(n) * time.Minute
	local := at.In(w.zone)
	for range longest {
		start := time.Date(local.Year(), local.Month(), local.Day(), 0, int(w.from/time.Minute), 0, 0, w.zone)
		end := time.Date(local.Year(), local.Month(), local.Day(), 0, int(w.to/time.Minute), 0, 0, w.zone)
		if local.Before(start) {
			local = start
		}
		if w.workday(local) && local.Before(end) {
			there := end.Sub(local)
			if left <= there {
				return local.Add(left).UTC()
			}
			left -= there
		}
		local = time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, w.zone)
	}
	return local.UTC()
}
