package form

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFormats(t *testing.T) {
	t.Parallel()
	for name, cases := range map[string]struct{ good, bad []string }{
		"inn": {
			good: []string{"7707083893", "7830002293", "500100732259", "7736050003"},
			bad:  []string{"", "7707083892", "0000000000", "000000000000", "500100732258", "500100732269", "77070838931", "770708389a", "７７０７０８３８９３", "7707 083893"},
		},
		"snils": {
			good: []string{"112-233-445 95", "11223344595", "112-233-445-95", "087-654-303 00", "001-001-998 00"},
			bad:  []string{"", "112-233-445 96", "1122334459", "112--233-445 95", "000-000-000 00", "112 233 445 9 5"},
		},
		"ogrn": {
			good: []string{"1027700132195", "1037739010891", "304500116000157"},
			bad:  []string{"", "1027700132196", "0000000000000", "304500116000158", "102770013219", "9027700132195"},
		},
		"ogrnip": {good: []string{"304500116000157"}, bad: []string{"1027700132195", "304500116000156"}},
		"phone": {
			good: []string{
				"+7 (3022) 12-34-56", "8-123-12345678", "8 800 250-24-33", "8-800-200-72 доб. 67-12", "+73022123456", "(3022) 12-34-56",
				"8(3022)123456", "12-34-56", "+7 3022 12–34–56", "+7 912 345 67 89 ext. 12", "8.800.250.24.33", "+1 202 555 0100 x5", "+7 3022 12 - 34 - 56", "+7\u00a0(914)\u00a0123-45-67",
			},
			bad: []string{
				"", "1234", "+7", "нет", "8-123-12345678-", "8--123-12345678", "+7 (3022 12-34-56", "+7 )3022( 12-34-56", "12345678901234567",
				"+7 912 345-67-89, +7 913 345-67-89", "8-123-1234567a", "++79123456789", strings.Repeat("1 ", 100), "+7 ((302)) 212345", "() 12345",
			},
		},
		"email": {
			good: []string{
				"a@b.ru", "first.last+tag@sub.example.com", "o'neil@example.ie", "support@почта.рф", "x@xn--80a1acny.xn--p1ai", "UPPER@EXAMPLE.RU",
				strings.Repeat("a", 64) + "@example.ru",
			},
			bad: []string{
				"", "a", "a@", "@b.ru", "a@b", "a b@c.ru", "a@@b.ru", ".a@b.ru", "a.@b.ru", "a..b@c.ru", "иван@почта.рф", "a@mаil.ru",
				"a@b..ru", "a@-b.ru", "a@b.ru.", "a@1.2.3.4", "a@[1.2.3.4]", `"a b"@c.ru`, "a@b.ru,c@d.ru", "a@b.ru\nBcc: c@d.ru", "<a@b.ru>",
				strings.Repeat("a", 65) + "@example.ru", "a@" + strings.Repeat("b", 64) + ".ru", "a@" + strings.Repeat("abcdefg.", 40) + "ru", "a@b.c",
			},
		},
		"date": {
			good: []string{"2026-03-31", "2024-02-29"},
			bad:  []string{"", "2026-02-29", "31.03.2026", "2026-3-31", "2026-03-31T00:00:00Z", "2026-13-01"},
		},
		"uri": {
			good: []string{"https://webtorgi.e-zab.ru/portal/", "http://почта.рф/путь?q=1#a", "https://127.0.0.1:8080/x", "https://[::1]/x"},
			bad:  []string{"", "webtorgi.ru", "ftp://a.ru", "javascript:alert(1)", "https://", "https://user:pw@a.ru", "https://a b.ru", "http://a.ru/\n", "//a.ru", "file:///etc/passwd"},
		},
		"fio": {
			good: []string{
				"Иванов Иван", "Иванов Иван Иванович", "Мамин-Сибиряк Дмитрий Наркисович", "Петрова-Водкина Анна-Мария", "фон Берг Карл",
				"Берг фон дер Карл Густавович", "Алиев Вагиф Гасан оглы", "Мамедова Лейла Рауф кызы", "O'Neill Shaun", "Д’Артаньян Шарль", "Щёлоков Пётр",
				"John Smith", "ИВАНОВ ИВАН", "иванов иван", "Ван Ли", "Ким Ир Сен", "José Ortega y Gasset", "de la Cruz Juan", "Салтыков - Щедрин Михаил",
				"  Иванов   Иван ", "Бадмаева Сэсэг", "Мәрьям Хәсәнова",
			},
			bad: []string{
				"", "Иванов", "фон Берг", "Алиев оглы", "Иванов 2", "Ивaнов Иван", "Иван0в Иван", "Иванов, Иван", "Иванов Иван!", "-Иванов Иван",
				"Иванов- Иван", "Иван--ов Иван", "И И", "И.И.", "ivan@mail.ru Иван", strings.Repeat("Иван ", 20), "Иванов <b>Иван</b>",
			},
		},
	} {
		for _, s := range cases.good {
			require.Empty(t, formats[name](s), "%s %q", name, s)
		}
		for _, s := range cases.bad {
			require.NotEmpty(t, formats[name](s), "%s %q", name, s)
		}
	}
	for _, s := range []string{"Иванов И.И.", "Иванов И. И.", "И.И. Иванов", "Иванов И И", "Иванов Иван И.", "Smith J.", "Иванов-Петров И.И", "Петров Ив. Ив."} {
		require.Equal(t, "fio_initials", fioFault(s), s)
	}
	require.Equal(t, "format_fio", fioFault("Иванов"))
	require.Equal(t, []string{"date", "email", "fio", "inn", "ogrn", "ogrnip", "phone", "snils", "uri"}, Formats())
}

// Every change of one digit and every swap of two neighbours but a few of a number is found by its
// check digits; every single change is.
func TestCheckDigitsFindSlips(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ format, number string }{
		{"inn", "7707083893"}, {"inn", "500100732259"}, {"snils", "11223344595"}, {"ogrn", "1027700132195"}, {"ogrnip", "304500116000157"},
	} {
		missed := 0
		for i := range c.number {
			for d := byte('0'); d <= '9'; d++ {
				slip := []byte(c.number)
				if slip[i] == d {
					continue
				}
				slip[i] = d
				if formats[c.format](string(slip)) == "" {
					missed++
				}
			}
		}
		// Remainders of 10 fold onto 0, so a tenth at most may slip through.
		require.LessOrEqual(t, missed, len(c.number), c.format)
	}
}

func TestNormalPhone(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"+7 (3022) 12-34-56 доб. 12": "73022123456",
		"8 (3022) 12-34-56":          "73022123456",
		"3022 12-34-56":              "73022123456",
		"8-123-12345678":             "812312345678",
		"12-34-56":                   "123456",
		"+8 123 456 78 90":           "81234567890",
		"нет":                        "",
	} {
		require.Equal(t, want, NormalPhone(typed), typed)
	}
}

func TestPatternSubset(t *testing.T) {
	t.Parallel()
	for _, good := range []string{`^[0-9]{11,25}$`, `^[A-ZА-ЯЁ]{2}-\d+$`, `^(?:a|b)+?$`, `\b[0-9]{3,}\b`, `^\p{Lu}\p{L}*$`, `^[^\]\-]\.$`, `a{3}`, ``} {
		require.Empty(t, patternFault(good), good)
	}
	for _, bad := range []string{
		`(?=a)`, `(?!a)`, `(?<=a)b`, `(a)\1`, `(?i)a`, `(?P<n>a)`, `(?<n>a)`, `\s`, `\Aa`, `a\z`, `\pL`, `\p{Cyrillic}`, `[[:alpha:]]`, `[]a]`, `[^]`,
		`a{2000}`, `a{,3}`, `{`, `}`, `]`, `\_`, `\x41`, `\u0041`, `[a`, `a\`, strings.Repeat("a", 501), `\Qa\E`, `[\b]`,
	} {
		require.NotEmpty(t, patternFault(bad), bad)
	}
}
