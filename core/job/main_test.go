package job

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const patience = 15 * time.Second

// world is a tenant with one person and one ticket, whose log the tests write.
type world struct {
	*dbtest.Database
	tenant, person, ticket ident.ID
}

func arrange(t *testing.T, d *dbtest.Database, slug string) *world {
	t.Helper()
	w := &world{Database: d, tenant: ident.New(), person: ident.New(), ticket: ident.New()}
	deskID := ident.New()
	_, err := d.Exempt().Exec(t.Context(), `insert into tenants (id, slug, title, created_at) values ($1, $2, '{}', now())`, w.tenant, slug)
	require.NoError(t, err)
	_, err = d.Exempt().Exec(t.Context(), `insert into releases (digest, system, version, title, files, registered_at)
		values ('digest', 'system', '1.0.0', '{}', '{}', now()) on conflict do nothing`)
	require.NoError(t, err)
	require.NoError(t, d.Batch(t.Context(), w.tenant, func(b *pgx.Batch) {
		b.Queue(`insert into desks (tenant_id, id, slug, system, title, prefix, settings, created_at) values ($1, $2, 'desk', 'system', '{}', 'ABC', '{}', now())`, w.tenant, deskID)
		b.Queue(`insert into people (tenant_id, id, name, created_at) values ($1, $2, 'x', now())`, w.tenant, w.person)
		b.Queue(`insert into tickets (tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields, status, category,
				priority, queue, line, seen_by_lines, requester_id, version, last_seq, requester_seq, answer_seq, created_at, updated_at)
			values ($1, $2, $3, 'ABC-18', 'digest', 'f', 1, 'api', 's', '{}', 'new', 'new', 'low', 'q', 'l', '{l}', $4, 1, 1, 1, 0, now(), now())`, w.tenant, w.ticket, deskID, w.person)
	}))
	return w
}

func (w *world) insert(ctx context.Context, q db.Querier, seq int64, kind ticket.Kind) error {
	_, err := q.Exec(ctx, `insert into ticket_events (tenant_id, ticket_id, seq, kind, actor_kind, at, data) values ($1, $2, $3, $4, 'system', now(), '{}')`,
		w.tenant, w.ticket, seq, kind)
	return err
}

func (w *world) append(t *testing.T, seq int64, kind ticket.Kind) {
	t.Helper()
	require.NoError(t, w.InTx(t.Context(), w.tenant, func(ctx context.Context, tx pgx.Tx) error { return w.insert(ctx, tx, seq, kind) }))
}

// begin opens a transaction that has written one event and not committed it.
func (w *world) begin(t *testing.T, seq int64) pgx.Tx {
	t.Helper()
	tx, err := w.Exempt().Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), `select set_config('app.tenant_id', $1, true)`, w.tenant.String())
	require.NoError(t, err)
	require.NoError(t, w.insert(t.Context(), tx, seq, ticket.Commented))
	return tx
}

// write appends events 1 to count from several writers at once, with transactions of unequal length.
func (w *world) write(t *testing.T, writers, count int64, ring func()) {
	t.Helper()
	var all sync.WaitGroup
	for writer := range writers {
		all.Go(func() {
			for seq := writer + 1; seq <= count; seq += writers {
				if err := w.InTx(t.Context(), w.tenant, func(ctx context.Context, tx pgx.Tx) error {
					if err := w.insert(ctx, tx, seq, ticket.Commented); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, `select pg_sleep($1)`, float64(seq%7)/1000)
					return err
				}); err != nil {
					t.Error(err)
					return
				}
				ring()
			}
		})
	}
	all.Wait()
}

// useCases records what the jobs call.
type useCases struct {
	mu      sync.Mutex
	letters map[int64]int
	fail    func(seq int64, times int) error
	hooks   bool
	sweeps  int
	event   func() (desk.HookEvent, bool, error)
}

func (u *useCases) RenderLetters(_ context.Context, _, _ ident.ID, seq int64) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.letters == nil {
		u.letters = map[int64]int{}
	}
	u.letters[seq]++
	if u.fail != nil {
		return u.fail(seq, u.letters[seq])
	}
	return nil
}

func (u *useCases) HandlesEvents() bool { return u.hooks }

func (u *useCases) HookEvent(_ context.Context, _, _ ident.ID, seq int64) (desk.HookEvent, bool, error) {
	if u.event != nil {
		return u.event()
	}
	return desk.HookEvent{System: "system", Call: api.Call{Tenant: "first"}, Event: api.Event{Seq: seq}}, true, nil
}

func (u *useCases) SweepUnused(context.Context) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sweeps++
	return nil
}

func (u *useCases) done() (rendered, times, sweeps int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, n := range u.letters {
		times += n
	}
	return len(u.letters), times, u.sweeps
}

// logged keeps what was logged at level warn and above.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

func unmetered(t *testing.T) *metrics {
	t.Helper()
	m, err := newMetrics(nil)
	require.NoError(t, err)
	return m
}

// start runs parts until the test ends.
func start(t *testing.T, parts ...func(context.Context)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for _, part := range parts {
		all.Go(func() { part(ctx) })
	}
	t.Cleanup(func() {
		cancel()
		all.Wait()
	})
}

func (w *world) options(u *useCases) Options {
	return Options{DB: w.DB, Clock: clock.System{}, Log: silent(), Bell: NewBell(w.DB, silent()), UseCases: u}
}
