package httpapi

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestDocumentIsTheGoldenOne(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	w := send(t, s.router, http.MethodGet, documentPath, "", nil)
	require.Equal(t, 200, w.Code)
	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		require.NoError(t, os.WriteFile(golden, w.Body.Bytes(), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), w.Body.String()), "run the test with -update and read what changed")
}

type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID string
		Summary     string
		Security    []map[string][]string
		Responses   map[string]struct {
			Content map[string]json.RawMessage
		}
		Parameters  []struct{ Name, In string }
		RequestBody *struct {
			Content map[string]json.RawMessage
		}
	}
	Components struct{ Schemas map[string]json.RawMessage }
}

func documentOf(t *testing.T, s *server) document {
	t.Helper()
	var d document
	require.NoError(t, json.Unmarshal(s.document.plain, &d))
	return d
}

func TestEveryRouteIsDocumentedAndEveryDocumentedRouteExists(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	d := documentOf(t, s)
	require.Equal(t, "3.1.0", d.OpenAPI)
	var routed, headed, documented []string
	require.NoError(t, chi.Walk(s.router, func(method, path string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodHead { // of every GET, and not documented apart
			headed = append(headed, http.MethodGet+" "+path)
			return nil
		}
		routed = append(routed, method+" "+path)
		return nil
	}))
	for path, methods := range d.Paths {
		for method, op := range methods {
			documented = append(documented, strings.ToUpper(method)+" "+path)
			require.NotEmpty(t, op.Summary, path)
			require.NotEmpty(t, op.OperationID, path)
			for _, part := range strings.Split(path, "/") {
				if name, ok := strings.CutPrefix(part, "{"); ok {
					require.Contains(t, op.Parameters, struct{ Name, In string }{strings.TrimSuffix(name, "}"), "path"}, path)
				}
			}
		}
	}
	require.ElementsMatch(t, routed, documented)
	require.Subset(t, documented, headed)
	require.Len(t, headed, strings.Count(strings.Join(documented, "\n"), http.MethodGet+" "))
	require.Greater(t, len(routed), 30)
}

// open are the only routes of the document that need no credentials.
var open = []string{
	"sign-in", "operator-sign-in", "list-desks", "get-desk", "get-form", "check-form", "file-ticket", "put-upload",
	"health", "ready", "metrics", "document",
}

func TestWhatTheDocumentSaysOfLoginsHolds(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	var found []string
	for path, methods := range documentOf(t, s).Paths {
		for method, op := range methods {
			optional := len(op.Security) == 0 || len(op.Security[0]) == 0
			if optional {
				found = append(found, op.OperationID)
				continue
			}
			target := strings.NewReplacer("{tenant}", "minzdrav", "{number}", "ACC-18", "{desk}", "accreditation", "{id}", "0", "{form}", "f").Replace(path)
			body := ""
			if method == "post" || method == "patch" {
				body = "not JSON"
			}
			w := send(t, s.router, strings.ToUpper(method), target, body, nil)
			problemOf(t, w, 401, "session_needed")
			require.Equal(t, `Bearer realm="opora"`, w.Header().Get("WWW-Authenticate"))
			require.Contains(t, op.Responses, "401", path)
			require.Contains(t, op.Responses["401"].Content, problemType)
		}
	}
	require.ElementsMatch(t, open, found)
}

func TestHumaBringsNothingAlong(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	require.NotContains(t, string(s.document.plain), "$schema")
	for name, schema := range documentOf(t, s).Components.Schemas {
		require.NotContains(t, string(schema), `"null"`+"\n"+`          ],`+"\n"+`          "type":"array"`, name)
	}
	w := send(t, s.router, http.MethodGet, healthPath, "", nil)
	require.JSONEq(t, `{"status":"ok"}`, w.Body.String())
	require.Empty(t, w.Header().Get("Link"))
	for _, path := range []string{"/docs", "/openapi.json", "/openapi.yaml", "/api/v1/openapi.yaml", "/schemas/Problem.json", "/api/v1/docs"} {
		require.Equal(t, 404, send(t, s.router, http.MethodGet, path, "", nil).Code, path)
	}
}
