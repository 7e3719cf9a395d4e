package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/audit"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
)

// Audit lists what was changed of a desk and of its tenant, newest first. Errors: those of a desk that
// the actor does not administer; Invalid ("invalid_request").
func (s *Service) Audit(ctx context.Context, a Actor, desk, after string, limit int) (Page[AuditView], error) {
	page := Page[AuditView]{Items: []AuditView{}}
	snap, err := s.administered(a, desk)
	if err != nil {
		return page, err
	}
	before := ident.Nil
	if after != "" {
		if before, err = ident.Parse(after); err != nil {
			return page, invalid(errs.Problem{Pointer: "/after", Code: "invalid_value"})
		}
	}
	if limit <= 0 {
		limit = defaultPage
	}
	limit = min(limit, maxPage)
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		page.Items, page.Next = page.Items[:0], ""
		entries, err := audit.OfDesk(ctx, tx, a.Tenant.ID, snap.Desk.ID, before, limit+1)
		if err != nil {
			return err
		}
		if len(entries) > limit {
			entries = entries[:limit]
			page.Next = entries[limit-1].ID.String()
		}
		people, err := person.ByIDs(ctx, tx, a.Tenant.ID, peopleOf(entries))
		if err != nil {
			return err
		}
		for _, e := range entries {
			view := auditView(e, people)
			if s.describeList(&view, a); view.Subject == nil {
				view.Subject = personSubject(e, people)
			}
			page.Items = append(page.Items, view)
		}
		return nil
	}); err != nil {
		return page, fmt.Errorf("list audit: %w", err)
	}
	return page, nil
}

// peopleOf are the people that entries are about or by.
func peopleOf(entries []audit.Entry) []ident.ID {
	seen := map[ident.ID]bool{}
	var out []ident.ID
	add := func(id ident.ID, ok bool) {
		if ok && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	for _, e := range entries {
		add(personOf(e.Actor))
		add(objectOf(e))
	}
	return out
}

// objectOf reads the person that an entry is about: the object is his id, behind a desk's name where it
// is about his rights there.
func objectOf(e audit.Entry) (ident.ID, bool) {
	about, _, _ := strings.Cut(e.Action, "_")
	if !slices.Contains([]string{"person", "password", "member", "membership"}, about) {
		return ident.Nil, false
	}
	id, err := ident.Parse(e.Object[strings.LastIndexByte(e.Object, '/')+1:])
	return id, err == nil
}

func personSubject(e audit.Entry, people map[ident.ID]person.Person) *AuditSubject {
	id, ok := objectOf(e)
	if !ok {
		return nil
	}
	return &AuditSubject{Kind: "person", ID: &id, Title: people[id].Name}
}

// describeList names the list that an entry is about and the values that were written, as far as the
// entry tells them.
func (s *Service) describeList(view *AuditView, a Actor) {
	if view.Action != "list_changed" && view.Action != "list_imported" {
		return
	}
	slug, key, _ := strings.Cut(view.Object, "/")
	view.Subject = &AuditSubject{Kind: "list", Title: key}
	if snap, err := s.registry.BySlug(a.Tenant.ID, slug); err == nil {
		if list, ok := snap.Declaration().List(key); ok {
			view.Subject.Title = list.Title.In(a.Lang)
		}
	}
	var told struct {
		Key            string   `json:"key"`
		New            titled   `json:"new"`
		Values         []titled `json:"values"`
		Added, Changed int
	}
	if raw, err := json.Marshal(view.Data); err != nil || json.Unmarshal(raw, &told) != nil {
		return
	}
	if told.Key != "" {
		told.New.Key = told.Key
		told.Values = []titled{told.New}
	}
	for _, one := range told.Values {
		view.Values = append(view.Values, KeyTitle{Key: one.Key, Title: one.Title.In(a.Lang)})
	}
	if len(told.Values) > 0 {
		view.More = max(told.Added+told.Changed-len(told.Values), 0)
	}
}

// titled is a value of a list as an entry tells it.
type titled struct {
	Key   string    `json:"key"`
	Title i18n.Text `json:"title"`
}

// personOf reads the person of an entry's actor, none for an operator.
func personOf(actor string) (ident.ID, bool) {
	id, err := ident.Parse(strings.TrimPrefix(actor, "person:"))
	return id, err == nil
}

func auditView(e audit.Entry, people map[ident.ID]person.Person) AuditView {
	view := AuditView{ID: e.ID, At: e.At, Action: e.Action, Object: e.Object, Data: e.Data, Actor: AuditActor{Kind: "operator"}}
	if id, ok := personOf(e.Actor); ok {
		view.Actor = AuditActor{Kind: "person", ID: &id, Name: people[id].Name}
	}
	if view.Data == nil {
		view.Data = map[string]any{}
	}
	return view
}
