package person

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

// Member is somebody on a desk with all that he is there.
type Member struct {
	Person      ident.ID
	Name, Email string
	// Line is empty for who is no agent.
	Line          string
	Administrator bool
}

// Members returns the agents and administrators of a desk by name, at most 10,000.
func Members(ctx context.Context, q db.Querier, tenant, desk ident.ID) ([]Member, error) {
	rows, err := q.Query(ctx, `
		select p.id, p.name, p.email, coalesce(max(m.line) filter (where m.role = 'agent'), ''), bool_or(m.role = 'administrator')
		from memberships m
		join people p on p.tenant_id = m.tenant_id and p.id = m.person_id
		where m.tenant_id = $1 and m.desk_id = $2
		group by p.tenant_id, p.id
		order by p.name, p.id
		limit 10000`, tenant, desk)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Member, error) {
		var m Member
		err := row.Scan(&m.Person, &m.Name, &m.Email, &m.Line, &m.Administrator)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return all, nil
}

// LockAdministrators returns the administrators of a desk who can sign in, and holds the memberships of
// all until the transaction ends: two of them cannot take each other away at once.
func LockAdministrators(ctx context.Context, q db.Querier, tenant, desk ident.ID) ([]ident.ID, error) {
	if _, err := q.Exec(ctx, `
		select person_id
		from memberships
		where tenant_id = $1 and desk_id = $2 and role = 'administrator'
		order by person_id
		limit 10000
		for update`, tenant, desk); err != nil {
		return nil, fmt.Errorf("lock administrators: %w", err)
	}
	// A statement of its own sees what those did for whom the first one waited.
	rows, err := q.Query(ctx, `
		select m.person_id
		from memberships m
		join people p on p.tenant_id = m.tenant_id and p.id = m.person_id
		where m.tenant_id = $1 and m.desk_id = $2 and m.role = 'administrator' and p.login is not null and p.erased_at is null
		order by m.person_id
		limit 10000`, tenant, desk)
	if err != nil {
		return nil, fmt.Errorf("lock administrators: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("lock administrators: %w", err)
	}
	return all, nil
}

// DeleteMembership takes a role of a desk from a person; an absent one is no error.
func DeleteMembership(ctx context.Context, q db.Querier, tenant, desk, id ident.ID, role string) error {
	if _, err := q.Exec(ctx, `
		delete from memberships where tenant_id = $1 and desk_id = $2 and person_id = $3 and role = $4`, tenant, desk, id, role); err != nil {
		return fmt.Errorf("delete membership: %w", err)
	}
	return nil
}

// Lock is ByID that holds the person until the transaction ends.
func Lock(ctx context.Context, q db.Querier, tenant, id ident.ID) (Person, error) {
	if _, err := q.Exec(ctx, `
		select id from people where tenant_id = $1 and id = $2 limit 1 for update`, tenant, id); err != nil {
		return Person{}, fmt.Errorf("lock person: %w", err)
	}
	return ByID(ctx, q, tenant, id)
}

// SetLogin replaces the address that a person signs in with; an empty one takes it away with the
// password. Errors: NotFound (code "person_not_found"), Conflict (code "person_exists").
func SetLogin(ctx context.Context, q db.Querier, tenant, id ident.ID, login string) error {
	tag, err := q.Exec(ctx, `
		update people set login = nullif($3, ''), password_hash = case when $3 = '' then null else password_hash end
		where tenant_id = $1 and id = $2 and erased_at is null`, tenant, id, login)
	if err != nil {
		err = taken(err)
	}
	return changed(tag.RowsAffected(), err, "set login")
}

// SetPassword replaces the password's hash of somebody with a login. Errors: NotFound (code
// "person_not_found").
func SetPassword(ctx context.Context, q db.Querier, tenant, id ident.ID, hash string) error {
	tag, err := q.Exec(ctx, `
		update people set password_hash = $3
		where tenant_id = $1 and id = $2 and erased_at is null and login is not null`, tenant, id, hash)
	return changed(tag.RowsAffected(), err, "set password")
}

// ErrErased refuses a write in the name of somebody who was erased after his session was looked at; the
// answer is that of a session that has ended.
var ErrErased = errs.New(errs.Unauthenticated, "session_invalid", "the person was erased")

// Hold keeps people from being erased until the transaction ends: an erasure comes before it, and the
// write is refused, or after it and finds what was written. Every transaction that keeps what somebody
// sent holds him; people that are named twice or are Nil are left out. Errors: ErrErased when any of
// them was erased or is not there.
func Hold(ctx context.Context, tx pgx.Tx, tenant ident.ID, people ...ident.ID) error {
	batch := &pgx.Batch{}
	QueueHold(batch, tenant, people...)
	if batch.Len() == 0 {
		return nil
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("hold person: %w", err)
	}
	return nil
}

// QueueHold queues Hold with the other statements of a transaction. Only in a transaction that is rolled
// back for an error: in a batch that is one by itself the statements behind it would be kept.
func QueueHold(b *pgx.Batch, tenant ident.ID, people ...ident.ID) {
	ids := make([]ident.ID, 0, len(people))
	for _, id := range people {
		if id != ident.Nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return
	}
	b.Queue(`
		select id from people
		where tenant_id = $1 and id = any ($2) and erased_at is null
		order by id
		limit 100
		for key share`, tenant, ids).Query(func(rows pgx.Rows) error {
		held, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
		if err != nil {
			return fmt.Errorf("hold person: %w", err)
		}
		if len(held) != len(ids) {
			return ErrErased
		}
		return nil
	})
}

// SignedInFrom returns from where somebody signed in of late.
func SignedInFrom(ctx context.Context, q db.Querier, tenant, id ident.ID) (Places, error) {
	var p Places
	if err := q.QueryRow(ctx, `
		select signed_in_from from people where tenant_id = $1 and id = $2 limit 1`, tenant, id).Scan(&p); err != nil {
		return nil, fmt.Errorf("read places: %w", missing(err))
	}
	return p, nil
}

// SignsIn holds somebody whose password was found right, and notes from where he signs in. Errors:
// NotFound (code "person_not_found") when he was erased or given another password meanwhile.
func SignsIn(ctx context.Context, q db.Querier, p Person, address string, now time.Time) error {
	var places Places
	if err := q.QueryRow(ctx, `
		select signed_in_from from people
		where tenant_id = $1 and id = $2 and erased_at is null and password_hash = $3
		limit 1
		for no key update`, p.Tenant, p.ID, p.PasswordHash).Scan(&places); err != nil {
		return fmt.Errorf("hold who signs in: %w", missing(err))
	}
	places, differ := places.With(p.ID, address, now)
	if !differ {
		return nil
	}
	if _, err := q.Exec(ctx, `
		update people set signed_in_from = $3 where tenant_id = $1 and id = $2`, p.Tenant, p.ID, places); err != nil {
		return fmt.Errorf("note place: %w", err)
	}
	return nil
}
