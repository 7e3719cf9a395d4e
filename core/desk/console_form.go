package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/ticket"
)

var errFormVersion = errs.New(errs.NotFound, "form_version_not_found", "no release of the system has the form in this version")

// FormVersion returns a form as an older ticket has it, with the lists as the desk has them now: for who
// works the desk, and for who filed a ticket with it. Errors: Unauthenticated, NotFound
// ("desk_not_found", "form_version_not_found").
func (s *Service) FormVersion(ctx context.Context, a Actor, desk, key string, version int) (FormView, error) {
	snap, err := s.registry.BySlug(a.Tenant.ID, desk)
	if err != nil {
		return FormView{}, err
	}
	if _, declared, compiled, err := s.formFor(a, desk, key); err == nil && compiled.Version == version {
		return formView(a, snap, declared, compiled), nil
	}
	if err := a.signed(); err != nil {
		return FormView{}, err
	}
	system, err := s.systemWith(ctx, a, snap, key, version)
	if err != nil {
		return FormView{}, err
	}
	declared, ok := system.Declaration.Form(key)
	compiled := system.Forms[key]
	if !ok || compiled == nil || compiled.Version != version {
		return FormView{}, errFormVersion
	}
	view := formView(a, snap, declared, compiled)
	for _, list := range compiled.Form.Lists() {
		// A list that the system has no longer keeps the values that it was declared with.
		old, ok := system.Declaration.List(list)
		if _, now := snap.Declaration().List(list); now || !ok || old.Private {
			continue
		}
		for _, value := range old.Values {
			view.Lists[list] = append(view.Lists[list], KeyTitle{Key: value.Key, Title: value.Title.In(a.Lang)})
		}
	}
	return view, nil
}

// systemWith finds a release that has a form in a version: that of one's own ticket, or, for who works
// the desk, the last registered one.
func (s *Service) systemWith(ctx context.Context, a Actor, snap *Snapshot, key string, version int) (*release.System, error) {
	if a.works(snap.Desk.ID) {
		return s.releaseWith(ctx, snap.Desk.System, key, version)
	}
	var digest string
	err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		digest, err = ticket.Filed(ctx, tx, a.Tenant.ID, snap.Desk.ID, a.id(), key, version)
		return err
	})
	if err != nil {
		return nil, err
	}
	if digest == "" {
		return nil, errFormVersion
	}
	return s.registry.Release(ctx, digest)
}

// releaseWith looks through a system's releases by what their declarations say, so that none but the
// right one is compiled.
func (s *Service) releaseWith(ctx context.Context, system, key string, version int) (*release.System, error) {
	all, err := catalog.All(ctx, s.db.Exempt())
	if err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	slices.SortStableFunc(all, func(x, y catalog.Release) int { return y.RegisteredAt.Compare(x.RegisteredAt) })
	for _, one := range all {
		if one.System != system {
			continue
		}
		rel, err := catalog.ByDigest(ctx, s.db.Exempt(), one.Digest)
		if err != nil {
			return nil, fmt.Errorf("read release: %w", err)
		}
		declaration, findings := release.Parse(rel.Files[api.DeclarationFile])
		if len(findings) > 0 {
			continue
		}
		// The schema's file carries the version.
		if form, ok := declaration.Form(key); ok && strings.HasSuffix(form.Schema, ".v"+strconv.Itoa(version)+".schema.json") {
			return s.registry.Release(ctx, one.Digest)
		}
	}
	return nil, errFormVersion
}
