// Package audit is the record of what was changed in a tenant's configuration and people, by whom and
// when. What happens to tickets stands in their own logs.
//
// Invariants:
//  1. Entries are appended and never changed; the server's role may do nothing else.
//  2. An entry holds identifiers, keys and settings that are no secret, never personal data.
package audit

import (
	"time"

	"github.com/opora-desk/opora/core/ident"
)

// Operator is the actor of what the operator of the installation did, on his page or at the shell.
const Operator = "operator"

// Entry is one change.
type Entry struct {
	ID ident.ID
	At time.Time
	// Actor is "person:" and his id, Operator, or "operator:" and his id.
	Actor string
	// Desk is whose configuration was changed, nil where it is the tenant's.
	Desk *ident.ID
	// Action is lower snake case, for example "person_erased".
	Action string
	// Object is the id or key of what was changed.
	Object string
	Data   map[string]any
}
