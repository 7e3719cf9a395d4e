package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/tenant"
	"github.com/opora-desk/opora/core/ticket"
)

const (
	// Limits where neither the system nor the desk states one.
	defaultMaxBytes     = 25 << 20
	defaultLinkMaxBytes = 1 << 30

	linkFor   = 7 * 24 * time.Hour
	maxNote   = 1000
	maxUnused = 200 // files of one person that wait for their ticket
	sweepSize = 200
)

var errNoFile = errs.New(errs.NotFound, "file_not_found", "no such file for this person")

var errNoMaker = errs.New(errs.NotFound, "upload_link_used", "the link's maker may no longer make it")

// Upload keeps a file that its uploader may use once, within a day, for a ticket or an answer. Errors:
// Unauthenticated (code "session_needed"), NotFound (code "desk_not_found"), TooLarge (codes
// "file_too_large", "quota_exceeded", Args["limit"] in bytes), Limited (code "too_many_files").
func (s *Service) Upload(ctx context.Context, a Actor, desk, name string, r io.Reader) (AttachmentView, error) {
	if err := a.signed(); err != nil {
		return AttachmentView{}, err
	}
	snap, err := s.registry.BySlug(a.Tenant.ID, desk)
	if err != nil {
		return AttachmentView{}, err
	}
	var used, waiting int64
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if waiting, err = attachment.CountUnused(ctx, tx, a.Tenant.ID, a.Person.ID); err != nil {
			return err
		}
		used, err = attachment.Usage(ctx, tx, a.Tenant.ID)
		return err
	}); err != nil {
		return AttachmentView{}, fmt.Errorf("read usage: %w", err)
	}
	if waiting >= maxUnused {
		return AttachmentView{}, &errs.Error{
			Kind: errs.Limited, Code: "too_many_files", Msg: "too many files wait to be used",
			Args: map[string]any{"limit": maxUnused}, RetryAfter: time.Hour,
		}
	}
	file := attachment.File{Uploader: &a.Person.ID}
	if err := s.receive(ctx, snap, &file, name, r, maxBytes(snap), used); err != nil {
		return AttachmentView{}, err
	}
	if err := s.keep(ctx, snap.Tenant, file, func(ctx context.Context, tx pgx.Tx) error {
		return person.Hold(ctx, tx, a.Tenant.ID, a.Person.ID)
	}); err != nil {
		return AttachmentView{}, err
	}
	return fileView(file), nil
}

// receive streams the bytes to their place and says what they are. Nothing of the tenant's quota is
// taken yet, but no more bytes than are left of it are read.
func (s *Service) receive(ctx context.Context, snap *Snapshot, file *attachment.File, name string, r io.Reader, limit, used int64) error {
	room := snap.Tenant.Quota - used
	if room <= 0 {
		return attachment.OverQuota(snap.Tenant.Quota)
	}
	file.Tenant, file.ID, file.Desk = snap.Tenant.ID, ident.New(), snap.Desk.ID
	file.Name = attachment.ShownName(name)
	file.StoredName = attachment.StoredName(file.Name, snap.Files.NameRule, snap.Files.NameMax)
	file.CreatedAt = s.clock.Now()
	contentType, whole, err := attachment.Sniff(r)
	if err != nil {
		return fmt.Errorf("look at file: %w", err)
	}
	file.ContentType = contentType
	file.Size, file.SHA256, err = s.blobs.Put(ctx, file.Tenant, file.ID, whole, min(limit, room))
	if room < limit && errs.KindOf(err) == errs.TooLarge {
		return attachment.OverQuota(snap.Tenant.Quota)
	}
	if err != nil {
		return fmt.Errorf("keep file's bytes: %w", err)
	}
	if file.Size == 0 {
		return errors.Join(errs.New(errs.Invalid, "file_empty", "the file has no bytes"), s.blobs.Delete(ctx, file.Tenant, file.ID))
	}
	return nil
}

// keep writes the row of a file whose bytes are in place, with what else belongs to its transaction.
// The bytes go again when the row is surely not there.
func (s *Service) keep(ctx context.Context, t tenant.Tenant, file attachment.File, with func(ctx context.Context, tx pgx.Tx) error) error {
	err := s.db.InTx(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		if err := attachment.Insert(ctx, tx, t.ID, file); err != nil {
			return err
		}
		if err := with(ctx, tx); err != nil {
			return err
		}
		// Last, since every upload of the tenant waits for this one row.
		return attachment.Charge(ctx, tx, t.ID, file.Size, t.Quota)
	})
	if err == nil {
		return nil
	}
	// The caller may be gone, and an error of a commit does not say whether it happened: look.
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), passwordWait)
	defer cancel()
	looked := s.db.InTx(after, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		_, err := attachment.ByID(ctx, tx, t.ID, file.ID)
		return err
	})
	switch {
	case looked == nil:
		return nil
	case errs.KindOf(looked) == errs.NotFound:
		if deleting := s.blobs.Delete(after, t.ID, file.ID); deleting != nil {
			err = errors.Join(err, deleting)
		}
	}
	return fmt.Errorf("keep file: %w", err)
}

// Attachment returns a file with its bytes, which the caller closes: to its uploader until it is used,
// then to who may see the event that it came with. Errors: NotFound (code "file_not_found") in every
// other case.
func (s *Service) Attachment(ctx context.Context, a Actor, id ident.ID) (AttachmentView, io.ReadCloser, error) {
	var file attachment.File
	err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if file, err = attachment.ByID(ctx, tx, a.Tenant.ID, id); err != nil {
			return err
		}
		if file.Ticket == nil {
			return ownUnused(a, &file)
		}
		return s.mayRead(ctx, tx, a, &file)
	})
	if kind := errs.KindOf(err); kind == errs.NotFound || kind == errs.Forbidden {
		return AttachmentView{}, nil, errNoFile
	}
	if err != nil {
		return AttachmentView{}, nil, fmt.Errorf("find file: %w", err)
	}
	bytes, err := s.blobs.Open(ctx, a.Tenant.ID, id)
	if err != nil {
		return AttachmentView{}, nil, fmt.Errorf("open file: %w", err)
	}
	return fileView(file), bytes, nil
}

func ownUnused(a Actor, file *attachment.File) error {
	if a.signed() != nil || file.Uploader == nil || *file.Uploader != a.Person.ID {
		return errNoFile
	}
	return nil
}

// mayRead refuses a file of a ticket that the actor does not see, or of an internal event.
func (s *Service) mayRead(ctx context.Context, tx pgx.Tx, a Actor, file *attachment.File) error {
	t, err := ticket.ByID(ctx, tx, a.Tenant.ID, *file.Ticket)
	if err != nil {
		return err
	}
	v, err := s.see(a, t, access.See)
	if err != nil {
		return err
	}
	events, err := ticket.Events(ctx, tx, a.Tenant.ID, t.ID, file.Seq-1, 1)
	if err != nil {
		return err
	}
	if len(events) == 0 || events[0].Seq != file.Seq || events[0].Kind.Internal() {
		return access.Decide(access.SeeInternal, v.standing)
	}
	return nil
}

// MakeUploadLink makes a one-time address for one file that is too large for the form (R0.22). Errors:
// NotFound and Forbidden as every use of a ticket; Invalid (code "note_too_long").
func (s *Service) MakeUploadLink(ctx context.Context, a Actor, number, note string) (UploadLinkView, error) {
	if err := a.signed(); err != nil {
		return UploadLinkView{}, err
	}
	note = strings.TrimSpace(note)
	if utf8.RuneCountInString(note) > maxNote {
		return UploadLinkView{}, errs.New(errs.Invalid, "note_too_long", "note of an upload link is too long").With("limit", maxNote)
	}
	now, token := s.clock.Now(), ident.NewToken()
	link := attachment.Link{Digest: token.Digest(), CreatedBy: a.Person.ID, Note: note, CreatedAt: now, ExpiresAt: now.Add(linkFor)}
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		v, err := s.open(ctx, tx, a, number, access.Link)
		if err != nil {
			return err
		}
		link.Ticket, link.MaxBytes = v.ticket.ID, linkMaxBytes(v.snap)
		if err := person.Hold(ctx, tx, a.Tenant.ID, a.Person.ID); err != nil {
			return err
		}
		return attachment.InsertLink(ctx, tx, a.Tenant.ID, link)
	}); err != nil {
		return UploadLinkView{}, fmt.Errorf("make upload link: %w", err)
	}
	return UploadLinkView{
		Path:      "/api/v1/t/" + a.Tenant.Slug + "/uploads/" + string(token),
		ExpiresAt: link.ExpiresAt, MaxBytes: link.MaxBytes,
	}, nil
}

// PutUpload receives the file of an upload link and adds it to the link's ticket as a public comment.
// An upload that fails leaves the link to be used again. Errors: NotFound (codes "tenant_not_found",
// "upload_link_used" for a link that is unknown, used or expired), Conflict (code
// "upload_in_progress"), TooLarge as Upload.
func (s *Service) PutUpload(ctx context.Context, tenantSlug string, token ident.Token, name string, r io.Reader, l i18n.Lang) (AttachmentView, error) {
	a, err := s.Anonymous(ctx, tenantSlug, l)
	if err != nil {
		return AttachmentView{}, err
	}
	digest := token.Digest()
	if !s.uploads.begin(digest) {
		return AttachmentView{}, errs.New(errs.Conflict, "upload_in_progress", "the link is being used")
	}
	defer s.uploads.end(digest)
	var link attachment.Link
	var snap *Snapshot
	var used int64
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if link, err = attachment.LinkByDigest(ctx, tx, a.Tenant.ID, digest, s.clock.Now()); err != nil {
			return err
		}
		if snap, err = s.stillMayLink(ctx, tx, a, link); err != nil {
			return err
		}
		used, err = attachment.Usage(ctx, tx, a.Tenant.ID)
		return err
	}); err != nil {
		return AttachmentView{}, fmt.Errorf("find upload link: %w", err)
	}
	var file attachment.File
	if err := s.receive(ctx, snap, &file, name, r, link.MaxBytes, used); err != nil {
		return AttachmentView{}, err
	}
	if err := s.keep(ctx, snap.Tenant, file, func(ctx context.Context, tx pgx.Tx) error {
		if err := attachment.UseLink(ctx, tx, a.Tenant.ID, digest, s.clock.Now()); err != nil {
			return err
		}
		return s.appendUpload(ctx, tx, a, link, file)
	}); errors.Is(err, person.ErrErased) {
		return AttachmentView{}, errNoMaker
	} else if err != nil {
		return AttachmentView{}, err
	}
	s.bell()
	return fileView(file), nil
}

// stillMayLink refuses a link whose maker may no longer make it: the file is added in his name.
func (s *Service) stillMayLink(ctx context.Context, tx pgx.Tx, a Actor, link attachment.Link) (*Snapshot, error) {
	t, err := ticket.ByID(ctx, tx, a.Tenant.ID, link.Ticket)
	if err != nil {
		return nil, err
	}
	maker, err := person.ByID(ctx, tx, a.Tenant.ID, link.CreatedBy)
	if err != nil {
		return nil, err
	}
	memberships, err := person.Memberships(ctx, tx, a.Tenant.ID, maker.ID)
	if err != nil {
		return nil, err
	}
	a.Person, a.Memberships = &maker, byDesk(memberships)
	v, err := s.see(a, t, access.Link)
	if kind := errs.KindOf(err); maker.ErasedAt != nil || kind == errs.NotFound || kind == errs.Forbidden {
		return nil, errNoMaker
	}
	if err != nil {
		return nil, err
	}
	return v.snap, nil
}

// SweepUnused removes files that nobody used within a day, what uploads left that never finished, and
// links that expired long ago. A job calls it; several nodes at once do no harm.
func (s *Service) SweepUnused(ctx context.Context) error {
	tenants, err := tenant.List(ctx, s.db.Exempt())
	if err != nil {
		return fmt.Errorf("sweep files: %w", err)
	}
	now := s.clock.Now()
	for _, t := range tenants {
		if err := s.sweepTenant(ctx, t.ID, now); err != nil {
			return fmt.Errorf("sweep files: %w", err)
		}
		if err := attachment.Orphans(ctx, s.db, s.blobs, t.ID, now.Add(-attachment.UsableFor)); err != nil {
			return fmt.Errorf("sweep files: %w", err)
		}
	}
	if err := s.blobs.Sweep(ctx, now.Add(-attachment.UsableFor)); err != nil {
		return fmt.Errorf("sweep files: %w", err)
	}
	return nil
}

func (s *Service) sweepTenant(ctx context.Context, id ident.ID, now time.Time) error {
	for {
		var gone []ident.ID
		if err := s.db.InTx(ctx, id, func(ctx context.Context, tx pgx.Tx) error {
			var err error
			if gone, err = attachment.TakeUnused(ctx, tx, id, now, sweepSize); err != nil {
				return err
			}
			return attachment.ForgetLinks(ctx, tx, id, now.Add(-linkFor))
		}); err != nil {
			return err
		}
		// Between the two transactions, so that a crash leaves a row to try again and never bytes
		// without one.
		for _, file := range gone {
			if err := s.blobs.Delete(ctx, id, file); err != nil {
				return err
			}
		}
		if err := s.db.InTx(ctx, id, func(ctx context.Context, tx pgx.Tx) error {
			return attachment.Forget(ctx, tx, id, gone)
		}); err != nil {
			return err
		}
		if len(gone) < sweepSize {
			return nil
		}
	}
}

func fileView(f attachment.File) AttachmentView {
	return AttachmentView{ID: f.ID, Name: f.Name, Size: f.Size, SHA256: f.SHA256, ContentType: f.ContentType, Seq: f.Seq}
}

func maxBytes(snap *Snapshot) int64 {
	if snap.Files.MaxBytes > 0 {
		return snap.Files.MaxBytes
	}
	return defaultMaxBytes
}

func linkMaxBytes(snap *Snapshot) int64 {
	if snap.Files.LinkMaxBytes > 0 {
		return snap.Files.LinkMaxBytes
	}
	return defaultLinkMaxBytes
}

// uploads are the links that are being used on this node: one link is worth one stream at a time. It
// is safe for concurrent use.
type uploads struct{ running sync.Map }

func (u *uploads) begin(digest []byte) bool {
	_, busy := u.running.LoadOrStore(string(digest), true)
	return !busy
}

func (u *uploads) end(digest []byte) { u.running.Delete(string(digest)) }
