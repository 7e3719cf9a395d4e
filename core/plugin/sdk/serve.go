package sdk

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"go.yaml.in/yaml/v3"
	"google.golang.org/grpc"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/wire"
	wirev1 "github.com/opora-desk/opora/core/plugin/wire/v1"
)

// name is what a plugin reports as the library that serves it.
const name = "opora-sdk-go/1"

// hostWatch is how often the process looks whether its host still lives.
const hostWatch = time.Second

// Serve serves the plugin to the host that started the process, and returns when the host ends it.
// With the argument "describe" it prints the declaration instead. What it cannot serve it says on
// standard error, and exits with a status other than 0.
func Serve(p Plugin) {
	os.Exit(run(p, os.Args[1:], os.Stdout, os.Stderr))
}

func run(p Plugin, args []string, stdout, stderr io.Writer) int {
	system, err := New(p)
	if err != nil {
		return complain(stderr, err)
	}
	switch {
	case len(args) > 0 && args[0] == "describe":
		if err := describe(system.Bundle(), args[1:], stdout); err != nil {
			return complain(stderr, err)
		}
		return 0
	case len(args) > 0 || os.Getenv(wire.MagicCookieKey) != wire.MagicCookieValue:
		return complain(stderr, fmt.Errorf("this program is a plugin of Opora and is started by it: "+
			"put it into the folder of plugins and register it with `opora plugin register FILE`; "+
			"`%s describe` shows what it declares", os.Args[0]))
	}
	// The libraries replace os.Stderr by a pipe to the host; the log keeps to the real one.
	logger := slog.New(slog.NewJSONHandler(stderr, nil))
	slog.SetDefault(logger)
	go watchHost(logger)
	serve(system, logger, stderr)
	return 0
}

func serve(system api.System, logger *slog.Logger, stderr io.Writer) {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: wire.Handshake(),
		VersionedPlugins: map[int]plugin.PluginSet{
			wire.ProtocolVersion: wire.Plugins(wirev1.NewServer(system, name)),
		},
		GRPCServer: func(opts []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(opts, wirev1.ServerOptions(logger)...)...)
		},
		Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Error, Output: stderr, JSONFormat: true}),
	})
}

// watchHost ends the process when its host has gone, where the system does not do so by itself.
func watchHost(logger *slog.Logger) {
	host := os.Getppid()
	if given, err := strconv.Atoi(os.Getenv(wire.EnvHostPID)); err == nil {
		host = given
	}
	ticker := time.NewTicker(hostWatch) // until the process ends
	for {
		if os.Getppid() != host {
			logger.Error("host has gone")
			os.Exit(1)
		}
		<-ticker.C
	}
}

// Described is what the subcommand "describe" prints.
type Described struct {
	Key     string `json:"key"`
	Version string `json:"version"`
	Digest  string `json:"digest"`
	// Files are the paths of the declaration's files with their sizes in bytes.
	Files       map[string]int  `json:"files"`
	Declaration api.Declaration `json:"declaration"`
	// Go is the version of Go that built the binary.
	Go string `json:"go"`
}

func describe(bundle api.Bundle, args []string, stdout io.Writer) error {
	raw := bundle.Files[api.DeclarationFile]
	if len(args) > 0 && args[0] == "--yaml" {
		_, err := fmt.Fprintf(stdout, "# digest: %s\n%s", bundle.Digest(), raw)
		return err
	}
	out := Described{Digest: bundle.Digest(), Files: make(map[string]int, len(bundle.Files))}
	for path, content := range bundle.Files {
		out.Files[path] = len(content)
	}
	if err := yaml.Unmarshal(raw, &out.Declaration); err != nil {
		return fmt.Errorf("read plugin.yaml: %w", err)
	}
	out.Key, out.Version = out.Declaration.Key, out.Declaration.Version
	if info, ok := debug.ReadBuildInfo(); ok {
		out.Go = info.GoVersion
	}
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func complain(stderr io.Writer, err error) int {
	_, _ = fmt.Fprintln(stderr, err)
	return 2
}
