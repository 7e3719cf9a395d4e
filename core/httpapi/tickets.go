package httpapi

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
)

// InTicket is a request below a ticket.
type InTicket struct {
	InTenant
	Number string `path:"number" doc:"Number of the ticket" example:"ACC-10429"`
}

func (i *InTicket) ticket() string { return i.Number }

type ticketAnswer struct {
	ETag string `header:"ETag" doc:"The version, for If-Match"`
	Body desk.TicketView
}

func ticketOf(view desk.TicketView, err error) (*ticketAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &ticketAnswer{ETag: etag(view.Version), Body: view}, nil
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

type fileRequest struct {
	InTenant
	Keyed
	Body Payload[ticketBody]
}

type ticketBody struct {
	Desk        string          `json:"desk" maxLength:"64"`
	Form        string          `json:"form" maxLength:"64"`
	Fields      json.RawMessage `json:"fields"`
	Attachments []ident.ID      `json:"attachments,omitempty" maxItems:"1000" doc:"Ids of uploaded files"`
	Channel     string          `json:"channel,omitempty" maxLength:"64" doc:"portal, api or phone; the door's own by default"`
	Requester   *requesterBody  `json:"requester,omitempty" doc:"Whom an agent files for on the phone"`
}

type requesterBody struct {
	ID           ident.ID `json:"id,omitempty" doc:"A known person; then nothing else is given"`
	Name         string   `json:"name,omitempty" maxLength:"300"`
	Email        string   `json:"email,omitempty" maxLength:"254"`
	Phone        string   `json:"phone,omitempty" maxLength:"64"`
	INN          string   `json:"inn,omitempty" maxLength:"12"`
	Organisation string   `json:"organisation,omitempty" maxLength:"500"`
}

func (r *requesterBody) input() *desk.RequesterInput {
	if r == nil {
		return nil
	}
	return &desk.RequesterInput{ID: r.ID, Name: r.Name, Email: r.Email, Phone: r.Phone, INN: r.INN, Organisation: r.Organisation}
}

type filedAnswer struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag" doc:"The version, for If-Match"`
	Body     desk.TicketView
}

func (s *server) fileTicket(ctx context.Context, c *call, in *fileRequest) (*filedAnswer, error) {
	if err := in.secret(c); err != nil {
		return nil, err
	}
	giveBack, err := s.filing(c)
	if err != nil {
		return nil, err
	}
	body := in.Body.value
	input := desk.SubmitInput{
		Desk: body.Desk, Form: body.Form, Fields: body.Fields, Attachments: body.Attachments, Channel: api.Channel(body.Channel),
		Requester: body.Requester.input(), IdempotencyKey: in.IdempotencyKey, BodyDigest: c.digest,
	}
	view, err := s.desk.Submit(ctx, c.actor, input)
	if err != nil {
		giveBack()
		return nil, err
	}
	return &filedAnswer{
		Location: tenantPath(url.PathEscape(in.Tenant)) + "/tickets/" + url.PathEscape(view.Number),
		ETag:     etag(view.Version), Body: view,
	}, nil
}

// filing counts a ticket that is about to be filed. Tries count too, in rates of their own (those of a
// session before it is looked up): a refused form costs the rules' time as well.
func (s *server) filing(c *call) (giveBack func(), err error) {
	if c.session() {
		return s.gates.filing.take(c.who())
	}
	if _, err := s.gates.tryingAnonymous.take(c.client); err != nil {
		return nil, err
	}
	one, err := s.gates.filingAnonymous.take(c.client)
	if err != nil {
		return nil, err
	}
	all, err := s.gates.filingAnonymousAll.take("")
	if err != nil {
		one()
		return nil, err
	}
	return func() { one(); all() }, nil
}

type listRequest struct {
	InTenant
	Desk         string `query:"desk" doc:"Slug of a desk" maxLength:"64"`
	Status       string `query:"status" doc:"Keys of statuses, with commas between" maxLength:"1000"`
	Category     string `query:"category" doc:"new, open, waiting, done, with commas between" maxLength:"64"`
	Queue        string `query:"queue" doc:"Key of a queue" maxLength:"64"`
	Line         string `query:"line" doc:"Key of a line" maxLength:"64"`
	Assignee     string `query:"assignee" doc:"Id of an agent, me or none" maxLength:"64"`
	Requester    string `query:"requester" doc:"Id of a person, for who works the desk" maxLength:"64"`
	Mine         bool   `query:"mine" doc:"Only those that I filed"`
	Unread       bool   `query:"unread" doc:"Only those with something that I have not read"`
	Organisation string `query:"organisation" doc:"Id or INN" maxLength:"64"`
	Query        string `query:"q" doc:"Words, or a number" maxLength:"300"`
	Order        string `query:"order" enum:"updated,created,deadline,priority" doc:"updated by default; the others over what is not done"`
	Direction    string `query:"direction" enum:"asc,desc" doc:"The order's own by default; only created has both"`
	Columns      string `query:"columns" doc:"Up to 6 JSON pointers of the forms' fields, with commas between; with desk, for who works it" maxLength:"1000"`
	After        string `query:"after" doc:"Cursor: next of the page before" maxLength:"1000"`
	Limit        int    `query:"limit" minimum:"1" maximum:"200" doc:"50 by default"`
}

func (s *server) listTickets(ctx context.Context, c *call, in *listRequest) (*items[desk.ListItem], error) {
	if in.Query != "" {
		leave, err := s.gates.searches.enter(c.who())
		if err != nil {
			return nil, err
		}
		defer leave()
	}
	return listed(s.desk.List(ctx, c.actor, desk.ListInput{
		Desk: in.Desk, Status: desk.Separated(in.Status), Category: categories(in.Category), Queue: in.Queue, Line: in.Line,
		Assignee: in.Assignee, Requester: in.Requester, Mine: in.Mine, Unread: in.Unread, Organisation: in.Organisation, Query: in.Query,
		Order: in.Order, Direction: in.Direction, Columns: desk.Separated(in.Columns), After: in.After, Limit: in.Limit,
	}))
}

func categories(text string) []api.Category {
	var out []api.Category
	for _, one := range desk.Separated(text) {
		out = append(out, api.Category(one))
	}
	return out
}

func (s *server) getTicket(ctx context.Context, c *call, in *InTicket) (*ticketAnswer, error) {
	return ticketOf(s.desk.Ticket(ctx, c.actor, in.Number))
}

type eventsRequest struct {
	InTicket
	After int64 `query:"after" minimum:"0" doc:"Only events with a greater seq; next of the page before"`
	Limit int   `query:"limit" minimum:"1" maximum:"200" doc:"All that fit by default"`
}

func (s *server) listEvents(ctx context.Context, c *call, in *eventsRequest) (*items[desk.EventView], error) {
	return listed(s.desk.Events(ctx, c.actor, in.Number, in.After, in.Limit))
}

type ticketWrite struct {
	InTicket
	Conditional
}

func (s *server) markRead(ctx context.Context, c *call, in *ticketWrite) (*nothing, error) {
	if err := s.unchanged(ctx, c, in.Number, in.version); err != nil {
		return nil, err
	}
	if err := s.desk.MarkRead(ctx, c.actor, in.Number); err != nil {
		return nil, err
	}
	return &nothing{}, nil
}

func (s *server) listDuplicates(ctx context.Context, c *call, in *InTicket) (*items[desk.ListItem], error) {
	return listed(s.desk.Duplicates(ctx, c.actor, in.Number))
}

func (s *server) listDecisions(ctx context.Context, c *call, in *InTicket) (*items[desk.DecisionView], error) {
	return listed(s.desk.Decisions(ctx, c.actor, in.Number))
}
