// Package accreditation holds the form of the system accreditation as data: the schema and how it is
// shown.
//
// It checks nothing: core/release does when the release is registered.
package accreditation

import "embed"

// FS holds the files that the declaration of accreditation names below schemas/accreditation.
//
//go:embed *.json
var FS embed.FS
