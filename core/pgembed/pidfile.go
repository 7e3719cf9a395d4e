package pgembed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	pollOldServer  = 25 * time.Millisecond
	clockTick      = 100             // USER_HZ, the same on every Linux that Go runs on
	startTolerance = 5 * time.Second // the boot time is known to the second, and clocks are set after boot
)

// awaitOldServer waits until no server works in the cluster any more. One that an ended opora left behind got its
// signal when opora ended; should it have missed it, it gets another one. A server that somebody else started is not
// touched. Afterwards a left postmaster.pid does not stand in the way.
func (p *place) awaitOldServer(ctx context.Context, limit time.Duration, progress func(string)) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ticker := time.NewTicker(pollOldServer)
	defer ticker.Stop()
	for round := 1; ; round++ {
		pids, err := p.serverProcesses()
		if err != nil {
			return err
		}
		if len(pids) == 0 {
			return p.dropStalePidfile()
		}
		if round == 1 {
			progress(StepWait)
		}
		if round%40 == 0 {
			for _, pid := range pids {
				p.interruptOurs(pid)
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return fmt.Errorf("wait for old server: %w", ctx.Err())
			}
			return failure(CodeLocked, nil,
				"another PostgreSQL server (process %d) works in %s and did not end within %s: stop it (kill -INT %d)",
				pids[0], p.cluster(), limit, pids[0])
		}
	}
}

// serverProcesses lists the living processes that work in the cluster, the postmaster of its pid file first.
func (p *place) serverProcesses() ([]int, error) {
	cluster, err := os.Stat(p.cluster())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fileFailure(p.cluster(), err)
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, failure(CodeStart, err, "/proc cannot be read: mount it")
	}
	var pids []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err == nil && isServer(pid) && worksIn(pid, cluster) {
			pids = append(pids, pid)
		}
	}
	recorded, started, err := p.readPidfile()
	if err != nil || recorded == 0 {
		return pids, err
	}
	if i := slices.Index(pids, recorded); i >= 0 {
		pids = slices.Insert(slices.Delete(pids, i, i+1), 0, recorded)
	} else if p.looksAlive(recorded, started, cluster) {
		pids = slices.Insert(pids, 0, recorded)
	}
	return pids, nil
}

// isServer: a zombie has no program any more, so it is none.
func isServer(pid int) bool {
	exe, err := os.Readlink(procPath(pid, "exe"))
	return err == nil && filepath.Base(strings.TrimSuffix(exe, " (deleted)")) == "postgres"
}

func worksIn(pid int, cluster fs.FileInfo) bool {
	cwd, err := os.Stat(procPath(pid, "cwd"))
	return err == nil && os.SameFile(cwd, cluster)
}

// looksAlive decides on a recorded process whose program we may not see: it is believed to be the server when it
// belongs to the cluster's owner and began when the pid file says.
func (p *place) looksAlive(pid int, started int64, cluster fs.FileInfo) bool {
	if _, err := os.Readlink(procPath(pid, "exe")); !errors.Is(err, fs.ErrPermission) {
		return false // gone, a zombie, or seen and found to be another program
	}
	info, err := os.Stat(procPath(pid, ""))
	if err != nil {
		return false
	}
	process, ok := info.Sys().(*syscall.Stat_t)
	owner, ok2 := cluster.Sys().(*syscall.Stat_t)
	if !ok || !ok2 || process.Uid != owner.Uid {
		return false
	}
	began, err := startOf(pid)
	if err != nil {
		return false
	}
	difference := time.Duration(began-started) * time.Second
	return difference.Abs() <= startTolerance
}

// interruptOurs asks for a fast shutdown if the process is a postmaster that opora started: our configuration stands in
// its arguments. The handle is taken before the look, so that the signal cannot reach a later owner of the number.
func (p *place) interruptOurs(pid int) {
	process, err := os.FindProcess(pid)
	if err != nil {
		return
	}
	defer func() { _ = process.Release() }()
	args, err := readSmall(procPath(pid, "cmdline"))
	if err == nil && slices.Contains(strings.Split(args, "\x00"), "config_file="+p.configFile()) {
		_ = process.Signal(syscall.SIGINT)
	}
}

// dropStalePidfile removes the pid file when its number belongs to a living process that is not our server: PostgreSQL
// would refuse to start. A file whose process is gone is left to PostgreSQL, which also looks at its shared memory.
func (p *place) dropStalePidfile() error {
	pid, _, err := p.readPidfile()
	if err != nil || pid == 0 {
		return err
	}
	if _, err := os.Stat(procPath(pid, "")); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := os.Remove(p.pidfile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileFailure(p.cluster(), err)
	}
	return nil
}

func (p *place) pidfile() string { return filepath.Join(p.cluster(), "postmaster.pid") }

// readPidfile returns the postmaster's process and when it began (seconds since 1970); zero when the file is missing or
// unreadable as such (PostgreSQL then says what is wrong with it).
func (p *place) readPidfile() (pid int, started int64, err error) {
	text, err := readSmall(p.pidfile())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fileFailure(p.cluster(), err)
	}
	lines := strings.Split(text, "\n")
	pid, err = strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 0 {
		return 0, 0, nil //nolint:nilerr // not a pid file; see above
	}
	if len(lines) > 2 {
		started, err = strconv.ParseInt(strings.TrimSpace(lines[2]), 10, 64)
		if err != nil {
			started = 0
		}
	}
	return pid, started, nil
}

// startOf returns when a process began, in seconds since 1970.
func startOf(pid int) (int64, error) {
	text, err := readSmall(procPath(pid, "stat"))
	if err != nil {
		return 0, err
	}
	// The second field, the program's name in parentheses, may hold blanks and parentheses itself.
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	const startTime = 22 - 3
	if len(fields) <= startTime {
		return 0, fmt.Errorf("read start of process %d: too few fields", pid)
	}
	ticks, err := strconv.ParseInt(fields[startTime], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read start of process %d: %w", pid, err)
	}
	boot, err := bootTime()
	return boot + ticks/clockTick, err
}

func bootTime() (int64, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, fmt.Errorf("read boot time: %w", err)
	}
	_, rest, found := strings.Cut(string(text), "\nbtime ")
	if !found {
		return 0, errors.New("read boot time: not in /proc/stat")
	}
	line, _, _ := strings.Cut(rest, "\n")
	boot, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read boot time: %w", err)
	}
	return boot, nil
}

func procPath(pid int, name string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), name)
}
