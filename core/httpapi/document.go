package httpapi

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/opora-desk/opora/core/desk"
)

const aboutAPI = "A helpdesk platform. Lists are {items, next}: pass next as after for the following page. Times are RFC 3339. " +
	"Texts are in the language of Accept-Language, Russian or English. Every error is a Problem; look at its code. " +
	"A body may have up to 256 KiB, 32 levels and numbers of 40 characters; members that are named twice or unknown are refused."

const aboutFiling = "Channel is api by default, portal with a cookie, phone for agents, who then name the requester. " +
	"Without a session only a form that is public; the answer then has follow, a bearer for reading this ticket alone. " +
	"The same Idempotency-Key with the same body gives the same ticket as it is now."

const aboutLists = "Those changed last first. order=created|deadline|priority is over what is not done: category must then name " +
	"categories without done (422 order_needs_open). deadline: the soonest first, none last; priority: the highest first, within it by " +
	"deadline; created: the newest first, or with direction=asc the oldest. With q the found ones come newest first, whatever the order."

const aboutComments = "then, of a public comment of an agent: absent, the system's trigger decides; keep leaves the status; " +
	"close makes the transition marked answers; or the key of a transition, with fields for its resolution. " +
	"text may be empty with attachments."

const aboutStream = "Server-sent events: event ticket with {number, seq, kind}; event reset when the reader must connect anew and " +
	"read what it shows again; comments as signs of life. An event says that something happened, not what."

// identifier is how an id is described.
type identifier struct{}

// Schema is a string of format uuid.
func (identifier) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
}

func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: "sessions", Description: "Signing in and out"},
		{Name: "people"},
		{Name: "desks", Description: "What a desk offers"},
		{Name: "tickets"},
		{Name: "files"},
		{Name: "administration", Description: "What administrators of a desk set and see"},
		{Name: "operator", Description: "The installation: configuration and counts, never a ticket's contents"},
		{Name: "system"},
	}
}

// Names of the security schemes.
const (
	byBearer         = "bearer"
	byCookie         = "cookie"
	byOperatorCookie = "operator_cookie"
)

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		byBearer:         {Type: "http", Scheme: "bearer", Description: "The token of a session, for programs"},
		byCookie:         {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "For browsers; HttpOnly, SameSite=Lax"},
		byOperatorCookie: {Type: "apiKey", In: "cookie", Name: operatorCookie, Description: "For operators' browsers"},
	}
}

func securityOf(who access) []map[string][]string {
	switch who {
	case nobody:
	case anyone:
		return []map[string][]string{{}, {byBearer: {}}, {byCookie: {}}}
	case follower, member:
		return []map[string][]string{{byBearer: {}}, {byCookie: {}}}
	case installer:
		return []map[string][]string{{byBearer: {}}, {byOperatorCookie: {}}}
	}
	return []map[string][]string{}
}

func statusText(status int) string { return strconv.Itoa(status) }

func pathParam(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Required: true, Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
}

var binary = &huma.Schema{Type: huma.TypeString, Format: "binary"}

func attachmentResponse(s *server) *huma.Response {
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[desk.AttachmentView](), true, "")
	return &huma.Response{Description: http.StatusText(http.StatusCreated), Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}

func documentUploadFile(s *server) func(*huma.Operation) {
	return func(op *huma.Operation) {
		op.Parameters = []*huma.Param{pathParam("tenant", "Slug of the tenant"), pathParam("desk", "Slug of the desk")}
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Properties: map[string]*huma.Schema{"file": binary}, Required: []string{"file"},
		}}}}
		op.Responses["201"] = attachmentResponse(s)
	}
}

func documentPutUpload(s *server) func(*huma.Operation) {
	return func(op *huma.Operation) {
		op.Parameters = []*huma.Param{
			pathParam("tenant", "Slug of the tenant"), pathParam("token", "From the link; good once"),
			{Name: "name", In: "query", Description: "Name of the file", Schema: &huma.Schema{Type: huma.TypeString}},
		}
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: binary}}}
		op.Responses["201"] = attachmentResponse(s)
	}
}

func documentDownloadFile(op *huma.Operation) {
	op.Parameters = []*huma.Param{pathParam("tenant", "Slug of the tenant"), pathParam("id", "Id of the file")}
	op.Parameters[1].Schema.Format = "uuid"
	op.Responses["200"] = &huma.Response{
		Description: "The bytes; images to be shown, everything else to be saved",
		Content:     map[string]*huma.MediaType{"application/octet-stream": {Schema: binary}},
		Headers:     map[string]*huma.Param{"Content-Disposition": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
}

func documentStream(s *server) func(*huma.Operation) {
	return func(op *huma.Operation) {
		op.Parameters = []*huma.Param{pathParam("tenant", "Slug of the tenant")}
		schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[desk.StreamView](), true, "")
		op.Responses["200"] = &huma.Response{
			Description: "Events; data of the event ticket is the schema given here",
			Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: schema}},
		}
	}
}

func documentMetrics(op *huma.Operation) {
	op.Responses["200"] = &huma.Response{
		Description: "Prometheus text format",
		Content:     map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
}

func documentDocument(op *huma.Operation) {
	op.Responses["200"] = &huma.Response{
		Description: "OpenAPI 3.1",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}},
	}
}

// nullableObjects lets members be null that are a pointer in Go and never left out; huma has no way to
// say it of an object.
func nullableObjects(doc *huma.OpenAPI) {
	registry := doc.Components.Schemas
	for name, schema := range registry.Map() {
		t := registry.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for i := range t.NumField() {
			field := t.Field(i)
			member, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			property := schema.Properties[member]
			if field.Type.Kind() == reflect.Pointer && property != nil && property.Ref != "" && options == "" {
				schema.Properties[member] = &huma.Schema{
					Description: property.Description,
					OneOf:       []*huma.Schema{{Ref: property.Ref}, {Type: "null"}},
				}
			}
		}
	}
}

// arraysAreNeverNull undoes huma's default for answers: our lists are empty, not null.
func arraysAreNeverNull(doc *huma.OpenAPI) {
	for _, schema := range doc.Components.Schemas.Map() {
		denull(schema)
	}
}

func denull(schema *huma.Schema) {
	if schema == nil {
		return
	}
	if schema.Type == huma.TypeArray {
		schema.Nullable = false
	}
	denull(schema.Items)
	if inner, ok := schema.AdditionalProperties.(*huma.Schema); ok {
		denull(inner)
	}
	for _, property := range schema.Properties {
		denull(property)
	}
}
