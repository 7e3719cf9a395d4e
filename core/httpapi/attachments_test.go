package httpapi

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

func formOf(t *testing.T, parts ...string) (body *bytes.Buffer, kind string) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for _, p := range parts {
		name, isFile := strings.CutPrefix(p, "file:")
		if isFile {
			part, err := w.CreateFormFile("file", name)
			require.NoError(t, err)
			_, _ = part.Write([]byte("contents"))
			continue
		}
		require.NoError(t, w.WriteField(p, canary))
	}
	require.NoError(t, w.Close())
	return body, w.FormDataContentType()
}

func TestAnUploadIsOneFile(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	post := func(body io.Reader, kind string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/t/a/desks/b/attachments", body)
		r.Header.Set("Content-Type", kind)
		w := newRecorder()
		s.begin(http.HandlerFunc(s.uploadFile)).ServeHTTP(w, r)
		return w
	}
	none, kind := formOf(t)
	problemOf(t, post(none, kind), 422, "file_needed")
	field, kind := formOf(t, "desk")
	w := post(field, kind)
	problemOf(t, w, 422, "unexpected_part")
	require.NotContains(t, w.Body.String(), canary)
	problemOf(t, post(strings.NewReader("bytes"), "application/octet-stream"), 415, "multipart_needed")
	problemOf(t, post(strings.NewReader("bytes"), "multipart/form-data"), 415, "multipart_needed")
	problemOf(t, post(strings.NewReader("--x\r\nContent-Disp"), "multipart/form-data; boundary=x"), 422, "file_needed")
	require.Empty(t, s.gates.uploads.by)
}

func TestWhatFollowsTheFileIsRefused(t *testing.T) {
	t.Parallel()
	for _, parts := range [][]string{{"file:a.txt"}, {"file:a.txt", "file:b.txt"}, {"file:a.txt", "field"}} {
		body, kind := formOf(t, parts...)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", body)
		r.Header.Set("Content-Type", kind)
		reader, err := r.MultipartReader()
		require.NoError(t, err)
		_, err = reader.NextPart()
		require.NoError(t, err)
		err = lastPart(reader)
		if len(parts) == 1 {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, errUnexpectedPart)
	}
}

func TestNamesOfFilesCannotLeaveTheirHeader(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"отчёт за март.pdf", `a";filename="b.exe`, "a\r\nSet-Cookie: x=y.txt", `back\slash.txt`, "100% ready.txt", "ascii.txt", "\u202egnp.exe",
	} {
		written := "attachment; " + fileNames(name)
		require.NotContains(t, written, "\r")
		require.NotContains(t, written, "\n")
		kind, params, err := mime.ParseMediaType(written)
		require.NoError(t, err, written)
		require.Equal(t, "attachment", kind)
		require.Equal(t, name, params["filename"])
		require.Len(t, params, 1)
	}
	require.Equal(t, "ab_", cleanName("a\x00b\xff"))
}

func TestFilesArePlacedByTheirPath(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	w := send(t, s.router, http.MethodPut, "/api/v1/t/a/uploads/"+strings.Repeat("x", maxToken+1), "bytes", nil)
	require.Equal(t, 404, w.Code)
	require.Contains(t, w.Body.String(), "upload_link_not_found")
	r := request(t, http.MethodGet, "/api/v1/t/a/attachments/../../etc")
	w = newRecorder()
	s.begin(http.HandlerFunc(s.downloadFile)).ServeHTTP(w, r)
	require.Equal(t, 404, w.Code)
	require.Contains(t, w.Body.String(), "file_not_found")
}

// served runs the door behind a real connection, for what a recorder does not have.
func served(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// trickle sends the head of a request and only a part of its body, and returns the status line.
func trickle(t *testing.T, address, head, part string) string {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(conn, head+" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"+part)
	require.NoError(t, err)
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	line, _, _ := strings.Cut(string(answer), "\r\n")
	return line
}

func TestWhoSendsTooSlowlyIsCutOff(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Limits.Body, o.Limits.Idle = 100*time.Millisecond, 100*time.Millisecond })
	address := served(t, s.router)
	require.Equal(t, "HTTP/1.1 408 Request Timeout", trickle(t, address, "POST "+signInPath, `{"email":`))
	raw(s, route{method: "PUT", path: "/api/put", id: "put", what: upload, tag: "test"}, func(w http.ResponseWriter, r *http.Request) {
		s.receive(w, r, "me", func(body io.Reader) (desk.AttachmentView, error) {
			_, err := io.Copy(io.Discard, body)
			return desk.AttachmentView{}, cutOff(err, nil)
		})
	}, documentMetrics)
	require.Equal(t, "HTTP/1.1 408 Request Timeout", trickle(t, address, "PUT /api/put", "begin"))
}

func TestALongUseCaseOutlivesTheTimeOfItsBody(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Limits.Body = 50 * time.Millisecond })
	serve(s, route{method: "POST", path: "/api/test", what: jsonMaybe, status: 200},
		func(ctx context.Context, _ *call, in *echoRequest) (*answer[linkBody], error) {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(200 * time.Millisecond):
				return answered(in.Body.value, nil)
			}
		})
	address := served(t, s.router)
	for _, body := range []string{`{"note":"n"}`, ""} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/api/test", strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, 200, answer.StatusCode)
	}
}

func TestARefusedUploadIsStillAnswered(t *testing.T) {
	t.Parallel()
	s, _ := door(t)
	raw(s, route{method: "PUT", path: "/api/put", id: "put", what: upload, tag: "test"}, func(w http.ResponseWriter, r *http.Request) {
		s.receive(w, r, "me", func(io.Reader) (desk.AttachmentView, error) {
			return desk.AttachmentView{}, errs.New(errs.TooLarge, "body_too_large", "").With("max", 1)
		})
	}, documentMetrics)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+served(t, s.router)+"/api/put", bytes.NewReader(make([]byte, 8<<20)))
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, 413, answer.StatusCode)
}

func TestAFileMayTakeLongWhileItMovesOn(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(o *Options) { o.Limits.Idle = 1500 * time.Millisecond })
	raw(s, route{method: "PUT", path: "/api/put", id: "put", what: upload, tag: "test"}, func(w http.ResponseWriter, r *http.Request) {
		s.receive(w, r, "me", func(body io.Reader) (desk.AttachmentView, error) {
			n, err := io.Copy(io.Discard, body)
			return desk.AttachmentView{ID: ident.New(), Size: n}, cutOff(err, nil)
		})
	}, documentMetrics)
	in, out := io.Pipe()
	go func() {
		// Each piece comes long before the others would have had to, all of them only after that time.
		for range 10 {
			_, _ = out.Write([]byte("piece"))
			time.Sleep(200 * time.Millisecond)
		}
		_ = out.Close()
	}()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+served(t, s.router)+"/api/put", in)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, 201, answer.StatusCode, string(body))
	require.Contains(t, string(body), `"size":50`)
}
