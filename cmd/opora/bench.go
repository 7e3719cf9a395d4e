package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// benchCommand measures what each part costs beside the limit that this machine sets it, on a private
// cluster of its own.
type benchCommand struct {
	Run   benchRun   `cmd:"" default:"withargs" help:"${help_bench_run}"`
	Seed  benchSeed  `cmd:"" help:"${help_bench_seed}"`
	Serve benchServe `cmd:"" hidden:""`
	Bare  benchBare  `cmd:"" hidden:""`
	Stub  benchStub  `cmd:"" hidden:""`
	Idle  benchHold  `cmd:"" hidden:""`
}

// benchRun is `opora bench`: it prints one table.
type benchRun struct {
	Data    string   `help:"${help_bench_data}" type:"path" placeholder:"DIR"`
	Plugins string   `help:"${help_plugins}" type:"path" placeholder:"DIR"`
	Only    []string `help:"${help_bench_only}" placeholder:"NAME"`
	Rounds  int      `help:"${help_bench_rounds}" default:"3" placeholder:"N"`
	Seconds float64  `help:"${help_bench_seconds}" default:"5" placeholder:"N"`
	Clients []int    `help:"${help_bench_clients}" default:"1,8,32" placeholder:"N"`
	Quick   bool     `help:"${help_bench_quick}"`
	Large   bool     `help:"${help_bench_large}"`
	Pprof   string   `help:"${help_bench_pprof}" type:"path" placeholder:"DIR"`
	Screens string   `help:"${help_bench_screens}" type:"path" placeholder:"FILE"`
	Go      string   `name:"go" help:"${help_bench_go}" type:"path" placeholder:"FILE"`
}

// benchSection is one part of the table. Those that fill the database with tickets come last.
type benchSection struct {
	name string
	run  func(*bench, context.Context) error
	// world: the section needs the scratch installation.
	world bool
}

func benchSections() []benchSection {
	return []benchSection{
		{name: "start", run: (*bench).start},
		{name: "plugin", run: (*bench).pluginCalls},
		{name: "submit", run: (*bench).submit, world: true},
		{name: "live", run: (*bench).live, world: true},
		{name: "fair", run: (*bench).fair, world: true},
		{name: "memory", run: (*bench).memory, world: true},
		{name: "reads", run: (*bench).reads, world: true},
	}
}

// bench is one run.
type bench struct {
	benchRun
	t     *terminal
	table benchTable
	world *benchWorld
}

// Run measures and prints.
func (c *benchRun) Run(ctx context.Context, t *terminal) (err error) {
	b := &bench{benchRun: *c, t: t}
	if b.Quick {
		b.Rounds, b.Seconds = 1, min(b.Seconds, 0.3)
	}
	b.Rounds = max(b.Rounds, 1)
	b.Plugins = pluginsDir(b.Plugins)
	chosen, err := b.chosen()
	if err != nil {
		return err
	}
	if b.Pprof != "" {
		if err := os.MkdirAll(b.Pprof, 0o700); err != nil {
			return fmt.Errorf("make folder of profiles: %w", err)
		}
	}
	if slices.ContainsFunc(chosen, func(s benchSection) bool { return s.world }) {
		if b.world, err = openBenchWorld(ctx, t, b.Data, b.Plugins, b.note); err != nil {
			return err
		}
		defer b.world.close(ctx)
		b.table.server = b.world.serverVersion
	}
	for _, s := range chosen {
		began := t.clock.Now()
		if err := s.run(b, ctx); err != nil {
			return fmt.Errorf("measure %s: %w", s.name, err)
		}
		b.note("%s took %.0f s", s.name, t.clock.Now().Sub(began).Seconds())
	}
	if err := b.table.readGo(b.Go); err != nil {
		return err
	}
	return b.table.print(t.out)
}

func (b *bench) chosen() ([]benchSection, error) {
	var chosen []benchSection
	all := benchSections()
	for _, s := range all {
		if len(b.Only) == 0 || slices.Contains(b.Only, s.name) {
			chosen = append(chosen, s)
		}
	}
	for _, name := range b.Only {
		// "none" prints the table of the Go benchmarks alone.
		if name != "none" && !slices.ContainsFunc(all, func(s benchSection) bool { return s.name == name }) {
			return nil, refuse("cli.error.bench_section", arg("name", name))
		}
	}
	return chosen, nil
}

// note tells on the other stream how far the run is.
func (b *bench) note(format string, args ...any) {
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	_, _ = fmt.Fprintf(b.t.errOut, "bench: "+format+"\n", args...)
}

// span is how long one measurement lasts.
func (b *bench) span() time.Duration { return time.Duration(b.Seconds * float64(time.Second)) }

// rounds runs a measurement of Opora and of its limit in turns, so that both meet the same machine.
func (b *bench) rounds(limit, ours func() (float64, error)) (limits, figures []float64, err error) {
	for range b.Rounds {
		if limit != nil {
			value, err := limit()
			if err != nil {
				return nil, nil, fmt.Errorf("measure the limit: %w", err)
			}
			limits = append(limits, value)
		}
		value, err := ours()
		if err != nil {
			return nil, nil, err
		}
		figures = append(figures, value)
	}
	return limits, figures, nil
}

// profiled writes a profile of the processor over what do does, where profiles were asked for.
func (b *bench) profiled(name string, do func() error) error {
	if b.Pprof == "" {
		return do()
	}
	file, err := os.Create(filepath.Join(b.Pprof, name+".pprof")) //nolint:gosec // a folder that the caller named
	if err != nil {
		return fmt.Errorf("create profile: %w", err)
	}
	defer func() { _ = file.Close() }()
	if err := pprof.StartCPUProfile(file); err != nil {
		return fmt.Errorf("start profile: %w", err)
	}
	defer pprof.StopCPUProfile()
	return do()
}

// benchName makes a file's name of a figure's.
func benchName(parts ...any) string {
	return strings.ReplaceAll(strings.TrimSpace(strings.Join(strings.Fields(fmt.Sprintln(parts...)), "-")), "/", "-")
}
