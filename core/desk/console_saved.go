package desk

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/workspace"
)

// Bounds of what is kept on a desk, in characters.
const (
	maxKeptTitle    = 200
	maxViewQuery    = 1000
	maxTemplateText = 10_000
)

// SavedViews lists one's own views of a desk and the shared ones, by title. Errors: Forbidden for who
// does not work the desk.
func (s *Service) SavedViews(ctx context.Context, a Actor, desk string) (Page[SavedView], error) {
	page := Page[SavedView]{Items: []SavedView{}}
	snap, err := s.workedDesk(a, desk)
	if err != nil {
		return page, err
	}
	err = s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		views, err := workspace.Views(ctx, tx, a.Tenant.ID, snap.Desk.ID, a.id())
		if err != nil {
			return err
		}
		page.Items = page.Items[:0]
		for i := range views {
			page.Items = append(page.Items, savedView(a, &views[i]))
		}
		return nil
	})
	return page, err
}

func savedView(a Actor, v *workspace.View) SavedView {
	return SavedView{ID: v.ID, Title: v.Title, Query: v.Query, Shared: v.Shared, Own: v.Owner == a.id()}
}

// CreateView keeps a list's parameters under a title. Errors: Forbidden ("not_allowed" for who does not
// work the desk, and for a shared one of who does not administer it), Invalid ("invalid_fields" with
// "/title", also where another one has it, and "/query"), Conflict ("too_many_views").
func (s *Service) CreateView(ctx context.Context, a Actor, desk string, in SavedViewInput) (SavedView, error) {
	snap, err := s.workedDesk(a, desk)
	if err != nil {
		return SavedView{}, err
	}
	view, err := s.viewOf(a, snap, in)
	if err != nil {
		return SavedView{}, err
	}
	view.ID, view.Owner = ident.New(), a.id()
	if err := s.keepView(ctx, a, &view, func(context.Context, pgx.Tx) error { return nil }); err != nil {
		return SavedView{}, err
	}
	return savedView(a, &view), nil
}

// ChangeView replaces a view: one's own, or as an administrator a shared one. Errors: as CreateView, and
// NotFound ("view_not_found").
func (s *Service) ChangeView(ctx context.Context, a Actor, desk string, id ident.ID, in SavedViewInput) (SavedView, error) {
	snap, err := s.workedDesk(a, desk)
	if err != nil {
		return SavedView{}, err
	}
	view, err := s.viewOf(a, snap, in)
	if err != nil {
		return SavedView{}, err
	}
	if err := s.keepView(ctx, a, &view, func(ctx context.Context, tx pgx.Tx) error {
		known, err := changeable(ctx, tx, a, snap, id)
		view.ID, view.Owner = known.ID, known.Owner
		return err
	}); err != nil {
		return SavedView{}, err
	}
	return savedView(a, &view), nil
}

// DeleteView removes a view: one's own, or as an administrator a shared one. Errors: Forbidden, NotFound
// ("view_not_found").
func (s *Service) DeleteView(ctx context.Context, a Actor, desk string, id ident.ID) error {
	snap, err := s.workedDesk(a, desk)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		known, err := changeable(ctx, tx, a, snap, id)
		if err != nil {
			return err
		}
		if known.Shared {
			if err := s.record(ctx, tx, a, entry{desk: &snap.Desk.ID, action: "view_deleted", object: id.String()}); err != nil {
				return err
			}
		}
		return workspace.DeleteView(ctx, tx, a.Tenant.ID, id)
	})
}

// changeable reads a view that the person may change: a shared one is an administrator's.
func changeable(ctx context.Context, tx pgx.Tx, a Actor, snap *Snapshot, id ident.ID) (workspace.View, error) {
	known, err := workspace.ViewByID(ctx, tx, a.Tenant.ID, snap.Desk.ID, a.id(), id)
	if err == nil && known.Shared && !a.Memberships[snap.Desk.ID].Administrator {
		err = errs.New(errs.Forbidden, "not_allowed", "a shared view is an administrator's")
	}
	return known, err
}

// keepView writes a view once first agrees; who makes a shared one is remembered.
func (s *Service) keepView(ctx context.Context, a Actor, view *workspace.View, first func(context.Context, pgx.Tx) error) error {
	return s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		if err := workspace.Hold(ctx, tx, a.Tenant.ID, view.Desk); err != nil {
			return err
		}
		if err := person.Hold(ctx, tx, a.Tenant.ID, a.id()); err != nil {
			return err
		}
		if err := first(ctx, tx); err != nil {
			return err
		}
		if err := onlyOne(ctx, tx, a, view); err != nil {
			return err
		}
		if view.Shared {
			if err := s.record(ctx, tx, a, entry{desk: &view.Desk, action: "view_saved", object: view.ID.String()}); err != nil {
				return err
			}
		}
		return workspace.PutView(ctx, tx, a.Tenant.ID, *view, s.clock.Now())
	})
}

// onlyOne refuses a title that another view of the person has, or another shared one: nobody could tell
// them apart.
func onlyOne(ctx context.Context, tx pgx.Tx, a Actor, view *workspace.View) error {
	known, err := workspace.Views(ctx, tx, a.Tenant.ID, view.Desk, a.id())
	if err != nil {
		return err
	}
	if slices.ContainsFunc(known, func(one workspace.View) bool {
		return one.ID != view.ID && one.Shared == view.Shared && strings.EqualFold(one.Title, view.Title)
	}) {
		return errs.Problems([]errs.Problem{{Pointer: "/title", Code: "view_exists"}})
	}
	return nil
}

// viewOf checks a view that is to be kept.
func (s *Service) viewOf(a Actor, snap *Snapshot, in SavedViewInput) (workspace.View, error) {
	if in.Shared && !a.Memberships[snap.Desk.ID].Administrator {
		return workspace.View{}, errs.New(errs.Forbidden, "not_allowed", "a shared view is an administrator's")
	}
	view := workspace.View{Desk: snap.Desk.ID, Shared: in.Shared, Query: strings.TrimPrefix(strings.TrimSpace(in.Query), "?")}
	title, problems := keptText(oneLine(in.Title), "/title", maxKeptTitle)
	view.Title = title
	problems = append(problems, queryProblems(a, snap, view.Query)...)
	if len(problems) > 0 {
		return view, errs.Problems(sorted(problems))
	}
	return view, nil
}

// keptText trims a text that must be there and bounds it.
func keptText(text, pointer string, most int) (string, []errs.Problem) {
	if !api.Present(text) {
		return "", []errs.Problem{{Pointer: pointer, Code: "required"}}
	}
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > most {
		return "", []errs.Problem{{Pointer: pointer, Code: "too_long", Args: map[string]any{"count": most}}}
	}
	if strings.ContainsRune(text, 0) {
		return "", []errs.Problem{{Pointer: pointer, Code: "pattern"}}
	}
	return text, nil
}

// queryProblems reads a view's parameters as the list itself would: what it refuses is not kept.
func queryProblems(a Actor, snap *Snapshot, query string) []errs.Problem {
	if utf8.RuneCountInString(query) > maxViewQuery {
		return []errs.Problem{{Pointer: "/query", Code: "too_long", Args: map[string]any{"count": maxViewQuery}}}
	}
	values, err := url.ParseQuery(query)
	if decoded, broken := url.QueryUnescape(query); err != nil || broken != nil || !utf8.ValidString(decoded) || strings.ContainsRune(decoded, 0) {
		return []errs.Problem{{Pointer: "/query", Code: "invalid_value"}}
	}
	in, problems := listInput(values)
	if len(problems) > 0 {
		return problems
	}
	in.Desk = snap.Desk.Slug
	if _, err = columnNames([]*Snapshot{snap}, in); err == nil {
		_, _, err = listFilter(a, in)
	}
	if err != nil {
		return []errs.Problem{{Pointer: "/query", Code: "invalid_value"}}
	}
	return nil
}

// listInput reads the parameters of a list that a view keeps.
func listInput(values url.Values) (in ListInput, problems []errs.Problem) {
	truth := func(into *bool, text string) bool {
		*into = text == "true"
		return slices.Contains([]string{"true", "false", ""}, text)
	}
	for name, all := range values {
		if len(all) > 1 {
			return in, []errs.Problem{{Pointer: "/query", Code: "repeated_parameter"}}
		}
		text, ok := all[0], true
		switch name {
		case "status":
			in.Status = Separated(text)
		case "category":
			for _, one := range Separated(text) {
				in.Category = append(in.Category, api.Category(one))
			}
		case "queue":
			in.Queue = text
		case "line":
			in.Line = text
		case "assignee":
			in.Assignee = text
		case "requester":
			in.Requester = text
		case "organisation":
			in.Organisation = text
		case "mine":
			ok = truth(&in.Mine, text)
		case "unread":
			ok = truth(&in.Unread, text)
		case "q":
			in.Query = text
		case "order":
			in.Order = text
		case "direction":
			in.Direction = text
		case "columns":
			in.Columns = Separated(text)
		default:
			return in, []errs.Problem{{Pointer: "/query", Code: "unknown_parameter"}}
		}
		if !ok {
			return in, []errs.Problem{{Pointer: "/query", Code: "invalid_value"}}
		}
	}
	return in, nil
}
