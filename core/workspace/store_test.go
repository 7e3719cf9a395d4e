package workspace_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/workspace"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// office is a desk of a tenant with two people and a ticket.
type office struct {
	t                    *testing.T
	d                    *dbtest.Database
	tenant, desk, ticket ident.ID
	people               [2]ident.ID
	now                  time.Time
}

// offices makes two tenants that look the same.
func offices(t *testing.T) (mine, foreign *office) {
	t.Helper()
	d := dbtest.New(t)
	_, err := d.Exempt().Exec(t.Context(), `insert into releases (digest, system, version, title, files, registered_at) values ('digest', 'sample', '1', '{}', '{}', now())`)
	require.NoError(t, err)
	return newOffice(t, d, "mine"), newOffice(t, d, "foreign")
}

func newOffice(t *testing.T, d *dbtest.Database, slug string) *office {
	t.Helper()
	o := &office{
		t: t, d: d, tenant: ident.New(), desk: ident.New(), ticket: ident.New(), people: [2]ident.ID{ident.New(), ident.New()},
		now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
	}
	_, err := d.Exempt().Exec(t.Context(), `insert into tenants (id, slug, title, created_at) values ($1, $2, '{}', now())`, o.tenant, slug)
	require.NoError(t, err)
	require.NoError(t, d.Batch(t.Context(), o.tenant, func(b *pgx.Batch) {
		b.Queue(`insert into desks (tenant_id, id, slug, system, title, prefix, settings, created_at) values ($1, $2, 'desk', 'sample', '{}', 'ACC', '{}', now())`, o.tenant, o.desk)
		for i, id := range o.people {
			b.Queue(`insert into people (tenant_id, id, name, created_at) values ($1, $2, $3, now())`, o.tenant, id, []string{"Иванова", "Петров"}[i])
		}
		b.Queue(`insert into tickets (tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields, status, category,
				priority, queue, line, seen_by_lines, requester_id, version, last_seq, requester_seq, answer_seq, created_at, updated_at)
			values ($1, $2, $3, 'ACC-10', 'digest', 'f', 1, 'portal', '', '{}', 'new', 'new', 'normal', 'q', 'l', '{}', $4, 1, 1, 1, 0, now(), now())`,
			o.tenant, o.ticket, o.desk, o.people[0])
	}))
	return o
}

func (o *office) in(fn func(ctx context.Context, tx pgx.Tx)) {
	o.t.Helper()
	require.NoError(o.t, o.d.InTx(o.t.Context(), o.tenant, func(ctx context.Context, tx pgx.Tx) error {
		fn(ctx, tx)
		return nil
	}))
}

func titles(views []workspace.View) []string {
	out := []string{}
	for _, v := range views {
		out = append(out, v.Title)
	}
	return out
}

func TestViewsAreOnesOwnOrShared(t *testing.T) {
	t.Parallel()
	mine, foreign := offices(t)
	view := func(owner int, title string, shared bool) workspace.View {
		return workspace.View{ID: ident.New(), Desk: mine.desk, Owner: mine.people[owner], Shared: shared, Title: title, Query: "category=new"}
	}
	own, shared, others := view(0, "б", false), view(1, "А", true), view(1, "в", false)
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		require.NoError(t, workspace.Hold(ctx, tx, mine.tenant, mine.desk))
		for _, v := range []workspace.View{own, shared, others} {
			require.NoError(t, workspace.PutView(ctx, tx, mine.tenant, v, mine.now))
		}
		all, err := workspace.Views(ctx, tx, mine.tenant, mine.desk, mine.people[0])
		require.NoError(t, err)
		require.Equal(t, []string{"А", "б"}, titles(all))
		require.Empty(t, cmp.Diff(shared, all[0]))
		_, err = workspace.ViewByID(ctx, tx, mine.tenant, mine.desk, mine.people[0], others.ID)
		require.ErrorIs(t, err, workspace.ErrNoView, "somebody else's")
		own.Title, own.Owner = "г", mine.people[1]
		require.NoError(t, workspace.PutView(ctx, tx, mine.tenant, own, mine.now))
		known, err := workspace.ViewByID(ctx, tx, mine.tenant, mine.desk, mine.people[0], own.ID)
		require.NoError(t, err)
		require.Equal(t, "г", known.Title)
		require.Equal(t, mine.people[0], known.Owner, "who made it stays")
		require.NoError(t, workspace.Forget(ctx, tx, mine.tenant, mine.people[1]))
		all, err = workspace.Views(ctx, tx, mine.tenant, mine.desk, mine.people[1])
		require.NoError(t, err)
		require.Equal(t, []string{"А"}, titles(all), "what was shared is the desk's")
		require.NoError(t, workspace.DeleteView(ctx, tx, mine.tenant, shared.ID))
	})
	foreign.in(func(ctx context.Context, tx pgx.Tx) {
		_, err := workspace.ViewByID(ctx, tx, mine.tenant, mine.desk, mine.people[0], own.ID)
		require.ErrorIs(t, err, workspace.ErrNoView)
		require.NoError(t, workspace.DeleteView(ctx, tx, mine.tenant, own.ID))
	})
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		all, err := workspace.Views(ctx, tx, mine.tenant, mine.desk, mine.people[0])
		require.NoError(t, err)
		require.Equal(t, []string{"г"}, titles(all), "another tenant deletes nothing here")
	})
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	t.Parallel()
	mine, _ := offices(t)
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		put := func(owner int, shared bool) error {
			return workspace.PutView(ctx, tx, mine.tenant, workspace.View{ID: ident.New(), Desk: mine.desk, Owner: mine.people[owner], Shared: shared, Title: "x"}, mine.now)
		}
		for range workspace.MaxViews {
			require.NoError(t, put(0, false))
			require.NoError(t, put(0, true))
		}
		require.ErrorIs(t, put(0, false), workspace.ErrTooManyViews)
		require.ErrorIs(t, put(1, true), workspace.ErrTooManyViews)
		require.NoError(t, put(1, false))
		all, err := workspace.Views(ctx, tx, mine.tenant, mine.desk, mine.people[0])
		require.NoError(t, err)
		require.Len(t, all, 2*workspace.MaxViews)
		all[0].Title = "changed"
		require.NoError(t, workspace.PutView(ctx, tx, mine.tenant, all[0], mine.now), "one that is there may change")
		for i := range workspace.MaxTemplates + 1 {
			err := workspace.InsertTemplate(ctx, tx, mine.tenant, workspace.Template{
				ID: ident.New(), Desk: mine.desk, Title: fmt.Sprint(i), Text: "x", Visibility: workspace.Public,
			}, mine.now)
			if i == workspace.MaxTemplates {
				require.ErrorIs(t, err, workspace.ErrTooManyTemplates)
				return
			}
			require.NoError(t, err)
		}
	})
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	mine, foreign := offices(t)
	kept := workspace.Template{ID: ident.New(), Desk: mine.desk, Title: "Б", Text: "текст", Transition: "answer", Visibility: workspace.Internal}
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		require.NoError(t, workspace.InsertTemplate(ctx, tx, mine.tenant, kept, mine.now))
		kept.Text, kept.Visibility = "другой", workspace.Public
		require.NoError(t, workspace.UpdateTemplate(ctx, tx, mine.tenant, kept, mine.now))
		all, err := workspace.Templates(ctx, tx, mine.tenant, mine.desk)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]workspace.Template{kept}, all))
	})
	foreign.in(func(ctx context.Context, tx pgx.Tx) {
		require.ErrorIs(t, workspace.UpdateTemplate(ctx, tx, mine.tenant, kept, mine.now), workspace.ErrNoTemplate)
		require.ErrorIs(t, workspace.DeleteTemplate(ctx, tx, mine.tenant, mine.desk, kept.ID), workspace.ErrNoTemplate)
	})
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		require.ErrorIs(t, workspace.DeleteTemplate(ctx, tx, mine.tenant, foreign.desk, kept.ID), workspace.ErrNoTemplate, "of another desk")
		require.NoError(t, workspace.DeleteTemplate(ctx, tx, mine.tenant, mine.desk, kept.ID))
	})
}

func TestPresence(t *testing.T) {
	t.Parallel()
	mine, foreign := offices(t)
	report := func(o *office, person int, writing bool, after time.Duration) (others []workspace.Presence) {
		o.in(func(ctx context.Context, tx pgx.Tx) {
			var err error
			others, err = workspace.Report(ctx, tx, o.tenant, o.ticket, o.people[person], writing, o.now.Add(after))
			require.NoError(t, err)
		})
		return others
	}
	require.Empty(t, report(foreign, 0, true, 0))
	require.Empty(t, report(mine, 0, false, 0), "oneself is not another, nor is another tenant")
	require.Len(t, report(mine, 1, false, time.Second), 1)
	require.Empty(t, cmp.Diff([]workspace.Presence{{Person: mine.people[1], Name: "Петров", Since: mine.now.Add(time.Second)}},
		report(mine, 0, true, 15*time.Second)))
	require.Empty(t, cmp.Diff([]workspace.Presence{{Person: mine.people[0], Name: "Иванова", Writing: true, Since: mine.now}},
		report(mine, 1, false, 20*time.Second)), "since the first sign, not the last")
	require.Empty(t, report(mine, 0, false, 66*time.Second), "silent for more than 45 seconds")
	require.Equal(t, mine.now.Add(70*time.Second), func() time.Time {
		report(mine, 1, false, 70*time.Second)
		return report(mine, 0, false, 71*time.Second)[0].Since
	}(), "who comes back is there anew")
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		require.NoError(t, workspace.Leave(ctx, tx, mine.tenant, mine.ticket, mine.people[1]))
	})
	require.Empty(t, report(mine, 0, false, 72*time.Second))
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		require.NoError(t, workspace.Forget(ctx, tx, mine.tenant, mine.people[0]))
		var left int
		require.NoError(t, tx.QueryRow(ctx, `select count(*) from ticket_presence where tenant_id = $1`, mine.tenant).Scan(&left))
		require.Zero(t, left)
		var events int
		require.NoError(t, tx.QueryRow(ctx, `select count(*) from ticket_events where tenant_id = $1`, mine.tenant).Scan(&events))
		require.Zero(t, events, "presence makes no event")
	})
}
