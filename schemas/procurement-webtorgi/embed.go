// Package webtorgi holds the form of the system procurement-webtorgi as data: the schema and how it is
// shown.
//
// It checks nothing: core/release does when the release is registered.
package webtorgi

import "embed"

// FS holds the files that the declaration of procurement-webtorgi names below schemas/procurement-webtorgi.
//
//go:embed *.json
var FS embed.FS
