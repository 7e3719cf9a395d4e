package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const benchStartLimit = 90 * time.Second

// benchServe is `opora serve` with profiles: the server under measurement.
type benchServe struct {
	serveCommand
	Profile string `type:"path"`
	Heap    string `type:"path"`
}

// Run serves until a signal, then writes what was asked for.
func (c *benchServe) Run(ctx context.Context, t *terminal) error {
	if c.Profile != "" {
		file, err := os.Create(c.Profile)
		if err != nil {
			return fmt.Errorf("create profile: %w", err)
		}
		defer func() { _ = file.Close() }()
		if err := pprof.StartCPUProfile(file); err != nil {
			return fmt.Errorf("start profile: %w", err)
		}
		defer pprof.StopCPUProfile()
	}
	if c.Heap == "" {
		return c.serveCommand.Run(ctx, t)
	}
	written := make(chan error, 1)
	go func() {
		<-ctx.Done()
		written <- benchHeap(c.Heap)
	}()
	return errors.Join(c.serveCommand.Run(ctx, t), <-written)
}

// benchHeap writes what lives in memory, before the server lets go of it.
func benchHeap(path string) error {
	file, err := os.Create(path) //nolint:gosec // a path that the caller named
	if err != nil {
		return fmt.Errorf("create profile of memory: %w", err)
	}
	defer func() { _ = file.Close() }()
	if err := pprof.WriteHeapProfile(file); err != nil {
		return fmt.Errorf("write profile of memory: %w", err)
	}
	return nil
}

// benchBare is the least that Go needs to keep live connections open: the limit of memory.
type benchBare struct {
	Listen string `required:""`
}

// Run serves /readyz, and a stream that says nothing, until a signal.
func (c *benchBare) Run(ctx context.Context, _ *terminal) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/stream" {
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-ctx.Done():
		}
	})}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// benchHold holds live screens open in a process of its own, so that their memory is not counted as the
// load generator's, until its input ends.
type benchHold struct {
	Address string `required:""`
	// Requests is a file with one request a line, quoted as Go does; they are used in turn.
	Requests string `required:"" type:"path"`
	Count    int    `required:""`
}

// Run opens the connections, says how many it holds, and waits.
func (c *benchHold) Run(ctx context.Context, t *terminal) error {
	raw, err := os.ReadFile(c.Requests)
	if err != nil {
		return fmt.Errorf("read requests: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	for n := range c.Count {
		request, err := strconv.Unquote(lines[n%len(lines)])
		if err != nil {
			return fmt.Errorf("read request: %w", err)
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.Address)
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.Write([]byte(request)); err != nil {
			return fmt.Errorf("send request: %w", err)
		}
		head := make([]byte, 12)
		if _, err := io.ReadFull(conn, head); err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
		if string(head[9:]) != "200" {
			return fmt.Errorf("%w: %s", errBenchStatus, head)
		}
	}
	t.line("held")
	_, _ = io.Copy(io.Discard, t.in)
	return nil
}

// benchSelf is this program with other arguments.
func benchSelf(ctx context.Context, args ...string) (*exec.Cmd, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find own program: %w", err)
	}
	command := exec.CommandContext(ctx, program, args...) //nolint:gosec // this program itself
	command.Args[0] = "opora"
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 30 * time.Second
	return command, nil
}

// benchChild is a server in a process of its own.
type benchChild struct {
	command *exec.Cmd
	address string
	said    *benchSaid
	ended   chan struct{}
	err     error
}

// benchSaid keeps what a child said, for when it fails.
type benchSaid struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *benchSaid) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *benchSaid) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// startChild starts a server and waits until /readyz answers 200.
func (b *bench) startChild(ctx context.Context, args ...string) (*benchChild, error) {
	address, err := benchAddress(ctx)
	if err != nil {
		return nil, err
	}
	c := &benchChild{address: address, said: &benchSaid{}, ended: make(chan struct{})}
	if c.command, err = benchSelf(ctx, append(args, "--listen", address)...); err != nil {
		return nil, err
	}
	c.command.Stdout, c.command.Stderr = c.said, c.said
	c.command.Env = append(os.Environ(), "OPORA_DATABASE_URL=", "OPORA_PLUGINS=", "OPORA_ATTACHMENTS=")
	if err := c.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	go func() {
		c.err = c.command.Wait()
		close(c.ended)
	}()
	if err := b.awaitReady(ctx, c); err != nil {
		_ = c.stop()
		return nil, fmt.Errorf("%w\n%s", err, c.said)
	}
	return c, nil
}

// benchAddress is a free address of this machine.
func benchAddress(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String(), nil
}

func (b *bench) awaitReady(ctx context.Context, c *benchChild) error {
	request := benchRequest("GET", "/readyz", c.address, "", nil)
	for end := b.t.clock.Now().Add(benchStartLimit); b.t.clock.Now().Before(end); wait(ctx, 2*time.Millisecond) {
		select {
		case <-c.ended:
			return fmt.Errorf("server ended before it was ready: %w", c.err)
		default:
		}
		conn, err := dialBench(ctx, c.address)
		if err != nil {
			continue
		}
		_, err = conn.expect(http.StatusOK, request)
		conn.close()
		if err == nil {
			return nil
		}
	}
	return errors.New("server was not ready in time")
}

func (c *benchChild) stop() error {
	_ = c.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.ended:
	case <-time.After(stopLimit):
		_ = c.command.Process.Kill()
		<-c.ended
	}
	if c.err != nil {
		return fmt.Errorf("server ended badly: %w\n%s", c.err, c.said)
	}
	return nil
}

func (c *benchChild) pid() int { return c.command.Process.Pid }

// serve starts a node over the scratch installation. Name is that of its profile.
func (b *bench) serve(ctx context.Context, name string, plugins bool) (*benchChild, error) {
	folder := filepath.Join(b.world.data, "no-plugins")
	if plugins {
		folder = b.Plugins
	}
	args := []string{
		"bench", "serve", "--database-url", b.world.appURL(), "--plugins", folder,
		"--attachments", filepath.Join(b.world.data, filesName), "--log-level", "error", "--lang", "en",
	}
	if b.Pprof != "" && name != "" {
		args = append(args, "--profile", filepath.Join(b.Pprof, name+".pprof"), "--heap", filepath.Join(b.Pprof, name+".heap"))
	}
	return b.startChild(ctx, args...)
}
