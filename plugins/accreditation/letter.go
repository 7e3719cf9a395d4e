package main

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Bounds: how much of a letter is read, in bytes (facts further down are not found), and what the form's
// fields hold, in characters.
const (
	maxText    = 64 << 10
	maxTopic   = 200
	maxPart    = 5000
	maxDetails = 10000
)

// letters answers read_letter. It has no state, so it may be called concurrently.
type letters struct{}

// facts are the fields of the form request that a letter can state.
type facts struct {
	Topic      string `json:"topic,omitempty"`
	Secretary  string `json:"secretary,omitempty"`
	Chairman   string `json:"chairman,omitempty"`
	Concerns   string `json:"concerns,omitempty"`
	Specialist string `json:"specialist,omitempty"`
	Member     string `json:"member,omitempty"`
	Wanted     string `json:"wanted,omitempty"`
	Done       string `json:"done,omitempty"`
	Messages   string `json:"messages,omitempty"`
	Failed     string `json:"failed,omitempty"`
	Details    string `json:"details,omitempty"`
}

// ReadLetter finds what a mail states in free order (R0.10, R0.23 to R0.25): who the secretary and the
// chairman are, whom the problem concerns, and the four parts of its description. Names stay as they
// were written, initials too, so that the form's own check says what is wrong with them.
func (letters) ReadLetter(_ context.Context, _ api.Call, letter api.IncomingLetter) (api.ReadLetter, error) {
	text := ownText(tidy(letter.Text))
	people := findPeople(text)
	parts := describe(text, people)
	f := facts{
		Topic: short(topic(letter.Subject), maxTopic), Secretary: people.name(secretary), Chairman: people.name(chairman),
		Wanted: short(parts.text(wanted), maxPart), Done: short(parts.text(done), maxPart),
		Messages: short(parts.text(messages), maxPart), Failed: short(parts.text(failed), maxPart),
		Details: short(parts.text(details), maxDetails),
	}
	if who := people.concerned(); who == specialist {
		f.Concerns, f.Specialist = "specialist", people.name(specialist)
	} else if who == member {
		f.Concerns, f.Member = "member", people.name(member)
	}
	fields, err := json.Marshal(f)
	return api.ReadLetter{Form: "request", Fields: fields}, err
}

var replyMarks = regexp.MustCompile(`^(?i:(?:re|fwd?|fw|отв|пересл|на)(?:\[[0-9]+\])?:\s*)+`)

// topic is the subject without the marks of replies and forwards.
func topic(subject string) string {
	subject = strings.Join(strings.Fields(tidy(subject)), " ")
	return strings.TrimSpace(replyMarks.ReplaceAllString(subject, ""))
}

// short cuts a text to a number of characters, with … where it was longer.
func short(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
}

var tidying = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u202f", " ", "\t", " ", "\u200b", "", "\ufeff", "", "\u00ad", "")

// tidy makes plain lines and blanks, and cuts what is too long to be read.
func tidy(text string) string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	return tidying.Replace(strings.ToValidUTF8(text, ""))
}

var quoteBegins = regexp.MustCompile(`(?i)^\s*(?:-{2,}\s*(?:исходное сообщение|пересылаемое сообщение|original message|forwarded message)|.*(?:пишет|wrote):\s*$)`)

// ownText leaves out what the writer quotes: lines that begin with > and what follows the mark of an
// earlier letter. Where nothing else is there, the quote is the letter.
func ownText(text string) string {
	var own, all []string
	quoted := false
	for line := range strings.SplitSeq(text, "\n") {
		plain := strings.TrimLeft(line, "> ")
		isQuote := strings.HasPrefix(strings.TrimSpace(line), ">")
		mark := quoteBegins.MatchString(line)
		quoted = quoted || mark
		if !mark {
			all = append(all, plain)
		}
		if !quoted && !isQuote {
			own = append(own, line)
		}
	}
	if strings.TrimSpace(strings.Join(own, "")) == "" {
		return strings.Join(all, "\n")
	}
	return strings.Join(own, "\n")
}
