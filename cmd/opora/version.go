package main

import "runtime/debug"

// versionCommand prints the program's version.
type versionCommand struct{}

// Run prints one line.
func (*versionCommand) Run(t *terminal) error {
	t.line("opora " + version())
	return nil
}

// version is the module's, which a build from a working tree does not know.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
