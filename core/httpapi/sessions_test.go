package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/i18n"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const password = "correct horse"

// feed is what a node's dispatcher would be.
type feed struct{ entries chan desk.FeedEntry }

func (f feed) Subscribe(context.Context) (<-chan desk.FeedEntry, func()) { return f.entries, func() {} }

// installed is a door to real use cases with two tenants that know the same login, and an operator.
func installed(t *testing.T, change ...func(*Options)) *server {
	t.Helper()
	ctx := t.Context()
	blobs, err := attachment.NewDisk(t.TempDir())
	require.NoError(t, err)
	c := clock.NewManual(now)
	cases, err := desk.New(ctx, desk.Options{DB: dbtest.New(t).DB, Clock: c, Blobs: blobs, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	for _, slug := range []string{"minzdrav", "ugra"} {
		_, err := cases.CreateTenant(ctx, desk.TenantInput{Slug: slug, Title: i18n.Text{RU: slug, EN: slug}})
		require.NoError(t, err)
		_, err = cases.CreateUser(ctx, slug, desk.UserInput{Email: "requester@org.example", Password: password, Name: "Иванов Иван " + slug})
		require.NoError(t, err)
	}
	require.NoError(t, cases.CreateOperator(ctx, "operator@opora.example", "Operator", password))
	require.NoError(t, cases.Reload(ctx))
	s, _ := door(t, append([]func(*Options){func(o *Options) { o.Desk, o.Clock = cases, c }}, change...)...)
	return s
}

func signedIn(t *testing.T, s *server, tenant string) (token, cookie string) {
	t.Helper()
	w := send(t, s.router, http.MethodPost, "/api/v1/t/"+tenant+"/sessions", `{"email":"requester@org.example","password":"`+password+`"}`, nil)
	require.Equal(t, 201, w.Code, w.Body.String())
	var view struct{ Token string }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &view))
	cookie, _, _ = strings.Cut(w.Header().Get("Set-Cookie"), ";")
	return view.Token, cookie
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	s := installed(t)
	bodies := map[string]string{}
	for name, body := range map[string]string{
		"wrong password": `{"email":"requester@org.example","password":"` + canary + `"}`,
		"unknown login":  `{"email":"` + canary + `@org.example","password":"` + password + `"}`,
		"operator":       `{"email":"operator@opora.example","password":"` + password + `"}`,
		"long password":  `{"email":"requester@org.example","password":"` + strings.Repeat("a", 1000) + `"}`,
	} {
		w := send(t, s.router, http.MethodPost, signInPath, body, nil)
		require.Equal(t, 401, w.Code, name)
		require.Empty(t, w.Header().Get("Set-Cookie"), name)
		require.NotContains(t, w.Body.String(), canary)
		bodies[regexp.MustCompile(`"request_id":"[^"]*"`).ReplaceAllString(w.Body.String(), "")] = name
	}
	require.Len(t, bodies, 1, "nothing tells one failure from another")
	w := send(t, s.router, http.MethodPost, "/api/v1/t/nowhere/sessions", `{"email":"requester@org.example","password":"`+password+`"}`, nil)
	require.Equal(t, 404, w.Code)

	stale := header{"Cookie": sessionCookie + "=ended", "Authorization": "Bearer ended"}
	w = send(t, s.router, http.MethodPost, signInPath, `{"email":" Requester@org.example","password":"`+password+`"}`, stale)
	require.Equal(t, 201, w.Code, w.Body.String())
	require.Regexp(t, `^opora_session=[\w-]{43}; Path=/api/v1/t/minzdrav; Expires=[^;]+; HttpOnly; SameSite=Lax$`, w.Header().Get("Set-Cookie"))
	var view desk.SessionView
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &view))
	require.Equal(t, "Иванов Иван minzdrav", view.Person.Name)
	require.True(t, view.ExpiresAt.After(now))
	require.NotContains(t, w.Body.String(), "$schema")
}

func TestASessionIsGoodForItsTenantUntilItEnds(t *testing.T) {
	t.Parallel()
	s := installed(t)
	token, cookie := signedIn(t, s, "minzdrav")
	const me = "/api/v1/t/minzdrav/me"
	for _, h := range []header{{"Authorization": "Bearer " + token}, {"Cookie": cookie}} {
		w := send(t, s.router, http.MethodGet, me, "", h)
		require.Equal(t, 200, w.Code, w.Body.String())
		require.Contains(t, w.Body.String(), "Иванов Иван minzdrav")
		require.Equal(t, 401, send(t, s.router, http.MethodGet, "/api/v1/t/ugra/me", "", h).Code)
		require.Equal(t, 401, send(t, s.router, http.MethodGet, "/api/v1/operator/tenants", "", h).Code)
	}
	// A token in the address is not looked at.
	problemOf(t, send(t, s.router, http.MethodGet, "/api/v1/t/minzdrav/stream?access_token="+token, "", nil), 401, "session_needed")
	w := send(t, s.router, http.MethodDelete, signInPath+"/current", "", header{"Cookie": cookie})
	require.Equal(t, 204, w.Code, w.Body.String())
	require.Contains(t, w.Header().Get("Set-Cookie"), "opora_session=; Path=/api/v1/t/minzdrav; Max-Age=0")
	w = send(t, s.router, http.MethodGet, me, "", header{"Cookie": cookie})
	require.Equal(t, 401, w.Code)
	require.Contains(t, w.Header().Get("Set-Cookie"), "Max-Age=0")
	require.Equal(t, 401, send(t, s.router, http.MethodGet, me, "", header{"Authorization": "Bearer " + token}).Code)
}

func TestAnotherTenantsLoginIsNoLoginOnAnyRoute(t *testing.T) {
	t.Parallel()
	s := installed(t)
	token, _ := signedIn(t, s, "ugra")
	walked := 0
	for path, methods := range documentOf(t, s).Paths {
		for method, op := range methods {
			if !strings.HasPrefix(path, tenantRoot) || op.OperationID == "sign-in" || op.OperationID == "put-upload" {
				continue
			}
			target := strings.NewReplacer("{tenant}", "minzdrav", "{number}", "ACC-18", "{desk}", "accreditation", "{id}", "0", "{form}", "f").Replace(path)
			body := ""
			if method == "post" || method == "patch" {
				body = "{}"
			}
			w := send(t, s.router, strings.ToUpper(method), target, body, header{"Authorization": "Bearer " + token})
			require.Equal(t, 401, w.Code, op.OperationID)
			require.Contains(t, w.Body.String(), `"session_invalid"`, op.OperationID)
			walked++
		}
	}
	require.Greater(t, walked, 20)
}

func TestWithoutALoginOnlyWhatIsPublicAnswers(t *testing.T) {
	t.Parallel()
	s := installed(t)
	w := send(t, s.router, http.MethodGet, "/api/v1/t/minzdrav/desks", "", nil)
	require.Equal(t, 200, w.Code, w.Body.String())
	require.JSONEq(t, `{"items":[]}`, w.Body.String())
	for _, target := range []string{"/api/v1/t/nowhere/desks", "/api/v1/t/minzdrav/desks/none", "/api/v1/t/minzdrav/desks/none/forms/f"} {
		require.Equal(t, 404, send(t, s.router, http.MethodGet, target, "", nil).Code, target)
	}
	require.Equal(t, 404, send(t, s.router, http.MethodPut, "/api/v1/t/minzdrav/uploads/unknown", "bytes", nil).Code)
}

func TestOperatorsAreApart(t *testing.T) {
	t.Parallel()
	s := installed(t, func(o *Options) {
		o.Plugins = func() []PluginView { return []PluginView{{System: "accreditation", State: "ready", Since: now}} }
	})
	const signIn = "/api/v1/operator/sessions"
	w := send(t, s.router, http.MethodPost, signIn, `{"login":"requester@org.example","password":"`+password+`"}`, nil)
	require.Equal(t, 401, w.Code)
	for _, name := range []string{"login", "email"} {
		w = send(t, s.router, http.MethodPost, signIn, `{"`+name+`":"operator@opora.example","password":"`+password+`"}`, nil)
		require.Equal(t, 201, w.Code, w.Body.String())
	}
	require.Regexp(t, `^opora_operator=[\w-]{43}; Path=/api/v1/operator; Expires=[^;]+; HttpOnly; SameSite=Lax$`, w.Header().Get("Set-Cookie"))
	var view operatorSession
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &view))
	bearer := header{"Authorization": "Bearer " + string(view.Token)}
	require.Equal(t, 401, send(t, s.router, http.MethodGet, "/api/v1/t/minzdrav/me", "", bearer).Code)
	for path, want := range map[string]string{"tenants": `"slug":"ugra"`, "releases": `{"items":[]}`, "plugins": `"system":"accreditation"`} {
		w := send(t, s.router, http.MethodGet, "/api/v1/operator/"+path, "", bearer)
		require.Equal(t, 200, w.Code, w.Body.String())
		require.Contains(t, w.Body.String(), want)
	}
}

func TestALiveScreenEndsWithItsSession(t *testing.T) {
	t.Parallel()
	entries := make(chan desk.FeedEntry)
	registry := prometheus.NewRegistry()
	s := installed(t, func(o *Options) {
		o.Feed, o.Limits.Recheck, o.Limits.StreamsPerPerson = feed{entries}, time.Hour, 1 // ended by its own node at once
		o.Registerer = registry
	})
	token, _ := signedIn(t, s, "minzdrav")
	server := httptest.NewServer(s.router)
	t.Cleanup(server.Close)
	open := func() *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/v1/t/minzdrav/stream", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		return answer
	}
	answer := open()
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, 200, answer.StatusCode)
	require.Equal(t, "text/event-stream; charset=utf-8", answer.Header.Get("Content-Type"))
	lines := bufio.NewScanner(answer.Body)
	require.True(t, lines.Scan())
	require.Regexp(t, `^retry: \d{4}$`, lines.Text())
	second := open()
	defer func() { _ = second.Body.Close() }()
	require.Equal(t, 429, second.StatusCode)
	require.NotEmpty(t, second.Header.Get("Retry-After"))

	require.Equal(t, 204, send(t, s.router, http.MethodDelete, signInPath+"/current", "", header{"Authorization": "Bearer " + token}).Code)
	require.Equal(t, []string{"event: reset", "data: {}"}, rest(lines))

	require.Eventually(t, func() bool {
		found, err := registry.Gather()
		require.NoError(t, err)
		for _, family := range found {
			for _, m := range family.GetMetric() {
				if family.GetName() == "opora_http_requests_total" && strings.Contains(m.String(), streamPath) && strings.Contains(m.String(), `"200"`) {
					return true
				}
			}
		}
		return false
	}, 10*time.Second, 10*time.Millisecond)
}
