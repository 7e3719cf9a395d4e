package desk

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/tenant"
)

// devDigits is how much of the digest tells development releases of one version apart.
const devDigits = 8

// RegisterRelease checks a bundle and keeps it as a release, with the binary that it came from where
// build names one. A bundle that is registered already is not checked again. With dev a version that
// is taken is registered as <version>+dev.<digest8>, and what the active release promised may be
// broken. Errors: Invalid (code "release_refused", with the findings), Conflict (codes
// "release_version_taken", "build_of_other_release").
func (s *Service) RegisterRelease(ctx context.Context, b api.Bundle, build BuildInfo, dev bool) (ReleaseView, []api.Finding, error) {
	known, err := catalog.ByDigest(ctx, s.db.Exempt(), b.Digest())
	if errs.KindOf(err) == errs.NotFound {
		var findings []api.Finding
		if known, findings, err = s.registerNew(ctx, b, dev); err != nil {
			return ReleaseView{}, findings, err
		}
	}
	if err != nil {
		return ReleaseView{}, nil, fmt.Errorf("register release: %w", err)
	}
	if build.SHA256 != "" {
		if err := catalog.AddBuild(ctx, s.db.Exempt(), catalog.Build{
			SHA256: build.SHA256, Release: known.Digest, Path: build.Path, RegisteredAt: s.clock.Now(),
		}); err != nil {
			return ReleaseView{}, nil, fmt.Errorf("register build: %w", err)
		}
	}
	builds, err := s.buildsOf(ctx)
	if err != nil {
		return ReleaseView{}, nil, err
	}
	return releaseView(known, builds), nil, nil
}

func (s *Service) registerNew(ctx context.Context, b api.Bundle, dev bool) (catalog.Release, []api.Finding, error) {
	system, findings := release.Check(b)
	if len(findings) == 0 && !dev {
		var err error
		if findings, err = s.broken(ctx, system); err != nil {
			return catalog.Release{}, nil, err
		}
	}
	if len(findings) > 0 {
		return catalog.Release{}, findings, errs.Wrap(errs.Invalid, "release_refused", release.Error(findings)).With("count", len(findings))
	}
	d := system.Declaration
	r := catalog.Release{
		Digest: system.Digest, System: d.Key, Version: d.Version, Title: d.Title, Files: b.Files,
		RegisteredAt: s.clock.Now(), State: catalog.StateRegistered,
	}
	_, err := catalog.Register(ctx, s.db.Exempt(), r)
	if dev && errs.CodeOf(err) == "release_version_taken" {
		r.Version += "+dev." + r.Digest[:devDigits]
		_, err = catalog.Register(ctx, s.db.Exempt(), r)
	}
	if err != nil {
		return catalog.Release{}, nil, fmt.Errorf("register release: %w", err)
	}
	s.announce(ctx)
	return r, nil, nil
}

// broken says what of the active release's promises the new one breaks. A version that is registered
// already is refused by its own code.
func (s *Service) broken(ctx context.Context, system *release.System) ([]api.Finding, error) {
	active, err := catalog.ActiveOf(ctx, s.db.Exempt(), system.Declaration.Key)
	if errs.KindOf(err) == errs.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read active release: %w", err)
	}
	if active.Version == system.Declaration.Version {
		return nil, nil
	}
	old, err := s.registry.compile(active.Digest, active.Files)
	if err != nil {
		return nil, fmt.Errorf("compile active release: %w", err)
	}
	return release.Compatible(old, system), nil
}

// ActivateRelease makes a registered release the one that decides about its system's desks. Errors:
// NotFound (code "release_not_found"); Internal (code "release_not_compiled") for one that this core
// no longer understands, Invalid (code "release_refused") for one whose rules do not compile against a
// form that tickets hold; then the active one stays.
func (s *Service) ActivateRelease(ctx context.Context, digest string) error {
	r, err := catalog.ByDigest(ctx, s.db.Exempt(), digest)
	if err != nil {
		return fmt.Errorf("activate release: %w", err)
	}
	system, err := s.registry.compile(r.Digest, r.Files)
	if err != nil {
		return fmt.Errorf("activate release: %w", err)
	}
	findings, err := s.held(ctx, system)
	if err != nil {
		return fmt.Errorf("activate release: %w", err)
	}
	if len(findings) > 0 {
		return refusedFor(findings)
	}
	if err := catalog.Activate(ctx, s.db.Exempt(), digest, s.clock.Now()); err != nil {
		return fmt.Errorf("activate release: %w", err)
	}
	s.announce(ctx)
	return nil
}

// Releases lists every release with its builds.
func (s *Service) Releases(ctx context.Context) ([]ReleaseView, error) {
	all, err := catalog.All(ctx, s.db.Exempt())
	if err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	builds, err := s.buildsOf(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]ReleaseView, 0, len(all))
	for _, r := range all {
		out = append(out, releaseView(r, builds))
	}
	return out, nil
}

func (s *Service) buildsOf(ctx context.Context) (map[string][]string, error) {
	all, err := catalog.Builds(ctx, s.db.Exempt())
	if err != nil {
		return nil, fmt.Errorf("list builds: %w", err)
	}
	out := make(map[string][]string, len(all))
	for _, b := range all {
		out[b.Release] = append(out[b.Release], b.SHA256)
	}
	return out, nil
}

func releaseView(r catalog.Release, builds map[string][]string) ReleaseView {
	return ReleaseView{
		System: r.System, Version: r.Version, Digest: r.Digest, Title: r.Title, State: string(r.State),
		RegisteredAt: r.RegisteredAt, ActivatedAt: r.ActivatedAt, Builds: append([]string{}, builds[r.Digest]...),
	}
}

// Tenants says what an operator sees: tenants, desks and counts, never a ticket's contents.
func (s *Service) Tenants(ctx context.Context) ([]TenantSummary, error) {
	all, err := tenant.List(ctx, s.db.Exempt())
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	out := make([]TenantSummary, 0, len(all))
	for _, t := range all {
		summary, err := s.tenantSummary(ctx, t)
		if err != nil {
			return nil, err
		}
		out = append(out, summary)
	}
	return out, nil
}

func (s *Service) deskSummaries(ctx context.Context, id ident.ID) ([]DeskSummary, error) {
	out := []DeskSummary{}
	err := s.db.InTx(ctx, id, func(ctx context.Context, tx pgx.Tx) error {
		desks, err := tenant.Desks(ctx, tx, id)
		if err != nil {
			return err
		}
		counts, err := tenant.Counts(ctx, tx, id)
		if err != nil {
			return err
		}
		byDesk := make(map[ident.ID]tenant.DeskCount, len(counts))
		for _, c := range counts {
			byDesk[c.Desk] = c
		}
		out = out[:0]
		for _, d := range desks {
			out = append(out, DeskSummary{Slug: d.Slug, System: d.System, Title: d.Title, Prefix: d.Prefix, Open: byDesk[d.ID].Open, Total: byDesk[d.ID].Total})
		}
		return nil
	})
	return out, err
}
