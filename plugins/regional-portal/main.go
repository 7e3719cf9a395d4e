// Package main is the plugin of sd.72to.ru, the technical support portal of Тюменская область.
//
// It declares the system and reads the letters by which one asks for access; it calls no outside system,
// since the document describes no interface of one.
package main

import (
	_ "embed"

	"github.com/opora-desk/opora/core/plugin/sdk"
	rules "github.com/opora-desk/opora/rules/regional-portal"
	schemas "github.com/opora-desk/opora/schemas/regional-portal"
)

//go:embed plugin.yaml
var declaration []byte

func main() { sdk.Serve(plugin()) }

func plugin() sdk.Plugin {
	return sdk.Plugin{Declaration: declaration, Schemas: schemas.FS, Rules: rules.FS, Hooks: letters{}}
}
