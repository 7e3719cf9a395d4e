-- +goose Up
-- What administrators see and change of a desk carries a version, as a ticket does.
alter table desks add column version bigint not null default 1;
alter table desks add constraint desks_version_positive check (version >= 1);

-- Entries of one desk are shown to its administrators; those of none concern the whole tenant.
alter table audit_log add column desk_id uuid;
alter table audit_log add constraint audit_log_desk_fkey foreign key (tenant_id, desk_id) references desks (tenant_id, id);

-- Figures count what was closed in a period from the index alone. Filing does not touch it: a ticket
-- comes into it when it is closed.
create index tickets_closed on tickets (tenant_id, desk_id, closed_at) include (created_at) where closed_at is not null;
