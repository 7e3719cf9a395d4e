package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
)

const (
	// sessionFor is how long a session lasts, whatever the door.
	sessionFor = 12 * time.Hour
	// passwordWait is how long a sign-in waits for its turn to be hashed.
	passwordWait = 5 * time.Second
	maxLogin     = 254 // an address of RFC 5321
)

var (
	errWrongCredentials = errs.New(errs.Unauthenticated, "wrong_credentials", "no such login, or another password")
	errSessionInvalid   = errs.New(errs.Unauthenticated, "session_invalid", "the token is unknown here, or has expired")
)

// Anonymous is the actor without a session. Errors: NotFound (code "tenant_not_found").
func (s *Service) Anonymous(_ context.Context, tenantSlug string, l i18n.Lang) (Actor, error) {
	t, err := s.registry.Tenant(tenantSlug)
	if err != nil {
		return Actor{}, err
	}
	return Actor{Tenant: t, Lang: l}, nil
}

// Authenticate finds who bears a token, in one round trip. The bearer of a follow token is nobody but
// for its ticket: his Person is nil. Errors: NotFound (code "tenant_not_found"); Unauthenticated (code
// "session_invalid") for a token that is unknown, expired, of an erased person or of another tenant
// alike.
func (s *Service) Authenticate(ctx context.Context, tenantSlug string, token ident.Token, l i18n.Lang) (Actor, error) {
	a, err := s.Anonymous(ctx, tenantSlug, l)
	if err != nil {
		return Actor{}, err
	}
	var bearer person.Bearer
	if err := s.db.Batch(ctx, a.Tenant.ID, func(b *pgx.Batch) {
		person.QueueBearer(b, a.Tenant.ID, token.Digest(), s.clock.Now(), &bearer)
	}); err != nil {
		return Actor{}, fmt.Errorf("authenticate: %w", err)
	}
	if !bearer.Found {
		return Actor{}, errSessionInvalid
	}
	a.Token = bearer.Session.Digest
	if bearer.Session.Ticket != nil {
		a.Follows = bearer.Session.Ticket
		return a, nil
	}
	a.Person, a.Memberships = &bearer.Person, byDesk(bearer.Memberships)
	return a, nil
}

// SignIn makes a session for who knows the password of a login. Errors: NotFound (code
// "tenant_not_found"); Unauthenticated (code "wrong_credentials") for an unknown or erased login and a
// wrong password alike, after the same time; Limited (code "too_many_attempts"); Unavailable ("busy").
func (s *Service) SignIn(ctx context.Context, tenantSlug, email, password string, l i18n.Lang) (SessionView, error) {
	a, err := s.Anonymous(ctx, tenantSlug, l)
	if err != nil {
		return SessionView{}, err
	}
	login := loginOf(email)
	var found person.Person
	if err := s.doors.admit(ctx, tenantSlug, login, password, func() (string, error) {
		err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
			var err error
			found, err = person.ByLogin(ctx, tx, a.Tenant.ID, login)
			return err
		})
		return found.PasswordHash, err
	}); err != nil {
		return SessionView{}, fmt.Errorf("sign in: %w", err)
	}
	now, token := s.clock.Now(), ident.NewToken()
	session := person.Session{Digest: token.Digest(), Person: found.ID, CreatedAt: now, ExpiresAt: now.Add(sessionFor)}
	var memberships []person.Membership
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if memberships, err = person.Memberships(ctx, tx, a.Tenant.ID, found.ID); err != nil {
			return err
		}
		return person.InsertSession(ctx, tx, a.Tenant.ID, session)
	}); err != nil {
		return SessionView{}, fmt.Errorf("keep session: %w", err)
	}
	found.PasswordHash = ""
	a.Person, a.Memberships = &found, byDesk(memberships)
	return SessionView{Token: token, ExpiresAt: session.ExpiresAt, Person: s.Me(a)}, nil
}

// SignOut ends the actor's session; without one nothing happens.
func (s *Service) SignOut(ctx context.Context, a Actor) error {
	if a.Token == nil {
		return nil
	}
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		return person.DeleteSession(ctx, tx, a.Tenant.ID, a.Token)
	}); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// Me is the profile of the actor, empty without a session of his own.
func (s *Service) Me(a Actor) PersonView {
	view := PersonView{Desks: []MembershipView{}}
	if a.Person == nil {
		return view
	}
	p := a.Person
	view.ID, view.Name, view.Login, view.Email = p.ID, p.Name, p.Login, p.Email
	view.Phone, view.Position, view.Kind = p.Phone, p.Position, p.Kind
	if o := p.Organisation; o != nil {
		view.Organisation = &OrganisationView{ID: o.ID, INN: o.INN, Name: o.Name}
	}
	for id, m := range a.Memberships {
		if snap, ok := s.registry.Desk(a.Tenant.ID, id); ok {
			view.Desks = append(view.Desks, MembershipView{Desk: snap.Desk.Slug, Line: m.Line, Administrator: m.Administrator})
		}
	}
	slices.SortFunc(view.Desks, func(x, y MembershipView) int { return cmp.Compare(x.Desk, y.Desk) })
	return view
}

func byDesk(all []person.Membership) map[ident.ID]access.Membership {
	out := make(map[ident.ID]access.Membership, len(all))
	for _, m := range all {
		one := out[m.Desk]
		switch m.Role {
		case person.RoleAgent:
			one.Line = m.Line
		case person.RoleAdministrator:
			one.Administrator = true
		}
		out[m.Desk] = one
	}
	return out
}

// loginOf is how an address is kept as a login.
func loginOf(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Limits of failed sign-ins. They are counted on each node by itself. After too many a login is slowed
// down and not closed: whoever can send wrong passwords must not keep its owner out.
const (
	failuresFor     = 5 * time.Minute
	failuresOfLogin = 10
	slowedTo        = 10 * time.Second
	maxCounted      = 100_000
)

// doorkeeper checks passwords: a bounded number at a time, and after a number of wrong ones for a login
// one every few seconds. It is safe for concurrent use.
type doorkeeper struct {
	hasher *person.Hasher
	clock  clock.Clock

	mu       sync.Mutex
	failures map[[sha256.Size]byte]*failures
}

// failures are the attempts of one window that did not succeed, or not yet.
type failures struct {
	since time.Time
	last  time.Time
	count int
}

func newDoorkeeper(c clock.Clock) *doorkeeper {
	return &doorkeeper{
		// One less than all processors keeps one for everybody else.
		hasher: person.NewHasher(max(runtime.GOMAXPROCS(0)-1, 1)), clock: c,
		failures: map[[sha256.Size]byte]*failures{},
	}
}

// admit lets in who knows the password whose hash find returns. Realm is a tenant's slug.
func (d *doorkeeper) admit(ctx context.Context, realm, login, password string, find func() (hash string, err error)) error {
	if len(login) > maxLogin || len(password) > person.MaxPassword {
		return errWrongCredentials
	}
	ofLogin := sha256.Sum256([]byte(realm + "\x00" + login))
	if err := d.begin(ofLogin); err != nil {
		return err
	}
	hash, err := find()
	// An unknown login costs the same time as a wrong password.
	if err != nil && errs.KindOf(err) != errs.NotFound {
		d.forgive(ofLogin)
		return err
	}
	waiting, cancel := context.WithTimeout(ctx, passwordWait)
	defer cancel()
	right, err := d.hasher.Verify(waiting, hash, password)
	if err != nil {
		d.forgive(ofLogin)
		return fmt.Errorf("verify password: %w", err)
	}
	if !right {
		return errWrongCredentials
	}
	d.succeed(ofLogin)
	return nil
}

// begin counts the attempt before its password is looked at, so that many at once are no way around
// the limit.
func (d *doorkeeper) begin(login [sha256.Size]byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.clock.Now()
	f := d.window(login, now)
	if wait := f.last.Add(slowedTo).Sub(now); f.count >= failuresOfLogin && wait > 0 {
		return &errs.Error{Kind: errs.Limited, Code: "too_many_attempts", Msg: "too many wrong passwords", RetryAfter: wait}
	}
	f.count++
	f.last = now
	return nil
}

func (d *doorkeeper) window(of [sha256.Size]byte, now time.Time) *failures {
	f := d.failures[of]
	if f != nil && now.Before(f.since.Add(failuresFor)) {
		return f
	}
	if len(d.failures) >= maxCounted {
		d.clean(now)
	}
	f = &failures{since: now}
	d.failures[of] = f
	return f
}

func (d *doorkeeper) clean(now time.Time) {
	for of, f := range d.failures {
		if !now.Before(f.since.Add(failuresFor)) {
			delete(d.failures, of)
		}
	}
}

// forgive takes an attempt back that came to no answer.
func (d *doorkeeper) forgive(login [sha256.Size]byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.failures[login]; f != nil && f.count > 0 {
		f.count--
	}
}

func (d *doorkeeper) succeed(login [sha256.Size]byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.failures, login)
}
