// Package tenant is the directory of an installation: tenants, their desks with settings and
// reference lists, and the operators who run it.
//
// It knows no tickets. Systems and releases belong to catalog.
//
// Invariants:
//  1. A desk belongs to one tenant and one system; its prefix is unique in the tenant, so that a
//     number names its desk.
//  2. Tenants and operators are the installation's; desks and lists are a tenant's and read under its
//     row level security.
package tenant

import (
	"time"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Tenant is an organisation whose support is hosted.
type Tenant struct {
	ID    ident.ID
	Slug  string
	Title i18n.Text
	// Quota is how many bytes the tenant's files may take.
	Quota     int64
	CreatedAt time.Time
}

// Desk is one support service of one tenant for one system.
type Desk struct {
	Tenant    ident.ID
	ID        ident.ID
	Slug      string
	System    string
	Title     i18n.Text
	Prefix    string
	Settings  Settings
	CreatedAt time.Time
	// Version rises with every change of title, prefix or settings.
	Version int64
}

// Settings are what an administrator sets of a desk; what is zero follows the system's declaration.
type Settings struct {
	// TimeZone is an IANA zone; clocks and dates of the desk follow it.
	TimeZone string `json:"time_zone,omitempty"`
	// Visibility may only be narrower than the system's widest.
	Visibility api.Scope `json:"visibility,omitempty"`
	// Contacts give or override addresses and phones by the setting's name (R1.5, R1.14, R1.16).
	Contacts map[string]string `json:"contacts,omitempty"`
	// Lines and Queues are added to the declared ones, or rename those of the same key.
	Lines  []api.Line  `json:"lines,omitempty"`
	Queues []api.Queue `json:"queues,omitempty"`
	// MaxBytes, MaxCount and LinkMaxBytes replace the declared limits of files where above 0.
	MaxBytes     int64 `json:"max_bytes,omitempty"`
	MaxCount     int   `json:"max_count,omitempty"`
	LinkMaxBytes int64 `json:"link_max_bytes,omitempty"`
	// Plugin is the plugin's own configuration for this desk.
	Plugin map[string]any `json:"plugin,omitempty"`
}

// ListValue is a value that a desk added to a list of its system, or one that it retired.
type ListValue struct {
	Desk    ident.ID
	List    string
	Key     string
	Title   i18n.Text
	Retired bool
}

// Operator runs the installation; he is not a person of any tenant.
type Operator struct {
	ID           ident.ID
	Login        string
	Name         string
	PasswordHash string
	CreatedAt    time.Time
}

// OperatorSession is a bearer's right to act as an operator until it expires.
type OperatorSession struct {
	Digest    []byte
	Operator  ident.ID
	CreatedAt time.Time
	ExpiresAt time.Time
}
