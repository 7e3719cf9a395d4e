package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
)

// rulesCommands are about the rules of systems.
type rulesCommands struct {
	Test rulesTestCommand `cmd:"" help:"${help_rules_test}"`
}

type rulesTestCommand struct {
	Names []string `arg:"" optional:"" help:"${help_rules_name}"`
}

// Run runs the tests of rules. Named by a file of tests only those run, and coverage is not asked for.
func (c *rulesTestCommand) Run(ctx context.Context, t *terminal) error {
	names := c.Names
	if len(names) == 0 {
		found, err := filepath.Glob(filepath.Join("plugins", "*", api.DeclarationFile))
		if err != nil || len(found) == 0 {
			return refuse("cli.error.no_plugins_here", nil)
		}
		names = found
	}
	failed := false
	for _, name := range names {
		ok, err := testRules(ctx, t, name)
		if err != nil {
			return err
		}
		failed = failed || !ok
	}
	if failed {
		return errReported
	}
	return nil
}

// testRules runs the tests that a name means and prints the report.
func testRules(ctx context.Context, t *terminal, name string) (ok bool, err error) {
	plugin, only := testsOf(name)
	s, err := readSource(ctx, t, plugin)
	if err != nil {
		return false, err
	}
	system, err := release.Compile(s.bundle)
	if err != nil {
		_, findings := release.Check(s.bundle)
		return false, report(t, s, findings)
	}
	tests, findings := readTests(s, system.Declaration.Key, only)
	if len(findings) > 0 {
		return false, report(t, s, findings)
	}
	result := rule.RunTests(system.Base, tests, system.Schema)
	if only != "" {
		result.Untested = nil
	}
	return show(t, s, system, result), nil
}

// testsOf finds the plugin that a name means: a folder of rules stands beside that of its plugin. only
// is the file of tests, as named in the bundle, where the name is one.
func testsOf(name string) (plugin, only string) {
	absolute, err := filepath.Abs(name)
	if err != nil || !exists(absolute) {
		return name, ""
	}
	parts := strings.Split(filepath.ToSlash(absolute), "/")
	at := slices.Index(parts, "rules")
	if at < 0 || at+1 >= len(parts) {
		return name, ""
	}
	top := filepath.FromSlash(strings.Join(parts[:at], "/"))
	plugin = filepath.Join(top, "plugins", parts[at+1], api.DeclarationFile)
	if info, err := os.Stat(absolute); err == nil && !info.IsDir() {
		only = strings.Join(parts[at:], "/")
	}
	return plugin, only
}

func readTests(s source, system, only string) (tests []rule.Test, findings []api.Finding) {
	for _, file := range s.bundle.Names() {
		if !strings.HasPrefix(file, "rules/"+system+"/tests/") || only != "" && file != only {
			continue
		}
		read, wrong := rule.ParseTests(file, s.bundle.Files[file])
		tests, findings = append(tests, read...), append(findings, wrong...)
	}
	return tests, findings
}

func show(t *terminal, s source, system *release.System, result rule.Report) bool {
	for _, f := range result.Failures {
		where := s.where(api.Finding{File: f.File, Line: f.Line})
		t.say("cli.rules.failed", arg("file", where.File, "line", where.Line, "name", f.Test))
		t.line("    " + strings.ReplaceAll(f.Diff, "\n", "\n    "))
	}
	for _, f := range result.Untested {
		t.line(release.Format(s.where(f)))
	}
	covered := len(system.Rules) - len(result.Untested)
	t.say("cli.rules.result", arg("system", system.Declaration.Key, "version", system.Declaration.Version,
		"passed", result.Ran-len(result.Failures), "ran", result.Ran, "covered", covered, "rules", len(system.Rules)))
	return result.OK()
}
