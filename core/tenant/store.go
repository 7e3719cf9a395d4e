package tenant

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

// FirstNumber is the counter of a new desk before its first ticket, so that numbers have a length
// that reads well from the first day.
const FirstNumber = 1000

// List returns every tenant by slug, at most 10,000.
func List(ctx context.Context, q db.Querier) ([]Tenant, error) {
	rows, err := q.Query(ctx, `
		select id, slug, title, attachment_quota, created_at
		from tenants
		order by slug
		limit 10000`)
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", db.Translate(err))
	}
	all, err := pgx.CollectRows(rows, scanTenant)
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", db.Translate(err))
	}
	return all, nil
}

// BySlug returns the tenant of a slug. Errors: NotFound (code "tenant_not_found").
func BySlug(ctx context.Context, q db.Querier, slug string) (Tenant, error) {
	rows, err := q.Query(ctx, `
		select id, slug, title, attachment_quota, created_at
		from tenants
		where slug = $1
		limit 1`, slug)
	if err != nil {
		return Tenant{}, fmt.Errorf("read tenant: %w", db.Translate(err))
	}
	t, err := pgx.CollectExactlyOneRow(rows, scanTenant)
	if err != nil {
		return Tenant{}, fmt.Errorf("read tenant: %w", missing(err, "tenant_not_found"))
	}
	return t, nil
}

// Insert adds a tenant. Errors: Conflict (code "tenant_exists").
func Insert(ctx context.Context, q db.Querier, t Tenant) error {
	_, err := q.Exec(ctx, `
		insert into tenants (id, slug, title, attachment_quota, created_at)
		values ($1, $2, $3, $4, $5)`, t.ID, t.Slug, t.Title, t.Quota, t.CreatedAt)
	if err != nil {
		return fmt.Errorf("insert tenant: %w", taken(err, "tenants_slug_key", "tenant_exists", "/slug"))
	}
	return nil
}

// Desks returns the desks of a tenant by slug, at most 1,000.
func Desks(ctx context.Context, q db.Querier, tenant ident.ID) ([]Desk, error) {
	rows, err := q.Query(ctx, `
		select tenant_id, id, slug, system, title, prefix, settings, created_at, version
		from desks
		where tenant_id = $1
		order by slug
		limit 1000`, tenant)
	if err != nil {
		return nil, fmt.Errorf("list desks: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanDesk)
	if err != nil {
		return nil, fmt.Errorf("list desks: %w", err)
	}
	return all, nil
}

// DeskBySlug returns a desk of a tenant. Errors: NotFound (code "desk_not_found").
func DeskBySlug(ctx context.Context, q db.Querier, tenant ident.ID, slug string) (Desk, error) {
	rows, err := q.Query(ctx, `
		select tenant_id, id, slug, system, title, prefix, settings, created_at, version
		from desks
		where tenant_id = $1 and slug = $2
		limit 1`, tenant, slug)
	if err != nil {
		return Desk{}, fmt.Errorf("read desk: %w", err)
	}
	desk, err := pgx.CollectExactlyOneRow(rows, scanDesk)
	if err != nil {
		return Desk{}, fmt.Errorf("read desk: %w", missing(err, "desk_not_found"))
	}
	return desk, nil
}

// InsertDesk adds a desk with its counter. Errors: Conflict (code "desk_exists", or "prefix_taken"
// when another desk of the tenant writes its numbers with the prefix).
func InsertDesk(ctx context.Context, q db.Querier, tenant ident.ID, d Desk) error {
	_, err := q.Exec(ctx, `
		insert into desks (tenant_id, id, slug, system, title, prefix, settings, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tenant, d.ID, d.Slug, d.System, d.Title, d.Prefix, d.Settings, d.CreatedAt)
	if err != nil {
		err = taken(err, "desks_slug_key", "desk_exists", "/slug")
		return fmt.Errorf("insert desk: %w", taken(err, "desks_prefix_key", "prefix_taken", "/prefix"))
	}
	if _, err := q.Exec(ctx, `
		insert into desk_counters (tenant_id, desk_id, value)
		values ($1, $2, $3)`, tenant, d.ID, FirstNumber); err != nil {
		return fmt.Errorf("insert desk counter: %w", err)
	}
	return nil
}

// UpdateSettings replaces the settings of a desk. Errors: NotFound (code "desk_not_found").
func UpdateSettings(ctx context.Context, q db.Querier, tenant, desk ident.ID, s Settings) error {
	tag, err := q.Exec(ctx, `
		update desks set settings = $3, version = version + 1
		where tenant_id = $1 and id = $2`, tenant, desk, s)
	if err != nil {
		return fmt.Errorf("update desk settings: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return errs.New(errs.NotFound, "desk_not_found", "no such desk")
	}
	return nil
}

// LockDesk returns a desk and holds it until the transaction ends. Errors: NotFound (code
// "desk_not_found").
func LockDesk(ctx context.Context, q db.Querier, tenant, desk ident.ID) (Desk, error) {
	rows, err := q.Query(ctx, `
		select tenant_id, id, slug, system, title, prefix, settings, created_at, version
		from desks
		where tenant_id = $1 and id = $2
		limit 1
		for update`, tenant, desk)
	if err != nil {
		return Desk{}, fmt.Errorf("lock desk: %w", err)
	}
	d, err := pgx.CollectExactlyOneRow(rows, scanDesk)
	if err != nil {
		return Desk{}, fmt.Errorf("lock desk: %w", missing(err, "desk_not_found"))
	}
	return d, nil
}

// LockNumbers holds the desk's counter until the transaction ends, so that nobody files meanwhile.
func LockNumbers(ctx context.Context, q db.Querier, tenant, desk ident.ID) error {
	if _, err := q.Exec(ctx, `
		select value from desk_counters where tenant_id = $1 and desk_id = $2 limit 1 for update`, tenant, desk); err != nil {
		return fmt.Errorf("lock counter: %w", err)
	}
	return nil
}

// UpdateDesk replaces title, prefix and settings of a desk that is locked, and raises its version.
// Errors: Conflict (code "prefix_taken").
func UpdateDesk(ctx context.Context, q db.Querier, tenant ident.ID, d Desk) error {
	if _, err := q.Exec(ctx, `
		update desks set title = $3, prefix = $4, settings = $5, version = version + 1
		where tenant_id = $1 and id = $2`, tenant, d.ID, d.Title, d.Prefix, d.Settings); err != nil {
		return fmt.Errorf("update desk: %w", taken(err, "desks_prefix_key", "prefix_taken", "/prefix"))
	}
	return nil
}

// Lock returns a tenant and holds it until the transaction ends. Errors: NotFound (code
// "tenant_not_found").
func Lock(ctx context.Context, q db.Querier, id ident.ID) (Tenant, error) {
	rows, err := q.Query(ctx, `
		select id, slug, title, attachment_quota, created_at
		from tenants
		where id = $1
		limit 1
		for update`, id)
	if err != nil {
		return Tenant{}, fmt.Errorf("lock tenant: %w", db.Translate(err))
	}
	t, err := pgx.CollectExactlyOneRow(rows, scanTenant)
	if err != nil {
		return Tenant{}, fmt.Errorf("lock tenant: %w", missing(err, "tenant_not_found"))
	}
	return t, nil
}

// Update replaces title and quota of a tenant. Errors: NotFound (code "tenant_not_found").
func Update(ctx context.Context, q db.Querier, t Tenant) error {
	tag, err := q.Exec(ctx, `
		update tenants set title = $2, attachment_quota = $3
		where id = $1`, t.ID, t.Title, t.Quota)
	if err != nil {
		return fmt.Errorf("update tenant: %w", db.Translate(err))
	}
	if tag.RowsAffected() == 0 {
		return errs.New(errs.NotFound, "tenant_not_found", "no such tenant")
	}
	return nil
}

// DeskCount is how many tickets a desk has.
type DeskCount struct {
	Desk        ident.ID
	Open, Total int64
}

// Counts returns how many tickets each desk of a tenant has, for the operator's page; desks without
// any are left out.
func Counts(ctx context.Context, q db.Querier, tenant ident.ID) ([]DeskCount, error) {
	rows, err := q.Query(ctx, `
		select desk_id, count(*) filter (where category <> 'done'), count(*)
		from tickets
		where tenant_id = $1
		group by desk_id
		limit 1000`, tenant)
	if err != nil {
		return nil, fmt.Errorf("count tickets: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (DeskCount, error) {
		var c DeskCount
		err := row.Scan(&c.Desk, &c.Open, &c.Total)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("count tickets: %w", err)
	}
	return all, nil
}

// InsertOperator adds an operator. Errors: Conflict (code "operator_exists").
func InsertOperator(ctx context.Context, q db.Querier, o Operator) error {
	_, err := q.Exec(ctx, `
		insert into operators (id, login, name, password_hash, created_at)
		values ($1, $2, $3, $4, $5)`, o.ID, o.Login, o.Name, o.PasswordHash, o.CreatedAt)
	if err != nil {
		return fmt.Errorf("insert operator: %w", taken(err, "operators_login_key", "operator_exists", "/email"))
	}
	return nil
}

// OperatorByLogin returns an operator with his password's hash. Errors: NotFound (code
// "operator_not_found").
func OperatorByLogin(ctx context.Context, q db.Querier, login string) (Operator, error) {
	var o Operator
	err := q.QueryRow(ctx, `
		select id, login, name, password_hash, created_at
		from operators
		where login = $1
		limit 1`, login).Scan(&o.ID, &o.Login, &o.Name, &o.PasswordHash, &o.CreatedAt)
	if err != nil {
		return Operator{}, fmt.Errorf("read operator: %w", missing(err, "operator_not_found"))
	}
	return o, nil
}

// OperatorSignedInFrom returns from where an operator signed in of late, with the times.
func OperatorSignedInFrom(ctx context.Context, q db.Querier, id ident.ID) (map[string]time.Time, error) {
	var places map[string]time.Time
	if err := q.QueryRow(ctx, `
		select signed_in_from from operators where id = $1 limit 1`, id).Scan(&places); err != nil {
		return nil, fmt.Errorf("read operator's places: %w", missing(err, "operator_not_found"))
	}
	return places, nil
}

// SetOperatorSignedInFrom replaces them.
func SetOperatorSignedInFrom(ctx context.Context, q db.Querier, id ident.ID, places map[string]time.Time) error {
	if _, err := q.Exec(ctx, `
		update operators set signed_in_from = $2 where id = $1`, id, places); err != nil {
		return fmt.Errorf("note operator's place: %w", db.Translate(err))
	}
	return nil
}

// InsertOperatorSession adds a session and forgets those that have expired.
func InsertOperatorSession(ctx context.Context, q db.Querier, s OperatorSession) error {
	if _, err := q.Exec(ctx, `
		insert into operator_sessions (digest, operator_id, created_at, expires_at)
		values ($1, $2, $3, $4)`, s.Digest, s.Operator, s.CreatedAt, s.ExpiresAt); err != nil {
		return fmt.Errorf("insert operator session: %w", db.Translate(err))
	}
	if _, err := q.Exec(ctx, `
		delete from operator_sessions where expires_at <= $1`, s.CreatedAt); err != nil {
		return fmt.Errorf("forget operator sessions: %w", db.Translate(err))
	}
	return nil
}

// OperatorByDigest returns the operator of a session that has not expired. Errors: NotFound (code
// "operator_not_found").
func OperatorByDigest(ctx context.Context, q db.Querier, digest []byte, now time.Time) (Operator, error) {
	var o Operator
	err := q.QueryRow(ctx, `
		select o.id, o.login, o.name, o.created_at
		from operator_sessions s join operators o on o.id = s.operator_id
		where s.digest = $1 and s.expires_at > $2
		limit 1`, digest, now).Scan(&o.ID, &o.Login, &o.Name, &o.CreatedAt)
	if err != nil {
		return Operator{}, fmt.Errorf("read operator session: %w", missing(err, "operator_not_found"))
	}
	return o, nil
}

// DeleteOperatorSession ends a session; an absent one is no error.
func DeleteOperatorSession(ctx context.Context, q db.Querier, digest []byte) error {
	if _, err := q.Exec(ctx, `
		delete from operator_sessions where digest = $1`, digest); err != nil {
		return fmt.Errorf("delete operator session: %w", db.Translate(err))
	}
	return nil
}

func scanTenant(row pgx.CollectableRow) (Tenant, error) {
	var t Tenant
	err := row.Scan(&t.ID, &t.Slug, &t.Title, &t.Quota, &t.CreatedAt)
	return t, err
}

func scanDesk(row pgx.CollectableRow) (Desk, error) {
	var d Desk
	err := row.Scan(&d.Tenant, &d.ID, &d.Slug, &d.System, &d.Title, &d.Prefix, &d.Settings, &d.CreatedAt, &d.Version)
	return d, err
}

func missing(err error, code string) error {
	if translated := db.Translate(err); errs.KindOf(translated) != errs.NotFound {
		return translated
	}
	return errs.Wrap(errs.NotFound, code, err)
}

func taken(err error, constraint, code, pointer string) error {
	if db.Violated(err, constraint) {
		return errs.Wrap(errs.Conflict, code, err).At(pointer)
	}
	return db.Translate(err)
}
