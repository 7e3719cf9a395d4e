package form

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// limits bound a JSON text before any library reads it.
type limits struct {
	bytes, depth, values int
}

// Limits of one number literal: what follows costs a big-number library seconds, or kills it.
const (
	maxNumberChars = 40
	maxExponent    = 40
)

// maxKeyBytes bounds a member's name, since the names of unknown members are answered as pointers.
const maxKeyBytes = 256

// fault is why a JSON text is refused, with the byte where it was seen.
type fault struct {
	code, msg string
	at        int
}

func malformed(at int, msg string) *fault { return &fault{code: codeMalformed, msg: msg, at: at} }

// node is one value of a JSON text with its place; kind is the first byte of its writing, with '0'
// for numbers.
type node struct {
	kind    byte
	at, end int
	members []member
	items   []*node
}

type member struct {
	key   string
	at    int
	value *node
}

func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for i := range n.members {
		if n.members[i].key == key {
			return n.members[i].value
		}
	}
	return nil
}

// decode returns the value of the node as encoding/json does, numbers as json.Number.
func (n *node) decode(raw []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(raw[n.at:n.end]))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil
	}
	return value
}

// find returns the deepest node on the way of the tokens.
func (n *node) find(tokens []string) *node {
	for _, token := range tokens {
		next := n.get(token)
		if at, err := strconv.Atoi(token); err == nil && n.kind == '[' && at >= 0 && at < len(n.items) {
			next = n.items[at]
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// scanner goes over a JSON text once, without recursion deeper than its limit. With build it returns
// the tree of the values, else nothing but the verdict.
type scanner struct {
	raw         []byte
	pos, values int
	max         limits
	build       bool
}

func scan(raw []byte, within limits, build bool) (*node, *fault) {
	if len(raw) > within.bytes {
		return nil, &fault{code: codeTooLarge, msg: "more than " + strconv.Itoa(within.bytes) + " bytes"}
	}
	if !utf8.Valid(raw) {
		return nil, malformed(0, "invalid UTF-8")
	}
	s := &scanner{raw: raw, max: within, build: build}
	s.space()
	root, f := s.value(1)
	if f != nil {
		return nil, f
	}
	if s.space(); s.pos < len(raw) {
		return nil, malformed(s.pos, "data after the value")
	}
	return root, nil
}

func (s *scanner) space() {
	for s.pos < len(s.raw) {
		switch s.raw[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// at reports whether the next byte is c, and steps over it.
func (s *scanner) at(c byte) bool {
	if s.pos < len(s.raw) && s.raw[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) value(depth int) (*node, *fault) {
	if s.pos >= len(s.raw) {
		return nil, malformed(s.pos, "value missing")
	}
	if s.values++; s.values > s.max.values {
		return nil, &fault{code: codeTooManyValues, msg: "too many values", at: s.pos}
	}
	start, kind := s.pos, s.raw[s.pos]
	n := &node{kind: kind, at: start}
	var f *fault
	switch kind {
	case '{', '[':
		if depth > s.max.depth {
			return nil, &fault{code: codeTooDeep, msg: "nested too deeply", at: start}
		}
		if kind == '{' {
			f = s.object(n, depth)
		} else {
			f = s.array(n, depth)
		}
	case '"':
		f = s.text()
	case 't':
		f = s.word("true")
	case 'f':
		f = s.word("false")
	case 'n':
		f = s.word("null")
	default:
		n.kind = '0'
		f = s.number()
	}
	n.end = s.pos
	return n, f
}

func (s *scanner) object(n *node, depth int) *fault {
	s.pos++
	if s.space(); s.at('}') {
		return nil
	}
	seen := make(map[string]struct{})
	for {
		s.space()
		at := s.pos
		key, f := s.key()
		if f != nil {
			return f
		}
		if _, twice := seen[key]; twice {
			return &fault{code: codeDuplicateKey, msg: "member named twice in one object", at: at}
		}
		seen[key] = struct{}{}
		if s.space(); !s.at(':') {
			return malformed(s.pos, "colon expected")
		}
		s.space()
		value, f := s.value(depth + 1)
		if f != nil {
			return f
		}
		if s.build {
			n.members = append(n.members, member{key: key, at: at, value: value})
		}
		if s.space(); s.at('}') {
			return nil
		}
		if !s.at(',') {
			return malformed(s.pos, "comma or closing brace expected")
		}
	}
}

func (s *scanner) array(n *node, depth int) *fault {
	s.pos++
	if s.space(); s.at(']') {
		return nil
	}
	for {
		s.space()
		value, f := s.value(depth + 1)
		if f != nil {
			return f
		}
		if s.build {
			n.items = append(n.items, value)
		}
		if s.space(); s.at(']') {
			return nil
		}
		if !s.at(',') {
			return malformed(s.pos, "comma or closing bracket expected")
		}
	}
}

func (s *scanner) key() (string, *fault) {
	start := s.pos
	if start >= len(s.raw) || s.raw[start] != '"' {
		return "", malformed(start, "member name expected")
	}
	if f := s.text(); f != nil {
		return "", f
	}
	quoted := s.raw[start:s.pos]
	if len(quoted) > maxKeyBytes {
		return "", &fault{code: codeKeyTooLong, msg: "member name too long", at: start}
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1]), nil
	}
	// Two writings of one name are one name: "a" and "\u0061".
	var key string
	if err := json.Unmarshal(quoted, &key); err != nil {
		return "", malformed(start, "member name unreadable")
	}
	return key, nil
}

func (s *scanner) text() *fault {
	start := s.pos
	s.pos++
	for s.pos < len(s.raw) {
		switch c := s.raw[s.pos]; {
		case c == '"':
			s.pos++
			return nil
		case c < 0x20:
			return malformed(s.pos, "control character in a text")
		case c == '\\':
			if f := s.escaped(); f != nil {
				return f
			}
		default:
			s.pos++
		}
	}
	return malformed(start, "text not closed")
}

func (s *scanner) escaped() *fault {
	start := s.pos
	s.pos++
	if s.pos >= len(s.raw) {
		return malformed(start, "text not closed")
	}
	if c := s.raw[s.pos]; c != 'u' {
		s.pos++
		if strings.IndexByte(`"\/bfnrt`, c) < 0 {
			return malformed(start, "unknown escape")
		}
		return nil
	}
	unit, ok := s.unit()
	switch {
	case !ok:
		return malformed(start, "unknown escape")
	case unit == 0:
		return malformed(start, "NUL character") // jsonb cannot hold it
	case unit >= 0xdc00 && unit <= 0xdfff:
		return malformed(start, "lone surrogate")
	case unit < 0xd800 || unit > 0xdbff:
		return nil
	}
	if !s.at('\\') || s.pos >= len(s.raw) || s.raw[s.pos] != 'u' {
		return malformed(start, "lone surrogate")
	}
	if low, ok := s.unit(); !ok || low < 0xdc00 || low > 0xdfff {
		return malformed(start, "lone surrogate")
	}
	return nil
}

// unit reads the four digits behind the u of an escape.
func (s *scanner) unit() (uint64, bool) {
	s.pos++
	if s.pos+4 > len(s.raw) {
		return 0, false
	}
	digits := string(s.raw[s.pos : s.pos+4])
	s.pos += 4
	if strings.ContainsAny(digits, "+-_") {
		return 0, false
	}
	unit, err := strconv.ParseUint(digits, 16, 16)
	return unit, err == nil
}

func (s *scanner) word(word string) *fault {
	if !bytes.HasPrefix(s.raw[s.pos:], []byte(word)) {
		return malformed(s.pos, "unknown word")
	}
	s.pos += len(word)
	return nil
}

func (s *scanner) number() *fault {
	start := s.pos
	for s.pos < len(s.raw) && strings.IndexByte("+-.0123456789eE", s.raw[s.pos]) >= 0 {
		s.pos++
	}
	literal := s.raw[start:s.pos]
	if len(literal) > maxNumberChars {
		return &fault{code: codeNumberTooLong, msg: "number has too many characters", at: start}
	}
	if !json.Valid(literal) {
		return malformed(start, "no JSON value")
	}
	if !boundedNumber(string(literal)) {
		return &fault{code: codeNumberTooLong, msg: "exponent too large", at: start}
	}
	return nil
}

// boundedNumber reports whether a number literal is cheap to calculate with.
func boundedNumber(literal string) bool {
	if len(literal) > maxNumberChars {
		return false
	}
	at := strings.IndexAny(literal, "eE")
	if at < 0 {
		return true
	}
	exponent, err := strconv.Atoi(literal[at+1:])
	return err == nil && exponent >= -maxExponent && exponent <= maxExponent
}

// place tells line and column of a byte, both from 1, the column in characters.
func place(raw []byte, at int) (line, column int) {
	at = min(at, len(raw))
	before := raw[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte{'\n'}) + 1, utf8.RuneCount(before[start:]) + 1
}
