package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/desk"
)

// consoleCalls are the calls of who works a desk, with good bodies.
func (g *stage) consoleCalls(view, template string) map[string][3]string {
	return map[string][3]string{
		"list-views":      {"GET", "/desks/webtorgi/views", ""},
		"create-view":     {"POST", "/desks/webtorgi/views", `{"title":"Моё","query":"category=new"}`},
		"change-view":     {"PUT", "/desks/webtorgi/views/" + view, `{"title":"Мои","query":"mine=true"}`},
		"delete-view":     {"DELETE", "/desks/webtorgi/views/" + view, ""},
		"list-templates":  {"GET", "/desks/webtorgi/templates", ""},
		"create-template": {"POST", "/desks/webtorgi/templates", `{"title":"Т","text":"{number}","visibility":"public"}`},
		"change-template": {"PUT", "/desks/webtorgi/templates/" + template, `{"title":"Т","text":"x","visibility":"internal"}`},
		"delete-template": {"DELETE", "/desks/webtorgi/templates/" + template, ""},
		"report-presence": {"PUT", "/tickets/" + g.ticket + "/presence", `{"writing":true}`},
		"end-presence":    {"DELETE", "/tickets/" + g.ticket + "/presence", ""},
		"find-people":     {"GET", "/people?desk=webtorgi&q=owner", ""},
	}
}

func made[T any](t *testing.T, w interface {
	Result() *http.Response
}, status int,
) (out T) {
	t.Helper()
	answer := w.Result()
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, status, answer.StatusCode)
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&out))
	return out
}

func TestTheConsolesCalls(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	view := made[desk.SavedView](t, g.as(g.admin, "POST", "/desks/webtorgi/views", `{"title":"Общее","query":"order=priority&category=open","shared":true}`), 201)
	template := made[desk.TemplateView](t, g.as(g.admin, "POST", "/desks/webtorgi/templates", `{"title":"Т","text":"Здравствуйте, {requester}!","visibility":"public","transition":"answer"}`), 201)
	calls := g.consoleCalls(view.ID.String(), template.ID.String())
	const nothing = "00000000-0000-7000-8000-000000000000"
	for id, c := range g.consoleCalls(nothing, nothing) {
		w := send(t, g.s.router, c[0], here+c[1], c[2], nil)
		problemOf(t, w, 401, "session_needed")
		w = g.as(g.owner, c[0], c[1], c[2])
		problemOf(t, w, 403, "not_allowed")
		elsewhere := strings.NewReplacer("webtorgi", "absent", g.ticket, g.otherTicket).Replace(c[1])
		w = g.as(g.admin, c[0], elsewhere, c[2])
		require.Equal(t, 404, w.Code, "%s: %s", id, w.Body)
		if strings.Contains(c[1], nothing) {
			require.Equal(t, 404, g.as(g.admin, c[0], c[1], c[2]).Code, id)
			require.Equal(t, 422, g.as(g.admin, c[0], strings.Replace(c[1], nothing, "no-id", 1), c[2]).Code, id)
		}
	}
	for id, c := range calls {
		if c[2] == "" {
			continue
		}
		for bad, status := range map[string]int{"{": 400, "[]": 422, `{}`: 422, strings.Replace(c[2], "{", `{"tenant_id":"x",`, 1): 422} {
			w := g.as(g.admin, c[0], c[1], bad)
			require.Equal(t, status, w.Code, "%s %s: %s", id, bad, w.Body)
		}
	}
	for _, query := range []string{"", "?q=x", "?desk=webtorgi&limit=21", "?desk=webtorgi&x=1"} {
		require.Equal(t, 422, g.as(g.first, "GET", "/people"+query, "").Code, query)
	}
	for id, want := range map[string]int{"create-view": 201, "change-view": 200, "list-views": 200, "create-template": 201, "change-template": 200, "list-templates": 200, "report-presence": 200, "find-people": 200} {
		c := calls[id]
		w := g.as(g.admin, c[0], c[1], c[2])
		require.Equal(t, want, w.Code, "%s: %s", id, w.Body)
	}
	people := made[desk.Page[desk.FoundPersonView]](t, g.as(g.first, "GET", calls["find-people"][1], ""), 200)
	require.Len(t, people.Items, 1, "nobody of the other tenant")
	require.Equal(t, "owner@zabaikalye.example", people.Items[0].Email)
	others := made[desk.PresenceView](t, g.as(g.first, "PUT", calls["report-presence"][1], `{"writing":false}`), 200)
	require.Len(t, others.Items, 1)
	require.True(t, others.Items[0].Writing)
	for _, id := range []string{"end-presence", "delete-view", "delete-template"} {
		require.Equal(t, 204, g.as(g.admin, calls[id][0], calls[id][1], "").Code, id)
	}
	p := problemOf(t, g.as(g.admin, "POST", "/desks/webtorgi/templates", `{"title":"Т","text":"{имя}","visibility":"public"}`), 422, "invalid_fields")
	require.Equal(t, "/text", p.Errors[0].Pointer)
	require.Equal(t, "unknown_placeholder", p.Errors[0].Code)
	require.Contains(t, p.Errors[0].Message, "{deadline}")
}

func TestListsInOrdersAndForms(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	list := func(token, query string) desk.Page[desk.ListItem] {
		return made[desk.Page[desk.ListItem]](t, g.as(token, "GET", "/tickets?"+query, ""), 200)
	}
	page := list(g.first, "desk=webtorgi&category=new,open,waiting&status=unconfirmed,reopened&order=deadline&direction=asc&columns=%2Ftype,%2Ftitle&requester="+g.Owner.Person.ID.String())
	require.Len(t, page.Items, 1)
	require.Equal(t, "Не публикуется план-график", page.Items[0].Columns["/title"])
	require.EqualValues(t, 1, page.Items[0].Version)
	require.Empty(t, list(g.first, "category=waiting,done").Items)
	p := problemOf(t, g.as(g.first, "GET", "/tickets?order=priority", ""), 422, "order_needs_open")
	require.Equal(t, "/category", p.Errors[0].Pointer)
	for query, pointer := range map[string]string{
		"category=lost": "/category", "desk=webtorgi&columns=%2Fabsent": "/columns", "columns=%2Ftype": "/desk", "requester=x": "/requester",
	} {
		p := problemOf(t, g.as(g.first, "GET", "/tickets?"+query, ""), 422, "invalid_fields")
		require.Equal(t, pointer, p.Errors[0].Pointer)
	}
	for _, query := range []string{"order=x", "direction=x"} {
		problemOf(t, g.as(g.first, "GET", "/tickets?"+query, ""), 422, "invalid_request")
	}
	problemOf(t, g.as(g.owner, "GET", "/tickets?requester="+g.Owner.Person.ID.String(), ""), 403, "not_allowed")
	form := made[desk.FormView](t, g.as(g.first, "GET", "/desks/webtorgi/forms/appeal?version=1", ""), 200)
	require.Equal(t, "/email", form.Person.Email)
	problemOf(t, g.as(g.first, "GET", "/desks/webtorgi/forms/appeal?version=9", ""), 404, "form_version_not_found")
	problemOf(t, g.as(g.first, "GET", "/desks/webtorgi/forms/appeal?version=0", ""), 422, "invalid_request")
	described := made[desk.DeskView](t, g.as(g.first, "GET", "/desks/webtorgi", ""), 200)
	require.NotEmpty(t, described.Columns)
	require.Equal(t, "handed", described.Lines[2].Sees)
}
