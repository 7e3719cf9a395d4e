-- +goose Up
create table desks (
    tenant_id uuid not null,
    id uuid not null,
    slug text not null,
    system text not null,
    title jsonb not null,
    prefix text not null,
    settings jsonb not null,
    created_at timestamptz not null,
    constraint desks_pkey primary key (tenant_id, id),
    constraint desks_tenant_fkey foreign key (tenant_id) references tenants (id),
    constraint desks_slug_key unique (tenant_id, slug),
    constraint desks_prefix_key unique (tenant_id, prefix),
    constraint desks_slug_form check (slug ~ '^[a-z][a-z0-9-]{1,31}$'),
    constraint desks_prefix_form check (prefix ~ '^[A-Z]{2,10}$')
);

-- One counter row a desk: filing on one desk waits for nobody on another.
create table desk_counters (
    tenant_id uuid not null,
    desk_id uuid not null,
    value bigint not null,
    constraint desk_counters_pkey primary key (tenant_id, desk_id),
    constraint desk_counters_desk_fkey foreign key (tenant_id, desk_id) references desks (tenant_id, id)
);

-- The values that a desk added to the lists of its system, or retired.
create table reference_lists (
    tenant_id uuid not null,
    desk_id uuid not null,
    list text not null,
    key text not null,
    title jsonb not null,
    retired boolean not null default false,
    position integer not null default 0,
    constraint reference_lists_pkey primary key (tenant_id, desk_id, list, key),
    constraint reference_lists_desk_fkey foreign key (tenant_id, desk_id) references desks (tenant_id, id),
    constraint reference_lists_key_length check (length(key) between 1 and 254)
);

create table organisations (
    tenant_id uuid not null,
    id uuid not null,
    inn text,
    name text not null,
    created_at timestamptz not null,
    constraint organisations_pkey primary key (tenant_id, id),
    constraint organisations_tenant_fkey foreign key (tenant_id) references tenants (id),
    constraint organisations_inn_key unique (tenant_id, inn)
);

-- login is the address that one signs in with: people without one (registered on the phone, by a
-- letter, by a public form) may share an address with anybody.
create table people (
    tenant_id uuid not null,
    id uuid not null,
    login text,
    password_hash text,
    name text not null,
    email text not null default '',
    phone text not null default '',
    position text not null default '',
    kind text not null default 'staff',
    verified boolean not null default false,
    locale text not null default 'ru',
    organisation_id uuid,
    created_at timestamptz not null,
    erased_at timestamptz,
    constraint people_pkey primary key (tenant_id, id),
    constraint people_tenant_fkey foreign key (tenant_id) references tenants (id),
    constraint people_login_key unique (tenant_id, login),
    constraint people_login_lower check (login = lower(login)),
    constraint people_kind_known check (kind in ('staff', 'citizen')),
    constraint people_organisation_fkey foreign key (tenant_id, organisation_id) references organisations (tenant_id, id)
);

create index people_by_email on people (tenant_id, lower(email));

create index people_by_organisation on people (tenant_id, organisation_id);

-- Everybody may file; a row here makes somebody an agent of a line or an administrator of a desk.
create table memberships (
    tenant_id uuid not null,
    desk_id uuid not null,
    person_id uuid not null,
    role text not null,
    line text not null default '',
    created_at timestamptz not null,
    constraint memberships_pkey primary key (tenant_id, desk_id, person_id, role),
    constraint memberships_desk_fkey foreign key (tenant_id, desk_id) references desks (tenant_id, id),
    constraint memberships_person_fkey foreign key (tenant_id, person_id) references people (tenant_id, id),
    constraint memberships_role_known check (role in ('agent', 'administrator')),
    constraint memberships_line_of_agents check ((role = 'agent') = (line <> ''))
);

create index memberships_by_person on memberships (tenant_id, person_id);

-- digest is the SHA-256 of a bearer's 256 random bits. ticket_id is set for a follow token, which
-- reads that one ticket and nothing else.
create table sessions (
    tenant_id uuid not null,
    digest bytea not null,
    person_id uuid not null,
    ticket_id uuid,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    constraint sessions_pkey primary key (tenant_id, digest),
    constraint sessions_person_fkey foreign key (tenant_id, person_id) references people (tenant_id, id)
);

create index sessions_by_person on sessions (tenant_id, person_id);

create table audit_log (
    tenant_id uuid not null,
    id uuid not null,
    at timestamptz not null,
    actor text not null,
    action text not null,
    object text not null,
    data jsonb not null default '{}',
    constraint audit_log_pkey primary key (tenant_id, id),
    constraint audit_log_tenant_fkey foreign key (tenant_id) references tenants (id)
);
