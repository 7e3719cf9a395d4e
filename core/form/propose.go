package form

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/opora-desk/opora/core/plugin/api"
)

// maxProposed bounds what is proposed for one field at a time.
const maxProposed = 20

// proposal recognises values in one field that belong into another (R4.12).
type proposal struct {
	from    string
	pattern *regexp.Regexp
	to      string
	member  string // the text within a row, empty where rows are texts themselves
	list    *spec
	value   *spec
}

// Propose returns {pointer: value} of values that stand in one field's text and belong into another:
// for a text that is not filled in the first one found, for a list its new rows without those that are
// there already, at most 20 and no more than the list may take. Proposals change nothing by
// themselves.
func (u *UI) Propose(fields api.Fields) map[string]any {
	out := map[string]any{}
	for i := range u.proposals {
		p := &u.proposals[i]
		value, _ := api.Lookup(fields, p.from)
		text, ok := value.(string)
		if !ok || utf8.RuneCountInString(text) > maxTextLength {
			continue
		}
		there, _ := api.Lookup(fields, p.to)
		if p.list.kind != "array" {
			if found := p.found(text, nil, 1); len(found) == 1 && !api.Present(there) {
				out[p.to] = found[0]
			}
			continue
		}
		rows, _ := there.([]any)
		seen := p.seen(rows)
		earlier, _ := out[p.to].([]any)
		for text := range p.seen(earlier) {
			seen[text] = true
		}
		var proposed []any
		for _, text := range p.found(text, seen, min(maxProposed, p.list.maxItems-len(rows))-len(earlier)) {
			if p.member == "" {
				proposed = append(proposed, text)
			} else {
				proposed = append(proposed, map[string]any{p.member: text})
			}
		}
		if len(proposed) > 0 {
			out[p.to] = append(earlier, proposed...)
		}
	}
	return out
}

func (p *proposal) seen(rows []any) map[string]bool {
	seen := map[string]bool{}
	for _, row := range rows {
		if object, ok := row.(map[string]any); ok {
			row = object[p.member]
		}
		if text, ok := row.(string); ok {
			seen[strings.TrimFunc(text, api.Blank)] = true
		}
	}
	return seen
}

// found returns up to limit different values of the text that the target may hold. A value that is
// the middle of a longer word or number is none.
func (p *proposal) found(text string, seen map[string]bool, limit int) []string {
	var all []string
	for _, at := range p.pattern.FindAllStringSubmatchIndex(text, 1000) {
		from, to := at[0], at[1]
		if len(at) > 2 && at[2] >= 0 {
			from, to = at[2], at[3]
		}
		value := text[from:to]
		length := utf8.RuneCountInString(value)
		switch {
		case len(all) >= limit:
			return all
		case value == "" || seen[value] || cut(text, from, to) || length < p.value.minLength || length > p.value.maxLength:
			continue
		}
		all = append(all, value)
		if seen == nil {
			seen = map[string]bool{}
		}
		seen[value] = true
	}
	return all
}

// cut reports whether a word or a number goes on beyond the match. RE2 knows \b for ASCII alone, so
// this is looked at here for every alphabet.
func cut(text string, from, to int) bool {
	first, _ := utf8.DecodeRuneInString(text[from:to])
	last, _ := utf8.DecodeLastRuneInString(text[from:to])
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	joins := func(a, b rune) bool {
		return unicode.IsDigit(a) && unicode.IsDigit(b) || unicode.IsLetter(a) && unicode.IsLetter(b)
	}
	return joins(before, first) || joins(last, after)
}
