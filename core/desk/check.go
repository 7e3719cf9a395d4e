package desk

import (
	"context"
	"errors"
	"slices"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Check says what the rules would say of a form that is being filled; nothing is stored. On the phone
// it is judged as the caller's, as far as he is known. Errors: NotFound as Form, Malformed for what cannot
// be read, and with a requester those that Submit has for the phone.
func (s *Service) Check(ctx context.Context, a Actor, in CheckInput) (CheckView, error) {
	f := &filing{actor: a, requester: a.Person, at: s.clock.Now(), channel: api.API}
	if a.Browser || a.Person == nil {
		f.channel = api.Portal
	}
	var err error
	if f.snap, f.declared, f.compiled, err = s.formFor(a, in.Desk, in.Form); err != nil {
		return CheckView{}, err
	}
	if in.Requester != nil {
		if err := s.calling(ctx, f, *in.Requester); err != nil {
			return CheckView{}, err
		}
	}
	fields, typing, err := f.compiled.Form.Decode(in.Fields)
	if err != nil {
		return CheckView{}, err
	}
	input := s.submitInput(a, f.snap, in.Form, fields)
	if f.channel == api.Phone {
		input.Actor = personFacts(f.requester)
	}
	input.Ticket.Channel = string(f.channel)
	f.pass = s.judge(ctx, f.snap.Rules, f.snap, f.compiled, input, typing)
	return s.checked(f), nil
}

// calling makes the filing one by phone for a caller of whom not all may have been said yet: half an
// address is none.
func (s *Service) calling(ctx context.Context, f *filing, who RequesterInput) error {
	f.in = SubmitInput{Channel: api.Phone, Requester: &who}
	var err error
	if f.channel, err = channelOf(f.actor, f.snap, f.declared, f.in); err != nil {
		return err
	}
	if who.ID != ident.Nil {
		return s.caller(ctx, f)
	}
	who = RequesterInput{Name: oneLine(who.Name), Email: oneLine(who.Email)}
	if len(form.Fault("email", "", who.Email)) > 0 {
		who.Email = ""
	}
	return newPerson(f, who)
}

func (s *Service) checked(f *filing) CheckView {
	l := f.actor.Lang
	byField, whole := notAdmitted(f)
	problems := slices.Concat(f.pass.decision.Problems, byField)
	view := CheckView{
		Visible: []string{}, Required: []string{}, Problems: problemViews(problems, l), Proposed: f.compiled.UI.Propose(f.pass.decision.Fields),
	}
	switch {
	case whole != nil:
		view.Refused = &ProblemView{Code: whole.Code, Message: whole.In(l)}
	case len(problems) == 0:
		view.Outcome = s.outcomeOf(f.snap, f.pass.decision, l)
	}
	hidden := map[string]bool{}
	for _, pointer := range f.pass.decision.Hidden {
		hidden[pointer] = true
	}
	for _, field := range f.compiled.UI.Fields() {
		if !hidden[field.Pointer] {
			view.Visible = append(view.Visible, field.Pointer)
		}
	}
	view.Required = required(f.compiled, f.pass.decision, hidden)
	if asked := addressOfCaller(f.declared); f.made && checksMembers(f.snap, f.declared, f.channel) && !slices.Contains(view.Required, asked) {
		view.Required = append(view.Required, asked)
	}
	return view
}

// notAdmitted is what admission would answer, as problems of fields or as a refusal of the whole: nobody
// should fill in what will not be taken. Whom an agent files for is known on the phone alone, and who has
// given no address yet may still give one.
func notAdmitted(f *filing) ([]errs.Problem, *errs.Error) {
	who := f.applicant()
	unknown := f.channel != api.Phone && f.actor.works(f.snap.Desk.ID) || len(who.emails) == 0
	var refused *errs.Error
	if unknown || !errors.As(admit(f.snap, f.declared, f.channel, who), &refused) {
		return nil, nil
	}
	if len(refused.Fields) == 0 {
		return nil, refused
	}
	return alsoRefused(refused, f.pass.decision.Problems), nil
}
