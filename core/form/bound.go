package form

import (
	"github.com/opora-desk/opora/core/errs"
)

// Limits of the fields of one filing.
const (
	MaxBytes  = 256 << 10
	MaxDepth  = 32
	MaxValues = 5000
)

// Codes of a body that is refused before it is decoded.
const (
	codeTooLarge      = "body_too_large"
	codeTooDeep       = "json_too_deep"
	codeTooManyValues = "too_many_values"
	codeNumberTooLong = "number_too_long"
	codeDuplicateKey  = "duplicate_key"
	codeKeyTooLong    = "key_too_long"
	codeMalformed     = "malformed_json"
)

// Bound refuses a JSON text that could hurt a library or be read in two ways, in one pass and before
// any library sees it: more than [MaxBytes], deeper than [MaxDepth], more than [MaxValues] values, a
// number literal of more than 40 characters or with an exponent beyond 40, a member named twice,
// invalid UTF-8, lone surrogates, NUL characters and data behind the value. The error is of kind
// TooLarge with code body_too_large, or Malformed with the code of the reason. What passes is
// decoded by encoding/json without an error.
func Bound(raw []byte) error {
	_, f := scan(raw, limits{bytes: MaxBytes, depth: MaxDepth, values: MaxValues}, false)
	if f == nil {
		return nil
	}
	if f.code == codeTooLarge {
		return errs.New(errs.TooLarge, f.code, f.msg).With("max", MaxBytes>>10)
	}
	return errs.New(errs.Malformed, f.code, f.msg)
}
