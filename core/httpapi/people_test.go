package httpapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
)

func TestPeopleOfATenant(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	p := problemOf(t, g.as(g.admin, http.MethodPost, "/people", `{"name":" ","login":true,"kind":"staff","organisation":{"inn":"12"}}`), 422, "invalid_request")
	var found []string
	for _, e := range p.Errors {
		found = append(found, e.Pointer+" "+e.Code)
	}
	require.Equal(t, []string{"/name required", "/email required", "/organisation/inn format_inn"}, found)
	aboutMember(t, problemOf(t, g.as(g.admin, http.MethodPost, "/people", `{"name":"Новый Человек","email":"new@zab.example","login":true,"password":"short"}`), 422, "password_length"), "/password")
	aboutMember(t, problemOf(t, g.as(g.admin, http.MethodPost, "/people", `{"name":"Новый Человек","email":"Owner@zabaikalye.example","login":true}`), 409, "person_exists"), "/email")

	made := read[desk.PersonCard](t, g.as(g.admin, http.MethodPost, "/people",
		`{"name":"Новый  Человек","email":"New@zab.example","login":true,"organisation":{"inn":"7536000005"}}`), 201)
	require.Equal(t, "Новый Человек", made.Name)
	require.Equal(t, "new@zab.example", made.Login)
	require.Equal(t, g.Owner.Person.Organisation.ID, made.Organisation.ID, "found by INN")
	require.Regexp(t, `^[a-z2-7]{4}(-[a-z2-7]{4}){3}$`, made.Password)
	at := "/people/" + made.ID.String()
	shown := read[desk.PersonCard](t, g.as(g.admin, http.MethodGet, at, ""), 200)
	require.Empty(t, shown.Password, "once")
	signIn := func(password string) int {
		body := coretest.JSON(t, map[string]string{"email": "new@zab.example", "password": password})
		return send(t, g.s.router, http.MethodPost, here+"/sessions", string(body), nil).Code
	}
	require.Equal(t, 201, signIn(made.Password))

	problemOf(t, g.as(g.admin, http.MethodPatch, at, `{"name":null}`), 422, "invalid_request")
	aboutMember(t, problemOf(t, g.as(g.admin, http.MethodPatch, at, `{"email":"owner@zabaikalye.example"}`), 409, "person_exists"), "/email")
	changed := read[desk.PersonCard](t, g.as(g.admin, http.MethodPatch, at, `{"phone":"+7 3022 12-34-56","organisation":null,"kind":"citizen"}`), 200)
	require.Nil(t, changed.Organisation)
	require.Equal(t, "citizen", changed.Kind)
	require.Equal(t, "Новый Человек", changed.Name)

	session, err := g.World.Desk.SignIn(t.Context(), "zabaikalye", "new@zab.example", made.Password, "", "ru")
	require.NoError(t, err)
	require.Equal(t, 200, g.as(string(session.Token), http.MethodGet, "/me", "").Code)
	fresh := read[desk.PasswordView](t, g.as(g.admin, http.MethodPost, at+"/password", ""), 200)
	require.Equal(t, 401, g.as(string(session.Token), http.MethodGet, "/me", "").Code, "its sessions are over")
	require.Equal(t, 401, signIn(made.Password))
	require.Equal(t, 201, signIn(fresh.Password))
	require.Equal(t, "chosen by hand", read[desk.PasswordView](t, g.as(g.admin, http.MethodPost, at+"/password", `{"password":"chosen by hand"}`), 200).Password)

	off := read[desk.PersonCard](t, g.as(g.admin, http.MethodPatch, at, `{"login":false}`), 200)
	require.Empty(t, off.Login)
	require.Equal(t, 401, signIn("chosen by hand"))
	problemOf(t, g.as(g.admin, http.MethodPost, at+"/password", ""), 409, "no_login")
	problemOf(t, g.as(g.admin, http.MethodPut, "/desks/webtorgi/members/"+made.ID.String(), `{"line":"line1"}`), 409, "no_login")
	require.Equal(t, "new@zab.example", read[desk.PersonCard](t, g.as(g.admin, http.MethodPatch, at, `{"login":true}`), 200).Login)

	page := read[desk.Page[desk.AuditView]](t, g.as(g.admin, http.MethodGet, "/desks/webtorgi/audit?limit=2", ""), 200)
	require.Len(t, page.Items, 2)
	require.Equal(t, []any{"login"}, page.Items[0].Data["changed"])
	require.Equal(t, &desk.AuditSubject{Kind: "person", ID: &made.ID, Title: "Новый Человек"}, page.Items[0].Subject)
	rest := read[desk.Page[desk.AuditView]](t, g.as(g.admin, http.MethodGet, "/desks/webtorgi/audit?after="+page.Next, ""), 200)
	for _, e := range rest.Items {
		require.NotContains(t, string(coretest.JSON(t, e.Data)), "3022", "what a profile holds stands in no log")
	}
	problemOf(t, g.as(g.admin, http.MethodGet, "/desks/webtorgi/audit?after=x", ""), 422, "invalid_request")
}

func TestMembersOfADesk(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	g.Tenant.Desk("second", coretest.Webtorgi, g.Stage.Desk.Settings)
	at := func(a desk.Actor) string { return "/desks/webtorgi/members/" + a.Person.ID.String() }
	members := func() map[string]desk.MemberView {
		out := map[string]desk.MemberView{}
		for _, m := range read[desk.Page[desk.MemberView]](t, g.as(g.admin, http.MethodGet, "/desks/webtorgi/members", ""), 200).Items {
			out[m.Person.Name] = m
		}
		return out
	}
	require.Len(t, members(), 4)
	problemOf(t, g.as(g.admin, http.MethodPut, at(g.Owner), `{}`), 422, "invalid_request")
	problemOf(t, g.as(g.admin, http.MethodPut, at(g.Owner), `{"line":"none"}`), 422, "invalid_request")
	problemOf(t, g.as(g.admin, http.MethodPut, "/desks/webtorgi/members/"+ident.New().String(), `{"line":"line1"}`), 404, "person_not_found")
	problemOf(t, g.as(g.admin, http.MethodPut, "/desks/second/members/"+g.Owner.Person.ID.String(), `{"line":"line1"}`), 403, "not_allowed")

	require.Equal(t, 200, g.as(g.admin, http.MethodPut, at(g.Owner), `{"line":"line2"}`).Code)
	require.Equal(t, "line2", members()[g.Owner.Person.Name].Line)
	require.Equal(t, 200, g.as(g.owner, http.MethodGet, "/desks/webtorgi/counts", "").Code, "at once")
	problemOf(t, g.as(g.admin, http.MethodPut, at(g.Admin), `{"line":"line1"}`), 409, "last_administrator")
	problemOf(t, g.as(g.admin, http.MethodDelete, at(g.Admin), ""), 409, "last_administrator")
	require.Equal(t, 200, g.as(g.admin, http.MethodPut, at(g.Owner), `{"line":"line1","administrator":true}`).Code)
	require.Equal(t, desk.MemberView{
		Person: desk.MemberPerson{ID: g.Owner.Person.ID, Name: g.Owner.Person.Name, Email: g.Owner.Person.Email}, Line: "line1", Administrator: true,
	}, members()[g.Owner.Person.Name])
	require.Equal(t, 204, g.as(g.owner, http.MethodDelete, at(g.Admin), "").Code)
	require.Equal(t, 403, g.as(g.admin, http.MethodGet, "/desks/webtorgi/members", "").Code, "no longer")
}

func TestStatistics(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	const at = "/desks/webtorgi/statistics"
	problemOf(t, send(t, g.s.router, http.MethodGet, here+at, "", nil), 401, "session_needed")
	problemOf(t, g.as(g.owner, http.MethodGet, at, ""), 403, "not_allowed")
	problemOf(t, g.as(g.token(g.Third), http.MethodGet, at, ""), 403, "not_allowed")
	for _, query := range []string{"?from=x", "?from=2026-03-02&to=2026-03-01", "?from=2025-01-01&to=2026-03-01", "?by=/description", "?by=/none"} {
		problemOf(t, g.as(g.first, http.MethodGet, at+query, ""), 422, "invalid_request")
	}
	// An id tells when it was made: the clock of the test has to stand where the machine's does.
	g.Clock.Advance(time.Since(g.Clock.Now()))
	first, admin := g.token(g.First), g.token(g.Admin)
	var numbers []string
	for range 2 {
		numbers = append(numbers, g.File(g.Owner, "webtorgi", "appeal", coretest.Appeal(nil)).Number)
	}
	g.Clock.Advance(10 * time.Minute)
	w := g.as(first, http.MethodPost, "/tickets/"+numbers[0]+"/comments", `{"text":"Сделано","visibility":"public","then":"close","fields":{}}`)
	require.Equal(t, 201, w.Code, w.Body.String())
	g.Clock.Advance(time.Minute)
	view := read[desk.StatisticsView](t, g.as(admin, http.MethodGet, at+"?by=/document", ""), 200)
	require.Equal(t, "Asia/Chita", view.TimeZone)
	require.Len(t, view.ByDay, 30)
	var filed, closed, open, aged int64
	for _, d := range view.ByDay {
		filed, closed = filed+d.Filed, closed+d.Closed
	}
	require.EqualValues(t, 2, filed)
	require.EqualValues(t, 1, closed)
	require.Equal(t, int64(600), *view.Closure)
	require.Equal(t, int64(600), *view.FirstAnswer)
	for _, c := range view.OpenByStatus {
		require.NotEqual(t, c.Key, c.Title)
		open += c.Count
	}
	require.EqualValues(t, 2, open)
	for _, c := range view.Age {
		aged += c.Count
	}
	require.EqualValues(t, 2, aged)
	require.Equal(t, []string{"1d", "3d", "7d", "30d", "older"}, []string{view.Age[0].Key, view.Age[1].Key, view.Age[2].Key, view.Age[3].Key, view.Age[4].Key})
	require.EqualValues(t, 1, view.Age[0].Count)
	require.EqualValues(t, 1, view.Age[4].Count)
	require.Equal(t, g.ticket, view.Oldest)
	require.Equal(t, []desk.KeyCount{{Key: "other", Title: "Иное", Count: 2}}, view.OpenByField.Values)
	require.Contains(t, view.Choices, desk.FieldChoice{Pointer: view.OpenByField.Pointer, Title: view.OpenByField.Title})

	g.File(g.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	again := read[desk.StatisticsView](t, g.as(admin, http.MethodGet, at+"?by=/document", ""), 200)
	require.Equal(t, view, again, "kept for some seconds")
	g.Clock.Advance(11 * time.Second)
	require.EqualValues(t, 3, read[desk.StatisticsView](t, g.as(admin, http.MethodGet, at+"?by=/document", ""), 200).OpenByField.Values[0].Count)
}
