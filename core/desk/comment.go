package desk

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

// Comment adds to a ticket: a requester's words and files, an agent's public answer or internal note.
// What follows it is the trigger's business, unless an agent says: keep, close, or a transition's key;
// answer, resolution and transition commit together (R0.16). Errors: Invalid ("invalid_fields",
// "transition_needed", "attachment_not_usable"), Forbidden ("not_allowed"), and those of Transition.
func (s *Service) Comment(ctx context.Context, a Actor, number string, in CommentInput) (EventView, error) {
	action := access.Reply
	if in.Internal {
		action = access.Note
	}
	var view EventView
	rep := repeatable{route: "comments", key: in.IdempotencyKey, digest: in.BodyDigest}
	err := s.change(ctx, a, number, action, in.Version, rep, nil, func(ctx context.Context, tx pgx.Tx, c *change) error {
		e, err := s.comment(ctx, tx, c, in)
		if err != nil {
			return err
		}
		view, err = s.eventView(ctx, tx, c.seen, e, in.Attachments)
		return err
	}, func(ctx context.Context, tx pgx.Tx, v *seen, seq int64) error {
		events, err := ticket.Events(ctx, tx, a.Tenant.ID, v.ticket.ID, seq-1, 1)
		if err != nil || len(events) == 0 {
			return err
		}
		view, err = s.eventView(ctx, tx, v, events[0], events[0].Data.Attachments)
		return err
	})
	return view, err
}

func (s *Service) comment(ctx context.Context, tx pgx.Tx, c *change, in CommentInput) (ticket.Event, error) {
	text, problems := textOf(in.Text, "/text")
	if text == "" && len(in.Attachments) == 0 && len(problems) == 0 {
		problems = []errs.Problem{{Pointer: "/text", Code: "required"}}
	}
	if in.Then != ThenTrigger && (in.Internal && in.Then != ThenKeep || c.standing != access.Agent) {
		problems = append(problems, errs.Problem{Pointer: "/then", Code: "then_not_here"})
	}
	if filled(in.Fields) && (in.Then == ThenTrigger || in.Then == ThenKeep) {
		problems = append(problems, errs.Problem{Pointer: "", Code: "fields_not_here"})
	}
	if len(problems) > 0 {
		return ticket.Event{}, errs.Problems(problems)
	}
	if err := s.filesFor(ctx, tx, c, in.Attachments); err != nil {
		return ticket.Event{}, err
	}
	kind := ticket.Commented
	if in.Internal {
		kind = ticket.Noted
	}
	e := c.add(kind, c.by(), ticket.Data{Attachments: in.Attachments}, &ticket.Body{Text: text})
	c.seq = e.Seq
	if text != "" {
		c.more = append(c.more, func(b *pgx.Batch) { ticket.IndexMore(b, &c.now, text, in.Internal) })
	}
	if in.Internal {
		return e, nil
	}
	return e, s.follow(ctx, tx, c, e, in)
}

// follow makes the transition that a public comment leads to, at most one.
func (s *Service) follow(ctx context.Context, tx pgx.Tx, c *change, e ticket.Event, in CommentInput) error {
	switch in.Then {
	case ThenKeep:
		return nil
	case ThenTrigger:
		trigger := api.RequesterAdded
		if c.by().Kind == ticket.ByAgent {
			trigger = api.AgentAnswered
		}
		return s.trigger(ctx, tx, c, trigger, e.Seq)
	}
	m := move{resolution: in.Fields, answers: e.Seq}
	d := c.snap.Declaration()
	if in.Then == ThenClose {
		tr, ok := d.Answering(c.now.Status)
		if !ok {
			return errs.New(errs.Invalid, "transition_needed", "no answering transition leaves the status")
		}
		in.Then = tr.Key
	}
	tr, err := ticket.FindMove(d, &c.now, in.Then, c.mover())
	if err != nil {
		return err
	}
	m.tr = tr
	return s.move(ctx, tx, c, m)
}

// trigger makes the first automatic transition whose status and guard hold; it triggers no other.
func (s *Service) trigger(ctx context.Context, tx pgx.Tx, c *change, trigger api.Trigger, seq int64) error {
	for _, tr := range ticket.Triggered(c.snap.Declaration(), &c.now, trigger) {
		if s.guard(ctx, c.seen, tr, nil, nil) != nil {
			continue
		}
		return s.move(ctx, tx, c, move{tr: tr, answers: seq})
	}
	return nil
}

// filesFor checks the files of a change's next event; they are claimed when it is written.
func (s *Service) filesFor(ctx context.Context, tx pgx.Tx, c *change, ids []ident.ID) error {
	if len(ids) == 0 {
		return nil
	}
	if err := namedFiles(c.actor, c.snap, ids); err != nil {
		return err
	}
	if _, err := attachment.Usable(ctx, tx, c.now.Tenant, c.actor.id(), c.now.Desk, ids, c.at); err != nil {
		return err
	}
	c.files = ids
	return nil
}

// appendUpload adds a file that came by a link to the link's ticket, in the name of who made the link.
func (s *Service) appendUpload(ctx context.Context, tx pgx.Tx, a Actor, link attachment.Link, file attachment.File) error {
	t, err := ticket.LockID(ctx, tx, a.Tenant.ID, link.Ticket)
	if err != nil {
		return err
	}
	maker, err := s.person(ctx, tx, a.Tenant.ID, link.CreatedBy)
	if err != nil {
		return err
	}
	v := &seen{ticket: t, snap: s.snapshotOf(t), actor: Actor{Tenant: a.Tenant, Person: maker, Lang: a.Lang}, standing: access.Agent}
	if maker.ID == t.Requester {
		v.standing = access.Owner
	}
	c := &change{seen: v, at: s.clock.Now(), now: *t}
	e := c.add(ticket.Commented, c.by(), ticket.Data{Attachments: []ident.ID{file.ID}, Linked: true}, nil)
	c.files, c.seq = []ident.ID{file.ID}, e.Seq
	if v.standing == access.Owner {
		if err := s.trigger(ctx, tx, c, api.RequesterAdded, e.Seq); err != nil {
			return err
		}
	}
	return s.write(ctx, tx, c, repeatable{})
}
