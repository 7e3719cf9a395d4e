package main

import (
	"slices"
	"strings"
)

// role is what a letter calls a person.
type role int

const (
	nobody role = iota
	secretary
	chairman
	specialist
	member
)

// label is a place where the text names a role: words from to up to, not including, end.
type label struct {
	role    role
	from    int
	to      int
	place   span
	singled bool // one person is meant beyond doubt, so that his name is missing where there is none
}

// people are the names that a text gives to the roles.
type people struct {
	text   string
	words  []word
	names  []span
	labels []label
	given  map[role]span
}

// name returns a role's name with single blanks; empty where the text gives none.
func (p *people) name(r role) string {
	found, ok := p.given[r]
	if !ok {
		return ""
	}
	return strings.Join(strings.Fields(p.text[found.start:found.end]), " ")
}

// concerned is whom the problem concerns: who is named, else who is spoken of as one person.
func (p *people) concerned() role {
	for _, r := range []role{specialist, member} {
		if _, ok := p.given[r]; ok {
			return r
		}
	}
	for _, l := range p.labels {
		if l.singled {
			return l.role
		}
	}
	return nobody
}

func findPeople(text string) *people {
	p := &people{text: text, words: split(text), given: map[role]span{}}
	p.names = findNames(text, p.words)
	p.labels = findLabels(p.words)
	claimed := map[span]bool{}
	give := func(r role, name span) {
		if _, known := p.given[r]; !known {
			p.given[r] = name
			claimed[name] = true
		}
	}
	for at := 0; at < len(p.labels); {
		group := 1
		for at+group < len(p.labels) && p.together(p.labels[at+group-1], p.labels[at+group]) {
			group++
		}
		if group == 1 {
			if name, ok := p.nameOf(p.labels[at], claimed); ok {
				give(p.labels[at].role, name)
			}
		} else {
			p.shareOut(p.labels[at:at+group], give)
		}
		at += group
	}
	return p
}

// findLabels finds the roles in the words. Deputies, the desk's own senior specialist and members in
// the plural are none.
func findLabels(words []word) []label {
	var out []label
	for at := 0; at < len(words); at++ {
		l := label{role: nobody, from: at, to: at + 1}
		w := words[at]
		before := word{}
		if at > 0 {
			before = words[at-1]
		}
		switch {
		case before.begins("заместител", "вице") || before.is("зам"):
		case w.begins("секретар"):
			l.role = secretary
			if before.begins("ответствен") {
				l.from = at - 1
			}
		case w.begins("председател"):
			l.role = chairman
		case w.begins("аккредитуем"):
			l.role, l.singled = specialist, singular(w)
			if at+1 < len(words) && words[at+1].begins("специалист") {
				l.to = at + 2
				l.singled = singular(w) && words[at+1].is("специалист", "специалиста", "специалисту", "специалистом", "специалисте")
			}
		case w.is("специалист", "специалиста", "специалисту", "специалистом") && !before.begins("старш", "ваш"):
			l.role = specialist
		case w.is("член", "члена", "члену", "членом") && commissionNear(words, at):
			l.role, l.singled = member, true
		}
		if l.role != nobody {
			l.place = spanOf(words[l.from:l.to])
			out = append(out, l)
			at = l.to - 1
		}
	}
	return out
}

func singular(w word) bool {
	return !w.begins("аккредитуемые", "аккредитуемых", "аккредитуемым") || w.is("аккредитуемым")
}

func commissionNear(words []word, at int) bool {
	near := words[at+1 : min(at+4, len(words))]
	return slices.ContainsFunc(near, func(w word) bool { return w.begins("подкомисси", "комисси") || w.is("апк", "ак") })
}

// together reports labels that are named in one breath: "секретаря и председателя", "специалиста или
// члена подкомиссии".
func (p *people) together(a, b label) bool {
	between := p.words[a.to:b.from]
	joint := false
	for _, w := range between {
		if !w.office() {
			return false
		}
		joint = joint || w.is("и", "или")
	}
	gap := p.text[a.place.end:b.place.start]
	return (joint || strings.Contains(gap, "/")) && !strings.ContainsAny(gap, ".;:\n") && !p.nameWithin(a.place.end, b.place.start)
}

func (p *people) nameWithin(start, end int) bool {
	return slices.ContainsFunc(p.names, func(n span) bool { return n.start >= start && n.end <= end })
}

// shareOut gives the names that follow several labels to them in order, where there are as many.
func (p *people) shareOut(labels []label, give func(role, span)) {
	last := labels[len(labels)-1]
	var found []span
	end := last.place.end
	for _, name := range p.names {
		if name.start < last.place.end {
			continue
		}
		if len(found) == len(labels) || !p.officeOnly(end, name.start, ":,;/()–—-.\n ") {
			break
		}
		found, end = append(found, name), name.end
	}
	if len(found) != len(labels) {
		return
	}
	for i, l := range labels {
		give(l.role, found[i])
	}
}

// officeOnly reports whether only words of an office, capital words (a region) and these signs stand
// between two places.
func (p *people) officeOnly(start, end int, signs string) bool {
	at, _ := slices.BinarySearchFunc(p.words, start, func(w word, s int) int { return w.start - s })
	for ; at < len(p.words) && p.words[at].start < end; at++ {
		w := p.words[at]
		if strings.Trim(p.text[start:w.start], signs) != "" || !w.office() && !w.capital() {
			return false
		}
		start = w.end
	}
	return start > end || strings.Trim(p.text[start:end], signs) == ""
}

// nameOf finds the name that a label belongs to: before it on its line, after it on its line, on the
// line above where that is a name alone, on the line below.
func (p *people) nameOf(l label, claimed map[span]bool) (span, bool) {
	before, hasBefore := p.before(l.place.start, claimed)
	after, hasAfter := p.after(l.place.end, claimed)
	gapBefore, gapAfter := "", ""
	if hasBefore {
		gapBefore = p.text[before.end:l.place.start]
	}
	if hasAfter {
		gapAfter = p.text[l.place.end:after.start]
		hasAfter = p.officeOnly(l.place.end, after.start, ":,()–—-.\n «»\"") && !p.labelWithin(l.place.end, after.start)
	}
	sentenceEnds := strings.Contains(strings.TrimSpace(gapAfter), ". ") && !strings.Contains(gapAfter, "г. ")
	switch {
	case hasBefore && strings.Trim(gapBefore, " ,–—-(") == "":
		return before, true
	case hasAfter && !strings.Contains(gapAfter, "\n") && !sentenceEnds:
		return after, true
	case hasBefore && strings.Trim(gapBefore, " ,–—-(\n") == "" && strings.Count(gapBefore, "\n") == 1 && p.alone(before):
		return before, true
	case hasAfter && strings.Count(gapAfter, "\n") <= 2 && !sentenceEnds:
		return after, true
	}
	return span{}, false
}

func (p *people) labelWithin(start, end int) bool {
	return slices.ContainsFunc(p.labels, func(l label) bool { return l.place.start >= start && l.place.end <= end })
}

func (p *people) before(start int, claimed map[span]bool) (span, bool) {
	for _, name := range slices.Backward(p.names) {
		if name.end <= start {
			return name, !claimed[name]
		}
	}
	return span{}, false
}

func (p *people) after(end int, claimed map[span]bool) (span, bool) {
	for _, name := range p.names {
		if name.start >= end {
			return name, !claimed[name]
		}
	}
	return span{}, false
}

// alone reports whether a name has a line to itself, or ends one of a signature.
func (p *people) alone(name span) bool {
	line := p.text[strings.LastIndexByte(p.text[:name.start], '\n')+1 : name.start]
	return strings.Trim(line, " ,–—-") == "" || strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "с уважением")
}
