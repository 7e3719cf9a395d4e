package ident_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/ident"
)

func TestNewRises(t *testing.T) {
	t.Parallel()
	before := ident.New()
	require.NotEqual(t, ident.Nil, before)
	require.EqualValues(t, 7, before.Version())
	for range 10_000 {
		next := ident.New()
		require.Negative(t, bytes.Compare(before[:], next[:]), "%s is not before %s", before, next)
		before = next
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	id := ident.New()
	same, err := ident.Parse(id.String())
	require.NoError(t, err)
	require.Equal(t, id, same)
	_, err = ident.Parse("not an id")
	require.Error(t, err)
}

func TestToken(t *testing.T) {
	t.Parallel()
	seen := map[ident.Token]bool{}
	for range 1000 {
		token := ident.NewToken()
		require.Regexp(t, `^[A-Za-z0-9_-]{43}$`, string(token), "256 bits that need no escaping in an address")
		require.False(t, seen[token])
		seen[token] = true
		want := sha256.Sum256([]byte(token))
		require.Equal(t, want[:], token.Digest())
	}
}
