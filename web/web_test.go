package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		"index.html":       {Data: []byte(`<meta name="csp-nonce" content="__CSP_NONCE__"><div id="root">`)},
		"assets/app-1a.js": {Data: []byte(strings.Repeat("console.log(1);", 200))},
		"favicon.svg":      {Data: []byte("<svg/>")},
		"assets/app.map":   {Data: []byte("{}")},
		".gitkeep":         {Data: nil},
	}
}

func get(t *testing.T, h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPagesHaveANonceOfTheirOwnAndAreNotCached(t *testing.T) {
	t.Parallel()
	h := handler(built())
	nonces := map[string]bool{}
	for _, target := range []string{"/", "/t/minzdrav/", "/t/minzdrav/desk/tickets/ACC-18", "/operator/"} {
		w := get(t, h, http.MethodGet, target)
		require.Equal(t, http.StatusOK, w.Code, target)
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		found := regexp.MustCompile(`content="([A-Za-z0-9_-]{24})"`).FindStringSubmatch(w.Body.String())
		require.NotNil(t, found, w.Body.String())
		require.Contains(t, w.Header().Get("Content-Security-Policy"), "style-src 'self' 'nonce-"+found[1]+"'")
		require.NotContains(t, w.Header().Get("Content-Security-Policy"), "unsafe")
		nonces[found[1]] = true
	}
	require.Len(t, nonces, 4)
}

func TestFilesAreServedFromTheBuildAlone(t *testing.T) {
	t.Parallel()
	h := handler(built())
	w := get(t, h, http.MethodGet, "/assets/app-1a.js")
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Header().Get("Cache-Control"), "immutable")
	require.Contains(t, w.Header().Get("Content-Type"), "javascript")
	require.Equal(t, "no-cache", get(t, h, http.MethodGet, "/favicon.svg").Header().Get("Cache-Control"))
	for _, target := range []string{"/assets/none.js", "/assets", "/.gitkeep", "/assets/app.map", "/../web.go", "/%2e%2e/web.go"} {
		require.Equal(t, http.StatusNotFound, get(t, h, http.MethodGet, target).Code, target)
	}
	require.Equal(t, http.StatusMethodNotAllowed, get(t, h, http.MethodPost, "/").Code)
}

func TestTextsArePackedForWhoTakesIt(t *testing.T) {
	t.Parallel()
	h := handler(built())
	w := get(t, h, http.MethodGet, "/assets/app-1a.js", "Accept-Encoding", "br, gzip")
	require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	z, err := gzip.NewReader(w.Body)
	require.NoError(t, err)
	plain, err := io.ReadAll(z)
	require.NoError(t, err)
	require.Equal(t, built()["assets/app-1a.js"].Data, plain)
	require.Empty(t, get(t, h, http.MethodGet, "/assets/app-1a.js").Header().Get("Content-Encoding"))
}

func TestWithoutABuildThePageSaysHowToMakeOne(t *testing.T) {
	t.Parallel()
	w := get(t, handler(fstest.MapFS{".gitkeep": {}}), http.MethodGet, "/t/minzdrav/")
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), "make web")
	require.Equal(t, http.StatusOK, get(t, Handler(), http.MethodGet, "/").Code)
}
