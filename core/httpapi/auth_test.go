package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

func request(t *testing.T, method, target string, headers ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func TestCredentialsAreReadInOrder(t *testing.T) {
	t.Parallel()
	cookie := sessionCookie + "=from-cookie"
	tests := map[string]struct {
		headers  []string
		token    ident.Token
		byCookie bool
		refused  bool
	}{
		"none":              {nil, "", false, false},
		"bearer":            {[]string{"Authorization", "Bearer abc"}, "abc", false, false},
		"scheme's case":     {[]string{"Authorization", "bearer abc"}, "abc", false, false},
		"cookie":            {[]string{"Cookie", cookie}, "from-cookie", true, false},
		"header goes first": {[]string{"Cookie", cookie, "Authorization", "Bearer abc"}, "abc", false, false},
		"basic":             {[]string{"Cookie", cookie, "Authorization", "Basic YTpi"}, "", false, true},
		"empty bearer":      {[]string{"Cookie", cookie, "Authorization", "Bearer "}, "", false, true},
		"two headers":       {[]string{"Authorization", "Bearer abc", "Authorization", "Bearer def"}, "", false, true},
		"long":              {[]string{"Authorization", "Bearer " + strings.Repeat("a", maxToken+1)}, "", false, true},
		"long cookie":       {[]string{"Cookie", sessionCookie + "=" + strings.Repeat("a", maxToken+1)}, "", true, true},
		"operator's cookie": {[]string{"Cookie", operatorCookie + "=abc"}, "", false, false},
	}
	for name, test := range tests {
		token, byCookie, err := credentials(request(t, "GET", "/", test.headers...), sessionCookie)
		require.Equal(t, test.refused, err != nil, name)
		require.Equal(t, test.token, token, name)
		require.Equal(t, test.byCookie, byCookie, name)
		if err != nil {
			require.Equal(t, errs.Unauthenticated, errs.KindOf(err), name)
		}
	}
}

func TestCookiesAreForOneTenantsAPIAndOutOfReachOfScripts(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	c := s.remember(&call{secure: true}, sessionCookie, tenantPath("minzdrav"), "token", now.Add(time.Hour))
	require.Equal(t, "opora_session=token; Path=/api/v1/t/minzdrav; Expires=Mon, 02 Mar 2026 10:00:00 GMT; HttpOnly; Secure; SameSite=Lax", c.String())
	require.NotContains(t, s.remember(&call{}, sessionCookie, "/", "token", now).String(), "Secure")
	gone := s.forget(&call{}, sessionCookie, tenantPath("minzdrav")).String()
	require.Equal(t, "opora_session=; Path=/api/v1/t/minzdrav; Max-Age=0; HttpOnly; SameSite=Lax", gone)
}

func TestACookieThatCannotBeASessionIsTakenAway(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	long := strings.Repeat("a", maxToken+1)
	w := send(t, s.router, http.MethodGet, "/api/v1/t/minzdrav/desks", "", header{"Cookie": sessionCookie + "=" + long})
	endedSession(t, w)
	require.Contains(t, w.Header().Get("Set-Cookie"), "opora_session=; Path=/api/v1/t/minzdrav; Max-Age=0")
	w = send(t, s.router, http.MethodGet, "/api/v1/t/minzdrav/desks", "", header{"Authorization": "Bearer " + long})
	endedSession(t, w)
	require.Empty(t, w.Header().Get("Set-Cookie"))
	w = send(t, s.router, http.MethodGet, "/api/v1/operator/tenants", "", header{"Cookie": operatorCookie + "=" + long})
	endedSession(t, w)
	require.Contains(t, w.Header().Get("Set-Cookie"), "opora_operator=; Path=/api/v1/operator; Max-Age=0")
}

func endedSession(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	problemOf(t, w, 401, "session_invalid")
}

func TestAnotherSitesPageCanWriteNothing(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Origins = []string{"https://support.example", "not an origin"} })
	body := `{"email":"a","password":1}`
	refused := []header{
		{"Sec-Fetch-Site": "cross-site"},
		{"Sec-Fetch-Site": "same-site"},
		{"Origin": "https://evil.example"},
		{"Origin": "null"},
		{"Origin": "https://example.com.evil.example"},
		{"Origin": "https://support.example.evil.example"},
		{"Sec-Fetch-Site": "cross-site", "X-HTTP-Method-Override": "GET"},
	}
	for _, h := range refused {
		problemOf(t, send(t, s.router, http.MethodPost, signInPath, body, h), 403, "cross_origin")
		problemOf(t, send(t, s.router, http.MethodPut, "/api/v1/t/minzdrav/uploads/abc", "x", h), 403, "cross_origin")
		problemOf(t, send(t, s.router, http.MethodDelete, signInPath+"/current", "", h), 403, "cross_origin")
	}
	for _, h := range []header{nil, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://example.com"}, {"Origin": "https://support.example"}} {
		problemOf(t, send(t, s.router, http.MethodPost, signInPath, body, h), 422, "invalid_request")
	}
}

func TestNoOtherSiteIsToldThatItMayRead(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	w := send(t, s.router, http.MethodGet, documentPath, "", header{"Origin": "https://evil.example"})
	require.Empty(t, w.Header().Get("Access-Control-Allow-Origin"))
	w = send(t, s.router, http.MethodOptions, signInPath, "", header{"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
	require.Equal(t, 405, w.Code)
	require.Empty(t, w.Header().Get("Access-Control-Allow-Origin"))
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	serve(s, route{method: "GET", path: "/api/fail"}, func(context.Context, *call, *nothing) (*nothing, error) { panic("no") })
	for target, status := range map[string]int{
		healthPath: 200, documentPath: 200, metricsPath: 200, "/api/nothing": 404, "/api/v1/t/a/me": 401, "/api/fail": 500, signInPath: 405, "/api/%00": 400,
	} {
		h := send(t, s.router, http.MethodGet, target, "", nil)
		require.Equal(t, status, h.Code, target)
		require.Equal(t, "nosniff", h.Header().Get("X-Content-Type-Options"), target)
		kept := "no-store"
		if target == documentPath {
			kept = "no-cache"
		}
		require.Equal(t, kept, h.Header().Get("Cache-Control"), target)
		require.Equal(t, "DENY", h.Header().Get("X-Frame-Options"), target)
		require.Equal(t, "no-referrer", h.Header().Get("Referrer-Policy"), target)
		require.Contains(t, h.Header().Get("Content-Security-Policy"), "default-src 'none'", target)
		require.Equal(t, "ru", h.Header().Get("Content-Language"), target)
		require.Len(t, h.Header().Get("X-Request-Id"), 36, target)
		require.Empty(t, h.Header().Get("Strict-Transport-Security"), target)
	}
	secure, _ := door(t, func(o *Options) { o.Secure = true })
	require.NotEmpty(t, send(t, secure.router, http.MethodGet, healthPath, "", nil).Header().Get("Strict-Transport-Security"))
}

func TestTheLogHoldsPatternsAndNoPaths(t *testing.T) {
	t.Parallel()
	s, log := door(t)
	send(t, s.router, http.MethodPut, "/api/v1/t/minzdrav/uploads/"+canary+strings.Repeat("x", maxToken), "bytes", nil)
	send(t, s.router, http.MethodGet, "/api/v1/t/minzdrav/tickets/"+canary+"?q="+canary, "", header{"Authorization": "Basic " + canary})
	send(t, s.router, http.MethodGet, "/api/"+canary, "", nil)
	send(t, s.router, "STEAL"+strings.ToUpper(canary), "/"+canary, "", nil)
	require.NotContains(t, strings.ToLower(log.String()), canary)
	require.Contains(t, log.String(), "route=/api/v1/t/{tenant}/uploads/{token}")
	require.Contains(t, log.String(), "route=/api/v1/t/{tenant}/tickets/{number}")
	require.Contains(t, log.String(), "route=unknown")
	require.Contains(t, log.String(), "route=web")
}

func TestTheClientsAddressIsBelievedOfProxiesAlone(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
	tests := []struct{ remote, forwarded, want string }{
		{"192.0.2.1:99", "", "192.0.2.1"},
		{"192.0.2.1:99", "198.51.100.7", "192.0.2.1"},
		{"127.0.0.1:99", "198.51.100.7", "198.51.100.7"},
		{"127.0.0.1:99", "1.2.3.4, 198.51.100.7", "198.51.100.7"},
		{"127.0.0.1:99", "198.51.100.7, 10.1.1.1", "198.51.100.7"},
		{"127.0.0.1:99", "nonsense", "127.0.0.1"},
		{"127.0.0.1:99", "198.51.100.7, nonsense", "127.0.0.1"},
		{"[2001:db8::1:2:3]:99", "", "2001:db8::/64"},
		{"[::ffff:192.0.2.1]:99", "", "192.0.2.1"},
		{"[fe80::1%eth0]:99", "", "fe80::/64"},
	}
	for _, test := range tests {
		r := request(t, "GET", "/")
		r.RemoteAddr = test.remote
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-For", test.forwarded)
		}
		require.Equal(t, test.want, clientOf(r, proxies), test)
	}
}

type writeRequest struct {
	Conditional
	Keyed
}

func TestVersionsAndKeysOfWrites(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	var got writeRequest
	serve(s, route{method: "POST", path: "/api/write", status: 204}, func(_ context.Context, _ *call, in *writeRequest) (*nothing, error) {
		got = *in
		return &nothing{}, nil
	})
	for tag, want := range map[string]int64{
		"": 0, `"7"`: 7, "7": 7, "*": 0, `W/"8", "7"`: 7, `"a,b" ,, "7"`: 7,
		// None of these is a version's, so that the write is refused as stale.
		`W/"7"`: never, `"x"`: never, `"0"`: never, `"-1"`: never, `"99999999999999999999"`: never, `"7", "8"`: never, `""`: never,
	} {
		require.Equal(t, 204, send(t, s.router, http.MethodPost, "/api/write", "", header{"If-Match": tag}).Code, tag)
		require.Equal(t, want, got.version, tag)
		require.Equal(t, tag == "*", got.any)
	}
	for _, tag := range []string{`"`, `x`, `"7" "8"`, `"7", *`, `"7", 8`, `W/7`, `"a b"`, "-7"} {
		problemOf(t, send(t, s.router, http.MethodPost, "/api/write", "", header{"If-Match": tag}), 400, "if_match_malformed")
	}
	for _, key := range []string{"a", strings.Repeat("я", 200), "with space"} {
		require.Equal(t, 204, send(t, s.router, http.MethodPost, "/api/write", "", header{"Idempotency-Key": key}).Code, key)
		require.Equal(t, key, got.IdempotencyKey)
	}
	for _, key := range []string{strings.Repeat("a", 201), "tab\tin", "\xff", "\u200b"} {
		problemOf(t, send(t, s.router, http.MethodPost, "/api/write", "", header{"Idempotency-Key": key}), 422, "idempotency_key_invalid")
	}
	r := request(t, http.MethodPost, "/api/write", "Idempotency-Key", "")
	w := newRecorder()
	s.router.ServeHTTP(w, r)
	problemOf(t, w, 422, "idempotency_key_invalid")
}
