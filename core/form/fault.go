package form

import "github.com/opora-desk/opora/core/errs"

// Fault says what is wrong with a text by one of the formats that schemas use; nothing for a good text
// and for a format that there is not.
func Fault(format, pointer, text string) []errs.Problem {
	check := formats[format]
	if check == nil || check(text) == "" {
		return nil
	}
	v := &validation{}
	v.add(pointer, check(text), "", nil)
	return v.problems
}
