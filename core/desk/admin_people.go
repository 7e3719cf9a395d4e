package desk

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
)

// Limits of a profile.
const (
	maxPhone        = 64
	maxOrganisation = 500
)

// CreatePerson adds a person to the tenant. A password that was made is in the answer, this once.
// Errors: Unauthenticated, Forbidden ("not_allowed"), Invalid ("invalid_request" with pointers,
// "password_length"), Conflict ("person_exists").
func (s *Service) CreatePerson(ctx context.Context, a Actor, in PersonInput) (PersonCard, error) {
	if err := a.administrator(); err != nil {
		return PersonCard{}, err
	}
	p := person.Person{
		Tenant: a.Tenant.ID, ID: ident.New(), Name: oneLine(in.Name), Email: strings.TrimSpace(in.Email), Phone: oneLine(in.Phone),
		Position: oneLine(in.Position), Kind: in.Kind, Verified: true, Locale: string(i18n.RU), CreatedAt: s.clock.Now(),
	}
	if p.Kind == "" {
		p.Kind = person.Staff
	}
	if in.Login {
		p.Login = loginOf(p.Email)
	}
	org := OrganisationInput{INN: strings.TrimSpace(in.INN), Name: oneLine(in.Organisation)}
	if problems := append(profileProblems(person.Person{}, p, in.Login), organisationProblems(org)...); len(problems) > 0 {
		return PersonCard{}, invalid(problems...)
	}
	made := ""
	if in.Login {
		var err error
		if made, p.PasswordHash, err = s.password(ctx, in.Password); err != nil {
			return PersonCard{}, err
		}
	}
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if p.Organisation, err = s.organisation(ctx, tx, a.Tenant.ID, nil, org); err != nil {
			return err
		}
		if err := person.Insert(ctx, tx, a.Tenant.ID, p); err != nil {
			return err
		}
		return s.record(ctx, tx, a, entry{action: "person_created", object: p.ID.String(), data: map[string]any{"login": in.Login}})
	}); err != nil {
		return PersonCard{}, fmt.Errorf("create person: %w", err)
	}
	card := s.card(a, p, nil)
	card.Password = made
	return card, nil
}

// Person shows a person to an administrator of the tenant. Errors: Unauthenticated, Forbidden
// ("not_allowed"), NotFound ("person_not_found").
func (s *Service) Person(ctx context.Context, a Actor, id ident.ID) (PersonCard, error) {
	if err := a.administrator(); err != nil {
		return PersonCard{}, err
	}
	var card PersonCard
	err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		p, err := person.ByID(ctx, tx, a.Tenant.ID, id)
		if err != nil {
			return err
		}
		memberships, err := person.Memberships(ctx, tx, a.Tenant.ID, id)
		card = s.card(a, p, memberships)
		return err
	})
	return card, err
}

// ChangePerson changes what is named of a profile. Errors: those of Person; Forbidden
// ("works_elsewhere"), Invalid ("invalid_request"), Conflict ("person_exists", "last_administrator").
func (s *Service) ChangePerson(ctx context.Context, a Actor, id ident.ID, in PersonPatch) (PersonCard, error) {
	if err := a.administrator(); err != nil {
		return PersonCard{}, err
	}
	var card PersonCard
	err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		before, err := person.Lock(ctx, tx, a.Tenant.ID, id)
		if err != nil {
			return err
		}
		p := patched(before, in)
		if before.ErasedAt != nil {
			return errs.New(errs.NotFound, "person_not_found", "erased")
		}
		problems := profileProblems(before, p, p.Login != "")
		if in.Organisation != nil {
			org := OrganisationInput{INN: strings.TrimSpace(in.Organisation.INN), Name: oneLine(in.Organisation.Name)}
			if problems = append(problems, organisationProblems(org)...); len(problems) == 0 {
				p.Organisation, err = s.organisation(ctx, tx, a.Tenant.ID, before.Organisation, org)
			}
		}
		if err != nil {
			return err
		}
		if len(problems) > 0 {
			return invalid(problems...)
		}
		if err := s.keepProfile(ctx, tx, a, before, p); err != nil {
			return err
		}
		memberships, err := person.Memberships(ctx, tx, a.Tenant.ID, id)
		card = s.card(a, p, memberships)
		return err
	})
	if err != nil {
		return PersonCard{}, fmt.Errorf("change person: %w", err)
	}
	return card, nil
}

// patched is the profile with what is named; the login follows the address.
func patched(p person.Person, in PersonPatch) person.Person {
	signsIn := p.Login != ""
	follows := p.Login == loginOf(p.Email)
	set := func(to, value *string, clean func(string) string) {
		if value != nil {
			*to = clean(*value)
		}
	}
	set(&p.Name, in.Name, oneLine)
	set(&p.Email, in.Email, strings.TrimSpace)
	set(&p.Phone, in.Phone, oneLine)
	set(&p.Position, in.Position, oneLine)
	set(&p.Kind, in.Kind, strings.TrimSpace)
	if in.Login != nil {
		signsIn, follows = *in.Login, follows || p.Login == ""
	}
	switch {
	case !signsIn:
		p.Login = ""
	case follows:
		p.Login = loginOf(p.Email)
	}
	return p
}

// keepProfile writes what differs and says in the log which members it was, never what they hold.
func (s *Service) keepProfile(ctx context.Context, tx pgx.Tx, a Actor, before, after person.Person) error {
	var changed []string
	for _, member := range []struct {
		name string
		same bool
	}{
		{"name", before.Name == after.Name},
		{"email", before.Email == after.Email},
		{"phone", before.Phone == after.Phone},
		{"position", before.Position == after.Position},
		{"kind", before.Kind == after.Kind},
		{"organisation", sameOrganisation(before.Organisation, after.Organisation)},
		{"login", before.Login == after.Login},
	} {
		if !member.same {
			changed = append(changed, member.name)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	if before.Login != after.Login || before.Email != after.Email {
		if err := s.governs(ctx, tx, a, after.ID, after.Login == ""); err != nil {
			return err
		}
		if err := s.answersAlone(ctx, tx, a, after.ID); err != nil {
			return err
		}
	}
	if err := person.Update(ctx, tx, a.Tenant.ID, after); err != nil {
		return err
	}
	if before.Login != after.Login {
		if err := person.SetLogin(ctx, tx, a.Tenant.ID, after.ID, after.Login); err != nil {
			return err
		}
		if after.Login == "" {
			if err := person.DeleteSessions(ctx, tx, a.Tenant.ID, after.ID); err != nil {
				return err
			}
		}
	}
	return s.record(ctx, tx, a, entry{action: "person_changed", object: after.ID.String(), data: map[string]any{"changed": changed}})
}

func sameOrganisation(a, b *person.Organisation) bool {
	return a == nil && b == nil || a != nil && b != nil && a.ID == b.ID
}

// SetPassword gives a person a new password, made where none is given, and ends his sessions. Errors:
// those of Person; Forbidden ("works_elsewhere"), Invalid ("password_length"), Conflict ("no_login").
func (s *Service) SetPassword(ctx context.Context, a Actor, id ident.ID, password string) (PasswordView, error) {
	known, err := s.Person(ctx, a, id)
	switch {
	case err != nil:
		return PasswordView{}, err
	case known.Login == "":
		return PasswordView{}, errs.New(errs.Conflict, "no_login", "the person does not sign in")
	}
	made, hash, err := s.password(ctx, password)
	if err != nil {
		return PasswordView{}, err
	}
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.governs(ctx, tx, a, id, false); err != nil {
			return err
		}
		if err := s.answersAlone(ctx, tx, a, id); err != nil {
			return err
		}
		if err := person.SetPassword(ctx, tx, a.Tenant.ID, id, hash); err != nil {
			return err
		}
		if err := person.DeleteSessions(ctx, tx, a.Tenant.ID, id); err != nil {
			return err
		}
		return s.record(ctx, tx, a, entry{action: "password_set", object: id.String()})
	}); err != nil {
		return PasswordView{}, fmt.Errorf("set password: %w", err)
	}
	if made == "" {
		made = password
	}
	return PasswordView{Password: made}, nil
}

// password hashes a password, and makes one where none is given.
func (s *Service) password(ctx context.Context, given string) (made, hash string, err error) {
	if given == "" {
		made = newPassword()
		given = made
	}
	if hash, err = s.doors.hasher.Hash(ctx, given); err != nil {
		return "", "", fmt.Errorf("hash password: %w", err)
	}
	return made, hash, nil
}

// newPassword has 80 random bits in letters and digits that are read out without mistakes.
func newPassword() string {
	letters := strings.ToLower(rand.Text())[:16]
	return letters[:4] + "-" + letters[4:8] + "-" + letters[8:12] + "-" + letters[12:]
}

// profileProblems is what is wrong with a profile. What was there before and stays is left alone: a
// name from older days does not stand in the way of another phone.
func profileProblems(before, p person.Person, login bool) []errs.Problem {
	var out []errs.Problem
	switch {
	case p.Name == "":
		out = append(out, errs.Problem{Pointer: "/name", Code: "required"})
	case p.Kind == person.Staff && (p.Name != before.Name || p.Kind != before.Kind):
		out = append(out, form.Fault("fio", "/name", p.Name)...)
	}
	if p.Phone != "" && p.Phone != before.Phone {
		out = append(out, form.Fault("phone", "/phone", p.Phone)...)
	}
	for _, text := range []struct {
		pointer, value string
		limit          int
	}{{"/name", p.Name, maxTitle}, {"/phone", p.Phone, maxPhone}, {"/position", p.Position, maxTitle}} {
		if utf8.RuneCountInString(text.value) > text.limit {
			out = append(out, tooLong(text.pointer, text.limit))
		}
	}
	switch {
	case login && p.Email == "":
		out = append(out, errs.Problem{Pointer: "/email", Code: "required"})
	case p.Email != "" && badEmail(p.Email):
		out = append(out, errs.Problem{Pointer: "/email", Code: "format_email"})
	}
	if !slices.Contains([]string{person.Staff, person.Citizen}, p.Kind) {
		out = append(out, errs.Problem{Pointer: "/kind", Code: "enum"})
	}
	return out
}

func organisationProblems(org OrganisationInput) []errs.Problem {
	switch {
	case org.INN != "" && len(form.Fault("inn", "", org.INN)) > 0:
		return []errs.Problem{{Pointer: "/organisation/inn", Code: "format_inn"}}
	case utf8.RuneCountInString(org.Name) > maxOrganisation:
		return []errs.Problem{tooLong("/organisation/name", maxOrganisation)}
	}
	return nil
}

// organisation finds or makes the organisation that is named; one without INN that the person has
// already by that name stays.
func (s *Service) organisation(ctx context.Context, tx pgx.Tx, id ident.ID, had *person.Organisation, in OrganisationInput) (*person.Organisation, error) {
	switch {
	case in.INN == "" && in.Name == "":
		return nil, nil
	case in.INN == "" && had != nil && had.Name == in.Name:
		return had, nil
	}
	org, err := person.OrganisationByINN(ctx, tx, id, in.INN, in.Name, s.clock.Now())
	if err != nil {
		return nil, err
	}
	return &org, nil
}

func (s *Service) card(a Actor, p person.Person, memberships []person.Membership) PersonCard {
	view := s.Me(Actor{Tenant: a.Tenant, Person: &p, Memberships: byDesk(memberships)})
	return PersonCard{
		ID: p.ID, Name: p.Name, Email: p.Email, Phone: p.Phone, Position: p.Position, Kind: p.Kind, Verified: p.Verified,
		Organisation: view.Organisation, Login: p.Login, Desks: view.Desks, CreatedAt: p.CreatedAt, Erased: p.ErasedAt != nil,
	}
}
