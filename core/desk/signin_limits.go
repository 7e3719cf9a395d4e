package desk

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/person"
)

// Limits of failed sign-ins. They are counted on each node by itself, for five minutes at a time: after
// too many of them one more is compared every few seconds.
//
// From one address a login gets 10 at once and 30 more in the five minutes, 11,520 a day: whoever sends
// wrong passwords slows down himself, and not the owner elsewhere. From all addresses together from which
// nobody has signed in with it for 30 days it gets 30 and 30 more, 17,280 a day, however many machines
// guess: a list of the million passwords that people like best takes two months on a node, one that was
// made here (80 bits) longer than there are years. Those where the owner has been (at most 20, whose
// first success needed the password) are left out of that count, so that he comes in while others guess.
const (
	failuresFor     = 5 * time.Minute
	failuresOfPlace = 10
	failuresOfLogin = 30
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

// attempt is who tries to sign in: realm is a tenant's slug, from the address that he comes from.
type attempt struct{ realm, login, from string }

func (a attempt) ofPlace() [sha256.Size]byte {
	return sha256.Sum256([]byte(a.realm + "\x00" + a.login + "\x00" + a.from))
}

func (a attempt) ofLogin() [sha256.Size]byte {
	return sha256.Sum256([]byte(a.realm + "\x00" + a.login))
}

// visitor is what is known of a login: its password's hash, and whether its owner has been at the address
// of the attempt.
type visitor struct {
	hash  string
	known bool
}

func newDoorkeeper(c clock.Clock) *doorkeeper {
	return &doorkeeper{
		// One less than all processors keeps one for everybody else.
		hasher: person.NewHasher(max(runtime.GOMAXPROCS(0)-1, 1)), clock: c,
		failures: map[[sha256.Size]byte]*failures{},
	}
}

// admit lets in who knows the password whose hash find returns.
func (d *doorkeeper) admit(ctx context.Context, a attempt, password string, find func() (visitor, error)) error {
	if len(a.login) > maxLogin || len(password) > person.MaxPassword {
		return errWrongCredentials
	}
	place := a.ofPlace()
	if err := d.begin(place, failuresOfPlace); err != nil {
		return err
	}
	found, err := find()
	// An unknown login costs the same time as a wrong password.
	if err != nil && errs.KindOf(err) != errs.NotFound {
		d.forgive(place)
		return err
	}
	if !found.known {
		if err := d.begin(a.ofLogin(), failuresOfLogin); err != nil {
			d.forgive(place)
			return err
		}
	}
	right, err := d.compare(ctx, found.hash, password)
	if err != nil || right {
		d.forgive(place)
		if !found.known {
			d.forgive(a.ofLogin())
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("verify password: %w", err)
	case !right:
		return errWrongCredentials
	}
	d.succeed(place)
	return nil
}

func (d *doorkeeper) compare(ctx context.Context, hash, password string) (bool, error) {
	waiting, cancel := context.WithTimeout(ctx, passwordWait)
	defer cancel()
	return d.hasher.Verify(waiting, hash, password)
}

// begin counts the attempt before its password is looked at, so that many at once are no way around
// the limit.
func (d *doorkeeper) begin(of [sha256.Size]byte, limit int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.clock.Now()
	f := d.window(of, now)
	if wait := f.last.Add(slowedTo).Sub(now); f.count >= limit && wait > 0 {
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

// clean makes room: of what has passed, and of some others where that is not enough.
func (d *doorkeeper) clean(now time.Time) {
	for of, f := range d.failures {
		if !now.Before(f.since.Add(failuresFor)) {
			delete(d.failures, of)
		}
	}
	for of := range d.failures {
		if len(d.failures) < maxCounted*9/10 {
			return
		}
		delete(d.failures, of)
	}
}

// forgive takes an attempt back that came to no answer, or to the right one.
func (d *doorkeeper) forgive(of [sha256.Size]byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.failures[of]; f != nil && f.count > 0 {
		f.count--
	}
}

func (d *doorkeeper) succeed(of [sha256.Size]byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.failures, of)
}
