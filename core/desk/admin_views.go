package desk

import (
	"encoding/json"
	"time"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
)

// DeskSettingsView is what an administrator sets of a desk, beside what the system declares.
type DeskSettingsView struct {
	Title       i18n.Text    `json:"title"`
	Prefix      string       `json:"prefix" doc:"What the desk's numbers begin with"`
	PrefixFixed bool         `json:"prefix_fixed" doc:"The desk has tickets: the prefix stays"`
	Settings    DeskSettings `json:"settings"`
	Declared    DeclaredDesk `json:"declared"`
	Version     int64        `json:"version" doc:"For If-Match"`
}

// DeskSettings are a desk's own settings; what is empty or zero follows the declaration.
type DeskSettings struct {
	TimeZone     string            `json:"time_zone" doc:"IANA name, empty for UTC"`
	Visibility   string            `json:"visibility" doc:"own, organisation or desk, never wider than declared; empty for the declared default"`
	Contacts     map[string]string `json:"contacts" doc:"By the setting's name"`
	Lines        []OwnLine         `json:"lines" doc:"Added lines; one with the key of a declared line gives it another title"`
	Queues       []OwnQueue        `json:"queues" doc:"Added queues; one with the key of a declared queue gives it another title"`
	MaxBytes     int64             `json:"max_bytes"`
	MaxCount     int               `json:"max_count"`
	LinkMaxBytes int64             `json:"link_max_bytes"`
	Plugin       map[string]any    `json:"plugin" doc:"The system's own settings; a secret is shown as {\"set\": true} and keeps its value when it is sent so or left out"`
}

// OwnLine is a line of support as an administrator writes it.
type OwnLine struct {
	Key     string    `json:"key"`
	Title   i18n.Text `json:"title"`
	Help    i18n.Text `json:"help"`
	Talks   bool      `json:"talks" doc:"Its agents write to requesters"`
	Closes  bool      `json:"closes" doc:"Its agents may finish tickets"`
	HandsTo []string  `json:"hands_to" doc:"Keys of lines"`
	Sees    string    `json:"sees" doc:"desk, or handed: only what is or once was handed to the line"`
}

// OwnQueue is a queue as an administrator writes it.
type OwnQueue struct {
	Key   string    `json:"key"`
	Title i18n.Text `json:"title"`
	Line  string    `json:"line"`
}

// DeclaredDesk is what the system declares and the desk may change.
type DeclaredDesk struct {
	Contacts     []DeclaredContact  `json:"contacts"`
	Lines        []OwnLine          `json:"lines"`
	Queues       []OwnQueue         `json:"queues"`
	Visibility   DeclaredVisibility `json:"visibility"`
	Attachments  DeclaredFiles      `json:"attachments"`
	PluginSchema json.RawMessage    `json:"plugin_schema" doc:"JSON Schema of settings.plugin, or null; a secret is marked writeOnly"`
	PluginUI     json.RawMessage    `json:"plugin_ui" doc:"Its layout, as that of a form, or null"`
	Lists        []ListRef          `json:"lists"`
	Transitions  []KeyTitle         `json:"transitions" doc:"Those that are made by choice; a template may propose one"`
}

// DeclaredContact is an address that the system declares; only one with a setting can be changed.
type DeclaredContact struct {
	Setting string `json:"setting,omitempty"`
	Kind    string `json:"kind"`
	Title   string `json:"title"`
	Value   string `json:"value"`
}

// DeclaredVisibility bounds what requesters see of others' tickets.
type DeclaredVisibility struct {
	Widest  api.Scope `json:"widest" enum:"own,organisation,desk"`
	Default api.Scope `json:"default" enum:"own,organisation,desk"`
}

// DeclaredFiles are the limits of files where the desk sets none, in bytes.
type DeclaredFiles struct {
	MaxBytes     int64 `json:"max_bytes"`
	MaxCount     int   `json:"max_count"`
	LinkMaxBytes int64 `json:"link_max_bytes"`
}

// ListRef names a reference list.
type ListRef struct {
	Key        string `json:"key"`
	Title      string `json:"title"`
	Extendable bool   `json:"extendable"`
	Private    bool   `json:"private" doc:"Checked against, and shown to administrators alone"`
}

// ListView is a page of a reference list's values as an administrator sees them.
type ListView struct {
	ListRef
	Values []ListValueView `json:"values"`
	Next   string          `json:"next,omitempty" doc:"Cursor of the next page, absent at the end"`
}

// ListValueView is a value of a list.
type ListValueView struct {
	Key      string    `json:"key"`
	Title    i18n.Text `json:"title"`
	Declared bool      `json:"declared" doc:"The system's own"`
	Retired  bool      `json:"retired" doc:"Keeps its meaning and cannot be chosen any more"`
}

// ImportView says what an import of a list did, or would do.
type ImportView struct {
	Added     int             `json:"added"`
	Changed   int             `json:"changed"`
	Unchanged int             `json:"unchanged"`
	Problems  []ImportProblem `json:"problems" doc:"At most 100; with one nothing is imported"`
	Rows      []ImportRow     `json:"rows,omitempty" doc:"The first ten values as they were read, where the import is only tried"`
	Own       int             `json:"own" doc:"Of the changed ones, values of the system itself: its form and rules may rely on them"`
	OwnRows   []ImportRow     `json:"own_rows,omitempty" doc:"The first ten of those, where the import is only tried"`
	// written are the first values that are added or changed, for the audit log.
	written []ImportRow
}

// ImportRow is a value as it was read from a line of the file, and what becomes of it.
type ImportRow struct {
	Line    int       `json:"line"`
	Key     string    `json:"key"`
	Title   i18n.Text `json:"title"`
	Retired bool      `json:"retired,omitempty"`
	Fate    string    `json:"fate" enum:"added,changed,unchanged"`
}

// ImportProblem is what is wrong with a line of the file, counted from 1 with the header.
type ImportProblem struct {
	Line    int    `json:"line"`
	Column  string `json:"column,omitempty" enum:"key,title_ru,title_en,retired"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// MemberView is somebody who works or administers a desk.
type MemberView struct {
	Person        MemberPerson `json:"person"`
	Line          string       `json:"line" doc:"Empty for who is no agent"`
	Administrator bool         `json:"administrator"`
}

// MemberPerson names a member.
type MemberPerson struct {
	ID    ident.ID `json:"id"`
	Name  string   `json:"name"`
	Email string   `json:"email"`
}

// PersonCard is a person as administrators see him.
type PersonCard struct {
	ID           ident.ID          `json:"id"`
	Name         string            `json:"name"`
	Email        string            `json:"email" doc:"Where letters go"`
	Phone        string            `json:"phone"`
	Position     string            `json:"position"`
	Kind         string            `json:"kind" enum:"staff,citizen"`
	Verified     bool              `json:"verified"`
	Organisation *OrganisationView `json:"organisation"`
	Login        string            `json:"login" doc:"The address to sign in with, empty for who cannot"`
	Desks        []MembershipView  `json:"desks"`
	CreatedAt    time.Time         `json:"created_at"`
	Erased       bool              `json:"erased,omitempty"`
	Password     string            `json:"password,omitempty" doc:"Made for the person and shown this once"`
}

// PasswordView is a new password.
type PasswordView struct {
	Password string `json:"password" doc:"Shown this once"`
}

// AuditView is something that an administrator or an operator changed.
type AuditView struct {
	ID     ident.ID       `json:"id"`
	At     time.Time      `json:"at"`
	Actor  AuditActor     `json:"actor"`
	Action string         `json:"action" doc:"Lower snake case, for example settings_changed"`
	Object string         `json:"object" doc:"Key or id of what was changed"`
	Data   map[string]any `json:"data" doc:"Keys, identifiers and old and new values of what is no secret"`
	// Subject and Values are read anew for whoever reads the log, so that it keeps no names of people.
	Subject *AuditSubject `json:"subject,omitempty" doc:"Whom or what it was done to, where that has a name"`
	Values  []KeyTitle    `json:"values,omitempty" doc:"The values of a list that were written, the first ten"`
	More    int           `json:"more,omitempty" doc:"How many values more were written"`
}

// AuditSubject is whom or what a change was made to; who was erased has no title.
type AuditSubject struct {
	Kind  string    `json:"kind" enum:"person,list"`
	ID    *ident.ID `json:"id,omitempty" doc:"Of a person"`
	Title string    `json:"title,omitempty" doc:"In the reader's language"`
}

// AuditActor is who changed it; an operator of the installation has no name here.
type AuditActor struct {
	Kind string    `json:"kind" enum:"person,operator"`
	ID   *ident.ID `json:"id,omitempty"`
	Name string    `json:"name,omitempty"`
}

// StatisticsView is the figures of a desk.
type StatisticsView struct {
	From         string        `json:"from" format:"date"`
	To           string        `json:"to" format:"date"`
	TimeZone     string        `json:"time_zone" doc:"Whose days these are"`
	ByDay        []DayCount    `json:"by_day" doc:"Every day of the period"`
	OpenByStatus []KeyCount    `json:"open_by_status" doc:"What is not done now, whatever the period"`
	OpenByLine   []KeyCount    `json:"open_by_line"`
	OpenByQueue  []KeyCount    `json:"open_by_queue"`
	OpenByForm   []KeyCount    `json:"open_by_form"`
	OpenByField  *FieldCounts  `json:"open_by_field,omitempty" doc:"With by"`
	Age          []AgeCount    `json:"age" doc:"How long what is not done has waited"`
	Oldest       string        `json:"oldest,omitempty" doc:"Number of the oldest ticket that is not done"`
	FirstAnswer  *int64        `json:"first_answer_median_seconds,omitempty" doc:"Of tickets filed in the period and answered; of a random part of them where they are many"`
	Closure      *int64        `json:"closure_median_seconds,omitempty" doc:"Of tickets closed in the period, from filing"`
	Choices      []FieldChoice `json:"choices" doc:"Fields that by takes"`
}

// DayCount counts what was filed and closed on a day.
type DayCount struct {
	Date   string `json:"date" format:"date"`
	Filed  int64  `json:"filed"`
	Closed int64  `json:"closed"`
}

// KeyCount counts the tickets of a key.
type KeyCount struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Count int64  `json:"count"`
}

// FieldCounts counts the tickets by the value of a field, most first.
type FieldCounts struct {
	Pointer string     `json:"pointer"`
	Title   string     `json:"title"`
	Values  []KeyCount `json:"values" doc:"At most 200"`
}

// AgeCount counts the tickets of an age: up to a day, three, seven, thirty days, or older.
type AgeCount struct {
	Key   string `json:"key" enum:"1d,3d,7d,30d,older"`
	Count int64  `json:"count"`
}

// FieldChoice is a field by whose values tickets can be counted.
type FieldChoice struct {
	Pointer string `json:"pointer"`
	Title   string `json:"title"`
}
