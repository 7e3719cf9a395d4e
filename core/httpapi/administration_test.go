package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/tenant"
)

func read[T any](t *testing.T, w *httptest.ResponseRecorder, status int) T {
	t.Helper()
	require.Equal(t, status, w.Code, w.Body.String())
	var out T
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &out), w.Body.String())
	return out
}

// adminOnly are the operations of a desk's administrators, with bodies and parameters that are good.
func adminOnly() map[string]string {
	return map[string]string{
		"get-settings": "", "set-settings": `{"title":{"ru":"Имя"},"prefix":"WEB","settings":{}}`, "get-list": "", "set-list-value": `{"title":{"ru":"Имя"}}`,
		"import-list": "key\nx", "export-list": "", "list-audit": "", "list-members": "", "set-member": `{"line":"line1"}`, "remove-member": "",
		"create-person": `{"name":"Новый Человек"}`, "get-person": "", "change-person": `{"name":"Новое Имя"}`, "set-password": `{}`,
	}
}

func TestAdministrationIsForAdministratorsOfTheTenant(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	other := g.AddStage("third")
	walked := 0
	g.walk(func(id, method, path string) {
		body, ok := adminOnly()[id]
		if !ok {
			return
		}
		target := strings.NewReplacer("{desk}", "webtorgi", "{list}", "tasks", "{key}", "x", "{id}", g.Owner.Person.ID.String()).Replace(path)
		headers := []string{"If-Match", "*"}
		if id == "import-list" {
			headers = append(headers, "Content-Type", "text/csv")
		}
		problemOf(t, send(t, g.s.router, method, here+target, body, header{"Content-Type": "application/json"}), 401, "session_needed")
		for who, token := range map[string]string{"requester": g.owner, "agent": g.first} {
			w := g.as(token, method, target, body, headers...)
			require.Equal(t, 403, w.Code, "%s as %s: %s", id, who, w.Body)
		}
		// The administrator of another tenant has no session here, and on his own tenant finds nothing of ours.
		w := g.as(g.token(other.Admin), method, target, body, headers...)
		require.Equal(t, 401, w.Code, id)
		if strings.Contains(path, "{id}") {
			w := send(t, g.s.router, method, "/api/v1/t/third"+target, body, header{"Authorization": "Bearer " + g.token(other.Admin), "If-Match": "*"})
			require.Equal(t, 404, w.Code, "%s: %s", id, w.Body)
			require.NotContains(t, w.Body.String(), g.Owner.Person.Name)
		}
		if strings.Contains(path, "{desk}") {
			require.Equal(t, 404, g.as(g.admin, method, strings.Replace(target, "webtorgi", "nowhere", 1), body, headers...).Code, id)
		}
		walked++
	})
	require.Equal(t, len(adminOnly()), walked)
}

func (g *stage) settings() desk.DeskSettingsView {
	g.t.Helper()
	return read[desk.DeskSettingsView](g.t, g.as(g.admin, http.MethodGet, "/desks/webtorgi/settings", ""), 200)
}

const settingsAt = "/desks/webtorgi/settings"

func TestSettings(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	node := g.Node()
	view := g.settings()
	require.Equal(t, "Asia/Chita", view.Settings.TimeZone)
	require.True(t, view.PrefixFixed)
	require.NotEmpty(t, view.Declared.Lines)
	require.EqualValues(t, 1, view.Version)

	wrong := map[string]any{
		"title": map[string]any{"ru": ""}, "prefix": "Ы1",
		"settings": map[string]any{
			"time_zone": "Mars/Olympus", "visibility": "everybody", "max_bytes": -1, "contacts": map[string]any{"unknown": "x"},
			"lines": []any{
				map[string]any{"key": "Own", "title": map[string]any{"ru": "Своя"}},
				map[string]any{"key": "own", "title": map[string]any{"ru": "Своя"}, "sees": "desk", "hands_to": []any{"none"}},
			},
			"queues": []any{map[string]any{"key": "own", "title": map[string]any{}, "line": "none"}},
			"plugin": map[string]any{"canary": "canary"},
		},
	}
	w := g.as(g.admin, http.MethodPut, settingsAt, string(coretest.JSON(t, wrong)))
	problemOf(t, w, 428, "if_match_needed")
	problemOf(t, g.as(g.admin, http.MethodPut, settingsAt, string(coretest.JSON(t, wrong)), "If-Match", `"9"`), 412, "settings_stale")
	p := problemOf(t, g.as(g.admin, http.MethodPut, settingsAt, string(coretest.JSON(t, wrong)), "If-Match", `"1"`), 422, "invalid_request")
	var found []string
	for _, e := range p.Errors {
		require.NotContains(t, e.Message, "problem.")
		found = append(found, e.Pointer+" "+e.Code)
	}
	require.Equal(t, []string{
		"/prefix bad_prefix", "/settings/contacts/unknown unknown_contact", "/settings/lines/0/key bad_key", "/settings/lines/0/sees sees_needed",
		"/settings/lines/1/hands_to/0 unknown_line", "/settings/max_bytes min", "/settings/plugin no_plugin_settings", "/settings/queues/0/line unknown_line",
		"/settings/queues/0/title title_needed", "/settings/time_zone bad_time_zone", "/settings/visibility too_wide", "/title title_needed",
	}, found)
	require.Equal(t, view, g.settings(), "nothing was changed")

	good := map[string]any{
		"title": map[string]any{"ru": "Новое имя"}, "prefix": view.Prefix,
		"settings": map[string]any{
			"time_zone": "Europe/Moscow", "max_count": 4,
			"lines":  []any{map[string]any{"key": "experts", "title": map[string]any{"ru": "Эксперты"}, "sees": "handed", "hands_to": []any{"line1"}}},
			"queues": []any{map[string]any{"key": "hard", "title": map[string]any{"en": "Hard"}, "line": "experts"}},
		},
	}
	w = g.as(g.admin, http.MethodPut, settingsAt, string(coretest.JSON(t, good)), "If-Match", `"1"`)
	changed := read[desk.DeskSettingsView](t, w, 200)
	require.Equal(t, `"2"`, w.Header().Get("ETag"))
	require.EqualValues(t, 2, changed.Version)
	require.Equal(t, i18n.Text{RU: "Новое имя", EN: "Новое имя"}, changed.Title)
	require.Equal(t, "Hard", changed.Settings.Queues[0].Title.RU)
	shown := read[desk.DeskView](t, g.as(g.first, http.MethodGet, "/desks/webtorgi", ""), 200)
	require.Equal(t, "Europe/Moscow", shown.TimeZone, "at once on this node")
	epoch, err := node.CurrentEpoch(t.Context())
	require.NoError(t, err)
	require.Greater(t, epoch, node.Epoch(), "the other node hears of it")
	require.NoError(t, node.Reload(t.Context()))
	theirs, err := node.Desk(t.Context(), g.First, "webtorgi")
	require.NoError(t, err)
	require.Equal(t, "Новое имя", theirs.Title)

	page := read[desk.Page[desk.AuditView]](t, g.as(g.admin, http.MethodGet, "/desks/webtorgi/audit", ""), 200)
	require.Equal(t, "settings_changed", page.Items[0].Action)
	require.Equal(t, "person", page.Items[0].Actor.Kind)
	require.Equal(t, g.Admin.Person.Name, page.Items[0].Actor.Name)
	require.Equal(t, "Asia/Chita", page.Items[0].Data["old"].(map[string]any)["time_zone"])
	require.Equal(t, "Europe/Moscow", page.Items[0].Data["new"].(map[string]any)["time_zone"])
	require.NotContains(t, page.Items[0].Data["new"], "prefix")

	good["settings"] = map[string]any{"max_bytes": 500 << 20}
	p = problemOf(t, g.as(g.admin, http.MethodPut, settingsAt, string(coretest.JSON(t, good)), "If-Match", `"2"`), 422, "invalid_request")
	require.Equal(t, "/settings/link_max_bytes", p.Errors[0].Pointer, "a link takes less than the form")
	require.Contains(t, p.Errors[0].Message, "500")
	good["settings"] = map[string]any{"max_bytes": 500 << 20, "link_max_bytes": 500 << 20}
	require.Equal(t, 200, g.as(g.admin, http.MethodPut, settingsAt, string(coretest.JSON(t, good)), "If-Match", `"2"`).Code)

	good["prefix"] = "NEW"
	problemOf(t, g.as(g.admin, http.MethodPut, settingsAt, string(coretest.JSON(t, good)), "If-Match", `"3"`), 409, "prefix_in_use")
}

func TestWhatIsInUseIsNotRemoved(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	set := func(settings map[string]any, version string) *httptest.ResponseRecorder {
		body := map[string]any{"title": map[string]any{"ru": "Имя"}, "prefix": g.settings().Prefix, "settings": settings}
		return g.as(g.admin, http.MethodPut, settingsAt, string(coretest.JSON(t, body)), "If-Match", version)
	}
	own := map[string]any{
		"lines":  []any{map[string]any{"key": "experts", "title": map[string]any{"ru": "Эксперты"}, "sees": "handed"}},
		"queues": []any{map[string]any{"key": "hard", "title": map[string]any{"ru": "Трудные"}, "line": "line1"}},
	}
	require.Equal(t, 200, set(own, "*").Code)
	w := g.as(g.admin, http.MethodPut, "/desks/webtorgi/members/"+g.Second.Person.ID.String(), `{"line":"experts"}`)
	require.Equal(t, 200, w.Code, w.Body.String())
	p := problemOf(t, set(map[string]any{}, `"2"`), 409, "in_use")
	require.Contains(t, p.Detail, "experts")

	require.Equal(t, 204, g.as(g.admin, http.MethodDelete, "/desks/webtorgi/members/"+g.Second.Person.ID.String(), "").Code)
	require.Equal(t, 200, g.as(g.first, http.MethodPatch, "/tickets/"+g.ticket, `{"queue":"hard"}`, "If-Match", "*").Code)
	p = problemOf(t, set(map[string]any{}, `"2"`), 409, "in_use")
	require.Contains(t, p.Detail, g.ticket)
	require.Equal(t, 200, set(map[string]any{"queues": own["queues"]}, `"2"`).Code, "the line alone can go")
}

func TestReferenceLists(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	const open = "document-names"
	at := "/desks/webtorgi/lists/"
	problemOf(t, g.as(g.admin, http.MethodGet, at+"none", ""), 404, "list_not_found")
	problemOf(t, g.as(g.admin, http.MethodPut, at+open+"/values/x", `{"titel":{}}`), 422, "invalid_request")
	p := problemOf(t, g.as(g.admin, http.MethodPut, at+open+"/values/x", `{}`), 422, "invalid_request")
	require.Equal(t, "/title", p.Errors[0].Pointer)
	p = problemOf(t, g.as(g.admin, http.MethodPut, at+open+"/values/a%20b", `{"title":{"ru":"Имя"}}`), 422, "invalid_request")
	require.Equal(t, "/key", p.Errors[0].Pointer)
	problemOf(t, g.as(g.admin, http.MethodGet, at+open+"?after=none", ""), 422, "invalid_request")

	v := read[desk.ListValueView](t, g.as(g.admin, http.MethodPut, at+open+"/values/zzz-own", `{"title":{"ru":"Своё значение"}}`), 200)
	require.Equal(t, desk.ListValueView{Key: "zzz-own", Title: i18n.Text{RU: "Своё значение", EN: "Своё значение"}}, v)
	v = read[desk.ListValueView](t, g.as(g.admin, http.MethodPut, at+open+"/values/zzz-own", `{"retired":true}`), 200)
	require.True(t, v.Retired)
	require.Equal(t, "Своё значение", v.Title.RU, "without a title the one that it has stays")
	view := read[desk.ListView](t, g.as(g.admin, http.MethodGet, at+open+"?q=СВОЁ", ""), 200)
	require.Len(t, view.Values, 1)
	first := read[desk.ListView](t, g.as(g.admin, http.MethodGet, at+open+"?limit=1", ""), 200)
	require.Len(t, first.Values, 1)
	require.True(t, first.Values[0].Declared)
	require.NotEmpty(t, first.Next)
	second := read[desk.ListView](t, g.as(g.admin, http.MethodGet, at+open+"?limit=500&after="+first.Next, ""), 200)
	require.NotEqual(t, first.Values[0].Key, second.Values[0].Key)
	require.Equal(t, "zzz-own", second.Values[len(second.Values)-1].Key)
	theirs, err := g.World.Desk.Desk(t.Context(), g.Owner, "webtorgi")
	require.NoError(t, err)
	require.NotEmpty(t, theirs.Forms)
}

func TestImportOfAList(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	const at = "/desks/webtorgi/lists/document-names"
	post := func(query, body string) *httptest.ResponseRecorder {
		return g.as(g.admin, http.MethodPost, at+"/import"+query, body, "Content-Type", "text/csv; charset=utf-8")
	}
	problemOf(t, g.as(g.admin, http.MethodPost, at+"/import", `{}`), 415, "csv_needed")
	problemOf(t, post("?dry=true", "key\nx"), 422, "invalid_request")
	problemOf(t, post("?dry_run=maybe", "key\nx"), 422, "invalid_request")
	problemOf(t, post("", "\n"), 422, "import_empty")
	problemOf(t, post("", "a\x00b"), 422, "import_encoding")
	problemOf(t, post("", strings.Repeat("x", desk.MaxImportBytes+1)), 413, "import_too_large")

	bad := "key;title_ru;title_en;retired\r\none;Один;One;\r\n;Без ключа;;\r\none;Ещё раз;;\r\n\r\ntwo;Два;;maybe\r\nthree;;;\r\nfour;Четыре;;да;лишнее\r\n"
	dry := read[desk.ImportView](t, post("?dry_run=true", bad), 200)
	require.Equal(t, 1, dry.Added)
	require.Equal(t, []desk.ImportRow{{Line: 2, Key: "one", Title: i18n.Text{RU: "Один", EN: "One"}, Fate: "added"}}, dry.Rows)
	var found []string
	for _, p := range dry.Problems {
		require.NotContains(t, p.Message, "problem.")
		found = append(found, string(coretest.JSON(t, []any{p.Line, p.Column, p.Code})))
	}
	require.Equal(t, []string{`[3,"key","required"]`, `[4,"key","repeated_line"]`, `[6,"retired","bad_flag"]`, `[7,"title_ru","required"]`, `[8,"","too_many_columns"]`}, found)
	p := problemOf(t, post("", bad), 422, "import_refused")
	require.Equal(t, "/3", p.Errors[0].Pointer)
	require.Len(t, p.Errors, 5)
	require.NotContains(t, string(coretest.JSON(t, p)), "Без ключа")
	p = problemOf(t, post("", "key,title_ru\na,\"b\nc\"d"), 422, "import_refused")
	require.Equal(t, "bad_csv", p.Errors[0].Code)
	p = problemOf(t, post("", "key,titel\na,b"), 422, "import_refused")
	require.Equal(t, "unknown_column", p.Errors[0].Code)
	before := read[desk.ListView](t, g.as(g.admin, http.MethodGet, at+"?limit=500", ""), 200)

	cyrillic, err := charmap.Windows1251.NewEncoder().String("one;Один;One;\r\ntwo;\"Два; с «кавычками»\";;1\r\n")
	require.NoError(t, err)
	done := read[desk.ImportView](t, post("", cyrillic), 200)
	require.Equal(t, desk.ImportView{Added: 2, Problems: []desk.ImportProblem{}}, done)
	done = read[desk.ImportView](t, post("", "\ufefftitle_ru,key\nПервый,one\n"), 200)
	require.Equal(t, 1, done.Changed)
	after := read[desk.ListView](t, g.as(g.admin, http.MethodGet, at+"?limit=500", ""), 200)
	require.Equal(t, append(before.Values,
		desk.ListValueView{Key: "one", Title: i18n.Text{RU: "Первый", EN: "One"}},
		desk.ListValueView{Key: "two", Title: i18n.Text{RU: "Два; с «кавычками»", EN: "Два; с «кавычками»"}, Retired: true},
	), after.Values)

	log := read[desk.Page[desk.AuditView]](t, g.as(g.admin, http.MethodGet, "/desks/webtorgi/audit?limit=2", ""), 200).Items
	require.Equal(t, []desk.KeyTitle{{Key: "one", Title: "Первый"}}, log[0].Values)
	require.Equal(t, []desk.KeyTitle{{Key: "one", Title: "Один"}, {Key: "two", Title: "Два; с «кавычками»"}}, log[1].Values)
	require.Equal(t, &desk.AuditSubject{Kind: "list", Title: "Наименование документа"}, log[1].Subject)

	exported := g.as(g.admin, http.MethodGet, at+"/export", "")
	require.Equal(t, 200, exported.Code)
	require.Equal(t, "text/csv; charset=utf-8", exported.Header().Get("Content-Type"))
	require.True(t, strings.HasPrefix(exported.Body.String(), "\ufeffkey;title_ru;title_en;retired\r\n"))
	again := read[desk.ImportView](t, post("?dry_run=true", exported.Body.String()), 200)
	require.Len(t, again.Rows, len(after.Values))
	again.Rows = nil
	require.Equal(t, desk.ImportView{Unchanged: len(after.Values), Problems: []desk.ImportProblem{}}, again)

	var rows strings.Builder
	for i := range 50_001 {
		rows.WriteString("v" + strings.Repeat("0", 1) + string(coretest.JSON(t, i)) + ";x\n")
	}
	p = problemOf(t, post("", rows.String()), 422, "import_refused")
	require.Equal(t, "/50001", p.Errors[0].Pointer)
	require.Equal(t, "too_many_lines", p.Errors[0].Code)
	require.NoError(t, g.DB.InTx(t.Context(), g.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		var count int
		require.NoError(t, tx.QueryRow(ctx, `select count(*) from reference_lists where tenant_id = $1`, g.Tenant.ID).Scan(&count))
		require.Equal(t, 2, count)
		return nil
	}))
}

func TestAListThatTheSystemClosesStays(t *testing.T) {
	t.Parallel()
	world := coretest.New(t, "regional-portal")
	world.Tenant("other").Desk("portal", "regional-portal", tenant.Settings{})
	tyumen := world.Tenant("tyumen")
	tyumen.Desk("portal", "regional-portal", tenant.Settings{})
	admin := tyumen.Person(coretest.Who{Email: "admin@tyumen.example", Administers: []string{"portal"}})
	view, err := world.Desk.Settings(t.Context(), admin, "portal")
	require.NoError(t, err)
	closed := 0
	for _, l := range view.Declared.Lists {
		if l.Extendable || l.Private {
			continue
		}
		closed++
		_, err := world.Desk.SetListValue(t.Context(), admin, "portal", l.Key, "new", i18n.Text{RU: "Новое"}, false)
		require.Equal(t, "list_closed", errs.CodeOf(err))
		_, err = world.Desk.ImportList(t.Context(), admin, "portal", l.Key, []byte("key;title_ru\nnew;Новое"), true)
		require.Equal(t, "list_closed", errs.CodeOf(err))
	}
	require.Positive(t, closed)
}
