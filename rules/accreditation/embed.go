// Package accreditation holds the rules of the system accreditation and their tests as data.
//
// It compiles and runs nothing: core/rule does.
package accreditation

import "embed"

// FS holds the rules of accreditation and, below tests/, their tests.
//
//go:embed *.yaml tests/*.yaml
var FS embed.FS
