// Package main is the plugin of the example system: the template of new plugins, and the double that
// misbehaves in the tests of the host.
//
// It asks no outside system. An author begins with plugin.yaml, main.go and hooks.go; misbehave.go is for
// the tests alone.
package main

import (
	_ "embed"
	"os"

	"github.com/opora-desk/opora/core/plugin/sdk"
	rules "github.com/opora-desk/opora/rules/example"
	schemas "github.com/opora-desk/opora/schemas/example"
)

//go:embed plugin.yaml
var declaration []byte

func main() {
	mode := os.Getenv(misbehaveEnv)
	sdk.Serve(misbehave(mode, plugin()))
}

func plugin() sdk.Plugin {
	return sdk.Plugin{Declaration: declaration, Schemas: schemas.FS, Rules: rules.FS, Hooks: &hooks{}}
}
