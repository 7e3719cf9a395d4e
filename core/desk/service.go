// Package desk is the use cases of a support desk: filing, answering, moving, searching, erasing.
// It composes the domains and owns transactions and authorization; doors only translate.
//
// Invariants:
//  1. The order inside a use case is: authorize, load and lock, decide by pure functions, append
//     events, update the row. What else must happen follows from the events, in core/job.
//  2. Nothing slow happens inside a transaction; no use case waits for a plugin's process.
//  3. A ticket is decided by one snapshot of its desk, never by a mixture of two.
package desk

import (
	"context"
	"log/slog"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db"
)

// Options are what a Service needs.
type Options struct {
	DB    *db.DB
	Clock clock.Clock
	Blobs attachment.Blobs
	Log   *slog.Logger
	// Bell is rung after a commit that appended events, so that live screens and the dispatcher look
	// at once instead of at their next poll. It must not block. Nil for none.
	Bell func()
	// Metrics takes the figures of the use cases; nil for none.
	Metrics prometheus.Registerer
	// PublicURL is where people reach the product, without a slash at its end: letters link to it.
	PublicURL string
}

// Service offers the use cases. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	blobs    attachment.Blobs
	log      *slog.Logger
	bell     func()
	public   string
	registry *Registry
	doors    *doorkeeper
	uploads  *uploads
	rows     *rows
	// statistics keeps the figures of desks for some seconds.
	statistics *statistics
	figures    *figures
}

// New returns a Service whose snapshots were loaded once. Errors of single desks (a release that no
// longer compiles) are logged and leave the other desks served.
func New(ctx context.Context, o Options) (*Service, error) {
	s := &Service{db: o.DB, clock: o.Clock, blobs: o.Blobs, log: o.Log, bell: o.Bell, public: strings.TrimRight(o.PublicURL, "/")}
	if s.bell == nil {
		s.bell = func() {}
	}
	s.doors, s.uploads, s.rows = newDoorkeeper(o.Clock), &uploads{}, newRows(o.Clock)
	s.statistics = newStatistics(o.Clock)
	var err error
	if s.figures, err = newFigures(o.Metrics); err != nil {
		return nil, err
	}
	s.registry = newRegistry(o.DB, o.Log)
	if err := s.registry.Reload(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Reload builds the snapshots of every desk anew, after the configuration changed.
func (s *Service) Reload(ctx context.Context) error { return s.registry.Reload(ctx) }

// Epoch returns the epoch of the configuration that this node serves.
func (s *Service) Epoch() int64 { return s.registry.Epoch() }

// CurrentEpoch returns the epoch that the database is at; a node that serves another one reloads.
func (s *Service) CurrentEpoch(ctx context.Context) (int64, error) {
	return catalog.Epoch(ctx, s.db.Exempt())
}
