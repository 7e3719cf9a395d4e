package desk

import (
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
)

// SettingsInput replaces what an administrator sets of a desk. Version is what he saw, Any for whatever
// it is.
type SettingsInput struct {
	Title    i18n.Text
	Prefix   string
	Settings DeskSettings
	Version  int64
	Any      bool
}

// ListQuery asks for a page of a list's values.
type ListQuery struct {
	List  string
	Words string
	After string
	Limit int
}

// PersonInput makes a person. With Login he signs in by his address; a password that is empty is made.
type PersonInput struct {
	Name, Email, Phone, Position, Kind string
	INN, Organisation                  string
	Login                              bool
	Password                           string
}

// PersonPatch changes what is not nil.
type PersonPatch struct {
	Name, Email, Phone, Position, Kind *string
	// Organisation replaces the person's; its zero value is none.
	Organisation *OrganisationInput
	Login        *bool
}

// OrganisationInput names an organisation by INN, or without one by name.
type OrganisationInput struct{ INN, Name string }

// MemberInput says what somebody is on a desk: an empty line for no agent.
type MemberInput struct {
	Line          string
	Administrator bool
}

// StatisticsInput asks for a desk's figures; dates are written 2026-11-30, both included.
type StatisticsInput struct {
	From, To string
	By       string
}

// OperatorActor is who calls a use case of the installation.
type OperatorActor struct {
	ID    ident.ID
	Login string
	Name  string
}

// TenantPatch changes what is not nil.
type TenantPatch struct {
	Title *i18n.Text
	Quota *int64
}
