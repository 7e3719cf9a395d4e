package audit_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/audit"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/tenant"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestEntriesAreOfOneTenantAndStay(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	first, second := ident.New(), ident.New()
	for slug, id := range map[string]ident.ID{"first": first, "second": second} {
		require.NoError(t, tenant.Insert(t.Context(), d.Exempt(), tenant.Tenant{ID: id, Slug: slug, CreatedAt: at}))
	}
	var ids []ident.ID
	add := func(id ident.ID, object string) {
		e := audit.Entry{ID: ident.New(), At: at, Actor: audit.Operator, Action: "desk_created", Object: object, Data: map[string]any{"n": "1"}}
		ids = append(ids, e.ID)
		require.NoError(t, d.InTx(t.Context(), id, func(ctx context.Context, tx pgx.Tx) error { return audit.Append(ctx, tx, id, e) }))
	}
	add(first, "one")
	add(second, "foreign")
	add(first, "two")
	add(first, "three")
	require.NoError(t, d.InTx(t.Context(), first, func(ctx context.Context, tx pgx.Tx) error {
		page, err := audit.List(ctx, tx, first, ident.Nil, 2)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]audit.Entry{
			{ID: ids[3], At: at, Actor: audit.Operator, Action: "desk_created", Object: "three", Data: map[string]any{"n": "1"}},
			{ID: ids[2], At: at, Actor: audit.Operator, Action: "desk_created", Object: "two", Data: map[string]any{"n": "1"}},
		}, page))
		page, err = audit.List(ctx, tx, first, page[1].ID, 2)
		require.NoError(t, err)
		require.Len(t, page, 1)
		require.Equal(t, "one", page[0].Object)
		return nil
	}))
	err := d.InTx(t.Context(), first, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update audit_log set object = 'x' where tenant_id = $1`, first)
		return err
	})
	require.ErrorContains(t, err, "permission denied")
}
