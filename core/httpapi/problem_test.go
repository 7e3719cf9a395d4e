package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
)

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

func failing(s *server, err error) {
	serve(s, route{method: "GET", path: "/api/fail"}, func(context.Context, *call, *nothing) (*nothing, error) { return nil, err })
}

func TestKindsBecomeStatuses(t *testing.T) {
	t.Parallel()
	tests := map[errs.Kind]int{
		errs.Malformed: 400, errs.Unauthenticated: 401, errs.Forbidden: 403, errs.NotFound: 404, errs.Conflict: 409, errs.Stale: 412,
		errs.TooLarge: 413, errs.Invalid: 422, errs.Unconditional: 428, errs.Limited: 429, errs.Unavailable: 503,
	}
	for kind, status := range tests {
		s, log := door(t)
		failing(s, fmt.Errorf("some use case: %w", &errs.Error{Kind: kind, Code: "session_needed", RetryAfter: 1500 * time.Millisecond}))
		w := send(t, s.router, http.MethodGet, "/api/fail", "", nil)
		problemOf(t, w, status, "session_needed")
		require.Equal(t, status == 401, w.Header().Get("WWW-Authenticate") != "", status)
		if status == 429 || status == 503 {
			require.Equal(t, "2", w.Header().Get("Retry-After"))
		} else {
			require.Empty(t, w.Header().Get("Retry-After"))
		}
		require.NotContains(t, log.String(), "request failed")
	}
}

func TestADefectIsLoggedOnceAndToldToNobody(t *testing.T) {
	t.Parallel()
	for _, err := range []error{errors.New("broken " + canary), errs.Wrap(errs.Internal, "internal", errors.New("broken "+canary))} {
		s, log := door(t)
		failing(s, err)
		w := send(t, s.router, http.MethodGet, "/api/fail", "", header{"Accept-Language": "en"})
		p := problemOf(t, w, 500, "internal")
		require.NotContains(t, w.Body.String(), canary)
		require.Equal(t, 1, strings.Count(log.String(), canary))
		require.Contains(t, log.String(), p.RequestID)
	}
}

func TestAPanicIsAProblem(t *testing.T) {
	t.Parallel()
	s, log := door(t)
	serve(s, route{method: "GET", path: "/api/fail"}, func(context.Context, *call, *nothing) (*nothing, error) { panic("broken " + canary) })
	w := send(t, s.router, http.MethodGet, "/api/fail", "", nil)
	problemOf(t, w, 500, "internal")
	require.NotContains(t, w.Body.String(), canary)
	require.Contains(t, log.String(), "handler panicked")
}

func TestTimeThatRanOutIsUnavailable(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Limits.Request = 20 * time.Millisecond })
	serve(s, route{method: "GET", path: "/api/fail"}, func(ctx context.Context, _ *call, _ *nothing) (*nothing, error) {
		<-ctx.Done()
		return nil, fmt.Errorf("query: %w", ctx.Err())
	})
	w := send(t, s.router, http.MethodGet, "/api/fail", "", nil)
	problemOf(t, w, 503, "too_slow")
	require.NotEmpty(t, w.Header().Get("Retry-After"))
}

func TestProblemsSpeakTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	failing(s, errs.Problems([]errs.Problem{
		{Pointer: "/email", Code: "required"},
		{Pointer: "/title", Code: "own", Text: i18n.Text{RU: "Так нельзя", EN: "Not so"}},
	}))
	ru := problemOf(t, send(t, s.router, http.MethodGet, "/api/fail", "", nil), 422, "invalid_fields")
	en := problemOf(t, send(t, s.router, http.MethodGet, "/api/fail", "", header{"Accept-Language": "de, en;q=0.8"}), 422, "invalid_fields")
	require.Equal(t, "Так нельзя", ru.Errors[1].Message)
	require.Equal(t, "Not so", en.Errors[1].Message)
	require.Equal(t, i18n.Message(i18n.RU, "problem.required", nil), ru.Errors[0].Message)
	require.Equal(t, i18n.Message(i18n.EN, "problem.required", nil), en.Errors[0].Message)
	w := send(t, s.router, http.MethodGet, "/api/fail", "", header{"Accept-Language": strings.Repeat("x-", 5000)})
	require.Equal(t, "ru", w.Header().Get("Content-Language"))
}

type parameterRequest struct {
	listRequest
	Limit    int    `query:"limit" minimum:"1" maximum:"200"`
	Mine     bool   `query:"mine"`
	Category string `query:"category" enum:"new,open,waiting,done"`
	After    int64  `query:"after" minimum:"0"`
}

func TestParametersAreProblemsOfTheSameShape(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	serve(s, route{method: "GET", path: "/api/list"}, func(context.Context, *call, *parameterRequest) (*nothing, error) { return &nothing{}, nil })
	for query, want := range map[string]ProblemField{
		"limit=0":             {Pointer: "/limit", Code: "invalid_value"},
		"limit=201":           {Pointer: "/limit", Code: "invalid_value"},
		"limit=" + canary:     {Pointer: "/limit", Code: "invalid_value"},
		"mine=" + canary:      {Pointer: "/mine", Code: "invalid_value"},
		"category=" + canary:  {Pointer: "/category", Code: "invalid_value"},
		"after=-1":            {Pointer: "/after", Code: "invalid_value"},
		"expand=" + canary:    {Pointer: "/expand", Code: "unknown_parameter"},
		"limit=5&sort=secret": {Pointer: "/sort", Code: "unknown_parameter"},
		"limit=1&limit=2":     {Pointer: "/limit", Code: "repeated_parameter"},
		"limit=1&limit=1":     {Pointer: "/limit", Code: "repeated_parameter"},
		"mine=true&x&x":       {Pointer: "/x", Code: "repeated_parameter"},
	} {
		w := send(t, s.router, http.MethodGet, "/api/list?"+query, "", nil)
		p := problemOf(t, w, 422, "invalid_request")
		require.Len(t, p.Errors, 1, query)
		require.NotEmpty(t, p.Errors[0].Message)
		p.Errors[0].Message = ""
		require.Equal(t, want, p.Errors[0], query)
		require.NotContains(t, w.Body.String(), canary)
	}
	require.Equal(t, 204, send(t, s.router, http.MethodGet, "/api/list?limit=200&mine=true&category=done&after=3", "", nil).Code)
}

func TestWhatIsNotThereIsAProblem(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	problemOf(t, send(t, s.router, http.MethodGet, "/api/v1/nothing", "", nil), 404, "route_not_found")
	problemOf(t, send(t, s.router, http.MethodGet, "/", "", nil), 404, "route_not_found")
	for _, target := range []string{"/api", "/api/", "/api/v2/t/minzdrav/desks", "/api/v1/t/minzdrav/desks/", "/api/v1/t/minzdrav/tickets/ACC-18/x"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete, http.MethodOptions, "INVENTED"} {
			w := send(t, s.router, method, target, "", nil)
			require.Contains(t, []int{404, 405}, w.Code, method+" "+target)
			problemOf(t, w, w.Code, map[int]string{404: "route_not_found", 405: "method_not_allowed"}[w.Code])
		}
	}
	w := send(t, s.router, http.MethodPut, "/api/v1/t/minzdrav/tickets/ACC-18", "", nil)
	problemOf(t, w, 405, "method_not_allowed")
	require.Equal(t, []string{"GET", "HEAD", "PATCH"}, w.Header().Values("Allow"))
	for _, target := range []string{"/api/v1/t/a%00b/desks", "/api/v1/t/a%ff/desks", "/api/v1/t/a/desks?q=%00", "/api/v1/t/a/desks?q=%zz"} {
		problemOf(t, send(t, s.router, http.MethodGet, target, "", nil), 400, "malformed_url")
	}
	problemOf(t, send(t, s.router, http.MethodGet, documentPath+"?a=1;b=2", "", nil), 400, "malformed_url")
}

func TestAnAddressWithTooManySlashesIsTheAPIsToo(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) {
		o.Web = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	})
	for _, path := range []string{"//api/v1/openapi.json", "/api//v1/openapi.json", "///api", "//healthz", "/./api/v1/x"} {
		r := request(t, http.MethodGet, "/")
		r.URL.Path = path
		w := newRecorder()
		s.router.ServeHTTP(w, r)
		problemOf(t, w, 404, "route_not_found")
	}
	require.Equal(t, http.StatusTeapot, send(t, s.router, http.MethodGet, "/t/api/", "", nil).Code)
}

// others are the codes whose texts the package that the error comes from has written.
var others = []string{"session_invalid", "version_stale", "file_not_found", "person_not_found", "upload_link_not_found"}

func TestEveryCodeHasAText(t *testing.T) {
	t.Parallel()
	made := regexp.MustCompile(`(?:errs\.New\(errs\.\w+, |errs\.Wrap\(errs\.\w+, |withStatus\([\w.]+, |Code: |code: )"([a-z_]+)"|by\(l\.\w+, "([a-z_]+)"\)`)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range made.FindAllStringSubmatch(string(source), -1) {
			seen[found[1]+found[2]] = true
		}
	}
	for _, code := range others {
		require.True(t, seen[code], "%s is no longer made here", code)
		delete(seen, code)
	}
	require.Greater(t, len(seen), 25)
	for code := range seen {
		for _, l := range i18n.Langs() {
			asError := i18n.Message(l, "error."+code, nil) != "error."+code
			asProblem := i18n.Message(l, "problem."+code, map[string]any{"expected": "string"}) != "problem."+code
			counted := i18n.Message(l, "problem."+code, map[string]any{"count": 1}) != "problem."+code
			require.True(t, asError || asProblem || counted, "%s has no text in %s", code, l)
		}
	}
}
