package main

import (
	"context"
	"path/filepath"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/plugintest"
	"github.com/opora-desk/opora/core/release"
)

type pluginConformCommand struct {
	File string `arg:"" help:"${help_plugin_file}"`
}

// Run tries on a binary what a plugin promises, case by case, with the host that runs it in production.
func (c *pluginConformCommand) Run(ctx context.Context, t *terminal) error {
	_, binary, err := declarationOf(c.File)
	if err != nil {
		return err
	}
	if binary == "" {
		return refuse("cli.error.register_needs_binary", arg("name", c.File))
	}
	return conform(ctx, t, binary)
}

func conform(ctx context.Context, t *terminal, binary string) error {
	kept, broken := 0, 0
	if err := plugintest.Try(ctx, binary, func(o plugintest.Outcome) {
		if o.Failure == "" {
			kept++
			t.say("cli.plugin.kept", arg("promise", o.Promise))
			return
		}
		broken++
		t.say("cli.plugin.broken", arg("promise", o.Promise, "detail", o.Failure))
	}); err != nil {
		return &refusal{key: "cli.error.bad_plugin", args: arg("name", binary, "detail", cause(err)), err: err}
	}
	if broken > 0 {
		return refuse("cli.error.plugin_broken_promise", arg("name", filepath.Base(binary), "count", broken))
	}
	t.say("cli.plugin.conforms", arg("name", filepath.Base(binary), "count", kept))
	return nil
}

type pluginTestCommand struct {
	Name string `arg:"" help:"${help_plugin_test_name}"`
}

// Run checks a declaration, runs the tests of its rules and tries its binary, built below bin/plugins.
func (c *pluginTestCommand) Run(ctx context.Context, t *terminal) error {
	lint := pluginLintCommand{Names: []string{c.Name}}
	if err := lint.Run(ctx, t); err != nil {
		return err
	}
	s, err := readSource(ctx, t, c.Name)
	if err != nil {
		return err
	}
	ok, err := testRules(ctx, t, c.Name)
	if err != nil {
		return err
	}
	if !ok {
		return errReported
	}
	if s.binary != "" {
		return conform(ctx, t, s.binary)
	}
	declared, findings := release.Parse(s.bundle.Files[api.DeclarationFile])
	if len(findings) > 0 {
		return report(t, s, findings)
	}
	binary := filepath.Join(s.top, "bin", "plugins", declared.Key)
	if !exists(binary) {
		t.warn("cli.plugin.not_built", arg("path", binary, "key", declared.Key))
		return errReported
	}
	return conform(ctx, t, binary)
}
