package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/ticket"
)

// A comment inside a transition is public: it answers as a comment does. What says nothing, and what the
// requester does not read, is no answer.
func TestFirstAnswerMayBeATransition(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, d := t.Context(), s.World.Desk
	// An id tells when it was made: the clock of the test has to stand where the machine's does.
	s.Clock.Advance(time.Since(s.Clock.Now()))
	began := s.Clock.Now()
	median := func() *float64 {
		var found *float64
		require.NoError(t, s.DB.InTx(ctx, s.Tenant.ID, func(ctx context.Context, tx pgx.Tx) (err error) {
			found, err = ticket.FirstAnswerMedian(ctx, tx, s.Tenant.ID, s.Desk.ID, began.Add(-time.Hour), began.Add(time.Hour), 1)
			return err
		}))
		return found
	}
	number := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil)).Number
	s.Clock.Advance(time.Minute)
	_, err := d.Transition(ctx, s.First, number, desk.TransitionInput{Transition: "confirm"})
	require.NoError(t, err)
	_, err = d.Comment(ctx, s.First, number, desk.CommentInput{Text: "Проверяю", Internal: true})
	require.NoError(t, err)
	_, err = d.Comment(ctx, s.Owner, number, desk.CommentInput{Text: "Когда?"})
	require.NoError(t, err)
	link, err := d.MakeUploadLink(ctx, s.First, number, "")
	require.NoError(t, err)
	_, err = d.PutUpload(ctx, "zab", ident.Token(link.Path[strings.LastIndexByte(link.Path, '/')+1:]), "журнал.png", pngReader(), i18n.RU)
	require.NoError(t, err)
	require.Nil(t, median(), "nothing is answered yet")

	s.Clock.Advance(9 * time.Minute)
	_, err = d.Transition(ctx, s.First, number, desk.TransitionInput{Transition: "request-data", Comment: "Уточните номер."})
	require.NoError(t, err)
	require.InDelta(t, 600, *median(), 0.001)
	s.Clock.Advance(time.Minute)
	_, err = d.Comment(ctx, s.First, number, desk.CommentInput{Text: "И дату.", Then: desk.ThenKeep})
	require.NoError(t, err)
	require.InDelta(t, 600, *median(), 0.001, "the first one counts")

	require.NoError(t, d.ErasePerson(ctx, s.Admin, s.First.Person.ID))
	require.InDelta(t, 600, *median(), 0.001, "an erased agent has answered when he did")
	require.NoError(t, d.ErasePerson(ctx, s.Admin, s.Owner.Person.ID))
	require.InDelta(t, 600, *median(), 0.001, "and so has one of an erased requester")
	verify(t, s)
}
