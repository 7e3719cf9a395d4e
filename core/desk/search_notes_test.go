package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
)

// Who works for a desk is in the ticket that he filed himself a requester like any other: he reads no
// notes there, and finds none.
func TestNotesOfOnesOwnTicketAreNotFound(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	for _, who := range []desk.Actor{s.Second, s.Third} {
		view := s.File(who, "webtorgi", "appeal", coretest.Appeal(nil))
		_, err := s.World.Desk.Comment(t.Context(), s.First, view.Number, desk.CommentInput{Text: "Секретная пометка", Internal: true})
		require.NoError(t, err)
		_, err = s.World.Desk.HandOver(t.Context(), s.First, view.Number, "line3", "Тайная передача", 0)
		require.NoError(t, err)
		for _, query := range []string{"секретная", "тайная"} {
			for _, item := range list(t, s, who, desk.ListInput{Query: query}) {
				require.NotEqual(t, view.Number, item.Number, query)
			}
			found := list(t, s, s.First, desk.ListInput{Query: query})
			require.NotEmpty(t, found, query)
			require.Equal(t, view.Number, found[0].Number, "others find it: "+query)
		}
		require.NotEmpty(t, list(t, s, who, desk.ListInput{Query: "подписи"}), "his own words he finds")
	}
}
