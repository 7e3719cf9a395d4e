package desk_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
)

// entryOf is an entry of the feed about a ticket, of an event that nobody was told of before.
func entryOf(a desk.Actor, id ident.ID, seq int64) desk.FeedEntry {
	return desk.FeedEntry{Tenant: a.Tenant.ID, Ticket: id, Seq: seq, Kind: "commented"}
}

func TestManyScreensAskTheDatabaseOnce(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	before := s.World.DB.Stat().AcquireCount()
	const screens = 300
	var all sync.WaitGroup
	for i := range screens {
		all.Go(func() {
			told, seen := s.World.Desk.Visible(t.Context(), s.Owner, entryOf(s.Owner, view.ID, 7))
			if !seen || told.Number != view.Number || told.Seq != 7 {
				t.Error("the owner is not told", i)
			}
			// Another person's right is his own, whoever asked before.
			if _, seen := s.World.Desk.Visible(t.Context(), s.Foreign, entryOf(s.Foreign, view.ID, 7)); seen {
				t.Error("a stranger is told", i)
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, s.World.DB.Stat().AcquireCount()-before, int64(3), "of %d questions", 2*screens)
	other := s.Foreign
	other.Tenant.ID = ident.New()
	_, seen := s.World.Desk.Visible(t.Context(), other, entryOf(s.Owner, view.ID, 7))
	require.False(t, seen, "another tenant")
	_, seen = s.World.Desk.Visible(t.Context(), s.Owner, entryOf(s.Owner, ident.New(), 7))
	require.False(t, seen, "no such ticket")
}

// BenchmarkVisible tells one event to a thousand screens: reads/event is what the database is asked.
func BenchmarkVisible(b *testing.B) {
	s := coretest.NewStage(b, "zab")
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	const screens = 1000
	before := s.World.DB.Stat().AcquireCount()
	seq := int64(0)
	for b.Loop() {
		seq++
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range screens / 8 {
					if _, seen := s.World.Desk.Visible(b.Context(), s.Owner, entryOf(s.Owner, view.ID, seq)); !seen {
						b.Error("not told")
					}
				}
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64(s.World.DB.Stat().AcquireCount()-before)/float64(seq), "reads/event")
	b.ReportMetric(screens, "screens")
}
