// Package docflow holds the form of the system docflow as data: the schema and how it is shown.
//
// It checks nothing: core/release does when the release is registered.
package docflow

import "embed"

// FS holds the files that the declaration of docflow names below schemas/docflow.
//
//go:embed *.json
var FS embed.FS
