package rule

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
)

// maxShownValue bounds a value within an explanation, in characters.
const maxShownValue = 60

// Explain says in words why a rule did or did not act: what it read and what it did. It quotes values
// of the ticket, so it is for those who may read the ticket's fields.
func Explain(o Outcome, r api.Rule, l i18n.Lang) string {
	switch o.Code {
	case CodeFuel:
		return i18n.Message(l, "rule.fuel", nil)
	case CodeError:
		return i18n.Message(l, "rule.error", nil)
	case CodeSkipped:
		if o.Kind == api.Validate {
			return i18n.Message(l, "rule.skipped_hidden", map[string]any{"field": r.Field})
		}
		return i18n.Message(l, "rule.skipped_route", nil)
	}
	args := map[string]any{"read": readings(o.Read, l), "effect": effect(o, r, l)}
	switch {
	case !o.Matched:
		return i18n.Message(l, "rule.unmatched", args)
	case unconditional(&r) && r.Assert == "":
		return i18n.Message(l, "rule.always", args)
	default:
		return i18n.Message(l, "rule.matched", args)
	}
}

// effect says what a matched rule did, as the second half of a sentence.
func effect(o Outcome, r api.Rule, l i18n.Lang) string {
	if !o.Matched {
		return ""
	}
	say := func(key string, args map[string]any) string { return i18n.Message(l, "rule.effect."+key, args) }
	switch o.Kind {
	case api.Visible:
		return say("show", map[string]any{"fields": strings.Join(r.Show, ", ")})
	case api.Require:
		return say("require", map[string]any{"fields": strings.Join(r.Require, ", ")})
	case api.Validate:
		if o.Held != nil && *o.Held {
			return say("held", nil)
		}
		return say("problem", map[string]any{"field": r.Field, "text": r.Message.In(l)})
	case api.Guard:
		return say("deny", map[string]any{"text": r.Deny.In(l)})
	case api.Priority:
		return join(
			when(r.Raise > 0, func() string { return say("raise", map[string]any{"steps": r.Raise}) }),
			when(r.Raise < 0, func() string { return say("lower", map[string]any{"steps": -r.Raise}) }),
			when(r.Floor != "", func() string { return say("floor", map[string]any{"priority": r.Floor}) }),
		)
	case api.Route:
		return join(
			when(r.Queue != "", func() string { return say("queue", map[string]any{"queue": r.Queue}) }),
			when(r.Line != "", func() string { return say("line", map[string]any{"line": r.Line}) }),
		)
	}
	return ""
}

func when(is bool, say func() string) string {
	if is {
		return say()
	}
	return ""
}

func join(parts ...string) string {
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, ", ")
}

// readings lists the values that a rule read, by path.
func readings(read map[string]any, l i18n.Lang) string {
	parts := make([]string, 0, len(read))
	for _, path := range sortedKeys(read) {
		if list, ok := strings.CutPrefix(path, "in_list:"); ok {
			parts = append(parts, lookups(list, read[path], l)...)
			continue
		}
		parts = append(parts, path+" = "+shownValue(read[path], l))
	}
	return strings.Join(parts, ", ")
}

// lookups takes the answers as the engine gives them and as JSON gives them back.
func lookups(list string, answers any, l i18n.Lang) []string {
	plain := map[string]any{}
	switch v := answers.(type) {
	case map[string]bool:
		for value, in := range v {
			plain[value] = in
		}
	case map[string]any:
		plain = v
	}
	parts := make([]string, 0, len(plain))
	for _, value := range sortedKeys(plain) {
		key := "rule.not_in_list"
		if plain[value] == true {
			key = "rule.in_list"
		}
		parts = append(parts, i18n.Message(l, key, map[string]any{"value": cut(value), "list": list}))
	}
	return parts
}

func shownValue(value any, l i18n.Lang) string {
	switch v := value.(type) {
	case nil:
		return i18n.Message(l, "rule.value.absent", nil)
	case bool:
		if v {
			return i18n.Message(l, "rule.value.yes", nil)
		}
		return i18n.Message(l, "rule.value.no", nil)
	case string:
		if v == "" {
			return i18n.Message(l, "rule.value.empty", nil)
		}
		return `"` + cut(v) + `"`
	case []any, map[string]any:
		raw, err := json.Marshal(v)
		if err != nil {
			return "…"
		}
		return cut(string(raw))
	default:
		return fmt.Sprint(v)
	}
}

func cut(text string) string {
	runes := []rune(text)
	if len(runes) <= maxShownValue {
		return text
	}
	return string(runes[:maxShownValue]) + "…"
}
