package main

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/sdk/mailtext"
)

// Bounds: how much of a letter is read, in bytes, and what the form's fields hold, in characters.
const (
	maxText        = 256 << 10
	maxTitle       = 150
	minTitle       = 3
	maxDescription = 10000
)

// facts are the fields of the form request that a letter can state.
type facts struct {
	Section      string `json:"section,omitempty"`
	Title        string `json:"title,omitempty"`
	Description  string `json:"description,omitempty"`
	CustomerKind string `json:"customer_kind,omitempty"`
}

// ReadLetter finds the section of the System in the subject (R1.6) and the kind of customer by the
// address that the letter came to (R1.5), else by what it says. A subject that names no section, or
// several by similar words, leaves it empty.
func (l *letters) ReadLetter(_ context.Context, call api.Call, letter api.IncomingLetter) (api.ReadLetter, error) {
	own := l.settings(call)
	subject := mailtext.Topic(letter.Subject)
	text := mailtext.Own(mailtext.Tidy(letter.Text, maxText))
	f := facts{Title: subject, Description: mailtext.Short(strings.TrimSpace(text), maxDescription), CustomerKind: own.kind(letter.To)}
	if found, ok := own.section(subject); ok {
		f.Section, f.Title = found.key, rest(subject, found.place)
	}
	if utf8.RuneCountInString(f.Title) < minTitle {
		f.Title = firstSentence(text)
	}
	f.Title = mailtext.Short(f.Title, maxTitle)
	if f.CustomerKind == "" {
		f.CustomerKind = told(subject + "\n" + text)
	}
	fields, err := json.Marshal(f)
	return api.ReadLetter{Form: "request", Fields: fields}, err
}

// named is a section that a subject names, and where.
type named struct {
	key   string
	place [2]int
}

// full are the sections by their titles in the document, similar the ways in which people shorten and
// inflect them.
var full = []struct{ key, title string }{
	{"planning", "планирование"},
	{"supplier", "определение поставщика"},
	{"contracts", "исполнение обязательств по контрактам"},
	{"reports", "отчеты"},
}

var similar = []struct {
	key  string
	word *regexp.Regexp
}{
	{"planning", regexp.MustCompile(`планировани[а-я]*`)},
	{"supplier", regexp.MustCompile(`определени[а-я]* поставщик[а-я]*`)},
	{"contracts", regexp.MustCompile(`исполнени[а-я]* (?:обязательств[а-я]*(?: по контракт[а-я]*)?|контракт[а-я]*)`)},
	{"reports", regexp.MustCompile(`отчет(?:ность[а-я]*|ности|ностью|ы|ов|ам|ах|ами|а|у|е|ом)?`)},
}

// section finds the section in a subject: a full title or the desk's own words first, the earliest of
// them; else a similar one, where only one section is so named.
func (s settings) section(subject string) (named, bool) {
	plain := fold(subject)
	var best named
	found := false
	take := func(key, words string) {
		at := wholeWords(plain, words)
		if at >= 0 && (!found || at < best.place[0] || at == best.place[0] && at+len(words) > best.place[1]) {
			best, found = named{key, [2]int{at, at + len(words)}}, true
		}
	}
	for _, f := range full {
		take(f.key, f.title)
	}
	for _, own := range s.Sections {
		for _, words := range own.Words {
			take(own.Key, strings.Join(strings.Fields(fold(words)), " "))
		}
	}
	if found {
		return best, true
	}
	several := false
	for _, like := range similar {
		for _, at := range like.word.FindAllStringIndex(plain, -1) {
			if !bounded(plain, at[0], at[1]) {
				continue
			}
			several = several || found && best.key != like.key
			if !found {
				best, found = named{like.key, [2]int{at[0], at[1]}}, true
			}
		}
	}
	return best, found && !several
}

// fold makes lower case with е for ё, byte for byte as long as the original.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		lower := unicode.ToLower(r)
		if lower == 'ё' {
			lower = 'е'
		}
		if utf8.RuneLen(lower) != utf8.RuneLen(r) {
			return r
		}
		return lower
	}, text)
}

// wholeWords returns where the words stand in the text with no letter beside them, -1 for nowhere.
func wholeWords(text, words string) int {
	if words == "" {
		return -1
	}
	for from := 0; ; {
		at := strings.Index(text[from:], words)
		if at < 0 {
			return -1
		}
		at += from
		if bounded(text, at, at+len(words)) {
			return at
		}
		from = at + len(words)
	}
}

func bounded(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !unicode.IsLetter(before) && !unicode.IsLetter(after)
}

var (
	opens  = regexp.MustCompile(`^(?i:[\s\[("«]*(?:раздел[а-я]*)?[\s:–—-]*[\s\[("«]*)$`)
	parted = regexp.MustCompile(`^[\s\])"»]*(?:[:.,;|/–—-]+|[\])»]|$)[\s:.,;|/–—-]*`)
)

// rest is what a subject says beside the section, where the section stands in front and apart; else all.
func rest(subject string, place [2]int) string {
	after := parted.FindStringIndex(subject[place[1]:])
	if after == nil || !opens.MatchString(subject[:place[0]]) {
		return subject
	}
	return strings.TrimSpace(subject[place[1]+after[1]:])
}

// kind is the kind of customer whose address a letter came to; empty where it came to both or neither.
func (s settings) kind(to []string) string {
	state, municipal := false, false
	for _, address := range to {
		state = state || contains(s.Addresses.State, address)
		municipal = municipal || contains(s.Addresses.Municipal, address)
	}
	return kindOf(state, municipal)
}

func kindOf(state, municipal bool) string {
	switch {
	case state && !municipal:
		return "state"
	case municipal && !state:
		return "municipal"
	}
	return ""
}

var (
	stateWords     = regexp.MustCompile(`государственн[а-я]* заказчик`)
	municipalWords = regexp.MustCompile(`муниципальн[а-я]* заказчик`)
)

// told is the kind of customer that a text names.
func told(text string) string {
	plain := fold(text)
	return kindOf(stateWords.MatchString(plain), municipalWords.MatchString(plain))
}

var greeting = regexp.MustCompile(`(?i)^\s*(?:здравствуйте|добрый (?:день|вечер)|доброе утро|доброго (?:дня|времени суток)|уважаемые (?:коллеги|специалисты)|коллеги)[,.!]*\s*`)

// firstSentence is what a letter says first after the greeting.
func firstSentence(text string) string {
	text = strings.TrimSpace(text)
	for found := greeting.FindString(text); found != ""; found = greeting.FindString(text) {
		text = text[len(found):]
	}
	line, _, _ := strings.Cut(text, "\n")
	if at := strings.Index(line, ". "); at > 0 {
		line = line[:at]
	}
	return strings.TrimSpace(line)
}
