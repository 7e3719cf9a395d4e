package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/host"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/telemetry"
)

// source is a declaration as a person names it: the folder of a plugin, its plugin.yaml, a binary, or
// the key of a system whose folder or binary is found.
type source struct {
	bundle api.Bundle
	// binary is the path of the binary that was asked, empty for files.
	binary string
	sha256 string
	// top is the folder of schemas and rules, yaml the declaration's path.
	top, yaml string
}

// where makes the path of a finding one that an editor opens.
func (s source) where(f api.Finding) api.Finding {
	switch {
	case s.yaml == "":
	case f.File == api.DeclarationFile:
		f.File = s.yaml
	default:
		f.File = filepath.Join(s.top, filepath.FromSlash(f.File))
	}
	return f
}

// declarationOf finds the plugin.yaml that a name means; empty where it means a binary.
func declarationOf(name string) (declaration, binary string, err error) {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return filepath.Join(name, api.DeclarationFile), "", nil
	case err == nil && strings.HasSuffix(name, ".yaml"):
		return name, "", nil
	case err == nil && info.Mode()&0o111 != 0:
		return "", name, nil
	case err == nil:
		return "", "", refuse("cli.error.not_a_plugin", arg("name", name))
	case !errors.Is(err, fs.ErrNotExist):
		return "", "", fmt.Errorf("find plugin: %w", err)
	}
	if name != filepath.Base(name) {
		return "", "", refuse("cli.error.no_such_plugin", arg("name", name))
	}
	folder := filepath.Join("plugins", name, api.DeclarationFile)
	if _, err := os.Stat(folder); err == nil {
		return folder, "", nil
	}
	built := filepath.Join(pluginsDir(""), name)
	if _, err := os.Stat(built); err == nil {
		return "", built, nil
	}
	return "", "", refuse("cli.error.no_such_plugin", arg("name", name))
}

// readSource reads a declaration, from files or by asking a binary.
func readSource(ctx context.Context, t *terminal, name string) (source, error) {
	declaration, binary, err := declarationOf(name)
	if err != nil {
		return source{}, err
	}
	if binary != "" {
		return askBinary(ctx, t, binary)
	}
	bundle, err := release.FromDir(declaration)
	if err != nil {
		return source{}, &refusal{key: "cli.error.bad_plugin", args: arg("name", declaration, "detail", err.Error()), err: err}
	}
	return source{bundle: bundle, yaml: declaration, top: filepath.Join(filepath.Dir(declaration), "..", "..")}, nil
}

func askBinary(ctx context.Context, t *terminal, path string) (source, error) {
	log, err := telemetry.NewLogger(t.errOut, telemetry.Text, "error")
	if err != nil {
		return source{}, err
	}
	h, err := host.New(host.Options{Logger: log, Clock: clock.System{}})
	if err != nil {
		return source{}, err
	}
	defer func() { _ = h.Close(context.WithoutCancel(ctx)) }()
	probed, err := h.Probe(ctx, path)
	if err != nil {
		return source{}, &refusal{key: "cli.error.bad_plugin", args: arg("name", path, "detail", cause(err)), err: err}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return source{}, fmt.Errorf("find binary: %w", err)
	}
	return source{bundle: probed.Bundle, binary: absolute, sha256: probed.SHA256}, nil
}
