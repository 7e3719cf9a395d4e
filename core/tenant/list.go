package tenant

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
)

// MaxListValues is how many values of its own a desk may have in one list.
const MaxListValues = 50_000

// ListValues returns the values that the desks of a tenant added to lists or retired, by desk, list,
// position and key; at most 2,000,000.
func ListValues(ctx context.Context, q db.Querier, tenant ident.ID) ([]ListValue, error) {
	rows, err := q.Query(ctx, `
		select desk_id, list, key, title, retired
		from reference_lists
		where tenant_id = $1
		order by desk_id, list, position, key
		limit 2000000`, tenant)
	return listValues(rows, err)
}

// ListValuesOf returns a desk's own values of one list, by position and key.
func ListValuesOf(ctx context.Context, q db.Querier, tenant, desk ident.ID, list string) ([]ListValue, error) {
	rows, err := q.Query(ctx, `
		select desk_id, list, key, title, retired
		from reference_lists
		where tenant_id = $1 and desk_id = $2 and list = $3
		order by position, key
		limit 2000000`, tenant, desk, list)
	return listValues(rows, err)
}

func listValues(rows pgx.Rows, err error) ([]ListValue, error) {
	if err != nil {
		return nil, fmt.Errorf("list values: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ListValue, error) {
		var v ListValue
		err := row.Scan(&v.Desk, &v.List, &v.Key, &v.Title, &v.Retired)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("list values: %w", err)
	}
	return all, nil
}

// InsertListValue adds a value at the end of a desk's list, or renames and retires the one of that
// key; a key is never removed.
func InsertListValue(ctx context.Context, q db.Querier, tenant ident.ID, v ListValue) error {
	return InsertListValues(ctx, q, tenant, v.Desk, v.List, []ListValue{v})
}

// InsertListValues is InsertListValue of many in their order, in one statement. No key may stand twice.
func InsertListValues(ctx context.Context, q db.Querier, tenant, desk ident.ID, list string, values []ListValue) error {
	keys, titles, retired := make([]string, len(values)), make([]i18n.Text, len(values)), make([]bool, len(values))
	for i, v := range values {
		keys[i], titles[i], retired[i] = v.Key, v.Title, v.Retired
	}
	_, err := q.Exec(ctx, `
		insert into reference_lists (tenant_id, desk_id, list, key, title, retired, position)
		select $1, $2, $3, v.key, v.title, v.retired,
			(select coalesce(max(r.position), 0) from reference_lists r where r.tenant_id = $1 and r.desk_id = $2 and r.list = $3) + v.at
		from unnest($4::text[], $5::jsonb[], $6::boolean[]) with ordinality as v (key, title, retired, at)
		on conflict (tenant_id, desk_id, list, key)
		do update set title = excluded.title, retired = excluded.retired`,
		tenant, desk, list, keys, titles, retired)
	if err != nil {
		return fmt.Errorf("insert list values: %w", err)
	}
	return nil
}
