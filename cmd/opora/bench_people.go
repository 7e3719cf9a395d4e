package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
)

// makePeople makes requesters and an agent of every desk, each with a session.
func (w *benchWorld) makePeople(ctx context.Context, n int) error {
	t := &w.tenants[n]
	var found bool
	if err := w.super.QueryRow(ctx, `select id, exists (select from people p where p.tenant_id = t.id) from tenants t where slug = $1`, t.slug).Scan(&t.id, &found); err != nil {
		return fmt.Errorf("find tenant: %w", err)
	}
	if !found {
		if err := w.insertPeople(ctx, t); err != nil {
			return err
		}
	}
	rows, err := w.super.Query(ctx, `select id, login = $2 from people where tenant_id = $1 and login is not null order by login`, t.id, benchAgentMail)
	if err != nil {
		return fmt.Errorf("list people: %w", err)
	}
	type one struct {
		ID    ident.ID
		Agent bool
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[one])
	if err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	for _, p := range all {
		made, err := w.session(ctx, t, p.ID)
		if err != nil {
			return err
		}
		if p.Agent {
			t.agent = made
		} else {
			t.people = append(t.people, made)
		}
	}
	for i := range w.desks {
		if d := &w.desks[i]; w.tenants[d.tenant].id == t.id {
			if err := w.super.QueryRow(ctx, `select id from desks where tenant_id = $1 and slug = $2`, t.id, d.slug).Scan(&d.id); err != nil {
				return fmt.Errorf("find desk: %w", err)
			}
		}
	}
	return nil
}

func (w *benchWorld) insertPeople(ctx context.Context, t *benchTenant) error {
	in := desk.UserInput{Email: benchAgentMail, Password: benchPassword, Name: "Вокуева Анна Михайловна", Kind: person.Staff}
	for n := range benchDesks {
		in.Memberships = append(in.Memberships, desk.MembershipInput{Desk: fmt.Sprintf("desk-%d", n+1), Line: "1", Administrator: true})
	}
	if _, err := w.desk.CreateUser(ctx, t.slug, in); err != nil {
		return err
	}
	return w.db.InTx(ctx, t.id, func(ctx context.Context, tx pgx.Tx) error {
		for i := range benchPeople {
			org, err := person.OrganisationByINN(ctx, tx, t.id, benchINN(i/4), fmt.Sprintf("Учреждение № %d", i/4+1), w.t.clock.Now())
			if err != nil {
				return err
			}
			mail := fmt.Sprintf("requester%d@%s", i+1, benchZone)
			if err := person.Insert(ctx, tx, t.id, person.Person{
				Tenant: t.id, ID: ident.New(), Login: mail, Email: mail, Name: benchNames[i%len(benchNames)], Phone: "8-3022-123456",
				Kind: person.Staff, Verified: true, Locale: string(i18n.RU), Organisation: &org, CreatedAt: w.t.clock.Now(),
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// benchINN is a number of ten digits with the right check digit.
func benchINN(n int) string {
	digits := fmt.Sprintf("7500%05d", n+1)
	sum := 0
	for i, weight := range []int{2, 4, 10, 3, 5, 9, 4, 6, 8} {
		sum += weight * int(digits[i]-'0')
	}
	return fmt.Sprintf("%s%d", digits, sum%11%10)
}

func (w *benchWorld) session(ctx context.Context, t *benchTenant, id ident.ID) (benchPerson, error) {
	p := benchPerson{token: ident.NewToken()}
	now := w.t.clock.Now()
	if err := w.db.InTx(ctx, t.id, func(ctx context.Context, tx pgx.Tx) error {
		return person.InsertSession(ctx, tx, t.id, person.Session{Digest: p.token.Digest(), Person: id, CreatedAt: now, ExpiresAt: now.Add(benchSession)})
	}); err != nil {
		return p, err
	}
	var err error
	p.actor, err = w.desk.Authenticate(ctx, t.slug, p.token, i18n.RU)
	return p, err
}
