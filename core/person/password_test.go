package person_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/person"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	h := person.NewHasher(2)
	hash, err := h.Hash(t.Context(), "верный пароль")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$"), hash)
	again, err := h.Hash(t.Context(), "верный пароль")
	require.NoError(t, err)
	require.NotEqual(t, hash, again, "salted")
	for _, test := range []struct {
		name, hash, password string
		right                bool
	}{
		{"right", hash, "верный пароль", true},
		{"wrong", hash, "верный парол", false},
		{"empty", hash, "", false},
		{"too long", hash, strings.Repeat("x", person.MaxPassword+1), false},
		{"nobody's login", "", "верный пароль", false},
	} {
		right, err := h.Verify(t.Context(), test.hash, test.password)
		require.NoError(t, err, test.name)
		require.Equal(t, test.right, right, test.name)
	}
}

func TestWhatIsNoHashSignsNobodyIn(t *testing.T) {
	t.Parallel()
	h := person.NewHasher(1)
	for _, broken := range []string{
		"plain", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=18$m=64,t=1,p=1$AAAA$AAAA",
		"$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
	} {
		right, err := h.Verify(t.Context(), broken, "password")
		require.Error(t, err, broken)
		require.False(t, right, broken)
	}
}

func TestPasswordLength(t *testing.T) {
	t.Parallel()
	h := person.NewHasher(1)
	for _, password := range []string{"", "seven77", strings.Repeat("x", person.MaxPassword+1)} {
		_, err := h.Hash(t.Context(), password)
		require.Equal(t, errs.Invalid, errs.KindOf(err))
		require.Equal(t, "password_length", errs.CodeOf(err))
	}
}

func TestAHasherThatIsBusySaysSo(t *testing.T) {
	t.Parallel()
	h := person.NewHasher(1)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	// With the only slot taken, an ended context never gets it.
	release := person.Occupy(h)
	defer release()
	_, err := h.Verify(over, "", "password")
	require.Equal(t, errs.Unavailable, errs.KindOf(err))
	require.Equal(t, "busy", errs.CodeOf(err))
}
