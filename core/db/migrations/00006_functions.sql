-- +goose Up
-- next_number raises the desk's counter and writes the number with its Damm check digit. It runs as
-- its caller, so that the policy of the tenant holds in it.
-- +goose StatementBegin
create function next_number(p_tenant uuid, p_desk uuid) returns text
language plpgsql
set search_path = public, pg_temp
as $$
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
$$;
-- +goose StatementEnd

-- search_tickets finds by words. Under the policy the planner may not use the GIN index, since @@ is
-- not leakproof; this reviewed function belongs to a role with a policy of its own and checks the
-- tenant itself. The caller gets identifiers alone and reads the rows under his own policy.
create policy search on tickets for select to opora_search using (true);
create policy search on ticket_search for select to opora_search using (true);
create policy search on ticket_events for select to opora_search using (true);
grant select on tickets, ticket_search, ticket_events to opora_search;

-- +goose StatementBegin
create function search_tickets(
    p_tenant uuid, p_desks uuid[], p_query tsquery, p_internal boolean,
    p_requester uuid, p_organisation uuid, p_line text, p_before uuid, p_limit int
) returns table (ticket_id uuid)
language plpgsql stable security definer
set search_path = public, pg_temp
as $$
begin
    if p_tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
        raise exception 'tenant does not match the session' using errcode = 'insufficient_privilege';
    end if;
    return query execute
        'select t.id from tickets t
         where t.tenant_id = $1 and t.desk_id = any ($2)
           and t.id in (
               select s.ticket_id from ticket_search s where s.tenant_id = $1 and s.words @@ $3
               union
               select i.ticket_id from ticket_search i where $4 and i.tenant_id = $1 and i.internal @@ $3 and i.internal <> '''')
           and ($5 is null or t.requester_id = $5)
           and ($6 is null or t.organisation_id = $6)
           and ($7 is null or $7 = any (t.seen_by_lines))
           and ($8 is null or t.id < $8)
         order by t.id desc limit $9'
        using p_tenant, p_desks, p_query, p_internal, p_requester, p_organisation, p_line, p_before, least(p_limit, 200);
end
$$;
-- +goose StatementEnd

-- feed_since returns what was appended after a place in the log, and nothing of its contents. Rows of
-- a transaction appear when no older transaction can still commit: reading by "id > last" would lose
-- the rows of a transaction that began earlier and commits later.
-- +goose StatementBegin
create function feed_since(p_xact xid8, p_tenant uuid, p_ticket uuid, p_seq bigint, p_limit int)
returns table (xact_id xid8, tenant_id uuid, ticket_id uuid, seq bigint, kind text)
language plpgsql stable security definer
set search_path = public, pg_temp
as $$
begin
    return query
        select e.xact_id, e.tenant_id, e.ticket_id, e.seq, e.kind
        from ticket_events e
        where (e.xact_id, e.tenant_id, e.ticket_id, e.seq) > (p_xact, p_tenant, p_ticket, p_seq)
          and e.xact_id < pg_snapshot_xmin(pg_current_snapshot())
        order by e.xact_id, e.tenant_id, e.ticket_id, e.seq
        limit least(p_limit, 5000);
end
$$;
-- +goose StatementEnd

-- feed_head is where a reader begins who wants only what comes from now on.
-- +goose StatementBegin
create function feed_head() returns xid8
language sql stable
set search_path = public, pg_temp
as $$ select pg_snapshot_xmin(pg_current_snapshot()) $$;
-- +goose StatementEnd

revoke all on function next_number(uuid, uuid) from public;
revoke all on function search_tickets(uuid, uuid[], tsquery, boolean, uuid, uuid, text, uuid, int) from public;
revoke all on function feed_since(xid8, uuid, uuid, bigint, int) from public;
revoke all on function feed_head() from public;
grant execute on function next_number(uuid, uuid), feed_head() to opora_app;
grant execute on function search_tickets(uuid, uuid[], tsquery, boolean, uuid, uuid, text, uuid, int) to opora_app;
grant execute on function feed_since(xid8, uuid, uuid, bigint, int) to opora_app;
-- The new owner needs CREATE on the schema while the function is handed over, and not afterwards.
grant create on schema public to opora_search;
alter function search_tickets(uuid, uuid[], tsquery, boolean, uuid, uuid, text, uuid, int) owner to opora_search;
alter function feed_since(xid8, uuid, uuid, bigint, int) owner to opora_search;
revoke create on schema public from opora_search;
