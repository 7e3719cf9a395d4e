package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
	"github.com/opora-desk/opora/core/telemetry/span"
	"github.com/opora-desk/opora/core/ticket"
)

// routeSubmit names filing in the idempotency keys.
const routeSubmit = "tickets"

// followFor is how long the bearer of a ticket filed without a session may read it.
const followFor = 90 * 24 * time.Hour

// filing is a ticket on its way to be filed.
type filing struct {
	actor     Actor
	in        SubmitInput
	snap      *Snapshot
	declared  *api.Form
	compiled  *release.CompiledForm
	channel   api.Channel
	at        time.Time
	files     []attachment.File
	requester *person.Person
	// made is set when the requester is a new person, to be inserted with the ticket.
	made     bool
	pass     pass
	ticket   ticket.Ticket
	event    ticket.Event
	follow   ident.Token
	decision ticket.Decision
}

// Submit files a ticket: the form is decoded and judged by one pass of the desk's rules, and kept with
// its number, event, words and decision in one transaction. Repeating it with the same idempotency key
// and body gives the same ticket. Errors: Invalid (codes "invalid_fields", "channel_not_allowed",
// "idempotency_key_reused", or an admission's own), NotFound ("desk_not_found", "form_not_found"),
// Unauthenticated, Forbidden ("not_allowed" for the phone without being an agent).
func (s *Service) Submit(ctx context.Context, a Actor, in SubmitInput) (view TicketView, err error) {
	ctx, opened := span.Start(ctx, "desk submit")
	defer func() { opened.End(err) }()
	f := &filing{actor: a, in: in, at: s.clock.Now()}
	if f.snap, f.declared, f.compiled, err = s.formFor(a, in.Desk, in.Form); err != nil {
		return TicketView{}, err
	}
	if f.channel, err = channelOf(a, f.snap, f.declared, in); err != nil {
		return TicketView{}, err
	}
	if err := s.file(ctx, f); err != nil {
		// A repeat may fail where the first time succeeded: its files are used, the rules have changed.
		known, lookErr := s.repeated(ctx, f)
		if lookErr == nil && known == nil {
			return TicketView{}, err
		}
		return s.again(ctx, a, known, lookErr)
	}
	s.bell()
	return s.filedView(ctx, f), nil
}

// file decides and keeps the ticket.
func (s *Service) file(ctx context.Context, f *filing) error {
	if err := s.whoAsks(ctx, f); err != nil {
		return err
	}
	if err := s.judgeFiling(ctx, f); err != nil {
		return err
	}
	if err := f.build(); err != nil {
		return err
	}
	return s.keepFiling(ctx, f)
}

// channelOf is the channel that the filing comes by, and whether the form takes it.
func channelOf(a Actor, snap *Snapshot, form *api.Form, in SubmitInput) (api.Channel, error) {
	channel := in.Channel
	if channel == "" {
		channel = api.API
		if a.Browser || a.Person == nil {
			channel = api.Portal
		}
	}
	if a.Person == nil && !form.Public {
		return "", errNoSession
	}
	if a.Follows != nil {
		return "", errNoSession
	}
	if channel == api.Phone && !a.works(snap.Desk.ID) {
		return "", errs.New(errs.Forbidden, "not_allowed", "only an agent files for somebody on the phone")
	}
	if !slices.Contains(form.Channels, channel) {
		return "", errs.New(errs.Invalid, "channel_not_allowed", "the form does not take this channel").With("channel", string(channel))
	}
	if channel == api.Phone && in.Requester == nil {
		return "", errs.Problems([]errs.Problem{{Pointer: "/requester", Code: "required"}})
	}
	if channel != api.Phone && in.Requester != nil {
		return "", errs.Problems([]errs.Problem{{Pointer: "/requester", Code: "unknown_field"}})
	}
	return channel, nil
}

// repeated finds the filing that an idempotency key was used for.
func (s *Service) repeated(ctx context.Context, f *filing) (*ticket.Repeat, error) {
	if f.in.IdempotencyKey == "" {
		return nil, nil //nolint:nilnil // nothing repeated is no error
	}
	var known *ticket.Repeat
	err := s.db.InTx(ctx, f.actor.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		known, err = ticket.Recall(ctx, tx, f.actor.Tenant.ID, f.actor.id(), routeSubmit, f.in.IdempotencyKey)
		return err
	})
	if err != nil {
		return nil, err
	}
	if known != nil && !bytes.Equal(known.BodyDigest, f.in.BodyDigest) {
		return nil, errKeyReused
	}
	return known, nil
}

var errKeyReused = errs.New(errs.Invalid, "idempotency_key_reused", "the key was used with another body")

// again answers a repeated filing with its ticket as it is now.
func (s *Service) again(ctx context.Context, a Actor, known *ticket.Repeat, err error) (TicketView, error) {
	if err != nil {
		return TicketView{}, err
	}
	var view TicketView
	err = s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		t, err := ticket.ByID(ctx, tx, a.Tenant.ID, known.Ticket)
		if err != nil {
			return err
		}
		var follow ident.Token
		if a.Person == nil {
			// Who filed without a session and lost the answer gets a new bearer: the old one is not kept.
			follow, a.Follows = ident.NewToken(), &t.ID
			if err := person.InsertSession(ctx, tx, a.Tenant.ID, followSession(follow, t.ID, t.Requester, s.clock.Now())); err != nil {
				return err
			}
		}
		view, err = s.view(ctx, tx, &seen{ticket: t, snap: s.snapshotOf(t), actor: a})
		view.Follow = follow
		return err
	})
	return view, err
}

// followSession is the right to read one ticket.
func followSession(token ident.Token, id, requester ident.ID, at time.Time) person.Session {
	return person.Session{Digest: token.Digest(), Person: requester, Ticket: &id, CreatedAt: at, ExpiresAt: at.Add(followFor)}
}

// id is the actor's person, Nil without one.
func (a Actor) id() ident.ID {
	if a.Person == nil {
		return ident.Nil
	}
	return a.Person.ID
}

// judgeFiling decodes the form, reads the files that come with it and runs the rules.
func (s *Service) judgeFiling(ctx context.Context, f *filing) error {
	fields, typing, err := f.compiled.Form.Decode(f.in.Fields)
	if err != nil {
		return fmt.Errorf("read form: %w", err)
	}
	if err := s.takeFiles(ctx, f.actor, f.snap, f.in.Attachments, &f.files); err != nil {
		return err
	}
	input := s.submitInput(f.actor, f.snap, f.in.Form, fields)
	input.Ticket.Channel = string(f.channel)
	input.Attachments = fileFacts(f.files)
	if f.channel == api.Phone {
		input.Actor = personFacts(f.requester)
	}
	f.pass = s.judge(ctx, f.snap.Rules, f.snap, f.compiled, input, typing)
	problems, admitted := f.pass.decision.Problems, admit(f.snap, f.declared, f.channel, f.applicant())
	if len(problems) == 0 {
		return admitted
	}
	// All that is wrong with the fields is told at once, whoever says so.
	return errs.Problems(sorted(append(slices.Clone(problems), alsoRefused(admitted, problems)...)))
}

// alsoRefused are the fields that admission refuses and nobody else does.
func alsoRefused(admitted error, known []errs.Problem) []errs.Problem {
	var refused *errs.Error
	if !errors.As(admitted, &refused) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(refused.Fields), func(one errs.Problem) bool {
		return slices.ContainsFunc(known, func(other errs.Problem) bool { return other.Pointer == one.Pointer })
	})
}

// applicant is who files, for admission: his own address and the one in the form.
func (f *filing) applicant() applicant {
	who := applicant{}
	if f.requester != nil && !f.made {
		who.kind = f.requester.Kind
		who.emails = append(who.emails, f.requester.Email)
	}
	if email := textAt(f.pass.decision.Fields, f.declared.Person.Email); email != "" && !slices.Contains(who.emails, email) {
		who.emails = append(who.emails, email)
	}
	if f.made && f.requester.Email != "" && !slices.Contains(who.emails, f.requester.Email) {
		who.emails = append(who.emails, f.requester.Email)
	}
	return who
}

// build makes the event, folds it and writes the decision down: from here on nothing is decided.
func (f *filing) build() error {
	d, decided := f.snap.Declaration(), f.pass.decision
	status, ok := d.Status(d.Statuses.Initial)
	if !ok {
		return errUnsupported
	}
	deskID := f.snap.Desk.ID
	requester := f.requester.ID
	data := ticket.Data{
		Desk: &deskID, Release: f.snap.System.Digest, Form: f.in.Form, FormVersion: f.compiled.Version, Channel: f.channel,
		Requester: &requester, To: status.Key, Category: status.Category,
		Priority: decided.Priority, Queue: decided.Queue, Line: routed(f.snap, decided), Attachments: f.in.Attachments,
	}
	if org := f.requester.Organisation; org != nil && !f.made {
		data.Organisation = &org.ID
	}
	setDeadline(&data, d, f.snap, f.at)
	f.event = ticket.Event{
		Tenant: f.actor.Tenant.ID, Ticket: ident.New(), Seq: 1, Kind: ticket.Submitted, At: f.at,
		Actor: ticket.Actor{Kind: ticket.ByRequester, ID: &requester}, Data: data,
		Body: &ticket.Body{Subject: f.snap.subjectOf(f.declared, f.compiled.Form.Shape(), decided.Fields), Fields: decided.Fields},
	}
	if f.channel == api.Phone {
		agent := f.actor.id()
		f.event.Actor = ticket.Actor{Kind: ticket.ByAgent, ID: &agent}
	}
	f.ticket = ticket.Apply(ticket.Ticket{}, f.event)
	if f.actor.Person == nil {
		f.follow = ident.NewToken()
	}
	var err error
	f.decision, err = f.pass.record(&f.ticket, f.snap, 1, f.at)
	return err
}

// setDeadline gives a new ticket the case that the system declares as its default.
func setDeadline(data *ticket.Data, d *api.Declaration, snap *Snapshot, at time.Time) {
	deadline, ok := d.DefaultDeadline()
	if !ok {
		return
	}
	data.DeadlineSet, data.DeadlineCase = true, deadline.Key
	data.DeadlineAt = dueAt(snap, deadline, at)
}

// oneBatch tells a filing that is kept in one pipelined batch, which is one transaction and one round
// trip: without new people and files, and by its requester, who is held by the ticket's own statement.
func (f *filing) oneBatch() bool {
	return !f.made && len(f.in.Attachments) == 0 && f.channel != api.Phone
}

// store keeps the filing: in one batch, or in a transaction that ends with the same batch. Errors:
// ticket.ErrErased and person.ErrErased when the requester, or who files for him, was erased meanwhile.
func (s *Service) store(ctx context.Context, f *filing) error {
	tenant := f.actor.Tenant.ID
	if f.oneBatch() {
		return s.db.Batch(ctx, tenant, f.queue)
	}
	return s.db.InTx(ctx, tenant, func(ctx context.Context, tx pgx.Tx) error {
		if f.channel == api.Phone {
			if err := person.Hold(ctx, tx, tenant, f.actor.id()); err != nil {
				return err
			}
		}
		if f.made {
			if err := f.organise(ctx, tx); err != nil {
				return err
			}
			if err := person.Insert(ctx, tx, tenant, *f.requester); err != nil {
				return fmt.Errorf("insert requester: %w", err)
			}
		}
		batch := &pgx.Batch{}
		f.queue(batch)
		err := tx.SendBatch(ctx, batch).Close()
		if f.channel == api.Phone && errors.Is(err, ticket.ErrErased) {
			return errNoCaller // the agent is held: his own session goes on
		}
		if err != nil {
			return fmt.Errorf("insert ticket: %w", err)
		}
		if err := attachment.Claim(ctx, tx, tenant, f.in.Attachments, f.ticket.ID, 1); err != nil {
			return fmt.Errorf("claim files: %w", err)
		}
		if f.follow == "" {
			return nil
		}
		return person.InsertSession(ctx, tx, tenant, followSession(f.follow, f.ticket.ID, f.requester.ID, f.at))
	})
}

// organise finds or makes the organisation of a new requester and puts it into the ticket.
func (f *filing) organise(ctx context.Context, tx pgx.Tx) error {
	named := f.requester.Organisation
	if named == nil {
		return nil
	}
	org, err := person.OrganisationByINN(ctx, tx, f.actor.Tenant.ID, named.INN, named.Name, f.at)
	if err != nil {
		return fmt.Errorf("find organisation: %w", err)
	}
	f.requester.Organisation = &org
	f.event.Data.Organisation, f.ticket.Organisation = &org.ID, &org.ID
	return nil
}

func (f *filing) queue(b *pgx.Batch) {
	if f.in.IdempotencyKey != "" {
		ticket.Remember(b, f.actor.Tenant.ID, f.actor.id(), routeSubmit, f.in.IdempotencyKey, f.in.BodyDigest, f.ticket.ID, 1, f.at)
	}
	ticket.Insert(b, &f.ticket, func(number string) { f.ticket.Number = number })
	ticket.Append(b, f.event)
	ticket.Index(b, &f.ticket, wordsOf(&f.ticket, f.requester))
	ticket.Keys(b, &f.ticket, duplicateKeys(f.declared, f.ticket.Fields))
	ticket.Decided(b, f.decision)
}

// textAt is the text at a pointer, empty where there is none.
func textAt(fields api.Fields, pointer string) string {
	if pointer == "" {
		return ""
	}
	value, _ := api.Lookup(fields, pointer)
	text, _ := value.(string)
	return strings.TrimSpace(text)
}

// rulesOn is the input for a pass over an existing ticket.
func (s *Service) rulesOn(v *seen, on string, now time.Time) rule.Input {
	return rule.Input{
		Form: v.ticket.Form, On: on, Fields: v.ticket.Fields, Ticket: ticketFacts(v.ticket, now),
		Actor: v.actorFacts(), Clock: s.clockFacts(v.snap, now), Priority: v.ticket.Priority,
	}
}
