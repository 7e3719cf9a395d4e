package desk

import (
	"time"

	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/tenant"
)

// TenantInput makes a tenant; Quota 0 takes the default of 10 GiB.
type TenantInput struct {
	// By is the operator who asks on his page, empty at the shell.
	By    OperatorActor
	Slug  string
	Title i18n.Text
	Quota int64
}

// DeskInput makes a desk of a system whose release is active.
type DeskInput struct {
	// By is the operator who asks on his page, empty at the shell.
	By       OperatorActor
	Slug     string
	System   string
	Title    i18n.Text
	Prefix   string
	Settings tenant.Settings
}

// UserInput makes a person who can sign in.
type UserInput struct {
	// By is the operator who asks on his page, empty at the shell.
	By           OperatorActor
	Email        string
	Password     string
	Name         string
	Phone        string
	Position     string
	Kind         string
	NotifyEmail  string
	INN          string
	Organisation string
	Memberships  []MembershipInput
}

// MembershipInput makes the person an agent of a line or an administrator of a desk.
type MembershipInput struct {
	Desk string
	// Line is a key of the desk's lines, or a number counted from 1 for the first, second, third line
	// (the last where there are fewer).
	Line          string
	Administrator bool
}

// TenantSummary is what an operator sees of a tenant: configuration and counts, never contents.
type TenantSummary struct {
	Slug  string        `json:"slug"`
	Title i18n.Text     `json:"title"`
	Quota int64         `json:"quota" doc:"Bytes that the tenant's files may take"`
	Used  int64         `json:"used" doc:"Bytes that they take"`
	Desks []DeskSummary `json:"desks"`
}

// DeskSummary counts a desk's tickets.
type DeskSummary struct {
	Slug   string    `json:"slug"`
	System string    `json:"system"`
	Title  i18n.Text `json:"title"`
	Prefix string    `json:"prefix"`
	Open   int64     `json:"open"`
	Total  int64     `json:"total"`
}

// BuildInfo is a binary of a release.
type BuildInfo struct {
	SHA256 string
	Path   string
}

// ReleaseView is a registered release.
type ReleaseView struct {
	System       string     `json:"system"`
	Version      string     `json:"version"`
	Digest       string     `json:"digest"`
	Title        i18n.Text  `json:"title"`
	State        string     `json:"state" enum:"registered,active,previous"`
	RegisteredAt time.Time  `json:"registered_at"`
	ActivatedAt  *time.Time `json:"activated_at,omitempty"`
	Builds       []string   `json:"builds"`
}
