package letter

import (
	"bytes"
	"errors"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"

	"github.com/opora-desk/opora/core/i18n"
)

// Bounds of what is rendered. A longer text is cut, with cutMark where it ends, so that a person who
// wrote a book still gets his letter.
const (
	maxBody    = 256 << 10
	maxSubject = 200 // characters
	maxItems   = 200
	cutMark    = "…"
)

var errFull = errors.New("letter is full")

// Render writes the letter in a language. The subject is one line of at most 200 characters, the body
// at most 256 KiB. A resolution that the template does not name stands at the end of the body: a
// closing letter contains it, whatever its author forgot (R1.8). Errors: as those of [Parse], where the
// template fails over this data.
func (t *Template) Render(l i18n.Lang, data Data) (subject, body string, err error) {
	if t.subject[l] == nil {
		l = i18n.RU
	}
	data.Missing, data.Resolution = atMost(data.Missing), atMost(data.Resolution)
	if subject, err = execute(t.subject[l], data); err != nil {
		return "", "", located(err, "subject", l)
	}
	if body, err = execute(t.body[l], data); err != nil {
		return "", "", located(err, "body", l)
	}
	if len(data.Resolution) > 0 && !t.uses["Resolution"] {
		body += "\n"
		for _, item := range data.Resolution {
			body = cut(body+"\n"+item.Label+": "+item.Text+"\n", maxBody)
		}
	}
	return oneLine(subject), plain(body), nil
}

func atMost(items []Item) []Item {
	if len(items) <= maxItems {
		return items
	}
	return append(items[:maxItems:maxItems], Item{Label: cutMark})
}

func execute(t *template.Template, data Data) (string, error) {
	out := &bounded{}
	err := t.Execute(out, data)
	if errors.Is(err, errFull) {
		return cut(out.String(), maxBody) + cutMark, nil
	}
	if err != nil {
		return "", badTemplate("%s", err)
	}
	return out.String(), nil
}

// bounded takes what fits and stops the template with errFull.
type bounded struct{ bytes.Buffer }

// Write keeps at most maxBody bytes in all.
func (b *bounded) Write(p []byte) (int, error) {
	left := maxBody - b.Len()
	if len(p) <= left {
		return b.Buffer.Write(p)
	}
	_, _ = b.Buffer.Write(p[:left])
	return left, errFull
}

// cut shortens a text to at most size bytes without splitting a character.
func cut(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}

// oneLine makes a header's value: no control or direction characters, no line breaks of any kind, and
// single spaces.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= maxSubject {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:maxSubject-1])) + cutMark
}

// plain makes a body: lines end with one \n, control characters but tabs are gone (PostgreSQL takes no
// zero byte), and there is at most one empty line in a row, as conditions of a template leave many.
func plain(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r', r == '\u2028', r == '\u2029', r == '\u0085':
			return '\n'
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
	var out strings.Builder
	empty := true // no empty line at the beginning
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" && empty {
			continue
		}
		empty = line == ""
		out.WriteString(line)
		out.WriteByte('\n')
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}
