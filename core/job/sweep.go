package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

const (
	sweepEvery      = time.Hour
	keepKeys        = 7 * 24 * time.Hour
	keepDecisions   = 400 * 24 * time.Hour
	sweepPage       = 1000
	tenantsPage     = 500
	pagesOfOneSweep = 100
	filesTimeout    = 10 * time.Minute
)

type sweepWorker struct {
	river.WorkerDefaults[sweepArgs]
	db    *db.DB
	clock clock.Clock
}

// Work makes a job for each tenant, so that a large one holds up none.
func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	if err := deleteOperatorSessions(ctx, w.db.Exempt(), w.clock.Now()); err != nil {
		return err
	}
	client := river.ClientFromContext[pgx.Tx](ctx)
	if _, err := client.Insert(ctx, sweepFilesArgs{}, nil); err != nil {
		return fmt.Errorf("insert sweep of files: %w", err)
	}
	for after, last := ident.Nil, false; !last; {
		ids, err := tenantsAfter(ctx, w.db.Exempt(), after, tenantsPage)
		if err != nil {
			return err
		}
		jobs := make([]river.InsertManyParams, 0, len(ids))
		for _, id := range ids {
			jobs = append(jobs, river.InsertManyParams{Args: sweepTenantArgs{Tenant: id}})
			after = id
		}
		if len(jobs) > 0 {
			if _, err := client.InsertManyFast(ctx, jobs); err != nil {
				return fmt.Errorf("insert sweeps: %w", err)
			}
		}
		last = len(ids) < tenantsPage
	}
	return nil
}

type sweepTenantWorker struct {
	river.WorkerDefaults[sweepTenantArgs]
	db    *db.DB
	clock clock.Clock
	keep  time.Duration
}

// Work deletes what is older than it must be kept. What one run does not reach, the next one does.
func (w *sweepTenantWorker) Work(ctx context.Context, job *river.Job[sweepTenantArgs]) error {
	tenant, now := job.Args.Tenant, w.clock.Now()
	return errors.Join(
		w.pages(ctx, tenant, func(ctx context.Context, tx pgx.Tx) (int64, error) {
			return deleteKeys(ctx, tx, tenant, now.Add(-keepKeys), sweepPage)
		}),
		w.pages(ctx, tenant, func(ctx context.Context, tx pgx.Tx) (int64, error) {
			return deleteSessions(ctx, tx, tenant, now, sweepPage)
		}),
		w.pages(ctx, tenant, func(ctx context.Context, tx pgx.Tx) (int64, error) {
			return deleteDecisions(ctx, tx, tenant, now.Add(-w.keep), sweepPage)
		}),
	)
}

// pages deletes page by page, each in a transaction of its own: a long one would hold the log's
// readers back.
func (w *sweepTenantWorker) pages(ctx context.Context, tenant ident.ID, page func(context.Context, pgx.Tx) (int64, error)) error {
	for range pagesOfOneSweep {
		var deleted int64
		if err := w.db.InTx(ctx, tenant, func(ctx context.Context, tx pgx.Tx) (err error) {
			deleted, err = page(ctx, tx)
			return err
		}); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
		if deleted < sweepPage {
			return nil
		}
	}
	return nil
}

type sweepFilesWorker struct {
	river.WorkerDefaults[sweepFilesArgs]
	useCases UseCases
}

// Timeout is long: the bytes of files are deleted one by one.
func (w *sweepFilesWorker) Timeout(*river.Job[sweepFilesArgs]) time.Duration { return filesTimeout }

// Work deletes the files that nobody used.
func (w *sweepFilesWorker) Work(ctx context.Context, _ *river.Job[sweepFilesArgs]) error {
	if err := w.useCases.SweepUnused(ctx); err != nil {
		return fmt.Errorf("sweep files: %w", err)
	}
	return nil
}
