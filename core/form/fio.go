package form

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	codeInitials = "fio_initials"
	codeFIO      = formatPrefix + "fio"
)

// Limits of a full name, in words of it.
const (
	maxNameWords = 8
	maxNameBytes = 400
)

var (
	// abbreviated finds "И.", "И.И.", "Ив." and "Иванов И.И" without a blank: letters with full stops.
	abbreviated = regexp.MustCompile(`^\p{L}+(?:[.-]+\p{L}+)*\.*$`)
	// particles belong to a name and are none themselves, however they are written.
	particles = []string{
		"фон", "оглы", "оглу", "оглу", "кызы", "гызы", "кизи", "угли", "уулу", "улы", "ибн", "бинт", "дель", "дер", "тер",
		"von", "oglu", "ogly", "oghlu", "kyzy", "qizi", "ibn", "bint", "der", "den", "del", "della", "dos",
	}
	// lowParticles are particles in lower case only: Ван, Ли, Ле, Да and Бек are names as well.
	lowParticles = []string{
		"ван", "де", "ди", "да", "ла", "ле", "аль", "эль", "бен", "бин", "бей", "бек", "заде", "и",
		"van", "de", "di", "da", "do", "la", "le", "al", "el", "ben", "bin", "bey", "zade", "af", "zu", "y", "e",
	}
	nameDashes = strings.NewReplacer(" - ", "-", " – ", "-", " — ", "-", "–", "-", "—", "-", "‐", "-", "‑", "-")
)

// fioFault checks that a text is a full name (R0.23): surname and given name in full, patronymic if
// there is one. Initials have a code of their own, so that people learn what is missing.
func fioFault(s string) string {
	if len(s) > maxNameBytes {
		return codeFIO
	}
	words := strings.FieldsFunc(nameDashes.Replace(s), unicode.IsSpace)
	if len(words) > maxNameWords {
		return codeFIO
	}
	capital := strings.ContainsFunc(s, unicode.IsUpper)
	names, initials := 0, false
	for _, word := range words {
		switch {
		case isParticle(word, capital):
		case isInitials(word):
			initials = true
		case !isNameWord(word):
			return codeFIO
		default:
			names++
		}
	}
	switch {
	case initials && names > 0:
		return codeInitials
	case names < 2 || initials:
		return codeFIO
	}
	return ""
}

func isParticle(word string, capital bool) bool {
	lower := strings.ToLower(word)
	return slices.Contains(particles, lower) || capital && lower == word && slices.Contains(lowParticles, lower)
}

func isInitials(word string) bool {
	letters := []rune(word)
	if len(letters) == 1 {
		return unicode.IsLetter(letters[0])
	}
	return strings.Contains(word, ".") && abbreviated.MatchString(word) && !mixed(word)
}

// isNameWord takes letters of one alphabet, with single hyphens and apostrophes between them.
func isNameWord(word string) bool {
	if mixed(word) {
		return false
	}
	letters := 0
	joined := true // nothing before the first letter to join to
	for _, r := range word {
		switch {
		case unicode.IsLetter(r):
			letters++
			joined = false
		case unicode.Is(unicode.Mn, r) && !joined:
		case isJoint(r) && !joined:
			joined = true
		default:
			return false
		}
	}
	return letters >= 2 && !joined
}

// isJoint reports hyphens and the apostrophes of O'Neill, Д’Артаньян and Хаʼан.
func isJoint(r rune) bool { return strings.ContainsRune("-'’ʼ`ʹ´‘", r) }
