package attachment

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// Orphans deletes the bytes of a tenant's files that were finished before a time and have no row: a
// crash came between the two, or they were to go with an erased person. Give every upload time to
// write its row, [UsableFor] for example. Call it only for a tenant who lives in this database:
// elsewhere no file has a row.
func Orphans(ctx context.Context, d *db.DB, blobs Blobs, tenant ident.ID, before time.Time) error {
	return blobs.Each(ctx, tenant, before, func(ids []ident.ID) error {
		var known []ident.ID
		if err := d.InTx(ctx, tenant, func(ctx context.Context, tx pgx.Tx) (err error) {
			known, err = existing(ctx, tx, tenant, ids)
			return err
		}); err != nil {
			return fmt.Errorf("look for rows of files: %w", err)
		}
		for _, id := range ids {
			if slices.Contains(known, id) {
				continue
			}
			if err := blobs.Delete(ctx, tenant, id); err != nil {
				return fmt.Errorf("delete bytes without a row: %w", err)
			}
		}
		return nil
	})
}
