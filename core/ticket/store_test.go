package ticket_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

func TestRowEqualsFold(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	one := mine.file(ticket.Words{})
	require.Equal(t, ident.FormatNumber("ACC", 1), one.Number)
	due := at.Add(24 * time.Hour)
	mine.add(one, ticket.Assigned, mine.byAgent(), time.Minute, ticket.Data{Assignee: &mine.agent}, nil)
	mine.add(one, ticket.Commented, mine.byAgent(), time.Minute, ticket.Data{}, &ticket.Body{Text: "Ответ"})
	mine.add(one, ticket.Noted, mine.byAgent(), time.Minute, ticket.Data{}, &ticket.Body{Text: "Заметка"})
	mine.add(one, ticket.Classified, mine.byAgent(), time.Minute, ticket.Data{Priority: "high", DeadlineSet: true, DeadlineCase: "answer", DeadlineAt: &due}, nil)
	mine.add(one, ticket.HandedOver, mine.byAgent(), time.Minute, ticket.Data{FromLine: "line1", Line: "line2"}, &ticket.Body{Text: "Передаю"})
	mine.add(one, ticket.Transitioned, mine.byAgent(), time.Minute, ticket.Data{From: "new", To: "done", Category: api.Done}, &ticket.Body{Resolution: api.Fields{"code": "x"}})
	mine.add(one, ticket.Edited, mine.byAgent(), time.Minute, ticket.Data{Pointers: []string{"/count"}}, &ticket.Body{Subject: "другое", Fields: api.Fields{"count": 1.50}})

	row, events := mine.read(one.ID)
	require.Len(t, events, 8)
	require.Empty(t, ticket.Compare(row, events), "as stored, the row equals the fold of its events")
	require.Equal(t, api.Done, row.Category)
	require.Equal(t, []string{"line1", "line2"}, row.SeenByLines)
	require.Equal(t, json.Number("1.5"), row.Fields["count"], "numbers keep their form")

	// The foreign tenant has nothing of it, even knowing the id and the number.
	foreign.in(func(ctx context.Context, tx pgx.Tx) {
		for _, tenant := range []ident.ID{foreign.tenant, mine.tenant} {
			_, err := ticket.ByID(ctx, tx, tenant, one.ID)
			require.ErrorIs(t, err, ticket.ErrNotFound)
			_, err = ticket.ByNumber(ctx, tx, tenant, one.Number)
			require.ErrorIs(t, err, ticket.ErrNotFound)
			_, err = ticket.Lock(ctx, tx, tenant, one.Number)
			require.ErrorIs(t, err, ticket.ErrNotFound)
			_, err = ticket.LockID(ctx, tx, tenant, one.ID)
			require.ErrorIs(t, err, ticket.ErrNotFound)
			found, err := ticket.History(ctx, tx, tenant, one.ID)
			require.NoError(t, err)
			require.Empty(t, found)
			decisions, err := ticket.Decisions(ctx, tx, tenant, one.ID, 10)
			require.NoError(t, err)
			require.Empty(t, decisions)
		}
	})
}

func TestNumbersHaveNoGapsUnderLoad(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	const filings = 40
	var wait sync.WaitGroup
	numbers := make(chan string, 2*filings)
	for range filings {
		for _, p := range []*place{mine, foreign} {
			wait.Go(func() {
				e := p.filed()
				one := ticket.Fold([]ticket.Event{e})
				err := p.d.Batch(t.Context(), p.tenant, func(b *pgx.Batch) {
					ticket.Insert(b, &one, func(number string) { one.Number = p.tenant.String() + number })
					ticket.Append(b, e)
				})
				if err == nil {
					numbers <- one.Number
				}
			})
		}
	}
	wait.Wait()
	close(numbers)
	seen := map[string]bool{}
	for number := range numbers {
		require.False(t, seen[number], "given twice")
		seen[number] = true
	}
	for counter := int64(1); counter <= filings; counter++ {
		for _, p := range []*place{mine, foreign} {
			require.True(t, seen[p.tenant.String()+ident.FormatNumber("ACC", counter)], "%d is missing", counter)
		}
	}
	// A filing that fails gives its number back.
	e := mine.filed(func(e *ticket.Event) { e.Data.Category = "lost" })
	broken := ticket.Fold([]ticket.Event{e})
	err := mine.d.Batch(t.Context(), mine.tenant, func(b *pgx.Batch) { ticket.Insert(b, &broken, func(string) {}) })
	require.Equal(t, errs.Conflict, errs.KindOf(err))
	require.Equal(t, ident.FormatNumber("ACC", filings+1), mine.file(ticket.Words{}).Number)
}

// TestLockOrdersChanges: two changes of one ticket come one after another, each with its own seq.
func TestLockOrdersChanges(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	one := mine.file(ticket.Words{})
	var wait sync.WaitGroup
	failed := make(chan error, 20)
	for i := range 20 {
		wait.Go(func() {
			failed <- mine.d.InTx(t.Context(), mine.tenant, func(ctx context.Context, tx pgx.Tx) error {
				locked, err := ticket.Lock(ctx, tx, mine.tenant, one.Number)
				if err != nil {
					return err
				}
				e := ticket.Event{
					Tenant: mine.tenant, Ticket: one.ID, Seq: locked.LastSeq + 1, Kind: ticket.Noted, Actor: mine.byAgent(), At: at,
					Body: &ticket.Body{Text: fmt.Sprint(i)},
				}
				next := ticket.Apply(*locked, e)
				b := &pgx.Batch{}
				ticket.Append(b, e)
				ticket.Update(b, &next)
				return tx.SendBatch(ctx, b).Close()
			})
		})
	}
	wait.Wait()
	close(failed)
	for err := range failed {
		require.NoError(t, err)
	}
	row, events := mine.read(one.ID)
	require.EqualValues(t, 21, row.LastSeq)
	require.Empty(t, ticket.Compare(row, events))
}

func TestEventsInPages(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	one := mine.file(ticket.Words{})
	const total = ticket.MaxEvents + 20
	mine.batch(func(b *pgx.Batch) {
		for seq := int64(2); seq <= total; seq++ {
			ticket.Append(b, ticket.Event{Tenant: mine.tenant, Ticket: one.ID, Seq: seq, Kind: ticket.Noted, Actor: mine.byAgent(), At: at})
		}
	})
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		page, err := ticket.Events(ctx, tx, mine.tenant, one.ID, 0, 100_000)
		require.NoError(t, err)
		require.Len(t, page, ticket.MaxEvents, "a page is bounded")
		page, err = ticket.Events(ctx, tx, mine.tenant, one.ID, 10, 3)
		require.NoError(t, err)
		require.EqualValues(t, 11, page[0].Seq)
		require.Len(t, page, 3)
		all, err := ticket.History(ctx, tx, mine.tenant, one.ID)
		require.NoError(t, err)
		require.Len(t, all, total)
	})
	err := mine.d.Batch(t.Context(), mine.tenant, func(b *pgx.Batch) {
		ticket.Append(b, ticket.Event{Tenant: mine.tenant, Ticket: one.ID, Seq: 5, Kind: ticket.Noted, Actor: mine.byAgent(), At: at})
	})
	require.Equal(t, errs.Conflict, errs.KindOf(err), "a seq is given once")
}

func TestCandidatesAreTheEarliestFirst(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	first, second, third := mine.file(ticket.Words{}), mine.file(ticket.Words{}), mine.file(ticket.Words{})
	elsewhere := mine.file(ticket.Words{}, func(e *ticket.Event) { e.Data.Desk = &mine.second })
	theirs := foreign.file(ticket.Words{})
	mine.batch(func(b *pgx.Batch) {
		ticket.Keys(b, third, []string{"101", "102"})
		ticket.Keys(b, first, []string{"101", "101"})
		ticket.Keys(b, second, []string{"102", "103"})
		ticket.Keys(b, elsewhere, []string{"101"})
		ticket.Keys(b, second, nil)
	})
	foreign.batch(func(b *pgx.Batch) { ticket.Keys(b, theirs, []string{"101"}) })
	candidates := func(of *ticket.Ticket, limit int) []ident.ID {
		var out []ident.ID
		mine.in(func(ctx context.Context, tx pgx.Tx) {
			var err error
			out, err = ticket.Candidates(ctx, tx, of, limit)
			require.NoError(t, err)
		})
		return out
	}
	require.Equal(t, []ident.ID{first.ID, second.ID}, candidates(third, 10), "of the same desk alone")
	require.Equal(t, []ident.ID{first.ID}, candidates(third, 1))
	require.Equal(t, []ident.ID{third.ID}, candidates(first, 10))
	mine.batch(func(b *pgx.Batch) { ticket.DropKeys(b, first) })
	require.Equal(t, []ident.ID{second.ID}, candidates(third, 10))
}

func TestDependents(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	base, first, second := mine.file(ticket.Words{}), mine.file(ticket.Words{}), mine.file(ticket.Words{})
	for _, one := range []*ticket.Ticket{second, first} {
		mine.add(one, ticket.Transitioned, mine.byAgent(), 0, ticket.Data{To: "duplicate", Category: api.Done, DuplicateOf: &base.ID}, nil)
	}
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		ids, err := ticket.Dependents(ctx, tx, mine.tenant, base.ID, 10)
		require.NoError(t, err)
		require.Equal(t, []ident.ID{first.ID, second.ID}, ids)
		ids, err = ticket.After(ctx, tx, mine.tenant, base.ID, 1)
		require.NoError(t, err)
		require.Equal(t, []ident.ID{first.ID}, ids)
	})
}

func TestReadMarksNeverGoBack(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	one := mine.file(ticket.Words{})
	for _, step := range []struct{ mark, want int64 }{{0, 0}, {3, 3}, {2, 3}, {5, 5}} {
		mine.batch(func(b *pgx.Batch) { ticket.MarkRead(b, mine.tenant, mine.agent, one.ID, step.mark) })
		mine.in(func(ctx context.Context, tx pgx.Tx) {
			got, err := ticket.ReadMark(ctx, tx, mine.tenant, mine.agent, one.ID)
			require.NoError(t, err)
			require.Equal(t, step.want, got)
			none, err := ticket.ReadMark(ctx, tx, mine.tenant, mine.requester, one.ID)
			require.NoError(t, err)
			require.Zero(t, none)
		})
	}
}

func TestIdempotencyKeysAreOfOnePersonAndRoute(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	id := ident.New()
	mine.batch(func(b *pgx.Batch) {
		ticket.Remember(b, mine.tenant, mine.requester, "submit", "key", []byte{1}, id, 1, at)
	})
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		known, err := ticket.Recall(ctx, tx, mine.tenant, mine.requester, "submit", "key")
		require.NoError(t, err)
		require.Equal(t, &ticket.Repeat{BodyDigest: []byte{1}, Ticket: id, Seq: 1}, known)
		for _, other := range []struct {
			person     ident.ID
			route, key string
		}{{mine.agent, "submit", "key"}, {mine.requester, "comment", "key"}, {mine.requester, "submit", "other"}} {
			known, err := ticket.Recall(ctx, tx, mine.tenant, other.person, other.route, other.key)
			require.NoError(t, err)
			require.Nil(t, known)
		}
	})
	foreign.in(func(ctx context.Context, tx pgx.Tx) {
		known, err := ticket.Recall(ctx, tx, mine.tenant, mine.requester, "submit", "key")
		require.NoError(t, err)
		require.Nil(t, known)
	})
	err := mine.d.Batch(t.Context(), mine.tenant, func(b *pgx.Batch) {
		ticket.Remember(b, mine.tenant, mine.requester, "submit", "key", []byte{2}, ident.New(), 1, at)
	})
	require.Equal(t, errs.Conflict, errs.KindOf(err))
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	one := mine.file(ticket.Words{})
	mine.batch(func(b *pgx.Batch) {
		for seq := int64(1); seq <= 3; seq++ {
			ticket.Decided(b, ticket.Decision{
				Tenant: mine.tenant, Ticket: one.ID, Seq: seq, At: at, Release: "digest", Revision: 1, Digest: "rules",
				Input: json.RawMessage(`{"a": 1}`), Outcomes: json.RawMessage(`[{"id": "x"}]`),
			})
		}
	})
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		all, err := ticket.Decisions(ctx, tx, mine.tenant, one.ID, 2)
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.EqualValues(t, 3, all[0].Seq, "newest first")
		require.JSONEq(t, `{"a": 1}`, string(all[0].Input))
	})
	mine.batch(func(b *pgx.Batch) { ticket.Blank(b, one, at) })
	mine.in(func(ctx context.Context, tx pgx.Tx) {
		all, err := ticket.Decisions(ctx, tx, mine.tenant, one.ID, 10)
		require.NoError(t, err)
		require.JSONEq(t, `{}`, string(all[2].Input))
		require.JSONEq(t, `[]`, string(all[2].Outcomes))
	})
}

// TestErasureInTheDatabase: rows, words and letters of an erased requester are empty and still fold.
func TestErasureInTheDatabase(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	one := mine.file(ticket.Words{Subject: "договор", People: "Иванов", Exact: []string{"ivanov@mine.example"}})
	theirs := foreign.file(ticket.Words{Subject: "договор"})
	mine.add(one, ticket.Commented, mine.byAgent(), time.Minute, ticket.Data{}, &ticket.Body{Text: "Здравствуйте, Иванов"})
	other := mine.file(ticket.Words{Subject: "чужое"}, func(e *ticket.Event) { e.Data.Requester, e.Actor.ID = &mine.other, &mine.other })
	mine.add(other, ticket.Commented, ticket.Actor{Kind: ticket.ByRequester, ID: &mine.requester}, time.Minute, ticket.Data{}, &ticket.Body{Text: "пишу я"})
	mine.add(other, ticket.Commented, mine.byAgent(), 2*time.Minute, ticket.Data{}, &ticket.Body{Text: "Звоните по +7 (3022) 12-34-56"})

	touched := func(person ident.ID) (ids []ident.ID) {
		mine.in(func(ctx context.Context, tx pgx.Tx) {
			var err error
			ids, err = ticket.TouchedBy(ctx, tx, mine.tenant, person, 10)
			require.NoError(t, err)
		})
		return ids
	}
	require.ElementsMatch(t, []ident.ID{one.ID, other.ID}, touched(mine.requester))
	later := at.Add(time.Hour)
	mine.batch(func(b *pgx.Batch) {
		ticket.Blank(b, one, later)
		ticket.Forget(b, one)
		ticket.BlankOf(b, other, mine.requester, later)
		ticket.ReindexErased(b, other)
	})
	mine.add(one, ticket.Erased, ticket.Actor{Kind: ticket.ByAdministrator, ID: &mine.agent}, time.Hour, ticket.Data{Person: &mine.requester, Requesting: true}, nil)
	mine.add(other, ticket.Erased, ticket.Actor{Kind: ticket.ByAdministrator, ID: &mine.agent}, time.Hour, ticket.Data{Person: &mine.requester}, nil)
	require.Empty(t, touched(mine.requester), "nothing is left to erase")
	require.Equal(t, []ident.ID{other.ID}, touched(mine.other))

	for _, id := range []ident.ID{one.ID, other.ID} {
		row, events := mine.read(id)
		require.Empty(t, ticket.Compare(row, events))
	}
	row, events := mine.read(one.ID)
	require.Empty(t, row.Subject)
	require.Empty(t, row.Fields)
	for _, e := range events {
		require.Nil(t, e.Body)
	}
	_, events = mine.read(other.ID)
	require.NotNil(t, events[0].Body, "the ticket's own content stays")
	require.Nil(t, events[1].Body)
	require.Empty(t, mine.search(ticket.SearchScope{}, "договор"))
	require.Empty(t, mine.search(ticket.SearchScope{}, "ivanov@mine.example"))
	require.Equal(t, []ident.ID{other.ID}, mine.search(ticket.SearchScope{}, "83022123456"), "what is left is found as before")
	require.Equal(t, []ident.ID{theirs.ID}, foreign.search(ticket.SearchScope{}, "договор"), "the other tenant keeps its own")
}
