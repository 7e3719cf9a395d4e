package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/sdk"
)

// settings are what an administrator sets for a desk: schemas/example/settings.schema.json.
type settings struct {
	// Subject is proposed for new requests, Values for whatever is looked up.
	Subject   string   `json:"subject"`
	Values    []string `json:"values"`
	Misbehave string   `json:"misbehave"`
}

// hooks answer what the declaration names. Each may run many times at once.
type hooks struct {
	mu sync.RWMutex
	// desks holds the settings by tenant and desk, so that no call sees another tenant's.
	desks map[[2]string]settings
}

// Configure replaces the settings of every desk.
func (h *hooks) Configure(_ context.Context, desks []api.DeskConfig) error {
	all := make(map[[2]string]settings, len(desks))
	for _, d := range desks {
		var s settings
		if len(d.Config) > 0 && json.Unmarshal(d.Config, &s) != nil {
			return sdk.Refused("settings_unreadable", "settings of desk "+d.Desk+" cannot be read")
		}
		all[[2]string{d.Tenant, d.Desk}] = s
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.desks = all
	return nil
}

func (h *hooks) settings(call api.Call) settings {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.desks[[2]string{call.Tenant, call.Desk}]
}

// ReadLetter takes the subject for the title and the text for the description.
func (h *hooks) ReadLetter(_ context.Context, _ api.Call, letter api.IncomingLetter) (api.ReadLetter, error) {
	fields, err := json.Marshal(map[string]string{"title": letter.Subject, "description": letter.Text})
	return api.ReadLetter{Form: "request", Fields: fields}, err
}

// Prefill proposes the desk's subject.
func (h *hooks) Prefill(_ context.Context, call api.Call, _ string, _ api.PersonFacts) (json.RawMessage, error) {
	return json.Marshal(map[string]string{"title": h.settings(call).Subject})
}

// Lookup proposes those of the desk's values that begin with what was typed.
func (h *hooks) Lookup(_ context.Context, call api.Call, _, typed string) ([]api.Choice, error) {
	var found []api.Choice
	for _, value := range h.settings(call).Values {
		if strings.HasPrefix(value, typed) {
			found = append(found, api.Choice{Value: value, Title: value})
		}
	}
	return found, nil
}

// HandleEvents has nothing to tell anybody: a repeat has the same outcome.
func (h *hooks) HandleEvents(ctx context.Context, _ api.Call, events []api.Event) ([]api.EventResult, error) {
	results := make([]api.EventResult, 0, len(events))
	for _, e := range events {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("handle events: %w", err)
		}
		results = append(results, api.EventResult{Key: e.Key, Outcome: api.EventDone})
	}
	return results, nil
}
