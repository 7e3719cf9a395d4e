package person

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

// Insert adds a person; a Login or PasswordHash that is empty is kept as none. Errors: Conflict (code
// "person_exists") when somebody of the tenant has the login.
func Insert(ctx context.Context, q db.Querier, tenant ident.ID, p Person) error {
	_, err := q.Exec(ctx, `
		insert into people (tenant_id, id, login, password_hash, name, email, phone, position, kind, verified, locale, organisation_id, created_at)
		values ($1, $2, nullif($3, ''), nullif($4, ''), $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		tenant, p.ID, p.Login, p.PasswordHash, p.Name, p.Email, p.Phone, p.Position, p.Kind, p.Verified, p.Locale,
		p.organisationID(), p.CreatedAt)
	if err != nil {
		return fmt.Errorf("insert person: %w", taken(err))
	}
	return nil
}

// Update replaces the profile of a person: everything but the login, the password and the dates.
// Errors: NotFound (code "person_not_found").
func Update(ctx context.Context, q db.Querier, tenant ident.ID, p Person) error {
	tag, err := q.Exec(ctx, `
		update people set name = $3, email = $4, phone = $5, position = $6, kind = $7, verified = $8, locale = $9, organisation_id = $10
		where tenant_id = $1 and id = $2 and erased_at is null`,
		tenant, p.ID, p.Name, p.Email, p.Phone, p.Position, p.Kind, p.Verified, p.Locale, p.organisationID())
	return changed(tag.RowsAffected(), err, "update person")
}

// Erase blanks a person's profile, login and password (152-FZ) and ends his sessions and memberships;
// the row stays for what refers to it. Errors: NotFound (code "person_not_found") also when it was
// erased before.
func Erase(ctx context.Context, q db.Querier, tenant, id ident.ID, now time.Time) error {
	// Waits for whoever writes in his name now (Hold): what they wrote is there when this is done. An
	// update alone would not wait where it changes no key.
	if _, err := Lock(ctx, q, tenant, id); err != nil {
		return err
	}
	tag, err := q.Exec(ctx, `
		update people set login = null, password_hash = null, name = '', email = '', phone = '', position = '',
			verified = false, organisation_id = null, signed_in_from = '{}', erased_at = $3
		where tenant_id = $1 and id = $2 and erased_at is null`, tenant, id, now)
	if err := changed(tag.RowsAffected(), err, "erase person"); err != nil {
		return err
	}
	if _, err := q.Exec(ctx, `
		delete from memberships where tenant_id = $1 and person_id = $2`, tenant, id); err != nil {
		return fmt.Errorf("erase memberships: %w", err)
	}
	return DeleteSessions(ctx, q, tenant, id)
}

// ByID returns a person, erased ones too, without his password's hash. Errors: NotFound (code
// "person_not_found").
func ByID(ctx context.Context, q db.Querier, tenant, id ident.ID) (Person, error) {
	rows, err := q.Query(ctx, `
		select p.tenant_id, p.id, coalesce(p.login, ''), p.name, p.email, p.phone, p.position, p.kind, p.verified, p.locale,
			p.created_at, p.erased_at, o.id, coalesce(o.inn, ''), coalesce(o.name, '')
		from people p left join organisations o on o.tenant_id = p.tenant_id and o.id = p.organisation_id
		where p.tenant_id = $1 and p.id = $2
		limit 1`, tenant, id)
	if err != nil {
		return Person{}, fmt.Errorf("read person: %w", err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanPerson)
	if err != nil {
		return Person{}, fmt.Errorf("read person: %w", missing(err))
	}
	return p, nil
}

// ByIDs returns people by id, erased ones too, without hashes; unknown ids are left out. At most
// 1,000.
func ByIDs(ctx context.Context, q db.Querier, tenant ident.ID, ids []ident.ID) (map[ident.ID]Person, error) {
	if len(ids) == 0 {
		return map[ident.ID]Person{}, nil
	}
	rows, err := q.Query(ctx, `
		select p.tenant_id, p.id, coalesce(p.login, ''), p.name, p.email, p.phone, p.position, p.kind, p.verified, p.locale,
			p.created_at, p.erased_at, o.id, coalesce(o.inn, ''), coalesce(o.name, '')
		from people p left join organisations o on o.tenant_id = p.tenant_id and o.id = p.organisation_id
		where p.tenant_id = $1 and p.id = any ($2)
		limit 1000`, tenant, ids)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanPerson)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	found := make(map[ident.ID]Person, len(all))
	for _, p := range all {
		found[p.ID] = p
	}
	return found, nil
}

// ByLogin returns who signs in with the lower-cased address, with his password's hash. Errors:
// NotFound (code "person_not_found").
func ByLogin(ctx context.Context, q db.Querier, tenant ident.ID, login string) (Person, error) {
	var p Person
	var org orgRow
	err := q.QueryRow(ctx, `
		select p.tenant_id, p.id, p.login, coalesce(p.password_hash, ''), p.name, p.email, p.phone, p.position, p.kind, p.verified,
			p.locale, p.created_at, o.id, coalesce(o.inn, ''), coalesce(o.name, '')
		from people p left join organisations o on o.tenant_id = p.tenant_id and o.id = p.organisation_id
		where p.tenant_id = $1 and p.login = $2 and p.erased_at is null
		limit 1`, tenant, login).Scan(&p.Tenant, &p.ID, &p.Login, &p.PasswordHash, &p.Name, &p.Email, &p.Phone, &p.Position,
		&p.Kind, &p.Verified, &p.Locale, &p.CreatedAt, &org.id, &org.inn, &org.name)
	if err != nil {
		return Person{}, fmt.Errorf("read person by login: %w", missing(err))
	}
	p.Organisation = org.organisation()
	return p, nil
}

// Memberships returns what a person is on the desks of his tenant, at most 1,000.
func Memberships(ctx context.Context, q db.Querier, tenant, id ident.ID) ([]Membership, error) {
	rows, err := q.Query(ctx, `
		select desk_id, person_id, role, line
		from memberships
		where tenant_id = $1 and person_id = $2
		order by desk_id, role
		limit 1000`, tenant, id)
	if err != nil {
		return nil, fmt.Errorf("list memberships: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanMembership)
	if err != nil {
		return nil, fmt.Errorf("list memberships: %w", err)
	}
	return all, nil
}

// MembersOf returns the agents and administrators of a desk, at most 10,000.
func MembersOf(ctx context.Context, q db.Querier, tenant, desk ident.ID) ([]Membership, error) {
	rows, err := q.Query(ctx, `
		select desk_id, person_id, role, line
		from memberships
		where tenant_id = $1 and desk_id = $2
		order by person_id, role
		limit 10000`, tenant, desk)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanMembership)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return all, nil
}

// InsertMembership adds a membership, or moves an agent to another line.
func InsertMembership(ctx context.Context, q db.Querier, tenant ident.ID, m Membership, now time.Time) error {
	_, err := q.Exec(ctx, `
		insert into memberships (tenant_id, desk_id, person_id, role, line, created_at)
		values ($1, $2, $3, $4, $5, $6)
		on conflict (tenant_id, desk_id, person_id, role) do update set line = excluded.line`,
		tenant, m.Desk, m.Person, m.Role, m.Line, now)
	if err != nil {
		return fmt.Errorf("insert membership: %w", err)
	}
	return nil
}

// OrganisationByINN returns the organisation of an INN and makes it with the name where the tenant has
// none; a name that is known stays. Without an INN a new organisation is made: nobody is joined to
// another organisation silently by its name.
func OrganisationByINN(ctx context.Context, q db.Querier, tenant ident.ID, inn, name string, now time.Time) (Organisation, error) {
	o := Organisation{INN: inn}
	// An update even where nothing changes, so that a row comes back also when a parallel transaction
	// made it first.
	err := q.QueryRow(ctx, `
		insert into organisations (tenant_id, id, inn, name, created_at)
		values ($1, $2, nullif($3, ''), $4, $5)
		on conflict (tenant_id, inn) do update set name = case when organisations.name = '' then excluded.name else organisations.name end
		returning id, name`, tenant, ident.New(), inn, name, now).Scan(&o.ID, &o.Name)
	if err != nil {
		return Organisation{}, fmt.Errorf("upsert organisation: %w", err)
	}
	return o, nil
}

// FindOrganisation returns the organisation of an INN. Errors: NotFound (code
// "organisation_not_found").
func FindOrganisation(ctx context.Context, q db.Querier, tenant ident.ID, inn string) (Organisation, error) {
	o := Organisation{INN: inn}
	err := q.QueryRow(ctx, `
		select id, name
		from organisations
		where tenant_id = $1 and inn = $2
		limit 1`, tenant, inn).Scan(&o.ID, &o.Name)
	if errors.Is(err, pgx.ErrNoRows) {
		return Organisation{}, errs.Wrap(errs.NotFound, "organisation_not_found", err)
	}
	if err != nil {
		return Organisation{}, fmt.Errorf("read organisation: %w", err)
	}
	return o, nil
}

// OrganisationsByIDs returns organisations by id; unknown ids are left out. At most 1,000.
func OrganisationsByIDs(ctx context.Context, q db.Querier, tenant ident.ID, ids []ident.ID) (map[ident.ID]Organisation, error) {
	found := make(map[ident.ID]Organisation, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := q.Query(ctx, `
		select id, coalesce(inn, ''), name
		from organisations
		where tenant_id = $1 and id = any ($2)
		limit 1000`, tenant, ids)
	if err != nil {
		return nil, fmt.Errorf("read organisations: %w", err)
	}
	var o Organisation
	if _, err := pgx.ForEachRow(rows, []any{&o.ID, &o.INN, &o.Name}, func() error {
		found[o.ID] = o
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read organisations: %w", err)
	}
	return found, nil
}

// InsertSession adds a session. Errors: ErrErased.
func InsertSession(ctx context.Context, q db.Querier, tenant ident.ID, s Session) error {
	tag, err := q.Exec(ctx, `
		insert into sessions (tenant_id, digest, person_id, ticket_id, created_at, expires_at)
		select p.tenant_id, $2, p.id, $4, $5, $6
		from people p
		where p.tenant_id = $1 and p.id = $3 and p.erased_at is null
		limit 1
		for key share`, tenant, s.Digest, s.Person, s.Ticket, s.CreatedAt, s.ExpiresAt)
	if err != nil {
		return fmt.Errorf("insert session: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrErased
	}
	return nil
}

// Bearer is who a token stands for.
type Bearer struct {
	// Found is false when the token is unknown or expired, or its person was erased.
	Found       bool
	Session     Session
	Person      Person
	Memberships []Membership
}

// QueueBearer queues what finds out who bears a token: it rides in one batch, since every request does
// it. into is filled when the batch has run.
func QueueBearer(b *pgx.Batch, tenant ident.ID, digest []byte, now time.Time, into *Bearer) {
	b.Queue(`
		select s.person_id, s.ticket_id, s.created_at, s.expires_at, coalesce(p.login, ''), p.name, p.email, p.phone, p.position,
			p.kind, p.verified, p.locale, p.created_at, o.id, coalesce(o.inn, ''), coalesce(o.name, '')
		from sessions s
		join people p on p.tenant_id = s.tenant_id and p.id = s.person_id
		left join organisations o on o.tenant_id = p.tenant_id and o.id = p.organisation_id
		where s.tenant_id = $1 and s.digest = $2 and s.expires_at > $3 and p.erased_at is null
		limit 1`, tenant, digest, now).QueryRow(func(row pgx.Row) error {
		*into = Bearer{Session: Session{Digest: digest}, Person: Person{Tenant: tenant}}
		s, p, org := &into.Session, &into.Person, orgRow{}
		err := row.Scan(&s.Person, &s.Ticket, &s.CreatedAt, &s.ExpiresAt, &p.Login, &p.Name, &p.Email, &p.Phone, &p.Position,
			&p.Kind, &p.Verified, &p.Locale, &p.CreatedAt, &org.id, &org.inn, &org.name)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		into.Found, p.ID, p.Organisation = err == nil, s.Person, org.organisation()
		return err
	})
	b.Queue(`
		select m.desk_id, m.person_id, m.role, m.line
		from sessions s
		join memberships m on m.tenant_id = s.tenant_id and m.person_id = s.person_id
		where s.tenant_id = $1 and s.digest = $2 and s.expires_at > $3
		order by m.desk_id, m.role
		limit 1000`, tenant, digest, now).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, scanMembership)
		into.Memberships = all
		return err
	})
}

// DeleteSession ends a session; an absent one is no error.
func DeleteSession(ctx context.Context, q db.Querier, tenant ident.ID, digest []byte) error {
	if _, err := q.Exec(ctx, `
		delete from sessions where tenant_id = $1 and digest = $2`, tenant, digest); err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

// DeleteSessions ends every session of a person.
func DeleteSessions(ctx context.Context, q db.Querier, tenant, id ident.ID) error {
	if _, err := q.Exec(ctx, `
		delete from sessions where tenant_id = $1 and person_id = $2`, tenant, id); err != nil {
		return fmt.Errorf("delete sessions: %w", err)
	}
	return nil
}

func changed(rows int64, err error, what string) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if rows == 0 {
		return errs.New(errs.NotFound, "person_not_found", what+": no such person")
	}
	return nil
}

func (p Person) organisationID() *ident.ID {
	if p.Organisation == nil {
		return nil
	}
	return &p.Organisation.ID
}

// orgRow is the right side of a left join.
type orgRow struct {
	id        *ident.ID
	inn, name string
}

func (o orgRow) organisation() *Organisation {
	if o.id == nil {
		return nil
	}
	return &Organisation{ID: *o.id, INN: o.inn, Name: o.name}
}

func scanPerson(row pgx.CollectableRow) (Person, error) {
	var p Person
	var org orgRow
	err := row.Scan(&p.Tenant, &p.ID, &p.Login, &p.Name, &p.Email, &p.Phone, &p.Position, &p.Kind, &p.Verified, &p.Locale,
		&p.CreatedAt, &p.ErasedAt, &org.id, &org.inn, &org.name)
	p.Organisation = org.organisation()
	return p, err
}

func scanMembership(row pgx.CollectableRow) (Membership, error) {
	var m Membership
	err := row.Scan(&m.Desk, &m.Person, &m.Role, &m.Line)
	return m, err
}

func missing(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.Wrap(errs.NotFound, "person_not_found", err)
	}
	return err
}

func taken(err error) error {
	if db.Violated(err, "people_login_key") {
		return errs.Wrap(errs.Conflict, "person_exists", err).At("/email")
	}
	return err
}
