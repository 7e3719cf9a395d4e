package form

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"unicode/utf8"
)

// text checks what belongs to a string: its length, pattern, format, list and choice.
func (l *linter) text(n *node, s *spec) {
	l.choice(n, s)
	l.pattern(n, s)
	if at := n.get("format"); at != nil && at.kind == '"' {
		s.format, _ = at.decode(l.raw).(string)
		if _, ok := formats[s.format]; !ok {
			l.report(at.at, "unknown_format", "%q is no format; known are %v", s.format, Formats())
		}
	}
	if s.maxLength == unset && s.format == "date" {
		s.maxLength = len("2006-01-02")
	}
	switch {
	case s.maxLength == unset:
		l.report(n.at, "max_length_missing", "a text needs maxLength")
	case s.maxLength > maxTextLength:
		l.report(n.get("maxLength").at, "max_length_missing", "maxLength is at most %d", maxTextLength)
	}
	s.multiline = s.maxLength > multilineFrom && s.format == ""
	if at := n.get("x-multiline"); at != nil {
		s.multiline = at.kind == 't'
	}
	if at := n.get("x-list"); at != nil && at.kind == '"' {
		l.list(n, at, s)
	}
}

func (l *linter) list(n, at *node, s *spec) {
	s.list, _ = at.decode(l.raw).(string)
	if !slices.Contains(l.declared, s.list) {
		l.report(at.at, "unknown_list", "x-list names a list that is not declared: %q", s.list)
	}
	if s.maxLength > maxListKey {
		l.report(at.at, "list_shape", "a text of a list has a maxLength of at most %d", maxListKey)
	}
	for _, key := range []string{"enum", "const", "pattern", "format"} {
		if n.get(key) != nil {
			l.report(at.at, "list_shape", "x-list does not go together with %s", key)
		}
	}
	if !slices.Contains(l.used, s.list) {
		l.used = append(l.used, s.list)
	}
}

// choice reads enum and const, which bound a text as maxLength does.
func (l *linter) choice(n *node, s *spec) {
	longest := unset
	if at := n.get("enum"); at != nil && at.kind == '[' {
		if len(at.items) == 0 || len(at.items) > maxEnum {
			l.report(at.at, "keyword_value", "enum has 1 to %d values", maxEnum)
		}
		for _, item := range at.items {
			longest = max(longest, l.length(item))
		}
	}
	if at := n.get("const"); at != nil {
		longest = max(longest, l.length(at))
	}
	if longest == unset {
		return
	}
	s.fixed = true
	if s.maxLength == unset {
		s.maxLength = longest
	}
}

func (l *linter) length(n *node) int {
	text, _ := n.decode(l.raw).(string)
	return utf8.RuneCountInString(text)
}

func (l *linter) pattern(n *node, s *spec) {
	at := n.get("pattern")
	if at == nil || at.kind != '"' {
		return
	}
	pattern, _ := at.decode(l.raw).(string)
	if reason := patternFault(pattern); reason != "" {
		l.report(at.at, "pattern_subset", "the pattern does not mean the same here and in a browser: %s", reason)
		return
	}
	if _, err := regexp.Compile(pattern); err != nil {
		l.report(at.at, "pattern_subset", "the pattern cannot be read: %v", err)
	}
	s.digits = digitsAlone.MatchString(pattern)
}

// digitsAlone is a pattern that takes nothing but digits.
var digitsAlone = regexp.MustCompile(`^\^(?:\[0-9\]|\\d)(?:[*+]|\{[0-9]+(?:,[0-9]*)?\})?\$$`)

// wholeNumber brings the writing of a whole number to plain digits, so that "3.0" and "3" are one
// value; false for what is not whole.
func wholeNumber(n json.Number) (*big.Int, bool) {
	if !boundedNumber(n.String()) {
		return nil, false
	}
	value, ok := new(big.Rat).SetString(n.String())
	if !ok || !value.IsInt() {
		return nil, false
	}
	return value.Num(), true
}
