-- +goose Up
-- A trusted extension: it lets one GIN index begin with tenant_id.
create extension if not exists btree_gin;

-- The row that lists read; a ticket's state is the fold of its events, and this row equals it.
create table tickets (
    tenant_id uuid not null,
    id uuid not null,
    desk_id uuid not null,
    number text collate "C" not null,
    release_digest text not null,
    form text not null,
    form_version integer not null,
    channel text not null,
    subject text not null,
    fields jsonb not null,
    status text not null,
    category text not null,
    priority text not null,
    queue text not null,
    line text not null,
    seen_by_lines text[] not null,
    assignee_id uuid,
    requester_id uuid not null,
    organisation_id uuid,
    deadline_case text not null default '',
    deadline_at timestamptz,
    duplicate_of uuid,
    reopened integer not null default 0,
    version bigint not null,
    last_seq bigint not null,
    requester_seq bigint not null,
    answer_seq bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    closed_at timestamptz,
    erased_at timestamptz,
    constraint tickets_pkey primary key (tenant_id, id),
    constraint tickets_number_key unique (tenant_id, number),
    constraint tickets_desk_fkey foreign key (tenant_id, desk_id) references desks (tenant_id, id),
    constraint tickets_release_fkey foreign key (release_digest) references releases (digest),
    constraint tickets_assignee_fkey foreign key (tenant_id, assignee_id) references people (tenant_id, id),
    constraint tickets_requester_fkey foreign key (tenant_id, requester_id) references people (tenant_id, id),
    constraint tickets_organisation_fkey foreign key (tenant_id, organisation_id) references organisations (tenant_id, id),
    constraint tickets_base_fkey foreign key (tenant_id, duplicate_of) references tickets (tenant_id, id),
    constraint tickets_category_known check (category in ('new', 'open', 'waiting', 'done')),
    constraint tickets_channel_known check (channel in ('portal', 'api', 'phone', 'mail')),
    constraint tickets_not_own_duplicate check (duplicate_of <> id),
    constraint tickets_seq_positive check (last_seq >= 1 and version >= 1),
    constraint tickets_closed_when_done check ((category = 'done') = (closed_at is not null))
);

create index tickets_by_queue on tickets (tenant_id, desk_id, queue, category, updated_at desc, id desc);

create index tickets_by_desk on tickets (tenant_id, desk_id, updated_at desc, id desc);

create index tickets_by_requester on tickets (tenant_id, requester_id, updated_at desc, id desc);

create index tickets_by_organisation on tickets (tenant_id, organisation_id, updated_at desc, id desc);

create index tickets_by_assignee on tickets (tenant_id, assignee_id, updated_at desc, id desc) where assignee_id is not null;

create index tickets_open on tickets (tenant_id, desk_id, queue, status) where category <> 'done';

create index tickets_by_base on tickets (tenant_id, duplicate_of) where duplicate_of is not null;

-- The append-only log. data holds keys, pointers and identifiers; body the texts and values that a
-- person wrote, which alone may be blanked later (152-FZ).
create table ticket_events (
    tenant_id uuid not null,
    ticket_id uuid not null,
    seq bigint not null,
    kind text not null,
    actor_kind text not null,
    actor_id uuid,
    at timestamptz not null,
    data jsonb not null,
    body jsonb,
    erased_at timestamptz,
    xact_id xid8 not null default pg_current_xact_id(),
    constraint ticket_events_pkey primary key (tenant_id, ticket_id, seq),
    constraint ticket_events_ticket_fkey foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
    constraint ticket_events_actor_kind_known check (actor_kind in ('requester', 'agent', 'administrator', 'system')),
    constraint ticket_events_kind_known check (kind in ('submitted', 'commented', 'noted', 'transitioned', 'assigned', 'handed_over', 'edited', 'classified', 'erased'))
);

create index ticket_events_feed on ticket_events (xact_id, tenant_id, ticket_id, seq);

create index ticket_events_by_actor on ticket_events (tenant_id, actor_id);

-- The words of a ticket, apart from its row: a row with a tsvector and a GIN index would be written
-- anew at each change of status. internal holds the words of internal notes, which requesters never
-- search.
create table ticket_search (
    tenant_id uuid not null,
    ticket_id uuid not null,
    words tsvector not null,
    internal tsvector not null default '',
    constraint ticket_search_pkey primary key (tenant_id, ticket_id),
    constraint ticket_search_ticket_fkey foreign key (tenant_id, ticket_id) references tickets (tenant_id, id)
);

create index ticket_search_words on ticket_search using gin (tenant_id, words);

create index ticket_search_internal on ticket_search using gin (tenant_id, internal) where internal <> '';

-- The values of a form's duplicate_key, so that candidates are found by an index (R4.35).
create table ticket_keys (
    tenant_id uuid not null,
    desk_id uuid not null,
    value text not null,
    ticket_id uuid not null,
    constraint ticket_keys_pkey primary key (tenant_id, desk_id, value, ticket_id),
    constraint ticket_keys_ticket_fkey foreign key (tenant_id, ticket_id) references tickets (tenant_id, id)
);

create index ticket_keys_by_ticket on ticket_keys (tenant_id, ticket_id);

-- The outcome of one pass of a rule set, with what its rules read.
create table decisions (
    tenant_id uuid not null,
    ticket_id uuid not null,
    seq bigint not null,
    at timestamptz not null,
    release_digest text not null,
    revision bigint not null,
    digest text not null,
    input jsonb,
    outcomes jsonb,
    constraint decisions_pkey primary key (tenant_id, ticket_id, seq),
    constraint decisions_ticket_fkey foreign key (tenant_id, ticket_id) references tickets (tenant_id, id)
);

create index decisions_by_age on decisions (tenant_id, at);

-- How far a person has read a ticket (R0.17).
create table ticket_reads (
    tenant_id uuid not null,
    person_id uuid not null,
    ticket_id uuid not null,
    seq bigint not null,
    constraint ticket_reads_pkey primary key (tenant_id, person_id, ticket_id),
    constraint ticket_reads_person_fkey foreign key (tenant_id, person_id) references people (tenant_id, id),
    constraint ticket_reads_ticket_fkey foreign key (tenant_id, ticket_id) references tickets (tenant_id, id)
);

create index ticket_reads_by_ticket on ticket_reads (tenant_id, ticket_id);

-- Identifiers and digests only; a row is kept seven days.
create table idempotency_keys (
    tenant_id uuid not null,
    person_id uuid not null,
    route text not null,
    key text not null,
    body_digest bytea not null,
    ticket_id uuid not null,
    seq bigint not null,
    created_at timestamptz not null,
    constraint idempotency_keys_pkey primary key (tenant_id, person_id, route, key),
    constraint idempotency_keys_tenant_fkey foreign key (tenant_id) references tenants (id)
);

create index idempotency_keys_by_age on idempotency_keys (tenant_id, created_at);
