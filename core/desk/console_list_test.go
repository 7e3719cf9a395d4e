package desk_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

var notDone = []api.Category{api.New, api.Open, api.Waiting}

func pages(t *testing.T, s *coretest.Stage, a desk.Actor, in desk.ListInput) []string {
	t.Helper()
	in.Limit = 2
	out := []string{}
	for range 20 {
		page, err := s.World.Desk.List(t.Context(), a, in)
		require.NoError(t, err)
		for _, item := range page.Items {
			out = append(out, item.Number)
		}
		if in.After = page.Next; page.Next == "" {
			return out
		}
	}
	require.Fail(t, "pages do not end")
	return nil
}

func TestAListInAnOrder(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	var numbers []string
	for range 5 {
		s.World.Clock.Advance(time.Minute)
		numbers = append(numbers, s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil)).Number)
	}
	s.World.Clock.Advance(time.Minute)
	raised := "critical"
	_, err := s.World.Desk.Patch(ctx, s.First, numbers[2], desk.PatchInput{Priority: &raised, Version: desk.AnyVersion})
	require.NoError(t, err)
	_, err = s.World.Desk.Comment(ctx, s.First, numbers[0], desk.CommentInput{Text: "Готово", Then: "close"})
	require.NoError(t, err)
	in := desk.ListInput{Desk: "webtorgi", Category: notDone}
	pick := func(all ...int) (out []string) {
		for _, i := range all {
			out = append(out, numbers[i])
		}
		return out
	}
	for _, a := range []desk.Actor{s.First, s.Admin, s.Owner} {
		in.Order, in.Direction = desk.OrderCreated, ""
		require.Equal(t, pick(4, 3, 2, 1), pages(t, s, a, in))
		in.Direction = desk.Ascending
		require.Equal(t, pick(1, 2, 3, 4), pages(t, s, a, in))
		in.Order, in.Direction = desk.OrderPriority, desk.Descending
		require.Equal(t, pick(2, 1, 3, 4), pages(t, s, a, in))
		in.Order, in.Direction = desk.OrderDeadline, desk.Ascending
		require.Len(t, pages(t, s, a, in), 4)
		in.Order, in.Direction = desk.OrderUpdated, ""
		require.Equal(t, pick(2, 4, 3, 1), pages(t, s, a, in))
	}
	require.Empty(t, pages(t, s, s.Third, desk.ListInput{Category: notDone, Order: desk.OrderCreated}), "what line 3 was not handed")

	for pointer, wrong := range map[string]desk.ListInput{
		"/order":     {Order: "subject"},
		"/direction": {Direction: desk.Ascending},
		"/category":  {Category: []api.Category{"lost"}},
		"/requester": {Requester: "nobody"},
		"/after":     {Order: desk.OrderCreated, Category: notDone, After: cursorOf(t, s, desk.ListInput{Order: desk.OrderPriority, Category: notDone})},
		"/columns":   {Desk: "webtorgi", Columns: []string{"/title", "/absent"}},
		"/desk":      {Columns: []string{"/title"}},
	} {
		_, err := s.World.Desk.List(ctx, s.First, wrong)
		require.Equal(t, []string{pointer}, pointersOf(t, err))
	}
	for _, wrong := range []desk.ListInput{{Order: desk.OrderCreated}, {Order: desk.OrderDeadline, Category: []api.Category{api.New, api.Done}}} {
		_, err := s.World.Desk.List(ctx, s.First, wrong)
		require.Equal(t, "order_needs_open", errs.CodeOf(err))
	}
}

func pointersOf(t *testing.T, err error) (pointers []string) {
	t.Helper()
	var meaning *errs.Error
	require.ErrorAs(t, err, &meaning)
	for _, p := range meaning.Fields {
		pointers = append(pointers, p.Pointer)
	}
	return pointers
}

func cursorOf(t *testing.T, s *coretest.Stage, in desk.ListInput) string {
	t.Helper()
	in.Limit = 1
	page, err := s.World.Desk.List(t.Context(), s.First, in)
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	return page.Next
}

// TestACursorIsOfItsList: where another list ended says nothing of this one, and an empty page would tell
// that it ends here.
func TestACursorIsOfItsList(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	var number string
	for range 3 {
		s.World.Clock.Advance(time.Minute)
		number = s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil)).Number
	}
	prefix, _, _ := strings.Cut(number, "-")
	lists := map[string]desk.ListInput{
		"changes": {},
		"words":   {Query: "публикуется"},
		"number":  {Query: prefix + "-"},
		"created": {Order: desk.OrderCreated, Category: notDone},
	}
	for from, in := range lists {
		after := cursorOf(t, s, in)
		for to, other := range lists {
			other.After, other.Limit = after, 1
			page, err := s.World.Desk.List(t.Context(), s.First, other)
			switch {
			case from == to:
				require.NoError(t, err)
				require.Len(t, page.Items, 1, from)
			case lists[from].Query != "" && other.Query != "":
				require.NoError(t, err, "a search finds by number or by words")
			default:
				require.Equal(t, []string{"/after"}, pointersOf(t, err), "%s after %s", to, from)
			}
		}
	}
}

func TestColumnsOfAList(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	view, err := s.World.Desk.Desk(ctx, s.First, "webtorgi")
	require.NoError(t, err)
	titles := map[string]string{}
	for _, column := range view.Columns {
		require.Equal(t, "appeal", column.Form)
		titles[column.Pointer] = column.Title
	}
	for _, pointer := range []string{"/title", "/type", "/document", "/registry_numbers"} {
		require.NotEmpty(t, titles[pointer], pointer)
	}
	requesters, err := s.World.Desk.Desk(ctx, s.Owner, "webtorgi")
	require.NoError(t, err)
	require.Empty(t, requesters.Columns)
	require.Nil(t, requesters.Resolution, "the system asks for none")
	require.Equal(t, []string{api.SeesDesk, api.SeesDesk, api.SeesHanded}, []string{view.Lines[0].Sees, view.Lines[1].Sees, view.Lines[2].Sees})

	long := strings.Repeat("Я", 2000)
	ticket := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(map[string]any{"registry_numbers": []string{"0191300012326000045"}, "description": long}))
	form, err := s.World.Desk.Form(ctx, s.First, "webtorgi", "appeal")
	require.NoError(t, err)
	var other string
	for _, value := range form.Lists["appeal-types"] {
		if value.Key == "other" {
			other = value.Title
		}
	}
	in := desk.ListInput{Desk: "webtorgi", Columns: []string{"/title", "/type", "/registry_numbers", "/description"}}
	items := list(t, s, s.First, in)
	require.Len(t, items, 1)
	columns := items[0].Columns
	require.Equal(t, "Не публикуется план-график", columns["/title"])
	require.NotEqual(t, "other", columns["/type"], "a listed value by its title")
	if other != "" {
		require.Equal(t, other, columns["/type"])
	}
	require.Equal(t, []any{"0191300012326000045"}, columns["/registry_numbers"])
	require.Len(t, []rune(columns["/description"].(string)), 300)
	require.Equal(t, ticket.Version, items[0].Version)
	require.EqualValues(t, 1, items[0].LastSeq)
	require.Nil(t, items[0].ClosedAt)

	for _, a := range []desk.Actor{s.Owner, s.Colleague, s.Foreign} {
		_, err := s.World.Desk.List(ctx, a, in)
		require.Equal(t, "not_allowed", errs.CodeOf(err))
		items := list(t, s, a, desk.ListInput{Desk: "webtorgi"})
		require.Len(t, items, 1)
		require.Empty(t, items[0].Columns)
		require.Zero(t, items[0].LastSeq, "how much was written internally is the agents'")
	}
	in.Columns = []string{"/title", "/type", "/document", "/name", "/email", "/phone", "/description"}
	_, err = s.World.Desk.List(ctx, s.First, in)
	require.Equal(t, []string{"/columns"}, pointersOf(t, err))
}

func TestAPersonsTickets(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	own := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	s.File(s.Foreign, "webtorgi", "appeal", coretest.Appeal(nil))
	owner := s.Owner.Person.ID.String()
	for _, in := range []desk.ListInput{{Requester: owner}, {Requester: owner, Desk: "webtorgi"}, {Requester: owner, Category: notDone, Order: desk.OrderCreated}} {
		items := list(t, s, s.First, in)
		require.Len(t, items, 1)
		require.Equal(t, own.Number, items[0].Number)
		for _, a := range []desk.Actor{s.Owner, s.Colleague, s.Foreign} {
			_, err := s.World.Desk.List(ctx, a, in)
			require.Equal(t, "not_allowed", errs.CodeOf(err))
		}
	}
	require.Empty(t, list(t, s, s.Third, desk.ListInput{Requester: owner}), "line 3 sees what it was handed")
	require.Empty(t, list(t, s, s.First, desk.ListInput{Requester: coretestOther(t, s).String()}))
}

func TestWhatOneMayDoWithATicket(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	number := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil)).Number
	see := func(a desk.Actor, number string) desk.TicketView {
		view, err := s.World.Desk.Ticket(ctx, a, number)
		require.NoError(t, err)
		return view
	}
	keys := func(all []desk.KeyTitle) []string {
		out := []string{}
		for _, one := range all {
			require.NotEmpty(t, one.Title)
			out = append(out, one.Key)
		}
		return out
	}
	first := see(s.First, number)
	require.Equal(t, desk.MayView{Answer: true, Note: true, Edit: true, Assign: true, HandOver: true, Tie: true, UploadLink: true}, first.May)
	require.Equal(t, desk.MayView{Answer: true, UploadLink: true}, see(s.Owner, number).May)
	require.Empty(t, see(s.Owner, number).HandsTo)
	require.Equal(t, desk.MayView{}, see(s.Colleague, number).May)
	admin := see(s.Admin, number)
	require.True(t, admin.May.Edit && admin.May.Note && !admin.May.Answer && !admin.May.Tie)
	// What is offered is what holds.
	require.NotEmpty(t, first.HandsTo)
	for _, line := range keys(first.HandsTo) {
		other := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil)).Number
		_, err := s.World.Desk.HandOver(ctx, s.First, other, line, "", 0)
		require.NoError(t, err, line)
		require.NotContains(t, keys(see(s.First, other).HandsTo), line, "it has the ticket already")
	}
	waiting := toStatus(t, s, "insufficient-data").Number
	require.True(t, see(s.Owner, waiting).May.Edit, "the requester completes")
	tied := toStatus(t, s, "duplicate").Number
	require.False(t, see(s.First, tied).May.Tie)
	raw, err := json.Marshal(see(s.Owner, number))
	require.NoError(t, err)
	require.Contains(t, string(raw), `"hands_to":[]`)
}
