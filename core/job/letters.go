package job

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"
)

type lettersWorker struct {
	river.WorkerDefaults[lettersArgs]
	useCases UseCases
}

// Work renders the letters of one event.
func (w *lettersWorker) Work(ctx context.Context, job *river.Job[lettersArgs]) error {
	if err := w.useCases.RenderLetters(ctx, job.Args.Tenant, job.Args.Ticket, job.Args.Seq); err != nil {
		return fmt.Errorf("render letters: %w", err)
	}
	return nil
}
