// Package docflow holds the rules of the system docflow and their tests as data.
//
// It compiles and runs nothing: core/rule does.
package docflow

import "embed"

// FS holds the rules of docflow and, below tests/, their tests.
//
//go:embed *.yaml tests/*.yaml
var FS embed.FS
