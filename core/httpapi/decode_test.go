package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
)

const signInPath = "/api/v1/t/minzdrav/sessions"

// canary stands in every bad body; no answer may repeat it.
const canary = "canary-7f3a"

func TestBodiesAreRefusedBeforeAUseCaseSeesThem(t *testing.T) {
	t.Parallel()
	s, log := door(t)
	long := strings.Repeat("9", 41)
	tests := map[string]struct {
		body    string
		headers header
		status  int
		code    string
	}{
		"none":              {"", nil, 400, "body_needed"},
		"form":              {"email=" + canary, header{"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"},
		"text":              {`{"email":"` + canary + `","password":"p"}`, header{"Content-Type": "text/plain"}, 415, "unsupported_media_type"},
		"no type":           {`{"email":"` + canary + `","password":"p"}`, header{"Content-Type": ""}, 415, "unsupported_media_type"},
		"other charset":     {`{}`, header{"Content-Type": "application/json; charset=windows-1251"}, 415, "unsupported_media_type"},
		"packed":            {`{}`, header{"Content-Encoding": "gzip"}, 415, "unsupported_media_type"},
		"merge of no patch": {`{}`, header{"Content-Type": "application/merge-patch+json"}, 415, "unsupported_media_type"},
		"not JSON":          {`{"email": ` + canary + `}`, nil, 400, "malformed_json"},
		"cut off":           {`{"email": "` + canary, nil, 400, "malformed_json"},
		"trailing":          {`{"email":"a","password":"b"} ` + canary, nil, 400, "malformed_json"},
		"mark of order":     {"\ufeff{}", nil, 400, "malformed_json"},
		"NUL":               {`{"email":"` + canary + `\u0000","password":"b"}`, nil, 400, "malformed_json"},
		"lone surrogate":    {`{"email":"\ud800","password":"b"}`, nil, 400, "malformed_json"},
		"invalid UTF-8":     {"{\"email\":\"\xff\",\"password\":\"b\"}", nil, 400, "malformed_json"},
		"named twice":       {`{"email":"` + canary + `","email":"b","password":"p"}`, nil, 400, "duplicate_key"},
		"9000 levels":       {strings.Repeat("[", 9000) + strings.Repeat("]", 9000), nil, 400, "json_too_deep"},
		"long number":       {`{"email":` + long + `}`, nil, 400, "number_too_long"},
		"huge exponent":     {`{"email":1e100000000}`, nil, 400, "number_too_long"},
		"large":             {`{"email":"` + strings.Repeat("a", maxBody) + `"}`, nil, 413, "body_too_large"},
		"a list":            {`[]`, nil, 422, "invalid_request"},
		"null":              {`null`, nil, 422, "invalid_request"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := send(t, s.router, http.MethodPost, signInPath, test.body, test.headers)
			problemOf(t, w, test.status, test.code)
			require.NotContains(t, w.Body.String(), canary)
			require.NotContains(t, w.Body.String(), long)
		})
	}
	t.Cleanup(func() { require.NotContains(t, log.String(), canary) })
}

func TestALieAboutTheLengthIsFoundOut(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, signInPath, strings.NewReader(strings.Repeat(" ", maxBody+10)))
	require.NoError(t, err)
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/json")
	w := newRecorder()
	s.router.ServeHTTP(w, r)
	problemOf(t, w, 413, "body_too_large")
}

func TestMembersOfABodyAreTheDocumentedOnes(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	tests := map[string]struct {
		body string
		want []ProblemField
	}{
		"missing":    {`{}`, []ProblemField{{Pointer: "/email", Code: "required"}, {Pointer: "/password", Code: "required"}}},
		"null":       {`{"email":null,"password":"p"}`, []ProblemField{{Pointer: "/email", Code: "required"}}},
		"wrong type": {`{"email":["` + canary + `"],"password":1}`, []ProblemField{{Pointer: "/email", Code: "type"}, {Pointer: "/password", Code: "type"}}},
		"unknown":    {`{"email":"a","password":"p","role":"` + canary + `","a/b":1}`, []ProblemField{{Pointer: "/a~1b", Code: "unknown_field"}, {Pointer: "/role", Code: "unknown_field"}}},
		"other case": {`{"EMAIL":"a","password":"p"}`, []ProblemField{{Pointer: "/EMAIL", Code: "unknown_field"}, {Pointer: "/email", Code: "required"}}},
		"too long":   {`{"email":"` + strings.Repeat("я", 255) + `","password":"p"}`, []ProblemField{{Pointer: "/email", Code: "too_long"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := send(t, s.router, http.MethodPost, signInPath, test.body, nil)
			p := problemOf(t, w, 422, "invalid_request")
			for i := range p.Errors {
				require.NotEmpty(t, p.Errors[i].Message)
				require.NotContains(t, p.Errors[i].Message, "problem.")
				p.Errors[i].Message = ""
			}
			require.Equal(t, test.want, p.Errors)
			require.NotContains(t, w.Body.String(), canary)
		})
	}
}

func decoded[T any](t *testing.T, body string) (T, []errs.Problem) {
	t.Helper()
	var p Payload[T]
	require.NoError(t, json.Unmarshal([]byte(body), &p))
	var e *errs.Error
	if p.err != nil {
		require.ErrorAs(t, p.err, &e)
		return p.value, e.Fields
	}
	return p.value, nil
}

func TestFieldsKeepTheirWriting(t *testing.T) {
	t.Parallel()
	got, problems := decoded[ticketBody](t, `{"desk":"a","form":"f","fields":{"n": 1.50, "big":12345678901234567890}}`)
	require.Empty(t, problems)
	require.Equal(t, `{"n": 1.50, "big":12345678901234567890}`, string(got.Fields), "byte by byte")
}

func TestNestedMembersAreChecked(t *testing.T) {
	t.Parallel()
	_, problems := decoded[ticketBody](t, `{"desk":"a","form":"f","fields":{},"attachments":["x"],"requester":{"id":"y","role":"z"}}`)
	require.Equal(t, []errs.Problem{
		{Pointer: "/attachments/0", Code: "invalid_value"},
		{Pointer: "/requester/id", Code: "invalid_value"},
		{Pointer: "/requester/role", Code: "unknown_field"},
	}, problems)
	got, problems := decoded[ticketBody](t, `{"desk":"a","form":"f","fields":{},"attachments":null,"requester":null}`)
	require.Empty(t, problems)
	require.Nil(t, got.Requester)
	_, problems = decoded[commentBody](t, `{"visibility":"secret"}`)
	require.Equal(t, []errs.Problem{{Pointer: "/visibility", Code: "enum"}}, problems)
}

func TestPatchTellsNullFromAbsent(t *testing.T) {
	t.Parallel()
	absent, problems := decoded[editBody](t, `{"priority":"high"}`)
	require.Empty(t, problems)
	in, err := absent.input()
	require.NoError(t, err)
	require.Nil(t, in.DeadlineAt)
	require.Nil(t, in.Queue)
	require.Equal(t, "high", *in.Priority)

	taken, problems := decoded[editBody](t, `{"deadline_at":null}`)
	require.Empty(t, problems)
	in, err = taken.input()
	require.NoError(t, err)
	require.NotNil(t, in.DeadlineAt)
	require.Nil(t, *in.DeadlineAt)

	set, problems := decoded[editBody](t, `{"deadline_at":"2026-03-05T12:00:00+03:00"}`)
	require.Empty(t, problems)
	in, err = set.input()
	require.NoError(t, err)
	require.Equal(t, "2026-03-05T09:00:00Z", (*in.DeadlineAt).UTC().Format("2006-01-02T15:04:05Z"))

	none, problems := decoded[editBody](t, `{"queue":null,"priority":null}`)
	require.Empty(t, problems)
	_, err = none.input()
	var e *errs.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, []errs.Problem{{Pointer: "/priority", Code: "required"}, {Pointer: "/queue", Code: "required"}}, e.Fields)

	_, problems = decoded[editBody](t, `{"deadline_at":"tomorrow","queue":1}`)
	require.Equal(t, []string{"/deadline_at", "/queue"}, []string{problems[0].Pointer, problems[1].Pointer})
	_, problems = decoded[assignBody](t, `{}`)
	require.Equal(t, []errs.Problem{{Pointer: "/assignee", Code: "required"}}, problems)
}

type echoRequest struct {
	Body Payload[linkBody]
}

func TestAMissingBodyCountsAsAnEmptyObjectWhereItMay(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	serve(s, route{method: "POST", path: "/api/test", what: jsonMaybe, status: 200},
		func(_ context.Context, _ *call, in *echoRequest) (*answer[linkBody], error) {
			return answered(in.Body.value, nil)
		})
	require.JSONEq(t, `{}`, send(t, s.router, http.MethodPost, "/api/test", "", nil).Body.String())
	require.JSONEq(t, `{"note":"n"}`, send(t, s.router, http.MethodPost, "/api/test", `{"note":"n"}`, nil).Body.String())
}

func TestTheDigestTellsBodiesAndAddressesApart(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	digests := map[string]string{}
	for _, id := range []string{"a", "b"} {
		serve(s, route{method: "POST", path: "/api/" + id, id: id, what: jsonBody, status: 200},
			func(_ context.Context, c *call, _ *echoRequest) (*answer[[]byte], error) {
				digests[id] = string(c.digest)
				return answered([]byte("{}"), nil)
			})
	}
	post := func(id, body string) string {
		require.Equal(t, 200, send(t, s.router, http.MethodPost, "/api/"+id, body, nil).Code)
		return digests[id]
	}
	one := post("a", `{"note":"1"}`)
	require.Len(t, one, 32)
	require.Equal(t, one, post("a", `{"note":"1"}`))
	require.NotEqual(t, one, post("a", `{"note":"2"}`))
	require.NotEqual(t, one, post("b", `{"note":"1"}`))
}
