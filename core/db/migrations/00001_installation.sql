-- +goose Up
-- What belongs to the installation and to no tenant. These tables have no row level security; only
-- the packages tenant, catalog and job, and the operator's pages, touch them.
create table tenants (
    id uuid not null,
    slug text not null,
    title jsonb not null,
    database text not null default 'main',
    attachment_quota bigint not null default 10737418240,
    created_at timestamptz not null,
    constraint tenants_pkey primary key (id),
    constraint tenants_slug_key unique (slug),
    constraint tenants_slug_form check (slug ~ '^[a-z][a-z0-9-]{1,31}$'),
    constraint tenants_quota_positive check (attachment_quota >= 0)
);

create table releases (
    digest text not null,
    system text not null,
    version text not null,
    title jsonb not null,
    files jsonb not null,
    registered_at timestamptz not null,
    activated_at timestamptz,
    state text not null default 'registered',
    constraint releases_pkey primary key (digest),
    constraint releases_version_key unique (system, version),
    constraint releases_state_known check (state in ('registered', 'active', 'previous'))
);

create unique index releases_one_active on releases (system) where state = 'active';

create unique index releases_one_previous on releases (system) where state = 'previous';

create table builds (
    sha256 text not null,
    release_digest text not null,
    path text not null,
    registered_at timestamptz not null,
    constraint builds_pkey primary key (sha256),
    constraint builds_release_fkey foreign key (release_digest) references releases (digest)
);

create table config_epoch (
    one boolean not null default true,
    epoch bigint not null default 1,
    constraint config_epoch_pkey primary key (one),
    constraint config_epoch_single check (one)
);

insert into config_epoch default values;

create table operators (
    id uuid not null,
    login text not null,
    name text not null,
    password_hash text not null,
    created_at timestamptz not null,
    constraint operators_pkey primary key (id),
    constraint operators_login_key unique (login),
    constraint operators_login_lower check (login = lower(login))
);

create table operator_sessions (
    digest bytea not null,
    operator_id uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    constraint operator_sessions_pkey primary key (digest),
    constraint operator_sessions_operator_fkey foreign key (operator_id) references operators (id) on delete cascade
);

-- One row: how far the dispatcher has turned events into jobs.
create table dispatcher (
    one boolean not null default true,
    xact_id xid8 not null default '0',
    tenant_id uuid not null default '00000000-0000-0000-0000-000000000000',
    ticket_id uuid not null default '00000000-0000-0000-0000-000000000000',
    seq bigint not null default 0,
    constraint dispatcher_pkey primary key (one),
    constraint dispatcher_single check (one)
);

insert into dispatcher default values;
