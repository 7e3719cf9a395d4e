package main

import (
	"slices"
	"strings"
)

// span is a piece of the text.
type span struct{ start, end int }

// maxNameWords bounds a name without a patronymic, which nothing else tells from other capital words.
const maxNameWords = 4

// findNames returns the full names and the names with initials in a text, in order.
func findNames(text string, words []word) []span {
	var out []span
	for at := 0; at < len(words); {
		end := at
		for end < len(words) && nameWord(text, words, end) && (end == at || joined(text, words[end-1], words[end])) {
			end++
		}
		if end == at {
			at++
			continue
		}
		out = append(out, namesOf(text, words[at:end])...)
		at = end
	}
	return out
}

// nameWord reports whether a word may be part of a name: capital, an initial, or a particle within one.
func nameWord(text string, words []word, at int) bool {
	w := words[at]
	switch {
	case sonOf(w), ofHouse(w) && !w.capital():
		return at > 0
	case w.letters() == 1:
		return w.capital() && (initial(text, w) || at > 0 && initial(text, words[at-1]))
	}
	return w.capital() && !w.office()
}

// initial reports a single letter with a full stop.
func initial(text string, w word) bool {
	return w.letters() == 1 && strings.HasPrefix(text[w.end:], ".")
}

// sonOf reports the words that end a Turkic patronymic: Ахмед оглы.
func sonOf(w word) bool {
	return w.is("оглы", "оглу", "кызы", "гызы", "угли", "уулу")
}

// ofHouse reports the words that begin a surname: фон Берг.
func ofHouse(w word) bool {
	return w.is("фон", "ван", "де", "аль", "эль", "бин", "ибн")
}

// joined reports whether two words stand side by side on one line; a full stop may follow an initial.
func joined(text string, before, after word) bool {
	gap := text[before.end:after.start]
	if before.letters() == 1 {
		gap = strings.Replace(gap, ".", "", 1)
	}
	return len(gap) <= 4 && strings.Trim(gap, " ") == ""
}

// namesOf takes the names out of a run of words that could all belong to one.
func namesOf(text string, run []word) []span {
	for len(run) > 0 && ofHouse(run[len(run)-1]) && !run[len(run)-1].capital() {
		run = run[:len(run)-1]
	}
	if len(run) < 2 {
		return nil
	}
	if found, ok := withInitials(text, run); ok {
		return []span{found}
	}
	at := slices.IndexFunc(run, patronymic)
	if at < 0 {
		if len(run) <= maxNameWords {
			return []span{spanOf(run)}
		}
		return nil
	}
	width := 1 // words of given name and patronymic before the last
	if sonOf(run[at]) {
		width = 2
	}
	first, end := at-width-1, at+1
	switch {
	case at < width:
		return namesOf(text, run[at+1:])
	case first >= 0: // surname, given name, patronymic
		if first > 0 && ofHouse(run[first-1]) {
			first--
		}
	default: // given name, patronymic, surname
		first, end = 0, min(at+2, len(run))
	}
	return append([]span{spanOf(run[first:end])}, namesOf(text, run[end:])...)
}

func spanOf(words []word) span { return span{words[0].start, words[len(words)-1].end} }

// withInitials finds "Иванов И. И.", "Иванов И.И" and "И.И. Иванов".
func withInitials(text string, run []word) (span, bool) {
	first := slices.IndexFunc(run, func(w word) bool { return w.letters() == 1 })
	if first < 0 {
		return span{}, false
	}
	last := first
	for last+1 < len(run) && run[last+1].letters() == 1 {
		last++
	}
	if first > 0 {
		end := run[last].end
		if strings.HasPrefix(text[end:], ".") {
			end++
		}
		return span{run[first-1].start, end}, true
	}
	if last+1 < len(run) {
		return span{run[first].start, run[last+1].end}, true
	}
	return span{}, false
}

var patronymicEnds = []string{
	"ович", "овича", "овичу", "овичем", "овиче", "евич", "евича", "евичу", "евичем", "евиче", "ильич", "ильича", "ильичу", "ильичом",
	"кузьмич", "кузьмича", "лукич", "лукича", "фомич", "фомича", "никитич", "никитича",
	"овна", "овны", "овне", "овну", "овной", "евна", "евны", "евне", "евну", "евной",
	"инична", "иничны", "иничне", "иничну", "иничной", "ична", "ичны", "ичне", "ичну", "ичной",
	"оглы", "оглу", "кызы", "гызы", "угли", "уулу",
}

func patronymic(w word) bool {
	return slices.ContainsFunc(patronymicEnds, func(end string) bool {
		return strings.HasSuffix(w.lower, end) && (w.letters() > 5 || sonOf(w))
	})
}
