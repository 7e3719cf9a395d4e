package main

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/sdk/mailtext"
)

// letters answers the hook read_letter. It keeps nothing between calls.
type letters struct{}

// The forms that a letter may become, and the keys of their lists.
const (
	formInstitution = "access-institution"
	formSettlement  = "access-settlement"
	formMedical     = "access-medical"
	formSchool      = "access-school"
	formRequest     = "request"

	askGrant   = "grant"
	askRestore = "restore"
)

// What is read of a letter, in bytes, and what the form request takes, in characters.
const (
	maxText        = 256 << 10
	maxTitle       = 200
	maxDescription = 10_000
)

// enoughFacts is how many labelled facts make a letter a registration that does not say what it asks for.
const enoughFacts = 3

// ReadLetter reads the letters by which one asks for access (R3.13): the kind of institution, and its
// facts by their labels or by the order of the lines. A fact that is not there stays empty. Another
// letter becomes an ordinary request.
func (letters) ReadLetter(_ context.Context, _ api.Call, letter api.IncomingLetter) (api.ReadLetter, error) {
	letter.Text = mailtext.Own(mailtext.Tidy(letter.Text, maxText))
	text := letter.Subject + "\n" + letter.Text
	ask := asks.FindString(text)
	read := readLines(letter.Text, ask != "")
	if ask == "" && len(read.facts) < enoughFacts {
		return answer(formRequest, request(letter, read.facts))
	}
	form := kindOf(read, ask)
	read.fill(form)
	return answer(form, access(form, ask, read.facts))
}

func answer(form string, fields map[string]any) (api.ReadLetter, error) {
	raw, err := json.Marshal(fields)
	return api.ReadLetter{Form: form, Fields: raw}, err
}

// access makes the fields of a registration form of what was found.
func access(form, ask string, facts map[string]string) map[string]any {
	fields := map[string]any{}
	for _, name := range []string{"name", "organisation", "email", "phone"} {
		if facts[name] != "" {
			fields[name] = facts[name]
		}
	}
	if facts["position"] != "" && hasPosition(form) {
		fields["position"] = facts["position"]
	}
	switch systems := facts["systems"]; {
	case systems == "":
	case form == formMedical:
		fields["system"] = systems
	default:
		fields["systems"] = separate(systems)
	}
	grants, restores := asksGrant.MatchString(ask), asksRestore.MatchString(ask)
	if form == formMedical && grants != restores {
		fields["request"] = askGrant
		if restores {
			fields["request"] = askRestore
		}
	}
	return fields
}

func hasPosition(form string) bool { return form == formInstitution || form == formMedical }

// separate divides an enumeration, without what only says that it goes on, and without repeats.
func separate(text string) []string {
	text = goesOn.ReplaceAllString(text, "")
	out, seen := []string{}, map[string]bool{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		part = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(part), "."))
		if part != "" && !seen[part] {
			seen[part] = true
			out = append(out, part)
		}
	}
	return out
}

// request makes an ordinary request of a letter: its subject and text, the address that it came from,
// and the direction where exactly one is named.
func request(letter api.IncomingLetter, facts map[string]string) map[string]any {
	fields := map[string]any{}
	put := func(field, value string) {
		if value != "" {
			fields[field] = value
		}
	}
	put("title", mailtext.Short(mailtext.Topic(letter.Subject), maxTitle))
	put("description", mailtext.Short(strings.TrimSpace(letter.Text), maxDescription))
	put("email", letter.From)
	for _, name := range []string{"name", "phone", "organisation", "position"} {
		put(name, facts[name])
	}
	if fields["name"] == nil && isName(letter.FromName) {
		fields["name"] = joined(letter.FromName)
	}
	named := ""
	for _, d := range directions {
		if !d.words.MatchString(letter.Subject + "\n" + letter.Text) {
			continue
		}
		if named != "" {
			return fields
		}
		named = d.key
	}
	put("direction", named)
	return fields
}

// directions are the values of staff-directions that a letter may name in passing.
var directions = []struct {
	key   string
	words *regexp.Regexp
}{
	{"sed", regexp.MustCompile(`(?:^|[^\p{L}])СЭД(?:$|[^\p{L}])`)},
	{"ppu", regexp.MustCompile(`(?:^|[^\p{L}])ППУ(?:$|[^\p{L}])`)},
	{"rgu", regexp.MustCompile(`(?:^|[^\p{L}])РГУ(?:$|[^\p{L}])`)},
	{"hospital", regexp.MustCompile(`(?i)1[СC]\.?\s?Медицина`)},
	{"e-school", regexp.MustCompile(`(?i)электронн\p{L}+\s+школ`)},
}

func joined(text string) string { return strings.Join(strings.Fields(text), " ") }
