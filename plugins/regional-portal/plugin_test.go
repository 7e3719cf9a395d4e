package main

import (
	"testing"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	var mails []api.IncomingLetter
	for _, sample := range samples(t) {
		mails = append(mails, sample.letter())
	}
	plugintest.Run(t, plugintest.Subject{Plugin: plugin(), Letters: mails, Filer: "sibirtseva@72to.ru"})
}
