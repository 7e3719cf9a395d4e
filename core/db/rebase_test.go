package db_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/db"
)

// A dump restored into a younger cluster brings transaction ids that lie ahead of its counter.
func TestMigrateMendsARestoredLog(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	passed := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	ahead := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	super := s.DB.Super(t)
	for _, statement := range []string{
		`update ticket_events set xact_id = '900000000000'`,
		`update ticket_events set xact_id = '900000000001' where ticket_id = '` + ahead.ID.String() + `'`,
		`update dispatcher d set xact_id = e.xact_id, tenant_id = e.tenant_id, ticket_id = e.ticket_id, seq = e.seq
			from ticket_events e where e.ticket_id = '` + passed.ID.String() + `'`,
	} {
		_, err := super.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	applied, err := db.Migrate(t.Context(), s.DB.OwnerURL)
	require.NoError(t, err)
	require.Equal(t, 1, applied)
	require.NoError(t, s.DB.CheckRole(t.Context()), "row level security is forced again")
	rows, err := s.DB.Exempt().Query(t.Context(), `select f.ticket_id::text from dispatcher d, feed_since(d.xact_id, d.tenant_id, d.ticket_id, d.seq, 10) f`)
	require.NoError(t, err)
	left, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{ahead.ID.String()}, left, "what was not dispatched comes, what was does not come again")
	applied, err = db.Migrate(context.WithoutCancel(t.Context()), s.DB.OwnerURL)
	require.NoError(t, err)
	require.Zero(t, applied)
}
