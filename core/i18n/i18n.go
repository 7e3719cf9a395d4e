// Package i18n holds the two languages of the product and the catalogue of its own messages.
//
// It does not hold the texts of a system: those come from the plugin's declaration as [Text].
//
// Invariants:
//  1. Every message key exists in every language; a test compares the catalogues.
//  2. The catalogue is read once and never changes, so every function is safe for concurrent use.
package i18n

import (
	"embed"
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// Lang is a language of the screens, letters and messages, as a BCP 47 primary tag.
type Lang string

// The languages. Russian is what a reader gets who asks for none of them.
const (
	RU Lang = "ru"
	EN Lang = "en"
)

// Langs lists every language, the default first.
func Langs() []Lang { return []Lang{RU, EN} }

// Text is one text in every language, as a declaration or a rule states it.
type Text struct {
	RU string `json:"ru" yaml:"ru"`
	EN string `json:"en" yaml:"en"`
}

// In returns the text in l, or in the other language where l is empty.
func (t Text) In(l Lang) string {
	if l == EN && t.EN != "" || t.RU == "" {
		return t.EN
	}
	return t.RU
}

// IsZero reports whether the text is empty in every language.
func (t Text) IsZero() bool { return t.RU == "" && t.EN == "" }

// Match picks the language for an Accept-Language header (RFC 9110, 12.5.4); Russian when nothing fits.
func Match(accept string) Lang {
	if len(accept) > 200 {
		accept = accept[:200]
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return RU
	}
	_, index, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return RU
	}
	return Langs()[index]
}

// Message returns the catalogue's message for key in l, with args put into its places
// ({{.name}}). An args value named "count" chooses the plural form. An unknown key returns the key
// itself: a missing text must not turn one error into another.
func Message(l Lang, key string, args map[string]any) string {
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: args}
	if count, ok := args["count"]; ok {
		config.PluralCount = count
	}
	text, err := localizers[l].Localize(config)
	if err != nil && config.PluralCount != nil {
		// A text that is the same for every number has no plural forms to choose from.
		config.PluralCount = nil
		text, err = localizers[l].Localize(config)
	}
	if err != nil || text == "" {
		return key
	}
	return text
}

// Both returns the message for key in every language.
func Both(key string, args map[string]any) Text {
	return Text{RU: Message(RU, key, args), EN: Message(EN, key, args)}
}

//go:embed messages/*.yaml
var files embed.FS

var (
	matcher    = language.NewMatcher([]language.Tag{language.Russian, language.English})
	localizers = mustLoad()
)

func mustLoad() map[Lang]*i18n.Localizer {
	bundle := i18n.NewBundle(language.Russian)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	entries, err := files.ReadDir("messages")
	if err != nil {
		panic(fmt.Errorf("read message catalogue: %w", err))
	}
	// A catalogue file is <subject>.<lang>.yaml, so that each part of the product adds its own.
	for _, entry := range entries {
		if _, err := bundle.LoadMessageFileFS(files, "messages/"+entry.Name()); err != nil {
			panic(fmt.Errorf("load message catalogue %s: %w", entry.Name(), err))
		}
	}
	all := make(map[Lang]*i18n.Localizer, len(Langs()))
	for _, l := range Langs() {
		all[l] = i18n.NewLocalizer(bundle, string(l))
	}
	return all
}

// Keys returns every message key of a language, for the test that compares the catalogues.
func Keys(l Lang) ([]string, error) {
	entries, err := files.ReadDir("messages")
	if err != nil {
		return nil, fmt.Errorf("read message catalogue: %w", err)
	}
	var keys []string
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), "."+string(l)+".yaml") {
			continue
		}
		raw, err := files.ReadFile("messages/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read message catalogue %s: %w", entry.Name(), err)
		}
		var all map[string]any
		if err := yaml.Unmarshal(raw, &all); err != nil {
			return nil, fmt.Errorf("parse message catalogue %s: %w", entry.Name(), err)
		}
		for key := range all {
			keys = append(keys, key)
		}
	}
	return keys, nil
}
