package main

import (
	"context"
	"time"
)

// ticketsCommands are about all tickets of an installation.
type ticketsCommands struct {
	Verify ticketsVerifyCommand `cmd:"" help:"${help_tickets_verify}"`
}

type ticketsVerifyCommand struct {
	installFlags
}

// patience is how long the check runs before it says that it runs.
const patience = 2 * time.Second

// Run folds the events of every ticket and compares the result with the ticket's row.
func (c *ticketsVerifyCommand) Run(ctx context.Context, t *terminal) error {
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	began := t.clock.Now()
	running := time.AfterFunc(patience, func() { t.warn("cli.tickets.verifying", nil) })
	defer running.Stop()
	checked, bad, err := i.desk.VerifyTickets(ctx, func(tenant, number, diff string) {
		t.say("cli.tickets.differs", arg("tenant", tenant, "number", number, "diff", diff))
	})
	if err != nil {
		return err
	}
	if bad > 0 {
		return refuse("cli.error.tickets_differ", arg("checked", checked, "bad", bad))
	}
	t.say("cli.tickets.verified", arg("count", checked, "seconds", int(t.clock.Now().Sub(began).Seconds())))
	return nil
}
