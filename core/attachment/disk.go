package attachment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

const (
	dirMode    = 0o700
	fileMode   = 0o600
	unfinished = "unfinished"
	fullRetry  = time.Minute
	eachPage   = 500
)

// Disk keeps files below one folder: <root>/<tenant>/<last two hex digits of the id>/<id>. It is safe
// for concurrent use, also by several processes.
type Disk struct {
	root string
}

var _ Blobs = (*Disk)(nil)

// NewDisk returns a store below root, which it makes.
func NewDisk(root string) (*Disk, error) {
	if err := os.MkdirAll(filepath.Join(root, unfinished), dirMode); err != nil {
		return nil, fmt.Errorf("make folder for files: %w", err)
	}
	return &Disk{root: root}, nil
}

// Put streams to a file of its own beside, and moves it to its place when every byte is on disk. Errors:
// TooLarge (code "file_too_large", Args["limit"] in bytes), Unavailable (code "storage_full").
func (d *Disk) Put(ctx context.Context, tenant, id ident.ID, r io.Reader, limit int64) (int64, string, error) {
	name := filepath.Join(d.root, unfinished, id.String())
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode) //nolint:gosec // the name is an identifier of ours
	if err != nil {
		return 0, "", fmt.Errorf("create file: %w", full(err))
	}
	size, sum, err := receive(ctx, file, r, limit)
	if closing := file.Close(); err == nil && closing != nil {
		err = fmt.Errorf("close file: %w", full(closing))
	}
	if err == nil {
		err = d.place(name, tenant, id)
	}
	if err != nil {
		_ = os.Remove(name)
		return 0, "", err
	}
	return size, sum, nil
}

// Open returns the bytes of a file. Errors: NotFound (code "file_not_found").
func (d *Disk) Open(_ context.Context, tenant, id ident.ID) (io.ReadCloser, error) {
	file, err := os.Open(d.path(tenant, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errs.Wrap(errs.NotFound, "file_not_found", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	return file, nil
}

// Delete removes a file; an absent one is no error.
func (d *Disk) Delete(_ context.Context, tenant, id ident.ID) error {
	if err := os.Remove(d.path(tenant, id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete file: %w", err)
	}
	return nil
}

// Sweep removes unfinished files that nobody wrote to since before.
func (d *Disk) Sweep(ctx context.Context, before time.Time) error {
	entries, err := os.ReadDir(filepath.Join(d.root, unfinished))
	if err != nil {
		return fmt.Errorf("list unfinished files: %w", err)
	}
	for _, entry := range entries {
		if ctx.Err() != nil {
			return fmt.Errorf("sweep unfinished files: %w", ctx.Err())
		}
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue // finished or removed meanwhile, or still being written
		}
		if err := os.Remove(filepath.Join(d.root, unfinished, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove unfinished file: %w", err)
		}
	}
	return nil
}

// Each goes through the tenant's folders one by one, in no order that means anything.
func (d *Disk) Each(ctx context.Context, tenant ident.ID, before time.Time, fn func(ids []ident.ID) error) error {
	root := filepath.Join(d.root, tenant.String())
	folders, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list folders: %w", err)
	}
	for _, folder := range folders {
		if ctx.Err() != nil {
			return fmt.Errorf("list files: %w", ctx.Err())
		}
		files, err := os.ReadDir(filepath.Join(root, folder.Name()))
		if err != nil {
			return fmt.Errorf("list files: %w", err)
		}
		for page := range slices.Chunk(files, eachPage) {
			if ids := finished(page, before); len(ids) > 0 {
				if err := fn(ids); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// finished returns the ids of the files that nobody wrote to since before; what is not ours has none.
func finished(files []fs.DirEntry, before time.Time) []ident.ID {
	ids := make([]ident.ID, 0, len(files))
	for _, file := range files {
		id, err := ident.Parse(file.Name())
		if err != nil {
			continue
		}
		if info, err := file.Info(); err == nil && info.ModTime().Before(before) {
			ids = append(ids, id)
		}
	}
	return ids
}

// path takes the last digits of the id: the first ones are the time and would put a year into one
// folder.
func (d *Disk) path(tenant, id ident.ID) string {
	name := id.String()
	return filepath.Join(d.root, tenant.String(), name[len(name)-2:], name)
}

// place moves a finished file and makes the move itself durable.
func (d *Disk) place(name string, tenant, id ident.ID) error {
	to := d.path(tenant, id)
	folder := filepath.Dir(to)
	if err := os.MkdirAll(folder, dirMode); err != nil {
		return fmt.Errorf("make folder: %w", full(err))
	}
	if err := os.Rename(name, to); err != nil {
		return fmt.Errorf("move file: %w", full(err))
	}
	for _, dir := range []string{folder, filepath.Dir(folder), d.root} {
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

func syncDir(name string) error {
	dir, err := os.Open(name) //nolint:gosec // a folder of our own
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	defer func() { _ = dir.Close() }()
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}

func receive(ctx context.Context, file *os.File, r io.Reader, limit int64) (size int64, sum string, err error) {
	digest := sha256.New()
	// One byte more than allowed tells a file that is too large from one that just fits.
	from := io.LimitReader(reader{ctx: ctx, from: r}, limit+1)
	size, err = io.Copy(io.MultiWriter(file, digest), from)
	if err != nil {
		return 0, "", fmt.Errorf("receive file: %w", full(err))
	}
	if size > limit {
		return 0, "", TooLarge(limit)
	}
	if err := file.Sync(); err != nil {
		return 0, "", fmt.Errorf("sync file: %w", full(err))
	}
	return size, hex.EncodeToString(digest.Sum(nil)), nil
}

// reader stops when its context ends, whatever the sender does.
type reader struct {
	ctx  context.Context // lives for one call of receive
	from io.Reader
}

// Read reads on while the context lives.
func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

// full gives a full disk its meaning.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return &errs.Error{Kind: errs.Unavailable, Code: "storage_full", Err: err, RetryAfter: fullRetry}
	}
	return err
}
