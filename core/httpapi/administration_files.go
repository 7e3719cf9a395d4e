package httpapi

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

// csvType is the content type of lists that come and go as files.
const csvType = "text/csv"

// importList reads the file whole before anything is opened in the database: a slow sender holds nothing.
func (s *server) importList(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	leave, err := s.gates.uploads.enter(c.who())
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	defer leave()
	dry, file, err := s.importRequest(w, r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	view, err := s.desk.ImportList(r.Context(), c.actor, param(r, "desk"), param(r, "list"), file, dry)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	raw, err := json.Marshal(view)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(raw, '\n'))
}

func (s *server) importRequest(w http.ResponseWriter, r *http.Request) (dry bool, file []byte, err error) {
	wrong := errs.New(errs.Invalid, "invalid_request", "parameters")
	for name, values := range r.URL.Query() {
		switch {
		case name != "dry_run":
			wrong.Fields = append(wrong.Fields, errs.Problem{Pointer: "/" + api.EscapeToken(name), Code: "unknown_parameter"})
		case values[0] != "true" && values[0] != "false":
			wrong.Fields = append(wrong.Fields, errs.Problem{Pointer: "/dry_run", Code: "invalid_value"})
		default:
			dry = values[0] == "true"
		}
	}
	if len(wrong.Fields) > 0 {
		return false, nil, wrong
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != csvType {
		return false, nil, withStatus(http.StatusUnsupportedMediaType, "csv_needed")
	}
	file, err = io.ReadAll(io.LimitReader(s.steady(w, r.Body), desk.MaxImportBytes+1))
	switch {
	case err != nil:
		return false, nil, cutOff(err, nil)
	case len(file) > desk.MaxImportBytes:
		return false, nil, errs.New(errs.TooLarge, "import_too_large", "file").With("megabytes", desk.MaxImportBytes>>20)
	}
	return dry, file, nil
}

// exportList streams a list; what fails half way breaks the connection off, so that a part is not taken
// for the whole.
func (s *server) exportList(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	leave, err := s.gates.downloads.enter(c.who())
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	defer leave()
	out := &begunWriter{w: s.steadyWriter(w)}
	h := w.Header()
	h.Set("Content-Type", csvType+"; charset=utf-8")
	h.Set("Content-Disposition", "attachment; "+fileNames(param(r, "desk")+"-"+param(r, "list")+".csv"))
	h.Set("Cache-Control", "private, no-store")
	err = s.desk.ExportList(r.Context(), c.actor, param(r, "desk"), param(r, "list"), out)
	switch {
	case err == nil:
	case out.begun:
		panic(http.ErrAbortHandler)
	case errors.Is(err, io.ErrShortWrite):
	default:
		h.Del("Cache-Control")
		s.refuse(w, r, err)
	}
}

// begunWriter knows whether something of the answer has been written.
type begunWriter struct {
	w     io.Writer
	begun bool
}

// Write writes.
func (b *begunWriter) Write(p []byte) (int, error) {
	b.begun = true
	return b.w.Write(p)
}

func listParams() []*huma.Param {
	return []*huma.Param{pathParam("tenant", "Slug of the tenant"), pathParam("desk", "Slug of the desk"), pathParam("list", "Key of the list")}
}

func documentImportList(s *server) func(*huma.Operation) {
	return func(op *huma.Operation) {
		op.Parameters = append(listParams(), &huma.Param{
			Name: "dry_run", In: "query", Description: "true: say what would happen, and change nothing", Schema: &huma.Schema{Type: huma.TypeBoolean},
		})
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{csvType: {Schema: &huma.Schema{Type: huma.TypeString}}}}
		schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[desk.ImportView](), true, "")
		op.Responses["200"] = &huma.Response{Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
	}
}

func documentExportList(op *huma.Operation) {
	op.Parameters = listParams()
	op.Responses["200"] = &huma.Response{
		Description: "UTF-8 with a byte order mark, semicolons, a header",
		Content:     map[string]*huma.MediaType{csvType: {Schema: &huma.Schema{Type: huma.TypeString}}},
		Headers:     map[string]*huma.Param{"Content-Disposition": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
}
