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
		l.findings = append(l.findings, findings...)
	}
	if len(l.findings) > 0 {
		return
	}
	report := rule.RunTests(s.Base, tests, s.Schema)
	for _, failure := range report.Failures {
		l.findings = append(l.findings, api.Finding{
			File: failure.File, Line: max(failure.Line, 1), Column: 1, Code: "test_failed",
			Msg: fmt.Sprintf("test %q failed:\n%s", failure.Test, failure.Diff),
		})
	}
	for _, untested := range report.Untested {
		untested.Line = max(untested.Line, 1)
		l.findings = append(l.findings, untested)
	}
}

// Schema returns a form's own check as rules call it, with the declared values of the lists that are
// not retired; nil for a form that the system does not have.
func (s *System) Schema(key string) func(api.Fields, []string) []errs.Problem {
	compiled, ok := s.Forms[key]
	if !ok {
		return nil
	}
	return func(fields api.Fields, required []string) []errs.Problem {
		return compiled.Form.Validate(fields, required, s.inList)
	}
}

// inList reports whether a value of a declared list may be chosen.
func (s *System) inList(key, value string) bool {
	list, ok := s.Declaration.List(key)
	return ok && slices.ContainsFunc(list.Values, func(v api.ListValue) bool { return v.Key == value && !v.Retired })
}
