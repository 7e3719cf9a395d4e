package letter_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/letter"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// arrange makes a tenant with one person and one ticket.
func arrange(t *testing.T, d *dbtest.Database, slug string) (tenant, person, ticket ident.ID) {
	t.Helper()
	tenant, person, ticket = ident.New(), ident.New(), ident.New()
	deskID := ident.New()
	_, err := d.Exempt().Exec(t.Context(), `insert into tenants (id, slug, title, created_at) values ($1, $2, '{}', now())`, tenant, slug)
	require.NoError(t, err)
	_, err = d.Exempt().Exec(t.Context(), `insert into releases (digest, system, version, title, files, registered_at)
		values ('digest', 'system', '1.0.0', '{}', '{}', now()) on conflict do nothing`)
	require.NoError(t, err)
	require.NoError(t, d.Batch(t.Context(), tenant, func(b *pgx.Batch) {
		b.Queue(`insert into desks (tenant_id, id, slug, system, title, prefix, settings, created_at) values ($1, $2, 'desk', 'system', '{}', 'ABC', '{}', now())`, tenant, deskID)
		b.Queue(`insert into people (tenant_id, id, name, created_at) values ($1, $2, 'x', now())`, tenant, person)
		b.Queue(`insert into tickets (tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields, status, category,
				priority, queue, line, seen_by_lines, requester_id, version, last_seq, requester_seq, answer_seq, created_at, updated_at)
			values ($1, $2, $3, 'ABC-18', 'digest', 'f', 1, 'api', 's', '{}', 'new', 'new', 'low', 'q', 'l', '{l}', $4, 1, 1, 1, 0, now(), now())`, tenant, ticket, deskID, person)
	}))
	return tenant, person, ticket
}

func TestInsertOnce(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	tenant, person, ticket := arrange(t, d, "first")
	other, _, _ := arrange(t, d, "second")
	one := letter.Letter{
		Tenant: tenant, Ticket: ticket, Seq: 1, Template: letter.Received, Recipient: person, Address: "a@b.example",
		Lang: i18n.RU, Subject: "s", Body: "b", CreatedAt: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	insert := func(l letter.Letter) (fresh bool) {
		l.ID = ident.New()
		require.NoError(t, d.Batch(t.Context(), tenant, func(b *pgx.Batch) {
			letter.Insert(b, &l).Exec(func(tag pgconn.CommandTag) error {
				fresh = tag.RowsAffected() == 1
				return nil
			})
		}))
		return fresh
	}
	require.True(t, insert(one))
	require.False(t, insert(one), "a repeated job stores it once")
	second := one
	second.Template = letter.Executor
	require.True(t, insert(second))

	list := func(as ident.ID) (all []letter.Letter) {
		require.NoError(t, d.InTx(t.Context(), as, func(ctx context.Context, tx pgx.Tx) (err error) {
			all, err = letter.ByTicket(ctx, tx, as, ticket, 10)
			return err
		}))
		return all
	}
	all := list(tenant)
	require.Len(t, all, 2)
	one.ID, one.State = all[0].ID, letter.StateRendered
	all[0].CreatedAt = all[0].CreatedAt.UTC()
	require.Equal(t, one, all[0])
	require.Empty(t, list(other), "another tenant sees none")
}
