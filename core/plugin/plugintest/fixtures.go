package plugintest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
)

// filing is one file of schemas/<key>/testdata/{valid,invalid}.
type filing struct {
	Form   string          `json:"form"`
	Fields json.RawMessage `json:"fields"`
	Expect []problem       `json:"expect"`
}

type problem struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
}

// fixtures judges each example of a filing by the forms and rules as a desk without settings of its own
// would: a valid one has no problem, an invalid one exactly those that it expects.
func fixtures(t *testing.T, s Subject) {
	t.Helper()
	system, err := release.Compile(s.bundle(t))
	require.NoError(t, err)
	folder := s.Fixtures
	if folder == "" {
		folder = filepath.Join("..", "..", "schemas", system.Declaration.Key, "testdata")
	}
	for kind, valid := range map[string]bool{"valid": true, "invalid": false} {
		files, err := filepath.Glob(filepath.Join(folder, kind, "*.json"))
		require.NoError(t, err)
		require.NotEmpty(t, files, "no examples in %s: write at least one", filepath.Join(folder, kind))
		for _, file := range files {
			t.Run(kind+"/"+filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				raw, err := os.ReadFile(file)
				require.NoError(t, err)
				var f filing
				require.NoError(t, json.Unmarshal(raw, &f))
				require.Equal(t, valid, len(f.Expect) == 0, "an example in valid expects nothing, one in invalid something")
				require.Equal(t, f.Expect, append([]problem{}, judge(t, system, f, s.Filer)...))
			})
		}
	}
}

// judge runs one filing through the form and the rules.
func judge(t *testing.T, system *release.System, f filing, filer string) []problem {
	t.Helper()
	compiled, ok := system.Forms[f.Form]
	require.True(t, ok, "no form %s", f.Form)
	fields, typing, err := compiled.Form.Decode(f.Fields)
	require.NoError(t, err)
	inList := func(list, value string) bool {
		declared, ok := system.Declaration.List(list)
		return ok && slices.ContainsFunc(declared.Values, func(v api.ListValue) bool { return v.Key == value && !v.Retired })
	}
	decision := system.Base.Eval(rule.Input{
		Form: f.Form, On: rule.OnSubmit, Fields: fields, Priority: system.Declaration.Priorities.Default, InList: inList,
		Actor: rule.ActorFacts{Kind: rule.KindStaff, Role: "requester", Email: filer},
		// A working Monday morning, so that the outcome does not depend on the day of the test.
		Clock: rule.ClockFacts{Now: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC), Location: time.UTC, WorkingTime: true},
		Schema: func(fields api.Fields, required []string) []errs.Problem {
			return form.Merge(typing, compiled.Form.Validate(fields, required, inList))
		},
	})
	var found []problem
	for _, p := range decision.Problems {
		found = append(found, problem{p.Pointer, p.Code})
	}
	if len(found) > 0 {
		return found
	}
	return unadmitted(system, f.Form, decision.Fields, inList)
}

// unadmitted is what the admission by mail zones says of the address in the form; members and kinds of
// people are the running desk's.
func unadmitted(system *release.System, key string, fields api.Fields, inList func(list, value string) bool) []problem {
	declared, _ := system.Declaration.Form(key)
	address, _ := fields[strings.TrimPrefix(declared.Person.Email, "/")].(string)
	_, zone, isAddress := strings.Cut(strings.ToLower(address), "@")
	if !isAddress {
		return nil
	}
	for _, a := range system.Declaration.Admission {
		governs := len(a.Forms) == 0 || slices.Contains(a.Forms, key)
		if governs && (a.MailIn != "" && !inList(a.MailIn, zone) || a.MailNotIn != "" && inList(a.MailNotIn, zone)) {
			return []problem{{declared.Person.Email, a.Code}}
		}
	}
	return nil
}
