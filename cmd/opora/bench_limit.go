package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/opora-desk/opora/core/ident"
)

// benchPattern keeps what a filing of each desk stores, as text, so that the limit parses and
// compresses it anew at every call.
const benchPattern = `
drop table if exists bench.filings;
create table bench.filings (
	n int primary key, tenant_id uuid, desk_id uuid, release text, form text, form_version int, channel text, subject text, fields text,
	status text, category text, priority text, queue text, line text, seen text[], requester_id uuid, organisation_id uuid,
	deadline_case text, deadline_at timestamptz, actor_kind text, data text, body text,
	words_subject text, words_people text, words_text text, words_exact text[], keys text[],
	revision bigint, digest text, input text, outcomes text);
alter table bench.filings alter fields set storage external, alter data set storage external, alter body set storage external,
	alter input set storage external, alter outcomes set storage external;
grant usage on schema bench to opora_app;
grant select on bench.filings to opora_app;`

// benchFunction does what one filing does, in one round trip and with plans that are kept: the same rows
// by the same expressions. Its identifiers grow with time as those of Opora do.
const benchFunction = `
create or replace function bench.file(p_n int) returns text
language plpgsql
set search_path = public, pg_temp
as $$
declare
	f bench.filings;
	new_id uuid := (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid;
	at timestamptz := clock_timestamp();
	given text;
begin
	select * into f from bench.filings where n = p_n;
	perform set_config('app.tenant_id', f.tenant_id::text, true);
	insert into tickets (tenant_id, id, desk_id, number, release_digest, form, form_version, channel, subject, fields,
			status, category, priority, queue, line, seen_by_lines, assignee_id, requester_id, organisation_id, deadline_case, deadline_at,
			duplicate_of, reopened, version, last_seq, requester_seq, answer_seq, created_at, updated_at, closed_at)
		values (f.tenant_id, new_id, f.desk_id, next_number(f.tenant_id, f.desk_id), f.release, f.form, f.form_version, f.channel, f.subject, f.fields::jsonb,
			f.status, f.category, f.priority, f.queue, f.line, f.seen, null, f.requester_id, f.organisation_id, f.deadline_case, f.deadline_at,
			null, 0, 1, 1, 1, 0, at, at, null)
		returning number into given;
	insert into ticket_events (tenant_id, ticket_id, seq, kind, actor_kind, actor_id, at, data, body)
		values (f.tenant_id, new_id, 1, 'submitted', f.actor_kind, f.requester_id, at, f.data::jsonb, f.body::jsonb);
	insert into ticket_search (tenant_id, ticket_id, words)
		values (f.tenant_id, new_id, setweight(to_tsvector('russian', f.words_subject), 'B') || setweight(to_tsvector('simple', f.words_people), 'B')
			|| setweight(to_tsvector('russian', f.words_text), 'C') || setweight(array_to_tsvector(f.words_exact), 'A'))
		on conflict (tenant_id, ticket_id) do update set words = excluded.words;
	if cardinality(f.keys) > 0 then
		insert into ticket_keys (tenant_id, desk_id, value, ticket_id) select f.tenant_id, f.desk_id, k, new_id from unnest(f.keys) k;
	end if;
	insert into decisions (tenant_id, ticket_id, seq, at, release_digest, revision, digest, input, outcomes)
		values (f.tenant_id, new_id, 1, at, f.release, f.revision, f.digest, f.input::jsonb, f.outcomes::jsonb);
	return given;
end
$$;
grant execute on function bench.file(int) to opora_app;`

// patterns fills the table from the newest ticket of each desk.
func (w *benchWorld) patterns(ctx context.Context) error {
	for _, statement := range []string{benchPattern, benchFunction} {
		if _, err := w.super.Exec(ctx, statement); err != nil {
			return fmt.Errorf("make the limit's function: %w", err)
		}
	}
	for n := range w.desks {
		if err := w.pattern(ctx, n); err != nil {
			return fmt.Errorf("make the pattern of a filing: %w", err)
		}
	}
	return nil
}

func (w *benchWorld) pattern(ctx context.Context, n int) error {
	d := &w.desks[n]
	tenant := w.tenants[d.tenant].id
	var id, requester ident.ID
	var subject string
	var raw []byte
	err := w.super.QueryRow(ctx, `select t.id, t.requester_id, t.subject, t.fields from tickets t
			join decisions d on d.tenant_id = t.tenant_id and d.ticket_id = t.id and d.seq = 1
		where t.tenant_id = $1 and t.desk_id = $2 order by t.id desc limit 1`, tenant, d.id).Scan(&id, &requester, &subject, &raw)
	if err != nil {
		return fmt.Errorf("find a ticket: %w", err)
	}
	var fields any
	if err := json.Unmarshal(raw, &fields); err != nil {
		return fmt.Errorf("read fields: %w", err)
	}
	var text strings.Builder
	benchTexts(fields, &text)
	_, err = w.super.Exec(ctx, `insert into bench.filings
		select $1, t.tenant_id, t.desk_id, t.release_digest, t.form, t.form_version, t.channel, t.subject, t.fields::text,
			t.status, t.category, t.priority, t.queue, t.line, t.seen_by_lines, t.requester_id, t.organisation_id,
			t.deadline_case, t.deadline_at, e.actor_kind, e.data::text, e.body::text,
			t.subject, concat_ws(' ', p.name, o.name), $4,
			coalesce((select array_agg(lexeme order by lexeme) from unnest(s.words) where positions is null), '{}'),
			coalesce((select array_agg(value) from ticket_keys k where k.tenant_id = t.tenant_id and k.ticket_id = t.id), '{}'),
			d.revision, d.digest, d.input::text, d.outcomes::text
		from tickets t
		join ticket_events e on e.tenant_id = t.tenant_id and e.ticket_id = t.id and e.seq = 1
		join ticket_search s on s.tenant_id = t.tenant_id and s.ticket_id = t.id
		join decisions d on d.tenant_id = t.tenant_id and d.ticket_id = t.id and d.seq = 1
		join people p on p.tenant_id = t.tenant_id and p.id = t.requester_id
		left join organisations o on o.tenant_id = t.tenant_id and o.id = t.organisation_id
		where t.tenant_id = $2 and t.id = $3`, n+1, tenant, id, text.String())
	return err
}

// benchTexts are the texts of a form as the search keeps them.
func benchTexts(value any, into *strings.Builder) {
	switch v := value.(type) {
	case string:
		into.WriteString(v)
		into.WriteByte('\n')
	case []any:
		for _, item := range v {
			benchTexts(item, into)
		}
	case map[string]any:
		for _, item := range v {
			benchTexts(item, into)
		}
	}
}

var benchTPS = regexp.MustCompile(`tps = ([0-9.]+)`)

// pgbench calls the limit's function over a number of desks and returns calls a second.
func (w *benchWorld) pgbench(ctx context.Context, clients, desks int, span time.Duration) (float64, error) {
	script := filepath.Join(w.data, "bench.sql")
	text := fmt.Sprintf("\\set n random(1, %d)\nselect bench.file(:n);\n", desks)
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		return 0, fmt.Errorf("write pgbench's script: %w", err)
	}
	program := filepath.Join(w.cluster.Binaries().Dir, "pgbench")
	if _, err := os.Stat(program); err != nil {
		return 0, refuse("cli.error.bench_pgbench", arg("dir", w.cluster.Binaries().Dir))
	}
	seconds := max(1, int(span.Round(time.Second)/time.Second))
	//nolint:gosec // PostgreSQL's own program, found beside the server that runs
	command := exec.CommandContext(ctx, program, "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", strconv.Itoa(min(clients, 2)),
		"-T", strconv.Itoa(seconds), "-f", script, w.appURL())
	command.Dir = w.data
	out, err := command.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("run pgbench: %w: %s", err, out)
	}
	found := benchTPS.FindSubmatch(out)
	if found == nil {
		return 0, errors.New("pgbench told no rate")
	}
	return strconv.ParseFloat(string(found[1]), 64)
}
