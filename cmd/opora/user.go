package main

import (
	"context"
	"fmt"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
)

// userCommands are about the people of a tenant.
type userCommands struct {
	Create userCreateCommand `cmd:"" help:"${help_user_create}"`
	Member userMemberCommand `cmd:"" help:"${help_user_member}"`
	Erase  userEraseCommand  `cmd:"" help:"${help_user_erase}"`
}

type userCreateCommand struct {
	installFlags
	secretFlags
	Tenant       string   `arg:"" help:"${help_tenant_slug}"`
	Email        string   `arg:"" help:"${help_email}"`
	Name         string   `required:"" help:"${help_name}" placeholder:"TEXT"`
	Phone        string   `help:"${help_phone}" placeholder:"TEXT"`
	Position     string   `help:"${help_position}" placeholder:"TEXT"`
	Kind         string   `help:"${help_kind}" enum:"staff,citizen" default:"staff"`
	NotifyEmail  string   `help:"${help_notify_email}" placeholder:"EMAIL"`
	INN          string   `name:"inn" help:"${help_inn}" placeholder:"DIGITS"`
	Organisation string   `help:"${help_organisation}" placeholder:"TEXT"`
	Desk         []string `help:"${help_user_desk}" placeholder:"DESK"`
	Line         string   `help:"${help_user_line}" placeholder:"LINE"`
	Admin        bool     `help:"${help_user_admin}"`
}

// Run makes a person who can sign in.
func (c *userCreateCommand) Run(ctx context.Context, t *terminal) error {
	if (c.Line != "" || c.Admin) != (len(c.Desk) > 0) {
		return refuse("cli.error.line_without_desk", nil)
	}
	password, err := c.read(t)
	if err != nil {
		return err
	}
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	in := desk.UserInput{
		Email: c.Email, Password: password, Name: c.Name, Phone: c.Phone, Position: c.Position, Kind: c.Kind,
		NotifyEmail: c.NotifyEmail, INN: c.INN, Organisation: c.Organisation,
	}
	for _, slug := range c.Desk {
		in.Memberships = append(in.Memberships, desk.MembershipInput{Desk: slug, Line: c.Line, Administrator: c.Admin})
	}
	made, err := i.desk.CreateUser(ctx, c.Tenant, in)
	if err != nil {
		return err
	}
	t.say("cli.user.created", arg("login", made.Login, "tenant", c.Tenant, "id", made.ID.String()))
	return nil
}

type userMemberCommand struct {
	installFlags
	Tenant string `arg:"" help:"${help_tenant_slug}"`
	Email  string `arg:"" help:"${help_email}"`
	Desk   string `required:"" help:"${help_user_desk}" placeholder:"DESK"`
	Line   string `help:"${help_user_line}" placeholder:"LINE"`
	Admin  bool   `help:"${help_user_admin}"`
}

// Run makes somebody who signs in already an agent of a line or an administrator of a desk.
func (c *userMemberCommand) Run(ctx context.Context, t *terminal) error {
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	if err := i.desk.AddMembership(ctx, c.Tenant, c.Email, desk.MembershipInput{Desk: c.Desk, Line: c.Line, Administrator: c.Admin}); err != nil {
		return err
	}
	t.say("cli.user.member", arg("login", c.Email, "desk", c.Desk, "tenant", c.Tenant))
	return nil
}

type userEraseCommand struct {
	installFlags
	secretFlags
	Tenant string `arg:"" help:"${help_tenant_slug}"`
	Person string `arg:"" help:"${help_person_id}"`
	As     string `required:"" help:"${help_as_admin}" placeholder:"EMAIL"`
	Yes    bool   `help:"${help_yes}"`
}

// Run blanks what a person wrote, sent and is called. It acts as an administrator of the tenant, who
// signs in for it: the log of the tenant says who did it.
func (c *userEraseCommand) Run(ctx context.Context, t *terminal) error {
	id, err := ident.Parse(c.Person)
	if err != nil {
		return &refusal{key: "cli.error.person_id", args: arg("value", c.Person), err: err}
	}
	if !c.Yes {
		return refuse("cli.error.erase_needs_yes", nil)
	}
	password, err := c.read(t)
	if err != nil {
		return err
	}
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	session, err := i.desk.SignIn(ctx, c.Tenant, c.As, password, "", t.lang)
	if err != nil {
		return fmt.Errorf("sign in to erase: %w", err)
	}
	actor, err := i.desk.Authenticate(ctx, c.Tenant, session.Token, t.lang)
	if err != nil {
		return fmt.Errorf("authenticate to erase: %w", err)
	}
	defer func() { _ = i.desk.SignOut(context.WithoutCancel(ctx), actor) }()
	if err := i.desk.ErasePerson(ctx, actor, id); err != nil {
		return err
	}
	t.say("cli.user.erased", arg("id", id.String(), "tenant", c.Tenant))
	return nil
}
