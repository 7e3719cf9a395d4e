package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
)

const (
	here     = "/api/v1/t/zabaikalye"
	contents = "снимок экрана"
)

// stage is a door over a tenant with a desk, its people's tokens, and a second tenant beside it.
type stage struct {
	*coretest.Stage
	t                     *testing.T
	s                     *server
	feed                  feed
	owner, foreign, first string
	admin                 string
	ticket, otherTicket   string
	otherFile             string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	world := coretest.New(t, coretest.Webtorgi)
	other := world.AddStage("other")
	g := &stage{Stage: world.AddStage("zabaikalye"), t: t, feed: feed{make(chan desk.FeedEntry)}}
	g.s, _ = door(t, func(o *Options) {
		o.Desk, o.Clock, o.Feed = world.Desk, world.Clock, g.feed
		o.Limits.TryingAnonymous = Rate{1000, 1000}
	})
	g.owner, g.foreign, g.first = g.token(g.Owner), g.token(g.Foreign), g.token(g.First)
	g.admin = g.token(g.Admin)
	file, err := world.Desk.Upload(t.Context(), other.Owner, "webtorgi", "a.txt", strings.NewReader("x"))
	require.NoError(t, err)
	g.otherFile = file.ID.String()
	for range 3 { // so that its number is none of ours
		g.otherTicket = world.File(other.Owner, "webtorgi", "appeal", coretest.Appeal(nil)).Number
	}
	g.ticket = world.File(g.Owner, "webtorgi", "appeal", coretest.Appeal(nil)).Number
	require.NotEqual(t, g.ticket, g.otherTicket)
	return g
}

func (g *stage) token(a desk.Actor) string {
	g.t.Helper()
	token := ident.NewToken()
	session := person.Session{Digest: token.Digest(), Person: a.Person.ID, CreatedAt: g.Clock.Now(), ExpiresAt: g.Clock.Now().Add(time.Hour)}
	require.NoError(g.t, g.DB.InTx(g.t.Context(), a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		return person.InsertSession(ctx, tx, a.Tenant.ID, session)
	}))
	return string(token)
}

func (g *stage) as(token, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	g.t.Helper()
	h := header{"Authorization": "Bearer " + token}
	for i := 0; i < len(headers); i += 2 {
		h[headers[i]] = headers[i+1]
	}
	return send(g.t, g.s.router, method, here+path, body, h)
}

// walk calls every operation of the document below a tenant.
func (g *stage) walk(visit func(id, method, path string)) {
	g.t.Helper()
	for path, methods := range documentOf(g.t, g.s).Paths {
		for method, op := range methods {
			if below, ok := strings.CutPrefix(path, tenantRoot); ok {
				visit(op.OperationID, strings.ToUpper(method), below)
			}
		}
	}
}

// bodies are good bodies, so that nothing but the right is missing.
func (g *stage) bodies() map[string]string {
	return map[string]string{
		"file-ticket": g.appeal(nil), "check-form": `{"fields":{}}`, "add-comment": `{"text":"Проверьте","visibility":"internal"}`,
		"make-transition": `{"transition":"confirm"}`, "edit-ticket": `{"priority":"high"}`, "assign-ticket": `{"assignee":null}`,
		"hand-over-ticket": `{"line":"line2","note":"n"}`, "make-upload-link": `{"note":"n"}`,
		"report-presence": `{"writing":true}`, "create-view": `{"title":"t","query":""}`, "create-template": `{"title":"t","text":"t","visibility":"public"}`,
		"sign-in": `{"email":"owner@zabaikalye.example","password":"p"}`,
	}
}

func (g *stage) appeal(changes map[string]any) string {
	return string(coretest.JSON(g.t, map[string]any{"desk": "webtorgi", "form": "appeal", "fields": coretest.Appeal(changes)}))
}

func (g *stage) upload(token, name string) *httptest.ResponseRecorder {
	g.t.Helper()
	body := &bytes.Buffer{}
	w := multipart.NewWriter(body)
	part, err := w.CreateFormFile("file", name)
	require.NoError(g.t, err)
	_, _ = io.WriteString(part, contents)
	require.NoError(g.t, w.Close())
	return g.as(token, http.MethodPost, "/desks/webtorgi/attachments", body.String(), "Content-Type", w.FormDataContentType())
}

func TestAnotherTenantsThingsAreNowhere(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	walked := 0
	g.walk(func(id, method, path string) {
		if !strings.Contains(path, "{number}") && id != "download-file" {
			return
		}
		target := strings.NewReplacer("{number}", g.otherTicket, "{id}", g.otherFile).Replace(path)
		for who, token := range map[string]string{"requester": g.owner, "agent": g.first, "administrator": g.admin} {
			w := g.as(token, method, target, g.bodies()[id], "If-Match", `"1"`)
			require.Equal(t, 404, w.Code, "%s as %s: %s", id, who, w.Body)
			require.NotContains(t, w.Body.String(), g.otherTicket)
		}
		walked++
	})
	require.Greater(t, walked, 10)
}

// agentsOnly are the operations that a ticket's own requester is forbidden.
var agentsOnly = []string{"list-decisions", "assign-ticket", "hand-over-ticket", "edit-ticket", "add-comment", "make-transition", "erase-person", "report-presence", "end-presence"}

func TestARequesterIsForbiddenWhatIsAnAgents(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	walked := 0
	g.walk(func(id, method, path string) {
		target := strings.NewReplacer("{number}", g.ticket, "{id}", g.Colleague.Person.ID.String()).Replace(path)
		if !strings.Contains(path, "{number}") && id != "erase-person" {
			return
		}
		w := g.as(g.owner, method, target, g.bodies()[id], "If-Match", `"1"`)
		forbidden := false
		for _, only := range agentsOnly {
			forbidden = forbidden || only == id
		}
		if forbidden {
			require.Equal(t, 403, w.Code, "%s: %s", id, w.Body)
			walked++
			return
		}
		require.Less(t, w.Code, 300, "%s: %s", id, w.Body)
	})
	require.Equal(t, len(agentsOnly), walked)
	require.Equal(t, "not_your_transition", codeOf(t, g.as(g.owner, "POST", "/tickets/"+g.ticket+"/transitions", `{"transition":"confirm"}`)))
}

func codeOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var p Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p), w.Body.String())
	return p.Code
}

func TestBadBodiesAreRefusedOnEveryRoute(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	walked := 0
	g.walk(func(id, method, path string) {
		body, ok := g.bodies()[id]
		if !ok {
			return
		}
		target := strings.NewReplacer("{number}", g.ticket, "{desk}", "webtorgi", "{form}", "appeal").Replace(path)
		for bad, status := range map[string]int{
			"{": 400, "[]": 422, `{"number":"x"}`: 422, strings.Replace(body, "{", `{"tenant_id":"x",`, 1): 422, strings.Repeat("[", 9000): 400,
			strings.Replace(body, "{", `{"fields":{"a":1,"a":2},`, 1): 400,
		} {
			w := g.as(g.first, method, target, bad, "If-Match", `"1"`)
			require.Equal(t, status, w.Code, "%s %.60s: %s", id, bad, w.Body)
			require.Equal(t, problemType, w.Header().Get("Content-Type"))
		}
		walked++
	})
	require.Equal(t, len(g.bodies()), walked)
}

func TestATicketOverHTTP(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	w := g.as(g.owner, "POST", "/tickets", g.appeal(nil), "Idempotency-Key", "k1")
	require.Equal(t, 201, w.Code, w.Body.String())
	var ticket desk.TicketView
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &ticket))
	require.Equal(t, here+"/tickets/"+ticket.Number, w.Header().Get("Location"))
	require.Equal(t, `"1"`, w.Header().Get("ETag"))
	require.EqualValues(t, "api", ticket.Channel)
	again := g.as(g.owner, "POST", "/tickets", g.appeal(nil), "Idempotency-Key", "k1")
	require.Equal(t, 201, again.Code)
	require.Contains(t, again.Body.String(), ticket.Number)
	require.Equal(t, "idempotency_key_reused", codeOf(t, g.as(g.owner, "POST", "/tickets", g.appeal(map[string]any{"title": "Другое"}), "Idempotency-Key", "k1")))

	refused := g.as(g.owner, "POST", "/tickets", g.appeal(map[string]any{"title": nil, "email": canary}))
	p := problemOf(t, refused, 422, "invalid_fields")
	require.Equal(t, []string{"/email", "/title"}, []string{p.Errors[0].Pointer, p.Errors[1].Pointer})
	require.NotContains(t, refused.Body.String(), canary)

	one := "/tickets/" + ticket.Number
	require.Equal(t, 428, g.as(g.first, "PATCH", one, `{"priority":"high"}`).Code)
	require.Equal(t, 412, g.as(g.first, "PATCH", one, `{"priority":"high"}`, "If-Match", `"99"`).Code)
	edited := g.as(g.first, "PATCH", one, `{"priority":"high"}`, "If-Match", `"1"`, "Content-Type", "application/merge-patch+json")
	require.Equal(t, 200, edited.Code, edited.Body.String())
	require.Equal(t, `"2"`, edited.Header().Get("ETag"))
	for tag, status := range map[string]int{`W/"2"`: 412, `"1", "3"`: 412, `"7", "2"`: 200} {
		require.Equal(t, status, g.as(g.first, "PATCH", one, `{"priority":"high"}`, "If-Match", tag).Code, tag)
	}
	require.Equal(t, 404, g.as(g.first, "PATCH", one+"0", `{"priority":"high"}`, "If-Match", `"1", "2"`).Code)
	require.Equal(t, 200, g.as(g.first, "PATCH", one, `{"priority":"low"}`, "If-Match", "*").Code)
	for _, stale := range [][2]string{
		{"/comments", `{"text":"t"}`},
		{"/transitions", `{"transition":"confirm"}`},
		{"/assign", `{"assignee":null}`},
		{"/handover", `{"line":"line2"}`},
		{"/read", ""},
		{"/upload-links", ""},
	} {
		require.Equal(t, 412, g.as(g.first, "POST", one+stale[0], stale[1], "If-Match", `"1"`).Code, stale[0])
	}
	moved := g.as(g.first, "POST", one+"/transitions", `{"transition":"confirm"}`)
	require.Equal(t, 200, moved.Code, moved.Body.String())
	require.Equal(t, 409, g.as(g.first, "POST", one+"/transitions", `{"transition":"confirm"}`).Code)
	require.Equal(t, 201, g.as(g.first, "POST", one+"/comments", `{"text":"Сделано","then":"close"}`).Code)
	for _, list := range []string{"/events", "/transitions", "/duplicates", "/decisions"} {
		w := g.as(g.first, "GET", one+list, "")
		require.Equal(t, 200, w.Code, w.Body.String())
		require.Contains(t, w.Body.String(), `"items":[`, list)
	}
	found := g.as(g.first, "GET", "/tickets?category=done&desk=webtorgi&limit=1", "")
	require.Contains(t, found.Body.String(), ticket.Number)
	swapped := ticket.Number[:len(ticket.Number)-1] + string('0'+('9'-ticket.Number[len(ticket.Number)-1]+1)%10)
	require.Equal(t, 404, g.as(g.first, "GET", "/tickets/"+swapped, "").Code)
}

func TestSearchesOfOnePersonAreFew(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	require.Equal(t, 200, g.as(g.first, "GET", "/tickets?q=word", "").Code)
	open := g.s.gates.searches
	require.Zero(t, open.count())
	var leave []func()
	for range (Limits{}).orDefaults().SearchesPerPerson {
		me := g.as(g.first, "GET", "/me", "")
		require.Equal(t, 200, me.Code)
		var view struct{ ID string }
		require.NoError(t, json.Unmarshal(me.Body.Bytes(), &view))
		one, err := open.enter(view.ID)
		require.NoError(t, err)
		leave = append(leave, one)
	}
	w := g.as(g.first, "GET", "/tickets?q=word", "")
	problemOf(t, w, 429, "too_many_requests")
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	problemOf(t, g.as(g.first, "GET", "/desks/webtorgi/statistics", ""), 429, "too_many_requests")
	require.Equal(t, 200, g.as(g.first, "GET", "/tickets", "").Code)
	require.Equal(t, 200, g.as(g.owner, "GET", "/tickets?q=word", "").Code)
	leave[0]()
	require.Equal(t, 200, g.as(g.first, "GET", "/tickets?q=word", "").Code)
}

func TestAPersonMayFileTwentyASecond(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	for range 20 {
		require.Equal(t, 201, g.as(g.owner, "POST", "/tickets", g.appeal(nil)).Code)
	}
	w := g.as(g.owner, "POST", "/tickets", g.appeal(nil))
	problemOf(t, w, 429, "too_many_requests")
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	require.Equal(t, 201, g.as(g.foreign, "POST", "/tickets", g.appeal(nil)).Code)
}

func TestAFileOverHTTP(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	w := g.upload(g.owner, "отчёт.txt")
	require.Equal(t, 201, w.Code, w.Body.String())
	var file desk.AttachmentView
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &file))
	require.EqualValues(t, len(contents), file.Size)
	w = g.as(g.owner, "POST", "/tickets/"+g.ticket+"/comments", fmt.Sprintf(`{"attachments":["%s"]}`, file.ID))
	require.Equal(t, 201, w.Code, w.Body.String())
	w = g.as(g.first, "GET", "/attachments/"+file.ID.String(), "")
	require.Equal(t, 200, w.Code, w.Body.String())
	require.Equal(t, contents, w.Body.String())
	require.Contains(t, w.Header().Get("Content-Disposition"), "attachment; filename=")
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "sandbox")
	require.Equal(t, "private, no-store", w.Header().Get("Cache-Control"))
	require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
	part := g.as(g.first, "GET", "/attachments/"+file.ID.String(), "", "Range", "bytes=0-3")
	require.Equal(t, 206, part.Code)
	require.Equal(t, contents[:4], part.Body.String())

	w = g.as(g.owner, "POST", "/tickets/"+g.ticket+"/upload-links", "")
	require.Equal(t, 201, w.Code, w.Body.String())
	var link desk.UploadLinkView
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &link))
	require.True(t, strings.HasPrefix(link.Path, here+"/uploads/"), link.Path)
	put := send(t, g.s.router, http.MethodPut, link.Path+"?name=big.log", contents, header{"Content-Type": "text/plain"})
	require.Equal(t, 201, put.Code, put.Body.String())
	require.Contains(t, put.Body.String(), `"name":"big.log"`)
	require.GreaterOrEqual(t, send(t, g.s.router, http.MethodPut, link.Path, contents, nil).Code, 400, "good once")
}

func TestALiveScreenTellsWhatItsReaderMaySee(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	server := httptest.NewServer(g.s.router)
	t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+here+"/stream", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+g.owner)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = answer.Body.Close() })
	require.Equal(t, 200, answer.StatusCode)
	view, err := g.World.Desk.Ticket(t.Context(), g.Owner, g.ticket)
	require.NoError(t, err)
	g.feed.entries <- desk.FeedEntry{Tenant: g.Owner.Tenant.ID, Ticket: view.ID, Seq: 1, Kind: "submitted"}
	g.feed.entries <- desk.FeedEntry{Tenant: g.Owner.Tenant.ID, Ticket: view.ID, Seq: 2, Kind: "noted"}
	g.feed.entries <- desk.FeedEntry{Tenant: g.Owner.Tenant.ID, Ticket: ident.New(), Seq: 1, Kind: "submitted"}
	close(g.feed.entries)
	lines := rest(bufio.NewScanner(answer.Body))
	require.Equal(t, []string{
		"event: ticket", fmt.Sprintf(`data: {"number":"%s","seq":1,"kind":"submitted"}`, g.ticket), "event: reset", "data: {}",
	}, lines[1:])
}
