// Package contract holds the schemas of what a declaration may contain: plugin.yaml, forms, their
// layout, and rules. Editors read the same files.
//
// It checks nothing itself: core/release, core/form and core/rule do.
package contract

import "embed"

// FS holds the *.schema.json files of this folder.
//
//go:embed *.json
var FS embed.FS
