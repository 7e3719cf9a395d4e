package desk

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/rule"
)

// takeFiles reads the files that come with a new ticket. Errors: Invalid (codes
// "attachment_not_usable", "too_many_attachments").
func (s *Service) takeFiles(ctx context.Context, a Actor, snap *Snapshot, ids []ident.ID, into *[]attachment.File) error {
	if len(ids) == 0 {
		return nil
	}
	if err := namedFiles(a, snap, ids); err != nil {
		return err
	}
	return s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		files, err := attachment.Usable(ctx, tx, a.Tenant.ID, a.Person.ID, snap.Desk.ID, ids, s.clock.Now())
		*into = files
		return err
	})
}

// namedFiles refuses too many files, and files that no uploader of this session can have.
func namedFiles(a Actor, snap *Snapshot, ids []ident.ID) error {
	if limit := snap.Files.MaxCount; limit > 0 && len(ids) > limit {
		return errs.New(errs.Invalid, "too_many_attachments", "more files than the desk takes").With("limit", limit)
	}
	if a.signed() != nil || hasRepeats(ids) {
		return errs.New(errs.Invalid, "attachment_not_usable", "a file is not the uploader's, or named twice")
	}
	return nil
}

func hasRepeats(ids []ident.ID) bool {
	seen := make(map[ident.ID]bool, len(ids))
	return slices.ContainsFunc(ids, func(id ident.ID) bool {
		was := seen[id]
		seen[id] = true
		return was
	})
}

// fileFacts count files for the rules.
func fileFacts(files []attachment.File) rule.AttachmentFacts {
	facts := rule.AttachmentFacts{Count: len(files)}
	for _, f := range files {
		facts.Bytes += int(f.Size)
		if attachment.IsImage(f.ContentType) {
			facts.Images++
		}
	}
	return facts
}
