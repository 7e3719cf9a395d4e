package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// maxSettings bounds what is read of a file of settings.
const maxSettings = 1 << 20

// deskCommands are about the desks of a tenant.
type deskCommands struct {
	Create deskCreateCommand `cmd:"" help:"${help_desk_create}"`
	List   deskListCommand   `cmd:"" help:"${help_desk_list}"`
	Value  deskValueCommand  `cmd:"" help:"${help_desk_value}"`
	Plugin deskPluginCommand `cmd:"" help:"${help_desk_plugin}"`
}

type deskCreateCommand struct {
	installFlags
	titleFlags
	Tenant     string            `arg:"" help:"${help_tenant_slug}"`
	Slug       string            `arg:"" help:"${help_slug}"`
	System     string            `required:"" help:"${help_system}" placeholder:"KEY"`
	Prefix     string            `help:"${help_prefix}" placeholder:"ABC"`
	TimeZone   string            `help:"${help_time_zone}" default:"Europe/Moscow" placeholder:"ZONE"`
	Visibility string            `help:"${help_visibility}" enum:",own,organisation,desk" default:"" placeholder:"SCOPE"`
	Contact    map[string]string `help:"${help_contact}" placeholder:"KEY=VALUE"`
}

// Run makes a desk.
func (c *deskCreateCommand) Run(ctx context.Context, t *terminal) error {
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	made, err := i.desk.CreateDesk(ctx, c.Tenant, desk.DeskInput{
		Slug: c.Slug, System: c.System, Title: c.text(), Prefix: c.Prefix,
		Settings: tenant.Settings{TimeZone: c.TimeZone, Visibility: api.Scope(c.Visibility), Contacts: c.Contact},
	})
	if err != nil {
		return err
	}
	t.say("cli.desk.created", arg("desk", made.Slug, "tenant", c.Tenant, "system", made.System, "prefix", made.Prefix))
	return nil
}

type deskListCommand struct {
	installFlags
	Tenant string `arg:"" help:"${help_tenant_slug}"`
}

// Run lists the desks of a tenant.
func (c *deskListCommand) Run(ctx context.Context, t *terminal) error {
	return listTenants(ctx, t, c.installFlags, c.Tenant)
}

type deskValueCommand struct {
	installFlags
	titleFlags
	Tenant string `arg:"" help:"${help_tenant_slug}"`
	Desk   string `arg:"" help:"${help_desk_slug}"`
	List   string `arg:"" help:"${help_list}"`
	Key    string `arg:"" help:"${help_value_key}"`
}

// Run adds a value to a list of a desk, or renames one.
func (c *deskValueCommand) Run(ctx context.Context, t *terminal) error {
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	if err := i.desk.AddListValue(ctx, c.Tenant, c.Desk, tenant.ListValue{List: c.List, Key: c.Key, Title: c.text()}); err != nil {
		return err
	}
	t.say("cli.desk.value_added", arg("list", c.List, "desk", c.Desk, "key", c.Key))
	return nil
}

type deskPluginCommand struct {
	installFlags
	Tenant string `arg:"" help:"${help_tenant_slug}"`
	Desk   string `arg:"" help:"${help_desk_slug}"`
	File   string `arg:"" help:"${help_desk_plugin_file}"`
}

// Run gives the plugin of a desk's system its own settings for the desk.
func (c *deskPluginCommand) Run(ctx context.Context, t *terminal) error {
	set, err := c.read(t)
	if err != nil {
		return &refusal{key: "cli.error.bad_settings_file", args: arg("name", c.File, "detail", err.Error()), err: err}
	}
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	err = i.desk.SetPluginSettings(ctx, c.Tenant, c.Desk, set)
	if errs.CodeOf(err) == "bad_settings" {
		detail := cause(err)
		if known, ok := errors.AsType[*errs.Error](err); ok && len(known.Fields) > 0 {
			detail = t.problems(known.Fields)
		}
		return &refusal{key: "cli.error.bad_settings_file", args: arg("name", c.File, "detail", detail), err: err}
	}
	if err != nil {
		return err
	}
	t.say("cli.desk.plugin_set", arg("desk", c.Desk, "tenant", c.Tenant))
	return nil
}

func (c *deskPluginCommand) read(t *terminal) (map[string]any, error) {
	from := t.in
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return nil, fmt.Errorf("open settings: %w", err)
		}
		defer func() { _ = file.Close() }()
		from = file
	}
	raw, err := io.ReadAll(io.LimitReader(from, maxSettings))
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	set := map[string]any{}
	if err := yaml.Unmarshal(raw, &set); err != nil {
		return nil, fmt.Errorf("parse settings: %w", err)
	}
	return set, nil
}
