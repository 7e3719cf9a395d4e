package form

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// categories are the \p{…} that RE2 and ECMAScript (with the u flag) both know and understand alike.
var categories = regexp.MustCompile(`^\{(L|Lu|Ll|Lt|Lm|Lo|M|Mn|Mc|N|Nd|Nl|No|P|Pd|Ps|Pe|Po|S|Sc|Sm|Z|Zs)\}`)

var repeats = regexp.MustCompile(`^\{([0-9]{1,4})(,([0-9]{1,4})?)?\}`)

const maxRepeat = 1000

// patternFault returns why a pattern is outside what RE2 (here) and ECMAScript with the u flag (in
// browsers) read alike; empty for a good one. Left out are look-around, back references, flags, named
// groups, \s and \S (RE2 knows ASCII spaces only), POSIX classes and escapes of plain characters.
func patternFault(pattern string) string {
	if len(pattern) > maxPattern {
		return "longer than " + strconv.Itoa(maxPattern) + " bytes"
	}
	p := patternReader{rest: pattern}
	for p.rest != "" && p.fault == "" {
		p.next()
	}
	return p.fault
}

type patternReader struct {
	rest  string
	fault string
}

func (p *patternReader) skip(n int) { p.rest = p.rest[n:] }

// next reads one thing outside a class.
func (p *patternReader) next() {
	switch p.rest[0] {
	case '\\':
		p.escaped("bB")
	case '[':
		p.class()
	case ']', '}':
		p.fault = "a bare " + p.rest[:1]
	case '{':
		p.repeat()
	case '(':
		switch {
		case strings.HasPrefix(p.rest, "(?:"):
			p.skip(len("(?:"))
		case strings.HasPrefix(p.rest, "(?"):
			p.fault = "only plain groups and (?:…) are allowed"
		default:
			p.skip(1)
		}
	default:
		_, size := utf8.DecodeRuneInString(p.rest)
		p.skip(size)
	}
}

func (p *patternReader) repeat() {
	found := repeats.FindStringSubmatch(p.rest)
	if found == nil {
		p.fault = "a bare {"
		return
	}
	for _, digits := range []string{found[1], found[3]} {
		if n, err := strconv.Atoi(digits); err == nil && n > maxRepeat {
			p.fault = "a repeat of more than " + strconv.Itoa(maxRepeat)
		}
	}
	p.skip(len(found[0]))
}

// escaped reads a backslash with what it escapes; more names letters that are allowed beside the
// common ones.
func (p *patternReader) escaped(more string) {
	if len(p.rest) < 2 {
		p.fault = "a backslash at the end"
		return
	}
	c := p.rest[1]
	switch {
	case strings.IndexByte(`dDwWtnr^$\.*+?()[]{}|/`+more, c) >= 0:
		p.skip(2)
	case c == 'p' || c == 'P':
		found := categories.FindString(p.rest[2:])
		if found == "" {
			p.fault = "\\p takes a general category such as {L}"
			return
		}
		p.skip(2 + len(found))
	case c == 's' || c == 'S':
		p.fault = `\s differs, write the spaces that you mean`
	default:
		p.fault = "an escape that not both know: \\" + string([]rune(p.rest[1:])[:1])
	}
}

func (p *patternReader) class() {
	p.skip(1)
	p.rest = strings.TrimPrefix(p.rest, "^")
	if strings.HasPrefix(p.rest, "]") {
		p.fault = "an empty class"
		return
	}
	for p.rest != "" && p.fault == "" {
		switch p.rest[0] {
		case ']':
			p.skip(1)
			return
		case '[':
			p.fault = "[ within a class, write \\["
		case '\\':
			p.escaped("-")
		default:
			_, size := utf8.DecodeRuneInString(p.rest)
			p.skip(size)
		}
	}
	if p.fault == "" {
		p.fault = "a class that is not closed"
	}
}
