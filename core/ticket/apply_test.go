package ticket_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// categories are what the statuses of these tests mean.
var categories = map[string]api.Category{"new": api.New, "open": api.Open, "waiting": api.Waiting, "done": api.Done, "not-a-bug": api.Done}

func one[T any](values ...T) *rapid.Generator[T] { return rapid.SampledFrom(values) }

// history draws a log as the use cases write it: seq without gaps, time that never goes back.
func history(r *rapid.T) []ticket.Event {
	people := []ident.ID{ident.New(), ident.New(), ident.New()}
	tenant, id, desk := ident.New(), ident.New(), ident.New()
	who := func(kind ticket.ActorKind) ticket.Actor {
		if kind == ticket.BySystem {
			return ticket.Actor{Kind: kind}
		}
		return ticket.Actor{Kind: kind, ID: &people[rapid.IntRange(0, 2).Draw(r, "person")]}
	}
	kinds := one(ticket.Commented, ticket.Noted, ticket.Transitioned, ticket.Assigned, ticket.HandedOver, ticket.Edited, ticket.Classified)
	actors := one(ticket.ByRequester, ticket.ByAgent, ticket.ByAdministrator, ticket.BySystem)
	first := ticket.Data{
		Desk: &desk, Release: "digest", Form: "appeal", FormVersion: 1, Channel: api.Portal, Requester: &people[0],
		To: "new", Category: api.New, Priority: "normal", Queue: "main", Line: "line1",
	}
	events := []ticket.Event{{
		Tenant: tenant, Ticket: id, Seq: 1, Kind: ticket.Submitted, Actor: who(actors.Draw(r, "filed by")), At: at, Data: first, Body: content(r),
	}}
	status := "new"
	now := at
	for range rapid.IntRange(0, 20).Draw(r, "events") {
		now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(r, "minutes")) * time.Minute)
		e := ticket.Event{
			Tenant: tenant, Ticket: id, Seq: int64(len(events) + 1), Kind: kinds.Draw(r, "kind"), Actor: who(actors.Draw(r, "by")), At: now,
			Body: &ticket.Body{Text: "text"},
		}
		switch e.Kind {
		case ticket.Transitioned:
			to := one(slices.Sorted(maps.Keys(categories))...).Draw(r, "to")
			e.Data = ticket.Data{From: status, To: to, Category: categories[to], Reopened: categories[status] == api.Done && categories[to] != api.Done}
			status = to
		case ticket.Assigned:
			e.Data.Assignee = one(nil, &people[1], &people[2]).Draw(r, "assignee")
		case ticket.HandedOver:
			e.Data = ticket.Data{FromLine: "line1", Line: one("line1", "line2", "line3").Draw(r, "line")}
		case ticket.Edited:
			e.Body = content(r)
			e.Data.Pointers = []string{"/title"}
		case ticket.Classified:
			e.Data = ticket.Data{Priority: one("", "high").Draw(r, "priority"), Queue: one("", "other").Draw(r, "queue")}
			if rapid.Bool().Draw(r, "deadline") {
				due := now.Add(time.Hour)
				e.Data.DeadlineSet, e.Data.DeadlineAt, e.Data.DeadlineCase = true, &due, "answer"
			}
		}
		events = append(events, e)
	}
	return events
}

func content(r *rapid.T) *ticket.Body {
	fields := rapid.MapOf(one("title", "name", "email"), one[any]("a", "b", true)).Draw(r, "fields")
	return &ticket.Body{Subject: one("", "subject", "other").Draw(r, "subject"), Fields: fields}
}

func TestFoldIsDeterministicAndPure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		events := history(r)
		want := ticket.Fold(events)
		require.Empty(r, cmp.Diff(want, ticket.Fold(events)))
		// Folding goes on from any state, and leaves that state as it was: lines are shared slices.
		at := rapid.IntRange(1, len(events)).Draw(r, "at")
		before := ticket.Fold(events[:at])
		kept := ticket.Fold(events[:at])
		state := before
		for _, e := range events[at:] {
			state = ticket.Apply(state, e)
		}
		require.Empty(r, cmp.Diff(want, state))
		require.Empty(r, cmp.Diff(kept, before))
	})
}

func TestFoldKeepsWhatMustHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var state ticket.Ticket
		reopened := 0
		for _, e := range history(r) {
			next := ticket.Apply(state, e)
			step := int64(1)
			if e.Kind == ticket.Commented || e.Kind == ticket.Noted {
				step = 0
				unchanged := next
				unchanged.LastSeq, unchanged.UpdatedAt = state.LastSeq, state.UpdatedAt
				unchanged.RequesterSeq, unchanged.AnswerSeq = state.RequesterSeq, state.AnswerSeq
				require.Empty(r, cmp.Diff(state, unchanged), "a comment changes no state")
			}
			require.Equal(r, state.Version+step, next.Version, "version rises with the state alone")
			require.Equal(r, e.Seq, next.LastSeq)
			require.Equal(r, e.At, next.UpdatedAt)
			require.Equal(r, next.Category == api.Done, next.ClosedAt != nil, "closed when done")
			require.Contains(r, next.SeenByLines, next.Line)
			require.Len(r, next.SeenByLines, len(slices.Compact(slices.Sorted(slices.Values(next.SeenByLines)))), "no line twice")
			for _, line := range state.SeenByLines {
				require.Contains(r, next.SeenByLines, line, "who has seen it has seen it")
			}
			require.LessOrEqual(r, next.RequesterSeq, next.LastSeq)
			require.LessOrEqual(r, next.AnswerSeq, next.LastSeq)
			if e.Data.Reopened {
				reopened++
			}
			require.Equal(r, reopened, next.Reopened)
			require.Equal(r, at, next.CreatedAt)
			require.NotNil(r, next.Fields)
			if e.Kind == ticket.HandedOver {
				require.Nil(r, next.Assignee, "another line, nobody's yet")
			}
			state = next
		}
	})
}

// TestErasureBlanksAndStillFolds: what the fold gives after the bodies are gone equals what the use case
// wrote into the row when it erased.
func TestErasureBlanksAndStillFolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		events := history(r)
		last := events[len(events)-1]
		requester := *events[0].Data.Requester
		erased := ticket.Event{
			Tenant: last.Tenant, Ticket: last.Ticket, Seq: last.Seq + 1, Kind: ticket.Erased, Actor: ticket.Actor{Kind: ticket.ByAdministrator},
			At: last.At.Add(time.Hour), Data: ticket.Data{Person: &requester, Requesting: true},
		}
		row := ticket.Apply(ticket.Fold(events), erased)
		require.Empty(r, row.Fields)
		require.Empty(r, row.Subject)
		require.Equal(r, erased.At, *row.ErasedAt)

		blanked := slices.Clone(events)
		for i := range blanked {
			blanked[i].Body = nil
		}
		require.Empty(r, ticket.Compare(&row, append(blanked, erased)))
	})
}

// TestErasureOfAnotherLeavesTheTicket: blanking what an agent wrote changes nothing of the state.
func TestErasureOfAnotherLeavesTheTicket(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		events := history(r)
		last := events[len(events)-1]
		gone := ident.New()
		erased := ticket.Event{
			Tenant: last.Tenant, Ticket: last.Ticket, Seq: last.Seq + 1, Kind: ticket.Erased, At: last.At,
			Actor: ticket.Actor{Kind: ticket.ByAdministrator}, Data: ticket.Data{Person: &gone},
		}
		row := ticket.Apply(ticket.Fold(events), erased)
		require.Nil(r, row.ErasedAt)
		for i := range events {
			if k := events[i].Kind; k != ticket.Submitted && k != ticket.Edited {
				events[i].Body = nil
			}
		}
		require.Empty(r, ticket.Compare(&row, append(events, erased)))
	})
}

// TestCompareFindsEachTamperedColumn changes one column at a time.
func TestCompareFindsEachTamperedColumn(t *testing.T) {
	t.Parallel()
	person, due := ident.New(), at.Add(time.Hour)
	events := []ticket.Event{{
		Tenant: ident.New(), Ticket: ident.New(), Seq: 1, Kind: ticket.Submitted, At: at, Actor: ticket.Actor{Kind: ticket.ByRequester, ID: &person},
		Data: ticket.Data{
			Desk: &person, Requester: &person, To: "new", Category: api.New, Line: "line1", Priority: "normal", Queue: "q",
			DeadlineSet: true, DeadlineAt: &due, DeadlineCase: "answer",
		},
		Body: &ticket.Body{Subject: "subject", Fields: api.Fields{"title": "a"}},
	}}
	sound := ticket.Fold(events)
	sound.Number = "ACC-17"
	require.Empty(t, ticket.Compare(&sound, events))

	fields := reflect.TypeFor[ticket.Ticket]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		row := sound
		tamper(t, reflect.ValueOf(&row).Elem().Field(i))
		want := []string{name}
		if name == "Number" {
			want = nil // given by the database's counter
		}
		require.Equal(t, want, ticket.Compare(&row, events), name)
	}
}

func tamper(t *testing.T, v reflect.Value) {
	t.Helper()
	other, id := at.Add(time.Microsecond), ident.New()
	switch current := v.Interface().(type) {
	case ident.ID:
		v.Set(reflect.ValueOf(id))
	case *ident.ID:
		v.Set(reflect.ValueOf(&id))
	case time.Time:
		v.Set(reflect.ValueOf(current.Add(time.Microsecond)))
	case *time.Time:
		v.Set(reflect.ValueOf(&other))
	case api.Fields:
		v.Set(reflect.ValueOf(api.Fields{"title": "b"}))
	case []string:
		v.Set(reflect.ValueOf(append(slices.Clone(current), "line9")))
	default:
		switch v.Kind() {
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Int, reflect.Int64:
			v.SetInt(v.Int() + 1)
		default:
			t.Fatalf("no way to tamper with a %s", v.Type())
		}
	}
}

func TestCompareFindsAChangedLog(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		events := history(r)
		row := ticket.Fold(events)
		require.Empty(r, ticket.Compare(&row, events))
		if len(events) < 3 {
			return
		}
		gone := rapid.IntRange(1, len(events)-2).Draw(r, "gone")
		missing := slices.Delete(slices.Clone(events), gone, gone+1)
		require.Contains(r, ticket.Compare(&row, missing), fmt.Sprintf("event %d stands at place %d", gone+2, gone+1))
		require.NotEmpty(r, ticket.Compare(&row, events[:len(events)-1]), "the last event is gone")
	})
}

func TestUnread(t *testing.T) {
	t.Parallel()
	filed := ticket.Ticket{RequesterSeq: 1}
	require.True(t, filed.UnreadByAgents(0))
	require.False(t, filed.UnreadByAgents(1), "this agent has read it")
	require.False(t, filed.UnreadByRequester(0))
	answered := ticket.Ticket{RequesterSeq: 1, AnswerSeq: 2}
	require.False(t, answered.UnreadByAgents(0), "somebody has answered")
	require.True(t, answered.UnreadByRequester(1))
	require.False(t, answered.UnreadByRequester(2))
	added := ticket.Ticket{RequesterSeq: 3, AnswerSeq: 2}
	require.True(t, added.UnreadByAgents(2))
}
