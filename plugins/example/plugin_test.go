package main

import (
	"testing"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Subject{
		Plugin: plugin(),
		Desks: []api.DeskConfig{
			{Tenant: "first", Desk: "desk", Config: []byte(`{"subject": "First", "values": ["alpha", "beta"]}`)},
			{Tenant: "second", Desk: "desk", Config: []byte(`{"subject": "Second", "values": ["gamma"]}`)},
		},
	})
}
