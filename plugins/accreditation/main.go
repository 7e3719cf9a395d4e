// Package main is the plugin of the accreditation subsystem (ACCREDO) of the Ministry of Health.
//
// It declares the system and reads its letters: what a letter states in free order becomes the fields of
// the form. It asks no outside system and keeps nothing between two calls.
//
// Invariants:
//  1. A fact that a letter does not state stays empty; nothing is guessed or corrected.
//  2. Reading a letter takes time that grows with its length alone, and never more than maxText is read.
package main

import (
	_ "embed"

	"github.com/opora-desk/opora/core/plugin/sdk"
	rules "github.com/opora-desk/opora/rules/accreditation"
	schemas "github.com/opora-desk/opora/schemas/accreditation"
)

//go:embed plugin.yaml
var declaration []byte

func main() { sdk.Serve(plugin()) }

func plugin() sdk.Plugin {
	return sdk.Plugin{Declaration: declaration, Schemas: schemas.FS, Rules: rules.FS, Hooks: letters{}}
}
