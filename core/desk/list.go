package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

// Limits of a list.
const (
	defaultPage = 50
	maxPage     = 200
	maxQuery    = 200
)

// List returns a page of the tickets that this person may see, those changed last first; a search gives
// the newest first. Of foreign tickets that a desk shows to everybody only its columns are filled in
// (R4.20). Errors: Unauthenticated, NotFound ("desk_not_found"), Forbidden ("not_allowed" for columns and
// a requester where one does not work the desk), Invalid ("invalid_fields" with the parameter's pointer,
// "order_needs_open").
func (s *Service) List(ctx context.Context, a Actor, in ListInput) (Page[ListItem], error) {
	if err := a.signed(); err != nil {
		return Page[ListItem]{}, err
	}
	desks, err := s.listedDesks(a, in)
	if err != nil {
		return Page[ListItem]{}, err
	}
	names, err := columnNames(desks, in)
	if err != nil {
		return Page[ListItem]{}, err
	}
	filter, cursor, err := listFilter(a, in)
	if err != nil {
		return Page[ListItem]{}, err
	}
	filter.Works = a.worked()
	page := Page[ListItem]{Items: []ListItem{}}
	err = s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		page.Items, page.Next = page.Items[:0], ""
		if in.Organisation != "" {
			found, err := organisation(ctx, tx, a, in.Organisation)
			if err != nil || found == nil {
				return err
			}
			filter.Organisation = found
		}
		items, next, err := s.find(ctx, tx, a, desks, in, filter, cursor)
		if err != nil {
			return err
		}
		page.Next = next
		fields, err := columnFields(ctx, tx, a.Tenant.ID, items, names)
		if err != nil {
			return err
		}
		for i := range items {
			if item, ok := s.item(a, &items[i]); ok {
				if len(names) > 0 {
					item.Columns = columnValues(desks[0], &items[i], fields[items[i].ID], in.Columns, a.Lang)
				}
				page.Items = append(page.Items, item)
			}
		}
		return nil
	})
	return page, err
}

// listedDesks are the desks that the list is over; whose requester is asked for, or whose columns, one works.
func (s *Service) listedDesks(a Actor, in ListInput) ([]*Snapshot, error) {
	desks := s.registry.Desks(a.Tenant.ID)
	if in.Desk != "" {
		snap, err := s.registry.BySlug(a.Tenant.ID, in.Desk)
		if err != nil {
			return nil, err
		}
		desks = []*Snapshot{snap}
	}
	if in.Requester == "" && len(in.Columns) == 0 {
		return desks, nil
	}
	worked := make([]*Snapshot, 0, len(desks))
	for _, snap := range desks {
		if a.works(snap.Desk.ID) {
			worked = append(worked, snap)
		}
	}
	if len(worked) == 0 {
		return nil, errs.New(errs.Forbidden, "not_allowed", "only who works the desk")
	}
	return worked, nil
}

// scopeOf says whose tickets the person sees on the desks, by the same standing as a single ticket's.
// Narrow leaves out what a desk shows to everybody: a filter by anything but its columns would tell
// more of a foreign ticket than they do (R4.20).
func scopeOf(a Actor, desks []*Snapshot, mine, narrow bool) ticket.Scope {
	id := a.id()
	scope := ticket.Scope{Desks: make([]ident.ID, 0, len(desks))}
	for _, snap := range desks {
		scope.Desks = append(scope.Desks, snap.Desk.ID)
	}
	if mine {
		scope.Own = &id
		return scope
	}
	for _, snap := range desks {
		m := a.Memberships[snap.Desk.ID]
		line := snap.Line(m.Line)
		shown := snap.Scope
		if narrow && shown == api.ScopeDesk {
			shown = api.ScopeOrganisation
		}
		switch {
		case line != nil && line.Sees != api.SeesHanded, m.Administrator:
			scope.Wide = append(scope.Wide, snap.Desk.ID)
			continue
		case line != nil:
			scope.HandedDesks = append(scope.HandedDesks, snap.Desk.ID)
			scope.HandedLines = append(scope.HandedLines, line.Key)
		case shown == api.ScopeDesk:
			scope.Wide = append(scope.Wide, snap.Desk.ID)
			continue
		case shown == api.ScopeOrganisation && a.Person.Organisation != nil:
			scope.Organisation = &a.Person.Organisation.ID
			scope.OrgDesks = append(scope.OrgDesks, snap.Desk.ID)
		}
		scope.Own = &id
	}
	return scope
}

// worked are the desks on which the actor is an agent or an administrator.
func (a Actor) worked() []ident.ID {
	out := []ident.ID{}
	for id := range a.Memberships {
		if a.works(id) {
			out = append(out, id)
		}
	}
	return out
}

// tells reports whether a filter asks for more than a foreign ticket's columns show.
func (in ListInput) tells() bool {
	return in.Organisation != "" || in.Queue != "" || in.Line != "" || in.Unread || in.Order != "" && in.Order != OrderUpdated
}

// organisation finds the organisation that a filter names by id or INN (R4.22), nil for none.
func organisation(ctx context.Context, tx pgx.Tx, a Actor, named string) (*ident.ID, error) {
	if id, err := ident.Parse(named); err == nil {
		return &id, nil
	}
	found, err := person.FindOrganisation(ctx, tx, a.Tenant.ID, strings.TrimSpace(named))
	if errs.KindOf(err) == errs.NotFound {
		return nil, nil //nolint:nilnil // an organisation that is not there has no tickets
	}
	if err != nil {
		return nil, fmt.Errorf("find organisation: %w", err)
	}
	return &found.ID, nil
}

// find reads the page: by number, by words, or simply the next tickets of the scope.
func (s *Service) find(ctx context.Context, tx pgx.Tx, a Actor, desks []*Snapshot, in ListInput, f ticket.Filter, c cursor) ([]ticket.Item, string, error) {
	query := strings.TrimSpace(in.Query)
	if query == "" {
		return s.page(ctx, tx, a, desks, in, f, c)
	}
	if c.id == nil || !c.at.IsZero() {
		for _, number := range numbersOf(desks, query) {
			f.NumberPrefix = &number
			items, next, err := s.page(ctx, tx, a, desks, in, f, c)
			if err != nil || len(items) > 0 {
				return items, next, err
			}
		}
		f.NumberPrefix = nil
	}
	return s.search(ctx, tx, a, desks, in, f, c, query)
}

func (s *Service) page(ctx context.Context, tx pgx.Tx, a Actor, desks []*Snapshot, in ListInput, f ticket.Filter, c cursor) ([]ticket.Item, string, error) {
	scope := scopeOf(a, desks, in.Mine, in.tells())
	if order, ok := in.open(); ok {
		items, next, err := ticket.ListOpen(ctx, tx, a.Tenant.ID, scope, f, order, ranksOf(desks), c.place)
		if err != nil || next == nil {
			return items, "", err
		}
		return items, writePlace(order, *next), nil
	}
	f.AfterTime, f.AfterID = c.at, c.id
	limit := f.Limit
	f.Limit++
	items, err := ticket.List(ctx, tx, a.Tenant.ID, scope, f)
	if err != nil || len(items) <= limit {
		return items, "", err
	}
	return items[:limit], in.changedCursor(&items[limit-1]), nil
}

// numbersOf are the ticket numbers, or beginnings of them, that a query may mean: with the prefix of a
// desk, with or without its hyphen, or the digits alone where their check digit is right.
func numbersOf(desks []*Snapshot, query string) []string {
	folded := ident.FoldPrefix(query)
	digits := strings.TrimLeft(folded, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	prefix := folded[:len(folded)-len(digits)]
	digits = strings.TrimPrefix(digits, "-")
	if strings.Trim(digits, "0123456789") != "" || len(digits) > 19 || prefix == "" && len(digits) < 3 {
		return nil
	}
	var out []string
	for _, snap := range desks {
		number := snap.Desk.Prefix + "-" + digits
		if prefix == snap.Desk.Prefix {
			return []string{number}
		}
		if _, state := ident.ParseNumber(number); prefix == "" && state == ident.NumberOK {
			out = append(out, number)
		}
	}
	return out
}

// searchRounds bounds how many batches of found tickets are looked through for one page.
const searchRounds = 10

// search finds by words within the scope, a batch of identifiers at a time, until the page is full.
func (s *Service) search(ctx context.Context, tx pgx.Tx, a Actor, desks []*Snapshot, in ListInput, f ticket.Filter, c cursor, query string) ([]ticket.Item, string, error) {
	var out []ticket.Item
	before := c.id
	for range searchRounds {
		ids, err := s.searchScopes(ctx, tx, a, desks, in, query, before)
		if err != nil {
			return nil, "", err
		}
		if len(ids) == 0 {
			return out, "", nil
		}
		page := f
		page.Limit = maxPage
		items, err := ticket.ListByIDs(ctx, tx, a.Tenant.ID, ids, page)
		if err != nil {
			return nil, "", err
		}
		for i := range items {
			if len(out) == f.Limit {
				return out, wordsCursor(out[len(out)-1].ID), nil
			}
			out = append(out, items[i])
		}
		before = &ids[len(ids)-1]
	}
	// More was found than was looked through: the next page goes on behind it.
	return out, wordsCursor(*before), nil
}

// searchScopes asks the search once for each kind of right that the person has, and unites what it
// finds, the newest first.
func (s *Service) searchScopes(ctx context.Context, tx pgx.Tx, a Actor, desks []*Snapshot, in ListInput, query string, before *ident.ID) ([]ident.ID, error) {
	scope := scopeOf(a, desks, in.Mine, in.tells())
	reader := a.id()
	var asked []ticket.SearchScope
	var whole, columns []ident.ID
	for _, id := range scope.Wide {
		if a.works(id) {
			whole = append(whole, id)
		} else {
			columns = append(columns, id)
		}
	}
	if len(whole) > 0 {
		asked = append(asked, ticket.SearchScope{Desks: whole, Reader: &reader})
	}
	all := make([]ident.ID, 0, len(desks))
	for _, snap := range desks {
		all = append(all, snap.Desk.ID)
	}
	// Where a desk shows strangers its columns only, its words are searched in one's own and one's
	// organisation's tickets: finding a foreign text by its words would show it.
	if scope.Own != nil || len(columns) > 0 {
		asked = append(asked, ticket.SearchScope{Desks: all, Requester: &reader})
	}
	if org := a.Person.Organisation; org != nil && !in.Mine && len(scope.OrgDesks)+len(columns) > 0 {
		asked = append(asked, ticket.SearchScope{Desks: append(columns, scope.OrgDesks...), Organisation: &org.ID})
	}
	for i, id := range scope.HandedDesks {
		asked = append(asked, ticket.SearchScope{Desks: []ident.ID{id}, Reader: &reader, Line: &scope.HandedLines[i]})
	}
	var found []ident.ID
	for _, one := range asked {
		ids, err := ticket.Search(ctx, tx, a.Tenant.ID, one, query, before, maxPage)
		if err != nil {
			return nil, err
		}
		found = append(found, ids...)
	}
	return newestFirst(found, maxPage), nil
}

// item makes a list's row for a person; what he may not even know of is left out.
func (s *Service) item(a Actor, i *ticket.Item) (ListItem, bool) {
	v, err := s.stand(a, &i.Ticket)
	if err != nil || v.standing == access.Nobody {
		return ListItem{}, false
	}
	out := ListItem{Number: i.Number, Subject: i.Subject, Status: v.status()}
	if i.Assignee != nil {
		out.Assignee = &PersonRef{ID: i.Assignee, Name: i.AssigneeName}
	}
	if v.standing == access.Stranger {
		if out.Assignee != nil {
			out.Assignee.ID = nil
		}
		return out, true
	}
	unread := v.unread(i.ReadSeq)
	out.Desk, out.Form, out.Priority, out.Queue, out.Line = v.snap.Desk.Slug, i.Form, i.Priority, i.Queue, i.Line
	out.Requester = &PersonRef{ID: &i.Requester, Name: i.RequesterName}
	if i.Organisation != nil {
		out.Org = &OrganisationView{ID: *i.Organisation, INN: i.OrgINN, Name: i.OrgName}
	}
	if i.DeadlineCase != "" || i.DeadlineAt != nil {
		out.Deadline = &DeadlineView{Case: i.DeadlineCase, DueAt: i.DeadlineAt}
		if deadline, ok := v.snap.Declaration().Deadline(i.DeadlineCase); ok {
			out.Deadline.Title = deadline.Title.In(a.Lang)
		}
	}
	out.Unread, out.CreatedAt, out.UpdatedAt, out.ClosedAt, out.Version = &unread, &i.CreatedAt, &i.UpdatedAt, i.ClosedAt, i.Version
	if v.agent() {
		out.LastSeq = i.LastSeq
	}
	return out, true
}
