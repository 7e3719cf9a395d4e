package rule

import (
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Codes of an Outcome; the empty code is a rule that ran.
const (
	// CodeFuel: the rule used up its fuel and has no effect.
	CodeFuel = "fuel"
	// CodeError: the rule failed while it ran and has no effect.
	CodeError = "error"
	// CodeSkipped: the rule did not run: an earlier route matched, or its field is hidden.
	CodeSkipped = "skipped"
)

// ProblemCode is the code of a validate rule's problem where the rule gives none of its own.
const ProblemCode = "rule"

// Outcome is what one rule did in one pass, in a form that is stored.
type Outcome struct {
	ID   string       `json:"id"`
	Kind api.RuleKind `json:"kind"`
	// Matched: `when` held, or the rule has none.
	Matched bool `json:"matched"`
	// Held is the result of a validate rule's assertion; nil for other kinds and where it did not run.
	Held *bool  `json:"held,omitempty"`
	Code string `json:"code,omitempty"`
	// Read are the values that the rule reads, by path; null stands for a field that is not present.
	// "in_list:<list>" holds the values that were looked up with the answers.
	Read map[string]any `json:"read,omitempty"`
	// Effect says in keys what the rule did: "require /a /b", "queue planning"; empty for nothing.
	Effect string `json:"effect,omitempty"`
	// Fuel is what the rule used.
	Fuel int `json:"fuel,omitempty"`
}

// Denial is the guard that refused a transition.
type Denial struct {
	Rule string    `json:"rule"`
	Text i18n.Text `json:"text"`
}

// Decision is the result of one pass.
type Decision struct {
	// Fields are the fields given without those that are hidden.
	Fields api.Fields `json:"fields,omitempty"`
	// Hidden and Shown are the pointers that visible rules govern; Required those that rules made
	// mandatory. All are sorted, with EachRow for each row of a list.
	Hidden   []string `json:"hidden,omitempty"`
	Shown    []string `json:"shown,omitempty"`
	Required []string `json:"required,omitempty"`
	// Problems has one entry a field, the schema's before a rule's, sorted by pointer.
	Problems []errs.Problem `json:"problems,omitempty"`
	// Denied is the first guard that refuses; nil where none does.
	Denied   *Denial `json:"denied,omitempty"`
	Priority string  `json:"priority,omitempty"`
	// Queue and Line are empty where no route rule ran, and then stay as they are.
	Queue string `json:"queue,omitempty"`
	Line  string `json:"line,omitempty"`
	// Rules are the outcomes of the rules of this form and moment, in the order of the pass.
	Rules []Outcome `json:"rules,omitempty"`
	Fuel  int       `json:"fuel,omitempty"`
}

// Failed returns the ids of the rules that ran out of fuel or failed, for the log and the screens.
func (d Decision) Failed() []string {
	var ids []string
	for _, outcome := range d.Rules {
		if outcome.Code == CodeFuel || outcome.Code == CodeError {
			ids = append(ids, outcome.ID)
		}
	}
	return ids
}
