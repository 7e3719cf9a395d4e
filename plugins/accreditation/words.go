package main

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a run of letters, hyphens between them included, with its place in the text.
type word struct {
	start, end int
	text       string
	lower      string
}

func isJoint(r rune) bool { return r == '-' || r == '‑' || r == '\'' || r == '’' }

// split returns the words of a text in order.
func split(text string) []word {
	var out []word
	start := -1
	for at, r := range text {
		inside := unicode.IsLetter(r) || start >= 0 && unicode.Is(unicode.Mn, r)
		if !inside && start >= 0 && isJoint(r) {
			next, _ := utf8.DecodeRuneInString(text[at+utf8.RuneLen(r):])
			inside = unicode.IsLetter(next)
		}
		switch {
		case inside && start < 0:
			start = at
		case !inside && start >= 0:
			out = append(out, newWord(text, start, at))
			start = -1
		}
	}
	if start >= 0 {
		out = append(out, newWord(text, start, len(text)))
	}
	return out
}

func newWord(text string, start, end int) word {
	return word{start: start, end: end, text: text[start:end], lower: strings.ReplaceAll(strings.ToLower(text[start:end]), "ё", "е")}
}

func (w word) capital() bool {
	first, _ := utf8.DecodeRuneInString(w.text)
	return unicode.IsUpper(first)
}

func (w word) letters() int { return utf8.RuneCountInString(w.text) }

// begins reports whether the word begins with one of the stems.
func (w word) begins(stems ...string) bool {
	return slices.ContainsFunc(stems, func(stem string) bool { return strings.HasPrefix(w.lower, stem) })
}

// is reports whether the word is one of the forms.
func (w word) is(forms ...string) bool { return slices.Contains(forms, w.lower) }

// office reports words of a commission's name and of the way people speak about it: they stand between
// a role and a name, and belong to no name themselves.
func (w word) office() bool {
	return w.is("апк", "ак", "фио", "рф", "г", "обл", "зам", "это", "по", "при", "наш", "наша", "нашей", "нашего", "и", "или", "полностью",
		"является", "гбуз", "гау", "гбу", "фгбоу", "во", "я", "мы", "у", "нмо", "имя", "отчество", "фамилия", "зовут") ||
		w.begins("ответствен", "секретар", "председател", "специалист", "аккредитуем", "аккредитацион", "подкомисси", "комисси",
			"област", "республик", "округ", "край", "края", "город", "министерств", "минздрав", "университет", "колледж", "здравоохранен",
			"здравствуй", "добр", "уважаем", "коллег", "старш", "заместител")
}
