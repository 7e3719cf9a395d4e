package httpapi

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
)

// Who administers one desk may not become, by a password or an address, what others are on another desk.
func TestAnAdministratorOfOneDeskTakesNobodysPlaceOnAnother(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	g.Tenant.Desk("second", coretest.Webtorgi, g.Stage.Desk.Settings)
	theirs := g.Tenant.Person(coretest.Who{Name: "Чужой администратор", Email: "second@zab.example", Administers: []string{"second"}})
	agent := g.Tenant.Person(coretest.Who{Name: "Чужой сотрудник", Email: "agent-second@zab.example", Lines: map[string]string{"second": "line1"}})
	shared := g.Tenant.Person(coretest.Who{
		Name: "Общий", Email: "both@zab.example", Lines: map[string]string{"second": "line1"}, Administers: []string{"webtorgi"},
	})
	for _, a := range []desk.Actor{theirs, agent, shared} {
		at := "/people/" + a.Person.ID.String()
		problemOf(t, g.as(g.admin, http.MethodPost, at+"/password", `{"password":"taken over"}`), 403, "works_elsewhere")
		problemOf(t, g.as(g.admin, http.MethodPatch, at, `{"email":"mine@zab.example"}`), 403, "works_elsewhere")
		problemOf(t, g.as(g.admin, http.MethodPatch, at, `{"login":false}`), 403, "works_elsewhere")
		problemOf(t, g.as(g.admin, http.MethodPost, at+"/erase", ""), 403, "works_elsewhere")
		card := read[desk.PersonCard](t, g.as(g.admin, http.MethodPatch, at, `{"phone":"8-3022-111111"}`), 200)
		require.Equal(t, a.Person.Email, card.Login)
	}
	// His own desk's people, and who works nowhere, are his to help.
	for _, a := range []desk.Actor{g.First, g.Owner} {
		require.Equal(t, 200, g.as(g.admin, http.MethodPost, "/people/"+a.Person.ID.String()+"/password", "").Code)
	}
	// Who administers both desks may.
	all := g.token(g.Tenant.Person(coretest.Who{Name: "Старший", Email: "all@zab.example", Administers: []string{"webtorgi", "second"}}))
	require.Equal(t, 200, g.as(all, http.MethodPost, "/people/"+shared.Person.ID.String()+"/password", "").Code)
}

func TestADeskKeepsAnAdministratorWhoSignsIn(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	own := "/people/" + g.Admin.Person.ID.String()
	problemOf(t, g.as(g.admin, http.MethodPatch, own, `{"login":false}`), 409, "last_administrator")
	second := g.Tenant.Person(coretest.Who{Name: "Второй", Email: "two@zab.example", Administers: []string{"webtorgi"}})
	third := g.Tenant.Person(coretest.Who{Name: "Третий", Email: "three@zab.example", Administers: []string{"webtorgi"}})
	require.Equal(t, 200, g.as(g.admin, http.MethodPatch, "/people/"+second.Person.ID.String(), `{"login":false}`).Code)
	require.Equal(t, 204, g.as(g.admin, http.MethodPost, "/people/"+third.Person.ID.String()+"/erase", "").Code)
	problemOf(t, g.as(g.admin, http.MethodDelete, "/desks/webtorgi/members/"+g.Admin.Person.ID.String(), ""), 409, "last_administrator")

	// Two who take each other's login away at once: one of them stays.
	fourth := g.Tenant.Person(coretest.Who{Name: "Четвёртый", Email: "four@zab.example", Administers: []string{"webtorgi"}})
	tokens := []string{g.admin, g.token(fourth)}
	targets := []string{"/people/" + fourth.Person.ID.String(), own}
	codes := make([]int, 2)
	var both sync.WaitGroup
	for i := range tokens {
		both.Go(func() { codes[i] = g.as(tokens[i], http.MethodPatch, targets[i], `{"login":false}`).Code })
	}
	both.Wait()
	require.NotEqual(t, []int{200, 200}, codes)
	require.Contains(t, codes, 200)
}

func TestAnErasedPersonIsNotChanged(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	at := "/people/" + g.Owner.Person.ID.String()
	require.Equal(t, 204, g.as(g.admin, http.MethodPost, at+"/erase", "").Code)
	for _, body := range []string{`{}`, `{"name":"Снова здесь","email":"back@zab.example","login":true}`} {
		problemOf(t, g.as(g.admin, http.MethodPatch, at, body), 404, "person_not_found")
	}
}

func TestOperatorsDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	call := g.operator()
	const bodies = 4
	for i := range bodies {
		title, quota := `{"title":{"ru":"Имя `+strings.Repeat("x", i+1)+`"}}`, `{"quota":`+strings.Repeat("7", i+1)+`}`
		var both sync.WaitGroup
		both.Go(func() { call(http.MethodPatch, "/tenants/other", title) })
		both.Go(func() { call(http.MethodPatch, "/tenants/other", quota) })
		both.Wait()
		list := read[desk.Page[desk.TenantSummary]](t, call(http.MethodGet, "/tenants", ""), 200)
		for _, found := range list.Items {
			if found.Slug == "other" {
				require.Equal(t, "Имя "+strings.Repeat("x", i+1), found.Title.RU)
				require.Equal(t, strings.Repeat("7", i+1), string(coretest.JSON(t, found.Quota)))
			}
		}
	}
}

// What is not seen neither makes a name nor hides in one.
func TestNamesAreSeen(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	for _, name := range []string{`\u200b\u2060`, `\u202e`, ` \n\t `, `\u0007`, `\u200d\u200d`} {
		p := problemOf(t, g.as(g.admin, http.MethodPost, "/people", `{"name":"`+name+`"}`), 422, "invalid_request")
		require.Equal(t, "/name", p.Errors[0].Pointer)
		p = problemOf(t, g.as(g.admin, http.MethodPut, "/desks/webtorgi/lists/document-names/values/own", `{"title":{"ru":"`+name+`"}}`), 422, "invalid_request")
		require.Equal(t, "/title", p.Errors[0].Pointer)
		body := `{"title":{"ru":"` + name + `"},"prefix":"WEB","settings":{}}`
		p = problemOf(t, g.as(g.admin, http.MethodPut, "/desks/webtorgi/settings", body, "If-Match", "*"), 422, "invalid_request")
		require.Equal(t, "/title", p.Errors[0].Pointer)
		problemOf(t, g.as(g.admin, http.MethodPost, "/desks/webtorgi/templates", `{"title":"`+name+`","text":"x","visibility":"public"}`), 422, "invalid_fields")
		problemOf(t, g.as(g.first, http.MethodPost, "/desks/webtorgi/views", `{"title":"`+name+`","query":""}`), 422, "invalid_fields")
	}
	made := read[desk.PersonCard](t, g.as(g.admin, http.MethodPost, "/people", `{"name":"Иван\u202e\r\nПетров\u0007","kind":"citizen","phone":"+7 3022\r\n35-00-00"}`), 201)
	require.Equal(t, "Иван Петров", made.Name)
	require.Equal(t, "+7 3022 35-00-00", made.Phone)
	value := read[desk.ListValueView](t, g.as(g.admin, http.MethodPut, "/desks/webtorgi/lists/document-names/values/own", `{"title":{"ru":"а\nб\u200b"}}`), 200)
	require.Equal(t, "а б", value.Title.EN)
	problemOf(t, g.as(g.first, http.MethodPost, "/desks/webtorgi/views", `{"title":"x","query":"q=%ff"}`), 422, "invalid_fields")
	problemOf(t, g.as(g.admin, http.MethodPost, "/desks/webtorgi/templates", `{"title":"x","text":"{number\u200b}","visibility":"public"}`), 422, "invalid_fields")
	for _, zone := range []string{"posixrules", "Factory", "Local", "right/UTC", "../Etc/UTC"} {
		p := problemOf(t, g.as(g.admin, http.MethodPut, "/desks/webtorgi/settings", `{"title":{"ru":"Имя"},"prefix":"WEB","settings":{"time_zone":"`+zone+`"}}`, "If-Match", "*"), 422, "invalid_request")
		require.Contains(t, string(coretest.JSON(t, p.Errors)), "bad_time_zone", zone)
	}
}
