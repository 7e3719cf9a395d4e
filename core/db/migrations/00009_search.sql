-- +goose Up
-- search_tickets as before, but in a way that does not depend on how often the planner believes a word
-- to occur: it knows the common ones alone, and takes half a per cent of the table for every other.
-- A word of few tickets is looked up in the index, whose whole answer is bounded; for a word of many the
-- newest tickets are walked until a page of them has it; and who sees few tickets has those looked
-- through. Each costs little where it is taken, whatever the size of the table.
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
    many constant int := 10000;
    few uuid[];
begin
    if p_tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
        raise exception 'tenant does not match the session' using errcode = 'insufficient_privilege';
    end if;
    execute
        'select array_agg(f.ticket_id) from (
            (select s.ticket_id from ticket_search s where s.tenant_id = $1 and s.words @@ $2 limit $4)
            union all
            (select i.ticket_id from ticket_search i where $3 and i.tenant_id = $1 and i.internal @@ $2 and i.internal <> '''' limit $4)) f'
        into few using p_tenant, p_query, p_internal, many;
    if coalesce(cardinality(few), 0) < many then
        return query execute
            'select t.id from tickets t
             where t.tenant_id = $1 and t.id = any ($3) and t.desk_id = any ($2)
               and ($4 is null or t.requester_id = $4)
               and ($5 is null or t.organisation_id = $5)
               and ($6 is null or $6 = any (t.seen_by_lines))
               and ($7 is null or t.id < $7)
             order by t.id desc limit $8'
            using p_tenant, p_desks, few, p_requester, p_organisation, p_line, p_before, least(p_limit, 200);
        return;
    end if;
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
        using p_tenant, p_desks, p_query, p_internal, p_requester, p_organisation, p_line, p_before, least(p_limit, 200);
end
$$;
-- +goose StatementEnd
