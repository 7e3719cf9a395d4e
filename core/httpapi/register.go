package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/opora-desk/opora/core/ident"
)

// access says who may call a route.
type access int

const (
	// nobody: credentials are not looked at.
	nobody access = iota
	// anyone: without a session too; credentials that are shown must hold.
	anyone
	// follower: a session, or the token of the one ticket.
	follower
	// member: a session of a person.
	member
	// installer: a session of an operator of the installation.
	installer
)

// traffic says what a request carries, and so how long it may take.
type traffic int

const (
	noBody traffic = iota
	jsonBody
	// jsonMaybe: a missing body is an empty object.
	jsonMaybe
	upload
	download
	live
)

// route is one line of the table in routes.go.
type route struct {
	method, path string
	// id names the operation in the document and in generated clients.
	id      string
	tag     string
	who     access
	what    traffic
	status  int
	summary string
	about   string
	// errors are the statuses beside those that follow from who and what.
	errors []int
}

// handle registers a handler whose request and answer are Go types: huma reads parameters, writes the
// answer and documents both.
func handle[I, O any](s *server, r route, h func(context.Context, *call, *I) (*O, error)) {
	if _, ok := reflect.TypeFor[I]().FieldByName("Body"); ok && r.what == noBody {
		r.what = jsonBody
	}
	s.byID[r.id] = r
	huma.Register(s.api, s.operation(r), func(ctx context.Context, in *I) (*O, error) {
		if err := s.choose(ctx, in); err != nil {
			return nil, refused(err)
		}
		out, err := h(ctx, callOf(ctx), in)
		if err != nil {
			return nil, refused(err)
		}
		return out, nil
	})
}

// raw registers a handler that reads or writes bytes itself; document completes what is written of it.
func raw(s *server, r route, h http.HandlerFunc, document func(*huma.Operation)) {
	op := s.operation(r)
	op.Responses = map[string]*huma.Response{}
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
	for _, status := range op.Errors {
		op.Responses[statusText(status)] = &huma.Response{
			Description: http.StatusText(status),
			Content:     map[string]*huma.MediaType{problemType: {Schema: schema}},
		}
	}
	document(&op)
	s.api.OpenAPI().AddOperation(&op)
	s.mount(r, h)
}

// operation is what the document says of every route of its sort.
func (s *server) operation(r route) huma.Operation {
	failures := []int{http.StatusBadRequest, http.StatusInternalServerError, http.StatusServiceUnavailable}
	switch r.who {
	case nobody:
	case anyone, follower, member, installer:
		failures = append(failures, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests)
	}
	switch r.what {
	case jsonBody, jsonMaybe:
		failures = append(failures, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
			http.StatusUnprocessableEntity, http.StatusTooManyRequests)
	case upload:
		failures = append(failures, http.StatusRequestTimeout)
	case noBody, download, live:
	}
	failures = append(failures, r.errors...)
	slices.Sort(failures)
	return huma.Operation{
		OperationID: r.id, Method: r.method, Path: r.path, Summary: r.summary, Description: r.about, Tags: []string{r.tag},
		DefaultStatus: r.status, Security: securityOf(r.who), Errors: slices.Compact(failures),
		// Bodies are checked by Payload; deadlines and sizes by our own middleware.
		SkipValidateBody: true, MaxBodyBytes: maxBody + 1, BodyReadTimeout: -1,
	}
}

// mounter is huma's way to our router.
type mounter struct{ s *server }

// Handle mounts an operation with the chain of its route.
func (m mounter) Handle(op *huma.Operation, handler func(huma.Context)) {
	m.s.mount(m.s.byID[op.OperationID], func(w http.ResponseWriter, r *http.Request) {
		handler(humachi.NewContext(op, r, w))
	})
}

// ServeHTTP is asked for by huma's interface.
func (m mounter) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.s.router.ServeHTTP(w, r) }

// mount puts a route's chain before its handler: time, then who calls, then the body, then a place. A body
// that trickles in holds no place of those who are worked for.
func (s *server) mount(r route, h http.HandlerFunc) {
	chain := s.single(h)
	json := r.what == jsonBody || r.what == jsonMaybe
	if json || r.what == noBody && !isProbe(r.path) { // how a full node is must be seen
		chain = s.admitted(chain)
		if r.who != nobody { // what needs no credentials has a small answer, or a gate of its own
			chain = s.counted(chain)
		}
	}
	if json {
		chain = s.bounded(r.what == jsonMaybe, chain)
	}
	switch r.who {
	case nobody:
	case anyone, follower, member:
		chain = s.authenticated(r.who, chain)
	case installer:
		chain = s.operated(chain)
	}
	chain = s.timed(r.what, chain)
	s.router.Method(r.method, r.path, chain)
	if r.method == http.MethodGet {
		s.router.Method(http.MethodHead, r.path, chain)
	}
}

// apiConfig is huma without what it brings by itself: no $schema members, no Link headers, no page
// that loads scripts from elsewhere, no second address of the document.
func apiConfig(version string, transformers ...huma.Transformer) huma.Config {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	registry.RegisterTypeAlias(reflect.TypeFor[ident.ID](), reflect.TypeFor[identifier]())
	format := huma.Format{Marshal: writeEncoded, Unmarshal: huma.DefaultJSONFormat.Unmarshal}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Opora", Version: version, Description: aboutAPI},
			Servers: []*huma.Server{{URL: "/"}},
			Tags:    tags(),
			Components: &huma.Components{
				Schemas:         registry,
				SecuritySchemes: securitySchemes(),
			},
		},
		Formats:                      map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 transformers,
	}
}
