// Package goszakaz holds the rules of the system procurement-goszakaz and their tests as data.
//
// It compiles and runs nothing: core/rule does.
package goszakaz

import "embed"

// FS holds the rules of procurement-goszakaz and, below tests/, their tests.
//
//go:embed *.yaml tests/*.yaml
var FS embed.FS
