package person

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/opora-desk/opora/core/errs"
)

// Limits of a password in bytes. The upper one bounds what a stranger makes us hash.
const (
	MinPassword = 8
	MaxPassword = 1024
)

// Parameters of argon2id (OWASP, Password Storage Cheat Sheet): 19 MiB, two passes, one lane.
const (
	memoryKiB = 19 * 1024
	passes    = 2
	lanes     = 1
	saltBytes = 16
	keyBytes  = 32
)

// Bounds of the parameters that are accepted from a stored hash, so that a row that somebody wrote
// cannot take the machine's memory.
const (
	maxMemoryKiB = 256 * 1024
	maxPasses    = 16
	maxLanes     = 16
)

const busyRetry = 2 * time.Second

// errNotHash says that what is stored is no argon2id hash of ours: nobody signs in with it.
var errNotHash = errors.New("stored password is no argon2id hash")

// Hasher hashes and verifies passwords, a bounded number at a time: a hash takes 19 MiB, and a flood of
// sign-ins must not take the memory. It is safe for concurrent use.
type Hasher struct {
	slots chan struct{}
	// dummy is verified for logins that nobody has, so that the time of the answer does not tell.
	dummy string
}

// NewHasher returns a Hasher that works on at most atOnce passwords at a time.
func NewHasher(atOnce int) *Hasher {
	salt := random(saltBytes)
	return &Hasher{
		slots: make(chan struct{}, max(atOnce, 1)),
		dummy: encode(salt, random(keyBytes)),
	}
}

// Hash returns the PHC string of a password. Errors: Invalid (code "password_length") for one that is
// too short or too long; Unavailable (code "busy") when ctx ends before its turn comes.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if len(password) < MinPassword || len(password) > MaxPassword {
		return "", errs.New(errs.Invalid, "password_length", "password is too short or too long").
			With("min", MinPassword).With("max", MaxPassword).At("/password")
	}
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	salt := random(saltBytes)
	return encode(salt, argon2.IDKey([]byte(password), salt, passes, memoryKiB, lanes, keyBytes)), nil
}

// Verify reports whether the password is the one of the stored hash. An empty hash, for a login that
// nobody has, takes as long as another and is never right. Errors: Unavailable (code "busy") when ctx
// ends before its turn comes.
func (h *Hasher) Verify(ctx context.Context, stored, password string) (bool, error) {
	if len(password) > MaxPassword {
		return false, nil
	}
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	known := stored != ""
	if !known {
		stored = h.dummy
	}
	p, err := decode(stored)
	if err != nil {
		return false, err
	}
	key := argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.lanes, keyBytes)
	return subtle.ConstantTimeCompare(key, p.key) == 1 && known, nil
}

func (h *Hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &errs.Error{Kind: errs.Unavailable, Code: "busy", Msg: "too many passwords are being checked", RetryAfter: busyRetry, Err: ctx.Err()}
	}
}

func (h *Hasher) leave() { <-h.slots }

type parameters struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

// encode writes the PHC string: $argon2id$v=19$m=19456,t=2,p=1$<salt>$<key>.
func encode(salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

func decode(phc string) (parameters, error) {
	var p parameters
	var version int
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return p, errNotHash
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return p, errNotHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil {
		return p, errNotHash
	}
	if p.memory > maxMemoryKiB || p.passes < 1 || p.passes > maxPasses || p.lanes < 1 || p.lanes > maxLanes {
		return p, errNotHash
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return p, errNotHash
	}
	if p.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(p.key) != keyBytes {
		return p, errNotHash
	}
	return p, nil
}

func random(n int) []byte {
	out := make([]byte, n)
	// crypto/rand.Read never fails: it ends the program when the machine has no randomness.
	_, _ = rand.Read(out)
	return out
}
