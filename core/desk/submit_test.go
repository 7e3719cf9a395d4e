package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/tenant"
)

func TestSubmit(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	submit := func(a desk.Actor, in desk.SubmitInput) error {
		_, err := s.World.Desk.Submit(ctx, a, in)
		return err
	}
	good := coretest.JSON(t, coretest.Appeal(nil))
	anonymous, err := s.World.Desk.Anonymous(ctx, "zab", i18n.RU)
	require.NoError(t, err)
	require.Equal(t, errs.Unauthenticated, errs.KindOf(submit(anonymous, desk.SubmitInput{Desk: "webtorgi", Form: "appeal", Fields: good})))
	require.Equal(t, "desk_not_found", errs.CodeOf(submit(s.Owner, desk.SubmitInput{Desk: "nowhere", Form: "appeal", Fields: good})))
	require.Equal(t, "form_not_found", errs.CodeOf(submit(s.Owner, desk.SubmitInput{Desk: "webtorgi", Form: "none", Fields: good})))
	require.Equal(t, "channel_not_allowed", errs.CodeOf(submit(s.Owner, desk.SubmitInput{Desk: "webtorgi", Form: "appeal", Fields: good, Channel: "mail"})))
	require.Equal(t, "not_allowed", errs.CodeOf(submit(s.Owner, desk.SubmitInput{Desk: "webtorgi", Form: "appeal", Fields: good, Channel: "phone"})))
	bad := submit(s.Owner, desk.SubmitInput{Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, coretest.Appeal(map[string]any{"phone": "+7 123", "title": nil}))})
	var refused *errs.Error
	require.ErrorAs(t, bad, &refused)
	require.Equal(t, []string{"/phone pattern", "/title required"}, pointers(refused))

	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	require.Equal(t, "unconfirmed", view.Status.Key)
	require.Equal(t, "Не подтверждено", view.Status.Title)
	require.EqualValues(t, 1, view.Version)
	require.Equal(t, "Не публикуется план-график", view.Subject)
	read, err := s.World.Desk.Ticket(ctx, s.Owner, view.Number)
	require.NoError(t, err)
	require.Equal(t, view.Number, read.Number)
	require.Equal(t, view.Fields, read.Fields)
	require.Equal(t, "line1", read.Line)
}

func TestWhatRulesAndAdmissionRefuseIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := coretest.New(t, "regional-portal")
	tyumen := w.Tenant("tyumen")
	tyumen.Desk("portal", "regional-portal", tenant.Settings{})
	staff := tyumen.Person(coretest.Who{Email: "ivanova@72to.ru"})
	refusals := func(fields map[string]any) []string {
		_, err := w.Desk.Submit(t.Context(), staff, desk.SubmitInput{Desk: "portal", Form: "request", Fields: coretest.JSON(t, fields)})
		var refused *errs.Error
		require.ErrorAs(t, err, &refused)
		return pointers(refused)
	}
	both := refusals(map[string]any{"email": "ivan@mail.ru"})
	require.Contains(t, both, "/email free_mail")
	require.Contains(t, both, "/name required")
	require.IsIncreasing(t, both)
	broken := refusals(map[string]any{"email": "ivan@mail.ru@"})
	require.Contains(t, broken, "/email format_email")
	require.NotContains(t, broken, "/email mail_zone", "one problem for a field")
}

func pointers(e *errs.Error) []string {
	out := []string{}
	for _, p := range e.Fields {
		out = append(out, p.Pointer+" "+p.Code)
	}
	return out
}

func TestSubmitIsRepeatable(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	in := desk.SubmitInput{Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, coretest.Appeal(nil)), IdempotencyKey: "once", BodyDigest: []byte("a")}
	first, err := s.World.Desk.Submit(t.Context(), s.Owner, in)
	require.NoError(t, err)
	again, err := s.World.Desk.Submit(t.Context(), s.Owner, in)
	require.NoError(t, err)
	require.Equal(t, first.Number, again.Number)
	in.BodyDigest = []byte("b")
	_, err = s.World.Desk.Submit(t.Context(), s.Owner, in)
	require.Equal(t, "idempotency_key_reused", errs.CodeOf(err))
	in.BodyDigest = []byte("a")
	other, err := s.World.Desk.Submit(t.Context(), s.Colleague, in)
	require.NoError(t, err, "a key is its person's own")
	require.NotEqual(t, first.Number, other.Number)
}

func TestSubmitAtOnce(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	in := desk.SubmitInput{Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, coretest.Appeal(nil)), IdempotencyKey: "race", BodyDigest: []byte("a")}
	numbers := make(chan string, 8)
	for range 8 {
		go func() {
			view, err := s.World.Desk.Submit(t.Context(), s.Owner, in)
			if err != nil {
				numbers <- err.Error()
				return
			}
			numbers <- view.Number
		}()
	}
	first := <-numbers
	for range 7 {
		require.Equal(t, first, <-numbers, "the same key gives the same ticket")
	}
}

func TestCheckStoresNothing(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view, err := s.World.Desk.Check(t.Context(), s.Owner, desk.CheckInput{Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, map[string]any{
		"description": "Ошибка в документе 0191300012326000045, не публикуется", "document": "plan-schedule",
	})})
	require.NoError(t, err)
	require.Contains(t, view.Required, "/title")
	require.Contains(t, view.Visible, "/registry_numbers")
	require.Equal(t, []any{"0191300012326000045"}, view.Proposed["/registry_numbers"])
	require.Nil(t, view.Outcome, "while something is missing")
	view, err = s.World.Desk.Check(t.Context(), s.Owner, desk.CheckInput{Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, coretest.Appeal(nil))})
	require.NoError(t, err)
	require.Empty(t, view.Problems)
	require.Equal(t, "Администратор", view.Outcome.Line)
	page, err := s.World.Desk.List(t.Context(), s.First, desk.ListInput{})
	require.NoError(t, err)
	require.Empty(t, page.Items)
}
