package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// benchTick is a unit of processor time in /proc; Linux has shown hundredths of a second everywhere for
// decades.
const benchTick = 10 * time.Millisecond

var errBenchStat = errors.New("/proc says nothing of a process")

// processor is the processor time of PostgreSQL, of this process with the children that have ended, and
// of further processes. Unlike a rate it hardly depends on what else the machine does.
func (w *benchWorld) processor(further ...int) (time.Duration, error) {
	raw, err := os.ReadFile(filepath.Join(w.data, "database", "cluster", "postmaster.pid"))
	if err != nil {
		return 0, fmt.Errorf("find the server's process: %w", err)
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	postmaster, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return 0, fmt.Errorf("read the server's process: %w", err)
	}
	own, ended, _, err := benchStat(postmaster)
	if err != nil {
		return 0, err
	}
	sum := own + ended
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, fmt.Errorf("list processes: %w", err)
	}
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			// One that ends meanwhile is counted by its parent the next time.
			if own, _, parent, err := benchStat(pid); err == nil && parent == postmaster {
				sum += own
			}
		}
	}
	for _, pid := range further {
		own, _, _, err := benchStat(pid)
		if err != nil {
			return 0, err
		}
		sum += own
	}
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var used syscall.Rusage
		if err := syscall.Getrusage(who, &used); err != nil {
			return 0, fmt.Errorf("ask for processor time: %w", err)
		}
		sum += time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	return sum, nil
}

// benchStat is the processor time of a process, of its children that have ended, and its parent.
func benchStat(pid int) (own, ended time.Duration, parent int, err error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, 0, errBenchStat
	}
	// The name stands in brackets and may hold anything.
	_, rest, _ := strings.Cut(string(raw[strings.LastIndexByte(string(raw), ')')+1:]), " ")
	fields := strings.Fields(rest)
	if len(fields) < 15 {
		return 0, 0, 0, errBenchStat
	}
	ticks := func(from int) time.Duration {
		user, _ := strconv.ParseInt(fields[from], 10, 64)
		system, _ := strconv.ParseInt(fields[from+1], 10, 64)
		return time.Duration(user+system) * benchTick
	}
	parent, err = strconv.Atoi(fields[1])
	return ticks(11), ticks(13), parent, err
}

// costs measures a rate and the processor time of each thing done, in microseconds.
func (b *bench) costs(span time.Duration, run func() (float64, error), further ...int) (rate, micros float64, err error) {
	before, err := b.world.processor(further...)
	if err != nil {
		return 0, 0, err
	}
	if rate, err = run(); err != nil {
		return 0, 0, err
	}
	after, err := b.world.processor(further...)
	if err != nil || rate == 0 {
		return rate, 0, err
	}
	return rate, float64(after-before) / float64(time.Microsecond) / (rate * span.Seconds()), nil
}
