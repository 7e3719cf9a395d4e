-- +goose Up
-- What is not done is listed by age, by deadline and by priority. tickets_open_by_age stands in for
-- tickets_open, so that a ticket has one index more and not two. A ticket without a deadline comes
-- last: infinity makes it a place in the order like every other, and a page goes on behind it. It is
-- written as a case, because under row level security coalesce counts as leaking and uses no index.
drop index tickets_open;

-- With what the counts of the queues group by, so that they read the index alone.
create index tickets_open_by_age on tickets (tenant_id, desk_id, created_at, id) include (queue, status, assignee_id) where category <> 'done';

create index tickets_open_by_deadline on tickets (tenant_id, desk_id, priority, (case when deadline_at is null then 'infinity'::timestamptz else deadline_at end), id)
    where category <> 'done';

-- The words by which people are found: of the name, of the address, the phone's digits with and
-- without the country's, and backwards behind a '<', so that the last digits are a beginning too.
alter table people add column words tsvector not null generated always as (array_to_tsvector(array_remove(
    regexp_split_to_array(translate(lower(left(name, 500)), 'ё', 'е'), '[^[:alnum:]]+')
    || regexp_split_to_array(lower(left(split_part(email, '@', 1), 254)), '[^[:alnum:]]+')
    || array[
        lower(left(email, 254)),
        lower(left(split_part(email, '@', 2), 254)),
        regexp_replace(regexp_replace(left(phone, 64), '(доб|вн|ext|#|,).*$', '', 'i'), '\D', '', 'g'),
        regexp_replace(regexp_replace(regexp_replace(left(phone, 64), '(доб|вн|ext|#|,).*$', '', 'i'), '\D', '', 'g'), '^[78](\d{10})$', '\1'),
        regexp_replace('<' || reverse(regexp_replace(regexp_replace(left(phone, 64), '(доб|вн|ext|#|,).*$', '', 'i'), '\D', '', 'g')), '^<$', '')
    ], ''))) stored;

create index people_words on people using gin (tenant_id, words);

alter table organisations add column words tsvector not null generated always as (array_to_tsvector(array_remove(
    regexp_split_to_array(translate(lower(left(name, 500)), 'ё', 'е'), '[^[:alnum:]]+') || coalesce(left(inn, 12), ''), ''))) stored;

create index organisations_words on organisations using gin (tenant_id, words);

-- search_people finds by words, for the reason of search_tickets: under the policy the planner may not
-- use the GIN index. p_all is what must hold of a person with his organisation, p_any any word of it.
-- The role sees the columns that it needs and no more, and the caller gets identifiers alone.
create policy search on people for select to opora_search using (true);
create policy search on organisations for select to opora_search using (true);
grant select (tenant_id, id, name, organisation_id, words) on people to opora_search;
grant select (tenant_id, id, words) on organisations to opora_search;

-- +goose StatementBegin
create function search_people(p_tenant uuid, p_all tsquery, p_any tsquery, p_limit int) returns table (person_id uuid)
language plpgsql stable security definer
set search_path = public, pg_temp
as $$
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
$$;
-- +goose StatementEnd

revoke all on function search_people(uuid, tsquery, tsquery, int) from public;
grant execute on function search_people(uuid, tsquery, tsquery, int) to opora_app;
grant create on schema public to opora_search;
alter function search_people(uuid, tsquery, tsquery, int) owner to opora_search;
revoke create on schema public from opora_search;

-- A list's parameters under a title, for one person or for everyone who works the desk.
create table saved_views (
    tenant_id uuid not null,
    id uuid not null,
    desk_id uuid not null,
    owner_id uuid not null,
    shared boolean not null,
    title text not null,
    query text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint saved_views_pkey primary key (tenant_id, id),
    constraint saved_views_desk_fkey foreign key (tenant_id, desk_id) references desks (tenant_id, id),
    constraint saved_views_owner_fkey foreign key (tenant_id, owner_id) references people (tenant_id, id),
    constraint saved_views_title_length check (length(title) between 1 and 200),
    constraint saved_views_query_length check (length(query) <= 1000)
);

create index saved_views_by_desk on saved_views (tenant_id, desk_id, owner_id);

-- Answers kept for use.
create table answer_templates (
    tenant_id uuid not null,
    id uuid not null,
    desk_id uuid not null,
    title text not null,
    text text not null,
    transition text not null,
    visibility text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint answer_templates_pkey primary key (tenant_id, id),
    constraint answer_templates_desk_fkey foreign key (tenant_id, desk_id) references desks (tenant_id, id),
    constraint answer_templates_title_length check (length(title) between 1 and 200),
    constraint answer_templates_text_length check (length(text) between 1 and 10000),
    constraint answer_templates_visibility_known check (visibility in ('public', 'internal'))
);

create index answer_templates_by_desk on answer_templates (tenant_id, desk_id);

-- Who has a ticket open. Unlogged: a sign of life each 15 seconds waits for no disk, and what a crash
-- takes is said anew within as long.
create unlogged table ticket_presence (
    tenant_id uuid not null,
    ticket_id uuid not null,
    person_id uuid not null,
    writing boolean not null,
    since timestamptz not null,
    seen_at timestamptz not null,
    constraint ticket_presence_pkey primary key (tenant_id, ticket_id, person_id),
    constraint ticket_presence_ticket_fkey foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
    constraint ticket_presence_person_fkey foreign key (tenant_id, person_id) references people (tenant_id, id),
    constraint ticket_presence_since_before check (since <= seen_at)
);

create index ticket_presence_by_person on ticket_presence (tenant_id, person_id);

-- +goose StatementBegin
do $$
declare
    name text;
begin
    foreach name in array array['saved_views', 'answer_templates', 'ticket_presence'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format($p$create policy tenant on %I using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)$p$, name);
        execute format('grant select, insert, update, delete on %I to opora_app', name);
    end loop;
end
$$;
-- +goose StatementEnd
