package api_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/api"
)

const declaration = `
key: sample
forms:
  - {schema: sample/appeal.v1.schema.json, ui: sample/appeal.v1.ui.json}
resolution: {schema: sample/resolution.v1.schema.json, ui: sample/resolution.v1.ui.json}
rules: sample/*.yaml
config: sample/config.schema.json
config_ui: sample/config.ui.json
`

func folders() api.Folders {
	file := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	return api.Folders{
		Schemas: fstest.MapFS{
			"appeal.v1.schema.json":     file(`{"properties": {"name": {"$ref": "shared/person.schema.json"}}}`),
			"appeal.v1.ui.json":         file(`{}`),
			"appeal.v0.schema.json":     file(`{"not": "named"}`),
			"resolution.v1.schema.json": file(`{}`),
			"resolution.v1.ui.json":     file(`{}`),
			"config.schema.json":        file(`{"$ref":"shared/phone.schema.json"}`),
			"config.ui.json":            file(`{}`),
		},
		Rules: fstest.MapFS{
			"form.yaml":       file("- id: a"),
			"route.yaml":      file("- id: b"),
			"notes.txt":       file("not a rule"),
			"tests/form.yaml": file("- name: a"),
			"tests/notes.txt": file("not a test"),
		},
		Shared: fstest.MapFS{
			"person.schema.json": file(`{"$ref" : "shared/text.schema.json"}`),
			"text.schema.json":   file(`{"$ref": "shared/person.schema.json"}`),
			"phone.schema.json":  file(`{"type": "string"}`),
			"email.schema.json":  file(`{"type": "string"}`),
		},
	}
}

func TestCollectTakesExactlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	bundle, err := api.Collect([]byte(declaration), folders())
	require.NoError(t, err)
	require.NoError(t, bundle.Check())
	require.Equal(t, []string{
		"plugin.yaml",
		"rules/sample/form.yaml",
		"rules/sample/route.yaml",
		"rules/sample/tests/form.yaml",
		"schemas/sample/appeal.v1.schema.json",
		"schemas/sample/appeal.v1.ui.json",
		"schemas/sample/config.schema.json",
		"schemas/sample/config.ui.json",
		"schemas/sample/resolution.v1.schema.json",
		"schemas/sample/resolution.v1.ui.json",
		"schemas/shared/person.schema.json",
		"schemas/shared/phone.schema.json",
		"schemas/shared/text.schema.json",
	}, bundle.Names())
	require.Equal(t, declaration, string(bundle.Files[api.DeclarationFile]))
	require.Equal(t, "- id: b", string(bundle.Files["rules/sample/route.yaml"]))
}

func TestCollectSaysWhichFileIsMissing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		old, new, want string
	}{
		"schema":          {"sample/appeal.v1.schema.json", "sample/absent.v1.schema.json", `schemas file "sample/absent.v1.schema.json"`},
		"layout":          {"sample/appeal.v1.ui.json", "sample/absent.v1.ui.json", `schemas file "sample/absent.v1.ui.json"`},
		"resolution":      {"sample/resolution.v1.schema.json", "sample/absent.v1.schema.json", `schemas file "sample/absent.v1.schema.json"`},
		"settings":        {"sample/config.schema.json", "sample/absent.schema.json", `schemas file "sample/absent.schema.json"`},
		"foreign schema":  {"sample/appeal.v1.schema.json", "other/appeal.v1.schema.json", `must lie below sample/`},
		"foreign rules":   {"rules: sample/*.yaml", "rules: other/*.yaml", `must lie below sample/`},
		"parent folder":   {"sample/appeal.v1.ui.json", "sample/../secret.json", `schemas file "sample/../secret.json"`},
		"broken pattern":  {"rules: sample/*.yaml", `rules: "sample/[.yaml"`, `rules "sample/[.yaml"`},
		"not YAML at all": {"key: sample", "key: [", "read plugin.yaml"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(declaration, test.old, test.new, 1)
			require.NotEqual(t, declaration, changed)
			_, err := api.Collect([]byte(changed), folders())
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestCollectNamesTheMissingSharedSchema(t *testing.T) {
	t.Parallel()
	from := folders()
	from.Shared = fstest.MapFS{"person.schema.json": &fstest.MapFile{Data: []byte(`{"$ref": "shared/absent.schema.json"}`)}}
	_, err := api.Collect([]byte(declaration), from)
	require.ErrorContains(t, err, `shared schema "absent.schema.json"`)
}

func TestDigest(t *testing.T) {
	t.Parallel()
	one := api.Bundle{Files: map[string][]byte{"plugin.yaml": []byte("a"), "rules/s/r.yaml": []byte("b")}}
	same := api.Bundle{Files: map[string][]byte{"rules/s/r.yaml": []byte("b"), "plugin.yaml": []byte("a")}}
	require.Equal(t, one.Digest(), same.Digest())
	require.Len(t, one.Digest(), 64)

	// Moving a byte from a content to its neighbour's name must not give the same digest.
	other := map[string]api.Bundle{
		"content": {Files: map[string][]byte{"plugin.yaml": []byte("a"), "rules/s/r.yaml": []byte("c")}},
		"name":    {Files: map[string][]byte{"plugin.yaml": []byte("a"), "rules/s/q.yaml": []byte("b")}},
		"removed": {Files: map[string][]byte{"plugin.yaml": []byte("a")}},
		"moved":   {Files: map[string][]byte{"plugin.yaml": []byte("ar"), "ules/s/r.yaml": []byte("b")}},
	}
	for name, bundle := range other {
		require.NotEqual(t, one.Digest(), bundle.Digest(), name)
	}
}

func TestBundleCheck(t *testing.T) {
	t.Parallel()
	good := func() api.Bundle {
		return api.Bundle{Files: map[string][]byte{"plugin.yaml": []byte("key: s"), "schemas/s/f.json": []byte("{}"), "rules/s/r.yaml": []byte("[]")}}
	}
	require.NoError(t, good().Check())
	for _, name := range []string{"../etc/passwd", "/etc/passwd", "schemas/../../x", "other.yaml", "schemas//x", "rules/./x", ""} {
		bundle := good()
		bundle.Files[name] = []byte("x")
		require.ErrorContains(t, bundle.Check(), "outside", name)
	}

	bundle := good()
	bundle.Files["schemas/s/large.json"] = make([]byte, api.MaxBundleBytes)
	require.ErrorContains(t, bundle.Check(), "bytes")

	bundle = good()
	for i := range api.MaxBundleFiles {
		bundle.Files["rules/s/"+strings.Repeat("x", i+1)] = nil
	}
	require.ErrorContains(t, bundle.Check(), "files")

	bundle = good()
	delete(bundle.Files, "plugin.yaml")
	require.ErrorContains(t, bundle.Check(), "no plugin.yaml")
}
