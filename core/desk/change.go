package desk

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/telemetry/span"
	"github.com/opora-desk/opora/core/ticket"
)

// change is a ticket being changed under its lock: events are appended, the state follows, and
// everything is written in one batch at the end.
type change struct {
	*seen
	at     time.Time
	before ticket.Ticket
	now    ticket.Ticket
	events []ticket.Event
	// more are further statements of the same transaction: words, keys, decisions.
	more []func(b *pgx.Batch)
	// files are claimed by the event of their seq.
	files []ident.ID
	seq   int64
}

// add appends an event and folds it into the state.
func (c *change) add(kind ticket.Kind, by ticket.Actor, data ticket.Data, body *ticket.Body) ticket.Event {
	e := ticket.Event{
		Tenant: c.now.Tenant, Ticket: c.now.ID, Seq: c.now.LastSeq + 1,
		Kind: kind, Actor: by, At: c.at, Data: data, Body: body,
	}
	c.now = ticket.Apply(c.now, e)
	c.events = append(c.events, e)
	return e
}

// repeatable is what makes a request safe to repeat; the ticket's number is added to its route.
type repeatable struct {
	route, key string
	digest     []byte
}

// prepare runs in the transaction before the ticket is locked; nil for nothing.
type prepare func(ctx context.Context, tx pgx.Tx) error

// change runs one change of a ticket: authorize, lock, decide (fn), append events, update the row.
// With an idempotency key a repeat is answered by again instead, with the seq of the first time.
func (s *Service) change(ctx context.Context, a Actor, typed string, action access.Action, version int64, rep repeatable, first prepare,
	fn func(ctx context.Context, tx pgx.Tx, c *change) error, again func(ctx context.Context, tx pgx.Tx, v *seen, seq int64) error,
) error {
	ctx, opened := span.Start(ctx, "desk change")
	wrote := false
	err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		wrote = false
		if first != nil {
			if err := first(ctx, tx); err != nil {
				return err
			}
		}
		t, err := lockNumber(ctx, tx, a, typed)
		if err != nil {
			return err
		}
		// Under the lock, so that a repeat which came at the same moment finds what the first one did.
		rep.route += " " + t.Number
		known, err := s.recall(ctx, tx, a, rep)
		if err != nil {
			return err
		}
		if known != nil {
			v, err := s.see(a, t, access.See)
			if err != nil {
				return err
			}
			return again(ctx, tx, v, known.Seq)
		}
		v, err := s.see(a, t, action)
		if err != nil {
			return err
		}
		if version != 0 && version != t.Version {
			return errStale
		}
		c := &change{seen: v, at: s.clock.Now(), before: *v.ticket, now: *v.ticket}
		if err := fn(ctx, tx, c); err != nil {
			return err
		}
		wrote = len(c.events) > 0
		return s.write(ctx, tx, c, rep)
	})
	if err == nil && wrote {
		s.bell()
	}
	opened.End(err)
	return err
}

func (s *Service) recall(ctx context.Context, tx pgx.Tx, a Actor, rep repeatable) (*ticket.Repeat, error) {
	if rep.key == "" {
		return nil, nil //nolint:nilnil // nothing repeated is no error
	}
	known, err := ticket.Recall(ctx, tx, a.Tenant.ID, a.id(), rep.route, rep.key)
	if err != nil || known == nil {
		return nil, err
	}
	if !bytes.Equal(known.BodyDigest, rep.digest) {
		return nil, errKeyReused
	}
	return known, nil
}

// write puts the change's events and the new state into the transaction. Errors: person.ErrErased when
// who changes it was erased after his session was looked at.
func (s *Service) write(ctx context.Context, tx pgx.Tx, c *change, rep repeatable) error {
	if len(c.events) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	// Here and not before the ticket is locked: it rides in the batch.
	person.QueueHold(batch, c.now.Tenant, c.actor.id())
	if rep.key != "" {
		ticket.Remember(batch, c.now.Tenant, c.actor.id(), rep.route, rep.key, rep.digest, c.now.ID, c.events[0].Seq, c.at)
	}
	for _, e := range c.events {
		ticket.Append(batch, e)
	}
	ticket.Update(batch, &c.now)
	for _, queue := range c.more {
		queue(batch)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("write change: %w", err)
	}
	if len(c.files) > 0 {
		if err := attachment.Claim(ctx, tx, c.now.Tenant, c.files, c.now.ID, c.seq); err != nil {
			return fmt.Errorf("claim files: %w", err)
		}
	}
	return nil
}
