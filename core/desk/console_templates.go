package desk

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/workspace"
)

// placeholders are what a screen fills in where it stands in braces in a template's text.
var placeholders = []string{"number", "subject", "requester", "agent", "desk", "status", "deadline"}

// inBraces is a word in braces, in whatever letters and with what is not seen about it, so that a
// misspelt one is found.
var inBraces = regexp.MustCompile(`\{[\p{Z}\p{Cf}\s]*([\p{L}\p{N}_.-]+)[\p{Z}\p{Cf}\s]*\}`)

// Templates lists the answers that a desk keeps, by title. Errors: Forbidden for who does not work it.
func (s *Service) Templates(ctx context.Context, a Actor, desk string) (Page[TemplateView], error) {
	page := Page[TemplateView]{Items: []TemplateView{}}
	snap, err := s.workedDesk(a, desk)
	if err != nil {
		return page, err
	}
	err = s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		all, err := workspace.Templates(ctx, tx, a.Tenant.ID, snap.Desk.ID)
		if err != nil {
			return err
		}
		page.Items = page.Items[:0]
		for i := range all {
			page.Items = append(page.Items, templateView(&all[i]))
		}
		return nil
	})
	return page, err
}

func templateView(t *workspace.Template) TemplateView {
	return TemplateView{ID: t.ID, Title: t.Title, Text: t.Text, Transition: t.Transition, Visibility: t.Visibility}
}

// CreateTemplate keeps an answer, by an administrator of the desk. Errors: Forbidden ("not_allowed"),
// Invalid ("invalid_fields" with "/title", "/text": "unknown_placeholder", "/transition"), Conflict
// ("too_many_templates").
func (s *Service) CreateTemplate(ctx context.Context, a Actor, desk string, in TemplateInput) (TemplateView, error) {
	snap, err := s.administered(a, desk)
	if err != nil {
		return TemplateView{}, err
	}
	t, err := templateOf(snap, in)
	if err != nil {
		return TemplateView{}, err
	}
	t.ID = ident.New()
	err = s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		if err := workspace.Hold(ctx, tx, a.Tenant.ID, snap.Desk.ID); err != nil {
			return err
		}
		if err := s.record(ctx, tx, a, entry{desk: &snap.Desk.ID, action: "template_created", object: t.ID.String(), data: map[string]any{"title": t.Title}}); err != nil {
			return err
		}
		return workspace.InsertTemplate(ctx, tx, a.Tenant.ID, t, s.clock.Now())
	})
	return templateView(&t), err
}

// ChangeTemplate replaces a kept answer, by an administrator of the desk. Errors: as CreateTemplate, and
// NotFound ("template_not_found").
func (s *Service) ChangeTemplate(ctx context.Context, a Actor, desk string, id ident.ID, in TemplateInput) (TemplateView, error) {
	snap, err := s.administered(a, desk)
	if err != nil {
		return TemplateView{}, err
	}
	t, err := templateOf(snap, in)
	if err != nil {
		return TemplateView{}, err
	}
	t.ID = id
	err = s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		if err := workspace.UpdateTemplate(ctx, tx, a.Tenant.ID, t, s.clock.Now()); err != nil {
			return err
		}
		return s.record(ctx, tx, a, entry{desk: &snap.Desk.ID, action: "template_changed", object: id.String(), data: map[string]any{"title": t.Title}})
	})
	return templateView(&t), err
}

// DeleteTemplate removes a kept answer, by an administrator of the desk. Errors: Forbidden, NotFound
// ("template_not_found").
func (s *Service) DeleteTemplate(ctx context.Context, a Actor, desk string, id ident.ID) error {
	snap, err := s.administered(a, desk)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		if err := workspace.DeleteTemplate(ctx, tx, a.Tenant.ID, snap.Desk.ID, id); err != nil {
			return err
		}
		return s.record(ctx, tx, a, entry{desk: &snap.Desk.ID, action: "template_deleted", object: id.String()})
	})
}

// templateOf checks an answer that is to be kept.
func templateOf(snap *Snapshot, in TemplateInput) (workspace.Template, error) {
	t := workspace.Template{Desk: snap.Desk.ID, Transition: in.Transition, Visibility: workspace.Public}
	if in.Internal {
		t.Visibility = workspace.Internal
	}
	title, problems := keptText(oneLine(in.Title), "/title", maxKeptTitle)
	text, wrong := keptText(in.Text, "/text", maxTemplateText)
	t.Title, t.Text = title, text
	problems = append(problems, wrong...)
	for _, found := range inBraces.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(placeholders, found[1]) || found[0] != "{"+found[1]+"}" {
			known := "{" + strings.Join(placeholders, "}, {") + "}"
			problems = append(problems, errs.Problem{Pointer: "/text", Code: "unknown_placeholder", Args: map[string]any{"known": known}})
			break
		}
	}
	if in.Transition != "" {
		// A note moves nothing, and what moves by itself is chosen by nobody.
		declared, ok := snap.Declaration().Transition(in.Transition)
		if !ok || declared.On != "" || in.Internal {
			problems = append(problems, errs.Problem{Pointer: "/transition", Code: "enum"})
		}
	}
	if len(problems) > 0 {
		return t, errs.Problems(sorted(problems))
	}
	return t, nil
}
