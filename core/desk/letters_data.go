package desk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/letter"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/ticket"
)

// letterData is what the templates may show of an event, in the recipient's language and as he may
// see it.
func (s *Service) letterData(o *occasion, l i18n.Lang, toAgent bool) letter.Data {
	d := o.snap.Declaration()
	data := letter.Data{
		Number: o.ticket.Number, Subject: o.ticket.Subject, Desk: o.snap.Desk.Title.In(l), Text: o.text(),
		Status: o.statusTitle(d, l, toAgent), Link: s.ticketLink(o, toAgent), Contacts: map[string]string{},
		Requester: o.people[o.ticket.Requester].Name,
	}
	if data.Requester == "" {
		data.Requester = o.fieldText(func(p api.PersonFields) string { return p.Name })
	}
	if o.event.Actor.Kind == ticket.ByAgent && o.event.Actor.ID != nil {
		data.Agent = o.people[*o.event.Actor.ID].Name
	}
	if files := o.files(); files > 0 && data.Text == "" {
		data.Text = i18n.Message(l, "letter.files", map[string]any{"count": files})
	}
	data.Registered = o.ticket.CreatedAt.In(o.snap.Location).Format(i18n.Message(l, "letter.time", nil))
	if at := o.ticket.DeadlineAt; at != nil {
		data.Deadline = at.In(o.snap.Location).Format(i18n.Message(l, "letter.time", nil))
	}
	for _, contact := range slices.Backward(d.Contacts) {
		value := contact.Value
		if own := o.snap.Desk.Settings.Contacts[contact.Setting]; contact.Setting != "" && own != "" {
			value = own
		}
		if value != "" {
			data.Contacts[contact.Kind] = value // the first declared of a kind is the preferred one (R0.4)
			data.Contacts[contact.Setting] = value
		}
	}
	for _, pointer := range o.event.Data.Missing {
		data.Missing = append(data.Missing, letter.Item{
			Label: label(o.pinned.Forms[o.ticket.Form], pointer, l), Message: i18n.Message(l, "letter.missing", nil),
		})
	}
	data.Resolution = o.resolutionItems(l)
	return data
}

// files counts what came with a comment: it may be files alone.
func (o *occasion) files() int {
	count := 0
	if o.event.Kind == ticket.Commented {
		count = len(o.event.Data.Attachments)
	}
	if o.answer != nil {
		count += len(o.answer.Data.Attachments)
	}
	return count
}

// statusTitle is the status that the event led to, or the present one.
func (o *occasion) statusTitle(d *api.Declaration, l i18n.Lang, toAgent bool) string {
	key := o.event.Data.To
	if key == "" {
		key = o.ticket.Status
	}
	status, ok := d.Status(key)
	if !ok {
		return key
	}
	if toAgent {
		return status.Title.In(l)
	}
	return status.Label().In(l)
}

// ticketLink leads to the ticket's page: the requester's, or the agents'.
func (s *Service) ticketLink(o *occasion, toAgent bool) string {
	part := "/tickets/"
	if toAgent {
		part = "/desk/tickets/"
	}
	return s.public + "/t/" + o.snap.Tenant.Slug + part + o.ticket.Number
}

// fieldText is the ticket's own field of the person who asks.
func (o *occasion) fieldText(pointer func(api.PersonFields) string) string {
	form, ok := o.pinned.Declaration.Form(o.ticket.Form)
	if !ok {
		return ""
	}
	return textAt(o.ticket.Fields, pointer(form.Person))
}

// resolutionItems are the filled fields of the resolution in the order of their layout.
func (o *occasion) resolutionItems(l i18n.Lang) []letter.Item {
	fields := o.resolution()
	if len(fields) == 0 {
		return nil
	}
	compiled := o.snap.System.Resolution
	var shape *api.Shape
	if compiled != nil {
		shape = compiled.Form.Shape()
	}
	var items []letter.Item
	for _, name := range layoutOrder(compiled, fields) {
		if !api.Present(fields[name]) {
			continue
		}
		pointer := "/" + api.EscapeToken(name)
		items = append(items, letter.Item{
			Label: label(compiled, pointer, l), Text: o.valueText(compiled, pointer, fields[name], member(shape, name), l),
		})
	}
	return items
}

// layoutOrder sorts the members of fields as the form's layout shows them; what it does not know comes
// last, by name.
func layoutOrder(compiled *release.CompiledForm, fields map[string]any) []string {
	var layout struct {
		Groups []struct {
			Fields []string `json:"fields"`
		} `json:"groups"`
	}
	place := map[string]int{}
	if compiled != nil && compiled.UI != nil && json.Unmarshal(compiled.UI.Raw(), &layout) == nil {
		for _, group := range layout.Groups {
			for _, pointer := range group.Fields {
				if tokens, ok := api.SplitPointer(pointer); ok && len(tokens) > 0 && place[tokens[0]] == 0 {
					place[tokens[0]] = len(place) + 1
				}
			}
		}
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	last := len(place) + 1
	slices.SortFunc(names, func(a, b string) int {
		left, right := place[a], place[b]
		if left == 0 {
			left = last
		}
		if right == 0 {
			right = last
		}
		if left != right {
			return left - right
		}
		return strings.Compare(a, b)
	})
	return names
}

// label is a field's name as its form shows it, or the last token of its pointer.
func label(compiled *release.CompiledForm, pointer string, l i18n.Lang) string {
	if compiled != nil && compiled.UI != nil {
		if field, ok := compiled.UI.Field(pointer); ok && !field.Label.IsZero() {
			return field.Label.In(l)
		}
	}
	return pointer[strings.LastIndexByte(pointer, '/')+1:]
}

// valueText writes a value for people: listed ones by their title, yes and no as words, rows and
// members one below the other.
func (o *occasion) valueText(compiled *release.CompiledForm, pointer string, value any, shape *api.Shape, l i18n.Lang) string {
	switch v := value.(type) {
	case string:
		return o.listTitle(shape, v, l)
	case bool:
		if v {
			return i18n.Message(l, "letter.yes", nil)
		}
		return i18n.Message(l, "letter.no", nil)
	case []any:
		var rows []string
		for i, row := range v {
			rows = append(rows, o.valueText(compiled, fmt.Sprintf("%s/%d", pointer, i), row, items(shape), l))
		}
		return strings.Join(rows, "\n")
	case map[string]any:
		var lines []string
		for _, name := range layoutOrder(nil, v) {
			if api.Present(v[name]) {
				at := pointer + "/" + api.EscapeToken(name)
				lines = append(lines, label(compiled, at, l)+": "+o.valueText(compiled, at, v[name], member(shape, name), l))
			}
		}
		return strings.Join(lines, "\n")
	case nil:
		return ""
	default:
		return fmt.Sprint(v)
	}
}

func (o *occasion) listTitle(shape *api.Shape, value string, l i18n.Lang) string {
	if shape == nil || shape.List == "" {
		return value
	}
	return o.snap.titleOf(shape.List, value, l)
}

func member(shape *api.Shape, name string) *api.Shape {
	if shape == nil {
		return nil
	}
	return shape.Props[name]
}

func items(shape *api.Shape) *api.Shape {
	if shape == nil {
		return nil
	}
	return shape.Items
}
