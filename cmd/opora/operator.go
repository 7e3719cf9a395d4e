package main

import "context"

// operatorCommands are about who runs the installation.
type operatorCommands struct {
	Create operatorCreateCommand `cmd:"" help:"${help_operator_create}"`
}

type operatorCreateCommand struct {
	installFlags
	secretFlags
	Login string `arg:"" help:"${help_email}"`
	Name  string `required:"" help:"${help_name}" placeholder:"TEXT"`
}

// Run makes an operator, who signs in at /api/v1/operator/sessions.
func (c *operatorCreateCommand) Run(ctx context.Context, t *terminal) error {
	password, err := c.read(t)
	if err != nil {
		return err
	}
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	if err := i.desk.CreateOperator(ctx, c.Login, c.Name, password); err != nil {
		return err
	}
	t.say("cli.operator.created", arg("login", c.Login))
	return nil
}
