package person_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	names := map[ident.ID]string{}
	tenants := [2]ident.ID{ident.New(), ident.New()}
	for i, id := range tenants {
		_, err := d.Exempt().Exec(t.Context(), `insert into tenants (id, slug, title, created_at) values ($1, $2, '{}', now())`, id, []string{"mine", "foreign"}[i])
		require.NoError(t, err)
	}
	in := func(tenant ident.ID, fn func(ctx context.Context, tx pgx.Tx)) {
		require.NoError(t, d.InTx(t.Context(), tenant, func(ctx context.Context, tx pgx.Tx) error {
			fn(ctx, tx)
			return nil
		}))
	}
	var gone ident.ID
	for _, tenant := range tenants {
		in(tenant, func(ctx context.Context, tx pgx.Tx) {
			school, err := person.OrganisationByINN(ctx, tx, tenant, "7536000001", "МБОУ «Школа-гимназия № 12»", now)
			require.NoError(t, err)
			for _, p := range []person.Person{
				{Name: "Семёнова-Тян Мария Петровна", Email: "M.Semenova@School12.example", Phone: "8 (3022) 12-34-56, доб. 77", Organisation: &school},
				{Name: "Иванов Пётр", Email: "ivanov@mail.example", Phone: "+7 914 555-00-11"},
				{Name: "Марченко Анна", Phone: ""},
				{Name: "Стёртый Иван", Email: "gone@mail.example", Phone: "123456"},
			} {
				p.ID, p.Kind, p.Locale, p.CreatedAt = ident.New(), person.Staff, "ru", now
				require.NoError(t, person.Insert(ctx, tx, tenant, p))
				if tenant == tenants[0] {
					names[p.ID] = p.Name
					gone = p.ID
				}
			}
		})
	}
	in(tenants[0], func(ctx context.Context, tx pgx.Tx) { require.NoError(t, person.Erase(ctx, tx, tenants[0], gone, now)) })
	const semenova, ivanov, marchenko = "Семёнова-Тян Мария Петровна", "Иванов Пётр", "Марченко Анна"
	for query, want := range map[string][]string{
		"мар": {marchenko, semenova}, "семенова": {semenova}, "СЕМЁНОВА": {semenova}, "тян": {semenova}, "семенова-тян": {semenova},
		"петр": {ivanov, semenova}, "пётр иванов": {ivanov}, "иванов школа": {}, "мария школа": {semenova}, "мария гимн 12": {semenova},
		"7536000001": {semenova}, "753600": {semenova}, "m.semenova@school12.example": {semenova}, "m.seme": {semenova}, "semenova": {semenova},
		"school12": {semenova}, "school12.example": {semenova}, "ivanov@mail": {ivanov},
		"83022123456": {semenova}, "+7 3022 12-34-56": {semenova}, "73022": {semenova}, "3022": {semenova}, "123456": {semenova}, "12-34-56": {semenova}, "456": {semenova},
		"9145550011": {ivanov}, "89145550011": {ivanov}, "550011": {ivanov}, "0011": {ivanov}, "мария 456": {semenova},
		"стёртый": {}, "gone": {}, "анов": {}, "": {}, " ": {}, "и": {}, "1": {}, "%": {}, "'": {}, `\`: {}, "мар'": {marchenko, semenova}, "мар:* | x": {marchenko, semenova},
		"@": {}, ".": {}, "мар & !xyz": {}, "<654": {}, "())": {},
	} {
		in(tenants[0], func(ctx context.Context, tx pgx.Tx) {
			ids, err := person.Search(ctx, tx, tenants[0], query, 20)
			require.NoError(t, err, query)
			found := []string{}
			for _, id := range ids {
				require.Contains(t, names, id, "another tenant's")
				found = append(found, names[id])
			}
			require.Equal(t, want, found, query)
		})
	}
	in(tenants[0], func(ctx context.Context, tx pgx.Tx) {
		ids, err := person.Search(ctx, tx, tenants[0], "мар", 1)
		require.NoError(t, err)
		require.Len(t, ids, 1)
	})
	err := d.InTx(t.Context(), tenants[1], func(ctx context.Context, tx pgx.Tx) error {
		_, err := person.Search(ctx, tx, tenants[0], "мар", 20)
		return err
	})
	require.ErrorContains(t, err, "42501", "a session of another tenant")
}
