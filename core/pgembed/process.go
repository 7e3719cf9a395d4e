package pgembed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

const (
	initLimit = 3 * time.Minute
	pipeDelay = 2 * time.Second // grandchildren may hold the pipe of an ended server
)

// child is a started program. done is closed when it has ended; err is valid from then on.
type child struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// launch starts a program that gets SIGINT when this process ends in whatever way. The kernel sends that signal when
// the starting thread ends, so the thread is held until the child has ended.
func launch(cmd *exec.Cmd, acc account) (*child, error) {
	cmd.Env = environment()
	cmd.WaitDelay = pipeDelay
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: acc.credential(),
		Pdeathsig:  syscall.SIGINT,
		Setpgid:    true, // Ctrl-C in a terminal is for us: the server ends after its clients
	}
	c := &child{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		c.err = cmd.Wait()
		close(c.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return c, nil
}

// end asks the child to end by each signal in turn, and waits for it.
func (c *child) end(ctx context.Context, steps ...endStep) error {
	for _, step := range steps {
		if c.ended() {
			return nil
		}
		if err := c.cmd.Process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("signal server: %w", err)
		}
		limit, cancel := context.WithTimeout(ctx, step.limit)
		select {
		case <-c.done:
			cancel()
			return nil
		case <-limit.Done():
			cancel()
		}
		ctx = context.WithoutCancel(ctx) // an impatient caller gets the next signal, not a server left behind
	}
	return errors.New("the server survived SIGKILL")
}

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

type endStep struct {
	signal os.Signal
	limit  time.Duration
}

// create makes the cluster beside its place and moves it there when it is complete: a crash leaves no half of one.
func (p *place) create(ctx context.Context, o Options, bin Binaries, words *journal) error {
	leftovers, err := filepath.Glob(filepath.Join(globQuote(p.home), "cluster.init-*"))
	if err != nil {
		return fileFailure(p.home, err)
	}
	for _, leftover := range leftovers {
		_ = os.RemoveAll(leftover) // an initdb that is still ending may hold one: it goes next time
	}
	dir, err := os.MkdirTemp(p.home, "cluster.init-")
	if err != nil {
		return fileFailure(p.home, err)
	}
	if err := p.fill(ctx, o, bin, dir, words); err != nil {
		_ = os.RemoveAll(dir)
		return err
	}
	return nil
}

func (p *place) fill(ctx context.Context, o Options, bin Binaries, dir string, words *journal) error {
	if err := giveAway(dir, p.account); err != nil {
		return fileFailure(p.home, err)
	}
	limited, cancel := context.WithTimeout(ctx, initLimit)
	defer cancel()
	cmd := exec.CommandContext(limited, bin.Initdb(), initdbArgs(dir, o.Volatile)...) //nolint:gosec // inspected before
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = words, words
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	c, err := launch(cmd, p.account)
	if err != nil {
		return failure(CodeStart, err, "initdb could not be run")
	}
	<-c.done
	if ctx.Err() != nil {
		return fmt.Errorf("make cluster: %w", ctx.Err())
	}
	if limited.Err() != nil {
		return failure(CodeStart, limited.Err(), "initdb did not end within %s", initLimit)
	}
	if c.err != nil {
		return programFailure("initdb", p.home, words.words(), c.err)
	}
	if o.Volatile {
		err = p.markVolatile()
	} else {
		err = p.guardDurable(false) // a crash of a test may have left its mark
	}
	if err != nil {
		return fileFailure(p.home, err)
	}
	if err := os.Rename(dir, p.cluster()); err != nil {
		return fileFailure(p.cluster(), err)
	}
	if err := syncDir(p.home); err != nil {
		return fileFailure(p.home, err)
	}
	words.forget()
	return nil
}

func syncDir(path string) error {
	dir, err := os.Open(path) //nolint:gosec // below the data directory
	if err != nil {
		return fmt.Errorf("open directory: %w", err)
	}
	err = dir.Sync()
	if closed := dir.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return nil
}

// globQuote lets a path with the characters of a pattern stand for itself.
func globQuote(path string) string {
	quoted := make([]rune, 0, len(path))
	for _, r := range path {
		switch r {
		case '*', '?', '[', '\\':
			quoted = append(quoted, '\\')
		}
		quoted = append(quoted, r)
	}
	return string(quoted)
}
