package attachment_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// place is one tenant with a desk, a person and a ticket.
type place struct {
	d                          *dbtest.Database
	tenant, desk, uploader, id ident.ID
}

func newPlace(t *testing.T, d *dbtest.Database, slug string) *place {
	t.Helper()
	p := &place{d: d, tenant: ident.New(), desk: ident.New(), uploader: ident.New(), id: ident.New()}
	super := d.Super(t)
	for _, statement := range []struct {
		sql  string
		args []any
	}{
		{`insert into tenants (id, slug, title, created_at) values ($1, $2, '{}', now())`, []any{p.tenant, slug}},
		{`insert into desks (tenant_id, id, slug, system, title, prefix, settings, created_at) values ($1, $2, 'portal', 'sample', '{}', 'POR', '{}', now())`, []any{p.tenant, p.desk}},
		{`insert into people (tenant_id, id, name, created_at) values ($1, $2, 'x', now())`, []any{p.tenant, p.uploader}},
		{`insert into releases (digest, system, version, title, files, registered_at) values ('d', 'sample', '1', '{}', '{}', now()) on conflict do nothing`, nil},
		{
			`insert into tickets (tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields, status, category, priority,
			queue, line, seen_by_lines, requester_id, version, last_seq, requester_seq, answer_seq, created_at, updated_at)
			values ($1, $2, $3, 'POR-1', 'd', 'f', 1, 'api', 's', '{}', 'new', 'new', 'normal', 'q', 'l', '{}', $4, 1, 1, 1, 0, now(), now())`,
			[]any{p.tenant, p.id, p.desk, p.uploader},
		},
	} {
		_, err := super.Exec(t.Context(), statement.sql, statement.args...)
		require.NoError(t, err)
	}
	return p
}

func (p *place) in(t *testing.T, fn func(ctx context.Context, tx pgx.Tx) error) error {
	t.Helper()
	return p.d.InTx(t.Context(), p.tenant, fn)
}

func (p *place) file(t *testing.T, size int64, created time.Time) attachment.File {
	t.Helper()
	f := attachment.File{
		Tenant: p.tenant, ID: ident.New(), Desk: p.desk, Uploader: &p.uploader, Name: "Снимок.png", StoredName: "Snimok.png",
		ContentType: "image/png", Size: size, SHA256: "abc", CreatedAt: created,
	}
	require.NoError(t, p.in(t, func(ctx context.Context, tx pgx.Tx) error {
		if err := attachment.Insert(ctx, tx, p.tenant, f); err != nil {
			return err
		}
		return attachment.Charge(ctx, tx, p.tenant, size, 1<<40)
	}))
	return f
}

func (p *place) usage(t *testing.T) int64 {
	t.Helper()
	var used int64
	require.NoError(t, p.in(t, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		used, err = attachment.Usage(ctx, tx, p.tenant)
		return err
	}))
	return used
}

func TestAFileIsUsedOnceByItsUploader(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	p, foreign := newPlace(t, d, "first"), newPlace(t, d, "second")
	f, late := p.file(t, 5, at), p.file(t, 5, at.Add(-attachment.UsableFor))
	other := foreign.file(t, 5, at)
	usable := func(uploader, desk ident.ID, ids ...ident.ID) ([]attachment.File, error) {
		var files []attachment.File
		err := p.in(t, func(ctx context.Context, tx pgx.Tx) error {
			var err error
			files, err = attachment.Usable(ctx, tx, p.tenant, uploader, desk, ids, at)
			return err
		})
		return files, err
	}
	files, err := usable(p.uploader, p.desk, f.ID)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]attachment.File{f}, files))
	files, err = usable(p.uploader, p.desk)
	require.NoError(t, err)
	require.Empty(t, files)
	for name, refused := range map[string]func() ([]attachment.File, error){
		"somebody else's":   func() ([]attachment.File, error) { return usable(ident.New(), p.desk, f.ID) },
		"of another desk":   func() ([]attachment.File, error) { return usable(p.uploader, ident.New(), f.ID) },
		"too old":           func() ([]attachment.File, error) { return usable(p.uploader, p.desk, f.ID, late.ID) },
		"another tenant's":  func() ([]attachment.File, error) { return usable(foreign.uploader, foreign.desk, other.ID) },
		"unknown":           func() ([]attachment.File, error) { return usable(p.uploader, p.desk, ident.New()) },
		"named twice in it": func() ([]attachment.File, error) { return usable(p.uploader, p.desk, f.ID, f.ID) },
	} {
		_, err := refused()
		require.Equal(t, errs.Invalid, errs.KindOf(err), name)
		require.Equal(t, "attachment_not_usable", errs.CodeOf(err), name)
	}
	claim := func() error {
		return p.in(t, func(ctx context.Context, tx pgx.Tx) error {
			return attachment.Claim(ctx, tx, p.tenant, []ident.ID{f.ID}, p.id, 3)
		})
	}
	require.NoError(t, claim())
	require.Equal(t, "attachment_not_usable", errs.CodeOf(claim()))
	_, err = usable(p.uploader, p.desk, f.ID)
	require.Equal(t, "attachment_not_usable", errs.CodeOf(err), "used")
	require.NoError(t, p.in(t, func(ctx context.Context, tx pgx.Tx) error {
		all, err := attachment.OfTicket(ctx, tx, p.tenant, p.id)
		require.NoError(t, err)
		f.Ticket, f.Seq = &p.id, 3
		require.Empty(t, cmp.Diff([]attachment.File{f}, all))
		one, err := attachment.ByID(ctx, tx, p.tenant, f.ID)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(f, one))
		_, err = attachment.ByID(ctx, tx, p.tenant, other.ID)
		require.Equal(t, "file_not_found", errs.CodeOf(err))
		count, err := attachment.CountUnused(ctx, tx, p.tenant, p.uploader)
		require.NoError(t, err)
		require.EqualValues(t, 1, count)
		return nil
	}))
}

func TestQuotaHoldsForUploadsAtOnce(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	p, foreign := newPlace(t, d, "first"), newPlace(t, d, "second")
	require.Zero(t, p.usage(t))
	const quota = 100
	charge := func(size int64) error {
		return d.InTx(t.Context(), p.tenant, func(ctx context.Context, tx pgx.Tx) error {
			return attachment.Charge(ctx, tx, p.tenant, size, quota)
		})
	}
	err := charge(quota + 1)
	require.Equal(t, errs.TooLarge, errs.KindOf(err), "also for the first file")
	require.Equal(t, "quota_exceeded", errs.CodeOf(err))
	var group sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		group.Go(func() { results[i] = charge(30) })
	}
	group.Wait()
	fit := 0
	for _, err := range results {
		if err == nil {
			fit++
			continue
		}
		require.Equal(t, "quota_exceeded", errs.CodeOf(err))
	}
	require.Equal(t, 3, fit)
	require.EqualValues(t, 90, p.usage(t))
	require.NoError(t, charge(10), "exactly the quota fits")
	require.Zero(t, foreign.usage(t))
}

func TestUnusedFilesGo(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	p, foreign := newPlace(t, d, "first"), newPlace(t, d, "second")
	old, fresh, used := p.file(t, 7, at.Add(-attachment.UsableFor)), p.file(t, 5, at), p.file(t, 3, at.Add(-attachment.UsableFor))
	foreign.file(t, 2, at.Add(-attachment.UsableFor))
	require.NoError(t, p.in(t, func(ctx context.Context, tx pgx.Tx) error {
		return attachment.Claim(ctx, tx, p.tenant, []ident.ID{used.ID}, p.id, 1)
	}))
	take := func() []ident.ID {
		var gone []ident.ID
		require.NoError(t, p.in(t, func(ctx context.Context, tx pgx.Tx) error {
			var err error
			gone, err = attachment.TakeUnused(ctx, tx, p.tenant, at, 10)
			return err
		}))
		return gone
	}
	require.Equal(t, []ident.ID{old.ID}, take())
	require.Equal(t, []ident.ID{old.ID}, take(), "again after a crash in between")
	require.EqualValues(t, 15, p.usage(t))
	require.NoError(t, p.in(t, func(ctx context.Context, tx pgx.Tx) error {
		return attachment.Forget(ctx, tx, p.tenant, []ident.ID{old.ID, fresh.ID, used.ID})
	}))
	require.EqualValues(t, 8, p.usage(t), "only what was taken is forgotten")
	require.Empty(t, take())
	require.EqualValues(t, 2, foreign.usage(t))
}

func TestErase(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	p, foreign := newPlace(t, d, "first"), newPlace(t, d, "second")
	f, other := p.file(t, 7, at), foreign.file(t, 7, at)
	require.NoError(t, p.in(t, func(ctx context.Context, tx pgx.Tx) error {
		if err := attachment.Claim(ctx, tx, p.tenant, []ident.ID{f.ID}, p.id, 1); err != nil {
			return err
		}
		erased, err := attachment.Erase(ctx, tx, p.tenant, []ident.ID{f.ID, other.ID}, at)
		require.NoError(t, err)
		require.Equal(t, []ident.ID{f.ID}, erased)
		_, err = attachment.ByID(ctx, tx, p.tenant, f.ID)
		require.Equal(t, "file_not_found", errs.CodeOf(err))
		all, err := attachment.OfTicket(ctx, tx, p.tenant, p.id)
		require.NoError(t, err)
		want := attachment.File{Tenant: p.tenant, ID: f.ID, Desk: p.desk, Ticket: &p.id, Seq: 1, ContentType: "image/png", CreatedAt: at, ErasedAt: &at}
		require.Empty(t, cmp.Diff([]attachment.File{want}, all))
		return nil
	}))
	require.Zero(t, p.usage(t))
	require.EqualValues(t, 7, foreign.usage(t))
}

func TestLinksWorkOnce(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	p, foreign := newPlace(t, d, "first"), newPlace(t, d, "second")
	link := attachment.Link{Digest: ident.NewToken().Digest(), Ticket: p.id, CreatedBy: p.uploader, Note: "скан", MaxBytes: 9, CreatedAt: at, ExpiresAt: at.Add(time.Hour)}
	require.NoError(t, p.in(t, func(ctx context.Context, tx pgx.Tx) error { return attachment.InsertLink(ctx, tx, p.tenant, link) }))
	read := func(p *place, digest []byte, now time.Time) (attachment.Link, error) {
		var l attachment.Link
		err := p.in(t, func(ctx context.Context, tx pgx.Tx) error {
			var err error
			l, err = attachment.LinkByDigest(ctx, tx, p.tenant, digest, now)
			return err
		})
		return l, err
	}
	use := func(now time.Time) error {
		return p.in(t, func(ctx context.Context, tx pgx.Tx) error {
			return attachment.UseLink(ctx, tx, p.tenant, link.Digest, now)
		})
	}
	got, err := read(p, link.Digest, at)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(link, got))
	for name, refused := range map[string]func() error{
		"expired":         func() error { _, err := read(p, link.Digest, at.Add(time.Hour)); return err },
		"expired for use": func() error { return use(at.Add(time.Hour)) },
		"unknown":         func() error { _, err := read(p, ident.NewToken().Digest(), at); return err },
		"another tenant":  func() error { _, err := read(foreign, link.Digest, at); return err },
	} {
		err := refused()
		require.Equal(t, errs.NotFound, errs.KindOf(err), name)
		require.Equal(t, "upload_link_used", errs.CodeOf(err), name)
	}
	require.NoError(t, use(at))
	require.Equal(t, "upload_link_used", errs.CodeOf(use(at)))
	_, err = read(p, link.Digest, at)
	require.Equal(t, "upload_link_used", errs.CodeOf(err))
	require.NoError(t, p.in(t, func(ctx context.Context, tx pgx.Tx) error {
		return attachment.ForgetLinks(ctx, tx, p.tenant, at.Add(2*time.Hour))
	}))
}

func TestBytesWithoutARowGo(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	p, foreign := newPlace(t, d, "first"), newPlace(t, d, "second")
	disk, root := newDisk(t)
	cut := at.Add(-attachment.UsableFor)
	put := func(tenant, id ident.ID, written time.Time) string {
		t.Helper()
		_, _, err := disk.Put(t.Context(), tenant, id, strings.NewReader("bytes"), 10)
		require.NoError(t, err)
		name := filepath.Join(root, tenant.String(), id.String()[34:], id.String())
		require.NoError(t, os.Chtimes(name, written, written))
		return name
	}
	old := cut.Add(-time.Second)
	used, erased := p.file(t, 5, old), p.file(t, 5, old)
	require.NoError(t, p.in(t, func(ctx context.Context, tx pgx.Tx) error {
		_, err := attachment.Erase(ctx, tx, p.tenant, []ident.ID{erased.ID}, at)
		return err
	}))
	kept := []string{
		put(p.tenant, used.ID, old),
		put(p.tenant, ident.New(), cut.Add(time.Second)), put(foreign.tenant, ident.New(), old),
	}
	other := filepath.Join(filepath.Dir(kept[0]), "README")
	require.NoError(t, os.WriteFile(other, nil, 0o600))
	require.NoError(t, os.Chtimes(other, old, old))
	gone := []string{
		// An erased person's bytes that could not be deleted at once.
		put(p.tenant, erased.ID, old), put(p.tenant, ident.New(), old), put(p.tenant, foreign.file(t, 5, old).ID, old),
	}

	require.NoError(t, attachment.Orphans(t.Context(), d.DB, disk, p.tenant, cut))
	require.ElementsMatch(t, append(kept, other), filesBelow(t, root))
	for _, name := range gone {
		require.NoFileExists(t, name)
	}
	require.NoError(t, attachment.Orphans(t.Context(), d.DB, disk, ident.New(), cut), "a tenant without files")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, attachment.Orphans(over, d.DB, disk, p.tenant, cut), context.Canceled)
}
