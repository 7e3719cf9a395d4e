package release

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/schemas/shared"
)

// FromDir reads the bundle of a plugin's source: its plugin.yaml, and ../../schemas/<key> and
// ../../rules/<key> beside it. The shared schemas are those of this program, so that an author
// outside this repository needs no copy. It checks nothing; [Check] does.
func FromDir(pluginYAML string) (api.Bundle, error) {
	file, err := os.Open(pluginYAML) //nolint:gosec // the caller, a person at the command line, names the file
	if err != nil {
		return api.Bundle{}, fmt.Errorf("open declaration: %w", err)
	}
	defer func() { _ = file.Close() }()
	raw, err := io.ReadAll(io.LimitReader(file, int64(limits().Bytes)+1))
	if err != nil {
		return api.Bundle{}, fmt.Errorf("read declaration: %w", err)
	}
	if len(raw) > limits().Bytes {
		return api.Bundle{}, fmt.Errorf("read declaration: more than %d bytes", limits().Bytes)
	}
	var named struct{ Key string }
	if err = yaml.Unmarshal(raw, &named); err != nil {
		return api.Bundle{}, fmt.Errorf("read declaration: %w", err)
	}
	if named.Key == "" || named.Key != filepath.Base(named.Key) || named.Key == ".." || named.Key == "." {
		return api.Bundle{}, fmt.Errorf("read declaration: %q is not the key of a system", named.Key)
	}
	top := filepath.Join(filepath.Dir(pluginYAML), "..", "..")
	bundle, err := api.Collect(raw, api.Folders{
		Schemas: os.DirFS(filepath.Join(top, "schemas", named.Key)),
		Rules:   os.DirFS(filepath.Join(top, "rules", named.Key)),
		Shared:  shared.FS,
	})
	if err != nil {
		return api.Bundle{}, fmt.Errorf("collect bundle: %w", err)
	}
	return bundle, nil
}
