package pgembed

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"time"

	"github.com/opora-desk/opora/core/clock"
)

const (
	crashLimit  = 5 // unexpected ends within crashWithin, then we give up
	crashWithin = 2 * time.Minute
	// orphanLimit is how long a dead postmaster's sessions may take to notice; they hold its shared memory.
	orphanLimit = 2 * time.Second
)

// crashPauses are the times between an unexpected end and the next start; the first is for a single accident.
func crashPauses() []time.Duration {
	return []time.Duration{100 * time.Millisecond, time.Second, 4 * time.Second, 15 * time.Second}
}

// supervise starts the server again when it ends without Stop, at the same socket, until ctx ends or it ended too often.
func (c *Cluster) supervise(ctx context.Context, o Options) {
	defer close(c.supervised)
	var ends []time.Time
	for {
		select {
		case <-c.child.done:
		case <-ctx.Done():
			return
		}
		cause := c.ending()
		for cause != nil {
			c.setDown(true)
			if ctx.Err() != nil {
				return
			}
			ends = within(append(ends, clock.System{}.Now()))
			if len(ends) >= crashLimit {
				c.giveUp(cause)
				return
			}
			c.journal.note("the server ended unexpectedly and is started again: %v", cause)
			o.Progress(StepRestart)
			pause(ctx, o.crashPauses[min(len(ends), len(o.crashPauses))-1])
			cause = c.revive(ctx, o)
		}
		c.setDown(false)
	}
}

// ending is why the server just ended.
func (c *Cluster) ending() error {
	if c.child.err == nil {
		return errors.New("somebody stopped it")
	}
	return c.child.err
}

// revive starts the server once more when nothing of the dead one is in its way.
func (c *Cluster) revive(ctx context.Context, o Options) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	orphans := time.AfterFunc(orphanLimit, c.place.quitOrphans)
	defer orphans.Stop()
	if err := c.place.awaitOldServer(ctx, o.oldServerLimit, func(string) {}); err != nil {
		return err
	}
	if err := sweepSocket(c.socketDir); err != nil {
		return err
	}
	return c.run(ctx, o)
}

// giveUp tells why the server is not started any more.
func (c *Cluster) giveUp(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	failed, ok := errors.AsType[*Error](cause)
	if !ok {
		failed, ok = errors.AsType[*Error](programFailure("PostgreSQL", c.place.home, c.journal.words(), cause))
	}
	if !ok || failed.Code == CodeStart {
		failed = failure(CodeCrashing, cause, "PostgreSQL ended %d times within %d minutes and is not started again; it last said (see %s): %s",
			crashLimit, int(crashWithin.Minutes()), c.place.logPath(), lastComplaint(c.journal.words()))
	}
	c.err = failed
	close(c.exited)
}

func (c *Cluster) setDown(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
}

// within drops the ends that lie too far back to count.
func within(ends []time.Time) []time.Time {
	newest := ends[len(ends)-1]
	for len(ends) > 0 && newest.Sub(ends[0]) > crashWithin {
		ends = ends[1:]
	}
	return ends
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// quitOrphans ends sessions that outlive their postmaster, for example in a long calculation. Only processes that say
// of themselves to be a session of PostgreSQL are signalled, never a postmaster.
func (p *place) quitOrphans() {
	pids, err := p.serverProcesses()
	if err != nil {
		return
	}
	for _, pid := range pids {
		if args, err := readSmall(procPath(pid, "cmdline")); err == nil && strings.HasPrefix(args, "postgres: ") {
			_ = syscall.Kill(pid, syscall.SIGQUIT)
		}
	}
}
