package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
)

// A node that has not heard yet of a line's end puts nobody on it.
func TestNobodyIsPutOnALineThatIsGone(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	line := desk.OwnLine{Key: "fourth", Title: i18n.Text{RU: "Четвёртая"}, Sees: api.SeesDesk}
	in := func(lines ...desk.OwnLine) desk.SettingsInput {
		known, err := s.World.Desk.Settings(ctx, s.Admin, "webtorgi")
		require.NoError(t, err)
		known.Settings.Lines = lines
		return desk.SettingsInput{Title: known.Title, Prefix: known.Prefix, Settings: known.Settings, Any: true}
	}
	_, err := s.World.Desk.SetSettings(ctx, s.Admin, "webtorgi", in(line))
	require.NoError(t, err)
	late := s.World.Node()
	_, err = s.World.Desk.SetSettings(ctx, s.Admin, "webtorgi", in())
	require.NoError(t, err)
	_, err = late.SetMember(ctx, s.Admin, "webtorgi", s.Owner.Person.ID, desk.MemberInput{Line: "fourth"})
	require.Equal(t, []string{"/line"}, pointersOf(t, err))
	_, err = late.SetMember(ctx, s.Admin, "webtorgi", s.Owner.Person.ID, desk.MemberInput{Line: "line1"})
	require.NoError(t, err)
}
