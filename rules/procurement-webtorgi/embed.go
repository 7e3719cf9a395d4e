// Package webtorgi holds the rules of the system procurement-webtorgi and their tests as data.
//
// It compiles and runs nothing: core/rule does.
package webtorgi

import "embed"

// FS holds the rules of procurement-webtorgi and, below tests/, their tests.
//
//go:embed *.yaml tests/*.yaml
var FS embed.FS
