package host_test

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/plugin/host"
)

// BenchmarkPluginCall is a look-up by the host, with its places and deadlines, beside the same look-up
// by the bare connection.
func BenchmarkPluginCall(b *testing.B) {
	h, err := host.New(host.Options{Logger: slog.New(slog.DiscardHandler), Clock: clock.System{}})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, h.Close(context.WithoutCancel(b.Context()))) })
	path := os.Getenv(example)
	sum, err := host.Sum(path)
	require.NoError(b, err)
	require.NoError(b, h.Swap(b.Context(), host.Build{System: "example", Version: "1.0.0", Path: path, SHA256: sum, Desks: desks("")}))
	caller, err := h.System("example")
	require.NoError(b, err)
	b.Run("lookup_of_the_example/opora", func(b *testing.B) {
		for b.Loop() {
			if _, err := caller.Lookup(b.Context(), second(), "any", ""); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("lookup_of_the_example/limit", func(b *testing.B) {
		remote := host.Remote(caller)
		for b.Loop() {
			if _, err := remote.Lookup(b.Context(), second(), "any", ""); err != nil {
				b.Fatal(err)
			}
		}
	})
}
