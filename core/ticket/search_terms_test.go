package ticket_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/ticket"
)

// TestEachWordOfAQueryCounts: a number beside a word switches nothing off, and what shall not be there is
// not there, whatever its ending.
func TestEachWordOfAQueryCounts(t *testing.T) {
	t.Parallel()
	mine, foreign := places(t)
	number := []string{"202603912000123001"}
	elephant := mine.file(ticket.Words{Subject: "Купить слона", Text: "В зоопарк", People: "Ли Анна", Exact: number}).ID
	crocodile := mine.file(ticket.Words{
		Subject: "Крокодилы зоопарка", Text: "Договор 2026.55-A/17, ошибка 0x80090014, файл a_b.pdf",
		Exact: append(number, "ivan.petrov@mail.example", "+7 (3022) 12-34-56"),
	}).ID
	foreign.file(ticket.Words{Subject: "Слоны и крокодилы", Exact: number})
	for query, want := range map[string][]ident.ID{
		"202603912000123001":                                   {crocodile, elephant},
		"202603912000123001 слон":                              {elephant},
		"слон 2026 0391 2000 1230 01":                          {elephant},
		"202603912000123001 слон крокодил":                     nil,
		"202603912000123001 бегемот":                           nil,
		"202603912000123001 -слоны":                            {crocodile},
		"зоопарк -202603912000123001":                          nil,
		"+7 (3022) 12-34-56 крокодил":                          {crocodile},
		"крокодил, 8 3022 123456, зоопарк":                     {crocodile},
		"+7 (3022) 12-34-56 слон":                              nil,
		"крокодил\u00a0+7\u202f(3022)\u00a012\u201134\u201156": {crocodile},
		"202603912000123001 +7 (3022) 12-34-56":                nil,
		"зоопарк":                                              {crocodile, elephant},
		"зоопарк -крокодил":                                    {elephant},
		"зоопарк -крокодилами":                                 {elephant},
		"-крокодил зоопарк":                                    {elephant},
		"зоопарк -\"купить слона\"":                            {crocodile},
		"\"зоопарк купить\"":                                   nil,
		"\"купить слона":                                       {elephant},
		"слон or крокодил":                                     {crocodile, elephant},
		"слон зоопарк OR бегемот":                              {elephant},
		"слон or -крокодил":                                    {elephant},
		"or слон or":                                           {elephant},
		"-крокодил":                                            nil,
		"-бегемот -крокодил":                                   nil,
		"-":                                                    nil,
		"слон - зоопарк":                                       {elephant},
		"слон и зоопарк":                                       {elephant},
		"слон -и":                                              {elephant},
		"Ли":                                                   {elephant},
		"Анна слон":                                            {elephant},
		"2026.55-A/17":                                         {crocodile},
		"2026.55-a/17 крокодил":                                {crocodile},
		"2026.55-A/18":                                         nil,
		"0x80090014":                                           {crocodile},
		"крокодил 0x80090014":                                  {crocodile},
		"слон 0x80090014":                                      nil,
		"ivan.petrov@mail.example крокодил":                    {crocodile},
		"ivan.petrov@mail.example слон":                        nil,
		"a_b.pdf":                                              {crocodile},
	} {
		require.Equal(t, want, nothing(mine.search(ticket.SearchScope{}, query)), query)
	}
}

// nothing is nil for what is empty.
func nothing(ids []ident.ID) []ident.ID {
	if len(ids) == 0 {
		return nil
	}
	return ids
}

// TestNumbersOfTextsAreFoundInAnyWriting: a phone in a description, a comment or a note is found as one in
// a field is.
func TestNumbersOfTextsAreFoundInAnyWriting(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	noise := "В 2026 году 35 договоров, 50 актов и 77 писем, тел. 65-43-21"
	mine.file(ticket.Words{Subject: "Прочее", Text: noise})
	for _, text := range []string{
		"Звоните: +7 (3022) 35-50-77, слон.", "Тел.+7(3022)355077", "8\u00a03022\u00a035\u201150\u201177", "телефон 83022355077.", "тел 8-3022-35-50-77;",
	} {
		described := mine.file(ticket.Words{Text: text})
		commented, noted, edited := mine.file(ticket.Words{}), mine.file(ticket.Words{}), mine.file(ticket.Words{Text: "было " + text})
		mine.add(edited, ticket.Commented, mine.byAgent(), 0, ticket.Data{}, &ticket.Body{Text: text})
		mine.batch(func(b *pgx.Batch) {
			ticket.IndexMore(b, commented, text, false)
			ticket.IndexMore(b, noted, text, true)
			ticket.Reindex(b, edited, ticket.Words{})
		})
		for _, query := range []string{"+7 (3022) 35-50-77", "8 3022 355077", "73022355077", "3022355077", "3022 35-50-77", "355077", "35-50-77"} {
			require.Equal(t, []ident.ID{edited.ID, noted.ID, commented.ID, described.ID}, mine.search(ticket.SearchScope{Reader: &mine.agent}, query), "%s in %s", query, text)
		}
		mine.batch(func(b *pgx.Batch) {
			for _, one := range []*ticket.Ticket{described, commented, noted, edited} {
				ticket.Forget(b, one)
			}
		})
	}
	registry := mine.file(ticket.Words{Text: "закупка 0373 1000 9092 6000 013 и 35-50-77 65-43-22"})
	require.Equal(t, []ident.ID{registry.ID}, mine.search(ticket.SearchScope{}, "0373100090926000013"))
	require.Equal(t, []ident.ID{registry.ID}, mine.search(ticket.SearchScope{}, "654322"), "one of two side by side")
}

// TestNotesOfOnesOwnTicketAreNotSearched: who works for a desk is in his own ticket a requester like any
// other, and learns nothing of what colleagues note there.
func TestNotesOfOnesOwnTicketAreNotSearched(t *testing.T) {
	t.Parallel()
	mine, _ := places(t)
	own := mine.file(ticket.Words{Subject: "вопрос"}, func(e *ticket.Event) { e.Data.Requester = &mine.agent })
	others := mine.file(ticket.Words{Subject: "вопрос"})
	mine.batch(func(b *pgx.Batch) {
		ticket.IndexMore(b, own, "секретная заметка", true)
		ticket.IndexMore(b, others, "секретная заметка", true)
	})
	line := "line1"
	for name, scope := range map[string]ticket.SearchScope{"desk": {Reader: &mine.agent}, "handed line": {Reader: &mine.agent, Line: &line}} {
		require.Equal(t, []ident.ID{others.ID}, mine.search(scope, "заметка"), name)
		require.Equal(t, []ident.ID{others.ID, own.ID}, mine.search(scope, "вопрос"), name)
	}
	require.Equal(t, []ident.ID{others.ID, own.ID}, mine.search(ticket.SearchScope{Reader: &mine.other}, "заметка"))
}
