package httpapi

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
)

// Conditional is a write that may name the version which its author saw.
type Conditional struct {
	IfMatch string `header:"If-Match" doc:"ETag of what was seen, several with commas between, or *; a weak one (W/) never matches" example:"\"7\""`
	// version is 0 for none named; any is for *; several are those of a list, see choose.
	version int64
	any     bool
	several []int64
}

// never is a version that nothing has.
const never = math.MaxInt64

var errIfMatch = errs.New(errs.Malformed, "if_match_malformed", "not a list of ETags")

// Resolve is asked by huma before the handler.
func (c *Conditional) Resolve(ctx huma.Context) []error {
	r, _ := humachi.Unwrap(ctx)
	text := strings.TrimSpace(strings.Join(r.Header.Values("If-Match"), ","))
	if c.any = text == "*"; c.any || text == "" {
		return nil
	}
	if bare, err := strconv.ParseInt(text, 10, 64); err == nil && bare > 0 { // without its quotes; it can mean nothing else
		c.version = bare
		return nil
	}
	for text != "" {
		version, rest, ok := firstTag(text)
		if !ok {
			return []error{errIfMatch}
		}
		if version != never {
			c.several = append(c.several, version)
		}
		text = rest
	}
	c.version = never
	if len(c.several) == 1 {
		c.version = c.several[0]
	}
	return nil
}

// firstTag takes the first entity tag off a list (RFC 9110, 13.1.1). One that is weak, or none of ours, is
// never a version's.
func firstTag(text string) (version int64, rest string, ok bool) {
	text, weak := strings.CutPrefix(text, "W/")
	text, ok = strings.CutPrefix(text, `"`)
	tag, rest, closed := strings.Cut(text, `"`)
	if !ok || !closed || strings.ContainsFunc(tag, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return 0, "", false
	}
	rest = strings.TrimSpace(rest)
	if rest != "" {
		next, comma := strings.CutPrefix(rest, ",")
		if rest = strings.TrimLeft(next, ", \t"); !comma {
			return 0, "", false
		}
	}
	version, err := strconv.ParseInt(tag, 10, 64)
	if err != nil || version < 1 || weak {
		version = never
	}
	return version, rest, true
}

func (c *Conditional) condition() *Conditional { return c }

// choose makes one version of several: the one that the thing has now, if it is among them.
func (s *server) choose(ctx context.Context, in any) error {
	conditional, ok := in.(interface{ condition() *Conditional })
	if !ok || len(conditional.condition().several) < 2 {
		return nil
	}
	var current int64
	var err error
	switch of := in.(type) {
	case interface{ ticket() string }:
		var view desk.TicketView
		view, err = s.desk.Ticket(ctx, callOf(ctx).actor, of.ticket())
		current = view.Version
	case interface{ desk() string }:
		var view desk.DeskSettingsView
		view, err = s.desk.Settings(ctx, callOf(ctx).actor, of.desk())
		current = view.Version
	}
	if c := conditional.condition(); slices.Contains(c.several, current) {
		c.version = current
	}
	return err
}

var errStale = errs.New(errs.Stale, "version_stale", "another version")

// unchanged refuses a write on a stale version where the use case itself looks at none.
func (s *server) unchanged(ctx context.Context, c *call, number string, version int64) error {
	if version == 0 {
		return nil
	}
	view, err := s.desk.Ticket(ctx, c.actor, number)
	if err == nil && view.Version != version {
		err = errStale
	}
	return err
}

// Keyed is a write that can be repeated safely.
type Keyed struct {
	IdempotencyKey string `header:"Idempotency-Key" doc:"1 to 200 printable characters, without a session at least 16; kept seven days"`
}

// Resolve is asked by huma before the handler.
func (k *Keyed) Resolve(ctx huma.Context) []error {
	r, _ := humachi.Unwrap(ctx)
	values := r.Header.Values(http.CanonicalHeaderKey("Idempotency-Key"))
	if len(values) == 0 {
		return nil
	}
	if len(values) > 1 || !goodKey(values[0]) {
		return []error{errs.New(errs.Invalid, "idempotency_key_invalid", "key of a repeated write")}
	}
	return nil
}

// minSecretKey is the length of a key that nobody else of the unknown callers comes upon.
const minSecretKey = 16

// secret refuses a short key of a caller without a session: his ticket is found by the key alone.
func (k *Keyed) secret(c *call) error {
	if !c.session() && k.IdempotencyKey != "" && utf8.RuneCountInString(k.IdempotencyKey) < minSecretKey {
		return errs.New(errs.Invalid, "idempotency_key_short", "key of a caller without a session")
	}
	return nil
}

func goodKey(key string) bool {
	if key == "" || !utf8.ValidString(key) || utf8.RuneCountInString(key) > 200 {
		return false
	}
	for _, r := range key {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
