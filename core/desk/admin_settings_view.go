package desk

import (
	"cmp"
	"encoding/json"
	"maps"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// settings are what is kept of what an administrator sent.
func (in DeskSettings) settings() tenant.Settings {
	out := tenant.Settings{
		TimeZone: in.TimeZone, Visibility: api.Scope(in.Visibility), MaxBytes: in.MaxBytes, MaxCount: in.MaxCount,
		LinkMaxBytes: in.LinkMaxBytes, Plugin: in.Plugin, Contacts: maps.Clone(in.Contacts),
	}
	for key, value := range out.Contacts {
		out.Contacts[key] = oneLine(value)
	}
	maps.DeleteFunc(out.Contacts, func(_, value string) bool { return value == "" })
	for _, l := range in.Lines {
		out.Lines = append(out.Lines, api.Line{
			Key: l.Key, Title: both(l.Title), Help: l.Help, Talks: l.Talks, Closes: l.Closes, HandsTo: l.HandsTo, Sees: l.Sees,
		})
	}
	for _, q := range in.Queues {
		out.Queues = append(out.Queues, api.Queue{Key: q.Key, Title: both(q.Title), Line: q.Line})
	}
	return out
}

func (c *configured) view(l i18n.Lang) DeskSettingsView {
	set, d := c.row.Settings, c.system.Declaration
	view := DeskSettingsView{
		Title: c.row.Title, Prefix: c.row.Prefix, PrefixFixed: c.tickets, Version: c.row.Version,
		Settings: DeskSettings{
			TimeZone: set.TimeZone, Visibility: string(set.Visibility), Contacts: set.Contacts, Lines: ownLines(set.Lines), Queues: ownQueues(set.Queues),
			MaxBytes: set.MaxBytes, MaxCount: set.MaxCount, LinkMaxBytes: set.LinkMaxBytes, Plugin: map[string]any{},
		},
		Declared: DeclaredDesk{
			Contacts: []DeclaredContact{}, Lines: ownLines(d.Lines), Queues: ownQueues(d.Queues), Lists: []ListRef{}, Transitions: []KeyTitle{},
			Visibility: DeclaredVisibility{
				Widest: cmp.Or(d.Visibility.Widest, api.ScopeOwn), Default: cmp.Or(d.Visibility.Default, api.ScopeOwn),
			},
			Attachments:  DeclaredFiles{MaxBytes: d.Attachments.MaxBytes, MaxCount: d.Attachments.MaxCount, LinkMaxBytes: d.Attachments.LinkMaxBytes},
			PluginSchema: json.RawMessage("null"), PluginUI: json.RawMessage("null"),
		},
	}
	if view.Settings.Contacts == nil {
		view.Settings.Contacts = map[string]string{}
	}
	if schema := c.schema(); schema != nil {
		view.Declared.PluginSchema = schema
		view.Settings.Plugin = newSecrets(schema).hide(set.Plugin)
		if d.ConfigUI != "" {
			view.Declared.PluginUI = c.files["schemas/"+d.ConfigUI]
		}
	}
	for _, contact := range d.Contacts {
		view.Declared.Contacts = append(view.Declared.Contacts, DeclaredContact{
			Setting: contact.Setting, Kind: contact.Kind, Title: contact.Title.In(l), Value: contact.Value,
		})
	}
	for i := range d.Lists {
		view.Declared.Lists = append(view.Declared.Lists, listRef(&d.Lists[i], l))
	}
	for i := range d.Transitions {
		if one := &d.Transitions[i]; one.On == "" {
			view.Declared.Transitions = append(view.Declared.Transitions, KeyTitle{Key: one.Key, Title: one.Title.In(l)})
		}
	}
	return view
}

func listRef(list *api.List, l i18n.Lang) ListRef {
	return ListRef{Key: list.Key, Title: list.Title.In(l), Extendable: list.Extendable, Private: list.Private}
}

func ownLines(lines []api.Line) []OwnLine {
	out := make([]OwnLine, 0, len(lines))
	for _, l := range lines {
		out = append(out, OwnLine{
			Key: l.Key, Title: l.Title, Help: l.Help, Talks: l.Talks, Closes: l.Closes, HandsTo: append([]string{}, l.HandsTo...), Sees: l.Sees,
		})
	}
	return out
}

func ownQueues(queues []api.Queue) []OwnQueue {
	out := make([]OwnQueue, 0, len(queues))
	for _, q := range queues {
		out = append(out, OwnQueue{Key: q.Key, Title: q.Title, Line: q.Line})
	}
	return out
}
