package release

import (
	"encoding/json"
	"slices"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
)

// SettingsProblems says why a desk may not give the plugin these settings, with pointers into them: they
// break the schema that the declaration names in config, or it names none. A problem tells the place,
// never a value, since a setting may be a secret.
func (s *System) SettingsProblems(set map[string]any) []errs.Problem {
	switch {
	case len(set) == 0: // not set yet
		return nil
	case s.Settings == nil:
		return []errs.Problem{{Code: "no_plugin_settings"}}
	}
	unchecked := []errs.Problem{{Code: "plugin_settings_unchecked"}}
	raw, err := json.Marshal(set)
	if err != nil {
		return unchecked
	}
	fields, typing, err := s.Settings.Decode(raw)
	if err != nil {
		return unchecked
	}
	return form.Merge(slices.Concat(typing, s.Settings.Validate(fields, nil, nil)))
}
