package main

import (
	"context"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// deskCommands are about the desks of a tenant.
type deskCommands struct {
	Create deskCreateCommand `cmd:"" help:"${help_desk_create}"`
	List   deskListCommand   `cmd:"" help:"${help_desk_list}"`
	Value  deskValueCommand  `cmd:"" help:"${help_desk_value}"`
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
