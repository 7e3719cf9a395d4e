package desk

import (
	"context"
	"fmt"
	"log/slog"
	"net/mail"
	"slices"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/letter"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/ticket"
)

// maxAddress is the longest e-mail address that a mail server takes (RFC 5321, 4.5.3.1).
const maxAddress = 254

// occasion is an event with all that its letters say.
type occasion struct {
	snap   *Snapshot
	pinned *release.System // that the ticket was filed with
	ticket *ticket.Ticket
	event  ticket.Event
	// next follows in the log, answer is the comment that a transition goes with; each may be nil.
	next, answer *ticket.Event
	people       map[ident.ID]person.Person
	// line is the acting agent's line, nil where he is none or no longer is one.
	line *api.Line
	// works: the assignee still is an agent of the desk.
	works bool
}

// outgoing is a letter that an event asks for: to whom, and the templates that would do, best first.
type outgoing struct {
	to        ident.ID
	agent     bool
	templates []string
}

// RenderLetters renders and stores the letters that an event asks for, in the languages of those who
// get them: one per template and recipient, however often it is called. Nothing is stored for what an
// agent of a silent line did (R2.19), for erased tickets and people, and without an address; none of
// these is an error. Called by core/job alone.
func (s *Service) RenderLetters(ctx context.Context, tenantID, ticketID ident.ID, seq int64) error {
	o, err := s.occasion(ctx, tenantID, ticketID, seq)
	if err != nil || o == nil {
		return err
	}
	for _, out := range o.wanted() {
		l, err := s.compose(o, out)
		if err != nil {
			return fmt.Errorf("compose letter: %w", err)
		}
		if l == nil {
			continue
		}
		if err := s.keepLetter(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// occasion reads the event and what belongs to it; nil where nothing can be told of it any more.
func (s *Service) occasion(ctx context.Context, tenantID, ticketID ident.ID, seq int64) (*occasion, error) {
	o := &occasion{}
	err := s.db.InTx(ctx, tenantID, func(ctx context.Context, tx pgx.Tx) error {
		*o = occasion{}
		t, err := ticket.ByID(ctx, tx, tenantID, ticketID)
		if err != nil {
			return err
		}
		o.ticket = t
		if err := o.readEvents(ctx, tx, seq); err != nil {
			return err
		}
		return o.readPeople(ctx, tx)
	})
	if errs.CodeOf(err) == errs.CodeOf(ticket.ErrNotFound) {
		return nil, nil //nolint:nilnil // no ticket, no letters
	}
	if err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	if o.event.Seq != seq || o.event.ErasedAt != nil || o.ticket.ErasedAt != nil {
		return nil, nil //nolint:nilnil // what was erased is not told
	}
	snap, ok := s.registry.Desk(tenantID, o.ticket.Desk)
	if !ok {
		return nil, errUnsupported
	}
	o.snap = snap
	if to := o.event.Data.To; to != "" {
		if _, known := snap.Declaration().Status(to); !known {
			// A status is never taken back: this node has not heard of the newer release yet.
			return nil, errUnsupported
		}
	}
	if o.pinned, err = s.registry.Release(ctx, o.ticket.Release); err != nil {
		return nil, fmt.Errorf("read the ticket's release: %w", err)
	}
	if o.line != nil {
		o.line = snap.Line(o.line.Key)
	}
	return o, nil
}

func (o *occasion) readEvents(ctx context.Context, tx pgx.Tx, seq int64) error {
	events, err := ticket.Events(ctx, tx, o.ticket.Tenant, o.ticket.ID, max(seq-2, 0), 3)
	if err != nil {
		return err
	}
	var before *ticket.Event
	for i := range events {
		switch e := &events[i]; e.Seq {
		case seq - 1:
			before = e
		case seq:
			o.event = *e
		case seq + 1:
			o.next = e
		}
	}
	answers := o.event.Data.Answers
	if before != nil && (answers == before.Seq || o.carries(before, &o.event)) {
		o.answer = before
		return nil
	}
	if answers == 0 {
		return nil
	}
	if events, err = ticket.Events(ctx, tx, o.ticket.Tenant, o.ticket.ID, answers-1, 1); err == nil && len(events) == 1 {
		o.answer = &events[0]
	}
	return err
}

// carries reports whether a transition goes with the comment before it in one commit, so that one
// letter tells both.
func (o *occasion) carries(comment, transition *ticket.Event) bool {
	if comment.Kind != ticket.Commented || transition.Kind != ticket.Transitioned {
		return false
	}
	return transition.Data.Answers == comment.Seq || transition.Data.Trigger != "" && transition.At.Equal(comment.At)
}

func (o *occasion) readPeople(ctx context.Context, tx pgx.Tx) error {
	ids := []ident.ID{o.ticket.Requester}
	if o.ticket.Assignee != nil {
		ids = append(ids, *o.ticket.Assignee)
	}
	acting := o.event.Actor.ID
	if acting != nil {
		ids = append(ids, *acting)
	}
	var err error
	if o.people, err = person.ByIDs(ctx, tx, o.ticket.Tenant, ids); err != nil {
		return err
	}
	if o.works, _, err = o.agentOfDesk(ctx, tx, o.ticket.Assignee); err != nil {
		return err
	}
	if o.event.Actor.Kind == ticket.ByAgent {
		_, o.line, err = o.agentOfDesk(ctx, tx, acting)
	}
	return err
}

func (o *occasion) agentOfDesk(ctx context.Context, tx pgx.Tx, id *ident.ID) (bool, *api.Line, error) {
	if id == nil {
		return false, nil, nil
	}
	all, err := person.Memberships(ctx, tx, o.ticket.Tenant, *id)
	for _, m := range all {
		if m.Desk == o.ticket.Desk && m.Role == person.RoleAgent {
			return true, &api.Line{Key: m.Line}, nil
		}
	}
	return false, nil, err
}

// wanted is the one place that says which letters an event asks for.
func (o *occasion) wanted() []outgoing {
	d, e := o.snap.Declaration(), &o.event
	requester := func(templates ...string) []outgoing {
		return []outgoing{{to: o.ticket.Requester, templates: templates}}
	}
	byRequester := e.Actor.Kind == ticket.ByRequester
	switch e.Kind {
	case ticket.Submitted:
		switch e.Data.To {
		case d.Statuses.Incomplete:
			return requester(letter.Incomplete)
		case d.Statuses.Refused:
			return requester(letter.Refused)
		}
		return requester(letter.Received)
	case ticket.Commented:
		switch {
		case byRequester:
			return o.executor()
		case e.Actor.Kind != ticket.ByAgent, o.next != nil && o.carries(e, o.next):
			return nil // with a transition, the letter of the transition tells it
		}
		return requester(letter.Commented, letter.Answered)
	case ticket.Transitioned:
		if byRequester {
			return o.movedByRequester()
		}
		return requester(o.movedByDesk()...)
	case ticket.Edited:
		if byRequester {
			return o.executor()
		}
	case ticket.Noted, ticket.Assigned, ticket.HandedOver, ticket.Classified, ticket.Erased:
	}
	return nil
}

// executor tells the assignee what the requester added (R4.39).
func (o *occasion) executor() []outgoing {
	if o.ticket.Assignee == nil || *o.ticket.Assignee == o.ticket.Requester || !o.works {
		return nil
	}
	return []outgoing{{to: *o.ticket.Assignee, agent: true, templates: []string{letter.Executor}}}
}

// movedByRequester: what he added was told to the executor by its own event; a change that he made
// himself is told, and confirmed to him where it closed the ticket (R4.28). What he set off by writing
// is not confirmed: an automatic reply to the confirmation would set it off again.
func (o *occasion) movedByRequester() []outgoing {
	if o.event.Data.Trigger != "" || o.answer != nil {
		return nil
	}
	out := o.executor()
	if o.event.Data.Category == api.Done {
		out = append(out, outgoing{to: o.ticket.Requester, templates: []string{letter.Closed, letter.Status}})
	}
	return out
}

// movedByDesk returns the templates for a change of status by an agent or by itself.
func (o *occasion) movedByDesk() []string {
	e, data := &o.event, o.event.Data
	if data.From == data.To {
		return nil // tied to another base, nothing that the requester sees
	}
	// A public comment was allowed when it was written. Without one, an agent whose line does not talk,
	// or is not known any more, does not reach the requester.
	if e.Actor.Kind == ticket.ByAgent && o.answer == nil && (o.line == nil || !o.line.Talks) {
		return nil
	}
	tells := o.text() != "" || len(o.resolution()) > 0 || o.files() > 0
	declared, _ := o.snap.Declaration().Transition(data.Transition)
	answers := declared != nil && declared.Answers || data.Trigger == api.AgentAnswered
	switch {
	case tells && (answers || o.answer != nil && data.Category == api.Done):
		return []string{letter.Answered, letter.Closed, letter.Status, letter.Commented}
	case tells && data.Category == api.Done:
		return []string{letter.Closed, letter.Answered, letter.Status, letter.Commented}
	case tells:
		return []string{letter.Status, letter.Commented, letter.Answered}
	case data.Category == api.Done:
		return []string{letter.Closed, letter.Status}
	}
	return []string{letter.Status}
}

// text is what a person wrote with the event.
func (o *occasion) text() string {
	if o.event.Kind == ticket.Submitted || o.event.Body == nil {
		if o.answer != nil && o.answer.Body != nil {
			return o.answer.Body.Text
		}
		return ""
	}
	if o.event.Body.Text == "" && o.answer != nil && o.answer.Body != nil {
		return o.answer.Body.Text
	}
	return o.event.Body.Text
}

func (o *occasion) resolution() api.Fields {
	if o.event.Kind != ticket.Transitioned || o.event.Body == nil {
		return nil
	}
	return o.event.Body.Resolution
}

// compose renders the letter; nil where the recipient is erased, has no address, or the system has no
// such letter.
func (s *Service) compose(o *occasion, out outgoing) (*letter.Letter, error) {
	who, ok := o.people[out.to]
	if !ok || who.ErasedAt != nil {
		return nil, nil //nolint:nilnil // nobody to tell
	}
	address := firstAddress(who.Email)
	if !out.agent {
		address = firstAddress(o.fieldText(func(p api.PersonFields) string { return p.Email }), who.Email)
	}
	name, template, err := o.choose(out.templates)
	if err != nil || address == "" || template == nil {
		return nil, err
	}
	lang := i18n.RU
	if who.Locale == string(i18n.EN) {
		lang = i18n.EN
	}
	subject, body, err := template.Render(lang, s.letterData(o, lang, out.agent))
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return &letter.Letter{
		Tenant: o.ticket.Tenant, ID: ident.New(), Ticket: o.ticket.ID, Seq: o.event.Seq, Template: name,
		Recipient: out.to, Address: address, Lang: lang, Subject: subject, Body: body, CreatedAt: s.clock.Now(),
	}, nil
}

// choose takes the first declared template that tells all there is to tell (R1.8: a closing letter
// contains cause and actions), or else the first declared one.
func (o *occasion) choose(names []string) (string, *letter.Template, error) {
	var first string
	var chosen *letter.Template
	for _, name := range names {
		if _, declared := o.snap.Declaration().Texts.Letters[name]; !declared {
			continue
		}
		parsed, ok := o.snap.System.Letters[name]
		if !ok {
			return "", nil, errUnsupported
		}
		if (o.text() == "" && o.files() == 0 || parsed.Uses("Text")) && (len(o.resolution()) == 0 || parsed.Uses("Resolution")) {
			return name, parsed, nil
		}
		if chosen == nil {
			first, chosen = name, parsed
		}
	}
	return first, chosen, nil
}

// keepLetter stores the letter, once.
func (s *Service) keepLetter(ctx context.Context, l *letter.Letter) error {
	if err := s.db.Batch(ctx, l.Tenant, func(b *pgx.Batch) { letter.Insert(b, l) }); err != nil {
		return fmt.Errorf("store letter: %w", err)
	}
	s.log.DebugContext(ctx, "letter rendered", slog.String("template", l.Template), slog.String("ticket", l.Ticket.String()), slog.Int64("seq", l.Seq))
	return nil
}

// firstAddress is the first of what may be e-mail addresses that is one, and nothing beside it.
func firstAddress(candidates ...string) string {
	i := slices.IndexFunc(candidates, func(candidate string) bool {
		if candidate == "" || len(candidate) > maxAddress || strings.ContainsFunc(candidate, unicode.IsControl) {
			return false
		}
		parsed, err := mail.ParseAddress(candidate)
		return err == nil && parsed.Address == candidate
	})
	if i < 0 {
		return ""
	}
	return candidates[i]
}
