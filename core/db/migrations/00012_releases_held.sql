-- +goose Up
-- Which releases still have tickets is asked before another one is activated.
create index tickets_by_release on tickets (tenant_id, release_digest);
