package desk

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/singleflight"

	"github.com/opora-desk/opora/core/calendar"
	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
	"github.com/opora-desk/opora/core/tenant"
)

// Snapshot is all that decides about the tickets of one desk: the active release, the effective rules,
// the lists and the settings. It never changes and is safe for concurrent use.
type Snapshot struct {
	Tenant   tenant.Tenant
	Desk     tenant.Desk
	System   *release.System
	Rules    *rule.Set
	Revision int64
	// Lists are the values that may be chosen, by list, in their order.
	Lists map[string][]api.ListValue
	// Lines and Queues are the declared ones with the desk's own.
	Lines    []api.Line
	Queues   []api.Queue
	Files    api.Attachments
	Scope    api.Scope
	Location *time.Location
	Week     calendar.Week

	chosen map[string]map[string]bool
	// own are the values that the desk added to lists, as they were read.
	own []tenant.ListValue
	// older are the rule sets for tickets of earlier releases, by digest.
	older sync.Map
}

// Declaration returns what the active release declares.
func (s *Snapshot) Declaration() *api.Declaration { return s.System.Declaration }

// InList reports whether a value of a list may be chosen on this desk.
func (s *Snapshot) InList(list, value string) bool { return s.chosen[list][value] }

// Line returns a line of the desk.
func (s *Snapshot) Line(key string) *api.Line {
	for i := range s.Lines {
		if s.Lines[i].Key == key {
			return &s.Lines[i]
		}
	}
	return nil
}

// Queue returns a queue of the desk.
func (s *Snapshot) Queue(key string) *api.Queue {
	for i := range s.Queues {
		if s.Queues[i].Key == key {
			return &s.Queues[i]
		}
	}
	return nil
}

// QueueOf returns the first queue of a line, empty where it has none.
func (s *Snapshot) QueueOf(line string) string {
	for i := range s.Queues {
		if s.Queues[i].Line == line {
			return s.Queues[i].Key
		}
	}
	return ""
}

// shelf is the desks of one tenant.
type shelf struct {
	tenant tenant.Tenant
	bySlug map[string]*Snapshot
	byID   map[ident.ID]*Snapshot
	order  []*Snapshot
}

type shelves struct {
	bySlug map[string]*shelf
	byID   map[ident.ID]*shelf
	epoch  int64
}

// Registry holds the snapshot of every desk behind one atomic pointer: a use case takes its snapshot
// once and is decided by it alone, whatever is published meanwhile. It is safe for concurrent use.
type Registry struct {
	db     *db.DB
	log    *slog.Logger
	all    atomic.Pointer[shelves]
	loads  sync.Mutex
	flight singleflight.Group
	// systems keeps compiled releases by digest: a release never changes.
	systems sync.Map
}

func newRegistry(d *db.DB, log *slog.Logger) *Registry {
	r := &Registry{db: d, log: log}
	r.all.Store(&shelves{})
	return r
}

// Epoch returns the configuration's epoch that the snapshots were built from.
func (r *Registry) Epoch() int64 { return r.all.Load().epoch }

// Tenant returns a tenant's directory entry. Errors: NotFound (code "tenant_not_found").
func (r *Registry) Tenant(slug string) (tenant.Tenant, error) {
	s := r.all.Load().bySlug[slug]
	if s == nil {
		return tenant.Tenant{}, errs.New(errs.NotFound, "tenant_not_found", "no such tenant")
	}
	return s.tenant, nil
}

// BySlug returns the snapshot of a tenant's desk. Errors: NotFound (code "desk_not_found").
func (r *Registry) BySlug(id ident.ID, slug string) (*Snapshot, error) {
	if s := r.all.Load().byID[id]; s != nil && s.bySlug[slug] != nil {
		return s.bySlug[slug], nil
	}
	return nil, errs.New(errs.NotFound, "desk_not_found", "no such desk in the tenant")
}

// Desk returns the snapshot of a tenant's desk by id.
func (r *Registry) Desk(id, desk ident.ID) (*Snapshot, bool) {
	s := r.all.Load().byID[id]
	if s == nil || s.byID[desk] == nil {
		return nil, false
	}
	return s.byID[desk], true
}

// Desks returns the snapshots of a tenant's desks in the order of their slugs.
func (r *Registry) Desks(id ident.ID) []*Snapshot {
	if s := r.all.Load().byID[id]; s != nil {
		return s.order
	}
	return nil
}

// Reload builds every snapshot anew and moves the pointer. A desk whose snapshot cannot be built keeps
// its last good one and is logged: one broken desk stops no other.
func (r *Registry) Reload(ctx context.Context) error {
	r.loads.Lock()
	defer r.loads.Unlock()
	last := r.all.Load()
	next := &shelves{bySlug: map[string]*shelf{}, byID: map[ident.ID]*shelf{}}
	var err error
	// Read before the rest: what changes while we read raises the epoch again and is read next time.
	if next.epoch, err = catalog.Epoch(ctx, r.db.Exempt()); err != nil {
		return fmt.Errorf("load configuration: %w", err)
	}
	active, err := r.activeSystems(ctx)
	if err != nil {
		return fmt.Errorf("load releases: %w", err)
	}
	tenants, err := tenant.List(ctx, r.db.Exempt())
	if err != nil {
		return fmt.Errorf("load tenants: %w", err)
	}
	for _, t := range tenants {
		s, err := r.load(ctx, t, active, last.byID[t.ID])
		if err != nil {
			return fmt.Errorf("load desks of a tenant: %w", err)
		}
		next.bySlug[t.Slug], next.byID[t.ID] = s, s
	}
	r.all.Store(next)
	return nil
}

func (r *Registry) activeSystems(ctx context.Context) (map[string]*release.System, error) {
	releases, err := catalog.Active(ctx, r.db.Exempt())
	if err != nil {
		return nil, err
	}
	out := make(map[string]*release.System, len(releases))
	for _, rel := range releases {
		system, err := r.compile(rel.Digest, rel.Files)
		if err != nil {
			r.log.ErrorContext(ctx, "release does not compile; its desks keep the last good one",
				slog.String("system", rel.System), slog.String("version", rel.Version), slog.Any("error", err))
			continue
		}
		out[rel.System] = system
	}
	return out, nil
}

func (r *Registry) compile(digest string, files map[string][]byte) (*release.System, error) {
	if known, ok := r.systems.Load(digest); ok {
		if system, ok := known.(*release.System); ok {
			return system, nil
		}
	}
	system, err := release.Compile(api.Bundle{Files: files})
	if err != nil {
		return nil, fmt.Errorf("compile release: %w", err)
	}
	r.systems.Store(digest, system)
	return system, nil
}

// Release returns the compiled release of a digest, for the form that a ticket was filed with.
func (r *Registry) Release(ctx context.Context, digest string) (*release.System, error) {
	if known, ok := r.systems.Load(digest); ok {
		if system, ok := known.(*release.System); ok {
			return system, nil
		}
	}
	found, err, _ := r.flight.Do(digest, func() (any, error) {
		rel, err := catalog.ByDigest(ctx, r.db.Exempt(), digest)
		if err != nil {
			return nil, fmt.Errorf("read release: %w", err)
		}
		return r.compile(digest, rel.Files)
	})
	if err != nil {
		return nil, err
	}
	system, ok := found.(*release.System)
	if !ok {
		return nil, errs.New(errs.Internal, "internal", "release of an unknown type")
	}
	return system, nil
}

func (r *Registry) load(ctx context.Context, t tenant.Tenant, active map[string]*release.System, last *shelf) (*shelf, error) {
	var desks []tenant.Desk
	var values []tenant.ListValue
	err := r.db.InTx(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if desks, err = tenant.Desks(ctx, tx, t.ID); err != nil {
			return err
		}
		values, err = tenant.ListValues(ctx, tx, t.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	s := &shelf{tenant: t, bySlug: map[string]*Snapshot{}, byID: map[ident.ID]*Snapshot{}}
	own := map[ident.ID][]tenant.ListValue{}
	for _, v := range values {
		own[v.Desk] = append(own[v.Desk], v)
	}
	for _, d := range desks {
		snap, err := last.same(t, d, active[d.System], own[d.ID]), error(nil)
		if snap == nil {
			snap, err = buildSnapshot(t, d, active[d.System], own[d.ID])
		}
		if err != nil {
			r.log.ErrorContext(ctx, "desk cannot be built; it keeps its last good configuration",
				slog.String("tenant", t.Slug), slog.String("desk", d.Slug), slog.Any("error", err))
			if last == nil || last.byID[d.ID] == nil {
				continue
			}
			snap = last.byID[d.ID]
		}
		s.bySlug[d.Slug], s.byID[d.ID] = snap, snap
		s.order = append(s.order, snap)
	}
	return s, nil
}
