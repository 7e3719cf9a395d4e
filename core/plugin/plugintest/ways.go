package plugintest

import (
	"context"
	"log/slog"
	"net"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/host"
	"github.com/opora-desk/opora/core/plugin/sdk"
	wirev1 "github.com/opora-desk/opora/core/plugin/wire/v1"
)

func inProcess(_ T, s Subject) opener {
	return func(t T, desks []api.DeskConfig) *opened {
		t.Helper()
		system, err := sdk.New(s.Plugin)
		require.NoError(t, err)
		require.NoError(t, system.Configure(t.Context(), desks))
		return &opened{
			hooks:  system,
			bundle: func(T) api.Bundle { return system.Bundle() },
			drain:  func(t T) { t.Helper(); require.NoError(t, system.Drain(t.Context())) },
		}
	}
}

func overGRPC(_ T, s Subject) opener {
	return func(t T, desks []api.DeskConfig) *opened {
		t.Helper()
		system, err := sdk.New(s.Plugin)
		require.NoError(t, err)
		client := Dial(t, system)
		require.NoError(t, client.Configure(t.Context(), desks))
		return &opened{
			hooks: client,
			bundle: func(t T) api.Bundle {
				t.Helper()
				bundle, err := client.Describe(t.Context())
				require.NoError(t, err)
				return bundle
			},
			drain: func(t T) { t.Helper(); require.NoError(t, client.Drain(t.Context())) },
		}
	}
}

// Dial serves a system over gRPC without a process and returns the core's side of it.
func Dial(t T, system api.System) *wirev1.Client {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer(wirev1.ServerOptions(slog.New(slog.DiscardHandler))...)
	wirev1.RegisterSystemServer(server, wirev1.NewServer(system, "plugintest"))
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	options := append(wirev1.DialOptions(),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	conn, err := grpc.NewClient("passthrough:bufconn", options...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	client, err := wirev1.Connect(t.Context(), conn)
	require.NoError(t, err)
	return client
}

// binary is a built plugin.
type binary struct {
	trial  *trial
	build  host.Build
	path   string
	bundle api.Bundle
}

// Build builds the main package in a folder, with the flags of the product's own build.
func Build(t T, folder string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plugin")
	command := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-o", path, ".")
	command.Dir = folder
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return path
}

// NewHost returns a host whose patience is short, closed when the test ends.
func NewHost(t T, change func(*host.Options)) *host.Host {
	t.Helper()
	options := host.Options{
		Logger: slog.New(slog.DiscardHandler),
		Clock:  clock.System{},
		Timing: host.Timing{
			HealthEvery: 200 * time.Millisecond, HealthDeadline: 2 * time.Second,
			BackoffFirst: 50 * time.Millisecond, BackoffMost: 200 * time.Millisecond,
		},
	}
	if change != nil {
		change(&options)
	}
	h, err := host.New(options)
	require.NoError(t, err)
	t.Cleanup(func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
		defer cancel()
		require.NoError(t, h.Close(ending))
	})
	return h
}

func build(t T, s Subject) *binary {
	t.Helper()
	return probed(t, Build(t, s.Package), s)
}

// probed is a binary that has said what it is.
func probed(t T, path string, s Subject) *binary {
	t.Helper()
	found, err := NewHost(t, nil).Probe(t.Context(), path)
	require.NoError(t, err)
	d := declared(t, found.Bundle.Files[api.DeclarationFile])
	return &binary{
		trial: &trial{subject: s, declared: d}, path: path, bundle: found.Bundle,
		build: host.Build{System: d.Key, Version: d.Version, Path: path, SHA256: found.SHA256, Digest: found.Digest, Desks: s.Desks},
	}
}

func asBinary(t T, s Subject) opener {
	t.Helper()
	return build(t, s).open
}

// open runs the binary with desks.
func (b *binary) open(t T, desks []api.DeskConfig) *opened {
	t.Helper()
	h, caller := b.start(t, desks)
	return &opened{
		hooks: caller,
		bundle: func(t T) api.Bundle {
			t.Helper()
			found, err := h.Probe(t.Context(), b.path)
			require.NoError(t, err)
			return found.Bundle
		},
		drain: func(t T) { t.Helper(); require.NoError(t, h.Remove(t.Context(), b.build.System)) },
	}
}

func (b *binary) start(t T, desks []api.DeskConfig) (*host.Host, *host.Caller) {
	t.Helper()
	h := NewHost(t, nil)
	run := b.build
	run.Desks = desks
	require.NoError(t, h.Swap(t.Context(), run))
	require.Empty(t, h.Status()[0].ConfigError)
	caller, err := h.System(run.System)
	require.NoError(t, err)
	return h, caller
}
