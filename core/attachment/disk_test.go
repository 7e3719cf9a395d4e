package attachment_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

func newDisk(t *testing.T) (*attachment.Disk, string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "files")
	d, err := attachment.NewDisk(root)
	require.NoError(t, err)
	return d, root
}

func filesBelow(t *testing.T, root string) []string {
	t.Helper()
	all := []string{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			all = append(all, path)
		}
		return err
	}))
	return all
}

func TestDiskKeepsBytes(t *testing.T) {
	t.Parallel()
	d, root := newDisk(t)
	tenant, other, id := ident.New(), ident.New(), ident.New()
	content := bytes.Repeat([]byte("опора"), 50_000)
	sum := sha256.Sum256(content)
	size, digest, err := d.Put(t.Context(), tenant, id, iotest.HalfReader(bytes.NewReader(content)), int64(len(content)))
	require.NoError(t, err, "exactly the limit fits")
	require.EqualValues(t, len(content), size)
	require.Equal(t, hex.EncodeToString(sum[:]), digest)

	file, err := d.Open(t.Context(), tenant, id)
	require.NoError(t, err)
	got, err := io.ReadAll(file)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	require.Equal(t, content, got)
	_, err = d.Open(t.Context(), other, id)
	require.Equal(t, errs.NotFound, errs.KindOf(err), "another tenant's folder")
	require.Equal(t, "file_not_found", errs.CodeOf(err))

	name := id.String()
	want := filepath.Join(root, tenant.String(), name[len(name)-2:], name)
	require.Equal(t, []string{want}, filesBelow(t, root))
	info, err := os.Stat(want)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	info, err = os.Stat(filepath.Dir(want))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())

	require.NoError(t, d.Delete(t.Context(), tenant, id))
	require.NoError(t, d.Delete(t.Context(), tenant, id), "absent is no error")
	_, err = d.Open(t.Context(), tenant, id)
	require.Equal(t, errs.NotFound, errs.KindOf(err))
}

func TestDiskLeavesNothingOfAFailure(t *testing.T) {
	t.Parallel()
	d, root := newDisk(t)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	broken := errors.New("connection reset")
	for _, test := range []struct {
		name string
		ctx  context.Context
		from io.Reader
		is   func(error) bool
	}{
		{"one byte too many", t.Context(), strings.NewReader("12345"), func(err error) bool {
			return errs.KindOf(err) == errs.TooLarge && errs.CodeOf(err) == "file_too_large"
		}},
		{"endless", t.Context(), iotest.DataErrReader(endless{}), func(err error) bool { return errs.KindOf(err) == errs.TooLarge }},
		{"broken off", t.Context(), io.MultiReader(strings.NewReader("12"), iotest.ErrReader(broken)), func(err error) bool { return errors.Is(err, broken) }},
		{"given up", over, strings.NewReader("12"), func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		_, _, err := d.Put(test.ctx, ident.New(), ident.New(), test.from, 4)
		require.Error(t, err, test.name)
		require.True(t, test.is(err), "%s: %v", test.name, err)
		require.Empty(t, filesBelow(t, root), test.name)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestDiskSweepsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	d, root := newDisk(t)
	tenant, id := ident.New(), ident.New()
	_, _, err := d.Put(t.Context(), tenant, id, strings.NewReader("kept"), 10)
	require.NoError(t, err)
	old, fresh := filepath.Join(root, "unfinished", "old"), filepath.Join(root, "unfinished", "fresh")
	cut := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for name, at := range map[string]time.Time{old: cut.Add(-time.Second), fresh: cut.Add(time.Second)} {
		require.NoError(t, os.WriteFile(name, []byte("x"), 0o600))
		require.NoError(t, os.Chtimes(name, at, at))
	}
	require.NoError(t, d.Sweep(t.Context(), cut))
	require.NoFileExists(t, old)
	require.FileExists(t, fresh, "somebody may still be writing it")
	file, err := d.Open(t.Context(), tenant, id)
	require.NoError(t, err)
	require.NoError(t, file.Close())
}

func TestDiskNeedsAFolder(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, nil, 0o600))
	_, err := attachment.NewDisk(name)
	require.Error(t, err)
}
