package ticket

import (
	"regexp"
	"strings"
	"unicode"
)

// maxTerms bounds how many words of a query are sought; further ones narrow it no more.
const maxTerms = 50

// terms are the words of a query, side by side as SQL takes them.
type terms struct {
	texts []string
	// exact are the exact values that a word may be, as a tsquery.
	exact []string
	// alternatives number what stands between "or"; of each all words are sought.
	alternatives []int
	negated      []bool
	// numbers are phones and other numbers, of which the parser's parts may stand apart.
	numbers []bool
}

func (t *terms) add(text string, alternative int, negated, number bool) {
	if len(t.texts) == maxTerms || strings.TrimSpace(text) == "" {
		return
	}
	var exact []string
	for _, lexeme := range lexemes([]string{text}) {
		exact = append(exact, "'"+strings.ReplaceAll(lexeme, "'", "''")+"'")
	}
	t.texts = append(t.texts, text)
	t.exact = append(t.exact, strings.Join(exact, " | "))
	t.alternatives = append(t.alternatives, alternative)
	t.negated = append(t.negated, negated)
	t.numbers = append(t.numbers, number)
}

var (
	// term is a phrase in quotes or what stands between spaces, with a minus before it or not.
	term = regexp.MustCompile(`(-?)"([^"]*)"?|[^\s"]+`)
	// ofNumber is what phones and other numbers are written with, for a stretch of them between spaces.
	ofNumber = regexp.MustCompile(`^[0-9()+\-\x{2010}-\x{2015}]*[0-9][0-9()+\-\x{2010}-\x{2015}]*$`)
)

// termsOf reads a query as people write it: all words, "a phrase", one or another, -without. A number may
// have spaces in it.
func termsOf(query string) terms {
	query = strings.Map(func(r rune) rune {
		switch {
		case r == 0:
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(query, ""))
	var out terms
	var number []string
	alternative, negatedNumber := 0, false
	endNumber := func() {
		out.add(strings.Join(number, " "), alternative, negatedNumber, true)
		number = nil
	}
	for _, found := range term.FindAllStringSubmatch(query, -1) {
		word := found[0]
		if strings.Contains(word, `"`) {
			endNumber()
			out.add(found[2], alternative, found[1] == "-", false)
			continue
		}
		bare, minus := strings.CutPrefix(word, "-")
		if part := strings.Trim(bare, ".,;:!?"); ofNumber.MatchString(part) {
			if minus {
				endNumber()
			}
			if len(number) == 0 {
				negatedNumber = minus
			}
			number = append(number, part)
			continue
		}
		if strings.Trim(word, "()+-\u2010\u2011\u2012\u2013\u2014\u2015") == "" {
			continue // it stands alone within a number, or says nothing
		}
		endNumber()
		if strings.EqualFold(word, "or") {
			alternative++
			continue
		}
		out.add(bare, alternative, minus, false)
	}
	endNumber()
	return out
}
