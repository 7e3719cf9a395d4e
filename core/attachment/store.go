package attachment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

// Insert adds a file that no event uses yet; charge its size in the same transaction.
func Insert(ctx context.Context, q db.Querier, tenant ident.ID, f File) error {
	if _, err := q.Exec(ctx, `
		insert into attachments (tenant_id, id, desk_id, uploader_id, name, stored_name, content_type, size, sha256, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		tenant, f.ID, f.Desk, f.Uploader, f.Name, f.StoredName, f.ContentType, f.Size, f.SHA256, f.CreatedAt); err != nil {
		return fmt.Errorf("insert file: %w", err)
	}
	return nil
}

// ByID returns a file that was not erased. Errors: NotFound (code "file_not_found").
func ByID(ctx context.Context, q db.Querier, tenant, id ident.ID) (File, error) {
	rows, err := q.Query(ctx, `
		select tenant_id, id, desk_id, uploader_id, ticket_id, coalesce(seq, 0), name, stored_name, content_type, size, sha256, created_at, erased_at
		from attachments
		where tenant_id = $1 and id = $2 and erased_at is null
		limit 1`, tenant, id)
	if err != nil {
		return File{}, fmt.Errorf("read file: %w", err)
	}
	f, err := pgx.CollectExactlyOneRow(rows, scanFile)
	if errors.Is(err, pgx.ErrNoRows) {
		return File{}, errs.Wrap(errs.NotFound, "file_not_found", err)
	}
	if err != nil {
		return File{}, fmt.Errorf("read file: %w", err)
	}
	return f, nil
}

// OfTicket returns the files of a ticket, erased ones too, in the order of its events; at most 5,000.
func OfTicket(ctx context.Context, q db.Querier, tenant, ticket ident.ID) ([]File, error) {
	rows, err := q.Query(ctx, `
		select tenant_id, id, desk_id, uploader_id, ticket_id, coalesce(seq, 0), name, stored_name, content_type, size, sha256, created_at, erased_at
		from attachments
		where tenant_id = $1 and ticket_id = $2
		order by seq, id
		limit 5000`, tenant, ticket)
	return collect(rows, err)
}

// Usable returns the files of these ids that the uploader may use on the desk now, and locks them
// until the transaction ends, so that two events cannot use one file; at most 1,000. Errors: Invalid
// (code "attachment_not_usable") when any of them is somebody else's, of another desk, used, or older
// than [UsableFor].
func Usable(ctx context.Context, q db.Querier, tenant, uploader, desk ident.ID, ids []ident.ID, now time.Time) ([]File, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := q.Query(ctx, `
		select tenant_id, id, desk_id, uploader_id, ticket_id, coalesce(seq, 0), name, stored_name, content_type, size, sha256, created_at, erased_at
		from attachments
		where tenant_id = $1 and id = any ($2) and uploader_id = $3 and desk_id = $4
			and ticket_id is null and erased_at is null and created_at > $5
		order by id
		limit 1000
		for update`, tenant, ids, uploader, desk, now.Add(-UsableFor))
	files, err := collect(rows, err)
	if err != nil {
		return nil, err
	}
	if len(files) != len(ids) {
		return nil, errs.New(errs.Invalid, "attachment_not_usable", "a file is not the uploader's, used, or too old")
	}
	return files, nil
}

// Claim gives files to an event of a ticket. Errors: Invalid (code "attachment_not_usable") when an
// event has used one of them.
func Claim(ctx context.Context, q db.Querier, tenant ident.ID, ids []ident.ID, ticket ident.ID, seq int64) error {
	if len(ids) == 0 {
		return nil
	}
	tag, err := q.Exec(ctx, `
		update attachments set ticket_id = $3, seq = $4
		where tenant_id = $1 and id = any ($2) and ticket_id is null and erased_at is null`, tenant, ids, ticket, seq)
	if err != nil {
		return fmt.Errorf("claim files: %w", err)
	}
	if tag.RowsAffected() != int64(len(ids)) {
		return errs.New(errs.Invalid, "attachment_not_usable", "a file was used by another event")
	}
	return nil
}

// Usage returns how many bytes a tenant's files take.
func Usage(ctx context.Context, q db.Querier, tenant ident.ID) (int64, error) {
	var used int64
	if err := q.QueryRow(ctx, `
		select coalesce(sum(bytes), 0)::bigint from attachment_usage where tenant_id = $1 limit 1`, tenant).Scan(&used); err != nil {
		return 0, fmt.Errorf("read usage: %w", err)
	}
	return used, nil
}

// Charge adds a file's size to the tenant's usage. Errors: TooLarge (code "quota_exceeded",
// Args["limit"] in bytes).
func Charge(ctx context.Context, q db.Querier, tenant ident.ID, size, quota int64) error {
	tag, err := q.Exec(ctx, `
		insert into attachment_usage (tenant_id, bytes)
		select $1::uuid, $2::bigint where $2::bigint <= $3::bigint
		on conflict (tenant_id) do update set bytes = attachment_usage.bytes + excluded.bytes
		where attachment_usage.bytes + excluded.bytes <= $3::bigint`, tenant, size, quota)
	if err != nil {
		return fmt.Errorf("charge usage: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return OverQuota(quota)
	}
	return nil
}

// CountUnused returns how many files of an uploader no event has used, up to 1,000.
func CountUnused(ctx context.Context, q db.Querier, tenant, uploader ident.ID) (int64, error) {
	var count int64
	if err := q.QueryRow(ctx, `
		select count(*) from (
			select 1 from attachments
			where tenant_id = $1 and uploader_id = $2 and ticket_id is null and erased_at is null
			limit 1000) as unused`, tenant, uploader).Scan(&count); err != nil {
		return 0, fmt.Errorf("count unused files: %w", err)
	}
	return count, nil
}

// TakeUnused marks files that no event used within [UsableFor] as gone and returns their ids, at most
// limit. A file that was taken before and not forgotten, as after a crash, is taken again.
func TakeUnused(ctx context.Context, q db.Querier, tenant ident.ID, now time.Time, limit int) ([]ident.ID, error) {
	rows, err := q.Query(ctx, `
		update attachments set erased_at = $3
		where tenant_id = $1 and id in (
			select a.id from attachments a
			where a.tenant_id = $1 and a.ticket_id is null and a.created_at <= $2
			order by a.created_at
			limit $4
			for update skip locked)
		returning id`, tenant, now.Add(-UsableFor), now, limit)
	if err != nil {
		return nil, fmt.Errorf("take unused files: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("take unused files: %w", err)
	}
	return ids, nil
}

// Forget removes the rows of taken files whose bytes are deleted, and gives their room back.
func Forget(ctx context.Context, q db.Querier, tenant ident.ID, ids []ident.ID) error {
	rows, err := q.Query(ctx, `
		delete from attachments
		where tenant_id = $1 and id = any ($2) and ticket_id is null and erased_at is not null
		returning size`, tenant, ids)
	if err != nil {
		return fmt.Errorf("forget files: %w", err)
	}
	sizes, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("forget files: %w", err)
	}
	return release(ctx, q, tenant, sizes)
}

// Erase blanks the names, digests and sizes of used files (152-FZ) and gives their room back. Delete
// the bytes of the returned ids after the commit.
func Erase(ctx context.Context, q db.Querier, tenant ident.ID, ids []ident.ID, now time.Time) ([]ident.ID, error) {
	rows, err := q.Query(ctx, `
		select tenant_id, id, desk_id, uploader_id, ticket_id, coalesce(seq, 0), name, stored_name, content_type, size, sha256, created_at, erased_at
		from attachments
		where tenant_id = $1 and id = any ($2) and erased_at is null
		limit 5000
		for update`, tenant, ids)
	files, err := collect(rows, err)
	if err != nil {
		return nil, err
	}
	erased, sizes := make([]ident.ID, 0, len(files)), make([]int64, 0, len(files))
	for _, f := range files {
		erased, sizes = append(erased, f.ID), append(sizes, f.Size)
	}
	if _, err := q.Exec(ctx, `
		update attachments set name = '', stored_name = '', sha256 = '', size = 0, uploader_id = null, erased_at = $3
		where tenant_id = $1 and id = any ($2)`, tenant, erased, now); err != nil {
		return nil, fmt.Errorf("erase files: %w", err)
	}
	return erased, release(ctx, q, tenant, sizes)
}

func release(ctx context.Context, q db.Querier, tenant ident.ID, sizes []int64) error {
	var sum int64
	for _, size := range sizes {
		sum += size
	}
	if _, err := q.Exec(ctx, `
		update attachment_usage set bytes = greatest(bytes - $2::bigint, 0) where tenant_id = $1`, tenant, sum); err != nil {
		return fmt.Errorf("give room back: %w", err)
	}
	return nil
}

// InsertLink adds an upload link.
func InsertLink(ctx context.Context, q db.Querier, tenant ident.ID, l Link) error {
	if _, err := q.Exec(ctx, `
		insert into upload_links (tenant_id, digest, ticket_id, created_by, note, max_bytes, created_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tenant, l.Digest, l.Ticket, l.CreatedBy, l.Note, l.MaxBytes, l.CreatedAt, l.ExpiresAt); err != nil {
		return fmt.Errorf("insert upload link: %w", err)
	}
	return nil
}

// BlankLinks queues the blanking of what a person wrote on his links (152-FZ).
func BlankLinks(b *pgx.Batch, tenant, person ident.ID) {
	b.Queue(`update upload_links set note = '' where tenant_id = $1 and created_by = $2 and note <> ''`, tenant, person)
}

// LinkByDigest returns a link that may be used now. Errors: NotFound (code "upload_link_used") for one
// that is unknown, used or expired.
func LinkByDigest(ctx context.Context, q db.Querier, tenant ident.ID, digest []byte, now time.Time) (Link, error) {
	var l Link
	err := q.QueryRow(ctx, `
		select digest, ticket_id, created_by, note, max_bytes, created_at, expires_at
		from upload_links
		where tenant_id = $1 and digest = $2 and used_at is null and expires_at > $3
		limit 1`, tenant, digest, now).Scan(&l.Digest, &l.Ticket, &l.CreatedBy, &l.Note, &l.MaxBytes, &l.CreatedAt, &l.ExpiresAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return Link{}, errs.Wrap(errs.NotFound, "upload_link_used", err)
	}
	if err != nil {
		return Link{}, fmt.Errorf("read upload link: %w", err)
	}
	return l, nil
}

// UseLink marks a link as used, once. Errors: NotFound (code "upload_link_used").
func UseLink(ctx context.Context, q db.Querier, tenant ident.ID, digest []byte, now time.Time) error {
	tag, err := q.Exec(ctx, `
		update upload_links set used_at = $3
		where tenant_id = $1 and digest = $2 and used_at is null and expires_at > $3`, tenant, digest, now)
	if err != nil {
		return fmt.Errorf("use upload link: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return errs.New(errs.NotFound, "upload_link_used", "the link was used or has expired")
	}
	return nil
}

// ForgetLinks removes links that expired before a time.
func ForgetLinks(ctx context.Context, q db.Querier, tenant ident.ID, before time.Time) error {
	if _, err := q.Exec(ctx, `
		delete from upload_links where tenant_id = $1 and expires_at < $2`, tenant, before); err != nil {
		return fmt.Errorf("forget upload links: %w", err)
	}
	return nil
}

func collect(rows pgx.Rows, err error) ([]File, error) {
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanFile)
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	return all, nil
}

func scanFile(row pgx.CollectableRow) (File, error) {
	var f File
	err := row.Scan(&f.Tenant, &f.ID, &f.Desk, &f.Uploader, &f.Ticket, &f.Seq, &f.Name, &f.StoredName, &f.ContentType, &f.Size,
		&f.SHA256, &f.CreatedAt, &f.ErasedAt)
	return f, err
}

// UnusedOf reads the files of an uploader that no event has used.
func UnusedOf(ctx context.Context, q db.Querier, tenant, uploader ident.ID) ([]ident.ID, error) {
	rows, err := q.Query(ctx, `
		select id from attachments
		where tenant_id = $1 and uploader_id = $2 and ticket_id is null and erased_at is null
		limit 1000`, tenant, uploader)
	if err != nil {
		return nil, fmt.Errorf("select unused files: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("scan unused files: %w", err)
	}
	return ids, nil
}

// existing returns those of the ids that have a row, erased ones too.
func existing(ctx context.Context, q db.Querier, tenant ident.ID, ids []ident.ID) ([]ident.ID, error) {
	rows, err := q.Query(ctx, `
		select id from attachments
		where tenant_id = $1 and id = any ($2) and erased_at is null
		limit 1000`, tenant, ids)
	if err != nil {
		return nil, fmt.Errorf("select files: %w", err)
	}
	known, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("scan files: %w", err)
	}
	return known, nil
}
