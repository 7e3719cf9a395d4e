package desk_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/person"
)

// Who guesses at a password from elsewhere does not keep its owner out.
func TestGuessingFromElsewhereKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	p := user(t, s, "anna@example.org", desk.UserInput{})
	node := s.World.Desk
	sign := func(with, from string) error {
		_, err := node.SignIn(t.Context(), "zab", "anna@example.org", with, from, i18n.RU)
		return err
	}
	const home, guesser = "192.0.2.1", "198.51.100.7"
	for range 10 {
		requireCode(t, errs.Unauthenticated, "wrong_credentials", sign("неверный", guesser), "wrong")
	}
	requireCode(t, errs.Limited, "too_many_attempts", sign("неверный", guesser), "of the guesser")
	requireCode(t, errs.Limited, "too_many_attempts", sign(password, guesser), "and of whoever sits there")
	require.NoError(t, sign(password, home), "the owner, who was never here before")

	// Many machines together are slowed down too, but for where the owner has been.
	for i := range 20 {
		requireCode(t, errs.Unauthenticated, "wrong_credentials", sign("неверный", fmt.Sprintf("203.0.113.%d", i)), "wrong")
	}
	requireCode(t, errs.Limited, "too_many_attempts", sign("неверный", "203.0.113.99"), "a new machine")
	requireCode(t, errs.Limited, "too_many_attempts", sign(password, "203.0.113.99"), "right or wrong")
	require.NoError(t, sign(password, home), "the owner at home")
	for range 10 {
		requireCode(t, errs.Unauthenticated, "wrong_credentials", sign("неверный", home), "no more than 10 there either")
	}
	requireCode(t, errs.Limited, "too_many_attempts", sign(password, home), "slowed down at home")

	// Where he has been is known to every node, and for 30 days.
	node = s.World.Node()
	guessed := func() {
		for i := range 30 {
			requireCode(t, errs.Unauthenticated, "wrong_credentials", sign("неверный", fmt.Sprintf("203.0.113.%d", i)), "wrong")
		}
		requireCode(t, errs.Limited, "too_many_attempts", sign(password, "203.0.113.99"), "a new machine")
	}
	s.Clock.Advance(29 * 24 * time.Hour)
	guessed()
	require.NoError(t, sign(password, home))
	s.Clock.Advance(31 * 24 * time.Hour)
	guessed()
	requireCode(t, errs.Limited, "too_many_attempts", sign(password, home), "forgotten")
	s.Clock.Advance(10 * time.Second)
	require.NoError(t, sign(password, home), "slowed down, not kept out")

	require.NotContains(t, dump(t, s), home, "no address is kept as it is")
	require.NoError(t, node.ErasePerson(t.Context(), s.Admin, p.ID))
	var places person.Places
	require.NoError(t, s.DB.InTx(t.Context(), s.Tenant.ID, func(ctx context.Context, tx pgx.Tx) (err error) {
		places, err = person.SignedInFrom(ctx, tx, s.Tenant.ID, p.ID)
		return err
	}))
	require.Empty(t, places)
}

func TestGuessingKeepsNoOperatorOut(t *testing.T) {
	t.Parallel()
	w := coretest.New(t)
	require.NoError(t, w.Desk.CreateOperator(t.Context(), "o@opora.example", "Оператор", password))
	sign := func(with, from string) error {
		_, _, err := w.Desk.OperatorSignIn(t.Context(), "o@opora.example", with, from)
		return err
	}
	require.NoError(t, sign(password, "192.0.2.1"))
	for i := range 30 {
		requireCode(t, errs.Unauthenticated, "wrong_credentials", sign("неверный", fmt.Sprintf("203.0.113.%d", i)), "wrong")
	}
	requireCode(t, errs.Limited, "too_many_attempts", sign(password, "203.0.113.99"), "a new machine")
	require.NoError(t, sign(password, "192.0.2.1"))
}
