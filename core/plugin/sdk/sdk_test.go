package sdk_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/sdk"
)

const declaration = `api: opora.plugin/v1
key: tiny
version: 1.0.0
forms: [{key: request, schema: tiny/request.v1.schema.json}]
rules: tiny/*.yaml
`

func files(declared string, hooks any) sdk.Plugin {
	return sdk.Plugin{
		Declaration: []byte(declared),
		Schemas:     fstest.MapFS{"request.v1.schema.json": {Data: []byte(`{"properties": {"email": {"$ref": "shared/email.schema.json"}}}`)}},
		Rules:       fstest.MapFS{"routing.yaml": {Data: []byte("[]")}, "tests/routing.yaml": {Data: []byte("[]")}},
		Hooks:       hooks,
	}
}

type looksUp struct{}

func (looksUp) Lookup(context.Context, api.Call, string, string) ([]api.Choice, error) {
	return []api.Choice{{Value: "v"}}, nil
}

func TestBundleHoldsWhatTheDeclarationNames(t *testing.T) {
	t.Parallel()
	system, err := sdk.New(files(declaration, nil))
	require.NoError(t, err)
	require.Equal(t, []string{
		"plugin.yaml", "rules/tiny/routing.yaml", "rules/tiny/tests/routing.yaml",
		"schemas/shared/email.schema.json", "schemas/tiny/request.v1.schema.json",
	}, system.Bundle().Names())
	again, err := sdk.New(files(declaration, nil))
	require.NoError(t, err)
	require.Equal(t, system.Bundle().Digest(), again.Bundle().Digest())
}

func TestMissingFileIsNamed(t *testing.T) {
	t.Parallel()
	p := files(declaration, nil)
	p.Schemas = fstest.MapFS{}
	_, err := sdk.New(p)
	require.ErrorContains(t, err, "tiny/request.v1.schema.json")
}

func TestDeclaredAndImplementedHooksMustBeTheSame(t *testing.T) {
	t.Parallel()
	with := declaration + "hooks: [{name: lookup}]\n"
	_, err := sdk.New(files(with, nil))
	require.ErrorContains(t, err, "hook lookup: declared true, implemented false")
	_, err = sdk.New(files(declaration, looksUp{}))
	require.ErrorContains(t, err, "hook lookup: declared false, implemented true")
	system, err := sdk.New(files(with, looksUp{}))
	require.NoError(t, err)
	found, err := system.Lookup(t.Context(), api.Call{}, "l", "")
	require.NoError(t, err)
	require.Len(t, found, 1)
}

func TestAbsentHooksSaySo(t *testing.T) {
	t.Parallel()
	system, err := sdk.New(files(declaration, nil))
	require.NoError(t, err)
	require.NoError(t, system.Configure(t.Context(), nil))
	require.NoError(t, system.Drain(t.Context()))
	_, err = system.ReadLetter(t.Context(), api.Call{}, api.IncomingLetter{})
	require.Equal(t, "hook_not_declared", errs.CodeOf(err))
	_, err = system.Prefill(t.Context(), api.Call{}, "", api.PersonFacts{})
	require.Equal(t, "hook_not_declared", errs.CodeOf(err))
	_, err = system.Lookup(t.Context(), api.Call{}, "", "")
	require.Equal(t, "hook_not_declared", errs.CodeOf(err))
	_, err = system.HandleEvents(t.Context(), api.Call{}, nil)
	require.Equal(t, "hook_not_declared", errs.CodeOf(err))
}

func TestErrorsForAuthors(t *testing.T) {
	t.Parallel()
	require.Equal(t, errs.Conflict, errs.KindOf(sdk.Refused("not_set_up", "no address")))
	require.Equal(t, errs.Unavailable, errs.KindOf(sdk.Unavailable("register_down", "no answer", 0)))
}

// TestAuthorsLinkNothingOfTheServer keeps plugins small and free of the database.
func TestAuthorsLinkNothingOfTheServer(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".", "../api", "../wire/...").Output()
	require.NoError(t, err)
	allowed := []string{"core/errs", "core/i18n", "core/plugin/api", "core/plugin/wire", "core/plugin/wire/v1", "core/plugin/sdk", "schemas/shared"}
	for _, path := range strings.Fields(string(out)) {
		for _, foreign := range []string{"jackc/pgx", "riverqueue", "danielgtaylor/huma", "expr-lang", "jsonschema", "prometheus"} {
			require.NotContains(t, path, foreign)
		}
		if own, ok := strings.CutPrefix(path, "github.com/opora-desk/opora/"); ok {
			require.Contains(t, allowed, own)
		}
	}
}
