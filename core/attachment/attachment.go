// Package attachment is the files of tickets: their bytes on disk, their names and types as strangers
// send them, what they take of a tenant's quota, and the one-time links by which large ones come.
//
// It decides no rights (access and desk do) and knows no events beyond their numbers.
//
// Invariants:
//  1. A row exists only for bytes that are wholly on disk; what a crash leaves without a row, unfinished
//     or whole, is swept after a day.
//  2. A file is used by one event at most, and only by its uploader within a day.
//  3. The type of a file follows from its bytes, never from the sender's word.
package attachment

import (
	"math"
	"strconv"
	"time"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

// UsableFor is how long an uploaded file waits for the ticket or the answer that uses it.
const UsableFor = 24 * time.Hour

// File is one file of a tenant.
type File struct {
	Tenant ident.ID
	ID     ident.ID
	Desk   ident.ID
	// Uploader is nil for a file that came by a link.
	Uploader *ident.ID
	// Ticket is nil and Seq 0 until an event uses the file.
	Ticket *ident.ID
	Seq    int64
	// Name is what people see, StoredName what goes to systems that limit names (R0.20).
	Name        string
	StoredName  string
	ContentType string
	Size        int64
	SHA256      string
	CreatedAt   time.Time
	ErasedAt    *time.Time
}

// Link is a one-time address for one file that is too large for the form (R0.22).
type Link struct {
	Digest    []byte
	Ticket    ident.ID
	CreatedBy ident.ID
	Note      string
	MaxBytes  int64
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
}

// OverQuota is the answer to a file for which the tenant has no room: TooLarge (code
// "quota_exceeded", Args["limit"] in bytes, Args["megabytes"] for people).
func OverQuota(quota int64) error { return tooLarge("quota_exceeded", quota) }

// TooLarge is the answer to a file of more than limit bytes: TooLarge (code "file_too_large",
// Args["limit"] in bytes, Args["megabytes"] for people).
func TooLarge(limit int64) error { return tooLarge("file_too_large", limit) }

func tooLarge(code string, limit int64) error {
	const megabyte, hundredths = 1 << 20, 100
	megabytes := math.Floor(float64(limit)/megabyte*hundredths) / hundredths
	return errs.New(errs.TooLarge, code, "more bytes than allowed").
		With("limit", limit).With("megabytes", strconv.FormatFloat(megabytes, 'f', -1, 64))
}
