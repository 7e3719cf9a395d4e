package desk

import (
	"encoding/json"
	"strconv"
	"strings"
)

// secretDepth bounds how deep a schema is followed.
const secretDepth = 16

// secrets knows which places of a plugin's settings its schema marks writeOnly: what is there is kept
// and used, and shown to nobody.
type secrets struct {
	root any
	// all: the schema cannot be read, so that nothing is shown.
	all bool
}

func newSecrets(schema []byte) secrets {
	var root any
	if err := json.Unmarshal(schema, &root); err != nil {
		return secrets{all: true}
	}
	return secrets{root: root}
}

// secretSet stands for a secret that is set.
func secretSet() map[string]any { return map[string]any{"set": true} }

func isSecretSet(value any) bool {
	object, ok := value.(map[string]any)
	return ok && len(object) == 1 && object["set"] == true
}

// hide returns the settings with a placeholder for every secret.
func (s secrets) hide(set map[string]any) map[string]any {
	out, _ := s.hidden(set, []any{s.root}, 0).(map[string]any)
	if out == nil {
		out = map[string]any{}
	}
	return out
}

func (s secrets) hidden(value any, nodes []any, depth int) any {
	nodes = s.expand(nodes)
	if s.marked(nodes) || depth > secretDepth || s.all && depth > 0 {
		return secretSet()
	}
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for key, inner := range value {
			out[key] = s.hidden(inner, s.below(nodes, key), depth+1)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, inner := range value {
			out[i] = s.hidden(inner, s.items(nodes, i), depth+1)
		}
		return out
	}
	return value
}

// keep returns the new settings with each secret that was sent as its placeholder, or left out, as it
// was. A secret that is sent as null is taken away.
func (s secrets) keep(next, before map[string]any) map[string]any {
	out, _ := s.kept(next, before, []any{s.root}, 0).(map[string]any)
	return out
}

func (s secrets) kept(next, before any, nodes []any, depth int) any {
	nodes = s.expand(nodes)
	if s.marked(nodes) || depth > secretDepth || s.all && depth > 0 {
		if isSecretSet(next) {
			return before
		}
		return next
	}
	switch next := next.(type) {
	case map[string]any:
		return s.keptObject(next, before, nodes, depth)
	case []any:
		old, _ := before.([]any)
		out := make([]any, 0, len(next))
		for i, inner := range next {
			was := s.former(inner, old, i, len(next), nodes, depth)
			if inner = s.kept(inner, was, s.items(nodes, i), depth+1); inner != nil {
				out = append(out, inner)
			}
		}
		return out
	}
	return next
}

// former finds what an item of a list was: the one that was shown as it comes back, wherever it stands
// now; the one at its place only where none was added or removed.
func (s secrets) former(next any, old []any, at, count int, nodes []any, depth int) any {
	for i, was := range old {
		if sameJSON(s.hidden(was, s.items(nodes, i), depth+1), next) {
			return was
		}
	}
	if at < len(old) && count == len(old) {
		return old[at]
	}
	return nil
}

func (s secrets) keptObject(next map[string]any, before any, nodes []any, depth int) any {
	old, _ := before.(map[string]any)
	out := make(map[string]any, len(next))
	for key, inner := range next {
		if inner = s.kept(inner, old[key], s.below(nodes, key), depth+1); inner != nil {
			out[key] = inner
		}
	}
	for key, was := range old {
		if _, sent := next[key]; !sent && (s.all || s.marked(s.expand(s.below(nodes, key)))) {
			out[key] = was
		}
	}
	return out
}

func (s secrets) marked(nodes []any) bool {
	for _, node := range nodes {
		schema, _ := node.(map[string]any)
		if schema["writeOnly"] == true || schema["format"] == "password" {
			return true
		}
	}
	return false
}

// expand adds the schemas that a schema is composed of, whichever of them applies: a secret in one of
// them is a secret.
func (s secrets) expand(nodes []any) []any {
	out := append([]any(nil), nodes...)
	for at := 0; at < len(out) && len(out) < 200; at++ {
		schema, _ := out[at].(map[string]any)
		if ref, ok := schema["$ref"].(string); ok {
			if node := s.resolve(ref); node != nil {
				out = append(out, node)
			} else {
				// What cannot be found may be a secret.
				out = append(out, map[string]any{"writeOnly": true})
			}
		}
		for _, word := range []string{"allOf", "anyOf", "oneOf"} {
			parts, _ := schema[word].([]any)
			out = append(out, parts...)
		}
		for _, word := range []string{"then", "else"} {
			if part, ok := schema[word]; ok {
				out = append(out, part)
			}
		}
	}
	return out
}

func (s secrets) resolve(ref string) any {
	if ref == "#" {
		return s.root
	}
	node := s.root
	path, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil
	}
	for token := range strings.SplitSeq(path, "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch inner := node.(type) {
		case map[string]any:
			node = inner[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(inner) {
				return nil
			}
			node = inner[i]
		default:
			return nil
		}
	}
	return node
}

func (s secrets) below(nodes []any, key string) []any {
	var out []any
	for _, node := range nodes {
		schema, _ := node.(map[string]any)
		properties, _ := schema["properties"].(map[string]any)
		if inner, ok := properties[key]; ok {
			out = append(out, inner)
			continue
		}
		if inner, ok := schema["additionalProperties"]; ok {
			out = append(out, inner)
		}
		patterns, _ := schema["patternProperties"].(map[string]any)
		for _, inner := range patterns {
			out = append(out, inner)
		}
	}
	return out
}

func (s secrets) items(nodes []any, at int) []any {
	var out []any
	for _, node := range nodes {
		schema, _ := node.(map[string]any)
		if prefix, ok := schema["prefixItems"].([]any); ok && at < len(prefix) {
			out = append(out, prefix[at])
			continue
		}
		if inner, ok := schema["items"]; ok {
			out = append(out, inner)
		}
	}
	return out
}
