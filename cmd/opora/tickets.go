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

// patience is for how long the check runs without saying so.
const patience = 2 * time.Second

// Run folds the events of every ticket and compares the result with the ticket's row.
func (c *ticketsVerifyCommand) Run(ctx context.Context, t *terminal) error {
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	began := t.clock.Now()
	said := began
	checked, bad, err := i.desk.VerifyTickets(ctx, func(tenant, number, diff string) {
		if number == "" { // a batch is done
			if now := t.clock.Now(); now.Sub(said) > patience {
				t.warn("cli.tickets.verifying", arg("tenant", tenant))
				said = now
			}
			return
		}
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
