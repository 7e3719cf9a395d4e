// Package main is the plugin of «ЕСЭД», the document flow system of Калининградская область.
//
// It declares the system and reads letters; it calls no outside system, since the regulation describes
// no interface of one.
package main

import (
	_ "embed"

	"github.com/opora-desk/opora/core/plugin/sdk"
	rules "github.com/opora-desk/opora/rules/docflow"
	schemas "github.com/opora-desk/opora/schemas/docflow"
)

//go:embed plugin.yaml
var declaration []byte

func main() { sdk.Serve(plugin()) }

func plugin() sdk.Plugin {
	return sdk.Plugin{Declaration: declaration, Schemas: schemas.FS, Rules: rules.FS, Hooks: letters{}}
}
