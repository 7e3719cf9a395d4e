package main

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/opora-desk/opora/core/plugin/api"
)

// maxText is how much of a letter is read, in bytes. Facts further down are not found.
const maxText = 64 << 10

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
		Topic: topic(letter.Subject), Secretary: people.name(secretary), Chairman: people.name(chairman),
		Wanted: parts.text(wanted), Done: parts.text(done), Messages: parts.text(messages), Failed: parts.text(failed),
		Details: parts.text(details),
	}
	switch people.concerned() {
	case specialist:
		f.Concerns, f.Specialist = "specialist", people.name(specialist)
	case member:
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

var tidying = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u202f", " ", "\t", " ", "\u200b", "", "\ufeff", "", "\u00ad", "")

// tidy makes plain lines and blanks, and cuts what is too long to be read.
func tidy(text string) string {
	if len(text) > maxText {
		text = text[:maxText]
		for len(text) > 0 && !utf8.ValidString(text[max(0, len(text)-utf8.UTFMax):]) && !utf8.RuneStart(text[len(text)-1]) {
			text = text[:len(text)-1]
		}
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
