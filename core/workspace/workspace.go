// Package workspace is what agents keep at hand on a desk: saved views of its list, templates of
// answers, and who has a ticket open.
//
// It decides no rights and reads neither a list's parameters nor a template's placeholders (desk does).
//
// Invariants:
//  1. What is kept for one person is read by that person alone; what is shared belongs to the desk.
//  2. Presence is a sign of life and no history: it makes no event, and nobody relies on its rows.
package workspace

import (
	"time"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

// What one may keep.
const (
	// MaxViews is how many views a person keeps on a desk, and how many are shared on it.
	MaxViews     = 50
	MaxTemplates = 200
)

// Present is how long after a sign of life somebody counts as there.
const Present = 45 * time.Second

// View is a list's parameters under a title.
type View struct {
	ID    ident.ID
	Desk  ident.ID
	Owner ident.ID
	// Shared views are read by everyone who works the desk.
	Shared bool
	Title  string
	// Query is a query string.
	Query string
}

// Visibilities of an answer.
const (
	Public   = "public"
	Internal = "internal"
)

// Template is an answer kept for use.
type Template struct {
	ID    ident.ID
	Desk  ident.ID
	Title string
	Text  string
	// Transition is the key of the transition to make with the answer, empty for none.
	Transition string
	Visibility string
}

// Presence is somebody who has a ticket open.
type Presence struct {
	Person  ident.ID
	Name    string
	Writing bool
	Since   time.Time
}

// Answers about what is not kept or cannot be.
var (
	ErrNoView           = errs.New(errs.NotFound, "view_not_found", "no such view for this person on the desk")
	ErrTooManyViews     = errs.New(errs.Conflict, "too_many_views", "views of the person or shared ones of the desk").With("limit", MaxViews)
	ErrNoTemplate       = errs.New(errs.NotFound, "template_not_found", "no such template on the desk")
	ErrTooManyTemplates = errs.New(errs.Conflict, "too_many_templates", "templates of the desk").With("limit", MaxTemplates)
)
