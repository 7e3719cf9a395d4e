package httpapi

import (
	"context"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

const (
	viewsPath     = deskPath + "/views"
	templatesPath = deskPath + "/templates"
	presencePath  = ticketPath + "/presence"
)

// consoleRoutes are what the screens of who works a desk need beside the tickets.
func (s *server) consoleRoutes() {
	handle(s, route{
		method: "GET", path: viewsPath, id: "list-views", tag: "desks", who: member,
		summary: "Saved views of the desk's list: one's own and the shared ones", about: "For those who work the desk.",
	}, s.listViews)
	handle(s, route{
		method: "POST", path: viewsPath, id: "create-view", tag: "desks", who: member, status: 201,
		summary: "Save a view", about: "50 of one's own; shared ones, another 50, are made by administrators.", errors: []int{409},
	}, s.createView)
	handle(s, route{
		method: "PUT", path: viewsPath + "/{id}", id: "change-view", tag: "desks", who: member,
		summary: "Change a saved view", errors: []int{409},
	}, s.changeView)
	handle(s, route{
		method: "DELETE", path: viewsPath + "/{id}", id: "delete-view", tag: "desks", who: member, status: 204,
		summary: "Delete a saved view",
	}, s.deleteView)
	handle(s, route{
		method: "GET", path: templatesPath, id: "list-templates", tag: "desks", who: member,
		summary: "Answers kept for use, by title", about: "For those who work the desk.",
	}, s.listTemplates)
	handle(s, route{
		method: "POST", path: templatesPath, id: "create-template", tag: "desks", who: member, status: 201,
		summary: "Keep an answer", about: "By administrators; 200 a desk.", errors: []int{409},
	}, s.createTemplate)
	handle(s, route{
		method: "PUT", path: templatesPath + "/{id}", id: "change-template", tag: "desks", who: member,
		summary: "Change a kept answer", about: "By administrators.",
	}, s.changeTemplate)
	handle(s, route{
		method: "DELETE", path: templatesPath + "/{id}", id: "delete-template", tag: "desks", who: member, status: 204,
		summary: "Delete a kept answer", about: "By administrators.",
	}, s.deleteTemplate)
	handle(s, route{
		method: "PUT", path: presencePath, id: "report-presence", tag: "tickets", who: member, status: 200,
		summary: "Say that one has the ticket open, and see who else has",
		about:   "For those who work the desk: every 15 seconds; who was silent for 45 seconds is gone.",
	}, s.reportPresence)
	handle(s, route{
		method: "DELETE", path: presencePath, id: "end-presence", tag: "tickets", who: member, status: 204,
		summary: "Say that one has left the ticket",
	}, s.endPresence)
	handle(s, route{
		method: "GET", path: tenantRoot + "/people", id: "find-people", tag: "people", who: member,
		summary: "Find people of the tenant", errors: []int{422},
		about: "For those who work the desk: by the beginning of words of the name or the organisation, of the address, the phone " +
			"or the INN, or by the last digits of the phone. All that is written must be found. Ordered by name.",
	}, s.findPeople)
}

// InKept is a request below something that a desk keeps.
type InKept struct {
	InDesk
	ID string `path:"id" format:"uuid"`
}

// kept reads the id; what is none is not found. Errors: NotFound.
func (in InKept) kept(absent error) (ident.ID, error) {
	id, err := ident.Parse(in.ID)
	if err != nil {
		return id, absent
	}
	return id, nil
}

var (
	errNoView     = errs.New(errs.NotFound, "view_not_found", "not an id")
	errNoTemplate = errs.New(errs.NotFound, "template_not_found", "not an id")
)

type viewBody struct {
	Title  string `json:"title" maxLength:"200"`
	Query  string `json:"query" maxLength:"1000" doc:"Parameters of GET tickets as a query string, without desk, after and limit"`
	Shared bool   `json:"shared,omitempty" doc:"By administrators: for everyone who works the desk"`
}

func (b viewBody) input() desk.SavedViewInput {
	return desk.SavedViewInput{Title: b.Title, Query: b.Query, Shared: b.Shared}
}

type viewRequest struct {
	InDesk
	Body Payload[viewBody]
}

type viewChange struct {
	InKept
	Body Payload[viewBody]
}

func (s *server) listViews(ctx context.Context, c *call, in *InDesk) (*items[desk.SavedView], error) {
	return listed(s.desk.SavedViews(ctx, c.actor, in.Desk))
}

func (s *server) createView(ctx context.Context, c *call, in *viewRequest) (*answer[desk.SavedView], error) {
	return answered(s.desk.CreateView(ctx, c.actor, in.Desk, in.Body.value.input()))
}

func (s *server) changeView(ctx context.Context, c *call, in *viewChange) (*answer[desk.SavedView], error) {
	id, err := in.kept(errNoView)
	if err != nil {
		return nil, err
	}
	return answered(s.desk.ChangeView(ctx, c.actor, in.Desk, id, in.Body.value.input()))
}

func (s *server) deleteView(ctx context.Context, c *call, in *InKept) (*nothing, error) {
	id, err := in.kept(errNoView)
	if err != nil {
		return nil, err
	}
	return done(s.desk.DeleteView(ctx, c.actor, in.Desk, id))
}

// done answers a write that has nothing to show.
func done(err error) (*nothing, error) {
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}

type templateBody struct {
	Title      string `json:"title" maxLength:"200"`
	Text       string `json:"text" maxLength:"10000" doc:"May have {number}, {subject}, {requester}, {agent}, {desk}, {status}, {deadline}"`
	Transition string `json:"transition,omitempty" maxLength:"64" doc:"Key of the transition to make with the answer"`
	Visibility string `json:"visibility" enum:"public,internal"`
}

func (b templateBody) input() desk.TemplateInput {
	return desk.TemplateInput{Title: b.Title, Text: b.Text, Transition: b.Transition, Internal: b.Visibility == "internal"}
}

type templateRequest struct {
	InDesk
	Body Payload[templateBody]
}

type templateChange struct {
	InKept
	Body Payload[templateBody]
}

func (s *server) listTemplates(ctx context.Context, c *call, in *InDesk) (*items[desk.TemplateView], error) {
	return listed(s.desk.Templates(ctx, c.actor, in.Desk))
}

func (s *server) createTemplate(ctx context.Context, c *call, in *templateRequest) (*answer[desk.TemplateView], error) {
	return answered(s.desk.CreateTemplate(ctx, c.actor, in.Desk, in.Body.value.input()))
}

func (s *server) changeTemplate(ctx context.Context, c *call, in *templateChange) (*answer[desk.TemplateView], error) {
	id, err := in.kept(errNoTemplate)
	if err != nil {
		return nil, err
	}
	return answered(s.desk.ChangeTemplate(ctx, c.actor, in.Desk, id, in.Body.value.input()))
}

func (s *server) deleteTemplate(ctx context.Context, c *call, in *InKept) (*nothing, error) {
	id, err := in.kept(errNoTemplate)
	if err != nil {
		return nil, err
	}
	return done(s.desk.DeleteTemplate(ctx, c.actor, in.Desk, id))
}

type presenceBody struct {
	Writing bool `json:"writing" doc:"An answer or a note is being written"`
}

type presenceRequest struct {
	InTicket
	Body Payload[presenceBody]
}

func (s *server) reportPresence(ctx context.Context, c *call, in *presenceRequest) (*answer[desk.PresenceView], error) {
	return answered(s.desk.ReportPresence(ctx, c.actor, in.Number, in.Body.value.Writing))
}

func (s *server) endPresence(ctx context.Context, c *call, in *InTicket) (*nothing, error) {
	return done(s.desk.EndPresence(ctx, c.actor, in.Number))
}

type peopleRequest struct {
	InTenant
	Desk  string `query:"desk" required:"true" doc:"Slug of a desk that one works" maxLength:"64"`
	Query string `query:"q" doc:"At least two letters or digits" maxLength:"300"`
	Limit int    `query:"limit" minimum:"1" maximum:"20" doc:"20 by default"`
}

func (s *server) findPeople(ctx context.Context, c *call, in *peopleRequest) (*items[desk.FoundPersonView], error) {
	return listed(s.desk.FindPeople(ctx, c.actor, in.Desk, in.Query, in.Limit))
}
