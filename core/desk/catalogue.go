package desk

import (
	"context"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
)

var errForm = errs.New(errs.NotFound, "form_not_found", "no such form for this person on the desk")

// Desks lists the desks of the tenant that the actor may use: where he works, and where a form is
// offered to him.
func (s *Service) Desks(_ context.Context, a Actor) ([]DeskView, error) {
	out := []DeskView{}
	for _, snap := range s.registry.Desks(a.Tenant.ID) {
		view := deskView(a, snap)
		if len(view.Forms) > 0 || a.works(snap.Desk.ID) {
			out = append(out, view)
		}
	}
	return out, nil
}

// Desk describes one desk. Errors: NotFound (code "desk_not_found"); Unauthenticated without a session
// where the desk has no form for that.
func (s *Service) Desk(_ context.Context, a Actor, slug string) (DeskView, error) {
	snap, err := s.registry.BySlug(a.Tenant.ID, slug)
	if err != nil {
		return DeskView{}, err
	}
	view := deskView(a, snap)
	if a.Person == nil && len(view.Forms) == 0 {
		return DeskView{}, errNoSession
	}
	// A requester reads what was answered by the same labels as who answered.
	view.Resolution = resolutionView(a, snap)
	if a.works(snap.Desk.ID) {
		view.Columns = columnsOf(snap, a.Lang)
	}
	return view, nil
}

func deskView(a Actor, snap *Snapshot) DeskView {
	d, l := snap.Declaration(), a.Lang
	view := DeskView{
		Slug: snap.Desk.Slug, Title: snap.Desk.Title.In(l), System: d.Key, Release: d.Version,
		Forms: []FormRef{}, Statuses: []StatusView{}, Lines: []LineView{}, Queues: []QueueView{},
		Priorities: []KeyTitle{}, Deadlines: []KeyTitle{}, Contacts: contacts(snap, l),
		Texts: DeskTexts{Opening: d.Texts.Opening.In(l), Filing: d.Texts.Filing.In(l)},
		Words: titles(l, d.Words), TimeZone: snap.Location.String(),
	}
	for i := range d.Forms {
		if form := &d.Forms[i]; offers(a, snap, form) {
			view.Forms = append(view.Forms, FormRef{Key: form.Key, Title: form.Title.In(l), Summary: form.Summary.In(l), Channels: form.Channels, Public: form.Public})
		}
	}
	for i := range d.Statuses.Set {
		view.Statuses = append(view.Statuses, statusView(&d.Statuses.Set[i], l, !a.works(snap.Desk.ID)))
	}
	for _, line := range snap.Lines {
		view.Lines = append(view.Lines, LineView{
			Key: line.Key, Title: line.Title.In(l), Help: line.Help.In(l), Talks: line.Talks, Closes: line.Closes,
			HandsTo: append([]string{}, line.HandsTo...), Sees: line.Sees,
		})
	}
	for _, queue := range snap.Queues {
		view.Queues = append(view.Queues, QueueView{Key: queue.Key, Title: queue.Title.In(l), Line: queue.Line})
	}
	for _, key := range d.Priorities.Scale {
		view.Priorities = append(view.Priorities, KeyTitle{Key: key, Title: priorityTitle(d, key, l)})
	}
	for _, deadline := range d.Deadlines {
		view.Deadlines = append(view.Deadlines, KeyTitle{Key: deadline.Key, Title: deadline.Title.In(l)})
	}
	return view
}

// priorityTitle is the system's own title of a priority, or the product's for the usual scale.
func priorityTitle(d *api.Declaration, key string, l i18n.Lang) string {
	if title, ok := d.Priorities.Titles[key]; ok {
		return title.In(l)
	}
	return i18n.Message(l, "priority."+key, nil)
}

func statusView(status *api.Status, l i18n.Lang, asRequester bool) StatusView {
	title := status.Title
	if asRequester {
		title = status.Label()
	}
	return StatusView{Key: status.Key, Title: title.In(l), Category: status.Category, Help: status.Help.In(l)}
}

// contacts are the desk's addresses in declared order; one that the document hides is left out until
// the desk sets it.
func contacts(snap *Snapshot, l i18n.Lang) []ContactView {
	out := []ContactView{}
	for _, c := range snap.Declaration().Contacts {
		value := c.Value
		if own := snap.Desk.Settings.Contacts[c.Setting]; c.Setting != "" && own != "" {
			value = own
		}
		if value != "" {
			out = append(out, ContactView{Kind: c.Kind, Title: c.Title.In(l), Value: value})
		}
	}
	return out
}

// formFor finds a form of a desk that the actor may know of.
func (s *Service) formFor(a Actor, desk, key string) (*Snapshot, *api.Form, *release.CompiledForm, error) {
	snap, err := s.registry.BySlug(a.Tenant.ID, desk)
	if err != nil {
		return nil, nil, nil, err
	}
	declared, ok := snap.Declaration().Form(key)
	compiled := snap.System.Forms[key]
	switch {
	case ok && compiled != nil && offers(a, snap, declared):
	case ok && a.Person == nil:
		return nil, nil, nil, errNoSession
	default:
		return nil, nil, nil, errForm
	}
	return snap, declared, compiled, nil
}

// Form returns a form as a browser renders it. Errors: NotFound (codes "desk_not_found",
// "form_not_found").
func (s *Service) Form(_ context.Context, a Actor, desk, key string) (FormView, error) {
	snap, declared, compiled, err := s.formFor(a, desk, key)
	if err != nil {
		return FormView{}, err
	}
	return formView(a, snap, declared, compiled), nil
}

func formView(a Actor, snap *Snapshot, declared *api.Form, compiled *release.CompiledForm) FormView {
	view := FormView{
		Key: compiled.Key, Version: compiled.Version, Title: declared.Title.In(a.Lang), Schema: compiled.Form.Schema(),
		UI: compiled.UI.Raw(), Lists: map[string][]KeyTitle{}, Prefill: prefill(a, declared),
		Limits: LimitsView{MaxBytes: snap.Files.MaxBytes, MaxCount: snap.Files.MaxCount, LinkMaxBytes: snap.Files.LinkMaxBytes, Help: snap.Files.Help.In(a.Lang)},
	}
	if asks := PersonPointers(declared.Person); asks != (PersonPointers{}) {
		view.Person = &asks
	}
	if asks := OrganisationPointers(declared.Organisation); asks != (OrganisationPointers{}) {
		view.Organisation = &asks
	}
	for _, list := range compiled.Form.Lists() {
		view.Lists[list] = snap.choices(list, a.Lang)
	}
	return view
}

// prefill takes from the profile what the form asks for (R4.16); what the profile lacks stays empty.
func prefill(a Actor, form *api.Form) map[string]any {
	out := map[string]any{}
	if a.Person == nil {
		return out
	}
	facts := map[string]string{
		"person.name": a.Person.Name, "person.email": a.Person.Email,
		"person.phone": a.Person.Phone, "person.position": a.Person.Position,
	}
	if a.Person.Organisation != nil {
		facts["organisation.name"], facts["organisation.inn"] = a.Person.Organisation.Name, a.Person.Organisation.INN
	}
	for pointer, source := range form.Prefill {
		if value := facts[source]; value != "" {
			out[pointer] = value
		}
	}
	return out
}

func (s *Service) outcomeOf(snap *Snapshot, decided rule.Decision, l i18n.Lang) *OutcomeView {
	out := &OutcomeView{}
	if line := snap.Line(routed(snap, decided)); line != nil {
		out.Line = line.Title.In(l)
	}
	if deadline, ok := snap.Declaration().DefaultDeadline(); ok {
		out.DueAt = dueAt(snap, deadline, s.clock.Now())
	}
	return out
}

// routed is the line that a decision routes to: its own, or that of its queue.
func routed(snap *Snapshot, decided rule.Decision) string {
	if queue := snap.Queue(decided.Queue); queue != nil && decided.Line == "" {
		return queue.Line
	}
	return decided.Line
}

// required unites the schema's own mandatory fields with those of the rules, without hidden ones.
func required(compiled *release.CompiledForm, d rule.Decision, hidden map[string]bool) []string {
	out := []string{}
	seen := map[string]bool{}
	for _, pointer := range append(compiled.Form.Required(), d.Required...) {
		if !seen[pointer] && !hidden[pointer] {
			seen[pointer] = true
			out = append(out, pointer)
		}
	}
	return out
}

// submitInput is what the rules get for a new ticket.
func (s *Service) submitInput(a Actor, snap *Snapshot, form string, fields api.Fields) rule.Input {
	d := snap.Declaration()
	initial := d.Statuses.Initial
	category := api.New
	if status, ok := d.Status(initial); ok {
		category = status.Category
	}
	return rule.Input{
		Form: form, On: rule.OnSubmit, Fields: fields, Priority: d.Priorities.Default,
		Ticket: rule.TicketFacts{Status: initial, Category: string(category), Priority: d.Priorities.Default},
		Actor:  personFacts(a.Person), Clock: s.clockFacts(snap, s.clock.Now()),
	}
}

func problemViews(problems []errs.Problem, l i18n.Lang) []ProblemView {
	out := make([]ProblemView, 0, len(problems))
	for _, p := range problems {
		out = append(out, ProblemView{Pointer: p.Pointer, Code: p.Code, Message: p.In(l)})
	}
	return out
}
