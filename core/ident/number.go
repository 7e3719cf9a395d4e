package ident

import (
	"strconv"
	"strings"
)

// damm is the quasigroup of the Damm algorithm (H. M. Damm, 2004): it finds every single wrong digit
// and every swap of two neighbours. The same table stands in the stored function next_number.
var damm = [10][10]uint8{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

func dammOf(digits string) uint8 {
	var interim uint8
	for i := range len(digits) {
		interim = damm[interim][digits[i]-'0']
	}
	return interim
}

// FormatNumber writes a ticket's number: the desk's prefix, a hyphen, the counter and its check digit.
func FormatNumber(prefix string, counter int64) string {
	digits := strconv.FormatInt(counter, 10)
	return prefix + "-" + digits + strconv.Itoa(int(dammOf(digits)))
}

// NumberState says what is wrong with a number that somebody typed or read out.
type NumberState int

// What ParseNumber found.
const (
	NumberOK         NumberState = iota
	NumberMalformed              // not a number of any desk
	NumberCheckDigit             // looks like one, but a digit is wrong or two are swapped
)

// maxNumber bounds what is looked at before anything is parsed: prefix 10, hyphen, 19 digits.
const maxNumber = 40

// ParseNumber brings a typed number to the form that it is stored in: upper case, Cyrillic
// look-alikes folded to Latin letters, spaces removed, any dash taken for the hyphen.
func ParseNumber(typed string) (string, NumberState) {
	if len(typed) > maxNumber {
		return "", NumberMalformed
	}
	folded := FoldPrefix(typed)
	at := strings.LastIndexByte(folded, '-')
	if at < 1 {
		return "", NumberMalformed
	}
	digits := folded[at+1:]
	if len(digits) < 2 || len(digits) > 19 {
		return "", NumberMalformed
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return "", NumberMalformed
		}
	}
	if dammOf(digits) != 0 {
		return "", NumberCheckDigit
	}
	return folded, NumberOK
}

// lookAlikes folds Cyrillic capitals that look like Latin ones, and every dash, to what is stored.
var lookAlikes = strings.NewReplacer(
	"А", "A", "В", "B", "С", "C", "Е", "E", "Н", "H", "К", "K", "М", "M", "О", "O", "Р", "P", "Т", "T", "Х", "X", "У", "Y", "І", "I", "Ѕ", "S", "Ј", "J",
	"–", "-", "—", "-", "−", "-", "‐", "-", "‑", "-", " ", "", "\u00a0", "", "№", "", "#", "",
)

// FoldPrefix folds what a person typed for a prefix or a number: upper case, Latin look-alikes, no
// spaces, plain hyphens.
func FoldPrefix(typed string) string { return lookAlikes.Replace(strings.ToUpper(typed)) }
