package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fixture is one filing of schemas/<system>/testdata.
type fixture struct {
	Form   string          `json:"form"`
	Fields json.RawMessage `json:"fields"`
	Expect []expectation   `json:"expect"`
}

type expectation struct {
	Pointer string `json:"pointer" yaml:"pointer"`
	Code    string `json:"code" yaml:"code"`
}

const schemas = "../../schemas"

func readFixture(t *testing.T, system, name string) fixture {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(schemas, system, "testdata", name))
	require.NoError(t, err)
	var f fixture
	require.NoError(t, json.Unmarshal(raw, &f))
	return f
}

// servedTenant is a tenant of one source document with its desk.
type servedTenant struct {
	demoTenant
	desk demoDesk
}

// builtTenants are the tenants of the source documents whose system is in the tree.
func builtTenants(t *testing.T) []servedTenant {
	t.Helper()
	var built []servedTenant
	for _, tenant := range demoTenants() {
		if len(tenant.desks) == 1 && exists(filepath.Join(shared.plugins, tenant.desks[0].system)) {
			built = append(built, servedTenant{tenant, tenant.desks[0]})
		}
	}
	require.NotEmpty(t, built)
	return built
}

// TestFixturesAreAnsweredAsTheySay files every example of every system over the API as the demo's
// requester: what is valid becomes a ticket, what is not is refused with exactly the expected problems.
func TestFixturesAreAnsweredAsTheySay(t *testing.T) {
	t.Parallel()
	s, err := demoServer()
	require.NoError(t, err)
	for _, tenant := range builtTenants(t) {
		files, err := filepath.Glob(filepath.Join(schemas, tenant.desk.system, "testdata", "*valid", "*.json"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			name := filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
			t.Run(tenant.desk.system+"/"+name, func(t *testing.T) {
				t.Parallel()
				f := readFixture(t, tenant.desk.system, name)
				body, err := json.Marshal(map[string]any{"desk": tenant.desk.slug, "form": f.Form, "fields": f.Fields, "channel": "api"})
				require.NoError(t, err)
				a, err := s.as("requester@"+tenant.slug, "POST", "/tickets", nil, body)
				require.NoError(t, err)
				if strings.HasPrefix(name, "valid/") {
					require.Empty(t, f.Expect)
					require.Equal(t, 201, a.status, "%s", a.raw)
					number, _ := a.at("number")
					require.Contains(t, a.header.Get("Location"), text(number))
					return
				}
				require.NotEmpty(t, f.Expect)
				require.Equal(t, 422, a.status, "%s", a.raw)
				require.Equal(t, f.Expect, problemsOf(t, a), "%s", a.raw)
			})
		}
	}
}

// problemsOf are the pointers and codes of a problem document; each must have a sentence for people.
func problemsOf(t *testing.T, a answer) []expectation {
	t.Helper()
	var problem struct {
		Errors []struct {
			expectation
			Message string `json:"message"`
		} `json:"errors"`
	}
	require.NoError(t, json.Unmarshal(a.raw, &problem))
	var all []expectation
	for _, e := range problem.Errors {
		require.NotEmpty(t, e.Message)
		all = append(all, e.expectation)
	}
	return all
}
