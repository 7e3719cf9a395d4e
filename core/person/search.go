package person

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/ident"
)

// Bounds of a search.
const (
	maxTokens = 8
	minToken  = 2
	// minTail is from how many digits on the end of a phone is looked for.
	minTail = 3
)

// Search finds people, by name, at most limit and 20: every word of the query must begin a word of the
// person's name or address, of his organisation's name or INN, or his phone; digits may also end the
// phone. A query without a letter or digit pair finds nobody. It goes through the reviewed function,
// which alone may use the index under row level security.
func Search(ctx context.Context, q db.Querier, tenant ident.ID, query string, limit int) ([]ident.ID, error) {
	tokens := tokensOf(query)
	if len(tokens) == 0 {
		return nil, nil
	}
	rows, err := q.Query(ctx, `select found.person_id from search_people($1, $2::tsquery, $3::tsquery, $4) found limit 20`,
		tenant, strings.Join(tokens, " & "), strings.Join(tokens, " | "), limit)
	if err != nil {
		return nil, fmt.Errorf("search people: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, fmt.Errorf("scan found people: %w", err)
	}
	return ids, nil
}

// tokensOf reads a query as parts of a tsquery, each of them a beginning of a word. Folding is the same
// as in the columns that the words are kept in.
func tokensOf(query string) []string {
	query = strings.ReplaceAll(strings.ToLower(query), "ё", "е")
	words := strings.Fields(query)
	if strings.IndexFunc(query, unicode.IsLetter) < 0 {
		words = []string{query} // a phone with spaces in it is one
	}
	var out []string
	for _, word := range words {
		if token := tokenOf(word); token != "" && len(out) < maxTokens {
			out = append(out, token)
		}
	}
	return out
}

func tokenOf(word string) string {
	digits := strings.Map(only(unicode.IsDigit), word)
	switch {
	case strings.IndexFunc(word, unicode.IsLetter) < 0:
		return digitsToken(digits)
	case strings.ContainsAny(word, "@."):
		// An address, or initials: whole, or by its parts.
		if parts := partsOf(word); parts != "" && !strings.Contains(word, "@") {
			return "(" + begins(word) + " | " + parts + ")"
		}
		return begins(word)
	}
	return partsOf(word)
}

// partsOf is a word by its letters and digits: what stands between them parts words.
func partsOf(word string) string {
	var parts []string
	for _, part := range strings.FieldsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		parts = append(parts, begins(part))
	}
	switch len(parts) {
	case 0:
		return ""
	case 1:
		if len([]rune(word)) < minToken {
			return ""
		}
		return parts[0]
	}
	return "(" + strings.Join(parts, " & ") + ")"
}

// digitsToken is the beginning of a number, of a phone with or without the country's digit, or the end
// of a phone.
func digitsToken(digits string) string {
	if len(digits) < minToken {
		return ""
	}
	forms := []string{begins(digits)}
	if len(digits) >= minTail {
		reversed := []byte(digits)
		for i, j := 0, len(reversed)-1; i < j; i, j = i+1, j-1 {
			reversed[i], reversed[j] = reversed[j], reversed[i]
		}
		forms = append(forms, begins("<"+string(reversed)))
	}
	// Within Russia the country's 7 is dialled, and so written, as 8; the column has the rest apart.
	if len(digits) > minTail && (digits[0] == '7' || digits[0] == '8') {
		forms = append(forms, begins(digits[1:]))
	}
	return "(" + strings.Join(forms, " | ") + ")"
}

// begins is the prefix of a lexeme in a tsquery; what has a meaning there is taken out.
func begins(text string) string {
	return "'" + strings.Map(func(r rune) rune {
		if r == '\'' || r == '\\' || r == 0 || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, text) + "':*"
}

func only(keep func(rune) bool) func(rune) rune {
	return func(r rune) rune {
		if keep(r) && r < unicode.MaxASCII {
			return r
		}
		return -1
	}
}
