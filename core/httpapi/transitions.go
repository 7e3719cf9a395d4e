package httpapi

import (
	"context"
	"encoding/json"
	"time"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

func (s *server) listTransitions(ctx context.Context, c *call, in *InTicket) (*items[desk.TransitionView], error) {
	return listed(s.desk.Transitions(ctx, c.actor, in.Number))
}

type transitionRequest struct {
	InTicket
	Conditional
	Keyed
	Body Payload[transitionBody]
}

type transitionBody struct {
	Transition  string          `json:"transition" maxLength:"64" doc:"Key of the transition"`
	Fields      json.RawMessage `json:"fields,omitempty" doc:"The resolution"`
	Comment     string          `json:"comment,omitempty" maxLength:"100000" doc:"Public"`
	DuplicateOf string          `json:"duplicate_of,omitempty" maxLength:"40" doc:"Number of the base"`
}

func (s *server) makeTransition(ctx context.Context, c *call, in *transitionRequest) (*ticketAnswer, error) {
	body := in.Body.value
	return ticketOf(s.desk.Transition(ctx, c.actor, in.Number, desk.TransitionInput{
		Transition: body.Transition, Fields: body.Fields, Comment: body.Comment, DuplicateOf: body.DuplicateOf,
		Version: in.version, IdempotencyKey: in.IdempotencyKey, BodyDigest: c.digest,
	}))
}

type editRequest struct {
	InTicket
	Conditional
	Body Payload[editBody]
}

type editBody struct {
	Fields       json.RawMessage   `json:"fields,omitempty" doc:"Merged into the ticket's; null takes a field away"`
	Priority     Member[string]    `json:"priority,omitempty" maxLength:"64" nullable:"false"`
	Queue        Member[string]    `json:"queue,omitempty" maxLength:"64" nullable:"false"`
	DeadlineCase Member[string]    `json:"deadline_case,omitempty" maxLength:"64" nullable:"false" doc:"Key of a declared deadline"`
	DeadlineAt   Member[time.Time] `json:"deadline_at,omitempty" doc:"null takes the deadline away"`
}

func (s *server) editTicket(ctx context.Context, c *call, in *editRequest) (*ticketAnswer, error) {
	input, err := in.Body.value.input()
	if err != nil {
		return nil, err
	}
	input.Version = in.version
	if in.any {
		input.Version = desk.AnyVersion
	}
	return ticketOf(s.desk.Patch(ctx, c.actor, in.Number, input))
}

func (b editBody) input() (desk.PatchInput, error) {
	in := desk.PatchInput{Fields: b.Fields}
	var problems []errs.Problem
	text := func(m Member[string], to **string, pointer string) {
		switch {
		case m.Null: // a ticket always has one
			problems = append(problems, errs.Problem{Pointer: pointer, Code: "required"})
		case m.Set:
			*to = &m.Value
		}
	}
	text(b.DeadlineCase, &in.DeadlineCase, "/deadline_case")
	text(b.Priority, &in.Priority, "/priority")
	text(b.Queue, &in.Queue, "/queue")
	if b.DeadlineAt.Set {
		at := &b.DeadlineAt.Value
		if b.DeadlineAt.Null {
			at = nil
		}
		in.DeadlineAt = &at
	}
	if len(problems) > 0 {
		return in, &errs.Error{Kind: errs.Invalid, Code: "invalid_request", Msg: "null", Fields: problems}
	}
	return in, nil
}

type assignRequest struct {
	InTicket
	Conditional
	Body Payload[assignBody]
}

type assignBody struct {
	Assignee Member[ident.ID] `json:"assignee" doc:"Id of an agent, null for none"`
}

func (s *server) assignTicket(ctx context.Context, c *call, in *assignRequest) (*ticketAnswer, error) {
	var assignee *ident.ID
	if m := in.Body.value.Assignee; !m.Null {
		assignee = &m.Value
	}
	return ticketOf(s.desk.Assign(ctx, c.actor, in.Number, assignee, in.version))
}

type handOverRequest struct {
	InTicket
	Conditional
	Body Payload[handOverBody]
}

type handOverBody struct {
	Line string `json:"line" maxLength:"64" doc:"Key of the line"`
	Note string `json:"note,omitempty" maxLength:"100000" doc:"For the next line; internal"`
}

func (s *server) handOverTicket(ctx context.Context, c *call, in *handOverRequest) (*ticketAnswer, error) {
	return ticketOf(s.desk.HandOver(ctx, c.actor, in.Number, in.Body.value.Line, in.Body.value.Note, in.version))
}
