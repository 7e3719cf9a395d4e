// Package api says what a system is, in plain Go: its declaration and the calls that its process may
// answer. It is part of the kernel: plugins, domains and the host all speak in these words.
//
// It does not read or check files (core/release does) and starts no process (core/plugin/host does).
//
// Invariants:
//  1. Everything here is plain data: a Declaration is read once and never changed afterwards.
//  2. A status key, form version, rule id or list value key once released keeps its meaning for ever.
package api

import (
	"slices"

	"github.com/opora-desk/opora/core/i18n"
)

// Version is the declaration's contract that this core reads.
const Version = "opora.plugin/v1"

// Source says where an item of a declaration comes from.
type Source string

// The sources: the system's own document, or the product where the document is silent.
const (
	FromDocument Source = "document"
	FromProduct  Source = "product"
)

// Mark is carried by each item: its source, and the requirements of the document that it fulfils.
// Screens never show it; `opora plugin describe` does.
type Mark struct {
	Source Source   `json:"source,omitempty" yaml:"source,omitempty"`
	Covers []string `json:"covers,omitempty" yaml:"covers,omitempty"`
}

// Channel is a way by which a ticket comes in.
type Channel string

// The channels.
const (
	Portal Channel = "portal"
	API    Channel = "api"
	Phone  Channel = "phone"
	Mail   Channel = "mail"
)

// Declaration is all that a plugin declares about its system: the content of plugin.yaml.
type Declaration struct {
	API         string               `json:"api" yaml:"api"`
	Key         string               `json:"key" yaml:"key"`
	Version     string               `json:"version" yaml:"version"`
	Title       i18n.Text            `json:"title" yaml:"title"`
	Summary     i18n.Text            `json:"summary" yaml:"summary"`
	Forms       []Form               `json:"forms" yaml:"forms"`
	Resolution  *Resolution          `json:"resolution" yaml:"resolution"`
	Statuses    Statuses             `json:"statuses" yaml:"statuses"`
	Transitions []Transition         `json:"transitions" yaml:"transitions"`
	Lines       []Line               `json:"lines" yaml:"lines"`
	Queues      []Queue              `json:"queues" yaml:"queues"`
	Priorities  Priorities           `json:"priorities" yaml:"priorities"`
	Deadlines   []Deadline           `json:"deadlines" yaml:"deadlines"`
	WorkingTime *WorkingTime         `json:"working_time" yaml:"working_time"`
	Admission   []Admission          `json:"admission" yaml:"admission"`
	Visibility  Visibility           `json:"visibility" yaml:"visibility"`
	Attachments Attachments          `json:"attachments" yaml:"attachments"`
	Lists       []List               `json:"lists" yaml:"lists"`
	Words       map[string]i18n.Text `json:"words" yaml:"words"`
	Texts       Texts                `json:"texts" yaml:"texts"`
	Contacts    []Contact            `json:"contacts" yaml:"contacts"`
	// Rules is a pattern of files below rules/, for example "<system>/*.yaml".
	Rules string `json:"rules" yaml:"rules"`
	// Params are the typed constants of rules that a desk may set.
	Params []Param `json:"params" yaml:"params"`
	Hooks  []Hook  `json:"hooks" yaml:"hooks"`
	// Config is the schema of the plugin's own settings per desk, below schemas/; empty for none.
	Config string `json:"config" yaml:"config"`
	// ConfigUI is the layout of Config for who fills it in, as that of a form, below schemas/; empty for
	// none: the schema's own titles stand then.
	ConfigUI string `json:"config_ui" yaml:"config_ui"`
	// Notes are requirements of the document that no single item carries, each with the place where
	// it is fulfilled, for the table of `opora plugin describe`.
	Notes []Note `json:"notes" yaml:"notes"`
}

// Note says how a requirement that no single item carries is fulfilled.
type Note struct {
	Covers []string  `json:"covers" yaml:"covers"`
	Text   i18n.Text `json:"text" yaml:"text"`
}

// Form is one intake form.
type Form struct {
	Key      string    `json:"key" yaml:"key"`
	Title    i18n.Text `json:"title" yaml:"title"`
	Summary  i18n.Text `json:"summary" yaml:"summary"`
	Schema   string    `json:"schema" yaml:"schema"`
	UI       string    `json:"ui" yaml:"ui"`
	Channels []Channel `json:"channels" yaml:"channels"`
	// Public forms may be filed without a session.
	Public bool `json:"public" yaml:"public"`
	// Subject is a pointer into the fields, or a template with {/pointer} places.
	Subject      string            `json:"subject" yaml:"subject"`
	Person       PersonFields      `json:"person" yaml:"person"`
	Organisation OrgFields         `json:"organisation" yaml:"organisation"`
	Prefill      map[string]string `json:"prefill" yaml:"prefill"`
	DuplicateKey []string          `json:"duplicate_key" yaml:"duplicate_key"`
	Mark         `yaml:",inline"`
}

// PersonFields points at the fields that tell who asks; each is a pointer or empty.
type PersonFields struct {
	Name  string `json:"name" yaml:"name"`
	Email string `json:"email" yaml:"email"`
	Phone string `json:"phone" yaml:"phone"`
}

// OrgFields points at the fields that tell for which organisation; each is a pointer or empty.
type OrgFields struct {
	INN  string `json:"inn" yaml:"inn"`
	Name string `json:"name" yaml:"name"`
}

// Resolution is what an answer that closes must contain (R1.8), as a form of its own.
type Resolution struct {
	Schema string `json:"schema" yaml:"schema"`
	UI     string `json:"ui" yaml:"ui"`
	Mark   `yaml:",inline"`
}

// Category is what reports, clocks and the API rely on, whatever a system calls its statuses.
type Category string

// The categories.
const (
	New     Category = "new"
	Open    Category = "open"
	Waiting Category = "waiting"
	Done    Category = "done"
)

// ClockMode says what a ticket's clocks do in a status.
type ClockMode string

// The modes of a clock.
const (
	ClockRun   ClockMode = "run"
	ClockPause ClockMode = "pause"
	ClockStop  ClockMode = "stop"
)

// Statuses is the status set of a system.
type Statuses struct {
	Initial string `json:"initial" yaml:"initial"`
	// Incomplete is where a letter without the mandatory facts lands.
	Incomplete string `json:"incomplete" yaml:"incomplete"`
	// Refused is where a letter that admission refuses lands; empty where the system has none.
	Refused string   `json:"refused" yaml:"refused"`
	Set     []Status `json:"set" yaml:"set"`
}

// Status is one status. Title is the agents' label, Requester the requester's (Title where empty).
type Status struct {
	Key       string    `json:"key" yaml:"key"`
	Title     i18n.Text `json:"title" yaml:"title"`
	Requester i18n.Text `json:"requester" yaml:"requester"`
	Help      i18n.Text `json:"help" yaml:"help"`
	Category  Category  `json:"category" yaml:"category"`
	Clock     ClockMode `json:"clock" yaml:"clock"`
	// Retired statuses can only be left.
	Retired bool `json:"retired" yaml:"retired"`
	Mark    `yaml:",inline"`
}

// Label returns the status's label for requesters.
func (s Status) Label() i18n.Text {
	if s.Requester.IsZero() {
		return s.Title
	}
	return s.Requester
}

// Trigger is what may move a ticket by itself.
type Trigger string

// The triggers.
const (
	RequesterAdded Trigger = "requester_added"
	AgentAnswered  Trigger = "agent_answered"
)

// Who may make a transition; beside these two, the key of a line admits that line's agents alone.
const (
	ByRequester = "requester"
	ByAgent     = "agent"
)

// What a transition may need.
const (
	NeedsResolution = "resolution"
	NeedsComment    = "comment"
	NeedsDuplicate  = "duplicate_of"
)

// AnyStatus in Transition.From stands for every status but the transition's own target.
const AnyStatus = "*"

// Transition is a declared change of status: by somebody, or by itself on a trigger.
type Transition struct {
	Key   string    `json:"key" yaml:"key"`
	Title i18n.Text `json:"title" yaml:"title"`
	Help  i18n.Text `json:"help" yaml:"help"`
	From  []string  `json:"from" yaml:"from"`
	To    string    `json:"to" yaml:"to"`
	// By names who may make it: requester, agent, or keys of lines. Empty with On.
	By []string `json:"by" yaml:"by"`
	// On makes the transition automatic.
	On Trigger `json:"on" yaml:"on"`
	// Answers marks the transition that "answer and close" makes; at most one per status.
	Answers bool     `json:"answers" yaml:"answers"`
	Needs   []string `json:"needs" yaml:"needs"`
	Mark    `yaml:",inline"`
}

// Leaves reports whether the transition leaves the status.
func (t Transition) Leaves(status string) bool {
	return slices.Contains(t.From, status) || slices.Contains(t.From, AnyStatus) && status != t.To
}

// Line is one line of support.
type Line struct {
	Key   string    `json:"key" yaml:"key"`
	Title i18n.Text `json:"title" yaml:"title"`
	Help  i18n.Text `json:"help" yaml:"help"`
	// Talks: its agents may write to the requester. Closes: they may move a ticket to a done status.
	Talks   bool     `json:"talks" yaml:"talks"`
	Closes  bool     `json:"closes" yaml:"closes"`
	HandsTo []string `json:"hands_to" yaml:"hands_to"`
	// Sees is SeesDesk, or SeesHanded: only tickets that are or once were handed to the line.
	Sees string `json:"sees" yaml:"sees"`
	Mark `yaml:",inline"`
}

// What a line sees.
const (
	SeesDesk   = "desk"
	SeesHanded = "handed"
)

// Queue is where tickets wait for somebody of a line.
type Queue struct {
	Key   string    `json:"key" yaml:"key"`
	Title i18n.Text `json:"title" yaml:"title"`
	Line  string    `json:"line" yaml:"line"`
	Mark  `yaml:",inline"`
}

// Priorities is the scale, lowest first.
type Priorities struct {
	Scale   []string             `json:"scale" yaml:"scale"`
	Default string               `json:"default" yaml:"default"`
	Titles  map[string]i18n.Text `json:"titles" yaml:"titles"`
	Mark    `yaml:",inline"`
}

// Deadline is a named clock: a row of the document's table of terms, or the product's own.
type Deadline struct {
	Key   string    `json:"key" yaml:"key"`
	Title i18n.Text `json:"title" yaml:"title"`
	Help  i18n.Text `json:"help" yaml:"help"`
	// Default makes it the case of a ticket for which nobody chose one.
	Default bool `json:"default" yaml:"default"`
	// WorkingDays or WorkingMinutes count from registration; both 0 with Agreed.
	WorkingDays    int `json:"working_days" yaml:"working_days"`
	WorkingMinutes int `json:"working_minutes" yaml:"working_minutes"`
	// Agreed: the term is what the parties agree on, set by an agent as deadline_at.
	Agreed bool `json:"agreed" yaml:"agreed"`
	// Pause lists statuses in which the clock stands, beside those whose own clock pauses.
	Pause []string `json:"pause" yaml:"pause"`
	Mark  `yaml:",inline"`
}

// WorkingTime is the desk's default working time; days are 1 (Monday) to 7, times "08:00".
type WorkingTime struct {
	Days []int  `json:"days" yaml:"days"`
	From string `json:"from" yaml:"from"`
	To   string `json:"to" yaml:"to"`
	// Calendar is a country of rules/calendars whose holidays and moved days apply, for example "ru".
	Calendar string `json:"calendar" yaml:"calendar"`
	Mark     `yaml:",inline"`
}

// Admission refuses those who may not file: every condition that is given must hold.
type Admission struct {
	ID       string    `json:"id" yaml:"id"`
	Forms    []string  `json:"forms" yaml:"forms"`
	Channels []Channel `json:"channels" yaml:"channels"`
	// Kinds admits only people of these kinds (staff, citizen).
	Kinds []string `json:"kinds" yaml:"kinds"`
	// MailIn names a list of mail domains of which the sender's must be one (R3.8), MailNotIn one of
	// which it must be none (R3.7), Members a private list of e-mail addresses (R0.27). An empty
	// Members list means no check.
	MailIn    string    `json:"mail_in" yaml:"mail_in"`
	MailNotIn string    `json:"mail_not_in" yaml:"mail_not_in"`
	Members   string    `json:"members" yaml:"members"`
	OneFor    string    `json:"one_for" yaml:"one_for"`
	Code      string    `json:"code" yaml:"code"`
	Message   i18n.Text `json:"message" yaml:"message"`
	Mark      `yaml:",inline"`
}

// Scope says whose tickets a requester sees.
type Scope string

// The scopes, narrowest first.
const (
	ScopeOwn          Scope = "own"
	ScopeOrganisation Scope = "organisation"
	ScopeDesk         Scope = "desk"
)

// Visibility says what a requester sees of others' tickets (R4.20); a desk may only narrow Widest.
type Visibility struct {
	Widest  Scope `json:"widest" yaml:"widest"`
	Default Scope `json:"default" yaml:"default"`
	// Columns are all that is shown of a ticket of a foreign organisation.
	Columns []string `json:"columns" yaml:"columns"`
	Mark    `yaml:",inline"`
}

// Attachments limits files per desk.
type Attachments struct {
	MaxBytes int64 `json:"max_bytes" yaml:"max_bytes"`
	MaxCount int   `json:"max_count" yaml:"max_count"`
	// LinkMaxBytes is the limit of a file that comes by an upload link (R0.22).
	LinkMaxBytes int64 `json:"link_max_bytes" yaml:"link_max_bytes"`
	// NameRule is "" or "latin": stored names are transliterated and cut to NameMax characters (R0.20).
	NameRule string    `json:"name_rule" yaml:"name_rule"`
	NameMax  int       `json:"name_max" yaml:"name_max"`
	Help     i18n.Text `json:"help" yaml:"help"`
	Mark     `yaml:",inline"`
}

// List is a reference list: its values come from the document, a desk extends it where it may.
type List struct {
	Key        string      `json:"key" yaml:"key"`
	Title      i18n.Text   `json:"title" yaml:"title"`
	Values     []ListValue `json:"values" yaml:"values"`
	Extendable bool        `json:"extendable" yaml:"extendable"`
	// Private lists are checked against and never served but to the desk's administrator.
	Private bool `json:"private" yaml:"private"`
	Mark    `yaml:",inline"`
}

// ListValue is one value; retired ones keep their meaning and cannot be chosen any more.
type ListValue struct {
	Key     string    `json:"key" yaml:"key"`
	Title   i18n.Text `json:"title" yaml:"title"`
	Retired bool      `json:"retired" yaml:"retired"`
	Mark    `yaml:",inline"`
}

// Texts are the system's own words to people.
type Texts struct {
	// Opening is what a clerk says first on the phone (R0.5).
	Opening i18n.Text `json:"opening" yaml:"opening"`
	// Filing is shown where one files: instructions of the document, with links.
	Filing i18n.Text `json:"filing" yaml:"filing"`
	// Letters are templates by key: received, incomplete, refused, answered, closed, commented, status, overdue, executor.
	Letters map[string]Letter `json:"letters" yaml:"letters"`
}

// Letter is the template of a letter: text/template over the letter's data, in each language.
type Letter struct {
	Subject i18n.Text `json:"subject" yaml:"subject"`
	Body    i18n.Text `json:"body" yaml:"body"`
	Mark    `yaml:",inline"`
}

// Contact is an address or phone of the desk that the document states, or a setting that it hides.
type Contact struct {
	// Kind is mail, phone, portal or link; the first declared is the preferred one (R0.4).
	Kind string `json:"kind" yaml:"kind"`
	// Setting is the desk setting that overrides Value or gives it where the document hides it.
	Setting string    `json:"setting" yaml:"setting"`
	Value   string    `json:"value" yaml:"value"`
	Title   i18n.Text `json:"title" yaml:"title"`
	Mark    `yaml:",inline"`
}

// Param is a typed constant of the rules: type is string, integer, number or boolean.
type Param struct {
	Key     string    `json:"key" yaml:"key"`
	Title   i18n.Text `json:"title" yaml:"title"`
	Type    string    `json:"type" yaml:"type"`
	Default any       `json:"default" yaml:"default"`
	Mark    `yaml:",inline"`
}
