// Package main is the plugin of «WEB-Торги-КС», the procurement system of Забайкальский край.
//
// It declares the system and has no hooks: the document describes no interface of the outside system.
package main

import (
	_ "embed"

	"github.com/opora-desk/opora/core/plugin/sdk"
	rules "github.com/opora-desk/opora/rules/procurement-webtorgi"
	schemas "github.com/opora-desk/opora/schemas/procurement-webtorgi"
)

//go:embed plugin.yaml
var declaration []byte

func main() { sdk.Serve(plugin()) }

func plugin() sdk.Plugin {
	return sdk.Plugin{Declaration: declaration, Schemas: schemas.FS, Rules: rules.FS}
}
