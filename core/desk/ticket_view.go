package desk

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

func slogError(err error) slog.Attr { return slog.Any("error", err) }

// view makes a ticket's page for a person, with what it needs beside the row.
func (s *Service) view(ctx context.Context, q db.Querier, v *seen) (TicketView, error) {
	t := v.ticket
	if v.standing == access.Nobody {
		standing, err := s.stand(v.actor, t)
		if err != nil {
			return TicketView{}, err
		}
		v = standing
	}
	ids := []ident.ID{t.Requester}
	if t.Assignee != nil {
		ids = append(ids, *t.Assignee)
	}
	people, err := person.ByIDs(ctx, q, t.Tenant, ids)
	if err != nil {
		return TicketView{}, fmt.Errorf("read people: %w", err)
	}
	view := s.baseView(ctx, v)
	if requester, ok := people[t.Requester]; ok {
		view.Requester = requesterRef(&requester, v.agent() || v.standing == access.Owner)
	}
	if t.Assignee != nil {
		if assignee, ok := people[*t.Assignee]; ok {
			view.Assignee = &PersonRef{ID: t.Assignee, Name: assignee.Name}
		}
	}
	if err := s.fillOrg(ctx, q, t, &view); err != nil {
		return view, err
	}
	if t.DuplicateOf != nil {
		base, err := ticket.ByID(ctx, q, t.Tenant, *t.DuplicateOf)
		if err != nil {
			return view, fmt.Errorf("read base: %w", err)
		}
		view.DuplicateOf = base.Number
	}
	if err := s.fillFiles(ctx, q, v, &view); err != nil {
		return view, err
	}
	mark, err := ticket.ReadMark(ctx, q, t.Tenant, v.actor.id(), t.ID)
	if err != nil {
		return view, err
	}
	view.Unread = v.unread(mark)
	return view, nil
}

func (v *seen) unread(mark int64) bool {
	if v.agent() {
		return v.ticket.UnreadByAgents(mark)
	}
	return v.ticket.UnreadByRequester(mark)
}

// baseView is what follows from the row and the desk's snapshot alone.
func (s *Service) baseView(ctx context.Context, v *seen) TicketView {
	t, l, d := v.ticket, v.actor.Lang, v.snap.Declaration()
	view := TicketView{
		ID: t.ID, Number: t.Number, Desk: v.snap.Desk.Slug, Form: t.Form, FormVersion: t.FormVersion, Subject: t.Subject, Fields: t.Fields,
		Status: v.status(), Priority: t.Priority, Queue: t.Queue, Line: t.Line, Channel: t.Channel, Reopened: t.Reopened,
		Attachments: []AttachmentView{}, Version: t.Version, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, ClosedAt: t.ClosedAt,
	}
	if view.Fields == nil {
		view.Fields = api.Fields{}
	}
	view.Deadline = DeadlineView{Case: t.DeadlineCase, DueAt: t.DeadlineAt}
	if deadline, ok := d.Deadline(t.DeadlineCase); ok {
		view.Deadline.Title = deadline.Title.In(l)
	}
	if _, declared, err := s.pinned(ctx, v); err == nil {
		view.FormTitle = declared.Title.In(l)
	}
	view.HandsTo = v.handsTo()
	view.May = s.may(ctx, v, len(view.HandsTo) > 0)
	return view
}

// may says what the reader may do with the ticket now, by what each use case asks itself.
func (s *Service) may(ctx context.Context, v *seen, handsOver bool) MayView {
	can := func(action access.Action) bool { return access.Decide(action, v.standing) == nil }
	edit := can(access.Edit)
	if v.standing == access.Owner {
		edit = can(access.Complete) && v.ticket.Status == v.snap.Declaration().Statuses.Incomplete
	}
	return MayView{
		Answer: can(access.Reply), Note: can(access.Note), Edit: edit, Assign: can(access.Assign),
		HandOver: handsOver, Tie: can(access.Move) && s.mayTie(ctx, v), UploadLink: can(access.Link),
	}
}

// mayTie looks for a transition to a duplicate that the reader may make now.
func (s *Service) mayTie(ctx context.Context, v *seen) bool {
	for _, o := range ticket.Options(v.snap.Declaration(), v.ticket, v.mover()) {
		if slices.Contains(o.Transition.Needs, api.NeedsDuplicate) && o.Err == nil && s.guard(ctx, v, o.Transition, nil, nil) == nil {
			return true
		}
	}
	return false
}

// handsTo are the lines to which the reader may hand the ticket over now.
func (v *seen) handsTo() []KeyTitle {
	out := []KeyTitle{}
	if access.Decide(access.HandOver, v.standing) != nil {
		return out
	}
	from := v.handsFrom(v.ticket.Line)
	for i := range v.snap.Lines {
		line := &v.snap.Lines[i]
		if line.Key != v.ticket.Line && ticket.MayHandOver(from, line.Key) == nil {
			out = append(out, KeyTitle{Key: line.Key, Title: line.Title.In(v.actor.Lang)})
		}
	}
	return out
}

// handsFrom is the line in whose name the person hands over: an agent's own, for an administrator the
// ticket's.
func (v *seen) handsFrom(current string) *api.Line {
	if v.membership.Line != "" {
		return v.snap.Line(v.membership.Line)
	}
	return v.snap.Line(current)
}

// status is the ticket's status under the label that this reader knows it by.
func (v *seen) status() StatusView {
	status, ok := v.snap.Declaration().Status(v.ticket.Status)
	if !ok {
		return StatusView{Key: v.ticket.Status, Title: v.ticket.Status, Category: v.ticket.Category}
	}
	return statusView(status, v.actor.Lang, !v.agent())
}

// requesterRef names the requester; how to reach him is shown to agents and to himself.
func requesterRef(p *person.Person, reach bool) *PersonRef {
	ref := &PersonRef{ID: &p.ID, Name: p.Name}
	if reach {
		verified := p.Verified
		ref.Email, ref.Phone, ref.Verified = p.Email, p.Phone, &verified
	}
	return ref
}

func (s *Service) fillOrg(ctx context.Context, q db.Querier, t *ticket.Ticket, view *TicketView) error {
	if t.Organisation == nil {
		return nil
	}
	orgs, err := person.OrganisationsByIDs(ctx, q, t.Tenant, []ident.ID{*t.Organisation})
	if err != nil {
		return fmt.Errorf("read organisation: %w", err)
	}
	if org, ok := orgs[*t.Organisation]; ok {
		view.Org = &OrganisationView{ID: org.ID, INN: org.INN, Name: org.Name}
	}
	return nil
}

// fillFiles lists the files that this reader may see: those of internal entries are the agents'.
func (s *Service) fillFiles(ctx context.Context, q db.Querier, v *seen, view *TicketView) error {
	files, err := attachment.OfTicket(ctx, q, v.ticket.Tenant, v.ticket.ID)
	if err != nil || len(files) == 0 {
		return err
	}
	internal := map[int64]bool{}
	if !v.agent() {
		events, err := ticket.Events(ctx, q, v.ticket.Tenant, v.ticket.ID, 0, ticket.MaxEvents)
		if err != nil {
			return err
		}
		for _, e := range events {
			internal[e.Seq] = e.Kind.Internal()
		}
	}
	for _, file := range files {
		if file.ErasedAt == nil && !internal[file.Seq] {
			view.Attachments = append(view.Attachments, fileView(file))
		}
	}
	return nil
}

// changedView is the page of a ticket whose change is not written yet.
func (s *Service) changedView(ctx context.Context, q db.Querier, c *change) (TicketView, error) {
	standing, err := s.stand(c.actor, &c.now)
	if err != nil {
		return TicketView{}, err
	}
	if standing.standing == access.Nobody {
		// Who handed over to a line that he does not see goes on seeing his answer.
		standing.standing = c.standing
	}
	return s.view(ctx, q, standing)
}

// filedView is the page of a ticket just filed, from what is known of it without asking again.
func (s *Service) filedView(ctx context.Context, f *filing) TicketView {
	v := &seen{ticket: &f.ticket, snap: f.snap, actor: f.actor, standing: access.Owner}
	if known, err := s.stand(f.actor, &f.ticket); err == nil && known.standing != access.Nobody {
		v = known
	}
	view := s.baseView(ctx, v)
	view.Requester = requesterRef(f.requester, true)
	if org := f.requester.Organisation; org != nil {
		view.Org = &OrganisationView{ID: org.ID, INN: org.INN, Name: org.Name}
	}
	for _, file := range f.files {
		file.Seq = 1
		view.Attachments = append(view.Attachments, fileView(file))
	}
	view.Follow = f.follow
	view.Unread = v.agent()
	return view
}

// eventViews makes the history's entries for a reader, without what he may not see.
func (s *Service) eventViews(ctx context.Context, q db.Querier, v *seen, events []ticket.Event) ([]EventView, error) {
	files, err := attachment.OfTicket(ctx, q, v.ticket.Tenant, v.ticket.ID)
	if err != nil {
		return nil, err
	}
	bySeq := map[int64][]AttachmentView{}
	for _, file := range files {
		if file.ErasedAt == nil {
			bySeq[file.Seq] = append(bySeq[file.Seq], fileView(file))
		}
	}
	var ids []ident.ID
	for _, e := range events {
		if e.Actor.ID != nil {
			ids = append(ids, *e.Actor.ID)
		}
	}
	people, err := person.ByIDs(ctx, q, v.ticket.Tenant, ids)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	out := []EventView{}
	for _, e := range events {
		if e.Kind.Internal() && access.Decide(access.SeeInternal, v.standing) != nil {
			continue
		}
		view := EventView{
			Seq: e.Seq, Kind: e.Kind, At: e.At, Actor: ActorView{Kind: e.Actor.Kind, ID: e.Actor.ID},
			Visibility: "public", Data: e.Data, Body: e.Body, Attachments: bySeq[e.Seq], Erased: e.ErasedAt != nil,
		}
		if e.Kind.Internal() {
			view.Visibility = "internal"
		}
		if e.Actor.ID != nil {
			view.Actor.Name = people[*e.Actor.ID].Name
		}
		out = append(out, view)
	}
	return out, nil
}

// eventView makes one entry that is being written, with files that are not claimed yet.
func (s *Service) eventView(ctx context.Context, q db.Querier, v *seen, e ticket.Event, ids []ident.ID) (EventView, error) {
	views, err := s.eventViews(ctx, q, v, []ticket.Event{e})
	if err != nil || len(views) == 0 {
		return EventView{}, err
	}
	for _, id := range ids {
		file, err := attachment.ByID(ctx, q, v.ticket.Tenant, id)
		if err != nil {
			return EventView{}, err
		}
		file.Seq = e.Seq
		if len(views[0].Attachments) < len(ids) {
			views[0].Attachments = append(views[0].Attachments, fileView(file))
		}
	}
	return views[0], nil
}
