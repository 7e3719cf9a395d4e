// Package plugins hands out the example, from which `opora plugin new` makes the folders of a new system.
//
// It runs nothing: each system below it is a program of its own.
package plugins

import "embed"

// Example holds the files of the example that an author begins with.
//
//go:embed example/plugin.yaml example/main.go example/hooks.go example/plugin_test.go
var Example embed.FS
