package desk

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/opora-desk/opora/core/calendar"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
	"github.com/opora-desk/opora/core/tenant"
)

// same is the snapshot of a desk where nothing that it is made of has changed, else nil: its rules need
// not be compiled anew because another desk, or another tenant, is configured.
func (s *shelf) same(t tenant.Tenant, d tenant.Desk, system *release.System, values []tenant.ListValue) *Snapshot {
	if s == nil || s.byID[d.ID] == nil {
		return nil
	}
	snap := s.byID[d.ID]
	if snap.Tenant != t || snap.System != system || !slices.Equal(snap.own, values) || !reflect.DeepEqual(snap.Desk, d) {
		return nil
	}
	return snap
}

func buildSnapshot(t tenant.Tenant, d tenant.Desk, system *release.System, values []tenant.ListValue) (*Snapshot, error) {
	if system == nil {
		return nil, fmt.Errorf("no active release of system %q", d.System)
	}
	s := &Snapshot{Tenant: t, Desk: d, System: system, Location: time.UTC, own: values}
	if d.Settings.TimeZone != "" {
		zone, err := time.LoadLocation(d.Settings.TimeZone)
		if err != nil {
			return nil, fmt.Errorf("load time zone: %w", err)
		}
		s.Location = zone
	}
	decl := system.Declaration
	s.Lines = overlay(decl.Lines, d.Settings.Lines, func(l api.Line) string { return l.Key }, func(old, own api.Line) api.Line { old.Title = own.Title; return old })
	s.Queues = overlay(decl.Queues, d.Settings.Queues, func(q api.Queue) string { return q.Key }, func(old, own api.Queue) api.Queue { old.Title = own.Title; return old })
	s.Files = filesOf(decl.Attachments, d.Settings)
	s.Scope = narrower(decl.Visibility.Default, d.Settings.Visibility)
	s.Week = calendar.NewWeek(decl.WorkingTime, s.Location)
	s.lists(decl.Lists, values)
	set, findings := system.RuleSet(rule.Overlay{}, s.keys())
	if len(findings) > 0 {
		return nil, release.Error(findings)
	}
	s.Rules = set
	return s, nil
}

// overlay renames what is declared and adds what is not.
func overlay[T any](declared, own []T, key func(T) string, rename func(old, own T) T) []T {
	out := append([]T(nil), declared...)
	at := make(map[string]int, len(out))
	for i := range out {
		at[key(out[i])] = i
	}
	for _, item := range own {
		if i, ok := at[key(item)]; ok {
			out[i] = rename(out[i], item)
			continue
		}
		at[key(item)] = len(out)
		out = append(out, item)
	}
	return out
}

func filesOf(declared api.Attachments, set tenant.Settings) api.Attachments {
	if set.MaxBytes > 0 {
		declared.MaxBytes = set.MaxBytes
	}
	if set.MaxCount > 0 {
		declared.MaxCount = set.MaxCount
	}
	if set.LinkMaxBytes > 0 {
		declared.LinkMaxBytes = set.LinkMaxBytes
	}
	return declared
}

// narrower returns what the desk sets, where it is set.
func narrower(declared, set api.Scope) api.Scope {
	if set != "" {
		return set
	}
	if declared == "" {
		return api.ScopeOwn
	}
	return declared
}

func (s *Snapshot) lists(declared []api.List, own []tenant.ListValue) {
	s.Lists, s.chosen = map[string][]api.ListValue{}, map[string]map[string]bool{}
	added := map[string][]api.ListValue{}
	for _, v := range own {
		if v.Desk == s.Desk.ID {
			added[v.List] = append(added[v.List], api.ListValue{Key: v.Key, Title: v.Title, Retired: v.Retired})
		}
	}
	for _, list := range declared {
		values := overlay(list.Values, added[list.Key], func(v api.ListValue) string { return v.Key },
			func(_, own api.ListValue) api.ListValue { return own })
		s.Lists[list.Key] = values
		chosen := make(map[string]bool, len(values))
		for _, v := range values {
			if !v.Retired {
				chosen[v.Key] = true
			}
		}
		s.chosen[list.Key] = chosen
	}
}

// choices are the values of a list that a form offers, none of a private one.
func (s *Snapshot) choices(list string, l i18n.Lang) []KeyTitle {
	out := []KeyTitle{}
	declared, ok := s.Declaration().List(list)
	if !ok || declared.Private {
		return out
	}
	for _, v := range s.Lists[list] {
		if !v.Retired {
			out = append(out, KeyTitle{Key: v.Key, Title: v.Title.In(l)})
		}
	}
	return out
}
