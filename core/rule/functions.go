package rule

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr"

	"github.com/opora-desk/opora/core/plugin/api"
)

// function is one typed function of the language; expr leaves arguments and result untyped without it.
type function struct {
	call  func(args ...any) (any, error)
	types []any
}

// ours are the functions that authors call; expr's built-ins of the same names are overridden.
var ours = map[string]function{
	"len": {call: func(args ...any) (any, error) {
		switch v := args[0].(type) {
		case string:
			return utf8.RuneCountInString(v), nil
		case []any:
			return len(v), nil
		}
		return nil, errArgument
	}, types: []any{new(func(string) int), new(func([]any) int)}},
	"lower":  textFunction(strings.ToLower),
	"upper":  textFunction(strings.ToUpper),
	"trim":   textFunction(func(s string) string { return strings.TrimFunc(s, api.Blank) }),
	"digits": textFunction(digits),
	"domain": textFunction(domain),
	"days_between": {call: func(args ...any) (any, error) {
		from, _ := args[0].(string)
		to, _ := args[1].(string)
		return daysBetween(from, to), nil
	}, types: []any{new(func(string, string) int)}},
	"unique": {call: func(args ...any) (any, error) {
		list, ok := args[0].([]any)
		if !ok {
			return nil, errArgument
		}
		return unique(list), nil
	}, types: []any{new(func([]any) bool)}},
	// These two read the input; compile turns their calls into those of the same name below.
	"in_list": {call: unreachable, types: []any{new(func(string, string) bool)}},
	"changed": {call: unreachable, types: []any{new(func(string) bool)}},
}

// Names that only the compiler writes: the profile refuses what begins with two underscores.
const (
	nameMeter   = "__meter"
	nameFuel    = "__fuel"
	nameInList  = "__in_list"
	nameChanged = "__changed"
	nameMatches = "__matches"
)

var inner = map[string]function{
	nameFuel: {call: func(args ...any) (any, error) {
		m, _ := args[0].(*meter)
		cost, _ := args[1].(int)
		return true, m.charge(cost)
	}, types: []any{new(func(*meter, int) bool)}},
	nameInList: {call: func(args ...any) (any, error) {
		m, _ := args[0].(*meter)
		value, _ := args[1].(string)
		list, _ := args[2].(string)
		return m.inList(list, value), nil
	}, types: []any{new(func(*meter, string, string) bool)}},
	nameChanged: {call: func(args ...any) (any, error) {
		m, _ := args[0].(*meter)
		path, _ := args[1].(string)
		return m.changed(path), nil
	}, types: []any{new(func(*meter, string) bool)}},
	nameMatches: {call: func(args ...any) (any, error) {
		m, _ := args[0].(*meter)
		text, _ := args[1].(string)
		pattern, _ := args[2].(*regexp.Regexp)
		steps, _ := args[3].(int)
		if err := m.charge(patternCost(len(text), steps)); err != nil {
			return nil, err
		}
		return pattern.MatchString(text), nil
	}, types: []any{new(func(*meter, string, *regexp.Regexp, int) bool)}},
}

var errArgument = errors.New("argument of another type")

func unreachable(...any) (any, error) { return nil, errArgument }

func functions() map[string]function { return ours }

func functionOptions() []expr.Option {
	options := make([]expr.Option, 0, len(ours)+len(inner))
	for _, set := range []map[string]function{ours, inner} {
		for name, f := range set {
			options = append(options, expr.Function(name, f.call, f.types...))
		}
	}
	return options
}

func textFunction(change func(string) string) function {
	return function{call: func(args ...any) (any, error) {
		text, ok := args[0].(string)
		if !ok {
			return nil, errArgument
		}
		return change(text), nil
	}, types: []any{new(func(string) string)}}
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// domain returns what stands behind the last @, lower case; "" where either side is empty.
func domain(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(address[at+1:]))
}

// daysBetween counts calendar days; of a date-time only the date is read. It is negative when to lies
// before from.
func daysBetween(from, to string) int {
	first, okFirst := dateOf(from)
	last, okLast := dateOf(to)
	if !okFirst || !okLast {
		return 0
	}
	return int(last.Sub(first) / (24 * time.Hour))
}

func dateOf(text string) (time.Time, bool) {
	if len(text) < len(dateLayout) {
		return time.Time{}, false
	}
	at, err := time.Parse(dateLayout, text[:len(dateLayout)])
	return at, err == nil
}

// unique compares scalars by value and rows by their members; blank texts are no values and repeat freely.
func unique(list []any) bool {
	seen := make(map[any]bool, len(list))
	for _, item := range list {
		if !api.Present(item) {
			continue
		}
		key := item
		switch item.(type) {
		case map[string]any, []any:
			// The members' names come out sorted, so equal rows give equal text.
			raw, err := json.Marshal(item)
			if err != nil {
				return false
			}
			key = json.Number(raw)
		}
		if seen[key] {
			return false
		}
		seen[key] = true
	}
	return true
}
