package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/sdk"
)

// settings are what an administrator sets for a desk:
// schemas/procurement-goszakaz/settings.schema.json.
type settings struct {
	Addresses struct {
		State     []string `json:"state"`
		Municipal []string `json:"municipal"`
	} `json:"addresses"`
	Sections []struct {
		Key   string   `json:"key"`
		Words []string `json:"words"`
	} `json:"sections"`
}

// letters answers read_letter with the settings of the letter's desk. It is safe for concurrent use.
type letters struct {
	mu    sync.RWMutex
	desks map[[2]string]settings
}

// Configure replaces the settings of every desk.
func (l *letters) Configure(_ context.Context, desks []api.DeskConfig) error {
	all := make(map[[2]string]settings, len(desks))
	for _, d := range desks {
		var s settings
		if len(d.Config) > 0 && json.Unmarshal(d.Config, &s) != nil {
			return sdk.Refused("settings_unreadable", "settings of desk "+d.Desk+" cannot be read")
		}
		both := slices.ContainsFunc(s.Addresses.State, func(a string) bool { return contains(s.Addresses.Municipal, a) })
		if both {
			return sdk.Refused("address_of_two_kinds", "an address of desk "+d.Desk+" stands for state and for municipal customers")
		}
		all[[2]string{d.Tenant, d.Desk}] = s
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.desks = all
	return nil
}

func (l *letters) settings(call api.Call) settings {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.desks[[2]string{call.Tenant, call.Desk}]
}

// contains compares addresses as mail servers do in practice, without letter case.
func contains(addresses []string, address string) bool {
	return slices.ContainsFunc(addresses, func(a string) bool {
		return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(address))
	})
}
