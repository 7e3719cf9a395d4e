package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
)

// pluginCommands are about systems, their releases and binaries.
type pluginCommands struct {
	List     pluginListCommand     `cmd:"" help:"${help_plugin_list}"`
	Describe pluginDescribeCommand `cmd:"" help:"${help_plugin_describe}"`
	Lint     pluginLintCommand     `cmd:"" help:"${help_plugin_lint}"`
	New      pluginNewCommand      `cmd:"" help:"${help_plugin_new}"`
	Test     pluginTestCommand     `cmd:"" help:"${help_plugin_test}"`
	Conform  pluginConformCommand  `cmd:"" name:"conformance" help:"${help_plugin_conformance}"`
	Register pluginRegisterCommand `cmd:"" help:"${help_plugin_register}"`
	Activate pluginActivateCommand `cmd:"" help:"${help_plugin_activate}"`
	Rollback pluginRollbackCommand `cmd:"" help:"${help_plugin_rollback}"`
	Release  pluginReleaseCommand  `cmd:"" help:"${help_plugin_release}"`
}

type pluginListCommand struct {
	installFlags
}

// Run lists the registered releases with the state of their processes, where the installation runs on
// this machine, and the binaries that belong to none.
func (c *pluginListCommand) Run(ctx context.Context, t *terminal) error {
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	releases, err := i.desk.Releases(ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{
		t.text("cli.column.system", nil), t.text("cli.column.version", nil), t.text("cli.column.release", nil),
		t.text("cli.column.process", nil), t.text("cli.column.digest", nil), t.text("cli.column.note", nil),
	}}
	processes := c.processes()
	shown := map[string]bool{}
	for _, r := range releases {
		p := processes[r.System+"\n"+r.Digest]
		shown[r.System+"\n"+r.Digest] = true
		rows = append(rows, []string{r.System, r.Version, r.State, p.state(), r.Digest[:min(12, len(r.Digest))], p.Reason})
	}
	for key, p := range processes {
		if !shown[key] {
			rows = append(rows, []string{p.System, p.Version, "-", p.state(), "-", p.Reason})
		}
	}
	return t.table(rows)
}

// processes are the states that a running `opora up` writes, by system and digest.
func (c *pluginListCommand) processes() map[string]statusEntry {
	raw, err := os.ReadFile(filepath.Join(c.dir(), statusName))
	if err != nil {
		return nil
	}
	var all []statusEntry
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	byRelease := make(map[string]statusEntry, len(all))
	for _, p := range all {
		byRelease[p.System+"\n"+p.Digest] = p
	}
	return byRelease
}

func (p statusEntry) state() string {
	switch {
	case p.State == "":
		return ""
	case p.PID > 0:
		return p.State + " (" + strconv.Itoa(p.PID) + ")"
	}
	return p.State
}

type pluginDescribeCommand struct {
	Name string `arg:"" help:"${help_plugin_name}"`
}

// Run prints what a system declares, each item with its source and the requirement that it covers.
func (c *pluginDescribeCommand) Run(ctx context.Context, t *terminal) error {
	s, err := readSource(ctx, t, c.Name)
	if err != nil {
		return err
	}
	system, findings := release.Check(s.bundle)
	if system == nil {
		return report(t, s, findings)
	}
	return release.Describe(t.out, system, t.lang)
}

type pluginLintCommand struct {
	Names []string `arg:"" help:"${help_plugin_name}"`
}

// Run says everything that is wrong with declarations, with file, line and column.
func (c *pluginLintCommand) Run(ctx context.Context, t *terminal) error {
	var failed error
	for _, name := range c.Names {
		s, err := readSource(ctx, t, name)
		if err != nil {
			return err
		}
		system, findings := release.Check(s.bundle)
		if system == nil {
			failed = report(t, s, findings)
			continue
		}
		t.say("cli.plugin.clean", arg("system", system.Declaration.Key, "version", system.Declaration.Version, "digest", system.Digest[:12]))
	}
	return failed
}

// report prints findings and ends the command.
func report(t *terminal, s source, findings []api.Finding) error {
	for _, f := range findings {
		t.line(release.Format(s.where(f)))
	}
	t.warn("cli.plugin.findings", arg("count", len(findings)))
	return errReported
}

type pluginRegisterCommand struct {
	installFlags
	File     string `arg:"" help:"${help_plugin_file}"`
	Activate bool   `help:"${help_register_activate}"`
	Dev      bool   `help:"${help_register_dev}"`
}

// Run registers a binary's release, and the binary as one of its builds.
func (c *pluginRegisterCommand) Run(ctx context.Context, t *terminal) error {
	s, err := readSource(ctx, t, c.File)
	if err != nil {
		return err
	}
	if s.binary == "" {
		return refuse("cli.error.register_needs_binary", arg("name", c.File))
	}
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	r, findings, err := i.desk.RegisterRelease(ctx, s.bundle, desk.BuildInfo{SHA256: s.sha256, Path: s.binary}, c.Dev)
	if errs.CodeOf(err) == "release_refused" {
		return report(t, s, findings)
	}
	if err != nil {
		return err
	}
	t.say("cli.plugin.registered", arg("system", r.System, "version", r.Version, "digest", r.Digest[:12], "state", r.State))
	switch {
	case r.State == stateActive:
		return nil
	case c.Activate:
		return activate(ctx, t, i, r)
	}
	t.say("cli.plugin.registered_next", arg("system", r.System, "version", r.Version))
	return nil
}

func activate(ctx context.Context, t *terminal, i *installation, r desk.ReleaseView) error {
	if err := i.desk.ActivateRelease(ctx, r.Digest); err != nil {
		return tellRefusal(t, err)
	}
	t.say("cli.plugin.activated", arg("system", r.System, "version", r.Version))
	return nil
}

type pluginActivateCommand struct {
	installFlags
	System  string `arg:"" help:"${help_system}"`
	Version string `arg:"" help:"${help_release_version}"`
}

// Run makes a registered release the one that decides about its system's desks; going back to the one
// before is the same command with its version.
func (c *pluginActivateCommand) Run(ctx context.Context, t *terminal) error {
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	releases, err := i.desk.Releases(ctx)
	if err != nil {
		return err
	}
	for _, r := range releases {
		if r.System == c.System && (r.Version == c.Version || len(c.Version) >= 8 && strings.HasPrefix(r.Digest, c.Version)) {
			return activate(ctx, t, i, r)
		}
	}
	return refuse("cli.error.release_not_found", arg("system", c.System, "version", c.Version))
}

// exists reports whether a path is there.
func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
