package main

import (
	"testing"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	subject := plugintest.Subject{Plugin: plugin(), Desks: []api.DeskConfig{configured(), {Tenant: "second", Desk: "desk"}}}
	for _, letter := range letterFiles(t) {
		subject.Letters = append(subject.Letters, letter)
	}
	plugintest.Run(t, subject)
}
