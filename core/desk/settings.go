package desk

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
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
	maxFileBytes   = 1 << 40
	maxPluginBytes = 64 << 10
)

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)

// checkSettings says what is wrong with the settings of a desk of a system. Errors: Invalid (code
// "bad_settings", Args["setting"] the key of the setting).
func checkSettings(d *api.Declaration, s tenant.Settings) error {
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil || zone == time.Local && s.TimeZone != "" {
		return badSetting("time_zone", "not an IANA time zone")
	}
	if err := checkScope(d.Visibility, s.Visibility); err != nil {
		return err
	}
	if s.MaxBytes < 0 || s.MaxBytes > maxFileBytes || s.LinkMaxBytes < 0 || s.LinkMaxBytes > maxFileBytes {
		return badSetting("max_bytes", "limit of files is negative or too large")
	}
	if s.MaxCount < 0 || s.MaxCount > maxUnused {
		return badSetting("max_count", "number of files is negative or too large")
	}
	for key, value := range s.Contacts {
		declared := slices.ContainsFunc(d.Contacts, func(c api.Contact) bool { return c.Setting == key })
		if key == "" || !declared || utf8.RuneCountInString(value) > maxContact {
			return badSetting("contacts", "the system declares no such contact, or it is too long")
		}
	}
	lines, err := checkLines(d, s.Lines)
	if err != nil {
		return err
	}
	if err := checkQueues(d, s.Queues, lines); err != nil {
		return err
	}
	if raw, err := json.Marshal(s.Plugin); err != nil || len(raw) > maxPluginBytes {
		return badSetting("plugin", "the plugin's settings are too large")
	}
	return nil
}

func checkScope(declared api.Visibility, set api.Scope) error {
	if set == "" {
		return nil
	}
	order := []api.Scope{api.ScopeOwn, api.ScopeOrganisation, api.ScopeDesk}
	wanted := slices.Index(order, set)
	if wanted < 0 || wanted > max(slices.Index(order, declared.Widest), 0) {
		return badSetting("visibility", "unknown, or wider than the system allows")
	}
	return nil
}

// checkLines returns every line of the desk.
func checkLines(d *api.Declaration, own []api.Line) (map[string]bool, error) {
	all := make(map[string]bool, len(d.Lines)+len(own))
	for _, line := range d.Lines {
		all[line.Key] = true
	}
	if len(own) > maxOwn {
		return nil, badSetting("lines", "too many")
	}
	for i, line := range own {
		repeated := slices.ContainsFunc(own[:i], func(before api.Line) bool { return before.Key == line.Key })
		_, declared := d.Line(line.Key)
		if repeated || !keyForm.MatchString(line.Key) || badTitle(line.Title) ||
			!declared && line.Sees != api.SeesDesk && line.Sees != api.SeesHanded {
			return nil, badSetting("lines", fmt.Sprintf("line %d has a bad or repeated key, no title, or does not say what it sees", i+1))
		}
		all[line.Key] = true
	}
	for i, line := range own {
		if slices.ContainsFunc(line.HandsTo, func(to string) bool { return !all[to] || to == line.Key }) {
			return nil, badSetting("lines", fmt.Sprintf("line %d hands to a line that the desk has not", i+1))
		}
	}
	return all, nil
}

func checkQueues(d *api.Declaration, own []api.Queue, lines map[string]bool) error {
	if len(own) > maxOwn {
		return badSetting("queues", "too many")
	}
	for i, queue := range own {
		repeated := slices.ContainsFunc(own[:i], func(before api.Queue) bool { return before.Key == queue.Key })
		_, declared := d.Queue(queue.Key)
		if repeated || !keyForm.MatchString(queue.Key) || badTitle(queue.Title) || !declared && !lines[queue.Line] {
			return badSetting("queues", fmt.Sprintf("queue %d has a bad or repeated key, no title, or a line that the desk has not", i+1))
		}
	}
	return nil
}

func badSetting(setting, msg string) error {
	return errs.New(errs.Invalid, "bad_settings", setting+": "+msg).With("setting", setting)
}
