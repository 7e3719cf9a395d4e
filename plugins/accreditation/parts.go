package main

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// part is a part of the description (R0.25).
type part int

const (
	none part = iota
	wanted
	done
	messages
	failed
	details
)

// description is the text of each part: pieces of the letter in their order.
type description struct {
	letter string
	pieces map[part][]span
}

// text joins the pieces of a part, a line each.
func (d *description) text(p part) string {
	var lines []string
	for _, piece := range d.pieces[p] {
		line := strings.TrimRight(strings.TrimLeft(d.letter[piece.start:piece.end], " \n;,–—-"), " \n;,–—")
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// add puts a piece behind the last one, or makes one of both where nothing stands between them.
func (d *description) add(p part, piece span) {
	pieces := d.pieces[p]
	if last := len(pieces) - 1; last >= 0 && pieces[last].end == piece.start {
		pieces[last].end = piece.end
		return
	}
	d.pieces[p] = append(pieces, piece)
}

// describe sorts the sentences of a letter into the parts. Where the letter itself has headings for two
// parts or more they decide; else each sentence by its own words, and one that says nothing of its
// kind goes on with the sentence before it on the same line.
func describe(letter string, who *people) *description {
	d := &description{letter: letter, pieces: map[part][]span{}}
	units := sentences(letter)
	headed := headings(letter, units) >= 2
	now := none
	for _, u := range units {
		piece := d.afterGreeting(u.span)
		text := letter[piece.start:piece.end]
		if signature(text) {
			break
		}
		if strings.TrimSpace(text) == "" {
			if now != none {
				d.add(now, piece)
			}
			continue
		}
		head, content := heading(letter, piece)
		switch {
		case headed && head != none:
			now, piece = head, content
		case who.identifies(piece), closing(text):
			now = none
			continue
		case headed:
			if now == none {
				now = details
			}
		default:
			now = d.narrate(u, piece, now)
			continue
		}
		d.add(now, piece)
	}
	return d
}

// narrate sorts a sentence without headings around it, clause by clause, and returns the part of the last
// one. A clause that says nothing of its kind goes with the one before it.
func (d *description) narrate(u unit, piece span, before part) part {
	now := before
	if u.begins || now == none {
		now = details
	}
	for i, c := range clauses(d.letter, piece) {
		told := cue(d.letter[c.start:c.end])
		if told != none {
			now = told
		}
		if head, content := heading(d.letter, c); i == 0 && head != none && head == told {
			c = content
		}
		d.add(now, c)
	}
	return now
}

// clauses splits a sentence at commas outside quotation marks, leaving together what is of one part.
func clauses(letter string, piece span) []span {
	var out []span
	start, deep := piece.start, 0
	for at, r := range letter[piece.start:piece.end] {
		at += piece.start
		switch r {
		case '«', '“':
			deep++
		case '»', '”':
			deep = max(0, deep-1)
		case ',':
			if deep == 0 && strings.HasPrefix(letter[at:], ", ") {
				out = append(out, span{start, at + 2})
				start = at + 2
			}
		}
	}
	return append(out, span{start, piece.end})
}

// unit is a sentence; begins tells the first one of a line.
type unit struct {
	span
	begins bool
}

var noEnd = []string{"г", "гг", "ул", "д", "т", "е", "к", "п", "пп", "др", "см", "стр", "рис", "обл", "им", "тел", "напр", "руб", "тыс"}

// sentences splits a letter into sentences. A full stop within quotation marks or after an initial or
// an abbreviation ends none, a line break always does.
func sentences(letter string) []unit {
	var out []unit
	start, deep, begins := 0, 0, true
	cut := func(end int, newLine bool) {
		if end > start {
			out = append(out, unit{span{start, end}, begins})
		}
		start, begins = end, newLine
	}
	for at, r := range letter {
		switch r {
		case '\n':
			cut(at+1, true)
			deep = 0
		case '«', '“':
			deep++
		case '»', '”':
			deep = max(0, deep-1)
		case '.', '!', '?', ';', '…':
			next := at + utf8.RuneLen(r)
			if deep == 0 && (next == len(letter) || letter[next] == ' ' || letter[next] == '\n') && (r != '.' || !abbreviated(letter[start:at])) {
				cut(next, false)
			}
		}
	}
	cut(len(letter), false)
	return out
}

func abbreviated(before string) bool {
	last := before[strings.LastIndexAny(before, " .\n(")+1:]
	return utf8.RuneCountInString(last) == 1 || slices.Contains(noEnd, strings.ToLower(last))
}

// maxHeading is the longest text of a heading in characters.
const maxHeading = 70

// numbering is what stands before a heading in a list.
var numbering = regexp.MustCompile(`^\s*(?:[0-9]{1,2}[.)]\s*|[-–—•*]\s+)?`)

// headingEnd ends a heading: a colon, a question mark, a dash between blanks.
var headingEnd = regexp.MustCompile(`:|\?| [–—-] `)

// heading reports the part that a sentence is headed with, and what follows the heading.
func heading(letter string, piece span) (part, span) {
	text := letter[piece.start:piece.end]
	from := len(numbering.FindString(text))
	end := headingEnd.FindStringIndex(text[from:])
	if end == nil {
		return none, piece
	}
	head := text[from : from+end[0]]
	if utf8.RuneCountInString(head) > maxHeading || strings.ContainsAny(head, "«»\".,") && !strings.Contains(head, ", ") {
		return none, piece
	}
	words := split(head)
	if len(words) == 0 || len(words) > 8 {
		return none, piece
	}
	return headed(words), span{piece.start + from + end[1], piece.end}
}

// headed is the part that the words of a heading name.
func headed(words []word) part {
	named := func(stems ...string) bool {
		return slices.ContainsFunc(words, func(w word) bool { return w.begins(stems...) })
	}
	not := slices.ContainsFunc(words, func(w word) bool { return w.is("не") })
	switch {
	case not && named("получ", "удае", "удал", "работа", "выход", "може", "могу"), named("проблем", "суть", "неполадк"):
		return failed
	case named("уведомлен", "сообщ", "показыва", "выводит", "выдае", "пишет", "ошибк", "надпис"):
		return messages
	case named("хоти", "хоте", "хочу", "хочет", "цель", "нужно", "надо", "необходимо", "задач", "пыта", "требуется"):
		return wanted
	case named("сделал", "сделан", "делал", "действи", "шаги", "предприня", "выполнил", "попробовал", "пробовал"):
		return done
	}
	return none
}

// headings counts the parts that have a heading.
func headings(letter string, units []unit) int {
	seen := map[part]bool{}
	for _, u := range units {
		if head, _ := heading(letter, u.span); head != none {
			seen[head] = true
		}
	}
	return len(seen)
}

// cues are the words by which a sentence tells its part.
var cues = []struct {
	part part
	cue  *regexp.Regexp
}{
	{messages, regexp.MustCompile(`(?i)(?:программа|система|портал|сайт|кабинет|он|она|при этом|где|но)?\s*(?:выда[её]т|выдал[аио]?|пишет|написал[аио]?|показывает|выводит|сообщает)(?:ся)?[\s:,]|появля(?:ется|лось|ются|лась)|появил(?:ось|ась|ся)|выходит (?:ошибка|сообщение|окно)|уведомлени[йея]|сообщени[йея] (?:нет|не)|никаких сообщений|(?:^|[\s,])ошибка:`)},
	{failed, regexp.MustCompile(`(?i)не (?:получ|уда[её]тся|удал|выходит|могу|можем|может|могут|смог|работа|откры|сохран|отправл|загруж|загруз|подпис|формир|отобража|видит|видим|видно|приход|появл|активн|да[её]т|запуска|скачива|войти|войд|произош|происход)|пропал[аио]? `)},
	{wanted, regexp.MustCompile(`(?i)(?:^|[\s,])(?:хотим|хочу|хотели|хотел|хотела|хочет|хотят|нужно|надо|необходимо|требуется|пыта(?:емся|юсь|ется|ются|лись|лась|лся)|собираемся|планируем)(?:[\s,:]|$)`)},
	{done, regexp.MustCompile(`(?i)(?:^|[\s,])(?:(?:сдела|нажа|заш|вош|захо?ди|вхо?ди|перезаш|переш|заполни|загрузи|откры|выбра|почисти|очисти|пробова|попробова|провери|обнови|созда|указа|вве|прикрепи|отправи|смени|перезагрузи|сброси|исправи|добави|удали|скача|установи|переустанови|подключи|выполни|звони|допусти|подписа)(?:ли|ла|л|[её]л)|нажимаем|нажимаю|заходим|захожу|открываем|открываю|выбираем|выбираю|заполняем|загружаем)(?:[\s,.:;!]|$)`)},
}

var quotation = regexp.MustCompile(`«[^»]*»|"[^"]*"|“[^”]*”`)

// cue is the part whose words come first in a sentence; what stands in quotation marks is the
// program's and tells nothing.
func cue(sentence string) part {
	plain := quotation.ReplaceAllStringFunc(sentence, func(q string) string { return strings.Repeat("_", len(q)) })
	found, first := none, len(plain)+1
	for _, c := range cues {
		if at := c.cue.FindStringIndex(plain); at != nil && at[0] < first {
			found, first = c.part, at[0]
		}
	}
	return found
}

var (
	greeting = regexp.MustCompile(`(?i)^\s*(?:здравствуйте|добрый (?:день|вечер)|доброе утро|доброго (?:дня|времени суток)|приветствую|уважаемые (?:коллеги|специалисты)[^,.!\n]*|коллеги)(?:[,.!]+|\s*\n|$)\s*`)
	ending   = regexp.MustCompile(`(?i)^\s*(?:спасибо|заранее|благодар|жд[уёе]м? |просим? (?:помо|вас|разобрат|устран|посодейств|реш|срочно)|прошу (?:помо|вас|разобрат|устран|посодейств|реш|срочно)|помогите|пожалуйста)`)
	signed   = regexp.MustCompile(`(?i)^\s*(?:с уважением|с наилучшими|--\s*$)`)
)

// afterGreeting leaves the greeting out.
func (d *description) afterGreeting(piece span) span {
	for found := greeting.FindString(d.letter[piece.start:piece.end]); found != ""; found = greeting.FindString(d.letter[piece.start:piece.end]) {
		piece.start += len(found)
	}
	return piece
}

func closing(text string) bool   { return ending.MatchString(text) }
func signature(text string) bool { return signed.MatchString(text) }

// identifies reports a sentence that says who somebody is and hardly anything else.
func (p *people) identifies(piece span) bool {
	within := func(s span) bool { return s.start < piece.end && s.end > piece.start }
	named, left := false, 0
	inName := func(w word) bool {
		return slices.ContainsFunc([]role{secretary, chairman, specialist, member}, func(r role) bool {
			s, ok := p.given[r]
			return ok && p.used(r) && w.start >= s.start && w.end <= s.end
		})
	}
	for _, r := range []role{secretary, chairman, specialist, member} {
		if s, ok := p.given[r]; ok && p.used(r) && within(s) {
			named = true
		}
	}
	at, _ := slices.BinarySearchFunc(p.words, piece.start, func(w word, s int) int { return w.start - s })
	only := true
	for ; at < len(p.words) && p.words[at].start < piece.end; at++ {
		w := p.words[at]
		if inName(w) || w.office() || w.is("член", "члена") {
			continue
		}
		only = false
		if !w.capital() {
			left++
		}
	}
	labelled, known := false, false
	for _, l := range p.labels {
		if within(l.place) {
			_, given := p.given[l.role]
			labelled, known = true, known || given && p.used(l.role)
		}
	}
	return named && left <= 2 && cue(p.text[piece.start:piece.end]) == none || labelled && (only || known && left == 0)
}

// used reports whether a role's name becomes a field: the form has a place for a specialist or a
// member, not for both.
func (p *people) used(r role) bool {
	return r == secretary || r == chairman || r == p.concerned()
}
