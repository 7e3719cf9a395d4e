// Package regionalportal holds the forms of the system regional-portal as data: the schemas and how
// they are shown.
//
// It checks nothing: core/release does when the release is registered.
package regionalportal

import "embed"

// FS holds the files that the declaration of regional-portal names below schemas/regional-portal.
//
//go:embed *.json
var FS embed.FS
