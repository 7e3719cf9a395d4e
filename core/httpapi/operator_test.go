package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
)

// operator is a stage with an operator's session.
func (g *stage) operator() func(method, path, body string) *httptest.ResponseRecorder {
	g.t.Helper()
	require.NoError(g.t, g.World.Desk.CreateOperator(g.t.Context(), "operator@opora.example", "Оператор", password))
	w := send(g.t, g.s.router, http.MethodPost, operatorRoot+"/sessions", `{"login":"operator@opora.example","password":"`+password+`"}`, nil)
	bearer := header{"Authorization": "Bearer " + string(read[operatorSession](g.t, w, 201).Token)}
	return func(method, path, body string) *httptest.ResponseRecorder {
		return send(g.t, g.s.router, method, operatorRoot+path, body, bearer)
	}
}

func TestOnlyOperatorsRunTheInstallation(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	walked := 0
	for path, methods := range documentOf(t, g.s).Paths {
		below, ok := strings.CutPrefix(path, operatorRoot)
		if !ok {
			continue
		}
		for method, op := range methods {
			if op.OperationID == "operator-sign-in" {
				continue
			}
			target := operatorRoot + strings.NewReplacer("{tenant}", "zabaikalye", "{system}", coretest.Webtorgi, "{digest}", "x").Replace(below)
			body := ""
			if op.RequestBody != nil {
				body = "{}"
			}
			problemOf(t, send(t, g.s.router, strings.ToUpper(method), target, body, nil), 401, "session_needed")
			w := send(t, g.s.router, strings.ToUpper(method), target, body, header{"Authorization": "Bearer " + g.admin})
			problemOf(t, w, 401, "session_invalid")
			walked++
		}
	}
	require.Greater(t, walked, 12)
}

func TestOperatorMakesATenant(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	call := g.operator()
	require.JSONEq(t, `{"login":"operator@opora.example","name":"Оператор"}`, call(http.MethodGet, "/me", "").Body.String())

	aboutMember(t, problemOf(t, call(http.MethodPost, "/tenants", `{"slug":"Zab","title":{"ru":"Имя"}}`), 422, "bad_slug"), "/slug")
	aboutMember(t, problemOf(t, call(http.MethodPost, "/tenants", `{"slug":"zabaikalye","title":{"ru":"Имя"}}`), 409, "tenant_exists"), "/slug")
	made := read[desk.TenantSummary](t, call(http.MethodPost, "/tenants", `{"slug":"omsk","title":{"ru":"Омск"}}`), 201)
	require.Equal(t, "Омск", made.Title.EN)
	require.EqualValues(t, 10<<30, made.Quota)
	problemOf(t, call(http.MethodPatch, "/tenants/nowhere", `{"quota":1}`), 404, "tenant_not_found")
	aboutMember(t, problemOf(t, call(http.MethodPatch, "/tenants/omsk", `{"quota":-1}`), 422, "bad_quota"), "/quota")
	changed := read[desk.TenantSummary](t, call(http.MethodPatch, "/tenants/omsk", `{"quota":5000}`), 200)
	require.EqualValues(t, 5000, changed.Quota)
	require.Equal(t, "Омск", changed.Title.RU)

	problemOf(t, call(http.MethodPost, "/tenants/omsk/desks", `{"slug":"torgi","system":"none"}`), 404, "system_not_found")
	all := problemOf(t, call(http.MethodPost, "/tenants/omsk/desks", `{"slug":"","system":"","prefix":"1"}`), 422, "system_needed")
	require.Len(t, all.Errors, 3, "everything at once: %v", all.Errors)
	require.Equal(t, []string{"/system", "/slug", "/prefix"}, []string{all.Errors[0].Pointer, all.Errors[1].Pointer, all.Errors[2].Pointer})
	require.Equal(t, "Выберите систему", all.Errors[0].Message)
	problemOf(t, call(http.MethodPost, "/tenants/omsk/desks", `{"slug":"torgi","system":"`+coretest.Webtorgi+`","prefix":"1"}`), 422, "bad_prefix")
	opened := read[desk.DeskSummary](t, call(http.MethodPost, "/tenants/omsk/desks", `{"slug":"torgi","system":"`+coretest.Webtorgi+`"}`), 201)
	require.Equal(t, "TOR", opened.Prefix)

	p := problemOf(t, call(http.MethodPost, "/tenants/omsk/people", `{"email":"admin@omsk.example","name":"Первая Анна","desk":"none","administrator":true}`), 422, "invalid_request")
	require.Equal(t, "/desk", p.Errors[0].Pointer)
	first := read[desk.PersonCard](t, call(http.MethodPost, "/tenants/omsk/people", `{"email":"admin@omsk.example","name":"Первая Анна","desk":"torgi","administrator":true}`), 201)
	require.Equal(t, []desk.MembershipView{{Desk: "torgi", Administrator: true}}, first.Desks)
	session, err := g.World.Desk.SignIn(t.Context(), "omsk", "admin@omsk.example", first.Password, "", "ru")
	require.NoError(t, err)
	bearer := header{"Authorization": "Bearer " + string(session.Token)}
	require.Equal(t, 404, send(t, g.s.router, http.MethodGet, "/api/v1/t/omsk/desks/webtorgi/settings", "", bearer).Code)
	settings := read[desk.DeskSettingsView](t, send(t, g.s.router, http.MethodGet, "/api/v1/t/omsk/desks/torgi/settings", "", bearer), 200)
	require.False(t, settings.PrefixFixed)
	body := string(coretest.JSON(t, map[string]any{"title": settings.Title, "prefix": "omc", "settings": map[string]any{}}))
	w := send(t, g.s.router, http.MethodPut, "/api/v1/t/omsk/desks/torgi/settings", body, header{"Authorization": bearer["Authorization"], "If-Match": "*"})
	require.Equal(t, "OMC", read[desk.DeskSettingsView](t, w, 200).Prefix, "no ticket yet")

	log := read[desk.Page[desk.AuditView]](t, send(t, g.s.router, http.MethodGet, "/api/v1/t/omsk/desks/torgi/audit", "", bearer), 200)
	var actions []string
	for _, e := range log.Items {
		actions = append(actions, e.Actor.Kind+" "+e.Action)
	}
	require.Equal(t, []string{"person settings_changed", "operator person_created", "operator desk_created", "operator tenant_changed", "operator tenant_created"}, actions)

	require.Equal(t, 204, call(http.MethodDelete, "/sessions/current", "").Code)
	require.Equal(t, 401, call(http.MethodGet, "/me", "").Code)
}

func TestOperatorRunsReleasesAndPlugins(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	g.s.plugins = func() []PluginView { return []PluginView{{System: coretest.Webtorgi, State: "ready", PID: 7}} }
	g.s.said = func(string) []PluginLine {
		return []PluginLine{{Stream: "stderr", Level: "info", Text: "one"}, {Stream: "stderr", Level: "error", Text: "two"}}
	}
	call := g.operator()
	problemOf(t, call(http.MethodPost, "/releases/none/activate", ""), 404, "release_not_found")
	problemOf(t, call(http.MethodPost, "/systems/"+coretest.Webtorgi+"/rollback", ""), 404, "release_not_found")
	first := coretest.Bundle(t, coretest.Webtorgi)
	next := first
	next.Files = map[string][]byte{}
	for name, content := range first.Files {
		next.Files[name] = content
	}
	next.Files["plugin.yaml"] = []byte(strings.Replace(string(first.Files["plugin.yaml"]), "\nversion: ", "\nversion: 9", 1))
	require.NotEqual(t, first.Digest(), next.Digest())
	registered, findings, err := g.World.Desk.RegisterRelease(t.Context(), next, desk.BuildInfo{}, false)
	require.NoError(t, err, findings)
	active := read[desk.ReleaseView](t, call(http.MethodPost, "/releases/"+registered.Digest+"/activate", ""), 200)
	require.Equal(t, "active", active.State)
	back := read[desk.ReleaseView](t, call(http.MethodPost, "/systems/"+coretest.Webtorgi+"/rollback", ""), 200)
	require.Equal(t, first.Digest(), back.Digest)
	log := read[desk.Page[desk.AuditView]](t, g.as(g.admin, http.MethodGet, "/desks/webtorgi/audit?limit=1", ""), 200)
	require.Equal(t, "release_activated", log.Items[0].Action)
	require.Equal(t, first.Digest(), log.Items[0].Data["digest"])

	// A release that this core no longer understands is refused, and the active one stays.
	conn := g.DB.Super(t)
	_, err = conn.Exec(t.Context(), `update releases set files = $1 where digest = $2`, map[string][]byte{"plugin.yaml": []byte("api: opora.plugin/v0")}, registered.Digest)
	require.NoError(t, err)
	node := g.Node()
	g.s.desk = node
	problemOf(t, call(http.MethodPost, "/releases/"+registered.Digest+"/activate", ""), 409, "release_not_compiled")

	problemOf(t, call(http.MethodGet, "/plugins/none/log", ""), 404, "system_not_found")
	problemOf(t, call(http.MethodGet, "/plugins/"+coretest.Webtorgi+"/log?lines=0", ""), 422, "invalid_request")
	lines := read[pluginLogView](t, call(http.MethodGet, "/plugins/"+coretest.Webtorgi+"/log?lines=1", ""), 200)
	require.Equal(t, []PluginLine{{Stream: "stderr", Level: "error", Text: "two"}}, lines.Lines)
	problemOf(t, call(http.MethodPost, "/plugins/none/restart", ""), 404, "system_not_found")
	require.Equal(t, 202, call(http.MethodPost, "/plugins/"+coretest.Webtorgi+"/restart", "").Code)
	require.Contains(t, call(http.MethodGet, "/plugins", "").Body.String(), `"pid":7`)
}

func TestARefusedReleaseIsAConflict(t *testing.T) {
	t.Parallel()
	refusal := errs.New(errs.Invalid, "release_refused", "findings")
	refusal.Fields = []errs.Problem{{Pointer: "/rules/a.yaml:7", Code: "finding"}}
	s, _ := door(t)
	p := s.problem(t.Context(), notTaken(refusal))
	require.Equal(t, 409, p.Status)
	require.Equal(t, "/rules/a.yaml:7", p.Errors[0].Pointer)
	require.Equal(t, 404, statusOf(notTaken(errs.New(errs.NotFound, "release_not_found", ""))))
}
