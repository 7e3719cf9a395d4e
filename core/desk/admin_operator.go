package desk

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/tenant"
)

// OperatorSession finds the operator of the installation who bears a token. Errors: as
// OperatorAuthenticate.
func (s *Service) OperatorSession(ctx context.Context, token ident.Token) (OperatorActor, error) {
	o, err := s.OperatorAuthenticate(ctx, token)
	if err != nil {
		return OperatorActor{}, err
	}
	return OperatorActor{ID: o.ID, Login: o.Login, Name: o.Name}, nil
}

// OperatorSignOut ends an operator's session.
func (s *Service) OperatorSignOut(ctx context.Context, token ident.Token) error {
	if err := tenant.DeleteOperatorSession(ctx, s.db.Exempt(), token.Digest()); err != nil {
		return fmt.Errorf("sign operator out: %w", err)
	}
	return nil
}

// OpenTenant is CreateTenant for an operator on his page.
func (s *Service) OpenTenant(ctx context.Context, o OperatorActor, in TenantInput) (TenantSummary, error) {
	in.By, in.Title = o, both(in.Title)
	t, err := s.CreateTenant(ctx, in)
	if err != nil {
		return TenantSummary{}, err
	}
	return TenantSummary{Slug: t.Slug, Title: t.Title, Quota: t.Quota, Desks: []DeskSummary{}}, nil
}

// ChangeTenant changes what is named. Errors: NotFound ("tenant_not_found"), Invalid ("bad_title",
// "bad_quota").
func (s *Service) ChangeTenant(ctx context.Context, o OperatorActor, slug string, in TenantPatch) (TenantSummary, error) {
	before, err := tenant.BySlug(ctx, s.db.Exempt(), slug)
	if err != nil {
		return TenantSummary{}, fmt.Errorf("change tenant: %w", err)
	}
	after := in.of(before)
	switch {
	case badTitle(after.Title):
		return TenantSummary{}, errBadTitle
	case after.Quota < 0:
		return TenantSummary{}, errBadQuota
	}
	if after != before {
		if err := s.configure(ctx, before.ID, func(ctx context.Context, tx pgx.Tx) error {
			// Read anew: what another operator changed meanwhile and this one does not name stays his.
			if before, err = tenant.Lock(ctx, tx, before.ID); err != nil {
				return err
			}
			after = in.of(before)
			if err := tenant.Update(ctx, tx, after); err != nil {
				return err
			}
			data := changes(tenantData(before), tenantData(after))
			return s.recordOperator(ctx, tx, o, before.ID, entry{action: "tenant_changed", object: slug, data: data})
		}); err != nil {
			return TenantSummary{}, fmt.Errorf("change tenant: %w", err)
		}
	}
	return s.tenantSummary(ctx, after)
}

// of is the tenant with what is named.
func (in TenantPatch) of(t tenant.Tenant) tenant.Tenant {
	if in.Title != nil {
		t.Title = both(*in.Title)
	}
	if in.Quota != nil {
		t.Quota = *in.Quota
	}
	return t
}

func tenantData(t tenant.Tenant) map[string]any {
	return map[string]any{"title": map[string]any{"ru": t.Title.RU, "en": t.Title.EN}, "quota": t.Quota}
}

var errBadQuota = errs.New(errs.Invalid, "bad_quota", "quota is negative").At("/quota")

func (s *Service) tenantSummary(ctx context.Context, t tenant.Tenant) (TenantSummary, error) {
	out := TenantSummary{Slug: t.Slug, Title: t.Title, Quota: t.Quota}
	var err error
	if out.Desks, err = s.deskSummaries(ctx, t.ID); err != nil {
		return out, fmt.Errorf("count a tenant's tickets: %w", err)
	}
	err = s.db.InTx(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		out.Used, err = attachment.Usage(ctx, tx, t.ID)
		return err
	})
	if err != nil {
		return out, fmt.Errorf("read usage of files: %w", err)
	}
	return out, nil
}

// OpenDesk is CreateDesk for an operator on his page.
func (s *Service) OpenDesk(ctx context.Context, o OperatorActor, slug string, in DeskInput) (DeskSummary, error) {
	in.By, in.Title = o, both(in.Title)
	d, err := s.CreateDesk(ctx, slug, in)
	if err != nil {
		return DeskSummary{}, err
	}
	return DeskSummary{Slug: d.Slug, System: d.System, Title: d.Title, Prefix: d.Prefix}, nil
}

// OpenUser is CreateUser for an operator on his page; a password that is made is in the answer, this
// once. Errors: as CreateUser; Invalid ("invalid_request") for a desk or a line that is not there.
func (s *Service) OpenUser(ctx context.Context, o OperatorActor, slug string, in UserInput) (PersonCard, error) {
	t, err := tenant.BySlug(ctx, s.db.Exempt(), slug)
	if err != nil {
		return PersonCard{}, fmt.Errorf("create user: %w", err)
	}
	if in.Name = oneLine(in.Name); in.Name != "" && cmp.Or(in.Kind, person.Staff) == person.Staff {
		if wrong := form.Fault("fio", "/name", in.Name); len(wrong) > 0 {
			return PersonCard{}, invalid(wrong...)
		}
	}
	for _, m := range in.Memberships {
		snap, err := s.registry.BySlug(t.ID, m.Desk)
		if err != nil {
			return PersonCard{}, invalid(errs.Problem{Pointer: "/desk", Code: "not_found"})
		}
		if _, known := lineOf(snap.Lines, m.Line); m.Line != "" && !known {
			return PersonCard{}, invalid(errs.Problem{Pointer: "/line", Code: "unknown_line"})
		}
		if m.Line == "" && !m.Administrator {
			return PersonCard{}, invalid(errs.Problem{Pointer: "/line", Code: "required"})
		}
	}
	made := ""
	if in.Password == "" {
		made = newPassword()
		in.Password = made
	}
	in.By = o
	p, err := s.CreateUser(ctx, slug, in)
	if err != nil {
		return PersonCard{}, err
	}
	var memberships []person.Membership
	if err := s.db.InTx(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		memberships, err = person.Memberships(ctx, tx, t.ID, p.ID)
		return err
	}); err != nil {
		return PersonCard{}, fmt.Errorf("read memberships: %w", err)
	}
	card := s.card(Actor{Tenant: t}, p, memberships)
	card.Password = made
	return card, nil
}

// TakeRelease is ActivateRelease for an operator on his page; the tenants whose desks it decides about
// find it in their audit logs.
func (s *Service) TakeRelease(ctx context.Context, o OperatorActor, digest string) (ReleaseView, error) {
	if err := s.ActivateRelease(ctx, digest); err != nil {
		return ReleaseView{}, err
	}
	all, err := s.Releases(ctx)
	if err != nil {
		return ReleaseView{}, err
	}
	for _, r := range all {
		if r.Digest == digest {
			s.tellOfRelease(ctx, o, r)
			return r, nil
		}
	}
	return ReleaseView{}, errs.New(errs.NotFound, "release_not_found", "gone meanwhile")
}

// TakeBackRelease is RollbackRelease for an operator on his page.
func (s *Service) TakeBackRelease(ctx context.Context, o OperatorActor, system string) (ReleaseView, error) {
	r, err := s.RollbackRelease(ctx, system)
	if err != nil {
		return ReleaseView{}, err
	}
	s.tellOfRelease(ctx, o, r)
	return r, nil
}

// tellOfRelease writes into the audit log of each tenant. The release is taken already: an entry that
// cannot be written is logged and stops nothing.
func (s *Service) tellOfRelease(ctx context.Context, o OperatorActor, r ReleaseView) {
	for _, shelf := range s.registry.all.Load().bySlug {
		for _, snap := range shelf.order {
			if snap.Desk.System != r.System {
				continue
			}
			err := s.db.InTx(ctx, shelf.tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
				return s.recordOperator(ctx, tx, o, shelf.tenant.ID, entry{
					desk: &snap.Desk.ID, action: "release_activated", object: r.System,
					data: map[string]any{"version": r.Version, "digest": r.Digest},
				})
			})
			if err != nil {
				s.log.ErrorContext(ctx, "activation of a release is missing in a tenant's audit log",
					slog.String("tenant", shelf.tenant.Slug), slog.String("system", r.System), slog.Any("error", err))
			}
		}
	}
}

// PluginRestartBell is the database's channel that tells every node to start a system's plugin anew.
const PluginRestartBell = "opora_plugin_restart"

// RestartPlugin tells every node to start a system's plugin anew, out of quarantine too. Errors:
// NotFound (code "system_not_found") for a system without an active release.
func (s *Service) RestartPlugin(ctx context.Context, system string) error {
	if _, err := catalog.ActiveOf(ctx, s.db.Exempt(), system); err != nil {
		return fmt.Errorf("restart plugin: %w", err)
	}
	if err := s.db.Tell(ctx, PluginRestartBell, system); err != nil {
		return fmt.Errorf("restart plugin: %w", err)
	}
	return nil
}

// findingText is a finding of a release for whoever activates it; findings are in English, since
// authors read them.
func findingText(text string) i18n.Text { return i18n.Text{RU: text, EN: text} }
