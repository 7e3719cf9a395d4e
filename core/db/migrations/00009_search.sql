-- +goose Up
-- search_tickets goes from the newest ticket to the oldest by windows of time, and asks the index for the
-- hits of a window at a time. An identifier begins with the milliseconds of its making, so that its first
-- hexadecimal digits name a span of time: sixteen times shorter with each digit. They stand in the index
-- beside the words, and PostgreSQL intersects both without reading what only one of them has.
alter table ticket_search add column spans text[] not null generated always as (array[
    left(ticket_id::text, 3), left(ticket_id::text, 4), left(ticket_id::text, 5), left(ticket_id::text, 6),
    left(ticket_id::text, 7), left(ticket_id::text, 8), left(ticket_id::text, 10), left(ticket_id::text, 11)]) stored;

-- Entries that wait to be merged are read by each search, so few may wait.
drop index ticket_search_words;
create index ticket_search_words on ticket_search using gin (tenant_id, words, spans) with (gin_pending_list_limit = 256);

drop index ticket_search_internal;
create index ticket_search_internal on ticket_search using gin (tenant_id, internal, spans)
    with (gin_pending_list_limit = 256) where internal <> '';

-- What a line of support has or had.
create index tickets_by_line on tickets using gin (tenant_id, seen_by_lines) with (gin_pending_list_limit = 256);

drop function search_tickets(uuid, uuid[], tsquery, boolean, uuid, uuid, text, uuid, int);

-- search_tickets finds by words, the newest first. p_reader also looks into internal notes, but for those
-- of his own tickets, where he is a requester like any other; null looks into none.
--
-- A window grows while it holds few hits and is cut while it holds many, so that a word of whatever
-- frequency and age costs a few windows. Where many hits were passed and the page is not full, and the
-- reader sees few tickets at all, those are looked through instead.
--
-- Without index scans, switched off until the function ends, the planner cannot walk the key of
-- ticket_search in the hope of early hits: it knows common words alone, and nothing of how words and spans
-- go together.
-- +goose StatementBegin
create function search_tickets(
    p_tenant uuid, p_desks uuid[], p_query tsquery, p_reader uuid,
    p_requester uuid, p_organisation uuid, p_line text, p_before uuid, p_limit int
) returns table (ticket_id uuid)
language plpgsql stable security definer rows 50
set search_path = public, pg_temp
set enable_seqscan = off
set enable_indexscan = on
as $$
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
$$;
-- +goose StatementEnd

-- search_numbers are the phones and other long numbers of a text, as their digits: of whatever writing, with
-- the parts that stand between spaces, and of a phone the country's 7 for the 8 that is dialled within
-- Russia, and the ends by which people remember it. Of a huge text it reads the beginning.
-- +goose StatementBegin
create function search_numbers(p_text text) returns text[]
language plpgsql immutable
set search_path = public, pg_temp
as $$
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
$$;
-- +goose StatementEnd

revoke all on function search_tickets(uuid, uuid[], tsquery, uuid, uuid, uuid, text, uuid, int) from public;
revoke all on function search_numbers(text) from public;
grant execute on function search_tickets(uuid, uuid[], tsquery, uuid, uuid, uuid, text, uuid, int) to opora_app;
grant execute on function search_numbers(text) to opora_app;
grant create on schema public to opora_search;
alter function search_tickets(uuid, uuid[], tsquery, uuid, uuid, uuid, text, uuid, int) owner to opora_search;
revoke create on schema public from opora_search;
