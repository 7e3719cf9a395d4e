package form

import (
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/idna"
)

// formats are the formats that a form's schema may name. Each returns the code of what is wrong with
// a text, empty for a good one. All are asserted always.
var formats = map[string]func(string) string{
	"inn":    verdict("inn", isINN),
	"snils":  verdict("snils", isSNILS),
	"ogrn":   verdict("ogrn", func(s string) bool { return isOGRN(s) || isOGRNIP(s) }),
	"ogrnip": verdict("ogrn", isOGRNIP),
	"phone":  verdict("phone", isPhone),
	"email":  verdict("email", isEmail),
	"fio":    fioFault,
	"date":   verdict("date", isDate),
	"uri":    verdict("uri", isURI),
}

func verdict(name string, good func(string) bool) func(string) string {
	return func(s string) string {
		if good(s) {
			return ""
		}
		return formatPrefix + name
	}
}

// Formats returns the names of the formats that a schema may use, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

func digitsOnly(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// weighted returns the sum of the digits by their weights.
func weighted(digits string, weights ...int) int {
	sum := 0
	for i, weight := range weights {
		sum += int(digits[i]-'0') * weight
	}
	return sum
}

// isINN checks a taxpayer's number: 10 digits of an organisation or 12 of a person, with the check
// digits of the Federal Tax Service.
func isINN(s string) bool {
	if !digitsOnly(s) || strings.Trim(s, "0") == "" {
		return false
	}
	check := func(at int, weights ...int) bool { return weighted(s, weights...)%11%10 == int(s[at]-'0') }
	switch len(s) {
	case 10:
		return check(9, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	case 12:
		return check(10, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) && check(11, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	}
	return false
}

var snilsWriting = regexp.MustCompile(`^[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{2}$`)

// firstCheckedSNILS is the number from which the Pension Fund gave control numbers.
const firstCheckedSNILS = "001001999"

// isSNILS checks an insurance number: 11 digits, "112-233-445 95" or without separators, with its
// control number.
func isSNILS(s string) bool {
	if !snilsWriting.MatchString(s) {
		return false
	}
	digits := strings.NewReplacer("-", "", " ", "").Replace(s)
	if strings.Trim(digits[:9], "0") == "" {
		return false
	}
	if digits[:9] < firstCheckedSNILS {
		return true
	}
	control := weighted(digits, 9, 8, 7, 6, 5, 4, 3, 2, 1) % 101 % 100
	return int(digits[9]-'0')*10+int(digits[10]-'0') == control
}

// isOGRN checks a state registration number of an organisation: 13 digits.
func isOGRN(s string) bool {
	return len(s) == 13 && digitsOnly(s) && (s[0] == '1' || s[0] == '5') && remainder(s[:12], 11)%10 == int(s[12]-'0')
}

// isOGRNIP checks that of an entrepreneur: 15 digits.
func isOGRNIP(s string) bool {
	return len(s) == 15 && digitsOnly(s) && s[0] == '3' && remainder(s[:14], 13)%10 == int(s[14]-'0')
}

func remainder(digits string, by int) int {
	rest := 0
	for i := range len(digits) {
		rest = (rest*10 + int(digits[i]-'0')) % by
	}
	return rest
}

const maxPhone = 60

var (
	extension  = regexp.MustCompile(`(?i)[\s,;]*(?:доб|доп|вн|внутр|ext|extension|x|#|добавочный|внутренний)\.?[\s:]*([0-9]{1,5}(?:-[0-9]{1,4})?)$`)
	phoneChars = regexp.MustCompile(`^\+?[0-9(][0-9 ()./-]*[0-9]$`)
	// joinedTwice are separators that no usual writing puts side by side.
	joinedTwice = regexp.MustCompile(`[-./]{2}|[-./] [-./]|\(\)|\( | \)|\([-./]|[./]\)`)
	dashes      = strings.NewReplacer("–", "-", "—", "-", "−", "-", "‐", "-", "‑", "-", "\u00a0", " ", "\u202f", " ", "\u2009", " ", "\t", " ")
)

// mainNumber returns the writing of a phone number without its extension.
func mainNumber(s string) string {
	s = strings.Join(strings.Fields(dashes.Replace(s)), " ")
	if at := extension.FindStringIndex(s); at != nil {
		s = strings.TrimSpace(s[:at[0]])
	}
	return s
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// isPhone takes any usual writing of one number, 5 to 15 digits and an extension: +7 (3022) 12-34-56
// доб. 12, 8-123-12345678, 8 800 200-72-00.
func isPhone(s string) bool {
	if len(s) > 2*maxPhone {
		return false
	}
	number := mainNumber(s)
	digits := len(onlyDigits(number))
	if digits < 5 || digits > 15 || !phoneChars.MatchString(number) || joinedTwice.MatchString(number) {
		return false
	}
	before, rest, opened := strings.Cut(number, "(")
	inside, after, closed := strings.Cut(rest, ")")
	return opened == closed && !strings.ContainsAny(before+inside+after, "()")
}

// NormalPhone returns a phone number as it is searched for: digits only, without the extension, a
// Russian number with 7 in front however it was written. It is empty for what has no digits.
func NormalPhone(s string) string {
	if len(s) > 2*maxPhone {
		return ""
	}
	number := mainNumber(s)
	digits := onlyDigits(number)
	switch {
	case strings.HasPrefix(number, "+"):
	case len(digits) == 11 && digits[0] == '8':
		return "7" + digits[1:]
	case len(digits) == 10:
		return "7" + digits
	}
	return digits
}

var (
	localPart   = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
	asciiDomain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)
)

// isEmail takes the addr-spec of RFC 5321 that mail servers accept in practice: a dot-atom of ASCII of
// at most 64 bytes, and a domain of at least two labels, 254 bytes in all. Domains may be
// internationalised (support@почта.рф), but a label never mixes alphabets: that is a slip of the
// keyboard, or a fraud.
func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 512 || !localPart.MatchString(s[:at]) {
		return false
	}
	domain := s[at+1:]
	for label := range strings.SplitSeq(domain, ".") {
		if mixed(label) {
			return false
		}
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	return err == nil && asciiDomain.MatchString(ascii) && at+1+len(ascii) <= 254
}

// mixed reports whether Latin and Cyrillic letters stand in one word.
func mixed(word string) bool {
	latin := strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
	return latin && strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
}

func isDate(s string) bool {
	if len(s) != len(time.DateOnly) {
		return false
	}
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// isURI takes absolute http and https addresses without user names. Letters of every alphabet may
// stand in them, as people copy them from the address line.
func isURI(s string) bool {
	if len(s) > 4000 || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '<' || r == '>' || r == '"'
	}) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Hostname() == "" {
		return false
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return true
	}
	_, err = idna.Lookup.ToASCII(u.Hostname())
	return err == nil
}
