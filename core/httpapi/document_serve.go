package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// apiDocument is the API's own, written once: as it is and packed.
type apiDocument struct {
	plain, packed []byte
	digest        string
}

func mustDocument(doc *huma.OpenAPI) apiDocument {
	arraysAreNeverNull(doc)
	nullableObjects(doc)
	raw, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic(fmt.Errorf("write OpenAPI document: %w", err))
	}
	raw = append(raw, '\n')
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err = z.Write(raw); err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(fmt.Errorf("pack OpenAPI document: %w", err))
	}
	sum := sha256.Sum256(raw)
	return apiDocument{plain: raw, packed: packed.Bytes(), digest: hex.EncodeToString(sum[:8])}
}

// serveDocument is a page among the others: who does not read it holds no place of those who are worked
// for.
func (s *server) serveDocument(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	leave, err := s.gates.pages.enter(c.client)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	defer leave()
	c.answer()
	h, content, tag := w.Header(), s.document.plain, s.document.digest
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		content, tag = s.document.packed, tag+"-gzip"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
