package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/ident"
)

func TestWhoWaitsIsCountedOnce(t *testing.T) {
	t.Parallel()
	// Four connections are reserved: one is left to tenants.
	narrow, err := db.Open(t.Context(), dbtest.New(t).AppURL, 5)
	require.NoError(t, err)
	t.Cleanup(narrow.Close)
	tenant, second := ident.New(), make(chan error, 1)
	nothing := func(context.Context, pgx.Tx) error { return nil }
	require.NoError(t, narrow.InTx(t.Context(), tenant, func(ctx context.Context, _ pgx.Tx) error {
		go func() { second <- narrow.InTx(ctx, tenant, nothing) }()
		require.Eventually(t, func() bool { return narrow.Waiting() > 0 }, 10*time.Second, time.Millisecond)
		require.EqualValues(t, 1, narrow.Waiting())
		return nil
	}))
	require.NoError(t, <-second)
	require.Zero(t, narrow.Waiting())
}
