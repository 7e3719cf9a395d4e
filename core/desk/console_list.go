package desk

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

// Bounds of a list's parameters.
const (
	maxColumns = 6
	maxChoices = 50
)

// Separated reads a parameter that names several with commas between; what is empty or named twice
// counts once or not at all.
func Separated(text string) []string {
	var out []string
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" && !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

func parameter(name, code string) error {
	return errs.Problems([]errs.Problem{{Pointer: "/" + name, Code: code}})
}

// listFilter reads the parameters of a list.
func listFilter(a Actor, in ListInput) (ticket.Filter, cursor, error) {
	f := ticket.Filter{Reader: a.id(), Unread: in.Unread, Limit: in.Limit, Status: in.Status, Category: in.Category}
	if f.Limit <= 0 {
		f.Limit = defaultPage
	}
	f.Limit = min(f.Limit, maxPage)
	f.Queue, f.Line = optional(in.Queue), optional(in.Line)
	for _, category := range in.Category {
		if !slices.Contains([]api.Category{api.New, api.Open, api.Waiting, api.Done}, category) {
			return f, cursor{}, parameter("category", "enum")
		}
	}
	if len(in.Status) > maxChoices {
		return f, cursor{}, errs.Problems([]errs.Problem{{Pointer: "/status", Code: "too_many", Args: map[string]any{"count": maxChoices}}})
	}
	if err := in.whose(a, &f); err != nil {
		return f, cursor{}, err
	}
	if len([]rune(in.Query)) > maxQuery {
		return f, cursor{}, errs.Problems([]errs.Problem{{Pointer: "/q", Code: "too_long", Args: map[string]any{"count": maxQuery}}})
	}
	if err := in.checkOrder(); err != nil {
		return f, cursor{}, err
	}
	after, err := in.cursor()
	if err != nil {
		return f, cursor{}, parameter("after", "not_found")
	}
	return f, after, nil
}

// whose reads the parameters that name people.
func (in ListInput) whose(a Actor, f *ticket.Filter) error {
	id := a.id()
	switch in.Assignee {
	case "":
	case "none":
		f.Unassigned = true
	case "me":
		f.Assignee = &id
	default:
		named, err := ident.Parse(in.Assignee)
		if err != nil {
			return parameter("assignee", "not_found")
		}
		f.Assignee = &named
	}
	if in.Mine {
		f.Requester = &id
	}
	if in.Requester != "" {
		named, err := ident.Parse(in.Requester)
		if err != nil {
			return parameter("requester", "not_found")
		}
		f.Requester = &named
	}
	return nil
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// checkOrder refuses an order or a direction that is not offered, and any order but the usual one over
// what is done: there an index for each would cost every ticket more than the order is worth.
func (in ListInput) checkOrder() error {
	directions, ok := map[string][]string{
		"": {Descending}, OrderUpdated: {Descending}, OrderCreated: {Descending, Ascending},
		OrderDeadline: {Ascending}, OrderPriority: {Descending},
	}[in.Order]
	if !ok {
		return parameter("order", "enum")
	}
	if in.Direction != "" && !slices.Contains(directions, in.Direction) {
		return parameter("direction", "enum")
	}
	if in.Order == "" || in.Order == OrderUpdated {
		return nil
	}
	if len(in.Category) == 0 || slices.Contains(in.Category, api.Done) {
		return &errs.Error{
			Kind: errs.Invalid, Code: "order_needs_open", Msg: "an order over what is done",
			Fields: []errs.Problem{{Pointer: "/category", Code: "order_needs_open"}},
		}
	}
	return nil
}

// open is the order over what is not done; none where the list has the usual one. What a search finds
// comes newest first, whatever the order.
func (in ListInput) open() (ticket.Order, bool) {
	if strings.TrimSpace(in.Query) != "" {
		return "", false
	}
	switch in.Order {
	case OrderCreated:
		if in.Direction == Ascending {
			return ticket.OldestFirst, true
		}
		return ticket.NewestFirst, true
	case OrderDeadline:
		return ticket.SoonestFirst, true
	case OrderPriority:
		return ticket.UrgentFirst, true
	}
	return "", false
}

// ranksOf are the priorities of the desks, the most urgent of each at 0.
func ranksOf(desks []*Snapshot) []ticket.Rank {
	var out []ticket.Rank
	for _, snap := range desks {
		scale := snap.Declaration().Priorities.Scale
		for i, key := range scale {
			out = append(out, ticket.Rank{Desk: snap.Desk.ID, Priority: key, Rank: len(scale) - 1 - i})
		}
	}
	return out
}

// cursor is the last ticket of the page before: by its last change, or in an order over what is not done.
type cursor struct {
	at    *time.Time
	id    *ident.ID
	place *ticket.Spot
}

var errCursor = errors.New("cursor of another list")

// cursor reads where the page before ended; it must have been in the same order.
func (in ListInput) cursor() (cursor, error) {
	if in.After == "" {
		return cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(in.After)
	if err != nil {
		return cursor{}, fmt.Errorf("read cursor: %w", err)
	}
	parts := strings.Split(string(raw), " ")
	if order, ok := in.open(); ok {
		return readPlace(order, parts)
	}
	if len(parts) != 3 || !in.gives(parts[0]) {
		return cursor{}, errCursor
	}
	parsed, err := ident.Parse(parts[2])
	if err != nil {
		return cursor{}, fmt.Errorf("read cursor: %w", err)
	}
	when, err := time.Parse(time.RFC3339Nano, parts[1])
	if err != nil {
		return cursor{}, fmt.Errorf("read cursor: %w", err)
	}
	if when.IsZero() != (parts[0] == byWords) {
		return cursor{}, errCursor
	}
	return cursor{at: &when, id: &parsed}, nil
}

// What a cursor without an order was given by. A search goes on by what found its first page: numbers,
// the last changed first, or words, the newest first and without a time.
const (
	byChange = "updated"
	byNumber = "number"
	byWords  = "words"
)

// gives reports whether the list has cursors of this kind.
func (in ListInput) gives(kind string) bool {
	if strings.TrimSpace(in.Query) == "" {
		return kind == byChange
	}
	return kind == byNumber || kind == byWords
}

// changedCursor is where a page of what changed last ended.
func (in ListInput) changedCursor(last *ticket.Item) string {
	kind := byChange
	if strings.TrimSpace(in.Query) != "" {
		kind = byNumber
	}
	return encodeCursor(kind, last.UpdatedAt, last.ID)
}

// wordsCursor is where a page of a search by words ended.
func wordsCursor(last ident.ID) string { return encodeCursor(byWords, time.Time{}, last) }

func encodeCursor(kind string, at time.Time, id ident.ID) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join([]string{kind, at.Format(time.RFC3339Nano), id.String()}, " ")))
}

// never stands in a cursor for a deadline that is none.
const never = "never"

func readPlace(order ticket.Order, parts []string) (cursor, error) {
	if len(parts) != 4 || parts[0] != string(order) {
		return cursor{}, errCursor
	}
	rank, err := strconv.ParseUint(parts[1], 10, 10)
	if err != nil {
		return cursor{}, fmt.Errorf("read cursor: %w", err)
	}
	place := ticket.Spot{Rank: int(rank)}
	if parts[2] != never {
		when, err := time.Parse(time.RFC3339Nano, parts[2])
		if err != nil {
			return cursor{}, fmt.Errorf("read cursor: %w", err)
		}
		place.At = &when
	}
	if place.ID, err = ident.Parse(parts[3]); err != nil {
		return cursor{}, fmt.Errorf("read cursor: %w", err)
	}
	return cursor{place: &place}, nil
}

func writePlace(order ticket.Order, p ticket.Spot) string {
	at := never
	if p.At != nil {
		at = p.At.Format(time.RFC3339Nano)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join([]string{string(order), strconv.Itoa(p.Rank), at, p.ID.String()}, " ")))
}
