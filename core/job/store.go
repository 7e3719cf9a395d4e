package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
)

// place is how far a reader of the log has come.
type place struct {
	xact   uint64
	tenant ident.ID
	ticket ident.ID
	seq    int64
}

// horizon is what a reader of the log can see: everything that was written by transactions below low.
// Where low is below high, one that is still open may hide what others have committed.
type horizon struct {
	low, high uint64
}

func (h horizon) hides() bool { return h.low < h.high }

func readHorizon(ctx context.Context, q db.Querier) (horizon, error) {
	var h horizon
	err := q.QueryRow(ctx, `select pg_snapshot_xmin(s), pg_snapshot_xmax(s) from pg_current_snapshot() s limit 1`).Scan(&h.low, &h.high)
	if err != nil {
		return h, fmt.Errorf("read horizon: %w", err)
	}
	return h, nil
}

// readHead returns where a reader begins who wants only what comes from now on.
func readHead(ctx context.Context, q db.Querier) (place, error) {
	var p place
	if err := q.QueryRow(ctx, `select feed_head() limit 1`).Scan(&p.xact); err != nil {
		return p, fmt.Errorf("read head of the log: %w", err)
	}
	return p, nil
}

// readFeed returns what lies after a place, and the place after it.
func readFeed(ctx context.Context, q db.Querier, from place, limit int) ([]desk.FeedEntry, place, error) {
	rows, err := q.Query(ctx, `select xact_id, tenant_id, ticket_id, seq, kind from feed_since($1, $2, $3, $4, $5)
		order by xact_id, tenant_id, ticket_id, seq limit $5`, from.xact, from.tenant, from.ticket, from.seq, limit)
	if err != nil {
		return nil, from, fmt.Errorf("read feed: %w", err)
	}
	var entries []desk.FeedEntry
	var e desk.FeedEntry
	to := from
	if _, err := pgx.ForEachRow(rows, []any{&to.xact, &e.Tenant, &e.Ticket, &e.Seq, &e.Kind}, func() error {
		to.tenant, to.ticket, to.seq = e.Tenant, e.Ticket, e.Seq
		entries = append(entries, e)
		return nil
	}); err != nil {
		return nil, from, fmt.Errorf("scan feed: %w", err)
	}
	return entries, to, nil
}

// waiting is what the dispatcher sees without taking its turn.
type waiting struct {
	at     uint64
	events bool
	horizon
}

// ahead: events that are yet to be written would lie before the place. high is the next transaction.
func (w waiting) ahead() bool { return w.at >= w.high }

// readWaiting looks without writing: an idle database stays idle.
func readWaiting(ctx context.Context, q db.Querier) (waiting, error) {
	var w waiting
	err := q.QueryRow(ctx, `select d.xact_id, exists (select from feed_since(d.xact_id, d.tenant_id, d.ticket_id, d.seq, 1)),
			pg_snapshot_xmin(s), pg_snapshot_xmax(s)
		from dispatcher d, pg_current_snapshot() s where d.one limit 1`).Scan(&w.at, &w.events, &w.low, &w.high)
	if err != nil {
		return w, fmt.Errorf("read what waits for the dispatcher: %w", err)
	}
	return w, nil
}

// takeTurn holds the dispatcher's row until the transaction ends; false while another node holds it.
func takeTurn(ctx context.Context, q db.Querier) (place, bool, error) {
	var p place
	err := q.QueryRow(ctx, `select xact_id, tenant_id, ticket_id, seq from dispatcher where one limit 1 for update skip locked`).
		Scan(&p.xact, &p.tenant, &p.ticket, &p.seq)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("take the dispatcher's turn: %w", err)
	}
	return p, true, nil
}

func moveDispatcher(ctx context.Context, q db.Querier, to place) error {
	if _, err := q.Exec(ctx, `update dispatcher set xact_id = $1, tenant_id = $2, ticket_id = $3, seq = $4 where one`,
		to.xact, to.tenant, to.ticket, to.seq); err != nil {
		return fmt.Errorf("move the dispatcher: %w", err)
	}
	return nil
}

// Dead is a job that was given up.
type Dead struct {
	ID   int64
	Kind string
	// Tenant, Ticket and Seq name the event; Nil for a job of the installation.
	Tenant, Ticket ident.ID
	Seq            int64
	Attempts       int
	CreatedAt      time.Time
	GivenUpAt      time.Time
}

// listDead reads the jobs that were given up, newest first, below an id (0 for the first page).
func listDead(ctx context.Context, q db.Querier, before int64, limit int) ([]Dead, error) {
	rows, err := q.Query(ctx, `select id, kind, coalesce((args ->> 'tenant')::uuid, $3), coalesce((args ->> 'ticket')::uuid, $3),
			coalesce((args ->> 'seq')::bigint, 0), attempt, created_at, coalesce(finalized_at, created_at)
		from river_job where state in ('discarded', 'cancelled') and ($1 = 0 or id < $1)
		order by id desc limit $2`, before, limit, ident.Nil)
	if err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	dead, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Dead])
	if err != nil {
		return nil, fmt.Errorf("read dead jobs: %w", err)
	}
	return dead, nil
}

func countDead(ctx context.Context, q db.Querier) (map[string]int64, error) {
	rows, err := q.Query(ctx, `select kind, count(*) from river_job where state in ('discarded', 'cancelled') group by kind limit 100`)
	if err != nil {
		return nil, fmt.Errorf("count dead jobs: %w", err)
	}
	counts := map[string]int64{}
	var kind string
	var count int64
	if _, err := pgx.ForEachRow(rows, []any{&kind, &count}, func() error {
		counts[kind] = count
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read counts of dead jobs: %w", err)
	}
	return counts, nil
}

// lagging is what waits for the dispatcher.
type lagging struct {
	events int64
	// oldest is the transaction of the first event that waits, next the one that would begin now.
	oldest, next uint64
}

func readLag(ctx context.Context, q db.Querier) (lagging, error) {
	var l lagging
	err := q.QueryRow(ctx, `select count(e.xact_id), coalesce((array_agg(e.xact_id order by e.xact_id))[1], '0'::xid8), pg_snapshot_xmax(pg_current_snapshot())
		from dispatcher d left join lateral feed_since(d.xact_id, d.tenant_id, d.ticket_id, d.seq, 5000) e on true where d.one limit 1`).
		Scan(&l.events, &l.oldest, &l.next)
	if err != nil {
		return l, fmt.Errorf("read the dispatcher's lag: %w", err)
	}
	return l, nil
}

// queueCount is how many jobs of a queue are in a state; Oldest is in seconds since they could be worked.
type queueCount struct {
	Queue, State string
	Count        int64
	Oldest       float64
}

func countQueues(ctx context.Context, q db.Querier) ([]queueCount, error) {
	rows, err := q.Query(ctx, `select queue, state::text, count(*), greatest(0, extract(epoch from now() - min(scheduled_at)))::float8
		from river_job where state in ('available', 'pending', 'retryable', 'running', 'scheduled') group by queue, state limit 100`)
	if err != nil {
		return nil, fmt.Errorf("count queues: %w", err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[queueCount])
	if err != nil {
		return nil, fmt.Errorf("read counts of queues: %w", err)
	}
	return counts, nil
}

func tenantsAfter(ctx context.Context, q db.Querier, after ident.ID, limit int) ([]ident.ID, error) {
	rows, err := q.Query(ctx, `select id from tenants where id > $1 order by id limit $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	return ids, nil
}

func deleteKeys(ctx context.Context, q db.Querier, tenant ident.ID, before time.Time, limit int) (int64, error) {
	tag, err := q.Exec(ctx, `delete from idempotency_keys k using (
			select person_id, route, key from idempotency_keys where tenant_id = $1 and created_at < $2 order by created_at limit $3) old
		where k.tenant_id = $1 and k.person_id = old.person_id and k.route = old.route and k.key = old.key`, tenant, before, limit)
	if err != nil {
		return 0, fmt.Errorf("delete idempotency keys: %w", err)
	}
	return tag.RowsAffected(), nil
}

func deleteDecisions(ctx context.Context, q db.Querier, tenant ident.ID, before time.Time, limit int) (int64, error) {
	tag, err := q.Exec(ctx, `delete from decisions d using (
			select ticket_id, seq from decisions where tenant_id = $1 and at < $2 order by at limit $3) old
		where d.tenant_id = $1 and d.ticket_id = old.ticket_id and d.seq = old.seq`, tenant, before, limit)
	if err != nil {
		return 0, fmt.Errorf("delete decisions: %w", err)
	}
	return tag.RowsAffected(), nil
}

func deleteSessions(ctx context.Context, q db.Querier, tenant ident.ID, now time.Time, limit int) (int64, error) {
	tag, err := q.Exec(ctx, `delete from sessions s using (
			select digest from sessions where tenant_id = $1 and expires_at < $2 order by digest limit $3) old
		where s.tenant_id = $1 and s.digest = old.digest`, tenant, now, limit)
	if err != nil {
		return 0, fmt.Errorf("delete sessions: %w", err)
	}
	return tag.RowsAffected(), nil
}

func deleteOperatorSessions(ctx context.Context, q db.Querier, now time.Time) error {
	if _, err := q.Exec(ctx, `delete from operator_sessions where expires_at < $1`, now); err != nil {
		return fmt.Errorf("delete operators' sessions: %w", err)
	}
	return nil
}
