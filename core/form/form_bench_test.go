package form_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
)

// BenchmarkIntakeValidation decodes and checks the first valid example of each system, beside the two
// libraries alone.
func BenchmarkIntakeValidation(b *testing.B) {
	found, err := filepath.Glob(filepath.Join(coretest.Root(), "plugins", "*", api.DeclarationFile))
	require.NoError(b, err)
	for _, path := range found {
		key := filepath.Base(filepath.Dir(path))
		if key == "example" {
			continue
		}
		compiled, fields := example(b, key)
		yes := func(string, string) bool { return true }
		b.Run(key+"/opora", func(b *testing.B) {
			for b.Loop() {
				decoded, typing, err := compiled.Decode(fields)
				if err != nil || len(typing)+len(compiled.Validate(decoded, nil, yes)) > 0 {
					b.Fatal(err, typing)
				}
			}
		})
		b.Run(key+"/limit", func(b *testing.B) {
			bare := form.Bare(compiled)
			for b.Loop() {
				if problems, err := bare(fields); err != nil || problems > 0 {
					b.Fatal(err, problems)
				}
			}
		})
	}
}

func example(b *testing.B, key string) (*form.Form, []byte) {
	b.Helper()
	system, err := release.Compile(coretest.Bundle(b, key))
	require.NoError(b, err)
	examples, err := filepath.Glob(filepath.Join(coretest.Root(), "schemas", key, "testdata", "valid", "*.json"))
	require.NoError(b, err)
	// The last one: the first are of blanks that are cut, which the bare libraries refuse.
	for i := len(examples) - 1; i >= 0; i-- {
		raw, err := os.ReadFile(examples[i])
		require.NoError(b, err)
		var one struct {
			Form   string          `json:"form"`
			Fields json.RawMessage `json:"fields"`
		}
		require.NoError(b, json.Unmarshal(raw, &one))
		compiled := system.Forms[one.Form].Form
		if problems, err := form.Bare(compiled)(one.Fields); err == nil && problems == 0 {
			return compiled, one.Fields
		}
	}
	require.Fail(b, "no example that the bare libraries take")
	return nil, nil
}
