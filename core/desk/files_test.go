package desk_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
)

const pngHead = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

// filing is a stage whose files lie where the test can count them.
type filing struct {
	*coretest.Stage
	*desk.Service
	root  string
	other *coretest.Stage
}

func newFiling(t *testing.T) *filing {
	t.Helper()
	w := coretest.New(t, coretest.Webtorgi)
	f := &filing{root: t.TempDir()}
	f.other, f.Stage = w.AddStage("other"), w.AddStage("zab")
	blobs, err := attachment.NewDisk(f.root)
	require.NoError(t, err)
	f.Service, err = desk.New(t.Context(), desk.Options{DB: w.DB.DB, Clock: w.Clock, Blobs: blobs, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return f
}

func (f *filing) stored(t *testing.T) int {
	t.Helper()
	count := 0
	require.NoError(t, filepath.WalkDir(f.root, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			count++
		}
		return err
	}))
	return count
}

func (f *filing) upload(t *testing.T, a desk.Actor, name, content string) desk.AttachmentView {
	t.Helper()
	view, err := f.Upload(t.Context(), a, "webtorgi", name, strings.NewReader(content))
	require.NoError(t, err)
	return view
}

// read returns the code of what reading a file ends with, "" when its bytes come.
func (f *filing) read(t *testing.T, a desk.Actor, id ident.ID, want string) string {
	t.Helper()
	_, file, err := f.Attachment(t.Context(), a, id)
	if err != nil {
		require.Equal(t, errs.NotFound, errs.KindOf(err))
		return errs.CodeOf(err)
	}
	got, err := io.ReadAll(file)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	require.Equal(t, want, string(got))
	return ""
}

func TestUpload(t *testing.T) {
	t.Parallel()
	f := newFiling(t)
	ctx := t.Context()
	nobody, err := f.Anonymous(ctx, "zab", i18n.RU)
	require.NoError(t, err)
	_, err = f.Upload(ctx, nobody, "webtorgi", "a.png", strings.NewReader(pngHead))
	requireCode(t, errs.Unauthenticated, "session_needed", err, "no session")
	_, err = f.Upload(ctx, f.Owner, "none", "a.png", strings.NewReader(pngHead))
	requireCode(t, errs.NotFound, "desk_not_found", err, "desk")
	_, err = f.Upload(ctx, f.Owner, "webtorgi", "a.png", io.LimitReader(zeros{}, 10485760+1))
	requireCode(t, errs.TooLarge, "file_too_large", err, "a byte too many")
	var large *errs.Error
	require.ErrorAs(t, err, &large)
	require.EqualValues(t, 10485760, large.Args["limit"])
	require.Contains(t, large.In(i18n.RU), "10 МБ")
	broken := errors.New("connection reset")
	_, err = f.Upload(ctx, f.Owner, "webtorgi", "a.png", io.MultiReader(strings.NewReader(pngHead), iotest.ErrReader(broken)))
	require.ErrorIs(t, err, broken)
	require.Zero(t, f.stored(t), "nothing stays of a failure")

	view := f.upload(t, f.Owner, "Снимок/\u202eэкрана.png", pngHead)
	sum := sha256.Sum256([]byte(pngHead))
	require.Equal(t, desk.AttachmentView{ID: view.ID, Name: "Снимокэкрана.png", Size: int64(len(pngHead)), SHA256: hex.EncodeToString(sum[:]), ContentType: "image/png"}, view)
	svg := f.upload(t, f.Owner, "a.png", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>")
	require.Equal(t, "image/svg+xml", svg.ContentType, "a type is what the bytes say")
	require.Equal(t, 2, f.stored(t))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestUploadWithinTheQuota(t *testing.T) {
	t.Parallel()
	f := newFiling(t)
	super := f.DB.Super(t)
	_, err := super.Exec(t.Context(), `update tenants set attachment_quota = 100 where slug = 'zab'`)
	require.NoError(t, err)
	require.NoError(t, f.Reload(t.Context()))
	forty := strings.Repeat("x", 40)
	results := make([]error, 6)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			_, results[i] = f.Upload(t.Context(), f.Owner, "webtorgi", "a.txt", strings.NewReader(forty))
		})
	}
	group.Wait()
	fit := 0
	for _, err := range results {
		if err == nil {
			fit++
			continue
		}
		requireCode(t, errs.TooLarge, "quota_exceeded", err, "over")
	}
	require.Equal(t, 2, fit)
	require.Equal(t, 2, f.stored(t))
	f.upload(t, f.Owner, "b.txt", strings.Repeat("x", 20))
	_, err = f.Upload(t.Context(), f.Owner, "webtorgi", "c.txt", strings.NewReader("x"))
	requireCode(t, errs.TooLarge, "quota_exceeded", err, "full")
	f.upload(t, f.other.Owner, "a.txt", forty)
}

func TestWhoReadsAFile(t *testing.T) {
	t.Parallel()
	f := newFiling(t)
	ctx := t.Context()
	public, internal := f.upload(t, f.Owner, "a.png", pngHead), f.upload(t, f.First, "b.txt", "internal")
	require.Empty(t, f.read(t, f.Owner, public.ID, pngHead))
	for name, a := range map[string]desk.Actor{"colleague": f.Colleague, "agent": f.First, "administrator": f.Admin, "other tenant": f.other.Owner} {
		require.Equal(t, "file_not_found", f.read(t, a, public.ID, ""), "unused, %s", name)
	}
	filed, err := f.Submit(ctx, f.Owner, desk.SubmitInput{
		Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, coretest.Appeal(nil)), Attachments: []ident.ID{public.ID},
	})
	require.NoError(t, err)
	_, err = f.Comment(ctx, f.First, filed.Number, desk.CommentInput{Text: "для своих", Internal: true, Attachments: []ident.ID{internal.ID}})
	require.NoError(t, err)
	nobody, err := f.Anonymous(ctx, "zab", i18n.RU)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		actor            desk.Actor
		public, internal string
	}{
		"owner":         {f.Owner, "", "file_not_found"},
		"colleague":     {f.Colleague, "", "file_not_found"},
		"foreign":       {f.Foreign, "file_not_found", "file_not_found"},
		"agent":         {f.First, "", ""},
		"administrator": {f.Admin, "", ""},
		"no session":    {nobody, "file_not_found", "file_not_found"},
		"other tenant":  {f.other.First, "file_not_found", "file_not_found"},
	} {
		require.Equal(t, test.public, f.read(t, test.actor, public.ID, pngHead), "public, %s", name)
		require.Equal(t, test.internal, f.read(t, test.actor, internal.ID, "internal"), "internal, %s", name)
	}
	_, err = f.Submit(ctx, f.Owner, desk.SubmitInput{
		Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, coretest.Appeal(nil)), Attachments: []ident.ID{public.ID},
	})
	requireCode(t, errs.Invalid, "attachment_not_usable", err, "used once")
	stolen := f.upload(t, f.Colleague, "c.txt", "x")
	_, err = f.Comment(ctx, f.Owner, filed.Number, desk.CommentInput{Text: "x", Attachments: []ident.ID{stolen.ID}})
	requireCode(t, errs.Invalid, "attachment_not_usable", err, "somebody else's")
}

func TestUploadLinks(t *testing.T) {
	t.Parallel()
	f := newFiling(t)
	ctx := t.Context()
	filed, err := f.Submit(ctx, f.Owner, desk.SubmitInput{Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, coretest.Appeal(nil))})
	require.NoError(t, err)
	nobody, err := f.Anonymous(ctx, "zab", i18n.RU)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		actor desk.Actor
		kind  errs.Kind
		code  string
	}{
		"no session":   {nobody, errs.Unauthenticated, "session_needed"},
		"colleague":    {f.Colleague, errs.Forbidden, "not_allowed"},
		"other tenant": {f.other.First, errs.NotFound, "ticket_not_found"},
	} {
		_, err := f.MakeUploadLink(ctx, test.actor, filed.Number, "")
		requireCode(t, test.kind, test.code, err, name)
	}
	_, err = f.MakeUploadLink(ctx, f.Owner, filed.Number, strings.Repeat("x", 1001))
	requireCode(t, errs.Invalid, "note_too_long", err, "note")

	link := func(a desk.Actor) ident.Token {
		view, err := f.MakeUploadLink(ctx, a, filed.Number, "архив")
		require.NoError(t, err)
		require.Equal(t, f.Clock.Now().Add(7*24*time.Hour), view.ExpiresAt)
		require.Greater(t, view.MaxBytes, int64(10485760))
		token, ok := strings.CutPrefix(view.Path, "/api/v1/t/zab/uploads/")
		require.True(t, ok, view.Path)
		return ident.Token(token)
	}
	put := func(slug string, token ident.Token, r io.Reader) (desk.AttachmentView, error) {
		return f.PutUpload(ctx, slug, token, "архив.bin", r, i18n.RU)
	}
	owners := link(f.Owner)
	for name, try := range map[string]struct {
		slug  string
		token ident.Token
	}{"unknown": {"zab", ident.NewToken()}, "other tenant": {"other", owners}} {
		_, err := put(try.slug, try.token, strings.NewReader("x"))
		requireCode(t, errs.NotFound, "upload_link_used", err, name)
	}
	broken := errors.New("connection reset")
	_, err = put("zab", owners, iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
	_, err = put("zab", owners, io.MultiReader(blocked(func() {
		_, err := put("zab", owners, strings.NewReader("x"))
		requireCode(t, errs.Conflict, "upload_in_progress", err, "at once")
	}), iotest.ErrReader(broken)))
	require.ErrorIs(t, err, broken)
	require.Zero(t, f.stored(t))

	view, err := put("zab", owners, io.LimitReader(zeros{}, 10485760+1))
	require.NoError(t, err, "larger than the form takes, and still usable after failures")
	_, err = put("zab", owners, strings.NewReader("x"))
	requireCode(t, errs.NotFound, "upload_link_used", err, "twice")
	require.Equal(t, 1, f.stored(t))
	page, err := f.Ticket(ctx, f.First, filed.Number)
	require.NoError(t, err)
	require.Len(t, page.Attachments, 1)
	require.Equal(t, view.ID, page.Attachments[0].ID)
	require.True(t, page.Unread, "the agents see that something came")

	expired := link(f.First)
	f.Clock.Advance(7 * 24 * time.Hour)
	_, err = put("zab", expired, strings.NewReader("x"))
	requireCode(t, errs.NotFound, "upload_link_used", err, "expired")
}

// blocked is a reader that does something while it is read, and gives nothing.
type blocked func()

func (b blocked) Read([]byte) (int, error) {
	b()
	return 0, io.EOF
}

func TestSweepUnused(t *testing.T) {
	t.Parallel()
	f := newFiling(t)
	ctx := t.Context()
	used, unused := f.upload(t, f.Owner, "a.png", pngHead), f.upload(t, f.Owner, "b.png", pngHead)
	f.upload(t, f.other.Owner, "c.png", pngHead)
	_, err := f.Submit(ctx, f.Owner, desk.SubmitInput{
		Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, coretest.Appeal(nil)), Attachments: []ident.ID{used.ID},
	})
	require.NoError(t, err)
	f.Clock.Advance(attachment.UsableFor - time.Second)
	fresh := f.upload(t, f.Owner, "d.png", pngHead)
	require.NoError(t, f.SweepUnused(ctx))
	require.Equal(t, 4, f.stored(t), "within the day")
	f.Clock.Advance(time.Second)
	require.NoError(t, f.SweepUnused(ctx))
	require.Equal(t, 2, f.stored(t))
	require.Equal(t, "file_not_found", f.read(t, f.Owner, unused.ID, ""))
	require.Empty(t, f.read(t, f.Owner, used.ID, pngHead))
	require.Empty(t, f.read(t, f.Owner, fresh.ID, pngHead))
	var bytes int64
	require.NoError(t, f.DB.Super(t).QueryRow(ctx, `select bytes from attachment_usage where tenant_id = $1`, f.Tenant.ID).Scan(&bytes))
	require.EqualValues(t, 2*len(pngHead), bytes)
}
