// Package example holds the form and the settings of the example system as data.
//
// It checks nothing: core/release does when the release is registered.
package example

import "embed"

// FS holds the files that the declaration of example names below schemas/example.
//
//go:embed *.json
var FS embed.FS

// Template is what `opora plugin new` copies.
//
//go:embed embed.go *.json testdata
var Template embed.FS
