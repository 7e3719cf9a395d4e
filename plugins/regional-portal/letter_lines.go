package main

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	// asks finds «Прошу предоставить (восстановить) доступ …»; the document's own «portalу» may follow.
	asks        = regexp.MustCompile(`(?is)прос?(?:шу|им)[^.\n]{0,40}?(?:предоставить|восстановить|открыть|дать)[^.\n]{0,40}?доступ`)
	asksGrant   = regexp.MustCompile(`(?i)предоставить|открыть|дать`)
	asksRestore = regexp.MustCompile(`(?i)восстановить`)
	goesOn      = regexp.MustCompile(`(?i),?\s*и\s+(?:т\.?\s*[пд]\.?|др(?:угие|\.)?)\s*$`)

	mailbox = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[\p{L}0-9.-]+[\p{L}0-9]`)
	phone   = regexp.MustCompile(`^\+?[0-9(][0-9 ()./–—-]{4,}[0-9](?:[\s,;]*(?:доб|вн|внутр|ext)[\s.:]*[0-9]{1,5})?$`)
	bullet  = regexp.MustCompile(`^\s*(?:[-–—•*·]|[0-9]{1,2}[.)])\s+`)
	ends    = regexp.MustCompile(`(?i)^\s*(?:--\s*$|с\s+уважением|заранее\s+(?:спасибо|благодар)|отправлено\s+(?:из|с)\s)`)
	skipped = regexp.MustCompile(`(?i)^\s*(?:>|здравствуйте|добр(?:ый|ое|ого)\s|уважаем)`)
	// hint is what is left of the document's own line where nobody has filled it in.
	hint = regexp.MustCompile(`(?i)^[-–—,\s]*например.*$`)
)

// labels are the names of the facts as the document writes them, and as people do.
var labels = []struct {
	fact string
	form string // of the kind of institution that alone has this label
	line *regexp.Regexp
}{
	{"name", formSettlement, labelOf(`фио\s+главы`)},
	{"name", formSchool, labelOf(`фио\s+директора`)},
	{"name", "", labelOf(`ф\.?\s*и\.?\s*о\.?(?:\s+(?:сотрудника|полностью))?|фамилия,?\s+имя,?\s+отчество`)},
	{"organisation", "", labelOf(`(?:наименование\s+)?(?:организаци[яи]|учреждени[ея])(?:\s*\([^)\n]{0,120}\))?`)},
	{"position", "", labelOf(`должность`)},
	{"email", "", labelOf(`e-?mail|(?:адрес\s+)?электронн(?:ая|ой)\s+почт[аы]|почта`)},
	{"phone", "", labelOf(`(?:контактный\s+)?(?:номер\s+)?телефона?|контактный\s+номер|тел\.?`)},
	{"systems", formMedical, labelOf(`наименование\s+системы(?:,\s*например)?`)},
	{"systems", "", labelOf(`(?:укажите\s+)?(?:несколько\s+)?систем[аы]?(?:,?\s+с\s+котор\p{L}+\s+работа\p{L}+)?`)},
}

func labelOf(words string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:` + words + `)\s*(?::|\s[-–—]\s|[-–—]\s)\s*(.*)$|^(?:` + words + `)\s*$()`)
}

// reading is what the lines of a letter say.
type reading struct {
	facts map[string]string
	// form is set where a label tells the kind of institution.
	form string
	// before and after are the lines without a label, in front of the address and the phone and behind
	// them: the document puts the systems last.
	before, after []string
}

// readLines reads a letter line by line. Lines without a label count only in a letter that asks for access.
func readLines(text string, asking bool) *reading {
	r := &reading{facts: map[string]string{}}
	at := cursor{began: !asking || !asks.MatchString(text)}
	for line := range strings.Lines(text) {
		line = unquoted(line)
		switch {
		case line == "":
			at.open, at.fact = false, ""
		case ends.MatchString(line):
			return r
		case skipped.MatchString(line):
		case asking && asks.MatchString(line):
			at.began = true
		default:
			r.line(line, &at, asking)
		}
	}
	return r
}

// cursor is where the reading stands.
type cursor struct {
	// began: the words that ask for access were read, what follows are the facts.
	began bool
	// pending is the fact whose label stood alone; its value may come after blank lines.
	pending string
	// open: a line without a bullet continues the one above. fact is the labelled fact of that one.
	open bool
	fact string
}

func (r *reading) line(line string, at *cursor, asking bool) {
	marked := bullet.MatchString(line)
	item := strings.TrimSpace(bullet.ReplaceAllString(line, ""))
	if fact, form, value, ok := labelled(item); ok {
		at.pending, at.open, at.fact = r.label(fact, form, value), marked, fact
		return
	}
	switch {
	case at.pending != "":
		r.put(at.pending, item)
		at.fact, at.pending = at.pending, ""
	case !asking || !at.began:
	case at.open && !marked && at.fact != "":
		r.facts[at.fact] += " " + item
	case at.open && !marked:
		r.lengthen(item)
	default:
		r.item(item)
		at.open, at.fact = marked, ""
	}
}

// unquoted is a line without blanks around it and without a quotation mark whose other half stands on
// another line: people copy the document's text with its quotation marks.
func unquoted(line string) string {
	line = strings.TrimSpace(line)
	if !strings.Contains(line, "»") {
		line = strings.TrimPrefix(line, "«")
	}
	if !strings.Contains(line, "«") {
		line = strings.TrimSuffix(line, "»")
	}
	return strings.TrimSpace(line)
}

func labelled(item string) (fact, form, value string, ok bool) {
	for _, l := range labels {
		if match := l.line.FindStringSubmatch(item); match != nil {
			return l.fact, l.form, strings.TrimSpace(hint.ReplaceAllString(match[1], "")), true
		}
	}
	return "", "", "", false
}

// label takes a labelled fact; it returns the fact where its value may stand on the next line.
func (r *reading) label(fact, form, value string) (pending string) {
	if form != "" {
		r.form = form
	}
	if value == "" {
		return fact
	}
	r.put(fact, value)
	return ""
}

func (r *reading) put(fact, value string) {
	if address := mailbox.FindString(value); fact == "email" && address != "" {
		value = address
	}
	if r.facts[fact] == "" {
		r.facts[fact] = strings.TrimRight(value, ";")
	}
}

// item takes a line without a label: an address and a phone are told by their looks.
func (r *reading) item(line string) {
	line = strings.TrimSpace(strings.TrimRight(line, ";,"))
	switch address := mailbox.FindString(line); {
	case address != "":
		r.put("email", address)
	case phone.MatchString(line):
		r.put("phone", line)
	case r.facts["email"] != "" || r.facts["phone"] != "":
		r.after = append(r.after, line)
	default:
		r.before = append(r.before, line)
	}
}

// lengthen adds a line that continues the one above.
func (r *reading) lengthen(line string) {
	switch {
	case len(r.after) > 0:
		r.after[len(r.after)-1] += " " + line
	case len(r.before) > 0:
		r.before[len(r.before)-1] += " " + line
	default:
		r.item(line)
	}
}

// fill gives the lines without a label their places: the name, the organisation, the position where the
// form has one, the systems.
func (r *reading) fill(form string) {
	for _, line := range r.before {
		switch {
		case r.facts["name"] == "" && isName(line):
			r.facts["name"] = line
		case isPosition(line):
			r.put("position", line)
		case r.facts["organisation"] == "":
			r.facts["organisation"] = line
		case hasPosition(form) && r.facts["position"] == "":
			r.facts["position"] = line
		case hasPosition(form):
			r.after = append(r.after, line)
		default:
			r.facts["organisation"] += ", " + line
		}
	}
	if r.facts["systems"] == "" {
		r.facts["systems"] = strings.Join(r.after, ", ")
	}
}

// isName takes two to four words that each begin with a capital letter; initials too, since the form
// then says why they are refused.
func isName(text string) bool {
	words := strings.Fields(text)
	if len(words) < 2 || len(words) > 4 || organisation.MatchString(text) || isPosition(text) {
		return false
	}
	for _, word := range words {
		for i, r := range []rune(word) {
			if i == 0 && !unicode.IsUpper(r) || i > 0 && !unicode.IsLetter(r) && !strings.ContainsRune("-.", r) {
				return false
			}
		}
	}
	return true
}
