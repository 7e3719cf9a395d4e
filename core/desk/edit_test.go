package desk_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

func apiScope(s string) api.Scope { return api.Scope(s) }

func TestPatch(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	patch := func(a desk.Actor, in desk.PatchInput) (desk.TicketView, error) {
		return s.World.Desk.Patch(ctx, a, view.Number, in)
	}
	_, err := patch(s.First, desk.PatchInput{Priority: ref("high")})
	require.Equal(t, errs.Unconditional, errs.KindOf(err))
	_, err = patch(s.First, desk.PatchInput{Priority: ref("high"), Version: 99})
	require.Equal(t, errs.Stale, errs.KindOf(err))
	_, err = patch(s.Foreign, desk.PatchInput{Priority: ref("high"), Version: 1})
	require.Equal(t, errs.NotFound, errs.KindOf(err))
	_, err = patch(s.Owner, desk.PatchInput{Priority: ref("high"), Version: 1})
	require.Equal(t, errs.Forbidden, errs.KindOf(err))
	_, err = patch(s.Owner, desk.PatchInput{Fields: json.RawMessage(`{"title":"Иначе"}`), Version: 1})
	require.Equal(t, "edit_not_from_here", errs.CodeOf(err))
	_, err = patch(s.First, desk.PatchInput{Fields: json.RawMessage(`{"phone":"123"}`), Version: 1})
	require.Equal(t, "invalid_fields", errs.CodeOf(err))
	_, err = patch(s.First, desk.PatchInput{Priority: ref("urgent"), Version: 1})
	require.Equal(t, "invalid_fields", errs.CodeOf(err))
	_, err = patch(s.First, desk.PatchInput{Queue: ref("nowhere"), Version: 1})
	require.Equal(t, "invalid_fields", errs.CodeOf(err))

	after, err := patch(s.First, desk.PatchInput{Fields: json.RawMessage(`{"title":"Другой заголовок","position":null}`), Priority: ref("high"), Version: 1})
	require.NoError(t, err)
	require.Equal(t, "Другой заголовок", after.Subject)
	require.Equal(t, "high", after.Priority)
	require.EqualValues(t, 3, after.Version, "an edit, and a priority")
	same, err := patch(s.First, desk.PatchInput{Priority: ref("high"), Fields: json.RawMessage(`{}`), Version: 3})
	require.NoError(t, err)
	require.EqualValues(t, 3, same.Version, "nothing changed")
	require.Len(t, list(t, s, s.First, desk.ListInput{Query: "другой заголовок"}), 1)
	require.Empty(t, list(t, s, s.First, desk.ListInput{Query: "план-график"}), "old words are gone")
	moved, err := patch(s.First, desk.PatchInput{Queue: ref("executors"), Version: 3})
	require.NoError(t, err)
	require.Equal(t, "line2", moved.Line)
	for _, far := range []string{"9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00Z", "2001-01-01T00:00:00Z"} {
		at, err := time.Parse(time.RFC3339, far)
		require.NoError(t, err)
		_, err = patch(s.First, desk.PatchInput{DeadlineAt: ref(&at), Version: 4})
		require.Equal(t, []string{"/deadline_at deadline_out_of_range"}, problemsOf(t, err), far)
	}
	// Corrected fields do not take a ticket away from where it was put by hand.
	_, err = s.World.Desk.Assign(ctx, s.Second, view.Number, &s.Second.Person.ID, 4)
	require.NoError(t, err)
	corrected, err := patch(s.First, desk.PatchInput{Fields: json.RawMessage(`{"registry_numbers":["0191300012326000045"]}`), Version: 5})
	require.NoError(t, err)
	require.Equal(t, "line2", corrected.Line)
	require.NotNil(t, corrected.Assignee)
	history, err := s.World.Desk.Events(ctx, s.Owner, view.Number, 0, 0)
	require.NoError(t, err)
	for _, e := range history.Items {
		require.Empty(t, e.Data.FromLine)
		if e.Kind == ticket.Edited {
			require.Empty(t, e.Data.Queue, "routing is the agents' business")
		}
	}
	verify(t, s)
}

// A requester completes the fields of a ticket that waits for his data, and it is open again.
func TestRequesterCompletes(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view := toStatus(t, s, "insufficient-data")
	after, err := s.World.Desk.Patch(t.Context(), s.Owner, view.Number, desk.PatchInput{
		Fields: json.RawMessage(`{"registry_numbers":["0191300012326000045"]}`), Version: view.Version,
	})
	require.NoError(t, err)
	require.Equal(t, "reopened", after.Status.Key)
	found, err := s.World.Desk.Events(t.Context(), s.Owner, view.Number, 0, 0)
	require.NoError(t, err)
	kinds := []ticket.Kind{}
	for _, e := range found.Items {
		kinds = append(kinds, e.Kind)
	}
	require.Equal(t, []ticket.Kind{ticket.Submitted, ticket.Transitioned, ticket.Edited, ticket.Transitioned}, kinds)
	verify(t, s)
}

func TestDecisionsExplain(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	_, err := s.World.Desk.Decisions(t.Context(), s.Owner, view.Number)
	require.Equal(t, errs.Forbidden, errs.KindOf(err))
	page, err := s.World.Desk.Decisions(t.Context(), s.First, view.Number)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	matched := map[string]bool{}
	for _, rule := range page.Items[0].Rules {
		require.NotEmpty(t, rule.Why, rule.ID)
		matched[rule.ID] = rule.Matched
	}
	require.Len(t, matched, 5)
	require.Contains(t, matched, "route-general")
	routed := page.Items[0].Rules[len(page.Items[0].Rules)-1]
	require.Equal(t, api.Route, routed.Kind)
}

// 152-FZ: what is left of an erased person is numbers, times and outcomes.
func TestErase(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	own := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(map[string]any{"registry_numbers": []string{"0191300012326000045"}}))
	_, err := s.World.Desk.Comment(ctx, s.First, own.Number, desk.CommentInput{Text: "Мария Петровна, исправлено", Then: "close"})
	require.NoError(t, err)
	file, err := s.World.Desk.Upload(ctx, s.Owner, "webtorgi", "Паспорт Ивановой.png", pngReader())
	require.NoError(t, err)
	_, err = s.World.Desk.Comment(ctx, s.Owner, own.Number, desk.CommentInput{Text: "Вот снимок", Attachments: ids(file.ID)})
	require.NoError(t, err)
	colleagues := s.File(s.Colleague, "webtorgi", "appeal", coretest.Appeal(map[string]any{"name": "Петров Пётр Ильич", "email": "petrov@school1.example"}))
	require.Equal(t, errs.Forbidden, errs.KindOf(s.World.Desk.ErasePerson(ctx, s.First, s.Owner.Person.ID)))
	require.Equal(t, errs.NotFound, errs.KindOf(s.World.Desk.ErasePerson(ctx, s.Admin, coretestOther(t, s))))
	require.NoError(t, s.World.Desk.ErasePerson(ctx, s.Admin, s.Owner.Person.ID))
	require.NoError(t, s.World.Desk.ErasePerson(ctx, s.Admin, s.Owner.Person.ID), "a repeat does no harm")

	view, err := s.World.Desk.Ticket(ctx, s.First, own.Number)
	require.NoError(t, err)
	require.Empty(t, view.Subject)
	require.Empty(t, view.Fields)
	require.Empty(t, view.Attachments)
	require.Equal(t, "reopened", view.Status.Key)
	require.Empty(t, list(t, s, s.First, desk.ListInput{Query: "подписи", Assignee: "me"}))
	_, _, err = s.World.Desk.Attachment(ctx, s.First, file.ID)
	require.Equal(t, errs.NotFound, errs.KindOf(err))
	kept, err := s.World.Desk.Ticket(ctx, s.First, colleagues.Number)
	require.NoError(t, err)
	require.NotEmpty(t, kept.Fields, "others keep theirs")
	left := dump(t, s)
	for _, personal := range []string{"Мария Петровна", "owner@zab.example", "ivanova@school1.example", "Паспорт", "Вот снимок"} {
		require.NotContains(t, left, personal)
	}
	require.Contains(t, left, "petrov@school1.example")
	verify(t, s)
}
