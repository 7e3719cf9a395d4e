package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/opora-desk/opora/core/errs"
)

// Conditional is a write that may name the version which its author saw.
type Conditional struct {
	IfMatch string `header:"If-Match" doc:"ETag of what was seen, or *" example:"\"7\""`
	// version is 0 for none named; any is for *.
	version int64
	any     bool
}

// Resolve is asked by huma before the handler.
func (c *Conditional) Resolve(huma.Context) []error {
	tag := strings.TrimSpace(c.IfMatch)
	if tag == "" {
		return nil
	}
	if c.any = tag == "*"; c.any {
		return nil
	}
	tag = strings.TrimPrefix(tag, "W/")
	if len(tag) >= 2 && strings.HasPrefix(tag, `"`) && strings.HasSuffix(tag, `"`) {
		tag = tag[1 : len(tag)-1]
	}
	version, err := strconv.ParseInt(tag, 10, 64)
	if err != nil || version < 1 {
		return []error{errs.New(errs.Malformed, "if_match_malformed", "not an ETag of ours")}
	}
	c.version = version
	return nil
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
