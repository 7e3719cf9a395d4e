package api

import "github.com/opora-desk/opora/core/i18n"

// RuleKind is one of the six kinds of rules.
type RuleKind string

// The kinds, in the order of the pass.
const (
	Visible  RuleKind = "visible"
	Require  RuleKind = "require"
	Validate RuleKind = "validate"
	Guard    RuleKind = "guard"
	Priority RuleKind = "priority"
	Route    RuleKind = "route"
)

// RuleKinds lists the kinds in the order of the pass.
func RuleKinds() []RuleKind { return []RuleKind{Visible, Require, Validate, Guard, Priority, Route} }

// Rule is one rule as written; exactly the key of its kind is set beside the common ones.
type Rule struct {
	ID   string   `json:"id" yaml:"id"`
	Kind RuleKind `json:"kind" yaml:"kind"`
	// Forms defaults to every form of the system.
	Forms []string `json:"forms,omitempty" yaml:"forms"`
	// On defaults to submit and edit; a guard names its transitions as transition:<key>.
	On []string `json:"on,omitempty" yaml:"on"`
	// When defaults to true.
	When    string    `json:"when,omitempty" yaml:"when"`
	Show    []string  `json:"show,omitempty" yaml:"show"`
	Require []string  `json:"require,omitempty" yaml:"require"`
	Assert  string    `json:"assert,omitempty" yaml:"assert"`
	Field   string    `json:"field,omitempty" yaml:"field"`
	Code    string    `json:"code,omitempty" yaml:"code"`
	Message i18n.Text `json:"message,omitzero" yaml:"message"`
	Deny    i18n.Text `json:"deny,omitzero" yaml:"deny"`
	Raise   int       `json:"raise,omitempty" yaml:"raise"`
	Floor   string    `json:"floor,omitempty" yaml:"floor"`
	Queue   string    `json:"queue,omitempty" yaml:"queue"`
	Line    string    `json:"line,omitempty" yaml:"line"`
	// Overridable rules may be switched off or replaced by a desk.
	Overridable bool `json:"overridable,omitempty" yaml:"overridable"`
	// Since is the release from which on a ticket's form must satisfy the rule.
	Since string `json:"since,omitempty" yaml:"since"`
	// Title explains the rule to agents who ask why.
	Title i18n.Text `json:"title,omitzero" yaml:"title"`
	Mark  `yaml:",inline"`
	// File and Place tell where the rule was written, for findings.
	File  string `json:"-" yaml:"-"`
	Place int    `json:"-" yaml:"-"`
}

// Shape is the type of a form's value as rules see it, made from the form's schema.
type Shape struct {
	// Type is object, array, string, integer, number or boolean.
	Type string
	// Format is the schema's format: date, email, phone, inn …; empty for none.
	Format string
	// List is the reference list of an x-list string.
	List      string
	Props     map[string]*Shape
	Items     *Shape
	MaxLength int
	MaxItems  int
}

// Fields is a decoded form: JSON values, numbers as json.Number.
type Fields = map[string]any

// Finding is one remark of a check of a declaration, with its place.
type Finding struct {
	File   string
	Line   int
	Column int
	// Code is stable; Msg is in English, since authors read it.
	Code string
	Msg  string
}
