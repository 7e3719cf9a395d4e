-- +goose Up
-- A file; ticket_id and seq are set by the event that used it. The bytes lie in the blob store by id.
create table attachments (
    tenant_id uuid not null,
    id uuid not null,
    desk_id uuid not null,
    uploader_id uuid,
    ticket_id uuid,
    seq bigint,
    name text not null,
    stored_name text not null,
    content_type text not null,
    size bigint not null,
    sha256 text not null,
    created_at timestamptz not null,
    erased_at timestamptz,
    constraint attachments_pkey primary key (tenant_id, id),
    constraint attachments_desk_fkey foreign key (tenant_id, desk_id) references desks (tenant_id, id),
    constraint attachments_ticket_fkey foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
    constraint attachments_used_by_event check ((ticket_id is null) = (seq is null)),
    constraint attachments_size_positive check (size >= 0)
);

create index attachments_by_ticket on attachments (tenant_id, ticket_id, seq);

create index attachments_unused on attachments (tenant_id, created_at) where ticket_id is null;

-- How many bytes a tenant's files take, held against its quota.
create table attachment_usage (
    tenant_id uuid not null,
    bytes bigint not null,
    constraint attachment_usage_pkey primary key (tenant_id),
    constraint attachment_usage_tenant_fkey foreign key (tenant_id) references tenants (id),
    constraint attachment_usage_positive check (bytes >= 0)
);

-- A one-time address for one file that is too large for the form (R0.22).
create table upload_links (
    tenant_id uuid not null,
    digest bytea not null,
    ticket_id uuid not null,
    created_by uuid not null,
    note text not null,
    max_bytes bigint not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    constraint upload_links_pkey primary key (tenant_id, digest),
    constraint upload_links_ticket_fkey foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
    constraint upload_links_person_fkey foreign key (tenant_id, created_by) references people (tenant_id, id)
);

-- A letter rendered by a job from an event; key makes a repeated job render it once.
create table outbound_letters (
    tenant_id uuid not null,
    id uuid not null,
    key text not null,
    ticket_id uuid not null,
    seq bigint not null,
    template text not null,
    recipient_id uuid not null,
    address text not null,
    locale text not null,
    subject text not null,
    body text not null,
    state text not null default 'rendered',
    created_at timestamptz not null,
    erased_at timestamptz,
    constraint outbound_letters_pkey primary key (tenant_id, id),
    constraint outbound_letters_key_key unique (tenant_id, key),
    constraint outbound_letters_ticket_fkey foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
    constraint outbound_letters_person_fkey foreign key (tenant_id, recipient_id) references people (tenant_id, id),
    constraint outbound_letters_state_known check (state in ('rendered', 'sent', 'failed'))
);

create index outbound_letters_by_ticket on outbound_letters (tenant_id, ticket_id, seq);

create table rule_revisions (
    tenant_id uuid not null,
    desk_id uuid not null,
    revision bigint not null,
    release_digest text not null,
    overlay jsonb not null,
    digest text not null,
    state text not null,
    author_id uuid not null,
    note text not null default '',
    created_at timestamptz not null,
    constraint rule_revisions_pkey primary key (tenant_id, desk_id, revision),
    constraint rule_revisions_desk_fkey foreign key (tenant_id, desk_id) references desks (tenant_id, id),
    constraint rule_revisions_author_fkey foreign key (tenant_id, author_id) references people (tenant_id, id),
    constraint rule_revisions_state_known check (state in ('draft', 'checked', 'tested', 'replayed', 'published'))
);

create table rule_active (
    tenant_id uuid not null,
    desk_id uuid not null,
    revision bigint not null,
    constraint rule_active_pkey primary key (tenant_id, desk_id),
    constraint rule_active_revision_fkey foreign key (tenant_id, desk_id, revision) references rule_revisions (tenant_id, desk_id, revision)
);
