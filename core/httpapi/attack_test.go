package httpapi

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/ident"
)

// kept are the files and bytes that count for a person and his tenant.
func (g *stage) kept() (files, bytes int64) {
	g.t.Helper()
	require.NoError(g.t, g.DB.InTx(g.t.Context(), g.Owner.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if files, err = attachment.CountUnused(ctx, tx, g.Owner.Tenant.ID, g.Owner.Person.ID); err != nil {
			return err
		}
		bytes, err = attachment.Usage(ctx, tx, g.Owner.Tenant.ID)
		return err
	}))
	return files, bytes
}

func TestARefusedUploadLeavesNothing(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	for _, size := range []int{1, 100, 5000, 1 << 20} {
		for _, second := range []string{"file", "field", "cut"} {
			body := &bytes.Buffer{}
			w := multipart.NewWriter(body)
			part, err := w.CreateFormFile("file", "a.txt")
			require.NoError(t, err)
			_, _ = io.WriteString(part, strings.Repeat("x", size))
			switch second {
			case "file":
				_, err = w.CreateFormFile("more", "b.txt")
			case "field":
				err = w.WriteField("more", canary)
			}
			require.NoError(t, err)
			want := http.StatusBadRequest
			if second != "cut" {
				require.NoError(t, w.Close())
				want = http.StatusUnprocessableEntity
			}
			answer := g.as(g.owner, http.MethodPost, "/desks/webtorgi/attachments", body.String(), "Content-Type", w.FormDataContentType())
			require.Equal(t, want, answer.Code, "%s %d: %s", second, size, answer.Body)
			if want == http.StatusUnprocessableEntity {
				require.Equal(t, "unexpected_part", codeOf(t, answer))
			}
			files, bytes := g.kept()
			require.Zero(t, files, "%s %d", second, size)
			require.Zero(t, bytes)
		}
	}
	require.Equal(t, 201, g.upload(g.owner, "a.txt").Code)
	files, bytes := g.kept()
	require.EqualValues(t, 1, files)
	require.EqualValues(t, len(contents), bytes)
}

func TestAnEditOfAnyVersionIsNeverStale(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	var all sync.WaitGroup
	for i := range 30 {
		all.Go(func() {
			priority := []string{"low", "high"}[i%2]
			w := g.as(g.first, http.MethodPatch, "/tickets/"+g.ticket, `{"priority":"`+priority+`"}`, "If-Match", "*")
			if w.Code != http.StatusOK {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	all.Wait()
	require.Equal(t, 428, g.as(g.first, http.MethodPatch, "/tickets/"+g.ticket, `{"priority":"high"}`).Code)
	require.Equal(t, 412, g.as(g.first, http.MethodPatch, "/tickets/"+g.ticket, `{"priority":"high"}`, "If-Match", `"1"`).Code)
}

func TestACallerWithoutASessionNeedsAKeyThatNobodyGuesses(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	file := func(key string) string {
		return codeOf(t, send(t, g.s.router, http.MethodPost, here+"/tickets", g.appeal(nil), header{"Idempotency-Key": key}))
	}
	require.Equal(t, "idempotency_key_short", file("1"))
	require.Equal(t, "idempotency_key_short", file(strings.Repeat("я", 15)))
	require.Equal(t, "session_needed", file(strings.Repeat("я", 16)), "the form is not public")
	require.Equal(t, "session_needed", file(ident.New().String()))
	require.Equal(t, 201, g.as(g.owner, http.MethodPost, "/tickets", g.appeal(nil), "Idempotency-Key", "1").Code)
}

func TestAnUnknownTenantIsNotThere(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	g.walk(func(id, method, path string) {
		if id == "put-upload" || id == "upload-file" {
			return
		}
		below := strings.NewReplacer("{number}", g.ticket, "{desk}", "webtorgi", "{form}", "appeal", "{id}", g.otherFile).Replace(path)
		body := g.bodies()[id]
		for _, token := range []string{"", g.owner} {
			h := header{"If-Match": `"1"`}
			if token != "" {
				h["Authorization"] = "Bearer " + token
			}
			w := send(t, g.s.router, method, "/api/v1/t/nowhere"+below, body, h)
			needsSession := w.Code == http.StatusUnauthorized && (token != "" || id != "list-desks" && id != "get-desk" && id != "get-form" && id != "check-form")
			require.True(t, w.Code == http.StatusNotFound || needsSession, "%s: %d %s", id, w.Code, w.Body)
			require.Equal(t, problemType, w.Header().Get("Content-Type"), id)
		}
	})
	for _, path := range []string{"/desks", "/desks/webtorgi", "/desks/webtorgi/forms/appeal"} {
		problemOf(t, send(t, g.s.router, http.MethodGet, "/api/v1/t/nowhere"+path, "", nil), 404, "tenant_not_found")
	}
	problemOf(t, send(t, g.s.router, http.MethodGet, "/api/v1/t//desks", "", nil), 404, "tenant_not_found")
	problemOf(t, send(t, g.s.router, http.MethodPost, "/api/v1/t/nowhere/desks/webtorgi/forms/appeal/check", `{"fields":{}}`, nil), 404, "tenant_not_found")
}

func TestHEADOfATicketAndAFile(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	address := "http://" + served(t, g.s.router)
	for path, status := range map[string]int{"/tickets/" + g.ticket: 200, "/tickets": 200, "/tickets/" + g.otherTicket: 404, "/stream": 200} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, address+here+path, nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+g.owner)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, status, answer.StatusCode, path)
		if path == "/tickets/"+g.ticket {
			require.Equal(t, `"1"`, answer.Header.Get("ETag"))
		}
	}
}
