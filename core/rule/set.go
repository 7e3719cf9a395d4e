package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/expr-lang/expr/vm"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Set is the effective rules of a desk, compiled. It is immutable and safe for concurrent use.
type Set struct {
	rules  []api.Rule
	forms  map[string]*formRules
	params map[string]any
	scale  []string
	// start is the scale's default, where an author's test names no priority.
	start  string
	lists  map[string][]string
	types  []api.Param
	digest string
	// machines are reused, one a goroutine at a time.
	machines *sync.Pool
}

// formRules are the rules that apply to one form, by kind, in their order.
type formRules struct {
	roots  map[string]*api.Shape
	byKind map[api.RuleKind][]*compiled
}

// compiled is a rule for one form. When and Assert are nil where the rule has none.
type compiled struct {
	rule   *api.Rule
	when   *expression
	assert *expression
	reads  []string
}

// Rules returns the effective rules in their order. The caller must not change them.
func (s *Set) Rules() []api.Rule { return s.rules }

// Rule returns the effective rule of an id, for the explanation of a stored outcome.
func (s *Set) Rule(id string) (api.Rule, bool) {
	at := slices.IndexFunc(s.rules, func(r api.Rule) bool { return r.ID == id })
	if at < 0 {
		return api.Rule{}, false
	}
	return s.rules[at], true
}

// Digest names what the set does: SHA-256, in hex, over the engine, the effective rules in their order
// and the parameters' values. Two sets of one digest over the same forms decide alike.
func (s *Set) Digest() string { return s.digest }

func digest(rules []api.Rule, params map[string]any) (string, error) {
	raw, err := json.Marshal(struct {
		Engine string         `json:"engine"`
		Rules  []api.Rule     `json:"rules"`
		Params map[string]any `json:"params"`
	}{Engine, rules, params})
	if err != nil {
		return "", fmt.Errorf("write rules: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

func newMachines() *sync.Pool {
	return &sync.Pool{New: func() any { return new(vm.VM) }}
}

// applies reports whether a rule runs at a moment. A guard always names its own, by the contract.
func applies(r *api.Rule, on string) bool {
	if len(r.On) == 0 {
		return on == OnSubmit || on == OnEdit
	}
	return slices.Contains(r.On, on)
}

// unconditional reports whether a rule always matches.
func unconditional(r *api.Rule) bool { return r.When == "" || r.When == "true" }
