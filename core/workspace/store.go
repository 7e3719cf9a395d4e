package workspace

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// Hold makes whoever adds to a desk's views or templates wait for others who do, so that the limits
// hold.
func Hold(ctx context.Context, q db.Querier, tenant, desk ident.ID) error {
	if _, err := q.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('workspace of tenant_id ' || $1::text || ' ' || $2::text, 0))`,
		tenant, desk); err != nil {
		return fmt.Errorf("wait for others of the desk: %w", err)
	}
	return nil
}

// Views returns a person's own views of a desk and the shared ones, by title.
func Views(ctx context.Context, q db.Querier, tenant, desk, person ident.ID) ([]View, error) {
	rows, err := q.Query(ctx, `
		select id, desk_id, owner_id, shared, title, query
		from saved_views
		where tenant_id = $1 and desk_id = $2 and (shared or owner_id = $3)
		order by lower(title), id
		limit 200`, tenant, desk, person)
	if err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[View])
	if err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	return all, nil
}

// ViewByID returns a view that the person may read. Errors: NotFound (code "view_not_found").
func ViewByID(ctx context.Context, q db.Querier, tenant, desk, person, id ident.ID) (View, error) {
	var v View
	err := q.QueryRow(ctx, `
		select id, desk_id, owner_id, shared, title, query
		from saved_views
		where tenant_id = $1 and desk_id = $2 and id = $4 and (shared or owner_id = $3)
		limit 1`, tenant, desk, person, id).Scan(&v.ID, &v.Desk, &v.Owner, &v.Shared, &v.Title, &v.Query)
	if errors.Is(err, pgx.ErrNoRows) {
		return v, ErrNoView
	}
	if err != nil {
		return v, fmt.Errorf("read view: %w", err)
	}
	return v, nil
}

// PutView adds a view or replaces the one of its id; who made it stays. Hold comes before. Errors:
// Conflict (code "too_many_views").
func PutView(ctx context.Context, q db.Querier, tenant ident.ID, v View, now time.Time) error {
	tag, err := q.Exec(ctx, `
		insert into saved_views (tenant_id, id, desk_id, owner_id, shared, title, query, created_at, updated_at)
		select $1, $2, $3, $4, $5, $6, $7, $8, $8
		where (select count(*) from saved_views
			where tenant_id = $1 and desk_id = $3 and shared = $5 and ($5 or owner_id = $4) and id <> $2) < $9
		on conflict (tenant_id, id) do update set shared = excluded.shared, title = excluded.title, query = excluded.query,
			updated_at = excluded.updated_at`,
		tenant, v.ID, v.Desk, v.Owner, v.Shared, v.Title, v.Query, now, MaxViews)
	if err != nil {
		return fmt.Errorf("put view: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrTooManyViews
	}
	return nil
}

// DeleteView removes a view.
func DeleteView(ctx context.Context, q db.Querier, tenant, id ident.ID) error {
	if _, err := q.Exec(ctx, `delete from saved_views where tenant_id = $1 and id = $2`, tenant, id); err != nil {
		return fmt.Errorf("delete view: %w", err)
	}
	return nil
}

// Templates returns the templates of a desk, by title.
func Templates(ctx context.Context, q db.Querier, tenant, desk ident.ID) ([]Template, error) {
	rows, err := q.Query(ctx, `
		select id, desk_id, title, text, transition, visibility
		from answer_templates
		where tenant_id = $1 and desk_id = $2
		order by lower(title), id
		limit 200`, tenant, desk)
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Template])
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	return all, nil
}

// InsertTemplate adds a template. Hold comes before. Errors: Conflict (code "too_many_templates").
func InsertTemplate(ctx context.Context, q db.Querier, tenant ident.ID, t Template, now time.Time) error {
	tag, err := q.Exec(ctx, `
		insert into answer_templates (tenant_id, id, desk_id, title, text, transition, visibility, created_at, updated_at)
		select $1, $2, $3, $4, $5, $6, $7, $8, $8
		where (select count(*) from answer_templates where tenant_id = $1 and desk_id = $3) < $9`,
		tenant, t.ID, t.Desk, t.Title, t.Text, t.Transition, t.Visibility, now, MaxTemplates)
	if err != nil {
		return fmt.Errorf("insert template: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrTooManyTemplates
	}
	return nil
}

// UpdateTemplate replaces a template of a desk. Errors: NotFound (code "template_not_found").
func UpdateTemplate(ctx context.Context, q db.Querier, tenant ident.ID, t Template, now time.Time) error {
	tag, err := q.Exec(ctx, `
		update answer_templates set title = $4, text = $5, transition = $6, visibility = $7, updated_at = $8
		where tenant_id = $1 and desk_id = $2 and id = $3`,
		tenant, t.Desk, t.ID, t.Title, t.Text, t.Transition, t.Visibility, now)
	if err != nil {
		return fmt.Errorf("update template: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrNoTemplate
	}
	return nil
}

// DeleteTemplate removes a template of a desk. Errors: NotFound (code "template_not_found").
func DeleteTemplate(ctx context.Context, q db.Querier, tenant, desk, id ident.ID) error {
	tag, err := q.Exec(ctx, `delete from answer_templates where tenant_id = $1 and desk_id = $2 and id = $3`, tenant, desk, id)
	if err != nil {
		return fmt.Errorf("delete template: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrNoTemplate
	}
	return nil
}

// Report keeps a sign of life of a person on a ticket, and returns who else is there, who came first
// first. What the person left behind elsewhere, and others on this ticket, is cleared away by the way.
func Report(ctx context.Context, q db.Querier, tenant, id, person ident.ID, writing bool, now time.Time) ([]Presence, error) {
	gone := now.Add(-Present)
	if _, err := q.Exec(ctx, `
		delete from ticket_presence
		where tenant_id = $1 and seen_at < $4 and (person_id = $3 and ticket_id <> $2 or person_id <> $3 and ticket_id = $2)`,
		tenant, id, person, gone); err != nil {
		return nil, fmt.Errorf("clear presence: %w", err)
	}
	if _, err := q.Exec(ctx, `
		insert into ticket_presence (tenant_id, ticket_id, person_id, writing, since, seen_at)
		values ($1, $2, $3, $4, $5, $5)
		on conflict (tenant_id, ticket_id, person_id) do update set writing = excluded.writing,
			since = case when ticket_presence.seen_at < $6 then excluded.since else least(ticket_presence.since, excluded.seen_at) end,
			seen_at = excluded.seen_at`, tenant, id, person, writing, now, gone); err != nil {
		return nil, fmt.Errorf("report presence: %w", err)
	}
	rows, err := q.Query(ctx, `
		select p.person_id, n.name, p.writing, p.since
		from ticket_presence p
		join people n on n.tenant_id = p.tenant_id and n.id = p.person_id
		where p.tenant_id = $1 and p.ticket_id = $2 and p.person_id <> $3 and p.seen_at >= $4
		order by p.since, p.person_id
		limit 50`, tenant, id, person, gone)
	if err != nil {
		return nil, fmt.Errorf("list presence: %w", err)
	}
	others, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Presence])
	if err != nil {
		return nil, fmt.Errorf("list presence: %w", err)
	}
	return others, nil
}

// Leave takes a person's sign of life away.
func Leave(ctx context.Context, q db.Querier, tenant, id, person ident.ID) error {
	if _, err := q.Exec(ctx, `delete from ticket_presence where tenant_id = $1 and ticket_id = $2 and person_id = $3`,
		tenant, id, person); err != nil {
		return fmt.Errorf("end presence: %w", err)
	}
	return nil
}

// Forget removes what a person kept for himself, and his signs of life (152-FZ); what he shared stays
// the desk's.
func Forget(ctx context.Context, q db.Querier, tenant, person ident.ID) error {
	if _, err := q.Exec(ctx, `delete from saved_views where tenant_id = $1 and owner_id = $2 and not shared`, tenant, person); err != nil {
		return fmt.Errorf("forget views: %w", err)
	}
	if _, err := q.Exec(ctx, `delete from ticket_presence where tenant_id = $1 and person_id = $2`, tenant, person); err != nil {
		return fmt.Errorf("forget presence: %w", err)
	}
	return nil
}
