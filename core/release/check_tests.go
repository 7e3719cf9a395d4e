package release

import (
	"fmt"
	"slices"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
)

// run runs the author's tests against the plugin's own rules and the forms' own checks.
func (l *loader) run(s *System, files []string) {
	var tests []rule.Test
	for _, file := range files {
		read, findings := rule.ParseTests(file, l.files[file])
		tests = append(tests, read...)
		l.Findings = append(l.Findings, findings...)
	}
	if len(l.Findings) > 0 {
		return
	}
	report := rule.RunTests(s.Base, tests, s.Schema)
	for _, failure := range report.Failures {
		l.Findings = append(l.Findings, api.Finding{
			File: failure.File, Line: max(failure.Line, 1), Column: 1, Code: "test_failed",
			Msg: fmt.Sprintf("test %q failed:\n%s", failure.Test, failure.Diff),
		})
	}
	for _, untested := range report.Untested {
		untested.Line = max(untested.Line, 1)
		l.Findings = append(l.Findings, untested)
	}
}

// Schema returns a form's own check as rules call it, nil for a form that the system does not have. A
// list has the values of lists, or, where it is not among them, the declared ones that are not retired.
func (s *System) Schema(key string, lists map[string][]string) func(api.Fields, []string) []errs.Problem {
	compiled, ok := s.Forms[key]
	if !ok {
		return nil
	}
	return func(fields api.Fields, required []string) []errs.Problem {
		return compiled.Form.Validate(fields, required, func(list, value string) bool {
			if given, ok := lists[list]; ok {
				return slices.Contains(given, value)
			}
			return s.inList(list, value)
		})
	}
}

// inList reports whether a value of a declared list may be chosen.
func (s *System) inList(key, value string) bool {
	list, ok := s.Declaration.List(key)
	return ok && slices.ContainsFunc(list.Values, func(v api.ListValue) bool { return v.Key == value && !v.Retired })
}
