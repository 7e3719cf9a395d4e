package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ticket"
)

// toStatus brings a fresh ticket to each of the nine statuses by the transitions of the agents.
func toStatus(t *testing.T, s *coretest.Stage, status string) desk.TicketView {
	t.Helper()
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	moves := map[string]desk.TransitionInput{
		"in-progress":       {Transition: "confirm"},
		"done":              {Transition: "answer", Comment: "Исправлено, проверьте, пожалуйста."},
		"not-a-bug":         {Transition: "not-a-bug", Comment: "Некорректные действия пользователя."},
		"wont-do":           {Transition: "wont-do", Comment: "Проблема не подлежит устранению."},
		"not-reproducible":  {Transition: "not-reproducible", Comment: "Проверьте настройки компьютера."},
		"insufficient-data": {Transition: "request-data", Comment: "Укажите реестровый номер."},
	}
	ctx := t.Context()
	switch status {
	case "unconfirmed":
		return view
	case "reopened":
		_, err := s.World.Desk.Comment(ctx, s.Owner, view.Number, desk.CommentInput{Text: "Дополняю обращение."})
		require.NoError(t, err)
	case "duplicate":
		base := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
		_, err := s.World.Desk.Transition(ctx, s.First, view.Number, desk.TransitionInput{Transition: "duplicate", DuplicateOf: base.Number, Comment: "Повтор."})
		require.NoError(t, err)
	default:
		_, err := s.World.Desk.Transition(ctx, s.First, view.Number, moves[status])
		require.NoError(t, err, status)
	}
	view, err := s.World.Desk.Ticket(ctx, s.Owner, view.Number)
	require.NoError(t, err)
	require.Equal(t, status, view.Status.Key)
	return view
}

func statuses() []string {
	return []string{"unconfirmed", "in-progress", "reopened", "done", "not-a-bug", "wont-do", "duplicate", "not-reproducible", "insufficient-data"}
}

// R4.27, R4.28, R4.40: withdrawal by the requester himself from exactly three statuses.
func TestWithdrawInEveryStatus(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	allowed := map[string]bool{"unconfirmed": true, "reopened": true, "insufficient-data": true}
	withdraw := desk.TransitionInput{Transition: "withdraw"}
	for _, status := range statuses() {
		view := toStatus(t, s, status)
		_, err := s.World.Desk.Transition(t.Context(), s.Colleague, view.Number, withdraw)
		require.Equal(t, errs.Forbidden, errs.KindOf(err), "a colleague sees it, and may not: %s", status)
		_, err = s.World.Desk.Transition(t.Context(), s.Foreign, view.Number, withdraw)
		require.Equal(t, errs.NotFound, errs.KindOf(err), "a stranger may not know of it: %s", status)
		_, err = s.World.Desk.Transition(t.Context(), s.First, view.Number, withdraw)
		require.Equal(t, "not_your_transition", errs.CodeOf(err), status)
		after, err := s.World.Desk.Transition(t.Context(), s.Owner, view.Number, withdraw)
		if !allowed[status] {
			require.Equal(t, "transition_not_from_here", errs.CodeOf(err), status)
			continue
		}
		require.NoError(t, err, status)
		require.Equal(t, "not-a-bug", after.Status.Key)
	}
}

// R4.31, R4.39: what the requester adds reopens from every status.
func TestAddedInformationReopens(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	for _, status := range statuses() {
		view := toStatus(t, s, status)
		e, err := s.World.Desk.Comment(t.Context(), s.Owner, view.Number, desk.CommentInput{Text: "Ещё сведения."})
		require.NoError(t, err, status)
		require.Equal(t, ticket.Commented, e.Kind)
		after, err := s.World.Desk.Ticket(t.Context(), s.First, view.Number)
		require.NoError(t, err)
		require.Equal(t, "reopened", after.Status.Key, status)
		require.True(t, after.Unread, status)
	}
}

func TestAnswersAndNotes(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	comment := func(a desk.Actor, in desk.CommentInput) error {
		_, err := s.World.Desk.Comment(ctx, a, view.Number, in)
		return err
	}
	require.Equal(t, errs.NotFound, errs.KindOf(comment(s.Foreign, desk.CommentInput{Text: "x"})))
	require.Equal(t, errs.Forbidden, errs.KindOf(comment(s.Colleague, desk.CommentInput{Text: "x"})))
	require.Equal(t, errs.Forbidden, errs.KindOf(comment(s.Owner, desk.CommentInput{Text: "x", Internal: true})))
	require.Equal(t, "invalid_fields", errs.CodeOf(comment(s.Owner, desk.CommentInput{Text: "  "})))
	require.Equal(t, "invalid_fields", errs.CodeOf(comment(s.Owner, desk.CommentInput{Text: "x", Then: "close"})))
	require.NoError(t, comment(s.First, desk.CommentInput{Text: "Спросить у разработчиков", Internal: true}))
	require.NoError(t, comment(s.First, desk.CommentInput{Text: "Работаем", Then: "keep"}))
	after, err := s.World.Desk.Ticket(ctx, s.First, view.Number)
	require.NoError(t, err)
	require.Equal(t, "unconfirmed", after.Status.Key, "keep changes no status")
	require.Equal(t, view.Version, after.Version, "a comment raises no version")
	require.NoError(t, comment(s.First, desk.CommentInput{Text: "Исправлено", Then: "close"}))
	after, err = s.World.Desk.Ticket(ctx, s.First, view.Number)
	require.NoError(t, err)
	require.Equal(t, "done", after.Status.Key)
	require.Equal(t, "transition_needed", errs.CodeOf(comment(s.First, desk.CommentInput{Text: "Ещё раз", Then: "close"})))

	seen, err := s.World.Desk.Events(ctx, s.Owner, view.Number, 0, 0)
	require.NoError(t, err)
	full, err := s.World.Desk.Events(ctx, s.First, view.Number, 0, 0)
	require.NoError(t, err)
	require.Len(t, full.Items, len(seen.Items)+1, "the requester does not see the note")
	for _, e := range seen.Items {
		require.Equal(t, "public", e.Visibility)
	}
	require.True(t, after.UpdatedAt.Equal(full.Items[len(full.Items)-1].At))
}

// R4.35: candidates by equal registry number, the earliest first; a duplicate of a duplicate is tied to
// the first base, in whichever order they are tied.
func TestDuplicates(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	numbered := coretest.Appeal(map[string]any{"registry_numbers": []string{"0191300012326000045"}})
	base := s.File(s.Owner, "webtorgi", "appeal", numbered)
	second := s.File(s.Owner, "webtorgi", "appeal", numbered)
	third := s.File(s.Foreign, "webtorgi", "appeal", numbered)
	s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	found, err := s.World.Desk.Duplicates(ctx, s.First, third.Number)
	require.NoError(t, err)
	require.Equal(t, []string{base.Number, second.Number}, numbers(found.Items))
	tie := func(number, to string) (desk.TicketView, error) {
		return s.World.Desk.Transition(ctx, s.First, number, desk.TransitionInput{Transition: "duplicate", DuplicateOf: to, Comment: "Повтор."})
	}
	_, err = tie(second.Number, "")
	require.Equal(t, "invalid_fields", errs.CodeOf(err))
	_, err = tie(second.Number, second.Number)
	require.Equal(t, []string{"/duplicate_of duplicate_cycle"}, problemsOf(t, err))
	view, err := tie(third.Number, second.Number)
	require.NoError(t, err)
	require.Equal(t, second.Number, view.DuplicateOf)
	view, err = tie(second.Number, base.Number)
	require.NoError(t, err)
	require.Equal(t, base.Number, view.DuplicateOf)
	view, err = s.World.Desk.Ticket(ctx, s.First, third.Number)
	require.NoError(t, err)
	require.Equal(t, base.Number, view.DuplicateOf, "its base became a duplicate: it follows")
	_, err = tie(base.Number, third.Number)
	require.Equal(t, []string{"/duplicate_of duplicate_cycle"}, problemsOf(t, err))
	_, err = s.World.Desk.Comment(ctx, s.Owner, second.Number, desk.CommentInput{Text: "Это другое."})
	require.NoError(t, err)
	view, err = s.World.Desk.Ticket(ctx, s.First, second.Number)
	require.NoError(t, err)
	require.Empty(t, view.DuplicateOf, "reopened, it is nobody's duplicate")
	verify(t, s)
}

func numbers(items []desk.ListItem) []string {
	out := []string{}
	for _, i := range items {
		out = append(out, i.Number)
	}
	return out
}

// verify folds every ticket of the world and wants each to equal its row.
func verify(t *testing.T, s *coretest.Stage) {
	t.Helper()
	checked, bad, err := s.World.Desk.VerifyTickets(t.Context(), func(tenant, number, diff string) {
		require.Empty(t, diff, "%s %s", tenant, number)
	})
	require.NoError(t, err)
	require.Zero(t, bad)
	require.Positive(t, checked)
}

func TestAssignAndHandOver(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	_, err := s.World.Desk.Ticket(ctx, s.Third, view.Number)
	require.Equal(t, errs.NotFound, errs.KindOf(err), "line 3 sees what was handed to it")
	_, err = s.World.Desk.Assign(ctx, s.Owner, view.Number, &s.First.Person.ID, 0)
	require.Equal(t, errs.Forbidden, errs.KindOf(err))
	_, err = s.World.Desk.Assign(ctx, s.First, view.Number, &s.Owner.Person.ID, 0)
	require.Equal(t, "invalid_fields", errs.CodeOf(err), "a requester works nothing")
	_, err = s.World.Desk.Assign(ctx, s.First, view.Number, &s.Third.Person.ID, 0)
	require.Equal(t, "invalid_fields", errs.CodeOf(err), "line 3 does not see it yet")
	assigned, err := s.World.Desk.Assign(ctx, s.First, view.Number, &s.Second.Person.ID, view.Version)
	require.NoError(t, err)
	require.Equal(t, s.Second.Person.Name, assigned.Assignee.Name)
	_, err = s.World.Desk.Assign(ctx, s.First, view.Number, nil, view.Version)
	require.Equal(t, errs.Stale, errs.KindOf(err))

	_, err = s.World.Desk.HandOver(ctx, s.Owner, view.Number, "line3", "", 0)
	require.Equal(t, errs.Forbidden, errs.KindOf(err))
	_, err = s.World.Desk.HandOver(ctx, s.First, view.Number, "line1", "", 0)
	require.Equal(t, "handover_not_allowed", errs.CodeOf(err))
	handed, err := s.World.Desk.HandOver(ctx, s.Second, view.Number, "line3", "Нужны разработчики", 0)
	require.NoError(t, err)
	require.Equal(t, "line3", handed.Line)
	require.Nil(t, handed.Assignee)
	_, err = s.World.Desk.Comment(ctx, s.Third, view.Number, desk.CommentInput{Text: "Ответ"})
	require.Equal(t, errs.Forbidden, errs.KindOf(err), "line 3 does not talk")
	_, err = s.World.Desk.Comment(ctx, s.Third, view.Number, desk.CommentInput{Text: "Нашли причину", Internal: true})
	require.NoError(t, err)
	_, err = s.World.Desk.Patch(ctx, s.Third, view.Number, desk.PatchInput{Priority: ref("high"), Version: handed.Version})
	require.Equal(t, errs.Forbidden, errs.KindOf(err))
	_, err = s.World.Desk.HandOver(ctx, s.Third, view.Number, "line2", "Исправлено в ветке", 0)
	require.NoError(t, err)
	_, err = s.World.Desk.Ticket(ctx, s.Third, view.Number)
	require.NoError(t, err, "who had it goes on seeing it")
	_, err = s.World.Desk.Comment(ctx, s.Third, view.Number, desk.CommentInput{Text: "Ещё", Internal: true})
	require.Equal(t, errs.Forbidden, errs.KindOf(err), "but only reads")
	verify(t, s)
}

func ref[T any](v T) *T { return &v }

func problemsOf(t *testing.T, err error) []string {
	t.Helper()
	var refused *errs.Error
	require.ErrorAs(t, err, &refused)
	return pointers(refused)
}
