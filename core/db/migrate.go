package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/opora-desk/opora/core/errs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// The roles. Owner is for migrations alone; App is the server's; Search owns the reviewed functions
// and cannot log in; Backup reads everything for dumps.
const (
	RoleOwner  = "opora_owner"
	RoleApp    = "opora_app"
	RoleSearch = "opora_search"
	RoleBackup = "opora_backup"
)

// lockMigrations is the advisory lock that lets one `opora migrate` run at a time.
const lockMigrations = 7205759403792793600

// Bootstrap makes the roles and the database, as a superuser of the cluster: the part of an
// installation that a database administrator does once. It may be repeated.
func Bootstrap(ctx context.Context, superURL, database string) error {
	conn, err := pgx.Connect(ctx, superURL)
	if err != nil {
		return fmt.Errorf("connect as superuser: %w", withoutPassword(err))
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, statement := range bootstrapRoles {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("make roles: %w", err)
		}
	}
	var exists bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, database).Scan(&exists); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, "create database "+pgx.Identifier{database}.Sanitize()+" owner "+RoleOwner); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

// bootstrapRoles is what README tells an administrator to run for a server of his own.
var bootstrapRoles = []string{
	`do $$ begin
		if not exists (select from pg_roles where rolname = 'opora_owner') then create role opora_owner login; end if;
		if not exists (select from pg_roles where rolname = 'opora_app') then create role opora_app login; end if;
		if not exists (select from pg_roles where rolname = 'opora_search') then create role opora_search nologin; end if;
		if not exists (select from pg_roles where rolname = 'opora_backup') then create role opora_backup login bypassrls; end if;
	end $$`,
	`grant opora_search to opora_owner`,
	`grant pg_read_all_data to opora_backup`,
	`alter role opora_app set idle_in_transaction_session_timeout = '30s'`,
	`alter role opora_app set lock_timeout = '10s'`,
	`alter role opora_app set statement_timeout = '30s'`,
}

// Migrate brings the database to the schema of this program, as its owner. It is safe to run from
// several nodes at once: one works, the others wait and find nothing to do. It returns how many steps
// were applied. Errors: code "schema_newer" when the database was migrated by a newer program.
func Migrate(ctx context.Context, ownerURL string) (int, error) {
	config, err := pgxpool.ParseConfig(ownerURL)
	if err != nil {
		return 0, fmt.Errorf("parse owner's database address: %w", withoutPassword(err))
	}
	config.MaxConns = 3
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return 0, fmt.Errorf("open owner's pool: %w", err)
	}
	defer pool.Close()
	lock, err := pool.Acquire(ctx)
	if err != nil {
		return 0, fmt.Errorf("reach the database: %w", withoutPassword(err))
	}
	defer lock.Release()
	if _, err := lock.Exec(ctx, `select pg_advisory_lock($1)`, int64(lockMigrations)); err != nil {
		return 0, fmt.Errorf("wait for other migrations: %w", err)
	}
	defer func() {
		_, _ = lock.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, int64(lockMigrations))
	}()
	handle := stdlib.OpenDBFromPool(pool)
	defer func() { _ = handle.Close() }()
	applied, err := migrateOwn(ctx, handle)
	if err != nil {
		return 0, err
	}
	jobs, err := migrateJobs(ctx, pool)
	if err != nil {
		return applied, err
	}
	mended, err := rebase(ctx, pool)
	if mended {
		jobs++
	}
	return applied + jobs, err
}

func migrateOwn(ctx context.Context, handle *sql.DB) (int, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return 0, fmt.Errorf("open migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, handle, files, goose.WithTableName("schema_migrations"))
	if err != nil {
		return 0, fmt.Errorf("read migrations: %w", err)
	}
	current, err := provider.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	sources := provider.ListSources()
	if newest := sources[len(sources)-1].Version; current > newest {
		return 0, errs.New(errs.Conflict, "schema_newer", fmt.Sprintf("database is at %d, this program knows %d", current, newest)).
			With("database", current).With("program", newest)
	}
	results, err := provider.Up(ctx)
	if err != nil {
		var partial *goose.PartialError
		if errors.As(err, &partial) && partial.Failed != nil {
			return 0, fmt.Errorf("apply migration %s: %w", partial.Failed.Source.Path, partial.Err)
		}
		return 0, fmt.Errorf("apply migrations: %w", err)
	}
	return len(results), nil
}

// migrateJobs brings River's tables up; they belong to the owner, the server may only use them.
func migrateJobs(ctx context.Context, pool *pgxpool.Pool) (int, error) {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return 0, fmt.Errorf("read job migrations: %w", err)
	}
	result, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return 0, fmt.Errorf("apply job migrations: %w", err)
	}
	if _, err := pool.Exec(ctx, `do $$
		declare name text;
		begin
			for name in select tablename from pg_tables where schemaname = 'public' and tablename like 'river\_%' loop
				execute format('grant select, insert, update, delete on %I to opora_app', name);
			end loop;
			for name in select sequencename from pg_sequences where schemaname = 'public' and sequencename like 'river\_%' loop
				execute format('grant usage, select on sequence %I to opora_app', name);
			end loop;
		end $$;
		grant usage on schema public to opora_app`); err != nil {
		return 0, fmt.Errorf("grant job tables: %w", err)
	}
	return len(result.Versions), nil
}
