package main

import (
	"testing"

	"github.com/opora-desk/opora/core/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Subject{Plugin: plugin()})
}
