// Package example holds the rules of the example system and their tests as data.
package example

import "embed"

// FS holds the files that the declaration of example names below rules/example.
//
//go:embed *.yaml tests/*.yaml
var FS embed.FS

// Template is what `opora plugin new` copies.
//
//go:embed embed.go *.yaml tests
var Template embed.FS
