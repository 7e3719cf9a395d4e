// Package release reads a plugin's bundle, says everything that is wrong with it, and compiles it to
// what the core executes.
//
// It is pure composition: no database, no process, no clock. It does not know which release is
// registered or active (core/catalog does), nor what a desk has changed but for the overlay that it
// is given.
//
// Invariants:
//  1. A bundle comes from a stranger: it is bounded before it is parsed, and nothing in it is run.
//  2. Every finding has a file, a line, a stable code and a sentence that says what to do.
//  3. A System never changes after it was made, and is safe for concurrent use.
package release

import (
	"fmt"
	"strings"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
)

// System is a release as the core executes it.
type System struct {
	Declaration *api.Declaration
	// Digest identifies the release, see [api.Bundle.Digest].
	Digest string
	// Forms are the forms by key.
	Forms map[string]*CompiledForm
	// Resolution is nil where the system has none.
	Resolution *CompiledForm
	// Rules are the plugin's own rules in the order of their files.
	Rules []api.Rule
	// Base is the set of the plugin's own rules without any desk's overlay.
	Base *rule.Set
	// Env is what rules may name, without the values that a desk adds to its lists.
	Env rule.Env
}

// Check says everything that is wrong with a bundle that somebody wants to register. The findings are
// sorted by file and line; the system is nil where there is any.
func Check(b api.Bundle) (*System, []api.Finding) {
	system, c := load(b)
	if c == nil {
		return nil, system.findings()
	}
	return nil, nil
}
