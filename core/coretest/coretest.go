// Package coretest makes what tests of the core need: a desk service over a database of its own, with
// real systems, tenants, desks and people, and a clock that the test moves.
//
// It is for tests alone and knows no HTTP; a door's test puts its handler over World.Desk.
package coretest

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/tenant"
)

// World is one installation: a database, a clock and the use cases over them.
type World struct {
	t     testing.TB
	DB    *dbtest.Database
	Clock *clock.Manual
	Desk  *desk.Service
}

// Start is when a world's clock stands at first: a working Monday morning.
func Start() time.Time { return time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC) }

// New returns an empty installation with the active releases of the systems named.
func New(t testing.TB, systems ...string) *World {
	t.Helper()
	w := &World{t: t, DB: dbtest.New(t), Clock: clock.NewManual(Start())}
	for _, key := range systems {
		w.release(Bundle(t, key))
	}
	w.Desk = w.Node()
	return w
}

// Node returns one more node of the installation.
func (w *World) Node() *desk.Service {
	w.t.Helper()
	blobs, err := attachment.NewDisk(w.t.TempDir())
	require.NoError(w.t, err)
	node, err := desk.New(w.t.Context(), desk.Options{
		DB: w.DB.DB, Clock: w.Clock, Blobs: blobs, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(w.t, err)
	return node
}

var bundles sync.Map

// Root is the folder of the repository.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Bundle reads the declaration of a system of this repository, once a test program.
func Bundle(t testing.TB, key string) api.Bundle {
	t.Helper()
	read, _ := bundles.LoadOrStore(key, sync.OnceValues(func() (api.Bundle, error) {
		return release.FromDir(filepath.Join(Root(), "plugins", key, api.DeclarationFile))
	}))
	once, ok := read.(func() (api.Bundle, error))
	require.True(t, ok)
	b, err := once()
	require.NoError(t, err)
	return b
}

// release registers and activates without the checks, which are their own tests.
func (w *World) release(b api.Bundle) {
	w.t.Helper()
	d, findings := release.Parse(b.Files[api.DeclarationFile])
	require.Empty(w.t, findings)
	ctx := w.t.Context()
	_, err := catalog.Register(ctx, w.DB.Exempt(), catalog.Release{
		Digest: b.Digest(), System: d.Key, Version: d.Version, Title: d.Title, Files: b.Files,
		RegisteredAt: w.Clock.Now(), State: catalog.StateRegistered,
	})
	require.NoError(w.t, err)
	require.NoError(w.t, catalog.Activate(ctx, w.DB.Exempt(), b.Digest(), w.Clock.Now()))
}

// Tenant is a tenant of the world.
type Tenant struct {
	w *World
	tenant.Tenant
}

// Tenant makes a tenant.
func (w *World) Tenant(slug string) *Tenant {
	w.t.Helper()
	made, err := w.Desk.CreateTenant(w.t.Context(), desk.TenantInput{Slug: slug, Title: i18n.Text{RU: slug, EN: slug}})
	require.NoError(w.t, err)
	return &Tenant{w: w, Tenant: made}
}

// Desk makes a desk of a system.
func (t *Tenant) Desk(slug, system string, settings tenant.Settings) tenant.Desk {
	t.w.t.Helper()
	made, err := t.w.Desk.CreateDesk(t.w.t.Context(), t.Slug, desk.DeskInput{
		Slug: slug, System: system, Title: i18n.Text{RU: slug, EN: slug}, Settings: settings,
	})
	require.NoError(t.w.t, err)
	return made
}

// Who describes a person to make; a zero member takes something sensible.
type Who struct {
	Name, Email, INN string
	Kind             string
	// Lines are the lines by desk of which he is an agent; Administers the desks that he administers.
	Lines       map[string]string
	Administers []string
}

// Person makes somebody with a session, and returns him as a door would.
func (t *Tenant) Person(who Who) desk.Actor {
	t.w.t.Helper()
	ctx, now := t.w.t.Context(), t.w.Clock.Now()
	p := person.Person{
		Tenant: t.ID, ID: ident.New(), Name: who.Name, Email: who.Email, Kind: who.Kind, Verified: true,
		Phone: "8-3022-123456", Locale: string(i18n.RU), CreatedAt: now,
	}
	if p.Name == "" {
		p.Name = "Иванова Мария Петровна"
	}
	if p.Kind == "" {
		p.Kind = person.Staff
	}
	p.Login = p.Email
	token := ident.NewToken()
	require.NoError(t.w.t, t.w.DB.InTx(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		if who.INN != "" {
			org, err := person.OrganisationByINN(ctx, tx, t.ID, who.INN, "Организация "+who.INN, now)
			if err != nil {
				return err
			}
			p.Organisation = &org
		}
		if err := person.Insert(ctx, tx, t.ID, p); err != nil {
			return err
		}
		for _, m := range t.memberships(ctx, tx, p.ID, who) {
			if err := person.InsertMembership(ctx, tx, t.ID, m, now); err != nil {
				return err
			}
		}
		return person.InsertSession(ctx, tx, t.ID, person.Session{
			Digest: token.Digest(), Person: p.ID, CreatedAt: now, ExpiresAt: now.Add(1000 * time.Hour),
		})
	}))
	actor, err := t.w.Desk.Authenticate(ctx, t.Slug, token, i18n.RU)
	require.NoError(t.w.t, err)
	return actor
}

func (t *Tenant) memberships(ctx context.Context, tx pgx.Tx, id ident.ID, who Who) []person.Membership {
	var out []person.Membership
	find := func(slug string) ident.ID {
		d, err := tenant.DeskBySlug(ctx, tx, t.ID, slug)
		require.NoError(t.w.t, err)
		return d.ID
	}
	for slug, line := range who.Lines {
		out = append(out, person.Membership{Desk: find(slug), Person: id, Role: person.RoleAgent, Line: line})
	}
	for _, slug := range who.Administers {
		out = append(out, person.Membership{Desk: find(slug), Person: id, Role: person.RoleAdministrator})
	}
	return out
}

// File files a ticket and returns its page.
func (w *World) File(a desk.Actor, deskSlug, form string, fields map[string]any) desk.TicketView {
	w.t.Helper()
	view, err := w.Desk.Submit(w.t.Context(), a, desk.SubmitInput{Desk: deskSlug, Form: form, Fields: JSON(w.t, fields)})
	require.NoError(w.t, err)
	return view
}

// JSON writes a value.
func JSON(t testing.TB, value any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	return raw
}
