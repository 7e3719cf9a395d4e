// Package main is the plugin of the example system: the template of new plugins, and the double that
// misbehaves in the tests of the host.
//
// It asks no outside system. `opora plugin new` copies plugin.yaml, main.go, hooks.go and plugin_test.go;
// misbehave.go is for the tests alone.
package main

import (
	_ "embed"

	"github.com/opora-desk/opora/core/plugin/sdk"
	rules "github.com/opora-desk/opora/rules/example"
	schemas "github.com/opora-desk/opora/schemas/example"
)

//go:embed plugin.yaml
var declaration []byte

func main() {
	sdk.Serve(misbehave(modeOf(), plugin()))
}

func plugin() sdk.Plugin {
	return sdk.Plugin{Declaration: declaration, Schemas: schemas.FS, Rules: rules.FS, Hooks: &hooks{}}
}
