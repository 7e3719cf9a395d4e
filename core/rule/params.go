package rule

import (
	"strings"

	"github.com/opora-desk/opora/core/plugin/api"
)

// maxParamBytes bounds a text parameter.
const maxParamBytes = 1000

// params gives every declared parameter its value: the desk's, or the default.
func (b *builder) params(given map[string]any) map[string]any {
	out := make(map[string]any, len(b.env.Params))
	for _, param := range b.env.Params {
		value, ok := given[param.Key]
		if !ok {
			value = param.Default
		}
		typedValue, fits := paramValue(param.Type, value)
		if !fits {
			b.findings = append(b.findings, api.Finding{File: "params." + param.Key, Line: 1, Column: 1, Code: "bad_param", Msg: "parameter " + param.Key + " must be of type " + param.Type})
			continue
		}
		if strings.Contains(param.Key, ".") {
			b.findings = append(b.findings, api.Finding{File: "params." + param.Key, Line: 1, Column: 1, Code: "bad_param", Msg: "the key of parameter " + param.Key + " must have no dot"})
		}
		out[param.Key] = typedValue
	}
	for _, key := range sortedKeys(given) {
		if _, known := out[key]; !known && !b.declared(key) {
			b.findings = append(b.findings, api.Finding{File: "params." + key, Line: 1, Column: 1, Code: "unknown_param", Msg: "parameter " + key + " is not declared"})
		}
	}
	return out
}

func (b *builder) declared(key string) bool {
	for _, param := range b.env.Params {
		if param.Key == key {
			return true
		}
	}
	return false
}

// paramValue brings a value, decoded from YAML or JSON, to the type that rules see.
func paramValue(kind string, value any) (any, bool) {
	switch kind {
	case typeString:
		text, ok := value.(string)
		return text, ok && len(text) <= maxParamBytes
	case typeInteger:
		return pair(wholeNumber(value))
	case typeNumber:
		return pair(decimalNumber(value))
	case typeBoolean:
		flag, ok := value.(bool)
		return flag, ok
	default:
		return nil, false
	}
}

func pair[T any](value T, ok bool) (any, bool) { return value, ok }

// withParams returns the set with other values for some parameters, for a test.
func (s *Set) withParams(given map[string]any) (*Set, []string) {
	if len(given) == 0 {
		return s, nil
	}
	out := *s
	out.params = make(map[string]any, len(s.params))
	for key, value := range s.params {
		out.params[key] = value
	}
	var bad []string
	for _, key := range sortedKeys(given) {
		fits := false
		for _, param := range s.types {
			if param.Key == key {
				out.params[key], fits = paramValue(param.Type, given[key])
			}
		}
		if !fits {
			bad = append(bad, key)
		}
	}
	return &out, bad
}
