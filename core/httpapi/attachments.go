package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

// shown are the types that a browser may show; everything else is saved.
var shown = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

// uploadFile streams the one file of a multipart body into the desk; nothing of it is kept in memory.
func (s *server) uploadFile(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	s.receive(w, r, c.who(), func(body io.Reader) (desk.AttachmentView, error) {
		r.Body = io.NopCloser(body)
		parts, err := r.MultipartReader()
		if err != nil {
			return desk.AttachmentView{}, withStatus(http.StatusUnsupportedMediaType, "multipart_needed")
		}
		part, err := parts.NextPart()
		if err != nil {
			return desk.AttachmentView{}, cutOff(err, errs.New(errs.Invalid, "file_needed", "no part"))
		}
		name := part.FileName()
		if name == "" {
			return desk.AttachmentView{}, errUnexpectedPart
		}
		view, err := s.desk.Upload(r.Context(), c.actor, param(r, "desk"), cleanName(name), &onlyPart{part: part, of: parts})
		if err != nil {
			return view, cutOff(err, nil)
		}
		return view, nil
	})
}

// onlyPart is a part whose end is that of the whole body: nothing of a file is kept that something
// follows.
type onlyPart struct {
	part io.Reader
	of   *multipart.Reader
	end  error
}

// Read reads the part on.
func (p *onlyPart) Read(buffer []byte) (int, error) {
	if p.end != nil {
		return 0, p.end
	}
	n, err := p.part.Read(buffer)
	if errors.Is(err, io.EOF) {
		if refused := lastPart(p.of); refused != nil {
			err = refused
		}
		p.end = err
	}
	return n, err
}

var errUnexpectedPart = errs.New(errs.Invalid, "unexpected_part", "a part beside the one file")

func lastPart(parts *multipart.Reader) error {
	switch _, err := parts.NextPart(); {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil:
		return errUnexpectedPart
	default:
		return cutOff(err, nil)
	}
}

// cutOff gives an error of the connection its meaning; otherwise stands for a body that has simply ended.
func cutOff(err error, otherwise error) error {
	var e *errs.Error
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return withStatus(http.StatusRequestTimeout, "body_too_slow")
	case errors.As(err, &e) && e.Kind != errs.Internal:
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errs.Wrap(errs.Malformed, "body_cut_off", err)
	case otherwise != nil:
		return otherwise
	}
	return err
}

// putUpload streams the file that an upload link asks for.
func (s *server) putUpload(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	s.receive(w, r, c.client, func(body io.Reader) (desk.AttachmentView, error) {
		token := param(r, "token")
		if token == "" || len(token) > maxToken {
			return desk.AttachmentView{}, errs.New(errs.NotFound, "upload_link_not_found", "not a token")
		}
		name := r.URL.Query().Get("name")
		if name == "" {
			if _, params, err := mime.ParseMediaType(r.Header.Get("Content-Disposition")); err == nil {
				name = params["filename"]
			}
		}
		if name = cleanName(name); name == "" {
			name = "file"
		}
		view, err := s.desk.PutUpload(r.Context(), param(r, "tenant"), ident.Token(token), name, body, c.lang)
		if err != nil {
			return view, cutOff(err, nil)
		}
		return view, nil
	})
}

// receive runs an upload: few at once, moved on by progress, and answered even when it was refused half
// way.
func (s *server) receive(w http.ResponseWriter, r *http.Request, who string, take func(io.Reader) (desk.AttachmentView, error)) {
	leave, err := s.gates.uploads.enter(who)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	defer leave()
	body := s.steady(w, r.Body)
	view, err := take(body)
	if err != nil {
		// A browser that is still sending hears no answer: read on a little.
		body.until = body.now().Add(drainTime)
		_, _ = io.CopyN(io.Discard, body, drainBytes)
		s.refuse(w, r, err)
		return
	}
	raw, err := json.Marshal(view)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(append(raw, '\n'))
}

// What is read of a refused upload.
const (
	drainBytes = 32 << 20
	drainTime  = 10 * time.Second
)

// downloadFile streams a file so that a browser runs nothing of it.
func (s *server) downloadFile(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	id, err := ident.Parse(param(r, "id"))
	if err != nil {
		s.refuse(w, r, errs.New(errs.NotFound, "file_not_found", "not an id"))
		return
	}
	leave, err := s.gates.downloads.enter(c.who())
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	defer leave()
	view, bytes, err := s.desk.Attachment(r.Context(), c.actor, id)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	defer func() { _ = bytes.Close() }()
	h := w.Header()
	kind, disposition := "application/octet-stream", "attachment"
	if shown[view.ContentType] {
		kind, disposition = view.ContentType, "inline"
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", disposition+"; "+fileNames(view.Name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "private, no-store")
	out := s.steadyWriter(w)
	if seeker, ok := bytes.(io.ReadSeeker); ok {
		http.ServeContent(out, r, "", time.Time{}, seeker)
		return
	}
	h.Set("Content-Length", strconv.FormatInt(view.Size, 10))
	_, _ = io.Copy(out, bytes)
}

// fileNames writes a name for browsers (RFC 6266): in ASCII for the old, in UTF-8 for the others.
func fileNames(name string) string {
	var ascii, utf strings.Builder
	for _, r := range name {
		switch {
		case r == '"' || r == '\\' || r < ' ' || r == 0x7f:
			ascii.WriteByte('_')
		case r > 0x7f:
			ascii.WriteByte('_')
		default:
			ascii.WriteRune(r)
		}
	}
	for _, b := range []byte(name) {
		if isAttrChar(b) {
			utf.WriteByte(b)
			continue
		}
		utf.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(b)|0x100, 16)[1:]))
	}
	return `filename="` + ascii.String() + `"; filename*=UTF-8''` + utf.String()
}

// isAttrChar reports whether RFC 5987 lets a byte stand for itself.
func isAttrChar(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || strings.IndexByte("!#$&+-.^_`|~", b) >= 0
}

// cleanName takes out of a name what no text column holds; which names a desk accepts is its own rule.
func cleanName(name string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(name, "_"), "\x00", "")
}

// param is a part of the path, unescaped.
func param(r *http.Request, name string) string {
	value := chi.URLParam(r, name)
	if r.URL.RawPath == "" {
		return value
	}
	if plain, err := url.PathUnescape(value); err == nil {
		return plain
	}
	return value
}

type linkRequest struct {
	InTicket
	Conditional
	Body Payload[linkBody]
}

type linkBody struct {
	Note string `json:"note,omitempty" maxLength:"2000" doc:"What the file is"`
}

func (s *server) makeUploadLink(ctx context.Context, c *call, in *linkRequest) (*answer[desk.UploadLinkView], error) {
	if err := s.unchanged(ctx, c, in.Number, in.version); err != nil {
		return nil, err
	}
	return answered(s.desk.MakeUploadLink(ctx, c.actor, in.Number, in.Body.value.Note))
}
