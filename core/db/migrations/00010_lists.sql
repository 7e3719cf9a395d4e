-- +goose Up
-- A page of a list costs the same at every size of the table, however rare what it asks for is: each way
-- of seeing or filtering tickets has an index with the list's order behind it.

-- Where a ticket stands stands before the order, so that a list steps through the places that there are
-- and reads those that it wants. In place of the index by queue and category, which has the same columns
-- and fewer.
create index tickets_by_place on tickets (tenant_id, desk_id, queue, line, category, status, updated_at desc, id desc);
drop index tickets_by_queue;

-- Whose a ticket is, desk by desk and by its state: a list of one desk does not pass by a person's tickets
-- of another, nor one of what is open by all that was ever answered.
drop index tickets_by_requester;
create index tickets_by_requester on tickets (tenant_id, requester_id, desk_id, category, status, updated_at desc, id desc);
drop index tickets_by_organisation;
create index tickets_by_organisation on tickets (tenant_id, organisation_id, desk_id, category, status, updated_at desc, id desc) where organisation_id is not null;
drop index tickets_by_assignee;
create index tickets_by_assignee on tickets (tenant_id, assignee_id, desk_id, category, status, updated_at desc, id desc) where assignee_id is not null;

-- What a line had before it was handed on. A filing touches none of them: a ticket comes into them when
-- a second line has it. Two lines by their keys; of tickets with more there are few.
create index tickets_seen_first on tickets (tenant_id, desk_id, (seen_by_lines[1]), category, status, updated_at desc, id desc) where cardinality(seen_by_lines) > 1;
create index tickets_seen_second on tickets (tenant_id, desk_id, (seen_by_lines[2]), category, status, updated_at desc, id desc) where cardinality(seen_by_lines) > 1;
create index tickets_seen_later on tickets (tenant_id, desk_id, category, status, updated_at desc, id desc) where cardinality(seen_by_lines) > 2;

-- ticket_places are the places of a desk in which tickets stand, in one queue or in all of them. They are
-- stepped through by the index, each found behind the one before, so that a desk of a million tickets
-- costs what its places cost. A queue has a step of its own: an index does not begin behind a row of
-- columns of which it is told the first.
-- +goose StatementBegin
create function ticket_places(p_tenant uuid, p_desk uuid, p_queue text)
returns table (queue text, line text, category text, status text)
language plpgsql stable rows 20
set search_path = public, pg_temp
set enable_seqscan = off
as $$
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
$$;
-- +goose StatementEnd

revoke all on function ticket_places(uuid, uuid, text) from public;
grant execute on function ticket_places(uuid, uuid, text) to opora_app;
