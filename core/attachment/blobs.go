package attachment

import (
	"context"
	"io"
	"time"

	"github.com/opora-desk/opora/core/ident"
)

// Blobs keeps the bytes of files by tenant and id. An object store can implement it as well as Disk.
// Implementations are safe for concurrent use.
type Blobs interface {
	// Put streams at most max bytes from r and returns their number and SHA-256 in hex. Errors: TooLarge
	// (code "file_too_large") when there are more; nothing is kept then.
	Put(ctx context.Context, tenant, id ident.ID, r io.Reader, max int64) (size int64, sha256 string, err error)
	// Open returns the bytes. Errors: NotFound (code "file_not_found").
	Open(ctx context.Context, tenant, id ident.ID) (io.ReadCloser, error)
	// Delete removes the bytes; absent ones are no error.
	Delete(ctx context.Context, tenant, id ident.ID) error
	// Sweep removes what was begun before a time and never finished, as after a crash.
	Sweep(ctx context.Context, before time.Time) error
	// Each calls fn with the ids of a tenant's files that were finished before a time, some hundreds at
	// once, and stops at its first error. Fn may delete what it is given.
	Each(ctx context.Context, tenant ident.ID, before time.Time, fn func(ids []ident.ID) error) error
}
