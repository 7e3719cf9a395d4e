package httpapi

import (
	"context"
	"encoding/json"

	"github.com/opora-desk/opora/core/desk"
)

// InDesk is a request below a desk.
type InDesk struct {
	InTenant
	Desk string `path:"desk" doc:"Slug of the desk"`
}

func (i *InDesk) desk() string { return i.Desk }

// InForm is a request below a form.
type InForm struct {
	InDesk
	Form string `path:"form" doc:"Key of the form"`
}

func (s *server) listDesks(ctx context.Context, c *call, _ *InTenant) (*items[desk.DeskView], error) {
	desks, err := s.desk.Desks(ctx, c.actor)
	return listed(desk.Page[desk.DeskView]{Items: desks}, err)
}

func (s *server) getDesk(ctx context.Context, c *call, in *InDesk) (*answer[desk.DeskView], error) {
	return answered(s.desk.Desk(ctx, c.actor, in.Desk))
}

func (s *server) countTickets(ctx context.Context, c *call, in *InDesk) (*items[desk.CountView], error) {
	return listed(s.desk.Counts(ctx, c.actor, in.Desk))
}

func (s *server) listAgents(ctx context.Context, c *call, in *InDesk) (*items[desk.AgentView], error) {
	return listed(s.desk.Agents(ctx, c.actor, in.Desk))
}

type formRequest struct {
	InForm
	Version int `query:"version" minimum:"1" maximum:"1000000" doc:"The form as an older ticket has it; the current one by default"`
}

func (s *server) getForm(ctx context.Context, c *call, in *formRequest) (*answer[desk.FormView], error) {
	if in.Version != 0 {
		return answered(s.desk.FormVersion(ctx, c.actor, in.Desk, in.Form, in.Version))
	}
	return answered(s.desk.Form(ctx, c.actor, in.Desk, in.Form))
}

type checkRequest struct {
	InForm
	Body Payload[checkBody]
}

type checkBody struct {
	Fields    json.RawMessage `json:"fields" doc:"What has been filled in so far"`
	Requester *requesterBody  `json:"requester,omitempty" doc:"Whom an agent fills it in for on the phone, as far as he is known"`
}

func (s *server) checkForm(ctx context.Context, c *call, in *checkRequest) (*answer[desk.CheckView], error) {
	if _, err := s.gates.checking.take(c.who()); err != nil {
		return nil, err
	}
	body := in.Body.value
	return answered(s.desk.Check(ctx, c.actor, desk.CheckInput{Desk: in.Desk, Form: in.Form, Fields: body.Fields, Requester: body.Requester.input()}))
}
