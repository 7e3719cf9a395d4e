package release

import (
	"encoding/json"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// SettingsProblems says why a desk may not give the plugin these settings, with pointers into them: they
// break the schema that the declaration names in config, or it names none. A problem tells the place,
// never a value, since a setting may be a secret.
func SettingsProblems(b api.Bundle, config string, set map[string]any) []errs.Problem {
	switch {
	case len(set) == 0: // not set yet
		return nil
	case config == "":
		return []errs.Problem{{Code: "no_plugin_settings"}}
	}
	schema, err := strict.Compile(b.Files["schemas/"+config], nil)
	if err != nil {
		return []errs.Problem{{Code: "plugin_settings_unchecked"}}
	}
	raw, err := json.Marshal(set)
	var plain any
	if err == nil {
		err = json.Unmarshal(raw, &plain)
	}
	var wrong []strict.Leaf
	if err == nil {
		wrong, err = schema.Validate(plain)
	}
	if err != nil {
		return []errs.Problem{{Code: "plugin_settings_unchecked"}}
	}
	out := make([]errs.Problem, 0, len(wrong))
	for _, leaf := range wrong {
		out = append(out, errs.Problem{Pointer: leaf.Pointer, Code: "plugin_setting", Args: map[string]any{"keyword": leaf.Keyword}})
	}
	return out
}
