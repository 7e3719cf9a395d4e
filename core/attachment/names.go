package attachment

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-unidecode"
	"golang.org/x/text/unicode/norm"
)

const (
	// MaxName is how many characters of a name are kept.
	MaxName = 255
	// NameLatin is the name rule of a desk whose system takes Latin names of a limited length.
	NameLatin = "latin"

	maxNameBytes = 4096 // looked at before anything is normalised
	maxExtension = 20
	unnamed      = "file"
)

// ShownName makes what a sender calls a file safe to show: any name is kept, in NFC, without control
// and bidirectional characters and path separators, cut to [MaxName] characters before its extension
// (R0.20). It is never empty.
func ShownName(sent string) string {
	if len(sent) > maxNameBytes {
		sent = sent[len(sent)-maxNameBytes:] // the end holds the extension
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r == '/' || r == '\\' || r == utf8.RuneError:
			return -1
		case r == '\u200c' || r == '\u200d': // joiners that scripts and emoji need
			return r
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(sent, ""))
	name = strings.TrimSpace(norm.NFC.String(name))
	if strings.Trim(name, ". \u200c\u200d") == "" {
		return unnamed
	}
	return cut(name, MaxName)
}

// StoredName is the name under which a file goes on to a system with a name rule: for "latin" it is
// transliterated, reduced to letters, digits, dot, hyphen and underscore, and cut to limit characters
// with its extension (R0.20); else it is the shown name. limit 0 means [MaxName].
func StoredName(shown, rule string, limit int) string {
	if rule != NameLatin {
		return shown
	}
	if limit <= 0 || limit > MaxName {
		limit = MaxName
	}
	latin := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		case unicode.IsSpace(r):
			return '_'
		}
		return -1
	}, unidecode.Unidecode(shown))
	base, extension := split(latin)
	base = strings.Trim(base, ".-_")
	if base == "" {
		base = unnamed
	}
	return cut(base+extension, limit)
}

// cut shortens a name to limit characters and keeps its extension where that leaves any name at all.
func cut(name string, limit int) string {
	if utf8.RuneCountInString(name) <= limit {
		return name
	}
	base, extension := split(name)
	keep := limit - utf8.RuneCountInString(extension)
	if keep < 1 {
		return string([]rune(name)[:limit])
	}
	return strings.TrimRight(string([]rune(base)[:keep]), " .") + extension
}

func split(name string) (base, extension string) {
	at := strings.LastIndexByte(name, '.')
	if at < 1 || at == len(name)-1 || utf8.RuneCountInString(name[at:]) > maxExtension {
		return name, ""
	}
	return name[:at], name[at:]
}
