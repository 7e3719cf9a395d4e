package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// Members lists who works or administers a desk, by name. Errors: those of a desk that the actor does
// not administer.
func (s *Service) Members(ctx context.Context, a Actor, desk string) (Page[MemberView], error) {
	page := Page[MemberView]{Items: []MemberView{}}
	snap, err := s.administered(a, desk)
	if err != nil {
		return page, err
	}
	err = s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		page.Items = page.Items[:0]
		members, err := person.Members(ctx, tx, a.Tenant.ID, snap.Desk.ID)
		for _, m := range members {
			page.Items = append(page.Items, MemberView{
				Person: MemberPerson{ID: m.Person, Name: m.Name, Email: m.Email}, Line: m.Line, Administrator: m.Administrator,
			})
		}
		return err
	})
	return page, err
}

// SetMember says what a person is on a desk. Errors: those of a desk that the actor does not administer;
// NotFound ("person_not_found"), Invalid ("invalid_request"), Conflict ("last_administrator", "no_login").
func (s *Service) SetMember(ctx context.Context, a Actor, desk string, id ident.ID, in MemberInput) (MemberView, error) {
	snap, err := s.administered(a, desk)
	if err != nil {
		return MemberView{}, err
	}
	switch {
	case in.Line == "" && !in.Administrator:
		return MemberView{}, invalid(errs.Problem{Pointer: "/line", Code: "required"})
	case in.Line != "" && snap.Line(in.Line) == nil:
		return MemberView{}, invalid(errs.Problem{Pointer: "/line", Code: "unknown_line"})
	}
	var view MemberView
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		p, err := person.Lock(ctx, tx, a.Tenant.ID, id)
		switch {
		case err != nil:
			return err
		case p.ErasedAt != nil:
			return errs.New(errs.NotFound, "person_not_found", "erased")
		case p.Login == "":
			return errs.New(errs.Conflict, "no_login", "the person does not sign in")
		}
		// The line may be on its way out: who takes it away holds the desk.
		row, err := tenant.LockDesk(ctx, tx, a.Tenant.ID, snap.Desk.ID)
		if err != nil {
			return err
		}
		if _, declared := snap.Declaration().Line(in.Line); in.Line != "" && !declared &&
			!slices.ContainsFunc(row.Settings.Lines, func(l api.Line) bool { return l.Key == in.Line }) {
			return invalid(errs.Problem{Pointer: "/line", Code: "unknown_line"})
		}
		view = MemberView{Person: MemberPerson{ID: p.ID, Name: p.Name, Email: p.Email}, Line: in.Line, Administrator: in.Administrator}
		return s.changeMember(ctx, tx, a, snap, id, in)
	}); err != nil {
		return MemberView{}, fmt.Errorf("set member: %w", err)
	}
	return view, nil
}

// RemoveMember takes a person off a desk; who is not on it is no error. Errors: those of a desk that the
// actor does not administer; Conflict ("last_administrator").
func (s *Service) RemoveMember(ctx context.Context, a Actor, desk string, id ident.ID) error {
	snap, err := s.administered(a, desk)
	if err != nil {
		return err
	}
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := person.ByID(ctx, tx, a.Tenant.ID, id); err != nil {
			return err
		}
		return s.changeMember(ctx, tx, a, snap, id, MemberInput{})
	}); err != nil {
		return fmt.Errorf("remove member: %w", err)
	}
	return nil
}

// changeMember makes a person's memberships of a desk what they are to be.
func (s *Service) changeMember(ctx context.Context, tx pgx.Tx, a Actor, snap *Snapshot, id ident.ID, in MemberInput) error {
	admins, err := person.LockAdministrators(ctx, tx, a.Tenant.ID, snap.Desk.ID)
	if err != nil {
		return err
	}
	memberships, err := person.Memberships(ctx, tx, a.Tenant.ID, id)
	if err != nil {
		return err
	}
	before := byDesk(memberships)[snap.Desk.ID]
	if before.Line == in.Line && before.Administrator == in.Administrator {
		return nil
	}
	if before.Administrator && !in.Administrator && len(admins) == 1 && slices.Contains(admins, id) {
		return errs.New(errs.Conflict, "last_administrator", "the desk would have no administrator")
	}
	for _, role := range []struct {
		name    string
		has, is bool
		line    string
	}{
		{person.RoleAgent, before.Line != "", in.Line != "", in.Line},
		{person.RoleAdministrator, before.Administrator, in.Administrator, ""},
	} {
		switch {
		case role.is:
			err = person.InsertMembership(ctx, tx, a.Tenant.ID, person.Membership{
				Desk: snap.Desk.ID, Person: id, Role: role.name, Line: role.line,
			}, s.clock.Now())
		case role.has:
			err = person.DeleteMembership(ctx, tx, a.Tenant.ID, snap.Desk.ID, id, role.name)
		}
		if err != nil {
			return err
		}
	}
	return s.record(ctx, tx, a, entry{
		desk: &snap.Desk.ID, action: "member_changed", object: snap.Desk.Slug + "/" + id.String(),
		data: changes(
			map[string]any{"line": before.Line, "administrator": before.Administrator},
			map[string]any{"line": in.Line, "administrator": in.Administrator},
		),
	})
}
