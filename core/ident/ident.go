// Package ident makes identifiers: UUIDv7 for rows, random tokens for bearers, and ticket numbers
// with a check digit that survive being read out on the phone.
//
// It does not count: a desk's counter lives in the database.
package ident

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"github.com/google/uuid"
)

// ID identifies a row. IDs made here rise with time (RFC 9562, UUIDv7), so that a key of
// (tenant_id, id) is also an order of creation.
type ID = uuid.UUID

// Nil is the ID that stands for none.
var Nil = uuid.Nil

// New returns a new ID. It panics when the machine has no randomness left to give.
func New() ID { return uuid.Must(uuid.NewV7()) }

// Parse reads an ID in its usual writing.
func Parse(s string) (ID, error) { return uuid.Parse(s) }

// Token is a secret that a program or a browser shows: 256 random bits. Only its digest is stored.
type Token string

// NewToken returns a new secret.
func NewToken() Token {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		panic(err)
	}
	return Token(base64.RawURLEncoding.EncodeToString(raw))
}

// Digest is what the database keeps of the token: its SHA-256. Looking a token up by its digest
// needs no slow hash, since 256 random bits cannot be guessed.
func (t Token) Digest() []byte {
	sum := sha256.Sum256([]byte(t))
	return sum[:]
}
