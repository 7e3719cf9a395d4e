package desk_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
)

func TestSavedViews(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, d := t.Context(), s.World.Desk
	elsewhere := s.World.AddStage("elsewhere")
	in := desk.SavedViewInput{Title: " Моё ", Query: "?category=new,open&order=priority&columns=%2Ftitle&unread=true"}
	_, err := d.CreateView(ctx, s.Owner, "webtorgi", in)
	require.Equal(t, "not_allowed", errs.CodeOf(err))
	own, err := d.CreateView(ctx, s.First, "webtorgi", in)
	require.NoError(t, err)
	require.Equal(t, desk.SavedView{ID: own.ID, Title: "Моё", Query: in.Query[1:], Own: true}, own)
	_, err = d.CreateView(ctx, s.First, "webtorgi", desk.SavedViewInput{Title: "x", Shared: true})
	require.Equal(t, "not_allowed", errs.CodeOf(err), "a shared one is an administrator's")
	shared, err := d.CreateView(ctx, s.Admin, "webtorgi", desk.SavedViewInput{Title: "Общее", Shared: true})
	require.NoError(t, err)
	views := func(a desk.Actor) (titles []string) {
		page, err := d.SavedViews(ctx, a, "webtorgi")
		require.NoError(t, err)
		for _, v := range page.Items {
			titles = append(titles, v.Title)
		}
		return titles
	}
	require.Equal(t, []string{"Моё", "Общее"}, views(s.First))
	require.Equal(t, []string{"Общее"}, views(s.Second))
	require.Empty(t, views(elsewhere.First))
	for name, a := range map[string]desk.Actor{"somebody else": s.Second, "an administrator": s.Admin, "another tenant": elsewhere.Admin} {
		_, err := d.ChangeView(ctx, a, "webtorgi", own.ID, desk.SavedViewInput{Title: "x"})
		require.Equal(t, "view_not_found", errs.CodeOf(err), name)
		require.Equal(t, "view_not_found", errs.CodeOf(d.DeleteView(ctx, a, "webtorgi", own.ID)), name)
	}
	_, err = d.ChangeView(ctx, s.First, "webtorgi", shared.ID, desk.SavedViewInput{Title: "x"})
	require.Equal(t, "not_allowed", errs.CodeOf(err))
	require.Equal(t, "not_allowed", errs.CodeOf(d.DeleteView(ctx, s.First, "webtorgi", shared.ID)))
	changed, err := d.ChangeView(ctx, s.First, "webtorgi", own.ID, desk.SavedViewInput{Title: "Новое", Query: "mine=true"})
	require.NoError(t, err)
	require.Equal(t, "Новое", changed.Title)
	require.NoError(t, d.DeleteView(ctx, s.Admin, "webtorgi", shared.ID))
	require.Equal(t, []string{"Новое"}, views(s.First))

	for query, code := range map[string]string{
		"desk=webtorgi": "unknown_parameter", "after=x": "unknown_parameter", "limit=5": "unknown_parameter", "sort=x": "unknown_parameter",
		"queue=a&queue=b": "repeated_parameter", "unread=yes": "invalid_value", "order=priority": "invalid_value", "category=lost": "invalid_value",
		"columns=/absent": "invalid_value", "a=%zz": "invalid_value", "q=%00": "invalid_value", "q=" + strings.Repeat("я", 999): "too_long",
	} {
		_, err := d.CreateView(ctx, s.First, "webtorgi", desk.SavedViewInput{Title: "x", Query: query})
		require.Equal(t, []string{"/query"}, pointersOf(t, err), query)
		var meaning *errs.Error
		require.ErrorAs(t, err, &meaning)
		require.Equal(t, code, meaning.Fields[0].Code, query)
	}
	_, err = d.CreateView(ctx, s.First, "webtorgi", desk.SavedViewInput{Title: " ", Query: "sort=x"})
	require.Equal(t, []string{"/query", "/title"}, pointersOf(t, err))
	for i := range 49 {
		_, err := d.CreateView(ctx, s.First, "webtorgi", desk.SavedViewInput{Title: strconv.Itoa(i)})
		require.NoError(t, err)
	}
	_, err = d.CreateView(ctx, s.First, "webtorgi", desk.SavedViewInput{Title: "x"})
	require.Equal(t, "too_many_views", errs.CodeOf(err))
	_, err = d.SavedViews(ctx, s.First, "absent")
	require.Equal(t, "desk_not_found", errs.CodeOf(err))
}

func TestViewsAreToldApartByTheirTitles(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, d := t.Context(), s.World.Desk
	create := func(a desk.Actor, title string, shared bool) (desk.SavedView, error) {
		return d.CreateView(ctx, a, "webtorgi", desk.SavedViewInput{Title: title, Shared: shared})
	}
	requireTaken := func(err error, hint string) {
		t.Helper()
		var refused *errs.Error
		require.ErrorAs(t, err, &refused, hint)
		require.Equal(t, []string{"/title view_exists"}, pointers(refused), hint)
	}
	first, err := create(s.First, "Срочные", false)
	require.NoError(t, err)
	_, err = create(s.First, " срочные ", false)
	requireTaken(err, "one's own")
	_, err = create(s.Second, "Срочные", false)
	require.NoError(t, err, "somebody else's")
	_, err = create(s.Admin, "Срочные", true)
	require.NoError(t, err, "a shared one is marked as such")
	_, err = create(s.Admin, "Срочные", true)
	requireTaken(err, "shared")
	other, err := create(s.First, "Другие", false)
	require.NoError(t, err)
	_, err = d.ChangeView(ctx, s.First, "webtorgi", other.ID, desk.SavedViewInput{Title: "Срочные"})
	requireTaken(err, "changed into it")
	_, err = d.ChangeView(ctx, s.First, "webtorgi", first.ID, desk.SavedViewInput{Title: "Срочные", Query: "mine=true"})
	require.NoError(t, err, "itself")
}

func TestTemplatesOfAnswers(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, d := t.Context(), s.World.Desk
	elsewhere := s.World.AddStage("elsewhere")
	in := desk.TemplateInput{Title: "Готово", Text: "Здравствуйте, {requester}! Обращение {number} «{subject}»: {status}, срок {deadline}. {agent}, {desk}. {не слово}", Transition: "answer"}
	_, err := d.CreateTemplate(ctx, s.Admin, "webtorgi", in)
	require.NoError(t, err, "words with a space between are no placeholder")
	_, err = d.CreateTemplate(ctx, s.First, "webtorgi", in)
	require.Equal(t, "not_allowed", errs.CodeOf(err))
	for pointer, wrong := range map[string]desk.TemplateInput{
		"/title":      {Text: "x"},
		"/text":       {Title: "x"},
		"/transition": {Title: "x", Text: "x", Transition: "absent"},
	} {
		_, err := d.CreateTemplate(ctx, s.Admin, "webtorgi", wrong)
		require.Equal(t, []string{pointer}, pointersOf(t, err))
	}
	for _, text := range []string{"{имя}", "{name}", "{ number }", "{requester.name}", "{Number}"} {
		_, err := d.CreateTemplate(ctx, s.Admin, "webtorgi", desk.TemplateInput{Title: "x", Text: text})
		var meaning *errs.Error
		require.ErrorAs(t, err, &meaning, text)
		require.Equal(t, "unknown_placeholder", meaning.Fields[0].Code)
		require.Contains(t, meaning.Fields[0].In("en"), "{number}, {subject}, {requester}, {agent}, {desk}, {status}, {deadline}")
	}
	_, err = d.CreateTemplate(ctx, s.Admin, "webtorgi", desk.TemplateInput{Title: "x", Text: "x", Internal: true, Transition: "answer"})
	require.Equal(t, []string{"/transition"}, pointersOf(t, err), "a note moves nothing")
	page, err := d.Templates(ctx, s.First, "webtorgi")
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	kept := page.Items[0]
	require.Equal(t, desk.TemplateView{ID: kept.ID, Title: in.Title, Text: in.Text, Transition: "answer", Visibility: "public"}, kept)
	_, err = d.Templates(ctx, s.Owner, "webtorgi")
	require.Equal(t, "not_allowed", errs.CodeOf(err))
	theirs, err := d.Templates(ctx, elsewhere.First, "webtorgi")
	require.NoError(t, err)
	require.Empty(t, theirs.Items)
	_, err = d.ChangeTemplate(ctx, elsewhere.Admin, "webtorgi", kept.ID, in)
	require.Equal(t, "template_not_found", errs.CodeOf(err))
	changed, err := d.ChangeTemplate(ctx, s.Admin, "webtorgi", kept.ID, desk.TemplateInput{Title: "Заметка", Text: "x", Internal: true})
	require.NoError(t, err)
	require.Equal(t, "internal", changed.Visibility)
	require.Equal(t, "not_allowed", errs.CodeOf(d.DeleteTemplate(ctx, s.First, "webtorgi", kept.ID)))
	require.NoError(t, d.DeleteTemplate(ctx, s.Admin, "webtorgi", kept.ID))
	require.Equal(t, "template_not_found", errs.CodeOf(d.DeleteTemplate(ctx, s.Admin, "webtorgi", kept.ID)))
}

func TestPresenceOnATicket(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, d := t.Context(), s.World.Desk
	elsewhere := s.World.AddStage("elsewhere")
	s.File(elsewhere.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	_, err := d.ReportPresence(ctx, elsewhere.First, view.Number, true)
	require.NoError(t, err, "their own ticket of the same number")
	alone, err := d.ReportPresence(ctx, s.First, view.Number, true)
	require.NoError(t, err)
	require.Equal(t, desk.PresenceView{Items: []desk.PresentView{}, Version: 1, LastSeq: 1}, alone)
	began := s.World.Clock.Now()
	s.World.Clock.Advance(10 * time.Second)
	both, err := d.ReportPresence(ctx, s.Second, view.Number, false)
	require.NoError(t, err)
	require.Equal(t, []desk.PresentView{{Person: desk.PresentPerson{ID: s.First.Person.ID, Name: "Первый Иван Сергеевич"}, Writing: true, Since: began}}, both.Items)
	require.NoError(t, d.EndPresence(ctx, s.First, view.Number))
	both, err = d.ReportPresence(ctx, s.Second, view.Number, false)
	require.NoError(t, err)
	require.Empty(t, both.Items)
	s.World.Clock.Advance(46 * time.Second)
	alone, err = d.ReportPresence(ctx, s.First, view.Number, false)
	require.NoError(t, err)
	require.Empty(t, alone.Items, "silent for more than 45 seconds")
	for code, a := range map[string]desk.Actor{"not_allowed": s.Owner, "ticket_not_found": s.Foreign} {
		_, err := d.ReportPresence(ctx, a, view.Number, false)
		require.Equal(t, code, errs.CodeOf(err))
		require.Equal(t, code, errs.CodeOf(d.EndPresence(ctx, a, view.Number)))
	}
	_, err = d.ReportPresence(ctx, s.Third, view.Number, false)
	require.Equal(t, "ticket_not_found", errs.CodeOf(err), "line 3 was not handed it")
	after, err := d.Ticket(ctx, s.First, view.Number)
	require.NoError(t, err)
	require.Equal(t, view.Version, after.Version, "presence makes no event")
}

func TestFindPeople(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, d := t.Context(), s.World.Desk
	s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	toStatus(t, s, "done")
	found := func(a desk.Actor, query string) (names []string) {
		page, err := d.FindPeople(ctx, a, "webtorgi", query, 0)
		require.NoError(t, err)
		for _, p := range page.Items {
			names = append(names, p.Name)
		}
		return names
	}
	require.Equal(t, []string{"Иванова Мария Петровна"}, found(s.First, "иван мар"))
	require.Equal(t, []string{"Иванова Мария Петровна", "Петров Пётр Ильич"}, found(s.First, "7536000005"))
	require.Empty(t, found(s.First, "owner@other"), "another tenant's people")
	page, err := d.FindPeople(ctx, s.First, "webtorgi", "owner@zab", 1)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	p := page.Items[0]
	require.Equal(t, s.Owner.Person.ID, p.ID)
	require.Equal(t, "owner@zab.example", p.Email)
	require.Equal(t, "7536000005", p.Organisation.INN)
	require.True(t, p.Verified)
	require.EqualValues(t, 1, p.TicketsOpen, "the answered one is done")
	third, err := d.FindPeople(ctx, s.Third, "webtorgi", "owner@zab", 1)
	require.NoError(t, err)
	require.Zero(t, third.Items[0].TicketsOpen, "line 3 counts what it was handed")
	_, err = d.FindPeople(ctx, s.Owner, "webtorgi", "иван", 0)
	require.Equal(t, "not_allowed", errs.CodeOf(err))
	_, err = d.FindPeople(ctx, s.First, "absent", "иван", 0)
	require.Equal(t, "desk_not_found", errs.CodeOf(err))
	_, err = d.FindPeople(ctx, s.First, "webtorgi", strings.Repeat("я", 201), 0)
	require.Equal(t, []string{"/q"}, pointersOf(t, err))
	require.NoError(t, d.ErasePerson(ctx, s.Admin, s.Owner.Person.ID))
	require.Empty(t, found(s.First, "иван мар"))
}

func TestErasureForgetsWhatWasKept(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, d := t.Context(), s.World.Desk
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	_, err := d.CreateView(ctx, s.First, "webtorgi", desk.SavedViewInput{Title: "Канарейка", Query: "q=kanareika"})
	require.NoError(t, err)
	_, err = d.ReportPresence(ctx, s.First, view.Number, true)
	require.NoError(t, err)
	require.Contains(t, dump(t, s), "Канарейка")
	require.NoError(t, d.ErasePerson(ctx, s.Admin, s.First.Person.ID))
	left := dump(t, s)
	require.NotContains(t, left, "Канарейка")
	require.NotContains(t, left, "kanareika")
	others, err := d.ReportPresence(ctx, s.Second, view.Number, false)
	require.NoError(t, err)
	require.Empty(t, others.Items)
}

func TestAFormOfAnOlderTicket(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, d := t.Context(), s.World.Desk
	now, err := d.Form(ctx, s.First, "webtorgi", "appeal")
	require.NoError(t, err)
	require.Equal(t, &desk.PersonPointers{Name: "/name", Email: "/email", Phone: "/phone"}, now.Person)
	same, err := d.FormVersion(ctx, s.Owner, "webtorgi", "appeal", now.Version)
	require.NoError(t, err)
	require.Equal(t, now.Schema, same.Schema)
	for _, a := range []desk.Actor{s.First, s.Owner} {
		_, err = d.FormVersion(ctx, a, "webtorgi", "appeal", now.Version+7)
		require.Equal(t, "form_version_not_found", errs.CodeOf(err))
		_, err = d.FormVersion(ctx, a, "webtorgi", "absent", 1)
		require.Equal(t, "form_version_not_found", errs.CodeOf(err))
	}
	_, err = d.FormVersion(ctx, s.First, "absent", "appeal", 1)
	require.Equal(t, "desk_not_found", errs.CodeOf(err))
	anonymous, err := d.Anonymous(ctx, "zab", "ru")
	require.NoError(t, err)
	_, err = d.FormVersion(ctx, anonymous, "webtorgi", "appeal", now.Version)
	require.Equal(t, errs.Unauthenticated, errs.KindOf(err))
}
