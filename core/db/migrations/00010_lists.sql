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
