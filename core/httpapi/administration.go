package httpapi

import (
	"context"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/i18n"
)

const (
	settingsPath = deskPath + "/settings"
	listPath     = deskPath + "/lists/{list}"
	membersPath  = deskPath + "/members"
	peoplePath   = tenantRoot + "/people"
	personPath   = peoplePath + "/{id}"
)

// administrationRoutes is what administrators of a desk may do, and the desk's figures.
func (s *server) administrationRoutes() {
	handle(s, route{
		method: "GET", path: settingsPath, id: "get-settings", tag: "administration", who: member,
		summary: "What an administrator sets of a desk", about: "ETag is its version, for If-Match. Secrets are never sent.",
	}, s.getSettings)
	handle(s, route{
		method: "PUT", path: settingsPath, id: "set-settings", tag: "administration", who: member,
		summary: "Replace the settings of a desk", about: aboutSettings, errors: []int{409, 412, 428},
	}, s.setSettings)
	handle(s, route{
		method: "GET", path: listPath, id: "get-list", tag: "administration", who: member,
		summary: "The values of a reference list, retired ones too", errors: []int{422},
	}, s.getList)
	handle(s, route{
		method: "PUT", path: listPath + "/values/{key}", id: "set-list-value", tag: "administration", who: member,
		summary: "Add, rename or retire a value", about: "A value is never deleted.", errors: []int{409},
	}, s.setListValue)
	raw(s, route{
		method: "POST", path: listPath + "/import", id: "import-list", tag: "administration", who: member, what: upload,
		summary: "Add and change values from a CSV file", about: aboutImport, errors: []int{409, 413, 415, 422, 429},
	}, s.importList, documentImportList(s))
	raw(s, route{
		method: "GET", path: listPath + "/export", id: "export-list", tag: "administration", who: member, what: download,
		summary: "The values of a reference list as a CSV file", errors: []int{429},
	}, s.exportList, documentExportList)
	handle(s, route{
		method: "GET", path: deskPath + "/audit", id: "list-audit", tag: "administration", who: member,
		summary: "What administrators and operators changed, newest first", errors: []int{422},
	}, s.listAudit)
	handle(s, route{
		method: "GET", path: deskPath + "/statistics", id: "get-statistics", tag: "desks", who: member,
		summary: "Figures of a desk", about: aboutStatistics, errors: []int{422},
	}, s.getStatistics)
	s.peopleRoutes()
}

func (s *server) peopleRoutes() {
	handle(s, route{
		method: "GET", path: membersPath, id: "list-members", tag: "administration", who: member,
		summary: "Agents and administrators of a desk",
	}, s.listMembers)
	handle(s, route{
		method: "PUT", path: membersPath + "/{id}", id: "set-member", tag: "administration", who: member,
		summary: "Say what a person is on a desk", errors: []int{409},
	}, s.setMember)
	handle(s, route{
		method: "DELETE", path: membersPath + "/{id}", id: "remove-member", tag: "administration", who: member, status: 204,
		summary: "Take a person off a desk", errors: []int{409},
	}, s.removeMember)
	handle(s, route{
		method: "POST", path: peoplePath, id: "create-person", tag: "people", who: member, status: 201,
		summary: "Add a person", about: aboutPeople, errors: []int{409},
	}, s.createPerson)
	handle(s, route{
		method: "GET", path: personPath, id: "get-person", tag: "people", who: member,
		summary: "A person", about: "By administrators.",
	}, s.getPerson)
	handle(s, route{
		method: "PATCH", path: personPath, id: "change-person", tag: "people", who: member,
		summary: "Change what is named, merged by RFC 7396", about: aboutPeople, errors: []int{409},
	}, s.changePerson)
	handle(s, route{
		method: "POST", path: personPath + "/password", id: "set-password", tag: "people", who: member, what: jsonMaybe, status: 200,
		summary: "Give a person a new password", about: "By administrators. Ends the person's sessions. Without a password one is made.", errors: []int{409},
	}, s.setPassword)
}

const aboutSettings = "If-Match is needed. The errors' pointers lie within the body. A line or a queue that an open ticket or a member names " +
	"cannot be removed (409 in_use); the prefix stays once the desk has a ticket (409 prefix_in_use)."

const aboutImport = "UTF-8 or windows-1251; commas or semicolons. Columns key, title_ru, title_en, retired, by a header or in this order; " +
	"at most 5 MB and 50,000 lines. Adds, renames and retires, never deletes. With a problem in one line nothing is imported: " +
	"422 with pointers /{line}, or with dry_run the list of problems."

const aboutStatistics = "For who works the whole desk. Days are those of the desk's time zone, both ends included, at most 366; " +
	"without from and to the last 30. Figures may be some seconds old."

const aboutPeople = "By administrators. Who has a login signs in with his e-mail address; when it changes, the login follows."

type settingsAnswer struct {
	ETag string `header:"ETag" doc:"The version, for If-Match"`
	Body desk.DeskSettingsView
}

func settingsOf(view desk.DeskSettingsView, err error) (*settingsAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &settingsAnswer{ETag: etag(view.Version), Body: view}, nil
}

func (s *server) getSettings(ctx context.Context, c *call, in *InDesk) (*settingsAnswer, error) {
	return settingsOf(s.desk.Settings(ctx, c.actor, in.Desk))
}

type settingsRequest struct {
	InDesk
	Conditional
	Body Payload[settingsBody]
}

// textBody is a text in both languages; one may be missing.
type textBody struct {
	RU string `json:"ru,omitempty" maxLength:"2000"`
	EN string `json:"en,omitempty" maxLength:"2000"`
}

func (t textBody) text() i18n.Text { return i18n.Text{RU: t.RU, EN: t.EN} }

type settingsBody struct {
	Title    textBody         `json:"title"`
	Prefix   string           `json:"prefix" maxLength:"64"`
	Settings deskSettingsBody `json:"settings"`
}

type deskSettingsBody struct {
	TimeZone     string            `json:"time_zone,omitempty" maxLength:"100"`
	Visibility   string            `json:"visibility,omitempty" maxLength:"64"`
	Contacts     map[string]string `json:"contacts,omitempty"`
	Lines        []ownLineBody     `json:"lines,omitempty" maxItems:"200"`
	Queues       []ownQueueBody    `json:"queues,omitempty" maxItems:"200"`
	MaxBytes     int64             `json:"max_bytes,omitempty"`
	MaxCount     int               `json:"max_count,omitempty"`
	LinkMaxBytes int64             `json:"link_max_bytes,omitempty"`
	Plugin       map[string]any    `json:"plugin,omitempty"`
}

type ownLineBody struct {
	Key     string   `json:"key" maxLength:"64"`
	Title   textBody `json:"title"`
	Help    textBody `json:"help,omitempty"`
	Talks   bool     `json:"talks,omitempty"`
	Closes  bool     `json:"closes,omitempty"`
	HandsTo []string `json:"hands_to,omitempty" maxItems:"200"`
	Sees    string   `json:"sees,omitempty" maxLength:"64"`
}

type ownQueueBody struct {
	Key   string   `json:"key" maxLength:"64"`
	Title textBody `json:"title"`
	Line  string   `json:"line,omitempty" maxLength:"64"`
}

func (b deskSettingsBody) settings() desk.DeskSettings {
	out := desk.DeskSettings{
		TimeZone: b.TimeZone, Visibility: b.Visibility, Contacts: b.Contacts,
		MaxBytes: b.MaxBytes, MaxCount: b.MaxCount, LinkMaxBytes: b.LinkMaxBytes, Plugin: b.Plugin,
	}
	for _, l := range b.Lines {
		out.Lines = append(out.Lines, desk.OwnLine{
			Key: l.Key, Title: l.Title.text(), Help: l.Help.text(), Talks: l.Talks, Closes: l.Closes, HandsTo: l.HandsTo, Sees: l.Sees,
		})
	}
	for _, q := range b.Queues {
		out.Queues = append(out.Queues, desk.OwnQueue{Key: q.Key, Title: q.Title.text(), Line: q.Line})
	}
	return out
}

func (s *server) setSettings(ctx context.Context, c *call, in *settingsRequest) (*settingsAnswer, error) {
	body := in.Body.value
	return settingsOf(s.desk.SetSettings(ctx, c.actor, in.Desk, desk.SettingsInput{
		Title: body.Title.text(), Prefix: body.Prefix, Settings: body.Settings.settings(), Version: in.version, Any: in.any,
	}))
}

// InList is a request below a reference list.
type InList struct {
	InDesk
	List string `path:"list" doc:"Key of the list"`
}

type listValuesRequest struct {
	InList
	Query string `query:"q" doc:"Part of a key or a title" maxLength:"200"`
	After string `query:"after" doc:"Cursor: next of the page before" maxLength:"300"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" doc:"100 by default"`
}

func (s *server) getList(ctx context.Context, c *call, in *listValuesRequest) (*answer[desk.ListView], error) {
	return answered(s.desk.ReferenceList(ctx, c.actor, in.Desk, desk.ListQuery{
		List: in.List, Words: in.Query, After: in.After, Limit: in.Limit,
	}))
}

type listValueRequest struct {
	InList
	Key  string `path:"key" doc:"Key of the value" maxLength:"254"`
	Body Payload[listValueBody]
}

type listValueBody struct {
	Title   textBody `json:"title,omitempty"`
	Retired bool     `json:"retired,omitempty"`
}

func (s *server) setListValue(ctx context.Context, c *call, in *listValueRequest) (*answer[desk.ListValueView], error) {
	body := in.Body.value
	return answered(s.desk.SetListValue(ctx, c.actor, in.Desk, in.List, in.Key, body.Title.text(), body.Retired))
}

type auditRequest struct {
	InDesk
	After string `query:"after" doc:"Cursor: next of the page before" maxLength:"64"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" doc:"50 by default"`
}

func (s *server) listAudit(ctx context.Context, c *call, in *auditRequest) (*items[desk.AuditView], error) {
	return listed(s.desk.Audit(ctx, c.actor, in.Desk, in.After, in.Limit))
}

type statisticsRequest struct {
	InDesk
	From string `query:"from" doc:"First day, as 2026-11-01" maxLength:"10"`
	To   string `query:"to" doc:"Last day" maxLength:"10"`
	By   string `query:"by" doc:"Pointer of a field, one of choices" maxLength:"200"`
}

func (s *server) getStatistics(ctx context.Context, c *call, in *statisticsRequest) (*answer[desk.StatisticsView], error) {
	leave, err := s.gates.searches.enter(c.who())
	if err != nil {
		return nil, err
	}
	defer leave()
	return answered(s.desk.Statistics(ctx, c.actor, in.Desk, desk.StatisticsInput{From: in.From, To: in.To, By: in.By}))
}
