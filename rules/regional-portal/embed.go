// Package regionalportal holds the rules of the system regional-portal and their tests as data.
//
// It compiles and runs nothing: core/rule does.
package regionalportal

import "embed"

// FS holds the rules of regional-portal and, below tests/, their tests.
//
//go:embed *.yaml tests/*.yaml
var FS embed.FS
