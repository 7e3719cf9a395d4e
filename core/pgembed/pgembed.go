// Package pgembed runs a private PostgreSQL cluster for `opora up` and for tests, with the programs that are installed
// on the machine. Linux only. It makes no roles or schemas, does not upgrade data and is not used by `opora serve`.
//
// Invariants:
//  1. Existing data are never deleted or replaced: what does not fit is refused with a sentence that says what to do.
//  2. One opora per data directory: a flock is held as long as the cluster runs.
//  3. The server listens on a Unix socket only, in a directory that only root and the server's account can enter;
//     therefore every local role is trusted.
//  4. The server never runs as root and ends when this process ends, also by SIGKILL.
//  5. What a person keeps is durable: fsync, full_page_writes and synchronous_commit are on and nobody can switch them
//     off for the whole cluster. Options.Volatile refuses a cluster that was ever run without it.
//  6. What a dead opora left behind (server, pid file, socket, half a cluster) does not stop the next one.
//  7. A server that ends by itself is started again at the same socket, but not for ever: see Cluster.Exited.
package pgembed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Steps that Options.Progress is told, keys for message catalogues.
const (
	StepRelocated = "relocated" // the cluster lives outside the data directory, see Cluster.Relocated
	StepWait      = "wait"      // a server left by an ended opora is still shutting down
	StepInit      = "init"      // a new cluster is being made
	StepStart     = "start"     // the server is being started
	StepRecover   = "recover"   // the server repeats what a crash interrupted; this may take minutes
	StepReady     = "ready"     // the server takes connections
	StepRestart   = "restart"   // the server ended unexpectedly and is started again
)

// DefaultFallbackDir holds the clusters of data directories that the server's account cannot enter.
const DefaultFallbackDir = "/var/lib/opora"

const (
	oldServerLimit = 20 * time.Second
	startLimit     = 60 * time.Second
	pollReady      = 10 * time.Millisecond
	connectLimit   = 5 * time.Second
	fastLimit      = 30 * time.Second
	immediateLimit = 5 * time.Second
)

// Options say where and how a cluster runs. Only DataDir is needed.
type Options struct {
	DataDir        string            // the product's data directory; the cluster lives in its folder "database"
	BinDir         string            // folder of PostgreSQL's programs; empty: see Find
	FallbackDir    string            // instead of DefaultFallbackDir
	Volatile       bool              // for tests only: fast, and a power cut loses everything
	MaxConnections int               // 200 if 0
	Log            io.Writer         // the server's words; nil: a file of bounded size beside the cluster
	Progress       func(step string) // called with the Step… constants, StepRestart from another goroutine; may be nil

	oldServerLimit time.Duration
	crashPauses    []time.Duration
}

// Cluster is a running private server. Its methods are safe for concurrent use.
type Cluster struct {
	place     *place
	bin       Binaries
	socketDir string
	ownSocket bool   // the socket's directory lies outside home and goes with us
	child     *child // of supervise alone until supervised is closed
	journal   *journal
	exited    chan struct{}
	// release ends supervise, which closes supervised.
	release    context.CancelFunc
	supervised chan struct{}
	stopOnce   sync.Once
	stopErr    error
	mu         sync.Mutex
	down       bool // no server runs, without Stop
	err        error
}

// Start makes the cluster if there is none, starts it and returns when it takes connections. ctx bounds the start only.
// A missing DataDir is made so that the server's account can enter it. Every error but that of ctx is an *Error.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	if o.DataDir == "" {
		return nil, failure(CodeUnreachable, nil, "no data directory is named")
	}
	if o.FallbackDir == "" {
		o.FallbackDir = DefaultFallbackDir
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if o.oldServerLimit == 0 {
		o.oldServerLimit = oldServerLimit
	}
	installed, err := installations(ctx, o.BinDir)
	if err != nil {
		return nil, err
	}
	if o.crashPauses == nil {
		o.crashPauses = crashPauses()
	}
	c := &Cluster{place: &place{}, exited: make(chan struct{}), supervised: make(chan struct{})}
	if err := c.start(ctx, o, installed); err != nil {
		c.cleanUp()
		if ctx.Err() != nil {
			return nil, fmt.Errorf("start PostgreSQL: %w (%w)", ctx.Err(), err)
		}
		return nil, err
	}
	ctx, c.release = context.WithCancel(context.WithoutCancel(ctx))
	go c.supervise(ctx, o)
	o.Progress(StepReady)
	return c, nil
}

func (c *Cluster) start(ctx context.Context, o Options, installed []Binaries) error {
	p := c.place
	if err := p.settle(ctx, o, installed[0]); err != nil {
		return err
	}
	if p.relocated {
		o.Progress(StepRelocated)
	}
	c.journal = &journal{out: o.Log, path: p.logPath()}
	major, err := p.dataMajor()
	if err != nil {
		return err
	}
	if c.bin, err = choose(installed, major, p.cluster()); err != nil {
		return err
	}
	if major == 0 {
		o.Progress(StepInit)
		err = p.create(ctx, o, c.bin, c.journal)
	} else {
		if err = p.awaitOldServer(ctx, o.oldServerLimit, o.Progress); err == nil {
			err = p.guardDurable(o.Volatile)
		}
	}
	if err != nil {
		return err
	}
	if err := p.writeConfig(o); err != nil {
		return fileFailure(p.home, err)
	}
	if c.socketDir, c.ownSocket, err = p.socketDir(); err != nil {
		return err
	}
	if err := sweepSocket(c.socketDir); err != nil {
		return err
	}
	o.Progress(StepStart)
	return c.run(ctx, o)
}

// run starts the server and waits until it answers.
func (c *Cluster) run(ctx context.Context, o Options) error {
	c.journal.forget()
	//nolint:gosec // inspected before; the server outlives ctx
	cmd := exec.CommandContext(context.WithoutCancel(ctx), c.bin.Postgres(), c.place.serverArgs(c.socketDir, o.Volatile)...)
	cmd.Dir = c.place.home
	cmd.Stdout, cmd.Stderr = c.journal, c.journal
	var err error
	if c.child, err = launch(cmd, c.place.account); err != nil {
		return failure(CodeStart, err, "the PostgreSQL server could not be run")
	}
	if err := c.awaitReady(ctx, o.Progress); err != nil {
		if ended := c.child.end(ctx, endStep{syscall.SIGINT, fastLimit}, endStep{syscall.SIGQUIT, immediateLimit},
			endStep{syscall.SIGKILL, immediateLimit}); ended != nil {
			c.journal.note("%v", ended)
		}
		return err
	}
	return nil
}

// awaitReady gives the server startLimit to answer; while it says that it is starting up (after a crash) only ctx
// bounds it.
func (c *Cluster) awaitReady(ctx context.Context, progress func(string)) error {
	config, err := pgx.ParseConfig(c.URL(superuser, "postgres"))
	if err != nil {
		return failure(CodeStart, err, "the socket's directory %s cannot stand in a connection string", c.socketDir)
	}
	config.ConnectTimeout = connectLimit
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	ticker := time.NewTicker(pollReady)
	defer ticker.Stop()
	busy := 0
	for {
		select {
		case <-c.child.done:
			return programFailure("PostgreSQL", c.place.home, c.journal.words(), c.child.err)
		case <-ctx.Done():
			return fmt.Errorf("wait for server: %w", ctx.Err())
		case <-limit.C:
			return failure(CodeStart, err, "PostgreSQL did not take connections within %s", startLimit)
		case <-ticker.C:
		}
		if err = answers(ctx, config); err == nil {
			return nil
		}
		if refusal, ok := errors.AsType[*pgconn.PgError](err); ok {
			if refusal.Code != "57P03" && refusal.Code != "53300" { // cannot_connect_now, too_many_connections
				return failure(CodeStart, err, "PostgreSQL does not let opora in")
			}
			limit.Reset(startLimit)
			if busy++; busy == 100 {
				progress(StepRecover)
			}
		}
	}
}

func answers(ctx context.Context, config *pgx.ConnConfig) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if err := conn.Close(ctx); err != nil {
		return fmt.Errorf("close connection: %w", err)
	}
	return nil
}

// URL returns the connection string of a role and a database, without a password: pgx, psql and pg_dump take it.
func (c *Cluster) URL(user, database string) string {
	query := url.Values{"host": {c.socketDir}, "port": {port}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database, RawQuery: query.Encode()}
	return u.String()
}

// SuperuserURL returns the connection string of the cluster's superuser, opora_super.
func (c *Cluster) SuperuserURL(database string) string { return c.URL(superuser, database) }

// Binaries returns the installation that runs the cluster; pg_dump and psql lie beside it.
func (c *Cluster) Binaries() Binaries { return c.bin }

// Relocated returns where the cluster lives when that is not the data directory, because the server's account cannot
// enter it. A person who copies the data directory must copy that one too.
func (c *Cluster) Relocated() (dir string, relocated bool) {
	if !c.place.relocated {
		return "", false
	}
	return c.place.home, true
}

// Exited is closed when the server ended five times within two minutes without Stop and is not started again. Err then
// says why; Stop must still be called.
func (c *Cluster) Exited() <-chan struct{} { return c.exited }

// Err says why the server is not started again; nil before Exited is closed.
func (c *Cluster) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Stop shuts the server down and frees the data directory. Sessions are cut and the data brought to disk; when ctx ends
// or 30 s have passed the server is stopped at once, loses nothing and repeats its log at the next start: that is
// postgres_stop. Later calls return what the first returned.
func (c *Cluster) Stop(ctx context.Context) error {
	c.stopOnce.Do(func() {
		c.release()
		<-c.supervised
		c.stopErr = c.stop(ctx)
		c.cleanUp()
	})
	return c.stopErr
}

func (c *Cluster) stop(ctx context.Context) error {
	c.mu.Lock()
	down := c.down
	c.mu.Unlock()
	if down {
		return nil
	}
	fast := c.child.end(ctx, endStep{syscall.SIGINT, fastLimit})
	if fast == nil {
		if c.child.err != nil && !errors.Is(c.child.err, exec.ErrWaitDelay) {
			return failure(CodeStop, c.child.err, "PostgreSQL did not end well; it repairs its data at the next start")
		}
		return nil
	}
	err := c.child.end(context.WithoutCancel(ctx), endStep{syscall.SIGQUIT, immediateLimit}, endStep{syscall.SIGKILL, immediateLimit})
	return failure(CodeStop, err, "PostgreSQL did not end in time and was stopped at once; it repeats its log at the next start")
}

// cleanUp runs after the server has ended.
func (c *Cluster) cleanUp() {
	if c.ownSocket {
		_ = os.Remove(c.socketDir) // only when empty, that is when the server has ended
	}
	if c.journal != nil {
		c.journal.close()
	}
	c.place.leave()
}
