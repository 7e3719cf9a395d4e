// Package mailtext is what every reader of letters needs before it reads: plain lines, the writer's own
// words without the letters that he quotes, a subject without the marks of replies.
//
// It knows no system and finds no facts.
package mailtext

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var tidying = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u202f", " ", "\t", " ", "\u200b", "", "\ufeff", "", "\u00ad", "")

// Tidy makes plain lines and blanks of a text, and cuts what is beyond a number of bytes.
func Tidy(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return tidying.Replace(strings.ToValidUTF8(text, ""))
}

var replyMarks = regexp.MustCompile(`^(?i:(?:re|fwd?|fw|отв|пересл|на)(?:\[[0-9]+\])?:\s*)+`)

// maxSubject bounds how much of a subject is looked at, in bytes.
const maxSubject = 16 << 10

// Topic is a subject on one line without the marks of replies and forwards.
func Topic(subject string) string {
	subject = strings.Join(strings.Fields(Tidy(subject, maxSubject)), " ")
	return strings.TrimSpace(replyMarks.ReplaceAllString(subject, ""))
}

var quoteBegins = regexp.MustCompile(`(?i)^\s*(?:-{2,}\s*(?:исходное сообщение|пересылаемое сообщение|original message|forwarded message)|.*(?:пишет|wrote):\s*$)`)

// Own leaves out what the writer quotes: lines that begin with > and what follows the mark of an earlier
// letter. Where nothing else is there, the quote is the letter.
func Own(text string) string {
	var own, all []string
	quoted := false
	for line := range strings.SplitSeq(text, "\n") {
		mark := quoteBegins.MatchString(line)
		quoted = quoted || mark
		if !mark {
			all = append(all, strings.TrimLeft(line, "> "))
		}
		if !quoted && !strings.HasPrefix(strings.TrimSpace(line), ">") {
			own = append(own, line)
		}
	}
	if strings.TrimSpace(strings.Join(own, "")) == "" {
		return strings.Join(all, "\n")
	}
	return strings.Join(own, "\n")
}

// Short cuts a text to a number of characters, with … where it was longer.
func Short(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
}
