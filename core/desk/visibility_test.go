package desk_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/tenant"
	"github.com/opora-desk/opora/core/ticket"
)

func list(t *testing.T, s *coretest.Stage, a desk.Actor, in desk.ListInput) []desk.ListItem {
	t.Helper()
	page, err := s.World.Desk.List(t.Context(), a, in)
	require.NoError(t, err)
	return page.Items
}

// R4.20 to R4.24: everybody sees all tickets, of a foreign organisation the four columns alone.
func TestForeignTicketsShowFourColumns(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	items := list(t, s, s.Foreign, desk.ListInput{})
	require.Len(t, items, 1)
	raw, err := json.Marshal(items[0])
	require.NoError(t, err)
	var written map[string]any
	require.NoError(t, json.Unmarshal(raw, &written))
	keys := []string{}
	for key := range written {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	require.Equal(t, []string{"assignee", "number", "status", "subject"}, keys)
	for name, call := range map[string]func() error{
		"page":       func() error { _, err := s.World.Desk.Ticket(t.Context(), s.Foreign, view.Number); return err },
		"events":     func() error { _, err := s.World.Desk.Events(t.Context(), s.Foreign, view.Number, 0, 0); return err },
		"decisions":  func() error { _, err := s.World.Desk.Decisions(t.Context(), s.Foreign, view.Number); return err },
		"duplicates": func() error { _, err := s.World.Desk.Duplicates(t.Context(), s.Foreign, view.Number); return err },
		"read":       func() error { return s.World.Desk.MarkRead(t.Context(), s.Foreign, view.Number) },
	} {
		require.Equal(t, errs.NotFound, errs.KindOf(call()), name)
	}
	require.Empty(t, list(t, s, s.Foreign, desk.ListInput{Query: "подписи"}), "a foreign text is not found by its words")
	colleague := list(t, s, s.Colleague, desk.ListInput{Organisation: "7536000005"})
	require.Len(t, colleague, 1)
	require.Equal(t, "webtorgi", colleague[0].Desk)
	full, err := s.World.Desk.Ticket(t.Context(), s.Colleague, view.Number)
	require.NoError(t, err)
	require.Equal(t, view.Fields, full.Fields, "a colleague sees the whole ticket (R4.22)")
	require.Empty(t, list(t, s, s.Colleague, desk.ListInput{Mine: true}))
	require.Len(t, list(t, s, s.Owner, desk.ListInput{Mine: true}), 1)
	require.Empty(t, list(t, s, s.Owner, desk.ListInput{Organisation: "7536000012"}))
}

func TestScopesOfDesks(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	for scope, sees := range map[string][3]int{"own": {1, 0, 0}, "organisation": {1, 1, 0}} {
		t.Run(scope, func(t *testing.T) {
			t.Parallel()
			other := s.World.Tenant(scope)
			other.Desk("webtorgi", coretest.Webtorgi, tenant.Settings{Visibility: apiScope(scope)})
			owner := other.Person(coretest.Who{Email: "a@x.example", INN: "7536000005"})
			colleague := other.Person(coretest.Who{Email: "b@x.example", INN: "7536000005"})
			foreign := other.Person(coretest.Who{Email: "c@x.example", INN: "7536000012"})
			view := s.File(owner, "webtorgi", "appeal", coretest.Appeal(nil))
			for i, a := range []desk.Actor{owner, colleague, foreign} {
				require.Len(t, list(t, s, a, desk.ListInput{}), sees[i])
				require.Len(t, list(t, s, a, desk.ListInput{Query: "опубликовать"}), sees[i])
				_, err := s.World.Desk.Ticket(t.Context(), a, view.Number)
				require.Equal(t, sees[i] == 1, err == nil)
			}
		})
	}
}

func TestNothingCrossesTenants(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	other := s.World.AddStage("second")
	theirs := s.File(other.Owner, "webtorgi", "appeal", coretest.Appeal(map[string]any{"title": "Секрет соседа", "registry_numbers": []string{"0191300012326000045"}}))
	mine := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(map[string]any{"registry_numbers": []string{"0191300012326000045"}}))
	require.Equal(t, mine.Number, theirs.Number, "two tenants count apart")
	view, err := s.World.Desk.Ticket(t.Context(), s.First, theirs.Number)
	require.NoError(t, err)
	require.Equal(t, mine.ID, view.ID)
	require.Len(t, list(t, s, s.First, desk.ListInput{}), 1)
	require.Empty(t, list(t, s, s.First, desk.ListInput{Query: "секрет соседа"}))
	require.Len(t, list(t, other, other.First, desk.ListInput{Query: "секреты соседей"}), 1, "found by other word forms")
	found, err := s.World.Desk.Duplicates(t.Context(), s.First, mine.Number)
	require.NoError(t, err)
	require.Empty(t, found.Items)
	require.Empty(t, list(t, s, s.First, desk.ListInput{Assignee: other.First.Person.ID.String()}))
	_, err = s.World.Desk.Assign(t.Context(), s.First, mine.Number, &other.First.Person.ID, 0)
	require.Equal(t, "invalid_fields", errs.CodeOf(err))
	_, visible := s.World.Desk.Visible(t.Context(), s.First, desk.FeedEntry{Tenant: other.Tenant.ID, Ticket: theirs.ID, Seq: 1, Kind: ticket.Submitted})
	require.False(t, visible)
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(map[string]any{"registry_numbers": []string{"0191300012326000045"}}))
	_, err := s.World.Desk.Comment(t.Context(), s.First, view.Number, desk.CommentInput{Text: "Заблокирован сертификат", Internal: true})
	require.NoError(t, err)
	_, err = s.World.Desk.Comment(t.Context(), s.Owner, view.Number, desk.CommentInput{Text: "Прикладываю выгрузку журнала"})
	require.NoError(t, err)
	for query, finds := range map[string]bool{
		"подписью": true, "КНОПКИ": true, "0191300012326000045": true, "01913000123": false, "ivanova@school1.example": true,
		"8-123-12345678": true, "812312345678": true, "иванова": true, "7536000005": true, "выгрузки": true,
		"сертификаты": true, view.Number: true, view.Number[:5]: true, "ничего такого": false, "%": false, "'": false, `\`: false, "-": false, "!!": false,
	} {
		require.Len(t, list(t, s, s.First, desk.ListInput{Query: query}), map[bool]int{true: 1}[finds], query)
	}
	require.Empty(t, list(t, s, s.Owner, desk.ListInput{Query: "сертификат"}), "a requester does not find by internal words")
	require.Len(t, list(t, s, s.Owner, desk.ListInput{Query: "журнал"}), 1)
}

func TestPagesAreComplete(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	want := map[string]bool{}
	for i := range 23 {
		s.World.Clock.Advance(time.Second)
		want[s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(map[string]any{"title": fmt.Sprintf("Обращение %d", i)})).Number] = true
	}
	for _, query := range []string{"", "обращение"} {
		got := map[string]bool{}
		in := desk.ListInput{Limit: 5, Query: query}
		for range 10 {
			page, err := s.World.Desk.List(t.Context(), s.First, in)
			require.NoError(t, err)
			for _, item := range page.Items {
				require.False(t, got[item.Number], "no ticket twice")
				got[item.Number] = true
			}
			if in.After = page.Next; page.Next == "" {
				break
			}
		}
		require.Equal(t, want, got)
	}
	_, err := s.World.Desk.List(t.Context(), s.First, desk.ListInput{After: "nonsense"})
	require.Equal(t, errs.Invalid, errs.KindOf(err))
	anonymous, err := s.World.Desk.Anonymous(t.Context(), "zab", i18n.RU)
	require.NoError(t, err)
	_, err = s.World.Desk.List(t.Context(), anonymous, desk.ListInput{})
	require.Equal(t, errs.Unauthenticated, errs.KindOf(err))
}

// R0.17: the mark of what an agent has not seen goes when he reads, or when anybody answers.
func TestUnread(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	unread := func(a desk.Actor) int { return len(list(t, s, a, desk.ListInput{Unread: true})) }
	require.Equal(t, 1, unread(s.First))
	require.NoError(t, s.World.Desk.MarkRead(ctx, s.First, view.Number))
	require.Equal(t, 0, unread(s.First))
	require.Equal(t, 1, unread(s.Second), "a mark is a person's own")
	require.Equal(t, 0, unread(s.Owner))
	_, err := s.World.Desk.Comment(ctx, s.First, view.Number, desk.CommentInput{Text: "Готово", Then: "close"})
	require.NoError(t, err)
	require.Equal(t, 0, unread(s.Second), "answered: gone from everybody's list")
	require.Equal(t, 1, unread(s.Owner))
	_, err = s.World.Desk.Comment(ctx, s.Owner, view.Number, desk.CommentInput{Text: "Не помогло"})
	require.NoError(t, err)
	require.Equal(t, 1, unread(s.First))
	require.Equal(t, 1, unread(s.Second))
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	view := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	last := view.Number[len(view.Number)-1]
	wrong := view.Number[:len(view.Number)-1] + string('0'+(last-'0'+1)%10)
	_, err := s.World.Desk.Ticket(t.Context(), s.First, wrong)
	require.Equal(t, "number_check_digit", errs.CodeOf(err))
	_, err = s.World.Desk.Ticket(t.Context(), s.First, "nonsense")
	require.Equal(t, "ticket_not_found", errs.CodeOf(err))
}
