package ident_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/ident"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// TestEveryWrongDigitIsFound is exhaustive over the first counters, of all lengths up to five digits.
func TestEveryWrongDigitIsFound(t *testing.T) {
	t.Parallel()
	for counter := int64(1); counter < 20_000; counter++ {
		number := ident.FormatNumber("ACC", counter)
		raw := []byte(number)
		for at := len("ACC-"); at < len(raw); at++ {
			right := raw[at]
			for wrong := byte('0'); wrong <= '9'; wrong++ {
				if wrong == right {
					continue
				}
				raw[at] = wrong
				if _, state := ident.ParseNumber(string(raw)); state != ident.NumberCheckDigit {
					t.Fatalf("%s was taken for %s: %d", raw, number, state)
				}
			}
			raw[at] = right
		}
	}
}

func TestEverySwapOfNeighboursIsFound(t *testing.T) {
	t.Parallel()
	for counter := int64(1); counter < 100_000; counter++ {
		number := ident.FormatNumber("ACC", counter)
		raw := []byte(number)
		for at := len("ACC-"); at+1 < len(raw); at++ {
			if raw[at] == raw[at+1] {
				continue
			}
			raw[at], raw[at+1] = raw[at+1], raw[at]
			if _, state := ident.ParseNumber(string(raw)); state != ident.NumberCheckDigit {
				t.Fatalf("%s was taken for %s: %d", raw, number, state)
			}
			raw[at], raw[at+1] = raw[at+1], raw[at]
		}
	}
}

func TestLargeNumbersAreChecked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		counter := rapid.Int64Range(1, 999_999_999_999_999_999).Draw(r, "counter")
		number := ident.FormatNumber("ACC", counter)
		got, state := ident.ParseNumber(number)
		require.Equal(r, ident.NumberOK, state, number)
		require.Equal(r, number, got)
		raw := []byte(number)
		at := rapid.IntRange(len("ACC-"), len(raw)-1).Draw(r, "at")
		raw[at] = '0' + (raw[at]-'0'+byte(rapid.IntRange(1, 9).Draw(r, "by")))%10
		_, state = ident.ParseNumber(string(raw))
		require.Equal(r, ident.NumberCheckDigit, state, string(raw))
	})
}

// TestTheDatabaseCountsTheSame: the stored function and the program agree on every check digit.
func TestTheDatabaseCountsTheSame(t *testing.T) {
	t.Parallel()
	const counters = 3000
	d := dbtest.New(t)
	tenant, desk := ident.New(), ident.New()
	_, err := d.Exempt().Exec(t.Context(), `insert into tenants (id, slug, title, created_at) values ($1, 'first', '{}', now())`, tenant)
	require.NoError(t, err)
	var numbers []string
	require.NoError(t, d.InTx(t.Context(), tenant, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `insert into desks (tenant_id, id, slug, system, title, prefix, settings, created_at)
			values ($1, $2, 'desk', 's', '{}', 'ACC', '{}', now())`, tenant, desk); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into desk_counters (tenant_id, desk_id, value) values ($1, $2, 0)`, tenant, desk); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `select next_number($1, $2) from generate_series(1, $3)`, tenant, desk, counters)
		if err != nil {
			return err
		}
		numbers, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	}))
	require.Len(t, numbers, counters)
	for i, number := range numbers {
		require.Equal(t, ident.FormatNumber("ACC", int64(i+1)), number)
	}
	// No counter of another tenant can be raised, even when its desk is known.
	other := ident.New()
	_, err = d.Exempt().Exec(t.Context(), `insert into tenants (id, slug, title, created_at) values ($1, 'second', '{}', now())`, other)
	require.NoError(t, err)
	err = d.InTx(t.Context(), other, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select next_number($1, $2)`, tenant, desk).Scan(new(string))
	})
	require.ErrorContains(t, err, "no counter")
}

func TestParseNumber(t *testing.T) {
	t.Parallel()
	stored := ident.FormatNumber("ACB", 1042)
	for typed, want := range map[string]string{
		stored:                                 stored,
		strings.ToLower(stored):                stored,
		" " + stored + " ":                     stored,
		"№ " + stored:                          stored,
		"#" + stored:                           stored,
		strings.Replace(stored, "-", " - ", 1): stored,
		strings.Replace(stored, "-", "–", 1):   stored,
		strings.Replace(stored, "-", "—", 1):   stored,
		strings.Replace(stored, "-", "−", 1):   stored,
		strings.Replace(stored, "-", "‑", 1):   stored,
		"АСВ" + stored[3:]:                     stored, // Cyrillic capitals
		"асв" + stored[3:]:                     stored, // small ones
		stored[:5] + "\u00a0" + stored[5:]:     stored,
	} {
		got, state := ident.ParseNumber(typed)
		require.Equal(t, ident.NumberOK, state, "%q", typed)
		require.Equal(t, want, got, "%q", typed)
	}
	for _, typed := range []string{
		"", "-", "ACC", "ACC-", "ACC-1", "-17", "ACC-1a7", "ACC-12345678901234567890", strings.Repeat("A", 50) + "-17",
		"ACC-١٧", "\x00", "1042",
	} {
		_, state := ident.ParseNumber(typed)
		require.Equal(t, ident.NumberMalformed, state, "%q", typed)
	}
}

func TestFoldPrefix(t *testing.T) {
	t.Parallel()
	require.Equal(t, "ABCEHKMOPTXYISJ", ident.FoldPrefix("АВСЕНКМОРТХУІЅЈ"))
	require.Equal(t, "ABCEHKMOPTXY", ident.FoldPrefix("авсенкмортху"))
	require.Equal(t, "ДЛЯ", ident.FoldPrefix("для"), "what looks like no Latin letter stays, and is refused later")
}

func FuzzParseNumber(f *testing.F) {
	f.Add("ACC-17")
	f.Add("асс – 17")
	f.Add("ACC-" + strconv.Itoa(1<<62))
	f.Fuzz(func(t *testing.T, typed string) {
		got, state := ident.ParseNumber(typed)
		if state != ident.NumberOK {
			if got != "" {
				t.Fatalf("%q gave %q with state %d", typed, got, state)
			}
			return
		}
		if again, state := ident.ParseNumber(got); state != ident.NumberOK || again != got {
			t.Fatalf("%q gave %q, which gave %q", typed, got, again)
		}
	})
}
