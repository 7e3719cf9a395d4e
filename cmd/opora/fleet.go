package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/opora-desk/opora/core/config"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/httpapi"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/host"
	"github.com/opora-desk/opora/core/release"
)

const (
	statusEvery = time.Second
	statusName  = "plugins.json"
	// stateUnknown is shown of a binary that belongs to no registered release, stateIdle of one whose
	// release is not the active one.
	stateUnknown = "unknown"
	stateIdle    = "not active"
)

// fleet is the plugins of a node: which binaries of the folder run, and what their processes do.
type fleet struct {
	host *host.Host
	desk *desk.Service
	log  *slog.Logger

	mu sync.Mutex
	// idle are the binaries of the folder that do not run, with the reason.
	idle []httpapi.PluginView
	// status is the folder that the file of states is kept in, empty for none.
	status string
}

func newFleet(h *host.Host, d *desk.Service, log *slog.Logger) *fleet {
	return &fleet{host: h, desk: d, log: log}
}

// adopted is what became of a binary at `opora up`.
type adopted struct {
	file     host.File
	release  desk.ReleaseView
	findings []api.Finding
	fresh    bool // registered now
	err      error
}

// adopt registers and activates every binary of the folder that is not active yet. It waits for what
// is asked what it is; a binary that does not answer is reported and stops nothing.
func (f *fleet) adopt(ctx context.Context, dev bool) ([]adopted, error) {
	files, err := f.host.Scan()
	if err != nil {
		return nil, err
	}
	known, err := f.releasesByBuild(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]adopted, len(files))
	var asking sync.WaitGroup
	for i, file := range files {
		all[i] = adopted{file: file, release: known[file.SHA256]}
		if all[i].release.Digest != "" {
			continue
		}
		asking.Go(func() { f.register(ctx, &all[i], dev) })
	}
	asking.Wait()
	for i := range all {
		a := &all[i]
		if a.err == nil && a.release.State != stateActive {
			a.err = f.desk.ActivateRelease(ctx, a.release.Digest)
		}
	}
	return all, nil
}

// stateActive is the state of a release that decides about desks.
const stateActive = "active"

func (f *fleet) register(ctx context.Context, a *adopted, dev bool) {
	probed, err := f.host.Probe(ctx, a.file.Path)
	if err != nil {
		a.err = err
		return
	}
	a.fresh = true
	a.release, a.findings, a.err = f.desk.RegisterRelease(ctx, probed.Bundle, desk.BuildInfo{SHA256: probed.SHA256, Path: a.file.Path}, dev)
}

func (f *fleet) releasesByBuild(ctx context.Context) (map[string]desk.ReleaseView, error) {
	releases, err := f.desk.Releases(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]desk.ReleaseView{}
	for _, r := range releases {
		for _, sum := range r.Builds {
			known[sum] = r
		}
	}
	return known, nil
}

// reconcile runs the binaries of the active releases, tells them their desks, and lists the others.
func (f *fleet) reconcile(ctx context.Context) {
	if err := f.ensure(ctx); err != nil && ctx.Err() == nil {
		f.log.ErrorContext(ctx, "plugins cannot follow the configuration", slog.Any("error", err))
	}
}

func (f *fleet) ensure(ctx context.Context) error {
	files, err := f.host.Scan()
	if err != nil {
		return err
	}
	known, err := f.releasesByBuild(ctx)
	if err != nil {
		return err
	}
	desks, err := f.desk.PluginDesks()
	if err != nil {
		return err
	}
	var idle []httpapi.PluginView
	wanted := map[string]bool{}
	for _, file := range files {
		r, registered := known[file.SHA256]
		aside := httpapi.PluginView{System: r.System, Version: r.Version, Digest: r.Digest, State: stateIdle}
		switch {
		case !registered:
			idle = append(idle, httpapi.PluginView{System: file.Name, State: stateUnknown, Reason: "no registered release has this binary"})
		case r.State != stateActive:
			aside.Reason = "its release is not active"
			idle = append(idle, aside)
		case wanted[r.System]:
			aside.Reason = "another file of the folder is the same release"
			idle = append(idle, aside)
		default:
			build := host.Build{System: r.System, Version: r.Version, Path: file.Path, SHA256: file.SHA256, Digest: r.Digest, Desks: desks[r.System]}
			if err := f.host.Ensure(ctx, build); err != nil {
				return err
			}
			wanted[r.System] = true
		}
	}
	for _, running := range f.host.Status() {
		if !wanted[running.System] && !f.replaced(running, files, known) {
			_ = f.host.Remove(ctx, running.System) // unknown means gone already
		}
	}
	f.mu.Lock()
	f.idle = idle
	f.mu.Unlock()
	return nil
}

// replaced reports whether a process runs on although its file has another content now, which nobody has
// registered: what runs is still the release that was checked. It is not started again from that file.
func (f *fleet) replaced(running host.Status, files []host.File, known map[string]desk.ReleaseView) bool {
	if running.PID == 0 || known[running.SHA256].State != stateActive {
		return false
	}
	return slices.ContainsFunc(files, func(file host.File) bool {
		_, registered := known[file.SHA256]
		return file.Path == running.Path && !registered
	})
}

// release ends the quarantine of a system's plugin.
func (f *fleet) release(ctx context.Context, system string) {
	if err := f.host.Release(system); err != nil {
		f.log.WarnContext(ctx, "plugin cannot be released", slog.String("plugin", system), slog.Any("error", err))
	}
}

// restart starts a system's plugin anew.
func (f *fleet) restart(ctx context.Context, system string) {
	if err := f.host.Restart(system); err != nil {
		f.log.WarnContext(ctx, "plugin cannot be restarted", slog.String("plugin", system), slog.Any("error", err))
	}
}

// said are the last lines that a system's processes wrote.
func (f *fleet) said(system string) []httpapi.PluginLine {
	lines := f.host.Log(system)
	out := make([]httpapi.PluginLine, 0, len(lines))
	for _, l := range lines {
		level := "debug"
		switch {
		case l.Level >= slog.LevelError:
			level = "error"
		case l.Level >= slog.LevelWarn:
			level = "warn"
		case l.Level >= slog.LevelInfo:
			level = "info"
		}
		out = append(out, httpapi.PluginLine{At: l.At, Stream: l.Stream, Level: level, Text: l.Text})
	}
	return out
}

// HandleEvents hands events to the process of a system.
func (f *fleet) HandleEvents(ctx context.Context, system string, call api.Call, events []api.Event) ([]api.EventResult, error) {
	caller, err := f.host.System(system)
	if err != nil {
		return nil, err
	}
	return caller.HandleEvents(ctx, call, events)
}

// views are the processes, and after them the binaries that do not run.
func (f *fleet) views() []httpapi.PluginView {
	running := f.host.Status()
	all := make([]httpapi.PluginView, 0, len(running))
	for _, s := range running {
		all = append(all, httpapi.PluginView{
			System: s.System, Version: s.Version, Digest: s.Digest, State: string(s.State), Since: s.Since, Restarts: s.Restarts,
			Reason: s.Reason, Cause: string(s.Cause), FailedAt: s.FailedAt, Pending: s.Pending, ConfigError: s.ConfigError, PID: s.PID, RSSBytes: s.RSSBytes, InFlight: s.InFlight,
		})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return append(all, f.idle...)
}

// statusEntry is what `opora plugin list` shows of a process.
type statusEntry struct {
	httpapi.PluginView
}

// keepStatus keeps the file that `opora plugin list` reads, as long as there is a folder for it.
func (f *fleet) keepStatus(ctx context.Context) {
	if f.status == "" {
		return
	}
	path := filepath.Join(f.status, statusName)
	defer func() { _ = os.Remove(path) }()
	last := "none written"
	for ctx.Err() == nil {
		if entries, shape := f.entries(); shape != last {
			raw, err := json.MarshalIndent(entries, "", "  ")
			if err == nil {
				err = config.Replace(path, append(raw, '\n'))
			}
			if err != nil {
				f.log.WarnContext(ctx, "states of plugins cannot be written", slog.Any("error", err))
			}
			last = shape
		}
		wait(ctx, statusEvery)
	}
}

// entries are the states, and what of them is worth a new file.
func (f *fleet) entries() (all []statusEntry, shape string) {
	var changes []string
	for _, v := range f.views() {
		all = append(all, statusEntry{v})
		changes = append(changes, fmt.Sprint(v.System, v.Version, v.State, v.Restarts, v.Reason, v.Pending, v.PID))
	}
	return all, strings.Join(changes, "\n")
}

func (f *fleet) close(ctx context.Context) error { return f.host.Close(ctx) }

// say tells what became of a binary, on the screen of `opora up`.
func (a adopted) say(t *terminal) {
	name := filepath.Base(a.file.Path)
	switch {
	case a.err == nil && a.fresh:
		t.say("cli.step.plugin_registered", arg("system", a.release.System, "version", a.release.Version))
	case a.err == nil:
		t.say("cli.step.plugin", arg("system", a.release.System, "version", a.release.Version))
	case errs.CodeOf(a.err) == "release_refused":
		t.say("cli.step.plugin_refused", arg("name", name, "count", len(a.findings)))
		for _, finding := range a.findings[:min(len(a.findings), 5)] {
			t.line("      " + strings.ReplaceAll(release.Format(finding), "\n", "\n      "))
		}
	case a.fresh || a.release.Digest != "":
		t.say("cli.step.plugin_left_out", arg("name", name, "sentence", t.sentence(a.err)))
	default:
		t.say("cli.step.plugin_failed", arg("name", name, "detail", cause(a.err)))
	}
}

// cause is the innermost text of an error, for one line on a screen.
func cause(err error) string {
	if known, ok := errors.AsType[*errs.Error](err); ok && known.Msg != "" {
		return known.Msg
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}
