-- +goose Up
-- search_tickets as before, but in a way that does not depend on how often the planner believes a word
-- to occur: it knows the common ones alone, and takes half a per cent of the table for every other.
-- Each way costs little where it is taken, whatever the size of the table:
--  1. a word of few tickets comes from the index, which gives its whole answer;
--  2. a common word is in the newest tickets, of which a bounded number is walked;
--  3. a word between the two, or one whose newest tickets the reader may not see, comes from the index
--     up to a larger bound, and beyond that from a walk to the first page; who sees few tickets has
--     those looked through.
-- +goose StatementBegin
create or replace function search_tickets(
    p_tenant uuid, p_desks uuid[], p_query tsquery, p_internal boolean,
    p_requester uuid, p_organisation uuid, p_line text, p_before uuid, p_limit int
) returns table (ticket_id uuid)
language plpgsql stable security definer rows 50
set search_path = public, pg_temp
set enable_seqscan = off
as $$
declare
    most constant int := least(p_limit, 200);
    newest constant int := 2000;
    many int;
    found uuid[];
begin
    if p_tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
        raise exception 'tenant does not match the session' using errcode = 'insufficient_privilege';
    end if;
    foreach many in array array[1000, 10000] loop
        execute
            'select array_agg(f.ticket_id) from (
                (select s.ticket_id from ticket_search s where s.tenant_id = $1 and s.words @@ $2 limit $4)
                union all
                (select i.ticket_id from ticket_search i where $3 and i.tenant_id = $1 and i.internal @@ $2 and i.internal <> '''' limit $4)) f'
            into found using p_tenant, p_query, p_internal, many;
        if coalesce(cardinality(found), 0) < many then
            return query execute
                'select t.id from tickets t
                 where t.tenant_id = $1 and t.id = any ($3) and t.desk_id = any ($2)
                   and ($4 is null or t.requester_id = $4)
                   and ($5 is null or t.organisation_id = $5)
                   and ($6 is null or $6 = any (t.seen_by_lines))
                   and ($7 is null or t.id < $7)
                 order by t.id desc limit $8'
                using p_tenant, p_desks, found, p_requester, p_organisation, p_line, p_before, most;
            return;
        end if;
        if many = 1000 then
            execute
                'select array_agg(f.id) from (
                    select t.id from (select * from tickets n where n.tenant_id = $1 and ($8 is null or n.id < $8) order by n.id desc limit $10) t
                    cross join lateral (
                        select from ticket_search s
                        where s.tenant_id = $1 and s.ticket_id = t.id and (s.words @@ $3 or $4 and s.internal @@ $3) offset 0) s
                    where t.desk_id = any ($2)
                      and ($5 is null or t.requester_id = $5)
                      and ($6 is null or t.organisation_id = $6)
                      and ($7 is null or $7 = any (t.seen_by_lines))
                    order by t.id desc limit $9) f'
                into found using p_tenant, p_desks, p_query, p_internal, p_requester, p_organisation, p_line, p_before, most, newest;
            if coalesce(cardinality(found), 0) = most then
                return query select f from unnest(found) f order by f desc;
                return;
            end if;
        end if;
    end loop;
    return query execute
        'select t.id from tickets t
         cross join lateral (
            select from ticket_search s
            where s.tenant_id = t.tenant_id and s.ticket_id = t.id and (s.words @@ $3 or $4 and s.internal @@ $3) offset 0) s
         where t.tenant_id = $1 and t.desk_id = any ($2)
           and ($5 is null or t.requester_id = $5)
           and ($6 is null or t.organisation_id = $6)
           and ($7 is null or $7 = any (t.seen_by_lines))
           and ($8 is null or t.id < $8)
         order by t.id desc limit $9'
        using p_tenant, p_desks, p_query, p_internal, p_requester, p_organisation, p_line, p_before, most;
end
$$;
-- +goose StatementEnd
