package desk

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/audit"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/ticket"
	"github.com/opora-desk/opora/core/workspace"
)

// eraseBatch is how many tickets one transaction of an erasure takes.
const eraseBatch = 50

// ErasePerson blanks what a tenant keeps of a person (152-FZ): his tickets' fields, words, decisions,
// letters and files, what he wrote in others' tickets, and his profile. Numbers, times, statuses and
// outcomes stay; the log gains an "erased" entry. Only an administrator of the tenant may, and of who
// works on desks, only one who administers them all. A repeat goes on where an interrupted erasure
// stopped. Errors: Forbidden ("not_allowed", "works_elsewhere"), NotFound ("person_not_found"), Conflict
// ("erase_yourself", "last_administrator").
func (s *Service) ErasePerson(ctx context.Context, a Actor, id ident.ID) error {
	if err := a.signed(); err != nil {
		return err
	}
	if id == a.Person.ID {
		return errs.New(errs.Conflict, "erase_yourself", "an administrator does not erase himself")
	}
	if err := a.administrator(); err != nil {
		return err
	}
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		return s.governs(ctx, tx, a, id, true)
	}); err != nil {
		return fmt.Errorf("erase person: %w", err)
	}
	return s.Erase(ctx, a.Tenant.ID, id, "person:"+a.Person.ID.String())
}

// Erase is ErasePerson for an operator at the console; by names who asked for it in the audit log.
func (s *Service) Erase(ctx context.Context, tenant, id ident.ID, by string) error {
	now := s.clock.Now()
	// First the profile and its sessions: from here on the person can add nothing. What is being written
	// in his name is waited for and found below.
	err := s.db.InTx(ctx, tenant, func(ctx context.Context, tx pgx.Tx) error {
		known, err := person.Lock(ctx, tx, tenant, id)
		if err != nil || known.ErasedAt != nil {
			return err
		}
		if err := person.Erase(ctx, tx, tenant, id, now); err != nil {
			return err
		}
		if err := workspace.Forget(ctx, tx, tenant, id); err != nil {
			return err
		}
		return audit.Append(ctx, tx, tenant, audit.Entry{At: now, Actor: by, Action: "person.erase", Object: "person:" + id.String()})
	})
	if err != nil {
		return fmt.Errorf("erase profile: %w", err)
	}
	for {
		done, err := s.eraseSome(ctx, tenant, id)
		if err != nil {
			return fmt.Errorf("erase tickets: %w", err)
		}
		if done {
			break
		}
		s.bell()
	}
	return s.eraseLoose(ctx, tenant, id)
}

// eraseSome takes one batch of the tickets that hold something of the person.
func (s *Service) eraseSome(ctx context.Context, tenant, id ident.ID) (bool, error) {
	var files []ident.ID
	var found int
	err := s.db.InTx(ctx, tenant, func(ctx context.Context, tx pgx.Tx) error {
		files = files[:0]
		ids, err := ticket.TouchedBy(ctx, tx, tenant, id, eraseBatch)
		if err != nil {
			return err
		}
		found = len(ids)
		for _, one := range ids {
			gone, err := s.eraseTicket(ctx, tx, tenant, one, id)
			if err != nil {
				return err
			}
			files = append(files, gone...)
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	for _, file := range files {
		if err := s.blobs.Delete(ctx, tenant, file); err != nil {
			return false, fmt.Errorf("delete file: %w", err)
		}
	}
	return found < eraseBatch, nil
}

// eraseTicket blanks a ticket of the person whole, or in somebody else's what the person wrote there,
// and appends the entry that says so.
func (s *Service) eraseTicket(ctx context.Context, tx pgx.Tx, tenant, one, id ident.ID) ([]ident.ID, error) {
	t, err := ticket.LockID(ctx, tx, tenant, one)
	if err != nil {
		return nil, err
	}
	c := &change{seen: &seen{ticket: t}, at: s.clock.Now(), now: *t}
	own := t.Requester == id
	c.add(ticket.Erased, ticket.Actor{Kind: ticket.BySystem}, ticket.Data{Person: &id, Requesting: own}, nil)
	files, err := attachment.OfTicket(ctx, tx, tenant, one)
	if err != nil {
		return nil, err
	}
	var gone []ident.ID
	for _, file := range files {
		if own || file.Uploader != nil && *file.Uploader == id {
			gone = append(gone, file.ID)
		}
	}
	state := c.now
	c.more = append(c.more, func(b *pgx.Batch) {
		if own {
			ticket.Blank(b, &state, c.at)
			ticket.Forget(b, &state)
			ticket.DropKeys(b, &state)
			return
		}
		ticket.BlankOf(b, &state, id, c.at)
		ticket.ReindexErased(b, &state)
	})
	if err := s.write(ctx, tx, c, repeatable{}); err != nil {
		return nil, err
	}
	if len(gone) == 0 {
		return nil, nil
	}
	if _, err := attachment.Erase(ctx, tx, tenant, gone, c.at); err != nil {
		return nil, err
	}
	return gone, nil
}

// eraseLoose blanks what is not bound to a ticket of the person's own: letters to him, notes of his upload
// links, files waiting.
func (s *Service) eraseLoose(ctx context.Context, tenant, id ident.ID) error {
	now := s.clock.Now()
	var files []ident.ID
	err := s.db.InTx(ctx, tenant, func(ctx context.Context, tx pgx.Tx) error {
		files = files[:0]
		batch := &pgx.Batch{}
		ticket.BlankLetters(batch, tenant, id, now)
		attachment.BlankLinks(batch, tenant, id)
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("blank letters: %w", err)
		}
		var err error
		files, err = attachment.UnusedOf(ctx, tx, tenant, id)
		if err != nil || len(files) == 0 {
			return err
		}
		_, err = attachment.Erase(ctx, tx, tenant, files, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("erase letters: %w", err)
	}
	for _, file := range files {
		if err := s.blobs.Delete(ctx, tenant, file); err != nil {
			return fmt.Errorf("delete file: %w", err)
		}
	}
	return nil
}
