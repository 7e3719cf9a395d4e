// Package web carries the screens in the program and serves them.
//
// It knows nothing of tickets: the screens speak to the API alone. Their source is web/app.
//
// Invariants:
//  1. A page runs only our own scripts: every answer has the policy, and each page a nonce of its own
//     for the styles that components insert.
//  2. The page is never cached, a file with a digest in its name always.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// dist is what `make web` builds; a clone without a build holds only a placeholder.
//
//go:embed all:app/dist
var dist embed.FS

// noncePlace stands in index.html where the nonce of a page belongs.
const noncePlace = "__CSP_NONCE__"

// policy is the Content-Security-Policy of every page, with the nonce for styles.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; img-src 'self' blob: data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Handler serves the screens: `/`, `/t/…` and `/operator/…` are the page, everything else a file of the
// build. It takes GET and HEAD only.
func Handler() http.Handler {
	built, err := fs.Sub(dist, "app/dist")
	if err != nil {
		panic(fmt.Errorf("open embedded screens: %w", err))
	}
	return handler(built)
}

func handler(built fs.FS) http.Handler {
	s := &screens{files: built, packed: pack(built)}
	page, err := fs.ReadFile(built, "index.html")
	if err != nil {
		page = []byte(notBuilt)
	}
	s.page = page
	return s
}

type screens struct {
	files fs.FS
	page  []byte
	// packed are the texts of the build in gzip, made once.
	packed map[string][]byte
}

// ServeHTTP answers one request for a page or a file.
func (s *screens) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	nonce := newNonce()
	h := w.Header()
	h.Set("Content-Security-Policy", fmt.Sprintf(policy, nonce))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	if isPage(r.URL.Path) {
		s.servePage(w, r, nonce)
		return
	}
	s.serveFile(w, r, strings.TrimPrefix(path.Clean(r.URL.Path), "/"))
}

func isPage(p string) bool {
	return p == "/" || p == "/index.html" || p == "/t" || strings.HasPrefix(p, "/t/") || p == "/operator" || strings.HasPrefix(p, "/operator/")
}

func (s *screens) servePage(w http.ResponseWriter, r *http.Request, nonce string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(bytes.ReplaceAll(s.page, []byte(noncePlace), []byte(nonce))))
}

func (s *screens) serveFile(w http.ResponseWriter, r *http.Request, name string) {
	content, err := fs.ReadFile(s.files, name)
	if err != nil || hidden(name) {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // names there hold a digest of the contents
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	h.Set("Content-Type", kind)
	h.Set("Vary", "Accept-Encoding")
	if packed, ok := s.packed[name]; ok && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		content = packed
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// hidden keeps what is no part of the screens from being served: the placeholder and source maps.
func hidden(name string) bool {
	return strings.HasPrefix(path.Base(name), ".") || strings.HasSuffix(name, ".map")
}

func newNonce() string {
	raw := make([]byte, 18)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func pack(built fs.FS) map[string][]byte {
	packed := map[string][]byte{}
	_ = fs.WalkDir(built, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || hidden(name) || !text(name) {
			return nil //nolint:nilerr // what cannot be read is served as it is
		}
		content, err := fs.ReadFile(built, name)
		if err != nil || len(content) < 1<<10 {
			return nil //nolint:nilerr // see above
		}
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		if _, err := z.Write(content); err != nil || z.Close() != nil {
			return nil //nolint:nilerr // see above
		}
		packed[name] = out.Bytes()
		return nil
	})
	return packed
}

func text(name string) bool {
	switch path.Ext(name) {
	case ".js", ".css", ".svg", ".json", ".txt":
		return true
	}
	return false
}

const notBuilt = `<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<title>Опора</title>
<h1>Опора</h1>
<p>Экраны ещё не собраны. Соберите их командой <code>make web</code> и запустите программу снова.</p>
<p lang="en">The screens are not built yet. Build them with <code>make web</code> and start the program again.</p>
<p>API: <a href="/api/v1/openapi.json">/api/v1/openapi.json</a></p>
</html>
`
