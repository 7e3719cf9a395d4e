package desk_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// R2.17: a line that sees what it was handed finds nothing else, neither in lists nor by words.
func TestHandedLineFindsNothingElse(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	_, err := s.World.Desk.Comment(t.Context(), s.First, view.Number, desk.CommentInput{Text: "Секретная пометка", Internal: true})
	require.NoError(t, err)
	for _, query := range []string{"", "подписи", "секретная", view.Number} {
		require.Empty(t, list(t, s, s.Third, desk.ListInput{Query: query}), query)
	}
	_, err = s.World.Desk.HandOver(t.Context(), s.First, view.Number, "line3", "", 0)
	require.NoError(t, err)
	for _, query := range []string{"", "подписи", "секретная", view.Number} {
		require.Len(t, list(t, s, s.Third, desk.ListInput{Query: query}), 1, query)
	}
}

func TestTyingAtOnceMakesNoCircle(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	for range 5 {
		var all [3]desk.TicketView
		for i := range all {
			all[i] = s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
		}
		var group sync.WaitGroup
		for i := range all {
			group.Go(func() {
				_, _ = s.World.Desk.Transition(t.Context(), s.First, all[i].Number, desk.TransitionInput{
					Transition: "duplicate", DuplicateOf: all[(i+1)%3].Number, Comment: "Повтор.",
				})
			})
		}
		group.Wait()
		bases := map[string]string{}
		for _, one := range all {
			view, err := s.World.Desk.Ticket(t.Context(), s.First, one.Number)
			require.NoError(t, err)
			bases[one.Number] = view.DuplicateOf
		}
		tied := 0
		for _, base := range bases {
			if base != "" {
				tied++
				require.Empty(t, bases[base], "a base is nobody's duplicate: %v", bases)
			}
		}
		require.Equal(t, 2, tied, bases)
	}
	verify(t, s)
}

func TestRepeatsAtOnce(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	failed := make(chan error, 24)
	var group sync.WaitGroup
	for i := range 24 {
		group.Go(func() {
			var err error
			if i%2 == 0 {
				_, err = s.World.Desk.Comment(t.Context(), s.First, view.Number, desk.CommentInput{Text: "Работаем", Then: "keep", IdempotencyKey: "c", BodyDigest: []byte("c")})
			} else {
				_, err = s.World.Desk.Transition(t.Context(), s.First, view.Number, desk.TransitionInput{Transition: "confirm", IdempotencyKey: "t", BodyDigest: []byte("t")})
			}
			failed <- err
		})
	}
	group.Wait()
	for range 24 {
		require.NoError(t, <-failed)
	}
	page, err := s.World.Desk.Events(t.Context(), s.First, view.Number, 0, 0)
	require.NoError(t, err)
	require.Len(t, page.Items, 3, "filed, one comment, one transition")
}

// A filter may not tell of a foreign ticket what its columns do not.
func TestFiltersTellNothingOfForeignTickets(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(map[string]any{"registry_numbers": []string{"0191300012326000045"}}))
	own := s.File(s.Foreign, "webtorgi", "appeal", coretest.Appeal(map[string]any{"registry_numbers": []string{"0191300012326000045"}}))
	_, err := s.World.Desk.Comment(t.Context(), s.First, view.Number, desk.CommentInput{Text: "Ответ", Then: "close"})
	require.NoError(t, err)
	for _, in := range []desk.ListInput{
		{Organisation: "7536000005"}, {Queue: view.Queue, Status: []string{"done"}}, {Line: "line1", Status: []string{"done"}}, {Unread: true},
	} {
		require.Empty(t, list(t, s, s.Foreign, in), "%+v", in)
	}
	require.Len(t, list(t, s, s.Foreign, desk.ListInput{Status: []string{"done"}}), 1, "the status is a column")
	unanswered := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	require.Len(t, list(t, s, s.Foreign, desk.ListInput{Category: []api.Category{api.New}}), 2, "so is its category")
	for _, order := range []string{desk.OrderCreated, desk.OrderDeadline, desk.OrderPriority} {
		in := desk.ListInput{Category: []api.Category{api.New}, Order: order}
		items := list(t, s, s.Foreign, in)
		require.Len(t, items, 1, "where a foreign ticket stands by %s is no column", order)
		require.Equal(t, own.Number, items[0].Number)
		require.Equal(t, unanswered.Number, list(t, s, s.Colleague, in)[0].Number)
	}
	require.Len(t, list(t, s, s.Foreign, desk.ListInput{Queue: own.Queue}), 1)
	found, err := s.World.Desk.Duplicates(t.Context(), s.Foreign, own.Number)
	require.NoError(t, err)
	require.Empty(t, found.Items, "that a foreign ticket has the same number is a word of its text")
}

func TestDeskFilterHoldsForOwnTickets(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	s.Tenant.Desk("second", coretest.Webtorgi, tenant.Settings{Visibility: "own"})
	s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	second := s.File(s.Owner, "second", "appeal", coretest.Appeal(nil))
	for _, in := range []desk.ListInput{{Desk: "second"}, {Desk: "second", Mine: true}, {Desk: "second", Query: "подписи"}} {
		require.Equal(t, []string{second.Number}, numbers(list(t, s, s.Owner, in)))
	}
	require.Len(t, list(t, s, s.Owner, desk.ListInput{}), 2)
	require.Empty(t, list(t, s, s.First, desk.ListInput{Desk: "second"}), "an agent of another desk is a requester here")
}

func TestNobodyWorksHisOwnTicket(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	for _, who := range []desk.Actor{s.First, s.Third, s.Admin} {
		view := s.File(who, "webtorgi", "appeal", coretest.Appeal(nil))
		_, err := s.World.Desk.Transition(t.Context(), who, view.Number, desk.TransitionInput{Transition: "answer", Comment: "Готово"})
		require.Equal(t, "not_your_transition", errs.CodeOf(err))
		_, err = s.World.Desk.Comment(t.Context(), who, view.Number, desk.CommentInput{Text: "Дополняю"})
		require.NoError(t, err)
		after, err := s.World.Desk.Transition(t.Context(), who, view.Number, desk.TransitionInput{Transition: "withdraw"})
		require.NoError(t, err)
		require.Equal(t, "not-a-bug", after.Status.Key)
		require.Equal(t, 0, after.Reopened)
	}
}

func TestNothingIsThrownAway(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	fields := coretest.JSON(t, map[string]any{"cause": "x"})
	_, err := s.World.Desk.Comment(t.Context(), s.First, view.Number, desk.CommentInput{Text: "x", Then: "keep", Fields: fields})
	require.Equal(t, []string{" fields_not_here"}, problemsOf(t, err))
	_, err = s.World.Desk.Transition(t.Context(), s.First, view.Number, desk.TransitionInput{Transition: "confirm", Fields: fields, DuplicateOf: view.Number})
	require.Equal(t, []string{" fields_not_here", "/duplicate_of unknown_field"}, problemsOf(t, err))
	_, err = s.World.Desk.Transition(t.Context(), s.First, view.Number, desk.TransitionInput{Transition: "answer", Comment: " \n\u00a0\u200b"})
	require.Equal(t, []string{"/comment required"}, problemsOf(t, err), "an answer that shows nothing is none")
	_, err = s.World.Desk.HandOver(t.Context(), s.First, view.Number, view.Line, "", 0)
	require.Equal(t, "handover_not_allowed", errs.CodeOf(err))
}
