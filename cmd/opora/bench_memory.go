package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	benchPartMemory = "memory"
	benchBareServer = "bare net/http with as many connections"
	benchBarePlugin = "bare go-plugin process"
	benchSettle     = 1500 * time.Millisecond
	benchSettleFast = 200 * time.Millisecond
)

// memory measures what the server's process and the plugins' keep resident.
func (b *bench) memory(ctx context.Context) (err error) {
	counts := []int{1000, 5000}
	if b.Quick {
		counts = []int{20, 50}
	}
	type figures struct{ idle, bareIdle, loaded []float64 }
	var f figures
	streams, bareStreams := map[int][]float64{}, map[int][]float64{}
	plugins := map[string][]float64{}
	var barePlugin []float64
	for range b.Rounds {
		bare, err := b.memoryBare(ctx, counts)
		if err != nil {
			return err
		}
		f.bareIdle = append(f.bareIdle, bare[0])
		own, err := b.memoryServer(ctx, counts, plugins)
		if err != nil {
			return err
		}
		f.idle, f.loaded = append(f.idle, own[0]), append(f.loaded, own[1])
		for i, n := range counts {
			bareStreams[n] = append(bareStreams[n], bare[i+1])
			streams[n] = append(streams[n], own[i+2])
		}
		stub, err := b.memoryStub(ctx)
		if err != nil {
			return err
		}
		barePlugin = append(barePlugin, stub)
	}
	add := func(figure string, ours, limit []float64, is string) {
		b.table.add(benchRow{section: benchPartMemory, figure: figure, unit: "MiB", ours: ours, limit: limit, limitIs: is})
	}
	add("core, idle", f.idle, f.bareIdle, "bare net/http, the same binary")
	add("core, filing by 8 clients (highest)", f.loaded, f.bareIdle, "bare net/http, the same binary")
	for _, n := range counts {
		add(fmt.Sprintf("core, %d live streams", n), streams[n], bareStreams[n], benchBareServer)
	}
	for _, system := range benchSortedKeys(plugins) {
		add("plugin "+system, plugins[system], barePlugin, benchBarePlugin)
	}
	return b.world.forget(ctx)
}

// settle lets a process come to rest.
func (b *bench) settle(ctx context.Context, times int) {
	gap := benchSettle
	if b.Quick {
		gap = benchSettleFast
	}
	wait(ctx, time.Duration(times)*gap)
}

// memoryBare is a bare server idle, then with each number of connections.
func (b *bench) memoryBare(ctx context.Context, counts []int) (out []float64, err error) {
	server, err := b.startChild(ctx, "bench", "bare")
	if err != nil {
		return nil, err
	}
	defer func() { err = errOr(err, server.stop()) }()
	b.settle(ctx, 1)
	out = append(out, benchResident(server.pid()))
	for _, n := range counts {
		held, err := b.hold(ctx, server.address, n, [][]byte{benchRequest("GET", "/stream", server.address, "", nil)})
		if err != nil {
			return nil, err
		}
		b.settle(ctx, 1)
		out = append(out, benchResident(server.pid()))
		if err := held.release(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// memoryServer is a node idle, at its highest under load, then with each number of live screens.
func (b *bench) memoryServer(ctx context.Context, counts []int, plugins map[string][]float64) (out []float64, err error) {
	server, err := b.serve(ctx, "memory", true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errOr(err, server.stop()) }()
	b.settle(ctx, 2) // plugins come after readiness
	out = append(out, benchResident(server.pid()))
	for name, size := range benchChildren(server.pid()) {
		plugins[name] = append(plugins[name], size)
	}
	highest, err := b.memoryLoaded(ctx, server)
	if err != nil {
		return nil, err
	}
	out = append(out, highest)
	var requests [][]byte
	for i := range b.world.tenants {
		t := &b.world.tenants[i]
		for _, p := range t.people {
			requests = append(requests, benchRequest("GET", benchTenantPath(t.slug)+"/stream", server.address, string(p.token), nil))
		}
	}
	for _, n := range counts {
		held, err := b.hold(ctx, server.address, n, requests)
		if err != nil {
			return nil, err
		}
		b.settle(ctx, 1)
		out = append(out, benchResident(server.pid()))
		if err := held.release(); err != nil {
			return nil, err
		}
		b.settle(ctx, 1)
	}
	return out, nil
}

func (b *bench) memoryLoaded(ctx context.Context, server *benchChild) (float64, error) {
	load, err := b.newHTTPLoad(ctx, server.address, benchAtEight)
	if err != nil {
		return 0, err
	}
	defer load.close()
	watching, stop := context.WithCancel(ctx)
	highest := make(chan float64, 1)
	go func() {
		most := 0.0
		for watching.Err() == nil {
			most = max(most, benchResident(server.pid()))
			wait(watching, 50*time.Millisecond)
		}
		highest <- most
	}()
	_, err = b.benchLoad(ctx, benchAtEight, b.span(), func(_ context.Context, client, call int) error {
		n, who := benchSpread(client, call, len(b.world.desks))
		return load.file(client, n, who)
	})
	stop()
	return <-highest, err
}

// benchHeld are connections that a process of its own keeps open.
type benchHeld struct {
	command *exec.Cmd
	in      io.Closer
	said    *benchSaid
}

func (b *bench) hold(ctx context.Context, address string, count int, requests [][]byte) (*benchHeld, error) {
	dir := b.world.data
	var lines strings.Builder
	for _, r := range requests {
		lines.WriteString(strconv.Quote(string(r)) + "\n")
	}
	path := filepath.Join(dir, "bench-requests")
	if err := os.WriteFile(path, []byte(lines.String()), 0o600); err != nil {
		return nil, fmt.Errorf("write requests: %w", err)
	}
	h := &benchHeld{said: &benchSaid{}}
	var err error
	if h.command, err = benchSelf(ctx, "bench", "idle", "--address", address, "--count", strconv.Itoa(count), "--requests", path); err != nil {
		return nil, err
	}
	h.command.Stderr = h.said
	if h.in, err = h.command.StdinPipe(); err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	out, err := h.command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	if err := h.command.Start(); err != nil {
		return nil, fmt.Errorf("start connections: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "held" {
		_ = h.command.Process.Kill()
		_ = h.command.Wait()
		return nil, fmt.Errorf("connections are not held: %w: %s", errors.Join(err, errBenchStatus), h.said)
	}
	return h, nil
}

func (h *benchHeld) release() error {
	_ = h.in.Close()
	if err := h.command.Wait(); err != nil {
		return fmt.Errorf("end connections: %w: %s", err, h.said)
	}
	return nil
}

// benchResident is the resident memory of a process in MiB, 0 where it has gone.
func benchResident(pid int) float64 {
	kilobytes, err := strconv.ParseFloat(strings.TrimSuffix(benchProc(fmt.Sprintf("/proc/%d/status", pid), "VmRSS"), " kB"), 64)
	if err != nil {
		return 0
	}
	return kilobytes / 1024
}

// benchChildren are the resident sizes of a process's children, by the name of their program.
func benchChildren(pid int) map[string]float64 {
	out := map[string]float64{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return out
	}
	for _, entry := range entries {
		child, err := strconv.Atoi(entry.Name())
		if err != nil || benchProc(fmt.Sprintf("/proc/%d/status", child), "PPid") != strconv.Itoa(pid) {
			continue
		}
		if program, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", child)); err == nil {
			out[filepath.Base(program)] = benchResident(child)
		}
	}
	return out
}
