package main

import (
	"context"
	"errors"
	"slices"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/host"
	"github.com/opora-desk/opora/core/telemetry"
)

type pluginRollbackCommand struct {
	installFlags
	System  string `arg:"" help:"${help_system}"`
	Plugins string `help:"${help_plugins}" type:"path" env:"OPORA_PLUGINS" placeholder:"DIR"`
}

// Run makes the release that was active before decide again. A running node goes back to its binary by
// itself, as at an activation; where the binary is not there any more it says so.
func (c *pluginRollbackCommand) Run(ctx context.Context, t *terminal) error {
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	back, err := i.desk.RollbackRelease(ctx, c.System)
	if errs.CodeOf(err) == "release_not_found" {
		return &refusal{key: "cli.error.no_previous_release", args: arg("system", c.System), err: err}
	}
	if err != nil {
		return tellRefusal(t, err)
	}
	t.say("cli.plugin.rolled_back", arg("system", back.System, "version", back.Version))
	return c.remind(ctx, t, back)
}

// remind says where no binary of the release lies in the folder of plugins.
func (c *pluginRollbackCommand) remind(ctx context.Context, t *terminal, back desk.ReleaseView) error {
	log, err := telemetry.NewLogger(t.errOut, telemetry.Text, "error")
	if err != nil {
		return err
	}
	dir := pluginsDir(c.Plugins)
	h, err := host.New(pluginFlags{}.host(dir, log))
	if err != nil {
		return err
	}
	defer func() { _ = h.Close(context.WithoutCancel(ctx)) }()
	files, err := h.Scan()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(files, func(f host.File) bool { return slices.Contains(back.Builds, f.SHA256) }) {
		t.warn("cli.plugin.no_binary", arg("version", back.Version, "dir", dir))
	}
	return nil
}

// tellRefusal prints why a release may not become the active one, and returns the error.
func tellRefusal(t *terminal, err error) error {
	if refused, ok := errors.AsType[*errs.Error](err); ok && refused.Code == "release_refused" && refused.Err != nil {
		t.line(refused.Err.Error())
	}
	return err
}

type pluginReleaseCommand struct {
	installFlags
	System string `arg:"" help:"${help_system}"`
}

// Run tells every node to end the quarantine of a plugin and to start it again.
func (c *pluginReleaseCommand) Run(ctx context.Context, t *terminal) error {
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	if err := i.desk.ReleasePlugin(ctx, c.System); err != nil {
		return err
	}
	t.say("cli.plugin.released", arg("system", c.System))
	return nil
}
