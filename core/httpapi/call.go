package httpapi

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
)

// call is what the door knows of one request; handlers are given it by name.
type call struct {
	// id is in every log line and problem of the request.
	id   string
	lang i18n.Lang
	// client is the address to count by: a single IPv4 address, or the /64 of an IPv6 one.
	client string
	secure bool
	// token and cookie say how the caller proved who he is; actor is who he is then.
	token  ident.Token
	cookie bool
	actor  desk.Actor
	// operator is set where an operator of the installation calls.
	operator desk.OperatorActor
	// digest is of method, path and body, to tell two requests with one idempotency key apart.
	digest []byte
	// release gives the place in flight back, see admitted; reading begins the time to take the answer, see
	// timed. Both may be nil.
	release, reading func()
}

// answer gives the call's place to others while its answer is written, and its reader the time to take it.
// It may be called more than once.
func (c *call) answer() {
	for _, do := range []func(){c.release, c.reading} {
		if do != nil {
			do()
		}
	}
}

type callKey struct{}

// callOf returns the request's call; the first middleware has put it there.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{lang: i18n.RU}
}

// session tells whether there is a person behind the call.
func (c *call) session() bool { return c.actor.Person != nil }

// known tells whether there is a person or an operator behind the call. Who follows one ticket by its token
// is not known.
func (c *call) known() bool { return c.session() || c.operator.ID != ident.Nil }

// who is the key to count this caller by.
func (c *call) who() string {
	switch {
	case c.session():
		return c.actor.Person.ID.String()
	case c.known():
		return c.operator.ID.String()
	}
	return c.client
}

// clientOf returns the address that limits count by. Only a trusted proxy is believed about it.
func clientOf(r *http.Request, proxies []netip.Prefix) string {
	addr := parseAddr(r.RemoteAddr)
	if trusted(proxies, addr) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0; i-- {
			hop := parseAddr(strings.TrimSpace(hops[i]))
			if !hop.IsValid() {
				break
			}
			addr = hop
			if !trusted(proxies, hop) {
				break
			}
		}
	}
	if addr.Is6() {
		if prefix, err := addr.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return addr.String()
}

func trusted(proxies []netip.Prefix, addr netip.Addr) bool {
	for _, p := range proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

func parseAddr(s string) netip.Addr {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}
