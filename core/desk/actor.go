package desk

import (
	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/tenant"
)

// Actor is who calls a use case: a door makes it by Authenticate, or by Anonymous without a session.
// It is read only and safe for concurrent use.
type Actor struct {
	Tenant tenant.Tenant
	// Person is nil without a session.
	Person *person.Person
	// Memberships are by desk.
	Memberships map[ident.ID]access.Membership
	// Follows is set for the bearer of a follow token: the one ticket that he may read.
	Follows *ident.ID
	// Lang is the language of every text in the answers.
	Lang i18n.Lang
	// Browser: the session came by cookie, so that filing is on the portal by default.
	Browser bool
	// Token is the digest of the session, to end it.
	Token []byte
}
