package main

import (
	"context"
	"encoding/json"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/sdk/mailtext"
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
	text := mailtext.Own(mailtext.Tidy(letter.Text, maxText))
	people := findPeople(text)
	parts := describe(text, people)
	f := facts{
		Topic: mailtext.Short(mailtext.Topic(letter.Subject), maxTopic), Secretary: people.name(secretary), Chairman: people.name(chairman),
		Wanted: mailtext.Short(parts.text(wanted), maxPart), Done: mailtext.Short(parts.text(done), maxPart),
		Messages: mailtext.Short(parts.text(messages), maxPart), Failed: mailtext.Short(parts.text(failed), maxPart),
		Details: mailtext.Short(parts.text(details), maxDetails),
	}
	if who := people.concerned(); who == specialist {
		f.Concerns, f.Specialist = "specialist", people.name(specialist)
	} else if who == member {
		f.Concerns, f.Member = "member", people.name(member)
	}
	fields, err := json.Marshal(f)
	return api.ReadLetter{Form: "request", Fields: fields}, err
}
