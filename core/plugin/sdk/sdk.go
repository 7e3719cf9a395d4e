// Package sdk is all that a plugin's main needs: it says what the system is and which hooks it
// answers, and [Serve] does the rest.
//
// It checks no declaration (the core does, when the release is registered; core/plugin/plugintest does
// in the author's tests) and knows nothing of the database, of jobs or of HTTP.
//
// Invariants:
//  1. Nothing but the handshake is written to standard output.
//  2. A panic in a hook ends that call with an error and is logged; the process goes on.
//  3. The process ends when its host does.
package sdk

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/schemas/shared"
)

// Plugin says what a system is.
type Plugin struct {
	// Declaration is the content of plugin.yaml, embedded.
	Declaration []byte
	// Schemas and Rules are the folders schemas/<key> and rules/<key>.
	Schemas fs.FS
	Rules   fs.FS
	// Hooks is a value that implements those of LetterReader, Prefiller, Lookuper, EventHandler and
	// Configurer that the declaration names; nil for a system without code.
	Hooks any
}

// LetterReader answers the hook read_letter.
type LetterReader interface {
	ReadLetter(ctx context.Context, call api.Call, letter api.IncomingLetter) (api.ReadLetter, error)
}

// Prefiller answers the hook prefill.
type Prefiller interface {
	Prefill(ctx context.Context, call api.Call, form string, person api.PersonFacts) (json.RawMessage, error)
}

// Lookuper answers the hook lookup.
type Lookuper interface {
	Lookup(ctx context.Context, call api.Call, lookup, typed string) ([]api.Choice, error)
}

// EventHandler answers the hook handle_events.
type EventHandler interface {
	HandleEvents(ctx context.Context, call api.Call, events []api.Event) ([]api.EventResult, error)
}

// Configurer is told which desks the process serves, before any hook and whenever that changes. An
// error of kind Invalid or Conflict is shown to the administrator and leaves the process serving.
type Configurer interface {
	Configure(ctx context.Context, desks []api.DeskConfig) error
}

// Drainer is told that no further hook will come.
type Drainer interface {
	Drain(ctx context.Context) error
}

// New returns the system that a plugin describes. It fails where a file is missing, or where the
// declared hooks are not those that Hooks implements.
func New(p Plugin) (api.System, error) {
	bundle, err := api.Collect(p.Declaration, api.Folders{Schemas: p.Schemas, Rules: p.Rules, Shared: shared.FS})
	if err != nil {
		return nil, fmt.Errorf("collect declaration: %w", err)
	}
	if err := bundle.Check(); err != nil {
		return nil, fmt.Errorf("check declaration: %w", err)
	}
	var declared struct {
		Hooks []struct{ Name string } `yaml:"hooks"`
	}
	if err := yaml.Unmarshal(p.Declaration, &declared); err != nil {
		return nil, fmt.Errorf("read plugin.yaml: %w", err)
	}
	s := &system{bundle: bundle}
	s.letters, _ = p.Hooks.(LetterReader)
	s.prefiller, _ = p.Hooks.(Prefiller)
	s.lookuper, _ = p.Hooks.(Lookuper)
	s.events, _ = p.Hooks.(EventHandler)
	s.configurer, _ = p.Hooks.(Configurer)
	s.drainer, _ = p.Hooks.(Drainer)
	for name, implemented := range map[string]bool{
		api.HookReadLetter: s.letters != nil, api.HookPrefill: s.prefiller != nil,
		api.HookLookup: s.lookuper != nil, api.HookHandleEvents: s.events != nil,
	} {
		names := slices.ContainsFunc(declared.Hooks, func(h struct{ Name string }) bool { return h.Name == name })
		if names != implemented {
			return nil, fmt.Errorf("hook %s: declared %t, implemented %t", name, names, implemented)
		}
	}
	return s, nil
}

// system is an api.System over the hooks that a plugin has.
type system struct {
	bundle     api.Bundle
	letters    LetterReader
	prefiller  Prefiller
	lookuper   Lookuper
	events     EventHandler
	configurer Configurer
	drainer    Drainer
}

func (s *system) Bundle() api.Bundle { return s.bundle }

func (s *system) Configure(ctx context.Context, desks []api.DeskConfig) error {
	if s.configurer == nil {
		return nil
	}
	return s.configurer.Configure(ctx, desks)
}

func (s *system) ReadLetter(ctx context.Context, call api.Call, letter api.IncomingLetter) (api.ReadLetter, error) {
	if s.letters == nil {
		return api.ReadLetter{}, noHook(api.HookReadLetter)
	}
	return s.letters.ReadLetter(ctx, call, letter)
}

func (s *system) Prefill(ctx context.Context, call api.Call, form string, person api.PersonFacts) (json.RawMessage, error) {
	if s.prefiller == nil {
		return nil, noHook(api.HookPrefill)
	}
	return s.prefiller.Prefill(ctx, call, form, person)
}

func (s *system) Lookup(ctx context.Context, call api.Call, lookup, typed string) ([]api.Choice, error) {
	if s.lookuper == nil {
		return nil, noHook(api.HookLookup)
	}
	return s.lookuper.Lookup(ctx, call, lookup, typed)
}

func (s *system) HandleEvents(ctx context.Context, call api.Call, events []api.Event) ([]api.EventResult, error) {
	if s.events == nil {
		return nil, noHook(api.HookHandleEvents)
	}
	return s.events.HandleEvents(ctx, call, events)
}

func (s *system) Drain(ctx context.Context) error {
	if s.drainer == nil {
		return nil
	}
	return s.drainer.Drain(ctx)
}

func noHook(name string) error {
	return errs.New(errs.NotFound, "hook_not_declared", "plugin has no hook "+name)
}
