package desk

import (
	"strings"
	"unicode"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
)

// oneLine is a name as it is kept: line breaks and repeated spaces become one space, and what is not
// seen but turns other text round or hides in it is taken out. What shows nothing then is empty.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) || unseen(r) {
			return -1
		}
		return r
	}, text)), " ")
	if !api.Present(text) {
		return ""
	}
	return text
}

// unseen are the characters that show nothing themselves: those that turn the direction of the text
// after them, and blanks without width. The joiners stay, some scripts need them.
func unseen(r rune) bool {
	switch {
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u200e', r == '\u200f', r == '\u061c':
		return true
	case r == '\u200b', r == '\u2060', r == '\ufeff', r == unicode.ReplacementChar:
		return true
	}
	return false
}

// both is a title as it is kept: in one line, and with the language that is missing filled in by the
// other, so that nobody reads an empty title.
func both(t i18n.Text) i18n.Text {
	t.RU, t.EN = oneLine(t.RU), oneLine(t.EN)
	if t.RU == "" {
		t.RU = t.EN
	}
	if t.EN == "" {
		t.EN = t.RU
	}
	return t
}
