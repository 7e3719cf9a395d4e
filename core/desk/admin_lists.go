package desk

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// Limits of a page of a list's values.
const (
	defaultValues = 100
	maxValues     = 500
	maxListKey    = 64 // as a listed field's maxLength
)

// listOf finds a reference list of a desk that the actor administers. Errors: those of such a desk;
// NotFound ("list_not_found").
func (s *Service) listOf(a Actor, desk, key string) (*Snapshot, *api.List, error) {
	snap, err := s.administered(a, desk)
	if err != nil {
		return nil, nil, err
	}
	list, ok := snap.Declaration().List(key)
	if !ok {
		return nil, nil, errs.New(errs.NotFound, "list_not_found", "the system has no such list")
	}
	return snap, list, nil
}

// ReferenceList returns a page of a list's values, private and retired ones too, the declared before the
// desk's own. Errors: those of a desk that the actor does not administer; NotFound ("list_not_found"),
// Invalid ("invalid_request").
func (s *Service) ReferenceList(_ context.Context, a Actor, desk string, in ListQuery) (ListView, error) {
	snap, list, err := s.listOf(a, desk, in.List)
	if err != nil {
		return ListView{}, err
	}
	view := ListView{ListRef: listRef(list, a.Lang), Values: []ListValueView{}}
	values := snap.Lists[list.Key]
	if in.After != "" {
		at := slices.IndexFunc(values, func(v api.ListValue) bool { return v.Key == in.After })
		if at < 0 {
			return view, invalid(errs.Problem{Pointer: "/after", Code: "invalid_value"})
		}
		values = values[at+1:]
	}
	limit := defaultValues
	if in.Limit > 0 {
		limit = min(in.Limit, maxValues)
	}
	words := strings.ToLower(strings.TrimSpace(in.Words))
	for _, v := range values {
		if !strings.Contains(strings.ToLower(v.Key+"\x00"+v.Title.RU+"\x00"+v.Title.EN), words) {
			continue
		}
		if len(view.Values) == limit {
			view.Next = view.Values[limit-1].Key
			break
		}
		view.Values = append(view.Values, listValueView(list, v))
	}
	return view, nil
}

func listValueView(list *api.List, v api.ListValue) ListValueView {
	return ListValueView{Key: v.Key, Title: v.Title, Declared: declared(list, v.Key), Retired: v.Retired}
}

// declared reports whether a value is the system's own.
func declared(list *api.List, key string) bool {
	return slices.ContainsFunc(list.Values, func(d api.ListValue) bool { return d.Key == key })
}

// SetListValue adds a value to a list, renames it or retires it; without a title the one that it has
// stays. Errors: those of ReferenceList; Invalid ("invalid_request" with pointers into the body or
// /key), Conflict ("list_closed").
func (s *Service) SetListValue(ctx context.Context, a Actor, desk, key, value string, title i18n.Text, retired bool) (ListValueView, error) {
	snap, list, err := s.listOf(a, desk, key)
	if err != nil {
		return ListValueView{}, err
	}
	if closed(list) {
		return ListValueView{}, errListClosed
	}
	v := api.ListValue{Key: listKey(list, value), Title: both(title), Retired: retired}
	if err := s.configure(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		known, err := s.lockList(ctx, tx, snap, list)
		if err != nil {
			return err
		}
		before, exists := known.byKey[v.Key]
		if v.Title.IsZero() && exists {
			v.Title = before.Title
		}
		if problem, wrong := listProblem(list, v); wrong {
			return invalid(problem)
		}
		if !known.kept[v.Key] && known.own >= tenant.MaxListValues {
			return errs.New(errs.Conflict, "list_full", "too many values").With("limit", tenant.MaxListValues)
		}
		if exists && before.Title == v.Title && before.Retired == v.Retired {
			return nil
		}
		row := tenant.ListValue{Desk: snap.Desk.ID, List: list.Key, Key: v.Key, Title: v.Title, Retired: v.Retired}
		if err := tenant.InsertListValue(ctx, tx, a.Tenant.ID, row); err != nil {
			return err
		}
		return s.record(ctx, tx, a, listEntry(snap, list, before, v, exists))
	}); err != nil {
		return ListValueView{}, fmt.Errorf("set list value: %w", err)
	}
	return listValueView(list, v), nil
}

// listEntry says what became of a value. Of a private list it is somebody's address, and not said.
func listEntry(snap *Snapshot, list *api.List, before, after api.ListValue, exists bool) entry {
	e := entry{desk: &snap.Desk.ID, action: "list_changed", object: snap.Desk.Slug + "/" + list.Key}
	if list.Private {
		return e
	}
	e.data = map[string]any{"key": after.Key, "new": listData(after)}
	if exists {
		e.data["old"] = listData(before)
	}
	return e
}

func listData(v api.ListValue) map[string]any {
	return map[string]any{"title": map[string]any{"ru": v.Title.RU, "en": v.Title.EN}, "retired": v.Retired}
}

var errListClosed = errs.New(errs.Conflict, "list_closed", "the system does not let desks change the list")

func closed(list *api.List) bool { return !list.Extendable && !list.Private }

// listKey is how a key is kept: a private value is an address or a domain, compared in lower case.
func listKey(list *api.List, key string) string {
	key = strings.TrimSpace(key)
	if list.Private {
		return loginOf(key)
	}
	return key
}

// listProblem says what is wrong with a value.
func listProblem(list *api.List, v api.ListValue) (errs.Problem, bool) {
	longest := maxListKey
	if list.Private {
		longest = maxLogin
	}
	switch {
	case v.Key == "":
		return errs.Problem{Pointer: "/key", Code: "required"}, true
	case len(v.Key) > longest || !valueForm.MatchString(v.Key):
		return errs.Problem{Pointer: "/key", Code: "bad_list_key", Args: map[string]any{"limit": longest}}, true
	case v.Title.IsZero() && !list.Private:
		return errs.Problem{Pointer: "/title", Code: "required"}, true
	case utf8.RuneCountInString(v.Title.RU) > maxTitle || utf8.RuneCountInString(v.Title.EN) > maxTitle:
		return errs.Problem{Pointer: "/title", Code: "too_long", Args: map[string]any{"count": maxTitle}}, true
	}
	return errs.Problem{}, false
}

// known are the values that a list has, in the transaction that changes it.
type knownValues struct {
	byKey map[string]api.ListValue
	// kept are the keys of the desk's own rows, own how many they are.
	kept map[string]bool
	own  int
}

// lockList reads a list's values; changes of the desk's configuration wait for each other.
func (s *Service) lockList(ctx context.Context, tx pgx.Tx, snap *Snapshot, list *api.List) (knownValues, error) {
	if _, err := tenant.LockDesk(ctx, tx, snap.Tenant.ID, snap.Desk.ID); err != nil {
		return knownValues{}, err
	}
	own, err := tenant.ListValuesOf(ctx, tx, snap.Tenant.ID, snap.Desk.ID, list.Key)
	if err != nil {
		return knownValues{}, err
	}
	known := knownValues{byKey: make(map[string]api.ListValue, len(own)+len(list.Values)), kept: make(map[string]bool, len(own)), own: len(own)}
	for _, v := range list.Values {
		known.byKey[v.Key] = v
	}
	for _, v := range own {
		known.byKey[v.Key] = api.ListValue{Key: v.Key, Title: v.Title, Retired: v.Retired}
		known.kept[v.Key] = true
	}
	return known, nil
}

// ExportList writes a list as CSV as ImportList takes it, in a form that spreadsheets open: a byte order
// mark and semicolons, and nothing that they would compute. Errors: those of ReferenceList, before anything is written.
func (s *Service) ExportList(_ context.Context, a Actor, desk, key string, w io.Writer) error {
	snap, list, err := s.listOf(a, desk, key)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	if err := out.Write(importColumns()); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	for _, v := range snap.Lists[list.Key] {
		retired := "false"
		if v.Retired {
			retired = "true"
		}
		if err := out.Write([]string{quoted(v.Key), quoted(v.Title.RU), quoted(v.Title.EN), retired}); err != nil {
			return fmt.Errorf("write list: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	return nil
}
