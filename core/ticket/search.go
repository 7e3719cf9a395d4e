package ticket

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// Words are what a ticket is found by.
type Words struct {
	Subject string
	People  string
	Text    string
	// Exact are values that a parser would split: addresses, phones, registry numbers.
	Exact []string
}

// maxWords keeps a ticket's words below what PostgreSQL takes in one tsvector (1 MiB).
const maxWords = 400_000

// Index queues the words of a ticket, in place of those that it had.
func Index(b *pgx.Batch, t *Ticket, w Words) {
	b.Queue(`insert into ticket_search (tenant_id, ticket_id, words)
		values ($1, $2, setweight(to_tsvector('russian', $3), 'B') || setweight(to_tsvector('simple', $4), 'B')
			|| setweight(to_tsvector('russian', $5), 'C') || setweight(array_to_tsvector($6::text[]), 'A')
			|| array_to_tsvector(search_numbers($3 || E'\n' || $5)))
		on conflict (tenant_id, ticket_id) do update set words = excluded.words`,
		t.Tenant, t.ID, cut(w.Subject), cut(w.People), cut(w.Text), kept(w.Exact))
}

// IndexMore queues further words: a comment's, or those of an internal note, which only agents search.
func IndexMore(b *pgx.Batch, t *Ticket, text string, internal bool) {
	if internal {
		b.Queue(`update ticket_search set internal = internal || to_tsvector('russian', $3) || array_to_tsvector(search_numbers($3))
			where tenant_id = $1 and ticket_id = $2 and pg_column_size(internal) < 500000`, t.Tenant, t.ID, cut(text))
		return
	}
	b.Queue(`update ticket_search set words = words || setweight(to_tsvector('russian', $3), 'C') || array_to_tsvector(search_numbers($3))
		where tenant_id = $1 and ticket_id = $2 and pg_column_size(words) < 500000`, t.Tenant, t.ID, cut(text))
}

// Forget queues the removal of a ticket's words.
func Forget(b *pgx.Batch, t *Ticket) {
	b.Queue(`update ticket_search set words = '', internal = '' where tenant_id = $1 and ticket_id = $2`, t.Tenant, t.ID)
}

// SearchScope is where a search may look.
type SearchScope struct {
	Desks []ident.ID
	// Reader also looks into internal notes, but for those of tickets that he filed himself; nil looks
	// into none.
	Reader       *ident.ID
	Requester    *ident.ID
	Organisation *ident.ID
	// Line keeps what a line of support has or had.
	Line *string
}

// Search finds tickets by words and exact values, the newest first, before a ticket where given. It
// goes through the reviewed function, which alone may use the index under row level security. The caller
// reads the tickets by ListByIDs, under his own policy. Each word is sought as it is, by its stem and as
// an exact value; a word that the language hardly counts, as "and", is sought only where no other is.
// What nothing is sought of but what it shall not have finds nothing.
func Search(ctx context.Context, q db.Querier, tenant ident.ID, s SearchScope, text string, before *ident.ID, limit int) ([]ident.ID, error) {
	sought := termsOf(text)
	rows, err := q.Query(ctx, `select found.ticket_id from search_tickets($1, $2, (
			select coalesce(string_agg('(' || alternative.query || ')', ' | '), '')::tsquery from (
				select coalesce(string_agg(part.query, ' & ') filter (where not part.negated and not part.light), string_agg(part.query, ' & ') filter (where not part.negated))
					|| coalesce(' & ' || string_agg('!' || part.query, ' & ') filter (where part.negated and not part.light), '') as query
				from (
					select word.alternative, word.negated, numnode(word.stem) = 0 as light, '(' || (word.stem || word.plain || word.exact::tsquery)::text || ')' as query
					from (
						select w.alternative, w.negated, w.exact,
							case when w.number then plainto_tsquery('simple', w.text) else phraseto_tsquery('simple', w.text) end as plain,
							case when w.number then plainto_tsquery('simple', w.text) else phraseto_tsquery('russian', w.text) end as stem
						from unnest($3::text[], $4::text[], $5::int[], $6::bool[], $7::bool[]) as w (text, exact, alternative, negated, number)) word
					where numnode(word.plain) > 0) part
				group by part.alternative) alternative), $8, $9, $10, $11, $12, $13) found
		order by found.ticket_id desc limit $13`,
		tenant, s.Desks, sought.texts, sought.exact, sought.alternatives, sought.negated, sought.numbers,
		s.Reader, s.Requester, s.Organisation, s.Line, before, limit)
	if err != nil {
		return nil, fmt.Errorf("search tickets: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("scan found tickets: %w", err)
	}
	return ids, nil
}

// kept are the lexemes of values, and the ends of phones, by which people remember them.
func kept(values []string) []string {
	out := lexemes(values)
	for _, lexeme := range out {
		if _, err := strconv.ParseUint(lexeme, 10, 64); err == nil && len(lexeme) == 11 && lexeme[0] == '7' {
			out = append(out, lexeme[1:], lexeme[4:], lexeme[5:])
		}
	}
	return out
}

// lexemes brings exact values to one writing, the same when they are kept and when they are sought.
func lexemes(values []string) []string {
	seen := map[string]bool{}
	out := []string{}
	add := func(s string) {
		if s != "" && len(s) <= 254 && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for _, value := range values {
		plain := strings.Map(func(r rune) rune {
			if r == '\\' || r == 0 {
				return -1
			}
			return r
		}, strings.ToLower(strings.TrimSpace(value)))
		add(plain)
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, plain)
		// A phone or a registry number is sought in whatever writing; a text with a year in it is none.
		if len(digits) >= 6 && len(digits)*2 >= len(plain) {
			add(digits)
			// Within Russia the country's 7 is dialled, and so written, as 8.
			if len(digits) == 11 && digits[0] == '8' {
				add("7" + digits[1:])
			}
		}
	}
	return out
}

func cut(text string) string {
	if len(text) <= maxWords {
		return text
	}
	return strings.ToValidUTF8(text[:maxWords], "")
}

// Reindex queues the words of a ticket whose fields changed, with those of its public history.
func Reindex(b *pgx.Batch, t *Ticket, w Words) {
	Index(b, t, w)
	b.Queue(`update ticket_search s set words = s.words || coalesce((
			select setweight(to_tsvector('russian', left(string_agg(e.body ->> 'text', ' '), 400000)), 'C')
				|| array_to_tsvector(search_numbers(left(string_agg(e.body ->> 'text', E'\n'), 400000)))
			from ticket_events e
			where e.tenant_id = $1 and e.ticket_id = $2 and e.kind in ('commented', 'transitioned') and e.body ? 'text'), '')
		where s.tenant_id = $1 and s.ticket_id = $2`, t.Tenant, t.ID)
}
