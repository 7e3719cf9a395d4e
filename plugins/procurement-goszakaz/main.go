// Package main is the plugin of ГИС «Государственный заказ», the procurement system of Югра.
//
// It declares the system and reads its letters: the section of the System from the subject, the kind of
// customer from the address that the letter came to. It asks no outside system.
//
// Invariants:
//  1. A fact that a letter does not state stays empty; the section is looked for in the subject alone.
//  2. The settings of one desk are never used for another's letters.
package main

import (
	_ "embed"

	"github.com/opora-desk/opora/core/plugin/sdk"
	rules "github.com/opora-desk/opora/rules/procurement-goszakaz"
	schemas "github.com/opora-desk/opora/schemas/procurement-goszakaz"
)

//go:embed plugin.yaml
var declaration []byte

func main() { sdk.Serve(plugin()) }

func plugin() sdk.Plugin {
	return sdk.Plugin{Declaration: declaration, Schemas: schemas.FS, Rules: rules.FS, Hooks: &letters{}}
}
