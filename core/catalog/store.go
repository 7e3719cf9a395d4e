package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/errs"
)

// Beginner begins a transaction: the pool of the exempt tables.
type Beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Register adds a release in the state registered and raises the epoch; one of the same digest is left
// as it is, and added is false. Errors: Conflict (code "release_version_taken") when the version is
// registered with another digest.
func Register(ctx context.Context, d Beginner, r Release) (added bool, err error) {
	err = inTx(ctx, d, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			insert into releases (digest, system, version, title, files, registered_at)
			values ($1, $2, $3, $4, $5, $6)
			on conflict (digest) do nothing`, r.Digest, r.System, r.Version, r.Title, r.Files, r.RegisteredAt)
		if db.Violated(err, "releases_version_key") {
			return errs.Wrap(errs.Conflict, "release_version_taken", err).With("system", r.System).With("version", r.Version)
		}
		if err != nil {
			return fmt.Errorf("insert release: %w", err)
		}
		if added = tag.RowsAffected() > 0; !added {
			return nil
		}
		return BumpEpoch(ctx, tx)
	})
	return added, err
}

// Active returns the active release of every system with its bundle, by system; at most 200.
func Active(ctx context.Context, q db.Querier) ([]Release, error) {
	rows, err := q.Query(ctx, `
		select digest, system, version, title, registered_at, activated_at, state, files
		from releases
		where state = 'active'
		order by system
		limit 200`)
	return collect(rows, err, scanWhole)
}

// ByDigest returns a release with its bundle. Errors: NotFound (code "release_not_found").
func ByDigest(ctx context.Context, q db.Querier, digest string) (Release, error) {
	rows, err := q.Query(ctx, `
		select digest, system, version, title, registered_at, activated_at, state, files
		from releases
		where digest = $1
		limit 1`, digest)
	return one(rows, err)
}

// ActiveOf returns the active release of a system with its bundle. Errors: NotFound (code
// "system_not_found").
func ActiveOf(ctx context.Context, q db.Querier, system string) (Release, error) {
	rows, err := q.Query(ctx, `
		select digest, system, version, title, registered_at, activated_at, state, files
		from releases
		where system = $1 and state = 'active'
		limit 1`, system)
	r, err := one(rows, err)
	if errs.KindOf(err) == errs.NotFound {
		return Release{}, errs.Wrap(errs.NotFound, "system_not_found", err).With("system", system)
	}
	return r, err
}

// All returns every release without its bundle, by system and newest first; at most 10,000.
func All(ctx context.Context, q db.Querier) ([]Release, error) {
	rows, err := q.Query(ctx, `
		select digest, system, version, title, registered_at, activated_at, state
		from releases
		order by system, registered_at desc, digest
		limit 10000`)
	return collect(rows, err, func(row pgx.CollectableRow) (Release, error) {
		var r Release
		err := row.Scan(&r.Digest, &r.System, &r.Version, &r.Title, &r.RegisteredAt, &r.ActivatedAt, &r.State)
		return r, err
	})
}

// Activate makes a release the active one of its system; the one that was active becomes the previous
// one, and the epoch rises. Activating the active one changes nothing. Errors: NotFound (code
// "release_not_found").
func Activate(ctx context.Context, d Beginner, digest string, now time.Time) error {
	return inTx(ctx, d, func(tx pgx.Tx) error {
		// All releases of the system are locked in one order, so that two activations queue up.
		rows, err := tx.Query(ctx, `
			select digest, state
			from releases
			where system = (select r.system from releases r where r.digest = $1)
			order by digest
			limit 10000
			for update`, digest)
		if err != nil {
			return fmt.Errorf("lock releases: %w", err)
		}
		states := map[string]State{}
		var key string
		var state State
		if _, err := pgx.ForEachRow(rows, []any{&key, &state}, func() error {
			states[key] = state
			return nil
		}); err != nil {
			return fmt.Errorf("lock releases: %w", err)
		}
		switch states[digest] {
		case "":
			return errs.New(errs.NotFound, "release_not_found", "no release of that digest")
		case StateActive:
			return nil
		case StateRegistered, StatePrevious:
		}
		return swap(ctx, tx, digest, now)
	})
}

// swap moves the states one after the other, since one index allows one active release and another
// one previous.
func swap(ctx context.Context, tx pgx.Tx, digest string, now time.Time) error {
	if _, err := tx.Exec(ctx, `
		update releases set state = 'registered'
		where state = 'previous' and system = (select r.system from releases r where r.digest = $1)`, digest); err != nil {
		return fmt.Errorf("retire previous release: %w", err)
	}
	if _, err := tx.Exec(ctx, `
		update releases set state = 'previous'
		where state = 'active' and system = (select r.system from releases r where r.digest = $1)`, digest); err != nil {
		return fmt.Errorf("put active release back: %w", err)
	}
	if _, err := tx.Exec(ctx, `
		update releases set state = 'active', activated_at = $2
		where digest = $1`, digest, now); err != nil {
		return fmt.Errorf("activate release: %w", err)
	}
	return BumpEpoch(ctx, tx)
}

// AddBuild adds a binary of a release, or corrects its path. Errors: Conflict (code
// "build_of_other_release") when the same binary is registered for another release; NotFound (code
// "release_not_found").
func AddBuild(ctx context.Context, q db.Querier, b Build) error {
	tag, err := q.Exec(ctx, `
		insert into builds (sha256, release_digest, path, registered_at)
		values ($1, $2, $3, $4)
		on conflict (sha256) do update set path = excluded.path
		where builds.release_digest = excluded.release_digest`, b.SHA256, b.Release, b.Path, b.RegisteredAt)
	switch {
	case db.Violated(err, "builds_release_fkey"):
		return errs.Wrap(errs.NotFound, "release_not_found", err)
	case err != nil:
		return fmt.Errorf("insert build: %w", db.Translate(err))
	case tag.RowsAffected() == 0:
		return errs.New(errs.Conflict, "build_of_other_release", "the binary is registered for another release")
	}
	return nil
}

// Builds returns every binary, the newest of a release first; at most 10,000.
func Builds(ctx context.Context, q db.Querier) ([]Build, error) {
	rows, err := q.Query(ctx, `
		select sha256, release_digest, path, registered_at
		from builds
		order by release_digest, registered_at desc, sha256
		limit 10000`)
	return collect(rows, err, func(row pgx.CollectableRow) (Build, error) {
		var b Build
		err := row.Scan(&b.SHA256, &b.Release, &b.Path, &b.RegisteredAt)
		return b, err
	})
}

// Epoch returns the number that every change of configuration raises.
func Epoch(ctx context.Context, q db.Querier) (int64, error) {
	var epoch int64
	if err := q.QueryRow(ctx, `
		select epoch from config_epoch where one limit 1`).Scan(&epoch); err != nil {
		return 0, fmt.Errorf("read configuration epoch: %w", db.Translate(err))
	}
	return epoch, nil
}

// BumpEpoch raises the epoch within the transaction of the change that it announces. Ring [Channel]
// after the commit.
func BumpEpoch(ctx context.Context, q db.Querier) error {
	if _, err := q.Exec(ctx, `
		update config_epoch set epoch = epoch + 1 where one`); err != nil {
		return fmt.Errorf("raise configuration epoch: %w", err)
	}
	return nil
}

func inTx(ctx context.Context, d Beginner, fn func(tx pgx.Tx) error) error {
	if err := pgx.BeginFunc(ctx, d, fn); err != nil {
		return db.Translate(err)
	}
	return nil
}

func scanWhole(row pgx.CollectableRow) (Release, error) {
	var r Release
	err := row.Scan(&r.Digest, &r.System, &r.Version, &r.Title, &r.RegisteredAt, &r.ActivatedAt, &r.State, &r.Files)
	return r, err
}

func collect[T any](rows pgx.Rows, err error, scan pgx.RowToFunc[T]) ([]T, error) {
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", db.Translate(err))
	}
	all, err := pgx.CollectRows(rows, scan)
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", db.Translate(err))
	}
	return all, nil
}

func one(rows pgx.Rows, err error) (Release, error) {
	if err != nil {
		return Release{}, fmt.Errorf("read release: %w", db.Translate(err))
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanWhole)
	if errors.Is(err, pgx.ErrNoRows) {
		return Release{}, errs.Wrap(errs.NotFound, "release_not_found", err)
	}
	if err != nil {
		return Release{}, fmt.Errorf("read release: %w", db.Translate(err))
	}
	return r, nil
}
