package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// suite is what the tests of this package share: the plugins' binaries and one running `opora up --demo`.
type suite struct {
	plugins string
	one     string           // a folder with the first system alone: scripts that need no more start faster
	example string           // the binary of the example, which is no system of the product
	broken  map[string]error // by system
	server  *server
	start   chan struct{} // holds a token while nobody starts the server
	err     error
}

var shared = &suite{start: make(chan struct{}, 1)}

// TestMain lets this test program be `opora` itself when it is called by that name, so that scripts run
// the real program as processes of their own.
func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"opora": main})
}

type tests struct{ m *testing.M }

func (t tests) Run() int {
	dir, err := os.MkdirTemp("", "opora-plugins-")
	if err == nil {
		err = buildPlugins(dir)
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "build plugins:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	shared.plugins, shared.one = dir, filepath.Join(dir, "one")
	if err = os.Mkdir(shared.one, 0o755); err == nil {
		err = os.Link(filepath.Join(dir, scriptSystem), filepath.Join(shared.one, scriptSystem))
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "prepare plugins:", err)
		return 1
	}
	shared.start <- struct{}{}
	code := t.m.Run()
	if shared.server != nil {
		if err := shared.server.end(os.Interrupt); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, "end the shared server:", err)
			code = 1
		}
		shared.server.remove()
	}
	return code
}

// buildPlugins builds every system of the tree but the example, as `make build` does. One that does
// not build fails a test of its own.
func buildPlugins(dir string) error {
	mains, err := filepath.Glob("../../plugins/*/main.go")
	if err != nil {
		return err
	}
	shared.broken = map[string]error{}
	for _, path := range mains {
		folder := filepath.Dir(path)
		to := dir + "/"
		if filepath.Base(folder) == "example" {
			shared.example = filepath.Join(dir, "aside", "example")
			to = shared.example
		}
		build := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-buildvcs=false", "-o", to, folder)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if said, err := build.CombinedOutput(); err != nil {
			shared.broken[filepath.Base(folder)] = fmt.Errorf("%w: %s", err, said)
		}
	}
	return nil
}

func TestEveryPluginBuilds(t *testing.T) {
	t.Parallel()
	require.Empty(t, shared.broken)
}

// demoServer returns the server that tests share, started by the first who asks.
func demoServer() (*server, error) {
	<-shared.start
	defer func() { shared.start <- struct{}{} }()
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = startServer("", "up", "--demo", "--plugins", shared.plugins)
	}
	return shared.server, shared.err
}
