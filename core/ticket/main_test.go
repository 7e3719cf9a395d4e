package ticket_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// place is a tenant with two desks and some people. Every test has two of them.
type place struct {
	t            *testing.T
	d            *dbtest.Database
	tenant       ident.ID
	desk, second ident.ID
	requester    ident.ID
	other        ident.ID
	agent        ident.ID
	organisation ident.ID
}

// places makes two tenants that look the same.
func places(t *testing.T) (mine, foreign *place) {
	t.Helper()
	d := dbtest.New(t)
	_, err := d.Exempt().Exec(t.Context(), `insert into releases (digest, system, version, title, files, registered_at) values ('digest', 'sample', '1', '{}', '{}', now())`)
	require.NoError(t, err)
	return newPlace(t, d, "mine"), newPlace(t, d, "foreign")
}

func newPlace(t *testing.T, d *dbtest.Database, slug string) *place {
	t.Helper()
	p := &place{
		t: t, d: d, tenant: ident.New(), desk: ident.New(), second: ident.New(),
		requester: ident.New(), other: ident.New(), agent: ident.New(), organisation: ident.New(),
	}
	_, err := d.Exempt().Exec(t.Context(), `insert into tenants (id, slug, title, created_at) values ($1, $2, '{}', now())`, p.tenant, slug)
	require.NoError(t, err)
	require.NoError(t, d.Batch(t.Context(), p.tenant, func(b *pgx.Batch) {
		for i, desk := range []ident.ID{p.desk, p.second} {
			b.Queue(`insert into desks (tenant_id, id, slug, system, title, prefix, settings, created_at) values ($1, $2, $3, 'sample', '{}', $4, '{}', now())`,
				p.tenant, desk, fmt.Sprintf("desk%d", i), []string{"ACC", "DOC"}[i])
			b.Queue(`insert into desk_counters (tenant_id, desk_id, value) values ($1, $2, 0)`, p.tenant, desk)
		}
		b.Queue(`insert into organisations (tenant_id, id, inn, name, created_at) values ($1, $2, '7707083893', 'ООО «Опора»', now())`, p.tenant, p.organisation)
		for i, id := range []ident.ID{p.requester, p.other, p.agent} {
			b.Queue(`insert into people (tenant_id, id, name, email, created_at) values ($1, $2, $3, $4, now())`,
				p.tenant, id, []string{"Иванов", "Петров", "Сидорова"}[i], fmt.Sprintf("person%d@%s.example", i, slug))
		}
	}))
	return p
}

// in runs fn in a transaction of the place's tenant.
func (p *place) in(fn func(ctx context.Context, tx pgx.Tx)) {
	p.t.Helper()
	require.NoError(p.t, p.d.InTx(p.t.Context(), p.tenant, func(ctx context.Context, tx pgx.Tx) error {
		fn(ctx, tx)
		return nil
	}))
}

// batch runs one batch of the place's tenant.
func (p *place) batch(fill func(b *pgx.Batch)) {
	p.t.Helper()
	require.NoError(p.t, p.d.Batch(p.t.Context(), p.tenant, fill))
}

// filed is the event of a filing, for change to alter before it is written.
func (p *place) filed(change ...func(e *ticket.Event)) ticket.Event {
	e := ticket.Event{
		Tenant: p.tenant, Ticket: ident.New(), Seq: 1, Kind: ticket.Submitted, At: at, Actor: ticket.Actor{Kind: ticket.ByRequester, ID: &p.requester},
		Data: ticket.Data{
			Desk: &p.desk, Release: "digest", Form: "appeal", FormVersion: 1, Channel: api.Portal, Requester: &p.requester,
			To: "new", Category: api.New, Priority: "normal", Queue: "main", Line: "line1",
		},
		Body: &ticket.Body{Subject: "subject", Fields: api.Fields{"title": "text", "count": 7}},
	}
	for _, one := range change {
		one(&e)
	}
	return e
}

// file writes a ticket as the use case does: its row, its event, its words.
func (p *place) file(w ticket.Words, change ...func(e *ticket.Event)) *ticket.Ticket {
	p.t.Helper()
	e := p.filed(change...)
	t := ticket.Fold([]ticket.Event{e})
	p.batch(func(b *pgx.Batch) {
		ticket.Insert(b, &t, func(number string) { t.Number = number })
		ticket.Append(b, e)
		ticket.Index(b, &t, w)
	})
	return &t
}

// add appends an event to a ticket and updates its row.
func (p *place) add(t *ticket.Ticket, kind ticket.Kind, by ticket.Actor, after time.Duration, data ticket.Data, body *ticket.Body) ticket.Event {
	p.t.Helper()
	e := ticket.Event{
		Tenant: p.tenant, Ticket: t.ID, Seq: t.LastSeq + 1, Kind: kind, Actor: by, At: t.UpdatedAt.Add(after), Data: data, Body: body,
	}
	number := t.Number
	*t = ticket.Apply(*t, e)
	t.Number = number
	p.batch(func(b *pgx.Batch) {
		ticket.Append(b, e)
		ticket.Update(b, t)
	})
	return e
}

func (p *place) byAgent() ticket.Actor { return ticket.Actor{Kind: ticket.ByAgent, ID: &p.agent} }

// read returns a ticket and its history as stored.
func (p *place) read(id ident.ID) (t *ticket.Ticket, events []ticket.Event) {
	p.t.Helper()
	p.in(func(ctx context.Context, tx pgx.Tx) {
		var err error
		t, err = ticket.ByID(ctx, tx, p.tenant, id)
		require.NoError(p.t, err)
		events, err = ticket.History(ctx, tx, p.tenant, id)
		require.NoError(p.t, err)
	})
	return t, events
}
