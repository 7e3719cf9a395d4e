package main

import (
	"context"

	"github.com/opora-desk/opora/core/db"
)

// migrateCommand brings a database to this program's schema, as its owner.
type migrateCommand struct {
	OwnerURL string `name:"owner-database-url" env:"OPORA_OWNER_DATABASE_URL" required:"" help:"${help_owner_url}" placeholder:"URL"`
}

// Run migrates and says how many steps were taken.
func (c *migrateCommand) Run(ctx context.Context, t *terminal) error {
	steps, err := db.Migrate(ctx, c.OwnerURL)
	if err != nil {
		return err
	}
	t.say("cli.migrated", arg("count", steps))
	return nil
}
