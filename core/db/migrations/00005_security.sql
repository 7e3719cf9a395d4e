-- +goose Up
-- +goose StatementBegin
do $$
declare
    name text;
begin
    foreach name in array array[
        'desks', 'desk_counters', 'reference_lists', 'organisations', 'people', 'memberships', 'sessions', 'audit_log',
        'tickets', 'ticket_events', 'ticket_search', 'ticket_keys', 'decisions', 'ticket_reads', 'idempotency_keys',
        'attachments', 'attachment_usage', 'upload_links', 'outbound_letters', 'rule_revisions', 'rule_active']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        -- The setting reads as '' and not as null once it was used in a session.
        execute format($p$create policy tenant on %I using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)$p$, name);
        execute format('grant select, insert on %I to opora_app', name);
    end loop;
end
$$;
-- +goose StatementEnd

grant select, insert, update on tenants, releases, operators, dispatcher, config_epoch to opora_app;
grant select, insert, update, delete on builds, operator_sessions to opora_app;
grant update on desks, desk_counters, reference_lists, organisations, people, memberships, tickets, ticket_search, attachments, attachment_usage, upload_links, outbound_letters, rule_active, rule_revisions, ticket_reads to opora_app;
grant delete on memberships, sessions, ticket_keys, decisions, idempotency_keys, attachments, upload_links, ticket_reads, rule_active to opora_app;
-- The log is append-only: only what a person wrote may be blanked.
grant update (body, erased_at) on ticket_events to opora_app;
grant update (input, outcomes) on decisions to opora_app;
