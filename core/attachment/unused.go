package attachment

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// UnusedOf reads the files of an uploader that no event has used.
func UnusedOf(ctx context.Context, q db.Querier, tenant, uploader ident.ID) ([]ident.ID, error) {
	rows, err := q.Query(ctx, `
		select id from attachments
		where tenant_id = $1 and uploader_id = $2 and ticket_id is null and erased_at is null
		limit 1000`, tenant, uploader)
	if err != nil {
		return nil, fmt.Errorf("select unused files: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("scan unused files: %w", err)
	}
	return ids, nil
}
