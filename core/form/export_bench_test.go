package form

import (
	"bytes"
	"encoding/json"
)

// Bare returns a check of a filing by the standard library's decoder and the library of JSON Schema
// alone: no bounds, no telling problems.
func Bare(f *Form) func(raw []byte) (int, error) {
	return func(raw []byte) (int, error) {
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		var value any
		if err := decoder.Decode(&value); err != nil {
			return 0, err
		}
		found, err := f.validator.Validate(value)
		return len(found), err
	}
}
