// Package db is the way to PostgreSQL: the pool, the two doors that demand a tenant, the translation
// of the database's errors, the migrations and the check of roles at start.
//
// It knows no table of a domain; each domain keeps its statements in its own store.go.
//
// Invariants:
//  1. Everything that reads or writes a tenant's rows goes through InTx or Batch, which set
//     app.tenant_id for that transaction alone; row level security does the rest.
//  2. The server connects as a role that owns nothing and bypasses nothing; Open refuses any other.
package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"github.com/opora-desk/opora/core/ident"
)

// Deadlines and limits of the pool.
const (
	connectTimeout = 10 * time.Second
	acquireTimeout = 3 * time.Second
	maxAttempts    = 3
	// reserved is how many connections are left to what belongs to no tenant: the reading of the log, jobs.
	reserved = 4
)

// PlannedEachTime goes before the arguments of a list with optional filters: only a plan made for the
// call sees which of them are set. Everything else keeps its plan.
const PlannedEachTime = pgx.QueryExecModeCacheDescribe

// DB is a pool of connections as the server's role. It is safe for concurrent use.
type DB struct {
	pool    *pgxpool.Pool
	turns   *turns
	figures *figures
}

// Querier is what a store needs: a transaction of InTx satisfies it.
type Querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Option changes how a database is opened.
type Option func(*pgxpool.Config)

// Traced opens spans for queries and batches where ctx carries a trace.
func Traced(config *pgxpool.Config) { config.ConnConfig.Tracer = traced{} }

// Open connects to the database that url names with at most conns connections.
func Open(ctx context.Context, url string, conns int32, options ...Option) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("parse database address: %w", withoutPassword(err))
	}
	config.MaxConns = conns
	config.ConnConfig.ConnectTimeout = connectTimeout
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.RuntimeParams["application_name"] = "opora"
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		// Identifiers travel as sixteen bytes; without this each is written as text and parsed again.
		pgxuuid.Register(conn.TypeMap())
		// Instants are read in UTC, whatever the machine's zone is.
		conn.TypeMap().RegisterType(&pgtype.Type{
			Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
		})
		return nil
	}
	for _, option := range options {
		option(config)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database pool: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach the database: %w", withoutPassword(err))
	}
	return &DB{pool: pool, turns: newTurns(int(conns) - reserved), figures: newFigures()}, nil
}

// Close waits for connections in use and closes them all.
func (d *DB) Close() { d.pool.Close() }

// Exempt returns the pool for the tables that belong to no tenant. Only the packages tenant, catalog
// and job may call it; a test of the tree says so.
func (d *DB) Exempt() *pgxpool.Pool { return d.pool }

// Stat returns the pool's figures for the metrics.
func (d *DB) Stat() *pgxpool.Stat { return d.pool.Stat() }

// InTx runs fn in one transaction of a tenant and commits it when fn returns nil. A transaction that
// the database refused for a serialization failure or a deadlock is run again, three times in all, so
// fn must have no effect outside it. Nothing slow may happen in fn.
func (d *DB) InTx(ctx context.Context, tenant ident.ID, fn func(ctx context.Context, tx pgx.Tx) error) error {
	ctx, done := d.observed(ctx, kindTransaction)
	var err error
	for range maxAttempts {
		if err = d.inTx(ctx, tenant, fn); err == nil || !isRetryable(err) {
			break
		}
	}
	err = Translate(err)
	done(err)
	return err
}

func (d *DB) inTx(ctx context.Context, tenant ident.ID, fn func(ctx context.Context, tx pgx.Tx) error) error {
	conn, release, err := d.acquire(ctx, tenant)
	if err != nil {
		return err
	}
	defer release()
	// Sent as one simple query, so that the setting costs no round trip of its own. A UUID's own
	// writing has nothing in it that SQL could take for syntax.
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{
		BeginQuery: "begin; set local app.tenant_id = '" + tenant.String() + "'",
	})
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := fn(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	return nil
}

// Batch sends the statements that fill queues as one pipelined batch: one round trip and one implicit
// transaction of the tenant. Results are read by the callbacks of the queued statements; the first
// error of any of them is returned and nothing is kept.
func (d *DB) Batch(ctx context.Context, tenant ident.ID, fill func(b *pgx.Batch)) error {
	batch := &pgx.Batch{}
	batch.Queue(`select set_config('app.tenant_id', $1, true)`, tenant.String())
	fill(batch)
	ctx, done := d.observed(ctx, kindBatch)
	var err error
	for range maxAttempts {
		if err = d.sendBatch(ctx, tenant, batch); err == nil || !isRetryable(err) {
			break
		}
	}
	err = Translate(err)
	done(err)
	return err
}

func (d *DB) sendBatch(ctx context.Context, tenant ident.ID, batch *pgx.Batch) error {
	conn, release, err := d.acquire(ctx, tenant)
	if err != nil {
		return err
	}
	defer release()
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("run batch: %w", err)
	}
	return nil
}

// acquire waits a bounded time for a connection, tenant by tenant in turn: under a flood a caller is told
// to come back instead of joining a pile. release must be called once.
func (d *DB) acquire(ctx context.Context, tenant ident.ID) (conn *pgxpool.Conn, release func(), err error) {
	began := d.figures.waits()
	defer func() { d.figures.waited(began, err) }()
	waiting, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	leave, err := d.turns.enter(waiting, tenant)
	if err == nil {
		if conn, err = d.pool.Acquire(waiting); err == nil {
			return conn, func() { conn.Release(); leave() }, nil
		}
		leave()
	}
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return nil, nil, errBusy
	}
	return nil, nil, fmt.Errorf("acquire connection: %w", err)
}

// Listen holds one connection of its own that listens on a channel and calls ring for every
// notification, until ctx ends or the connection breaks.
func (d *DB) Listen(ctx context.Context, channel string, ring func()) error {
	return d.ListenTo(ctx, channel, func(string) { ring() })
}

// ListenTo is Listen for bells that say a word, see Tell.
func (d *DB) ListenTo(ctx context.Context, channel string, hear func(word string)) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("acquire connection to listen: %w", err)
	}
	raw := conn.Hijack()
	defer func() { _ = raw.Close(context.WithoutCancel(ctx)) }()
	if _, err := raw.Exec(ctx, "listen "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		told, err := raw.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait for notification: %w", err)
		}
		hear(told.Payload)
	}
}

// Notify rings a channel's bell, outside any transaction.
func (d *DB) Notify(ctx context.Context, channel string) error { return d.Tell(ctx, channel, "") }

// Tell rings a channel's bell and says a word of at most 8,000 bytes: a key, never contents.
func (d *DB) Tell(ctx context.Context, channel, word string) error {
	if _, err := d.pool.Exec(ctx, `select pg_notify($1, $2)`, channel, word); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}
