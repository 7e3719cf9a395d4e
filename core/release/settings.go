package release

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// CheckSettings says why a desk may not give the plugin these settings: they break the schema that the
// declaration names in config, or it names none. The error tells the place, never a value, since a
// setting may be a secret.
func CheckSettings(b api.Bundle, config string, set map[string]any) error {
	if len(set) == 0 {
		return nil
	}
	if config == "" {
		return errors.New("the system declares no settings of its own")
	}
	schema, err := strict.Compile(b.Files["schemas/"+config], nil)
	if err != nil {
		return errors.New("the system's schema of its settings cannot be used")
	}
	raw, err := json.Marshal(set)
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	wrong, err := schema.Validate(plain)
	if err != nil {
		return errors.New("the settings cannot be checked")
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s breaks %q of the system's schema", cmp.Or(wrong[0].Pointer, "/"), wrong[0].Keyword)
	}
	return nil
}
