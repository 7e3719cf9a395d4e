// Package person is the people of a tenant: profiles, organisations, memberships of desks, passwords
// and sessions.
//
// It decides no rights (access does) and signs nobody in by itself (desk does).
//
// Invariants:
//  1. A password is kept as argon2id with its parameters; a token as its SHA-256 alone.
//  2. A person without a login cannot sign in and is never found silently by name or address.
package person

import (
	"time"

	"github.com/opora-desk/opora/core/ident"
)

// Kinds of people, as admission and rules see them.
const (
	Staff   = "staff"
	Citizen = "citizen"
)

// Person is somebody of a tenant.
type Person struct {
	Tenant ident.ID
	ID     ident.ID
	// Login is the lower-cased address to sign in with; empty for who cannot.
	Login        string
	PasswordHash string
	Name         string
	Email        string
	Phone        string
	Position     string
	Kind         string
	Verified     bool
	Locale       string
	Organisation *Organisation
	CreatedAt    time.Time
	ErasedAt     *time.Time
}

// Organisation is whom people ask for; its INN is unique in the tenant.
type Organisation struct {
	ID   ident.ID
	INN  string
	Name string
}

// Roles of a membership.
const (
	RoleAgent         = "agent"
	RoleAdministrator = "administrator"
)

// Membership makes somebody an agent of a line or an administrator of a desk.
type Membership struct {
	Desk   ident.ID
	Person ident.ID
	Role   string
	Line   string
}

// Session is a bearer's right to act as a person until it expires.
type Session struct {
	Digest []byte
	Person ident.ID
	// Ticket is set for a follow token: it reads that one ticket and nothing else.
	Ticket    *ident.ID
	CreatedAt time.Time
	ExpiresAt time.Time
}
