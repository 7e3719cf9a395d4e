package db_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/db/dbtest"
)

// names stand for the rows of the world below.
var names = strings.NewReplacer(
	"@tenant", "'00000000-0000-7000-8000-000000000001'",
	"@other", "'00000000-0000-7000-8000-000000000002'",
	"@desk", "'00000000-0000-7000-8000-00000000000d'",
	"@person", "'00000000-0000-7000-8000-00000000000e'",
	"@organisation", "'00000000-0000-7000-8000-00000000000f'",
	"@ticket", "'00000000-0000-7000-8000-0000000000aa'",
	"@new", "gen_random_uuid()",
)

const ticketColumns = `insert into tickets (tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields, status, category,
	priority, queue, line, seen_by_lines, requester_id, duplicate_of, version, last_seq, requester_seq, answer_seq, created_at, updated_at, closed_at) values `

// world is one sound row of each table that a constraint looks at.
const world = `
	insert into tenants (id, slug, title, created_at) values (@tenant, 'first', '{}', now()), (@other, 'second', '{}', now());
	insert into releases (digest, system, version, title, files, registered_at, state) values
		('active', 'sample', '1', '{}', '{}', now(), 'active'), ('previous', 'sample', '2', '{}', '{}', now(), 'previous');
	insert into operators (id, login, name, password_hash, created_at) values (@new, 'operator', 'x', '', now());
	insert into desks (tenant_id, id, slug, system, title, prefix, settings, created_at) values (@tenant, @desk, 'desk', 'sample', '{}', 'DSK', '{}', now());
	insert into organisations (tenant_id, id, inn, name, created_at) values (@tenant, @organisation, '7707083893', 'x', now());
	insert into people (tenant_id, id, login, name, created_at) values (@tenant, @person, 'somebody@first.example', 'x', now());
	` + ticketColumns + `(@tenant, @ticket, @desk, 'DSK-10', 'active', 'f', 1, 'portal', '', '{}', 'new', 'new', 'normal', 'q', 'l', '{}', @person, null, 1, 1, 1, 0, now(), now(), null);
	insert into ticket_events (tenant_id, ticket_id, seq, kind, actor_kind, at, data) values (@tenant, @ticket, 1, 'submitted', 'requester', now(), '{}');
	insert into attachment_usage (tenant_id, bytes) values (@tenant, 1);
	insert into outbound_letters (tenant_id, id, key, ticket_id, seq, template, recipient_id, address, locale, subject, body, created_at)
		values (@tenant, @new, 'k', @ticket, 1, 't', @person, '', 'ru', '', '', now());
	insert into memberships (tenant_id, desk_id, person_id, role, line, created_at) values (@tenant, @desk, @person, 'agent', 'line1', now());
	insert into attachments (tenant_id, id, desk_id, name, stored_name, content_type, size, sha256, created_at) values (@tenant, @new, @desk, '', '', '', 1, '', now());
	insert into rule_revisions (tenant_id, desk_id, revision, release_digest, overlay, digest, state, author_id, created_at)
		values (@tenant, @desk, 1, 'active', '{}', '', 'draft', @person, now());
	insert into saved_views (tenant_id, id, desk_id, owner_id, shared, title, query, created_at, updated_at) values (@tenant, @new, @desk, @person, false, 'x', '', now(), now());
	insert into answer_templates (tenant_id, id, desk_id, title, text, transition, visibility, created_at, updated_at) values (@tenant, @new, @desk, 'x', 'x', '', 'public', now(), now());
	insert into ticket_presence (tenant_id, ticket_id, person_id, writing, since, seen_at) values (@tenant, @ticket, @person, false, now(), now());`

// violations breaks each constraint by its name; the same statement with a sound value passes, which
// world shows.
var violations = map[string]string{
	"tenants_slug_key":       `insert into tenants (id, slug, title, created_at) values (@new, 'first', '{}', now())`,
	"tenants_slug_form":      `insert into tenants (id, slug, title, created_at) values (@new, 'Third', '{}', now())`,
	"tenants_quota_positive": `update tenants set attachment_quota = -1 where id = @tenant`,

	"releases_version_key":  `insert into releases (digest, system, version, title, files, registered_at) values ('x', 'sample', '1', '{}', '{}', now())`,
	"releases_state_known":  `update releases set state = 'gone' where digest = 'active'`,
	"releases_one_active":   `insert into releases (digest, system, version, title, files, registered_at, state) values ('x', 'sample', '3', '{}', '{}', now(), 'active')`,
	"releases_one_previous": `insert into releases (digest, system, version, title, files, registered_at, state) values ('x', 'sample', '3', '{}', '{}', now(), 'previous')`,

	"config_epoch_single":   `insert into config_epoch (one) values (false)`,
	"dispatcher_single":     `insert into dispatcher (one) values (false)`,
	"operators_login_key":   `insert into operators (id, login, name, password_hash, created_at) values (@new, 'operator', 'x', '', now())`,
	"operators_login_lower": `insert into operators (id, login, name, password_hash, created_at) values (@new, 'Operator', 'x', '', now())`,

	"desks_slug_key":   `insert into desks (tenant_id, id, slug, system, title, prefix, settings, created_at) values (@tenant, @new, 'desk', 's', '{}', 'NEW', '{}', now())`,
	"desks_prefix_key": `insert into desks (tenant_id, id, slug, system, title, prefix, settings, created_at) values (@tenant, @new, 'new', 's', '{}', 'DSK', '{}', now())`,
	"desks_slug_form":  `update desks set slug = '1desk' where tenant_id = @tenant`,
	// A Cyrillic capital that looks like its Latin neighbour.
	"desks_prefix_form":      `update desks set prefix = 'DSК' where tenant_id = @tenant`,
	"desks_version_positive": `update desks set version = 0 where tenant_id = @tenant`,

	"reference_lists_key_length": `insert into reference_lists (tenant_id, desk_id, list, key, title) values (@tenant, @desk, 'l', '', '{}')`,
	"organisations_inn_key":      `insert into organisations (tenant_id, id, inn, name, created_at) values (@tenant, @new, '7707083893', 'y', now())`,
	"people_login_key":           `insert into people (tenant_id, id, login, name, created_at) values (@tenant, @new, 'somebody@first.example', 'y', now())`,
	"people_login_lower":         `update people set login = 'Somebody@first.example' where tenant_id = @tenant`,
	"people_kind_known":          `update people set kind = 'robot' where tenant_id = @tenant`,
	"memberships_role_known":     `update memberships set role = 'owner', line = '' where tenant_id = @tenant`,
	"memberships_line_of_agents": `update memberships set line = '' where tenant_id = @tenant`,

	"tickets_number_key":        ticketColumns + `(@tenant, @new, @desk, 'DSK-10', 'active', 'f', 1, 'portal', '', '{}', 'new', 'new', 'normal', 'q', 'l', '{}', @person, null, 1, 1, 1, 0, now(), now(), null)`,
	"tickets_category_known":    `update tickets set category = 'lost' where tenant_id = @tenant`,
	"tickets_channel_known":     `update tickets set channel = 'fax' where tenant_id = @tenant`,
	"tickets_not_own_duplicate": `update tickets set duplicate_of = id where tenant_id = @tenant`,
	"tickets_seq_positive":      `update tickets set last_seq = 0 where tenant_id = @tenant`,
	"tickets_closed_when_done":  `update tickets set category = 'done' where tenant_id = @tenant`,

	"ticket_events_actor_kind_known": `update ticket_events set actor_kind = 'ghost' where tenant_id = @tenant`,
	"ticket_events_kind_known":       `update ticket_events set kind = 'lost' where tenant_id = @tenant`,
	"attachments_used_by_event":      `update attachments set ticket_id = @ticket where tenant_id = @tenant`,
	"attachments_size_positive":      `update attachments set size = -1 where tenant_id = @tenant`,
	"attachment_usage_positive":      `update attachment_usage set bytes = -1 where tenant_id = @tenant`,
	"outbound_letters_state_known":   `update outbound_letters set state = 'lost' where tenant_id = @tenant`,
	"outbound_letters_key_key": `insert into outbound_letters (tenant_id, id, key, ticket_id, seq, template, recipient_id, address, locale, subject, body, created_at)
		values (@tenant, @new, 'k', @ticket, 1, 't', @person, '', 'ru', '', '', now())`,
	"rule_revisions_state_known": `update rule_revisions set state = 'lost' where tenant_id = @tenant`,

	"saved_views_title_length":          `update saved_views set title = '' where tenant_id = @tenant`,
	"saved_views_query_length":          `update saved_views set query = repeat('x', 1001) where tenant_id = @tenant`,
	"answer_templates_title_length":     `update answer_templates set title = repeat('x', 201) where tenant_id = @tenant`,
	"answer_templates_text_length":      `update answer_templates set text = '' where tenant_id = @tenant`,
	"answer_templates_visibility_known": `update answer_templates set visibility = 'secret' where tenant_id = @tenant`,
	"ticket_presence_since_before":      `update ticket_presence set seen_at = since - interval '1 second' where tenant_id = @tenant`,
}

func TestEachConstraintHolds(t *testing.T) {
	t.Parallel()
	conn := dbtest.New(t).Super(t)
	_, err := conn.Exec(t.Context(), names.Replace(world))
	require.NoError(t, err)
	for constraint, statement := range violations {
		_, err := conn.Exec(t.Context(), names.Replace(statement))
		var pg *pgconn.PgError
		require.ErrorAs(t, err, &pg, "%s is not broken by %s", constraint, statement)
		require.Equal(t, constraint, pg.ConstraintName, pg.Message)
	}
}

func TestEachConstraintHasATest(t *testing.T) {
	t.Parallel()
	conn := dbtest.New(t).Super(t)
	found, err := conn.Query(t.Context(), `select c.conname::text from pg_constraint c join pg_class r on r.oid = c.conrelid
			where c.contype in ('c', 'u', 'x') and r.relnamespace = 'public'::regnamespace and r.relname not like 'river\_%' and r.relname <> 'schema_migrations'
		union
		select i.relname::text from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class r on r.oid = x.indrelid
			where x.indisunique and not x.indisprimary and r.relnamespace = 'public'::regnamespace and r.relname not like 'river\_%' and r.relname <> 'schema_migrations'
		order by 1`)
	require.NoError(t, err)
	all, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, all, slices.Sorted(maps.Keys(violations)))
}

// TestKeysDoNotCrossTenants tries to point at another tenant's rows, as a server with a defect would,
// with row level security out of the way.
func TestKeysDoNotCrossTenants(t *testing.T) {
	t.Parallel()
	conn := dbtest.New(t).Super(t)
	_, err := conn.Exec(t.Context(), names.Replace(world))
	require.NoError(t, err)
	for constraint, statement := range map[string]string{
		"memberships_person_fkey":     `insert into memberships (tenant_id, desk_id, person_id, role, line, created_at) values (@other, @desk, @person, 'agent', 'l', now())`,
		"people_organisation_fkey":    `insert into people (tenant_id, id, name, organisation_id, created_at) values (@other, @new, 'x', @organisation, now())`,
		"sessions_person_fkey":        `insert into sessions (tenant_id, digest, person_id, created_at, expires_at) values (@other, '\x01', @person, now(), now())`,
		"ticket_events_ticket_fkey":   `insert into ticket_events (tenant_id, ticket_id, seq, kind, actor_kind, at, data) values (@other, @ticket, 2, 'noted', 'agent', now(), '{}')`,
		"ticket_search_ticket_fkey":   `insert into ticket_search (tenant_id, ticket_id, words) values (@other, @ticket, '')`,
		"desk_counters_desk_fkey":     `insert into desk_counters (tenant_id, desk_id, value) values (@other, @desk, 1)`,
		"attachments_desk_fkey":       `insert into attachments (tenant_id, id, desk_id, name, stored_name, content_type, size, sha256, created_at) values (@other, @new, @desk, '', '', '', 1, '', now())`,
		"rule_active_revision_fkey":   `insert into rule_active (tenant_id, desk_id, revision) values (@other, @desk, 1)`,
		"reference_lists_desk_fkey":   `insert into reference_lists (tenant_id, desk_id, list, key, title) values (@other, @desk, 'l', 'k', '{}')`,
		"ticket_reads_person_fkey":    `insert into ticket_reads (tenant_id, person_id, ticket_id, seq) values (@other, @person, @ticket, 1)`,
		"decisions_ticket_fkey":       `insert into decisions (tenant_id, ticket_id, seq, at, release_digest, revision, digest) values (@other, @ticket, 1, now(), '', 1, '')`,
		"ticket_keys_ticket_fkey":     `insert into ticket_keys (tenant_id, desk_id, value, ticket_id) values (@other, @desk, 'v', @ticket)`,
		"upload_links_ticket_fkey":    `insert into upload_links (tenant_id, digest, ticket_id, created_by, note, max_bytes, created_at, expires_at) values (@other, '\x01', @ticket, @person, '', 1, now(), now())`,
		"saved_views_owner_fkey":      `insert into saved_views (tenant_id, id, desk_id, owner_id, shared, title, query, created_at, updated_at) values (@other, @new, @desk, @person, false, 'x', '', now(), now())`,
		"answer_templates_desk_fkey":  `insert into answer_templates (tenant_id, id, desk_id, title, text, transition, visibility, created_at, updated_at) values (@other, @new, @desk, 'x', 'x', '', 'public', now(), now())`,
		"ticket_presence_ticket_fkey": `insert into ticket_presence (tenant_id, ticket_id, person_id, writing, since, seen_at) values (@other, @ticket, @person, false, now(), now())`,
		"rule_revisions_author_fkey":  `insert into rule_revisions (tenant_id, desk_id, revision, release_digest, overlay, digest, state, author_id, created_at) values (@other, @desk, 1, '', '{}', '', 'draft', @person, now())`,
	} {
		_, err := conn.Exec(t.Context(), names.Replace(statement))
		var pg *pgconn.PgError
		require.ErrorAs(t, err, &pg, constraint)
		require.Equal(t, "23503", pg.Code, "%s: %s", constraint, pg.Message)
		require.Contains(t, pg.ConstraintName, strings.Split(constraint, "_")[0])
	}
}
