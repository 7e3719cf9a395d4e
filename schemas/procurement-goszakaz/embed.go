// Package goszakaz holds the forms of the system procurement-goszakaz as data: the schemas of the request
// and of its resolution, how they are shown, and the settings of a desk.
//
// It checks nothing: core/release does when the release is registered.
package goszakaz

import "embed"

// FS holds the files that the declaration of procurement-goszakaz names below
// schemas/procurement-goszakaz.
//
//go:embed *.json
var FS embed.FS
