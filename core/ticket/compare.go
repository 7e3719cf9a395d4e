package ticket

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// Compare names the columns in which a ticket's row differs from the fold of its events; none for a
// sound ticket. Its number comes from the database's counter and is no part of the fold.
func Compare(row *Ticket, events []Event) []string {
	folded := Fold(events)
	folded.Number = row.Number
	var out []string
	got, want := reflect.ValueOf(*row), reflect.ValueOf(folded)
	for i := range got.NumField() {
		name := got.Type().Field(i).Name
		if !same(got.Field(i).Interface(), want.Field(i).Interface()) {
			out = append(out, name)
		}
	}
	for i, e := range events {
		if e.Seq != int64(i+1) {
			return append(out, fmt.Sprintf("event %d stands at place %d", e.Seq, i+1))
		}
	}
	return out
}

func same(a, b any) bool {
	switch x := a.(type) {
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	case *time.Time:
		y, ok := b.(*time.Time)
		return ok && (x == nil) == (y == nil) && (x == nil || x.Equal(*y))
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && (len(x) == 0 && len(y) == 0 || reflect.DeepEqual(x, y))
	case []string:
		y, ok := b.([]string)
		return ok && (len(x) == 0 && len(y) == 0 || reflect.DeepEqual(x, y))
	}
	return reflect.DeepEqual(a, b)
}

// After reads the ids of a tenant's tickets in their order, after one.
func After(ctx context.Context, q db.Querier, tenant, after ident.ID, limit int) ([]ident.ID, error) {
	rows, err := q.Query(ctx, `select id from tickets where tenant_id = $1 and id > $2 order by id limit $3`, tenant, after, limit)
	if err != nil {
		return nil, fmt.Errorf("select tickets: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("scan tickets: %w", err)
	}
	return ids, nil
}
