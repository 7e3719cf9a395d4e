-- The schema as the migrations leave it. Written by the test of this package with -update.

table answer_templates
    tenant_id uuid not null
    id uuid not null
    desk_id uuid not null
    title text not null
    text text not null
    transition text not null
    visibility text not null
    created_at timestamp with time zone not null
    updated_at timestamp with time zone not null
    row level security forced

table attachment_usage
    tenant_id uuid not null
    bytes bigint not null
    row level security forced

table attachments
    tenant_id uuid not null
    id uuid not null
    desk_id uuid not null
    uploader_id uuid
    ticket_id uuid
    seq bigint
    name text not null
    stored_name text not null
    content_type text not null
    size bigint not null
    sha256 text not null
    created_at timestamp with time zone not null
    erased_at timestamp with time zone
    row level security forced

table audit_log
    tenant_id uuid not null
    id uuid not null
    at timestamp with time zone not null
    actor text not null
    action text not null
    object text not null
    data jsonb not null default '{}'::jsonb
    desk_id uuid
    row level security forced

table builds
    sha256 text not null
    release_digest text not null
    path text not null
    registered_at timestamp with time zone not null
    row level security off

table config_epoch
    one boolean not null default true
    epoch bigint not null default 1
    row level security off

table decisions
    tenant_id uuid not null
    ticket_id uuid not null
    seq bigint not null
    at timestamp with time zone not null
    release_digest text not null
    revision bigint not null
    digest text not null
    input jsonb
    outcomes jsonb
    row level security forced

table desk_counters
    tenant_id uuid not null
    desk_id uuid not null
    value bigint not null
    row level security forced

table desks
    tenant_id uuid not null
    id uuid not null
    slug text not null
    system text not null
    title jsonb not null
    prefix text not null
    settings jsonb not null
    created_at timestamp with time zone not null
    version bigint not null default 1
    row level security forced

table dispatcher
    one boolean not null default true
    xact_id xid8 not null default '0'::xid8
    tenant_id uuid not null default '00000000-0000-0000-0000-000000000000'::uuid
    ticket_id uuid not null default '00000000-0000-0000-0000-000000000000'::uuid
    seq bigint not null default 0
    row level security off

table idempotency_keys
    tenant_id uuid not null
    person_id uuid not null
    route text not null
    key text not null
    body_digest bytea not null
    ticket_id uuid not null
    seq bigint not null
    created_at timestamp with time zone not null
    row level security forced

table memberships
    tenant_id uuid not null
    desk_id uuid not null
    person_id uuid not null
    role text not null
    line text not null default ''::text
    created_at timestamp with time zone not null
    row level security forced

table operator_sessions
    digest bytea not null
    operator_id uuid not null
    created_at timestamp with time zone not null
    expires_at timestamp with time zone not null
    row level security off

table operators
    id uuid not null
    login text not null
    name text not null
    password_hash text not null
    created_at timestamp with time zone not null
    signed_in_from jsonb not null default '{}'::jsonb
    row level security off

table organisations
    tenant_id uuid not null
    id uuid not null
    inn text
    name text not null
    created_at timestamp with time zone not null
    words tsvector not null default array_to_tsvector(array_remove((regexp_split_to_array(translate(lower("left"(name, 500)), 'ё'::text, 'е'::text), '[^[:alnum:]]+'::text) || COALESCE("left"(inn, 12), ''::text)), ''::text))
    row level security forced

table outbound_letters
    tenant_id uuid not null
    id uuid not null
    key text not null
    ticket_id uuid not null
    seq bigint not null
    template text not null
    recipient_id uuid not null
    address text not null
    locale text not null
    subject text not null
    body text not null
    state text not null default 'rendered'::text
    created_at timestamp with time zone not null
    erased_at timestamp with time zone
    row level security forced

table people
    tenant_id uuid not null
    id uuid not null
    login text
    password_hash text
    name text not null
    email text not null default ''::text
    phone text not null default ''::text
    position text not null default ''::text
    kind text not null default 'staff'::text
    verified boolean not null default false
    locale text not null default 'ru'::text
    organisation_id uuid
    created_at timestamp with time zone not null
    erased_at timestamp with time zone
    words tsvector not null default array_to_tsvector(array_remove(((regexp_split_to_array(translate(lower("left"(name, 500)), 'ё'::text, 'е'::text), '[^[:alnum:]]+'::text) || regexp_split_to_array(lower("left"(split_part(email, '@'::text, 1), 254)), '[^[:alnum:]]+'::text)) || ARRAY[lower("left"(email, 254)), lower("left"(split_part(email, '@'::text, 2), 254)), regexp_replace(regexp_replace("left"(phone, 64), '(доб|вн|ext|#|,).*$'::text, ''::text, 'i'::text), '\D'::text, ''::text, 'g'::text), regexp_replace(regexp_replace(regexp_replace("left"(phone, 64), '(доб|вн|ext|#|,).*$'::text, ''::text, 'i'::text), '\D'::text, ''::text, 'g'::text), '^[78](\d{10})$'::text, '\1'::text), regexp_replace(('<'::text || reverse(regexp_replace(regexp_replace("left"(phone, 64), '(доб|вн|ext|#|,).*$'::text, ''::text, 'i'::text), '\D'::text, ''::text, 'g'::text))), '^<$'::text, ''::text)]), ''::text))
    signed_in_from jsonb not null default '{}'::jsonb
    row level security forced

table reference_lists
    tenant_id uuid not null
    desk_id uuid not null
    list text not null
    key text not null
    title jsonb not null
    retired boolean not null default false
    position integer not null default 0
    row level security forced

table releases
    digest text not null
    system text not null
    version text not null
    title jsonb not null
    files jsonb not null
    registered_at timestamp with time zone not null
    activated_at timestamp with time zone
    state text not null default 'registered'::text
    row level security off

table rule_active
    tenant_id uuid not null
    desk_id uuid not null
    revision bigint not null
    row level security forced

table rule_revisions
    tenant_id uuid not null
    desk_id uuid not null
    revision bigint not null
    release_digest text not null
    overlay jsonb not null
    digest text not null
    state text not null
    author_id uuid not null
    note text not null default ''::text
    created_at timestamp with time zone not null
    row level security forced

table saved_views
    tenant_id uuid not null
    id uuid not null
    desk_id uuid not null
    owner_id uuid not null
    shared boolean not null
    title text not null
    query text not null
    created_at timestamp with time zone not null
    updated_at timestamp with time zone not null
    row level security forced

table sessions
    tenant_id uuid not null
    digest bytea not null
    person_id uuid not null
    ticket_id uuid
    created_at timestamp with time zone not null
    expires_at timestamp with time zone not null
    row level security forced

table tenants
    id uuid not null
    slug text not null
    title jsonb not null
    database text not null default 'main'::text
    attachment_quota bigint not null default '10737418240'::bigint
    created_at timestamp with time zone not null
    row level security off

table ticket_events
    tenant_id uuid not null
    ticket_id uuid not null
    seq bigint not null
    kind text not null
    actor_kind text not null
    actor_id uuid
    at timestamp with time zone not null
    data jsonb not null
    body jsonb
    erased_at timestamp with time zone
    xact_id xid8 not null default pg_current_xact_id()
    row level security forced

table ticket_keys
    tenant_id uuid not null
    desk_id uuid not null
    value text not null
    ticket_id uuid not null
    row level security forced

table ticket_presence
    tenant_id uuid not null
    ticket_id uuid not null
    person_id uuid not null
    writing boolean not null
    since timestamp with time zone not null
    seen_at timestamp with time zone not null
    row level security forced

table ticket_reads
    tenant_id uuid not null
    person_id uuid not null
    ticket_id uuid not null
    seq bigint not null
    row level security forced

table ticket_search
    tenant_id uuid not null
    ticket_id uuid not null
    words tsvector not null
    internal tsvector not null default ''::tsvector
    spans text[] not null default ARRAY["left"((ticket_id)::text, 3), "left"((ticket_id)::text, 4), "left"((ticket_id)::text, 5), "left"((ticket_id)::text, 6), "left"((ticket_id)::text, 7), "left"((ticket_id)::text, 8), "left"((ticket_id)::text, 10), "left"((ticket_id)::text, 11)]
    row level security forced

table tickets
    tenant_id uuid not null
    id uuid not null
    desk_id uuid not null
    number text collate "C" not null
    release_digest text not null
    form text not null
    form_version integer not null
    channel text not null
    subject text not null
    fields jsonb not null
    status text not null
    category text not null
    priority text not null
    queue text not null
    line text not null
    seen_by_lines text[] not null
    assignee_id uuid
    requester_id uuid not null
    organisation_id uuid
    deadline_case text not null default ''::text
    deadline_at timestamp with time zone
    duplicate_of uuid
    reopened integer not null default 0
    version bigint not null
    last_seq bigint not null
    requester_seq bigint not null
    answer_seq bigint not null
    created_at timestamp with time zone not null
    updated_at timestamp with time zone not null
    closed_at timestamp with time zone
    erased_at timestamp with time zone
    row level security forced

table upload_links
    tenant_id uuid not null
    digest bytea not null
    ticket_id uuid not null
    created_by uuid not null
    note text not null
    max_bytes bigint not null
    created_at timestamp with time zone not null
    expires_at timestamp with time zone not null
    used_at timestamp with time zone
    row level security forced

constraint answer_templates.answer_templates_desk_fkey FOREIGN KEY (tenant_id, desk_id) REFERENCES desks(tenant_id, id)

constraint answer_templates.answer_templates_pkey PRIMARY KEY (tenant_id, id)

constraint answer_templates.answer_templates_text_length CHECK (((length(text) >= 1) AND (length(text) <= 10000)))

constraint answer_templates.answer_templates_title_length CHECK (((length(title) >= 1) AND (length(title) <= 200)))

constraint answer_templates.answer_templates_visibility_known CHECK ((visibility = ANY (ARRAY['public'::text, 'internal'::text])))

constraint attachment_usage.attachment_usage_pkey PRIMARY KEY (tenant_id)

constraint attachment_usage.attachment_usage_positive CHECK ((bytes >= 0))

constraint attachment_usage.attachment_usage_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)

constraint attachments.attachments_desk_fkey FOREIGN KEY (tenant_id, desk_id) REFERENCES desks(tenant_id, id)

constraint attachments.attachments_pkey PRIMARY KEY (tenant_id, id)

constraint attachments.attachments_size_positive CHECK ((size >= 0))

constraint attachments.attachments_ticket_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets(tenant_id, id)

constraint attachments.attachments_used_by_event CHECK (((ticket_id IS NULL) = (seq IS NULL)))

constraint audit_log.audit_log_desk_fkey FOREIGN KEY (tenant_id, desk_id) REFERENCES desks(tenant_id, id)

constraint audit_log.audit_log_pkey PRIMARY KEY (tenant_id, id)

constraint audit_log.audit_log_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)

constraint builds.builds_pkey PRIMARY KEY (sha256)

constraint builds.builds_release_fkey FOREIGN KEY (release_digest) REFERENCES releases(digest)

constraint config_epoch.config_epoch_pkey PRIMARY KEY (one)

constraint config_epoch.config_epoch_single CHECK (one)

constraint decisions.decisions_pkey PRIMARY KEY (tenant_id, ticket_id, seq)

constraint decisions.decisions_ticket_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets(tenant_id, id)

constraint desk_counters.desk_counters_desk_fkey FOREIGN KEY (tenant_id, desk_id) REFERENCES desks(tenant_id, id)

constraint desk_counters.desk_counters_pkey PRIMARY KEY (tenant_id, desk_id)

constraint desks.desks_pkey PRIMARY KEY (tenant_id, id)

constraint desks.desks_prefix_form CHECK ((prefix ~ '^[A-Z]{2,10}$'::text))

constraint desks.desks_prefix_key UNIQUE (tenant_id, prefix)

constraint desks.desks_slug_form CHECK ((slug ~ '^[a-z][a-z0-9-]{1,31}$'::text))

constraint desks.desks_slug_key UNIQUE (tenant_id, slug)

constraint desks.desks_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)

constraint desks.desks_version_positive CHECK ((version >= 1))

constraint dispatcher.dispatcher_pkey PRIMARY KEY (one)

constraint dispatcher.dispatcher_single CHECK (one)

constraint idempotency_keys.idempotency_keys_pkey PRIMARY KEY (tenant_id, person_id, route, key)

constraint idempotency_keys.idempotency_keys_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)

constraint memberships.memberships_desk_fkey FOREIGN KEY (tenant_id, desk_id) REFERENCES desks(tenant_id, id)

constraint memberships.memberships_line_of_agents CHECK (((role = 'agent'::text) = (line <> ''::text)))

constraint memberships.memberships_person_fkey FOREIGN KEY (tenant_id, person_id) REFERENCES people(tenant_id, id)

constraint memberships.memberships_pkey PRIMARY KEY (tenant_id, desk_id, person_id, role)

constraint memberships.memberships_role_known CHECK ((role = ANY (ARRAY['agent'::text, 'administrator'::text])))

constraint operator_sessions.operator_sessions_operator_fkey FOREIGN KEY (operator_id) REFERENCES operators(id) ON DELETE CASCADE

constraint operator_sessions.operator_sessions_pkey PRIMARY KEY (digest)

constraint operators.operators_login_key UNIQUE (login)

constraint operators.operators_login_lower CHECK ((login = lower(login)))

constraint operators.operators_pkey PRIMARY KEY (id)

constraint organisations.organisations_inn_key UNIQUE (tenant_id, inn)

constraint organisations.organisations_pkey PRIMARY KEY (tenant_id, id)

constraint organisations.organisations_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)

constraint outbound_letters.outbound_letters_key_key UNIQUE (tenant_id, key)

constraint outbound_letters.outbound_letters_person_fkey FOREIGN KEY (tenant_id, recipient_id) REFERENCES people(tenant_id, id)

constraint outbound_letters.outbound_letters_pkey PRIMARY KEY (tenant_id, id)

constraint outbound_letters.outbound_letters_state_known CHECK ((state = ANY (ARRAY['rendered'::text, 'sent'::text, 'failed'::text])))

constraint outbound_letters.outbound_letters_ticket_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets(tenant_id, id)

constraint people.people_kind_known CHECK ((kind = ANY (ARRAY['staff'::text, 'citizen'::text])))

constraint people.people_login_key UNIQUE (tenant_id, login)

constraint people.people_login_lower CHECK ((login = lower(login)))

constraint people.people_organisation_fkey FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations(tenant_id, id)

constraint people.people_pkey PRIMARY KEY (tenant_id, id)

constraint people.people_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)

constraint reference_lists.reference_lists_desk_fkey FOREIGN KEY (tenant_id, desk_id) REFERENCES desks(tenant_id, id)

constraint reference_lists.reference_lists_key_length CHECK (((length(key) >= 1) AND (length(key) <= 254)))

constraint reference_lists.reference_lists_pkey PRIMARY KEY (tenant_id, desk_id, list, key)

constraint releases.releases_pkey PRIMARY KEY (digest)

constraint releases.releases_state_known CHECK ((state = ANY (ARRAY['registered'::text, 'active'::text, 'previous'::text])))

constraint releases.releases_version_key UNIQUE (system, version)

constraint rule_active.rule_active_pkey PRIMARY KEY (tenant_id, desk_id)

constraint rule_active.rule_active_revision_fkey FOREIGN KEY (tenant_id, desk_id, revision) REFERENCES rule_revisions(tenant_id, desk_id, revision)

constraint rule_revisions.rule_revisions_author_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES people(tenant_id, id)

constraint rule_revisions.rule_revisions_desk_fkey FOREIGN KEY (tenant_id, desk_id) REFERENCES desks(tenant_id, id)

constraint rule_revisions.rule_revisions_pkey PRIMARY KEY (tenant_id, desk_id, revision)

constraint rule_revisions.rule_revisions_state_known CHECK ((state = ANY (ARRAY['draft'::text, 'checked'::text, 'tested'::text, 'replayed'::text, 'published'::text])))

constraint saved_views.saved_views_desk_fkey FOREIGN KEY (tenant_id, desk_id) REFERENCES desks(tenant_id, id)

constraint saved_views.saved_views_owner_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES people(tenant_id, id)

constraint saved_views.saved_views_pkey PRIMARY KEY (tenant_id, id)

constraint saved_views.saved_views_query_length CHECK ((length(query) <= 1000))

constraint saved_views.saved_views_title_length CHECK (((length(title) >= 1) AND (length(title) <= 200)))

constraint sessions.sessions_person_fkey FOREIGN KEY (tenant_id, person_id) REFERENCES people(tenant_id, id)

constraint sessions.sessions_pkey PRIMARY KEY (tenant_id, digest)

constraint tenants.tenants_pkey PRIMARY KEY (id)

constraint tenants.tenants_quota_positive CHECK ((attachment_quota >= 0))

constraint tenants.tenants_slug_form CHECK ((slug ~ '^[a-z][a-z0-9-]{1,31}$'::text))

constraint tenants.tenants_slug_key UNIQUE (slug)

constraint ticket_events.ticket_events_actor_kind_known CHECK ((actor_kind = ANY (ARRAY['requester'::text, 'agent'::text, 'administrator'::text, 'system'::text])))

constraint ticket_events.ticket_events_kind_known CHECK ((kind = ANY (ARRAY['submitted'::text, 'commented'::text, 'noted'::text, 'transitioned'::text, 'assigned'::text, 'handed_over'::text, 'edited'::text, 'classified'::text, 'erased'::text])))

constraint ticket_events.ticket_events_pkey PRIMARY KEY (tenant_id, ticket_id, seq)

constraint ticket_events.ticket_events_ticket_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets(tenant_id, id)

constraint ticket_keys.ticket_keys_pkey PRIMARY KEY (tenant_id, desk_id, value, ticket_id)

constraint ticket_keys.ticket_keys_ticket_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets(tenant_id, id)

constraint ticket_presence.ticket_presence_person_fkey FOREIGN KEY (tenant_id, person_id) REFERENCES people(tenant_id, id)

constraint ticket_presence.ticket_presence_pkey PRIMARY KEY (tenant_id, ticket_id, person_id)

constraint ticket_presence.ticket_presence_since_before CHECK ((since <= seen_at))

constraint ticket_presence.ticket_presence_ticket_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets(tenant_id, id)

constraint ticket_reads.ticket_reads_person_fkey FOREIGN KEY (tenant_id, person_id) REFERENCES people(tenant_id, id)

constraint ticket_reads.ticket_reads_pkey PRIMARY KEY (tenant_id, person_id, ticket_id)

constraint ticket_reads.ticket_reads_ticket_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets(tenant_id, id)

constraint ticket_search.ticket_search_pkey PRIMARY KEY (tenant_id, ticket_id)

constraint ticket_search.ticket_search_ticket_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets(tenant_id, id)

constraint tickets.tickets_assignee_fkey FOREIGN KEY (tenant_id, assignee_id) REFERENCES people(tenant_id, id)

constraint tickets.tickets_base_fkey FOREIGN KEY (tenant_id, duplicate_of) REFERENCES tickets(tenant_id, id)

constraint tickets.tickets_category_known CHECK ((category = ANY (ARRAY['new'::text, 'open'::text, 'waiting'::text, 'done'::text])))

constraint tickets.tickets_channel_known CHECK ((channel = ANY (ARRAY['portal'::text, 'api'::text, 'phone'::text, 'mail'::text])))

constraint tickets.tickets_closed_when_done CHECK (((category = 'done'::text) = (closed_at IS NOT NULL)))

constraint tickets.tickets_desk_fkey FOREIGN KEY (tenant_id, desk_id) REFERENCES desks(tenant_id, id)

constraint tickets.tickets_not_own_duplicate CHECK ((duplicate_of <> id))

constraint tickets.tickets_number_key UNIQUE (tenant_id, number)

constraint tickets.tickets_organisation_fkey FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations(tenant_id, id)

constraint tickets.tickets_pkey PRIMARY KEY (tenant_id, id)

constraint tickets.tickets_release_fkey FOREIGN KEY (release_digest) REFERENCES releases(digest)

constraint tickets.tickets_requester_fkey FOREIGN KEY (tenant_id, requester_id) REFERENCES people(tenant_id, id)

constraint tickets.tickets_seq_positive CHECK (((last_seq >= 1) AND (version >= 1)))

constraint upload_links.upload_links_person_fkey FOREIGN KEY (tenant_id, created_by) REFERENCES people(tenant_id, id)

constraint upload_links.upload_links_pkey PRIMARY KEY (tenant_id, digest)

constraint upload_links.upload_links_ticket_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets(tenant_id, id)

index CREATE INDEX answer_templates_by_desk ON public.answer_templates USING btree (tenant_id, desk_id)

index CREATE INDEX attachments_by_ticket ON public.attachments USING btree (tenant_id, ticket_id, seq)

index CREATE INDEX attachments_unused ON public.attachments USING btree (tenant_id, created_at) WHERE (ticket_id IS NULL)

index CREATE INDEX decisions_by_age ON public.decisions USING btree (tenant_id, at)

index CREATE INDEX idempotency_keys_by_age ON public.idempotency_keys USING btree (tenant_id, created_at)

index CREATE INDEX memberships_by_person ON public.memberships USING btree (tenant_id, person_id)

index CREATE INDEX organisations_words ON public.organisations USING gin (tenant_id, words)

index CREATE INDEX outbound_letters_by_ticket ON public.outbound_letters USING btree (tenant_id, ticket_id, seq)

index CREATE INDEX people_by_email ON public.people USING btree (tenant_id, lower(email))

index CREATE INDEX people_by_organisation ON public.people USING btree (tenant_id, organisation_id)

index CREATE INDEX people_words ON public.people USING gin (tenant_id, words)

index CREATE UNIQUE INDEX releases_one_active ON public.releases USING btree (system) WHERE (state = 'active'::text)

index CREATE UNIQUE INDEX releases_one_previous ON public.releases USING btree (system) WHERE (state = 'previous'::text)

index CREATE INDEX saved_views_by_desk ON public.saved_views USING btree (tenant_id, desk_id, owner_id)

index CREATE INDEX sessions_by_person ON public.sessions USING btree (tenant_id, person_id)

index CREATE INDEX ticket_events_by_actor ON public.ticket_events USING btree (tenant_id, actor_id)

index CREATE INDEX ticket_events_feed ON public.ticket_events USING btree (xact_id, tenant_id, ticket_id, seq)

index CREATE INDEX ticket_keys_by_ticket ON public.ticket_keys USING btree (tenant_id, ticket_id)

index CREATE INDEX ticket_presence_by_person ON public.ticket_presence USING btree (tenant_id, person_id)

index CREATE INDEX ticket_reads_by_ticket ON public.ticket_reads USING btree (tenant_id, ticket_id)

index CREATE INDEX ticket_search_internal ON public.ticket_search USING gin (tenant_id, internal, spans) WITH (gin_pending_list_limit='256') WHERE (internal <> ''::tsvector)

index CREATE INDEX ticket_search_words ON public.ticket_search USING gin (tenant_id, words, spans) WITH (gin_pending_list_limit='256')

index CREATE INDEX tickets_by_assignee ON public.tickets USING btree (tenant_id, assignee_id, desk_id, category, status, updated_at DESC, id DESC) WHERE (assignee_id IS NOT NULL)

index CREATE INDEX tickets_by_base ON public.tickets USING btree (tenant_id, duplicate_of) WHERE (duplicate_of IS NOT NULL)

index CREATE INDEX tickets_by_desk ON public.tickets USING btree (tenant_id, desk_id, updated_at DESC, id DESC)

index CREATE INDEX tickets_by_line ON public.tickets USING gin (tenant_id, seen_by_lines) WITH (gin_pending_list_limit='256')

index CREATE INDEX tickets_by_organisation ON public.tickets USING btree (tenant_id, organisation_id, desk_id, category, status, updated_at DESC, id DESC) WHERE (organisation_id IS NOT NULL)

index CREATE INDEX tickets_by_place ON public.tickets USING btree (tenant_id, desk_id, queue, line, category, status, updated_at DESC, id DESC)

index CREATE INDEX tickets_by_release ON public.tickets USING btree (tenant_id, release_digest)

index CREATE INDEX tickets_by_requester ON public.tickets USING btree (tenant_id, requester_id, desk_id, category, status, updated_at DESC, id DESC)

index CREATE INDEX tickets_closed ON public.tickets USING btree (tenant_id, desk_id, closed_at) INCLUDE (created_at) WHERE (closed_at IS NOT NULL)

index CREATE INDEX tickets_open_by_age ON public.tickets USING btree (tenant_id, desk_id, created_at, id) INCLUDE (queue, status, assignee_id) WHERE (category <> 'done'::text)

index CREATE INDEX tickets_open_by_deadline ON public.tickets USING btree (tenant_id, desk_id, priority, (
CASE
    WHEN (deadline_at IS NULL) THEN 'infinity'::timestamp with time zone
    ELSE deadline_at
END), id) WHERE (category <> 'done'::text)

index CREATE INDEX tickets_seen_first ON public.tickets USING btree (tenant_id, desk_id, (seen_by_lines[1]), category, status, updated_at DESC, id DESC) WHERE (cardinality(seen_by_lines) > 1)

index CREATE INDEX tickets_seen_later ON public.tickets USING btree (tenant_id, desk_id, category, status, updated_at DESC, id DESC) WHERE (cardinality(seen_by_lines) > 2)

index CREATE INDEX tickets_seen_second ON public.tickets USING btree (tenant_id, desk_id, (seen_by_lines[2]), category, status, updated_at DESC, id DESC) WHERE (cardinality(seen_by_lines) > 1)

policy answer_templates.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy attachment_usage.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy attachments.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy audit_log.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy decisions.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy desk_counters.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy desks.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy idempotency_keys.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy memberships.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy organisations.search PERMISSIVE SELECT to opora_search using true

policy organisations.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy outbound_letters.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy people.search PERMISSIVE SELECT to opora_search using true

policy people.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy reference_lists.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy rule_active.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy rule_revisions.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy saved_views.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy sessions.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy ticket_events.search PERMISSIVE SELECT to opora_search using true

policy ticket_events.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy ticket_keys.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy ticket_presence.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy ticket_reads.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy ticket_search.search PERMISSIVE SELECT to opora_search using true

policy ticket_search.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy tickets.search PERMISSIVE SELECT to opora_search using true

policy tickets.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

policy upload_links.tenant PERMISSIVE ALL to public using (tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)

function feed_head() owned by opora_owner set search_path=public, pg_temp
 select pg_snapshot_xmin(pg_current_snapshot())

function feed_since(xid8,uuid,uuid,bigint,integer) definer owned by opora_search set search_path=public, pg_temp
begin
    return query
        select e.xact_id, e.tenant_id, e.ticket_id, e.seq, e.kind
        from ticket_events e
        where (e.xact_id, e.tenant_id, e.ticket_id, e.seq) > (p_xact, p_tenant, p_ticket, p_seq)
          and e.xact_id < pg_snapshot_xmin(pg_current_snapshot())
        order by e.xact_id, e.tenant_id, e.ticket_id, e.seq
        limit least(p_limit, 5000);
end

function next_number(uuid,uuid) owned by opora_owner set search_path=public, pg_temp
declare
    damm constant text := '0317598642709215486342068713591750983426612304597836742095815869720134894536201794386172052581436790';
    counter bigint;
    prefix text;
    digits text;
    interim int := 0;
begin
    update desk_counters c set value = c.value + 1
    where c.tenant_id = p_tenant and c.desk_id = p_desk
    returning c.value into counter;
    if counter is null then
        raise exception 'desk % has no counter', p_desk using errcode = 'no_data_found';
    end if;
    select d.prefix into prefix from desks d where d.tenant_id = p_tenant and d.id = p_desk;
    digits := counter::text;
    for i in 1..length(digits) loop
        interim := substr(damm, interim * 10 + substr(digits, i, 1)::int + 1, 1)::int;
    end loop;
    return prefix || '-' || digits || interim::text;
end

function search_numbers(text) owned by opora_owner set search_path=public, pg_temp
begin
    if p_text !~ '\d\D{0,3}\d' then
        return '{}';
    end if;
    return array(
        select distinct f.form
        from (
            select distinct m.run[1] as run
            from regexp_matches(left(p_text, 50000), '(?:\d+[- \u00a0\u2007\u2009\u202f()\u2010-\u2015]{1,3}){0,8}\d+', 'g') as m(run)
            where length(m.run[1]) >= 6 limit 500) r
        cross join lateral (
            select r.run as part union all select string_to_table(translate(r.run, E'()\u00a0\u2007\u2009\u202f', '      '), ' ')) p
        cross join lateral (select translate(p.part, E'-() \u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2015', '') as digits) d
        cross join lateral (
            select case when length(d.digits) = 10 or length(d.digits) = 11 and left(d.digits, 1) in ('7', '8') then right(d.digits, 10) end as phone) t
        cross join lateral (values (d.digits), ('7' || t.phone), (t.phone), (right(t.phone, 7)), (right(t.phone, 6))) f (form)
        where length(f.form) between 6 and 40);
end

function search_people(uuid,tsquery,tsquery,integer) definer owned by opora_search set search_path=public, pg_temp
begin
    if p_tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
        raise exception 'tenant does not match the session' using errcode = 'insufficient_privilege';
    end if;
    return query execute
        'select f.id from (
            (select p.id, p.name from people p where p.tenant_id = $1 and p.words @@ $2 limit 1000)
            union
            (select p.id, p.name from organisations o
             join people p on p.tenant_id = $1 and p.organisation_id = o.id
             where o.tenant_id = $1 and o.words @@ $3 and (p.words || o.words) @@ $2 limit 1000)) f
         order by f.name, f.id limit $4'
        using p_tenant, p_all, p_any, least(p_limit, 20);
end

function search_tickets(uuid,uuid[],tsquery,uuid,uuid,uuid,text,uuid,integer) definer owned by opora_search set search_path=public, pg_temp; enable_seqscan=off; enable_indexscan=on
declare
    many constant int := 1000; -- hits of a window
    passed constant int := 2500; -- hits before it is asked how few tickets the reader sees
    few constant int := 10000; -- tickets that are looked through
    widest constant int := 7; -- a window of level 0 is a quarter of a second, of each next sixteen of them
    missing int := least(p_limit, 200);
    below uuid := coalesce(p_before, 'ffffffff-ffff-ffff-ffff-ffffffffffff'); -- all from here on is done
    upto bigint; -- and so are the quarters of a second from this one on
    oldest bigint;
    level int := 0;
    was_cut boolean := false;
    digits text;
    hits uuid[];
    notes uuid[];
    page uuid[];
    scope uuid[];
    looked int := 0;
begin
    if p_tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
        raise exception 'tenant does not match the session' using errcode = 'insufficient_privilege';
    end if;
    if numnode(p_query) = 0 then
        return;
    end if;
    select ('x' || left(replace(t.id::text, '-', ''), 10))::bit(40)::bigint + 1 into upto
    from tickets t where t.tenant_id = p_tenant and t.id < below order by t.id desc limit 1;
    select ('x' || left(replace(t.id::text, '-', ''), 10))::bit(40)::bigint into oldest
    from tickets t where t.tenant_id = p_tenant order by t.id limit 1;
    perform set_config('enable_indexscan', 'off', true);
    while upto > oldest and missing > 0 loop
        digits := lpad(to_hex((upto - 1) >> 4 * level), 10 - level, '0');
        select array_agg(w.ticket_id) into hits from (
            select s.ticket_id from ticket_search s
            where s.tenant_id = p_tenant and s.words @@ p_query
              and s.spans @> array[left(digits, 8) || case when level < 2 then '-' || substr(digits, 9) else '' end]
            limit case when level > 0 then many end) w;
        notes := null;
        if p_reader is not null then
            select array_agg(n.ticket_id) into notes from (
                select s.ticket_id from ticket_search s
                where s.tenant_id = p_tenant and s.internal @@ p_query and s.internal <> ''
                  and s.spans @> array[left(digits, 8) || case when level < 2 then '-' || substr(digits, 9) else '' end]
                limit case when level > 0 then many end) n;
        end if;
        if level > 0 and greatest(cardinality(hits), cardinality(notes)) >= many then
            level := level - 1;
            was_cut := true;
            continue;
        end if;
        if hits is not null or notes is not null then
            select array_agg(f.id order by f.id desc) into page from (
                select t.id from tickets t
                where t.tenant_id = p_tenant and t.id = any (hits || notes) and t.id < below
                  and (t.id = any (hits) or t.requester_id <> p_reader)
                  and t.desk_id = any (p_desks)
                  and (p_requester is null or t.requester_id = p_requester)
                  and (p_organisation is null or t.organisation_id = p_organisation)
                  and (p_line is null or p_line = any (t.seen_by_lines))
                order by t.id desc limit missing) f;
            return query select f from unnest(page) f;
            missing := missing - coalesce(cardinality(page), 0);
            looked := looked + coalesce(cardinality(hits || notes), 0);
        end if;
        below := rpad(digits, 32, '0')::uuid;
        upto := ((upto - 1) >> 4 * level) << 4 * level;
        -- A wider window reaches back over what is done, unless it ends here; over few hits it may.
        if level < widest and (not was_cut or upto & ((16::bigint << 4 * level) - 1) = 0) then
            level := level + 1;
        end if;
        if missing > 0 and looked > passed and scope is null then
            execute
                'select array_agg(f.id) from (
                    select t.id from tickets t
                    where t.tenant_id = $1 and t.desk_id = any ($2)
                      and ($3 is null or t.requester_id = $3)
                      and ($4 is null or t.organisation_id = $4)
                      and ($5 is null or t.seen_by_lines @> array[$5])
                    limit $6) f'
                into scope using p_tenant, p_desks, p_requester, p_organisation, p_line, few + 1;
            if coalesce(cardinality(scope), 0) <= few then
                return query
                    select t.id from (
                        select o.id, o.requester_id from tickets o
                        where o.tenant_id = p_tenant and o.id = any (scope) and o.id < below
                        order by o.id desc offset 0) t
                    cross join lateral (
                        select from ticket_search s
                        where s.tenant_id = p_tenant and s.ticket_id = t.id
                          and (s.words @@ p_query or s.internal @@ p_query and t.requester_id <> p_reader)
                        offset 0) s
                    limit missing;
                return;
            end if;
        end if;
    end loop;
end

function ticket_places(uuid,uuid,text) owned by opora_owner set search_path=public, pg_temp; enable_seqscan=off
declare
    here text := p_queue;
begin
    if p_queue is null then
        here := (select t.queue from tickets t where t.tenant_id = p_tenant and t.desk_id = p_desk order by t.queue limit 1);
    end if;
    while here is not null loop
        return query
            with recursive place (line, category, status) as (
                (select t.line, t.category, t.status from tickets t
                 where t.tenant_id = p_tenant and t.desk_id = p_desk and t.queue = here
                 order by t.line, t.category, t.status limit 1)
                union all
                select next.line, next.category, next.status from place p
                cross join lateral (
                    select t.line, t.category, t.status from tickets t
                    where t.tenant_id = p_tenant and t.desk_id = p_desk and t.queue = here
                      and (t.line, t.category, t.status) > (p.line, p.category, p.status)
                    order by t.line, t.category, t.status limit 1) next)
            select here, p.line, p.category, p.status from place p;
        exit when p_queue is not null;
        here := (select t.queue from tickets t where t.tenant_id = p_tenant and t.desk_id = p_desk and t.queue > here order by t.queue limit 1);
    end loop;
end

grant answer_templates to opora_app: DELETE, INSERT, SELECT, UPDATE

grant attachment_usage to opora_app: INSERT, SELECT, UPDATE

grant attachments to opora_app: DELETE, INSERT, SELECT, UPDATE

grant audit_log to opora_app: INSERT, SELECT

grant builds to opora_app: DELETE, INSERT, SELECT, UPDATE

grant config_epoch to opora_app: INSERT, SELECT, UPDATE

grant decisions to opora_app: DELETE, INSERT, SELECT

grant desk_counters to opora_app: INSERT, SELECT, UPDATE

grant desks to opora_app: INSERT, SELECT, UPDATE

grant dispatcher to opora_app: INSERT, SELECT, UPDATE

grant idempotency_keys to opora_app: DELETE, INSERT, SELECT

grant memberships to opora_app: DELETE, INSERT, SELECT, UPDATE

grant operator_sessions to opora_app: DELETE, INSERT, SELECT, UPDATE

grant operators to opora_app: INSERT, SELECT, UPDATE

grant organisations to opora_app: INSERT, SELECT, UPDATE

grant outbound_letters to opora_app: INSERT, SELECT, UPDATE

grant people to opora_app: INSERT, SELECT, UPDATE

grant reference_lists to opora_app: INSERT, SELECT, UPDATE

grant releases to opora_app: INSERT, SELECT, UPDATE

grant rule_active to opora_app: DELETE, INSERT, SELECT, UPDATE

grant rule_revisions to opora_app: INSERT, SELECT, UPDATE

grant saved_views to opora_app: DELETE, INSERT, SELECT, UPDATE

grant sessions to opora_app: DELETE, INSERT, SELECT

grant tenants to opora_app: INSERT, SELECT, UPDATE

grant ticket_events to opora_app: INSERT, SELECT

grant ticket_events to opora_search: SELECT

grant ticket_keys to opora_app: DELETE, INSERT, SELECT

grant ticket_presence to opora_app: DELETE, INSERT, SELECT, UPDATE

grant ticket_reads to opora_app: DELETE, INSERT, SELECT, UPDATE

grant ticket_search to opora_app: INSERT, SELECT, UPDATE

grant ticket_search to opora_search: SELECT

grant tickets to opora_app: INSERT, SELECT, UPDATE

grant tickets to opora_search: SELECT

grant upload_links to opora_app: DELETE, INSERT, SELECT, UPDATE

grant decisions to opora_app: UPDATE (input, outcomes)

grant ticket_events to opora_app: UPDATE (body, erased_at)
