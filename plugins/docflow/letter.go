package main

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/sdk/mailtext"
)

// letters answers the hook read_letter. It keeps nothing between calls.
type letters struct{}

// What is read of a letter, in bytes, and what a request of the form takes, in characters.
const (
	maxText        = 256 << 10
	maxTitle       = 200
	maxDescription = 10_000
)

// labelled are the facts that a writer may name, each on a line of its own.
var labelled = []struct {
	field string
	label *regexp.Regexp
}{
	{"type", labelOf(`вид\s+(?:обращения|заявки)`)},
	{"name", labelOf(`ф\.?\s*и\.?\s*о\.?|фамилия,?\s+имя,?\s+отчество`)},
	{"organisation", labelOf(`организация|учреждение|орган\s+власти`)},
	{"position", labelOf(`должность`)},
	{"phone", labelOf(`(?:контактный\s+)?(?:номер\s+)?телефона?|тел\.?`)},
	{"email", labelOf(`e-?mail|(?:адрес\s+)?электронн(?:ая|ой)\s+почт(?:а|ы)`)},
	{"document_number", labelOf(`(?:регистрационный\s+)?номер\s+документа`)},
}

func labelOf(words string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\s*[-–—•*]?\s*(?:` + words + `)\s*(?::|\s[-–—]\s)\s*(.*)$`)
}

// ReadLetter makes a request of a letter: its subject and text, the address that it came from, and the
// facts that stand in it on lines like «Вид обращения: …». A fact that is not there stays empty; the
// sender's name is taken where it is one.
func (letters) ReadLetter(_ context.Context, _ api.Call, letter api.IncomingLetter) (api.ReadLetter, error) {
	facts, text := facts(mailtext.Own(mailtext.Tidy(letter.Text, maxText)))
	if kind, ok := kinds()[folded(facts["type"])]; ok {
		facts["type"] = kind
	} else {
		delete(facts, "type")
	}
	put := func(field, value string) {
		if facts[field] == "" && value != "" {
			facts[field] = value
		}
	}
	put("title", mailtext.Short(mailtext.Topic(letter.Subject), maxTitle))
	put("description", mailtext.Short(text, maxDescription))
	put("email", letter.From)
	if len(strings.Fields(letter.FromName)) > 1 && !strings.ContainsAny(letter.FromName, ".@\"") {
		put("name", strings.Join(strings.Fields(letter.FromName), " "))
	}
	fields, err := json.Marshal(facts)
	return api.ReadLetter{Form: "request", Fields: fields}, err
}

// facts divides a text into what is labelled and the rest.
func facts(text string) (found map[string]string, rest string) {
	found = map[string]string{}
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		field, value := factOf(line)
		if field == "" || found[field] != "" {
			lines = append(lines, line)
			continue
		}
		if value != "" {
			found[field] = value
		}
	}
	return found, strings.TrimSpace(strings.Join(lines, "\n"))
}

func factOf(line string) (field, value string) {
	for _, l := range labelled {
		if match := l.label.FindStringSubmatch(line); match != nil {
			return l.field, strings.TrimSpace(match[1])
		}
	}
	return "", ""
}

// kinds are the declared kinds of appeal by their titles, read once.
var kinds = sync.OnceValue(readKinds)

func readKinds() map[string]string {
	var declared struct {
		Lists []struct {
			Key    string
			Values []struct {
				Key   string
				Title struct{ RU, EN string }
			}
		}
	}
	out := map[string]string{}
	if yaml.Unmarshal(declaration, &declared) != nil {
		return out // sdk.Serve has refused such a declaration
	}
	for _, list := range declared.Lists {
		if list.Key != "request-types" {
			continue
		}
		for _, value := range list.Values {
			out[folded(value.Title.RU)], out[folded(value.Title.EN)] = value.Key, value.Key
		}
	}
	return out
}

// folded is a text as titles are compared: lower case, single blanks, ё as е, no full stop.
func folded(text string) string {
	text = strings.ReplaceAll(strings.ToLower(strings.Join(strings.Fields(text), " ")), "ё", "е")
	return strings.TrimRight(text, ". ")
}
