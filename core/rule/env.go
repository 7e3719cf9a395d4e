package rule

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/types"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Types of a shape.
const (
	typeObject  = "object"
	typeArray   = "array"
	typeString  = "string"
	typeInteger = "integer"
	typeNumber  = "number"
	typeBoolean = "boolean"

	formatDate     = "date"
	formatDateTime = "date-time"

	dateLayout = "2006-01-02"
	timeLayout = "2006-01-02T15:04:05Z"
)

// Names of the environment that stand for the form.
const (
	rootFields = "fields"
	rootHas    = "has"
	rootOld    = "old"
	rootOldHas = "old_has"
)

// Lists of the environment that no desk extends; a colon keeps them apart from declared lists.
const (
	listStatuses    = ":status"
	listCategories  = ":category"
	listPriorities  = ":priority"
	listQueues      = ":queue"
	listLines       = ":line"
	listChannels    = ":channel"
	listKinds       = ":actor kind"
	listRoles       = ":actor role"
	listTransitions = ":transition"
)

// Env is what the rules of a system may name: the shapes of its forms and the keys that it declares.
type Env struct {
	// Forms are the shapes of the forms, by key; a rule is compiled against each form that it names.
	Forms map[string]*api.Shape
	// Resolution is the shape of the answer that closes; nil where the system has none.
	Resolution *api.Shape
	// Versions tells, for a form that is older than the release of the rules, the release that it
	// comes from: rules with a later `since` are not compiled against it. Forms not named are current.
	Versions map[string]string

	Statuses, Queues, Lines, Transitions []string
	// Priorities is the scale, lowest first; Priority its default, the lowest where empty.
	Priorities []string
	Priority   string
	// Lists are the keys of each reference list: the declared ones, with the desk's for an overlay.
	Lists map[string][]string
	// Params are the typed constants; a desk's overlay sets them.
	Params []api.Param
}

// lists returns every list that a text may be compared with, the engine's own among them.
func (e Env) lists() map[string][]string {
	all := map[string][]string{
		listStatuses:    e.Statuses,
		listPriorities:  e.Priorities,
		listQueues:      e.Queues,
		listLines:       e.Lines,
		listTransitions: e.Transitions,
		listCategories:  {string(api.New), string(api.Open), string(api.Waiting), string(api.Done)},
		listChannels:    {string(api.Portal), string(api.API), string(api.Phone), string(api.Mail)},
		listKinds:       ActorKinds(),
		listRoles:       {api.ByRequester, api.ByAgent},
	}
	for key, values := range e.Lists {
		all[key] = values
	}
	return all
}

// roots returns the shape of every name of the environment for one form.
func (e Env) roots(form *api.Shape) map[string]*api.Shape {
	text := func(list string) *api.Shape { return &api.Shape{Type: typeString, List: list, MaxLength: 64} }
	integer, boolean := &api.Shape{Type: typeInteger}, &api.Shape{Type: typeBoolean}
	object := func(props map[string]*api.Shape) *api.Shape { return &api.Shape{Type: typeObject, Props: props} }
	has := hasShape(form)
	resolution := e.Resolution
	if resolution == nil {
		resolution = object(nil)
	}
	params := make(map[string]*api.Shape, len(e.Params))
	for _, param := range e.Params {
		params[param.Key] = &api.Shape{Type: param.Type, MaxLength: maxParamBytes}
	}
	return map[string]*api.Shape{
		rootFields: form, rootOld: form, rootHas: has, rootOldHas: has,
		"ticket": object(map[string]*api.Shape{
			"status": text(listStatuses), "category": text(listCategories), "priority": text(listPriorities),
			"queue": text(listQueues), "line": text(listLines), "channel": text(listChannels),
			"reopened": integer, "age_hours": integer, "has_assignee": boolean,
		}),
		"actor": object(map[string]*api.Shape{
			"kind": text(listKinds), "role": text(listRoles), "line": text(listLines),
			"email": {Type: typeString, Format: "email", MaxLength: 254}, "same_organisation": boolean,
		}),
		"transition": object(map[string]*api.Shape{
			"key": text(listTransitions), "from": text(listStatuses), "to": text(listStatuses),
		}),
		"resolution":  resolution,
		"attachments": object(map[string]*api.Shape{"count": integer, "bytes": integer, "images": integer}),
		"params":      object(params),
		"clock": object(map[string]*api.Shape{
			"now":          {Type: typeString, Format: formatDateTime, MaxLength: 32},
			"today":        {Type: typeString, Format: formatDate, MaxLength: 10},
			"working_time": boolean,
		}),
	}
}

// hasShape is the shape of a form with a boolean for each leaf; a list is one leaf.
func hasShape(shape *api.Shape) *api.Shape {
	if shape == nil || shape.Type != typeObject {
		return &api.Shape{Type: typeBoolean}
	}
	out := &api.Shape{Type: typeObject, Props: make(map[string]*api.Shape, len(shape.Props))}
	for name, member := range shape.Props {
		out.Props[name] = hasShape(member)
	}
	return out
}

// typeOf is the strict type of a shape: nothing in it is `any`.
func typeOf(shape *api.Shape) types.Type {
	switch shape.Type {
	case typeObject:
		members := make(types.Map, len(shape.Props))
		for name, member := range shape.Props {
			members[name] = typeOf(member)
		}
		return members
	case typeArray:
		return types.Array(typeOf(itemsOf(shape)))
	case typeInteger:
		return types.Int
	case typeNumber:
		return types.Float64
	case typeBoolean:
		return types.Bool
	default:
		return types.String
	}
}

func itemsOf(shape *api.Shape) *api.Shape {
	if shape.Items == nil {
		return &api.Shape{Type: typeString}
	}
	return shape.Items
}

// typed brings a decoded value to the type of its shape: every declared member is there, and what is
// missing, null or of another type is the zero value.
func typed(shape *api.Shape, value any) any {
	switch shape.Type {
	case typeObject:
		given, _ := value.(map[string]any)
		out := make(map[string]any, len(shape.Props))
		for name, member := range shape.Props {
			out[name] = typed(member, given[name])
		}
		return out
	case typeArray:
		given, _ := value.([]any)
		items := itemsOf(shape)
		out := make([]any, len(given))
		for i, item := range given {
			out[i] = typed(items, item)
		}
		return out
	case typeInteger:
		whole, _ := wholeNumber(value)
		return whole
	case typeNumber:
		number, _ := decimalNumber(value)
		return number
	case typeBoolean:
		flag, _ := value.(bool)
		return flag
	default:
		text, _ := value.(string)
		if shape.Format == formatDateTime {
			return utcTime(text)
		}
		return text
	}
}

// presence is the `has` side of typed: whether each leaf is present.
func presence(shape *api.Shape, value any) any {
	if shape.Type != typeObject {
		return api.Present(value)
	}
	given, _ := value.(map[string]any)
	out := make(map[string]any, len(shape.Props))
	for name, member := range shape.Props {
		out[name] = presence(member, given[name])
	}
	return out
}

// numberText is what the kinds of numbers have in common that a decoder may give: json.Number is text.
type numberText interface{ String() string }

// maxNumberText bounds the digits that are read as a number; longer ones are no number for a rule.
const maxNumberText = 40

// wholeNumber reads an integer; 1.0 and 1e2 are integers, as for JSON Schema.
func wholeNumber(value any) (int, bool) {
	switch v := value.(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	case numberText:
		if len(v.String()) > maxNumberText {
			return 0, false
		}
		if whole, err := strconv.Atoi(v.String()); err == nil {
			return whole, true
		}
	}
	number, ok := decimalNumber(value)
	if !ok || number != math.Trunc(number) || math.Abs(number) > 1<<53 {
		return 0, false
	}
	return int(number), true
}

func decimalNumber(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, false
		}
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case numberText:
		if len(v.String()) > maxNumberText {
			return 0, false
		}
		number, err := strconv.ParseFloat(v.String(), 64)
		if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
			return 0, false
		}
		return number, true
	}
	return 0, false
}

// utcTime writes a date-time in UTC to the second, so that comparing texts compares instants; a text
// that is none stays as it is.
func utcTime(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return at.UTC().Format(timeLayout)
}

// shapeAt follows a pointer through a shape; EachRow stands for the elements of a list.
func shapeAt(shape *api.Shape, pointer string) (*api.Shape, bool) {
	tokens, ok := api.SplitPointer(pointer)
	if !ok || len(tokens) == 0 {
		return nil, false
	}
	for _, token := range tokens {
		switch {
		case shape.Type == typeObject && shape.Props[token] != nil:
			shape = shape.Props[token]
		case shape.Type == typeArray && token == api.EachRow:
			shape = itemsOf(shape)
		default:
			return nil, false
		}
	}
	return shape, true
}

// covers reports whether the pointer outer names inner or something that inner lies in.
func covers(outer, inner string) bool {
	return outer == inner || strings.HasPrefix(inner, outer+"/")
}

func coveredBy(pointers []string, inner string) bool {
	return slices.ContainsFunc(pointers, func(outer string) bool { return covers(outer, inner) })
}
