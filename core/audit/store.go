package audit

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// Append adds an entry within the transaction of what it records; an ID that is missing is made.
func Append(ctx context.Context, q db.Querier, tenant ident.ID, e Entry) error {
	if e.ID == ident.Nil {
		e.ID = ident.New()
	}
	if e.Data == nil {
		e.Data = map[string]any{}
	}
	if _, err := q.Exec(ctx, `
		insert into audit_log (tenant_id, id, at, actor, action, object, data, desk_id)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, tenant, e.ID, e.At, e.Actor, e.Action, e.Object, e.Data, e.Desk); err != nil {
		return fmt.Errorf("append audit entry: %w", err)
	}
	return nil
}

// List returns entries newest first, at most limit and 200; before is the last id of the page before,
// [ident.Nil] for the first page.
func List(ctx context.Context, q db.Querier, tenant, before ident.ID, limit int) ([]Entry, error) {
	rows, err := q.Query(ctx, `
		select id, at, actor, action, object, data, desk_id
		from audit_log
		where tenant_id = $1 and ($2 = '00000000-0000-0000-0000-000000000000'::uuid or id < $2)
		order by id desc
		limit least($3, 200)`, tenant, before, limit)
	return collect(rows, err)
}

// OfDesk is List of one desk's entries and of those that concern the whole tenant.
func OfDesk(ctx context.Context, q db.Querier, tenant, desk, before ident.ID, limit int) ([]Entry, error) {
	rows, err := q.Query(ctx, `
		select id, at, actor, action, object, data, desk_id
		from audit_log
		where tenant_id = $1 and (desk_id = $2 or desk_id is null) and ($3 = '00000000-0000-0000-0000-000000000000'::uuid or id < $3)
		order by id desc
		limit least($4, 201)`, tenant, desk, before, limit)
	return collect(rows, err)
}

func collect(rows pgx.Rows, err error) ([]Entry, error) {
	if err != nil {
		return nil, fmt.Errorf("list audit entries: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Entry, error) {
		var e Entry
		err := row.Scan(&e.ID, &e.At, &e.Actor, &e.Action, &e.Object, &e.Data, &e.Desk)
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("list audit entries: %w", err)
	}
	return all, nil
}
