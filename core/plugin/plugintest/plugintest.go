// Package plugintest is the conformance suite of plugins: what a plugin promises to the core, as named
// cases, tried in process, over gRPC and on the built binary. An author's test is
//
//	func TestConformance(t *testing.T) {
//		plugintest.Run(t, plugintest.Subject{Plugin: plugin()})
//	}
//
// It does not test what a hook says about the outside system; that is the author's own test.
//
// Invariants:
//  1. A case that fails names the promise that is broken.
//  2. The binary is run by the same host that runs it in production.
package plugintest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/sdk"
)

// Subject is the plugin to test. Whatever but Plugin is left out has a default.
type Subject struct {
	Plugin sdk.Plugin
	// Package is the folder of the plugin's main package, by default that of the test.
	Package string
	// Desks are at least two desks of different tenants, with settings that the plugin accepts.
	Desks []api.DeskConfig
	// Letters are mails that the plugin should be able to read.
	Letters []api.IncomingLetter
	// Fixtures is the folder of examples of filings, by default ../../schemas/<key>/testdata.
	Fixtures string
	// Filer is the notification address of who files the examples, where rules ask for it.
	Filer string
	// Lookups are the look-ups that the plugin answers.
	Lookups []string
}

// Run runs every case three ways.
func Run(t *testing.T, s Subject) {
	t.Helper()
	s = s.orDefaults()
	for _, way := range []struct {
		name string
		open func(T, Subject) opener
	}{
		{"in process", inProcess},
		{"over gRPC", overGRPC},
		{"as the binary", asBinary},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			open := way.open(t, s)
			for _, c := range cases() {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(t, &trial{subject: s, declared: declared(t, s.Plugin.Declaration), local: s.bundle, open: open})
				})
			}
		})
	}
	t.Run("examples of filings are judged as they expect", func(t *testing.T) {
		t.Parallel()
		fixtures(t, s)
	})
	t.Run("the binary", func(t *testing.T) {
		t.Parallel()
		binary := build(t, s)
		for _, c := range binaryCases() {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, binary)
			})
		}
	})
}

func (s Subject) orDefaults() Subject {
	if s.Package == "" {
		s.Package = "."
	}
	if len(s.Desks) == 0 {
		s.Desks = []api.DeskConfig{{Tenant: "first", Desk: "desk"}, {Tenant: "second", Desk: "desk"}}
	}
	if len(s.Letters) == 0 {
		s.Letters = []api.IncomingLetter{
			{From: "somebody@example.ru", FromName: "Somebody", To: []string{"desk@example.ru"}, Subject: "Не работает", Text: "Не работает вход."},
			{From: "somebody@example.ru", Subject: "", Text: ""},
		}
	}
	if len(s.Lookups) == 0 {
		s.Lookups = []string{"anything"}
	}
	return s
}

func declared(t T, declaration []byte) api.Declaration {
	t.Helper()
	var d api.Declaration
	require.NoError(t, yaml.Unmarshal(declaration, &d))
	return d
}

// bundle is what the plugin's files are, put together in this process.
func (s Subject) bundle(t T) api.Bundle {
	t.Helper()
	system, err := sdk.New(s.Plugin)
	require.NoError(t, err)
	return system.Bundle()
}

// hooks are the calls that all three ways have.
type hooks interface {
	ReadLetter(ctx context.Context, call api.Call, letter api.IncomingLetter) (api.ReadLetter, error)
	Prefill(ctx context.Context, call api.Call, form string, person api.PersonFacts) (json.RawMessage, error)
	Lookup(ctx context.Context, call api.Call, lookup, typed string) ([]api.Choice, error)
	HandleEvents(ctx context.Context, call api.Call, events []api.Event) ([]api.EventResult, error)
}

// opened is a plugin that serves some desks.
type opened struct {
	hooks
	bundle func(t T) api.Bundle
	// drain ends the plugin as the core does, in the background where calls are in flight.
	drain func(t T)
}

// opener starts a plugin with desks.
type opener func(t T, desks []api.DeskConfig) *opened

// trial is one case over one way.
type trial struct {
	subject  Subject
	declared api.Declaration
	// local is the bundle as the author's files have it.
	local func(T) api.Bundle
	open  opener
}

// named is one call of a hook with plausible arguments.
type named struct {
	hook string
	do   func(ctx context.Context, on hooks, call api.Call) (any, error)
}

// calls returns a call of every hook, or of those that are declared.
func (tr *trial) calls(onlyDeclared bool) []named {
	form := tr.declared.Forms[0].Key
	all := []named{
		{api.HookPrefill, func(ctx context.Context, on hooks, call api.Call) (any, error) {
			return on.Prefill(ctx, call, form, api.PersonFacts{Name: "Иванова Анна", Email: "anna@example.ru"})
		}},
		{api.HookHandleEvents, func(ctx context.Context, on hooks, call api.Call) (any, error) {
			return on.HandleEvents(ctx, call, []api.Event{{Key: "e1", Number: "A-18", Seq: 1, Kind: "submitted"}, {Key: "e2", Number: "A-18", Seq: 2, Kind: "commented"}})
		}},
	}
	for _, letter := range tr.subject.Letters {
		all = append(all, named{api.HookReadLetter, func(ctx context.Context, on hooks, call api.Call) (any, error) {
			return on.ReadLetter(ctx, call, letter)
		}})
	}
	for _, lookup := range tr.subject.Lookups {
		all = append(all, named{api.HookLookup, func(ctx context.Context, on hooks, call api.Call) (any, error) {
			return on.Lookup(ctx, call, lookup, "")
		}})
	}
	if !onlyDeclared {
		return all
	}
	var some []named
	for _, c := range all {
		if _, ok := tr.declared.Hook(c.hook); ok {
			some = append(some, c)
		}
	}
	return some
}

func (tr *trial) call(desk api.DeskConfig) api.Call {
	return api.Call{RequestID: "conformance", Tenant: desk.Tenant, Desk: desk.Desk, Locale: "ru"}
}
