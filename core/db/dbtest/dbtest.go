// Package dbtest gives each test a database of its own on a real PostgreSQL.
//
// One private cluster is started per test program, one template is migrated in it, and each test gets
// a clone. Tests connect as the server's role, never as a superuser.
package dbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/pgembed"
)

const (
	template    = "opora_template"
	poolSize    = 16
	stopTimeout = 20 * time.Second
)

// server is the cluster of this test program, started by the first test that needs it.
type server struct {
	once    sync.Once
	cluster *pgembed.Cluster
	dir     string
	err     error
	counter atomic.Int64
	// Clones are made one at a time: PostgreSQL refuses to copy a template that is being copied.
	cloning sync.Mutex
}

var shared server

// Database is a test's own database.
type Database struct {
	*db.DB
	// AppURL is the server's address, OwnerURL the migrations', SuperURL the administrator's.
	AppURL, OwnerURL, SuperURL string
}

// Main runs a package's tests and stops the cluster afterwards; call it from TestMain.
func Main(m *testing.M) {
	code := m.Run()
	shared.stop()
	os.Exit(code)
}

// New returns a migrated, empty database, which goes when the test ends.
func New(t testing.TB) *Database {
	t.Helper()
	ctx := t.Context()
	shared.once.Do(func() { shared.err = shared.start(context.WithoutCancel(ctx)) })
	require.NoError(t, shared.err, "start the test cluster")
	name := fmt.Sprintf("opora_%d", shared.counter.Add(1))
	require.NoError(t, shared.clone(ctx, name))
	d := &Database{
		AppURL:   shared.cluster.URL(db.RoleApp, name),
		OwnerURL: shared.cluster.URL(db.RoleOwner, name),
		SuperURL: shared.cluster.SuperuserURL(name),
	}
	opened, err := db.Open(ctx, d.AppURL, poolSize)
	require.NoError(t, err)
	d.DB = opened
	t.Cleanup(func() {
		opened.Close()
		shared.drop(context.WithoutCancel(ctx), name)
	})
	return d
}

// Open returns one more pool to the same database, as another node would have.
func (d *Database) Open(t testing.TB) *db.DB {
	t.Helper()
	opened, err := db.Open(t.Context(), d.AppURL, poolSize)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	return opened
}

// Super returns a connection that sees everything, to arrange and to inspect.
func (d *Database) Super(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.SuperURL)
	require.NoError(t, err)
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() { _ = conn.Close(ctx) })
	return conn
}

// Cluster returns the test program's cluster, for tests that need a database without our schema.
func Cluster(t testing.TB) *pgembed.Cluster {
	t.Helper()
	New(t)
	return shared.cluster
}

func (s *server) start(ctx context.Context) error {
	// Not t.TempDir: its parent is closed to PostgreSQL's own account.
	dir, err := os.MkdirTemp("", "opora-test-")
	if err != nil {
		return fmt.Errorf("make test directory: %w", err)
	}
	s.dir = dir
	if err := os.Chmod(dir, 0o711); err != nil {
		return fmt.Errorf("open test directory: %w", err)
	}
	s.cluster, err = pgembed.Start(ctx, pgembed.Options{DataDir: filepath.Join(dir, "data"), Volatile: true})
	if err != nil {
		return fmt.Errorf("start cluster: %w", err)
	}
	if err := db.Bootstrap(ctx, s.cluster.SuperuserURL("postgres"), template); err != nil {
		return fmt.Errorf("bootstrap: %w", err)
	}
	if _, err := db.Migrate(ctx, s.cluster.URL(db.RoleOwner, template)); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func (s *server) clone(ctx context.Context, name string) error {
	s.cloning.Lock()
	defer s.cloning.Unlock()
	conn, err := pgx.Connect(ctx, s.cluster.SuperuserURL("postgres"))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, fmt.Sprintf("create database %s template %s owner %s strategy file_copy", name, template, db.RoleOwner)); err != nil {
		return fmt.Errorf("clone template: %w", err)
	}
	return nil
}

func (s *server) drop(ctx context.Context, name string) {
	conn, err := pgx.Connect(ctx, s.cluster.SuperuserURL("postgres"))
	if err != nil {
		return
	}
	defer func() { _ = conn.Close(ctx) }()
	_, _ = conn.Exec(ctx, "drop database if exists "+name+" with (force)")
}

func (s *server) stop() {
	if s.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		_ = s.cluster.Stop(ctx)
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}
