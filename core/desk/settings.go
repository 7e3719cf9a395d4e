package desk

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// Limits of a desk's settings.
const (
	maxOwn         = 100 // lines or queues
	maxContact     = 500
	maxHelp        = 2000
	maxFileBytes   = 1 << 40
	maxPluginBytes = 64 << 10
)

// zoneForm keeps out what lies in the database of zones and is no zone that browsers know.
var zoneForm = regexp.MustCompile(`^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$`)

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)

// checkSettings says what is wrong with the settings of a desk of a system. Errors: Invalid (code
// "bad_settings", Args["setting"] the key of the setting).
func checkSettings(d *api.Declaration, s tenant.Settings) error {
	problems := settingProblems(d, s)
	if len(problems) == 0 {
		return nil
	}
	setting, _, _ := strings.Cut(strings.TrimPrefix(problems[0].Pointer, "/"), "/")
	return badSetting(setting, problems[0].Pointer+" "+problems[0].Code)
}

func badSetting(setting, msg string) error {
	return errs.New(errs.Invalid, "bad_settings", setting+": "+msg).With("setting", setting)
}

// settingProblems is everything that is wrong, with pointers into the settings.
func settingProblems(d *api.Declaration, s tenant.Settings) []errs.Problem {
	var out []errs.Problem
	if _, err := time.LoadLocation(s.TimeZone); err != nil ||
		s.TimeZone != "" && (!zoneForm.MatchString(s.TimeZone) || slices.Contains([]string{"Local", "Factory"}, s.TimeZone)) {
		out = append(out, errs.Problem{Pointer: "/time_zone", Code: "bad_time_zone"})
	}
	if tooWide(d.Visibility, s.Visibility) {
		out = append(out, errs.Problem{Pointer: "/visibility", Code: "too_wide"})
	}
	for _, limit := range []struct {
		pointer     string
		value, most int64
	}{
		{"/max_bytes", s.MaxBytes, maxFileBytes},
		{"/link_max_bytes", s.LinkMaxBytes, maxFileBytes},
		{"/max_count", int64(s.MaxCount), maxUnused},
	} {
		switch {
		case limit.value < 0:
			out = append(out, errs.Problem{Pointer: limit.pointer, Code: "min", Args: map[string]any{"min": 0}})
		case limit.value > limit.most:
			out = append(out, errs.Problem{Pointer: limit.pointer, Code: "max", Args: map[string]any{"max": limit.most}})
		}
	}
	out = append(out, linkProblems(d, s)...)
	for _, key := range slices.Sorted(maps.Keys(s.Contacts)) {
		pointer := "/contacts/" + api.EscapeToken(key)
		at := slices.IndexFunc(d.Contacts, func(c api.Contact) bool { return c.Setting == key })
		switch {
		case key == "" || at < 0:
			out = append(out, errs.Problem{Pointer: pointer, Code: "unknown_contact"})
		case utf8.RuneCountInString(s.Contacts[key]) > maxContact:
			out = append(out, tooLong(pointer, maxContact))
		default:
			out = append(out, contactProblems(pointer, d.Contacts[at].Kind, s.Contacts[key])...)
		}
	}
	lines, problems := lineProblems(d, s.Lines)
	out = append(append(out, problems...), queueProblems(d, s.Queues, lines)...)
	if raw, err := json.Marshal(s.Plugin); err != nil || len(raw) > maxPluginBytes {
		out = append(out, errs.Problem{Pointer: "/plugin", Code: "settings_too_large", Args: map[string]any{"kilobytes": maxPluginBytes >> 10}})
	}
	return out
}

// linkProblems refuses a link for what is too large for the form that takes less than the form does.
// Limits that the desk leaves to the system are its author's matter.
func linkProblems(d *api.Declaration, s tenant.Settings) []errs.Problem {
	if s.MaxBytes <= 0 && s.LinkMaxBytes <= 0 {
		return nil
	}
	inForm := cmp.Or(max(s.MaxBytes, 0), d.Attachments.MaxBytes, defaultMaxBytes)
	byLink := cmp.Or(max(s.LinkMaxBytes, 0), d.Attachments.LinkMaxBytes, defaultLinkMaxBytes)
	if byLink >= inForm {
		return nil
	}
	return []errs.Problem{{Pointer: "/link_max_bytes", Code: "link_below_form", Args: map[string]any{"megabytes": (inForm + 1<<20 - 1) >> 20}}}
}

// contactProblems is what is wrong with an address: it becomes a link on pages and in letters.
func contactProblems(pointer, kind, value string) []errs.Problem {
	switch kind {
	case "mail":
		if badEmail(value) {
			return []errs.Problem{{Pointer: pointer, Code: "format_email"}}
		}
	case "portal", "link":
		if at, err := url.Parse(value); err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
			return []errs.Problem{{Pointer: pointer, Code: "format_uri"}}
		}
	}
	return nil
}

func tooLong(pointer string, limit int) errs.Problem {
	return errs.Problem{Pointer: pointer, Code: "too_long", Args: map[string]any{"count": limit}}
}

func tooWide(declared api.Visibility, set api.Scope) bool {
	if set == "" {
		return false
	}
	order := []api.Scope{api.ScopeOwn, api.ScopeOrganisation, api.ScopeDesk}
	wanted := slices.Index(order, set)
	return wanted < 0 || wanted > max(slices.Index(order, declared.Widest), 0)
}

// lineProblems returns every line of the desk too.
func lineProblems(d *api.Declaration, own []api.Line) (map[string]bool, []errs.Problem) {
	all := make(map[string]bool, len(d.Lines)+len(own))
	for _, line := range d.Lines {
		all[line.Key] = true
	}
	if len(own) > maxOwn {
		return all, []errs.Problem{{Pointer: "/lines", Code: "too_many", Args: map[string]any{"count": maxOwn}}}
	}
	var out []errs.Problem
	for i, line := range own {
		at := fmt.Sprintf("/lines/%d", i)
		repeated := slices.ContainsFunc(own[:i], func(before api.Line) bool { return before.Key == line.Key })
		_, declared := d.Line(line.Key)
		out = append(out, keyProblems(at, line.Key, repeated)...)
		if badTitle(line.Title) {
			out = append(out, errs.Problem{Pointer: at + "/title", Code: "title_needed", Args: map[string]any{"limit": maxTitle}})
		}
		if max(utf8.RuneCountInString(line.Help.RU), utf8.RuneCountInString(line.Help.EN)) > maxHelp {
			out = append(out, tooLong(at+"/help", maxHelp))
		}
		if !declared && line.Sees != api.SeesDesk && line.Sees != api.SeesHanded {
			out = append(out, errs.Problem{Pointer: at + "/sees", Code: "sees_needed"})
		}
		all[line.Key] = true
	}
	for i, line := range own {
		for n, to := range line.HandsTo {
			if !all[to] || to == line.Key || slices.Contains(line.HandsTo[:n], to) {
				out = append(out, errs.Problem{Pointer: fmt.Sprintf("/lines/%d/hands_to/%d", i, n), Code: "unknown_line"})
			}
		}
	}
	return all, out
}

func keyProblems(at, key string, repeated bool) []errs.Problem {
	switch {
	case !keyForm.MatchString(key):
		return []errs.Problem{{Pointer: at + "/key", Code: "bad_key"}}
	case repeated:
		return []errs.Problem{{Pointer: at + "/key", Code: "repeated_key"}}
	}
	return nil
}

func queueProblems(d *api.Declaration, own []api.Queue, lines map[string]bool) []errs.Problem {
	if len(own) > maxOwn {
		return []errs.Problem{{Pointer: "/queues", Code: "too_many", Args: map[string]any{"count": maxOwn}}}
	}
	var out []errs.Problem
	for i, queue := range own {
		at := fmt.Sprintf("/queues/%d", i)
		repeated := slices.ContainsFunc(own[:i], func(before api.Queue) bool { return before.Key == queue.Key })
		_, declared := d.Queue(queue.Key)
		out = append(out, keyProblems(at, queue.Key, repeated)...)
		if badTitle(queue.Title) {
			out = append(out, errs.Problem{Pointer: at + "/title", Code: "title_needed", Args: map[string]any{"limit": maxTitle}})
		}
		if !declared && !lines[queue.Line] {
			out = append(out, errs.Problem{Pointer: at + "/line", Code: "unknown_line"})
		}
	}
	return out
}
