package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
	"github.com/opora-desk/opora/core/tenant"
	"github.com/opora-desk/opora/core/ticket"
)

// rulesFor is the rule set that decides about a ticket: the active rules, over the version of the form
// that the ticket was filed with.
func (s *Service) rulesFor(ctx context.Context, snap *Snapshot, t *ticket.Ticket) (*rule.Set, error) {
	if t.Release == snap.System.Digest {
		return snap.Rules, nil
	}
	if known, ok := snap.older.Load(t.Release); ok {
		if set, ok := known.(*rule.Set); ok {
			return set, nil
		}
	}
	older, err := s.registry.Release(ctx, t.Release)
	if err != nil {
		return nil, err
	}
	set := snap.Rules
	if !snap.System.SameForms(older) {
		var findings []api.Finding
		if set, findings = snap.System.RuleSetFor(older, rule.Overlay{}, snap.keys()); len(findings) > 0 {
			return nil, release.Error(findings)
		}
	}
	snap.older.Store(t.Release, set)
	return set, nil
}

// keys are the values of the desk's lists, as rules may name them.
func (s *Snapshot) keys() map[string][]string {
	out := make(map[string][]string, len(s.Lists))
	for list, values := range s.Lists {
		for _, v := range values {
			out[list] = append(out[list], v.Key)
		}
	}
	return out
}

// held says which rules of a release do not compile against forms that tickets still hold.
func (s *Service) held(ctx context.Context, system *release.System) ([]api.Finding, error) {
	tenants, err := tenant.List(ctx, s.db.Exempt())
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	all, err := catalog.All(ctx, s.db.Exempt())
	if err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	var known, digests []string
	for _, r := range all {
		if r.System == system.Declaration.Key {
			known = append(known, r.Digest)
		}
	}
	for _, t := range tenants {
		err := s.db.InTx(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
			found, err := ticket.Releases(ctx, tx, t.ID, known)
			digests = append(digests, found...)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read releases that tickets hold: %w", err)
		}
	}
	slices.Sort(digests)
	var out []api.Finding
	for _, digest := range slices.Compact(digests) {
		older, err := s.registry.Release(ctx, digest)
		if err != nil {
			return nil, err
		}
		if system.SameForms(older) {
			continue
		}
		_, findings := system.RuleSetFor(older, rule.Overlay{}, nil)
		for _, f := range findings {
			f.Msg = fmt.Sprintf("tickets filed with release %s: %s; say `since: %s`", older.Declaration.Version, f.Msg, system.Declaration.Version)
			out = append(out, f)
		}
	}
	return out, nil
}

// maxFindings is how many findings a refusal carries.
const maxFindings = 100

// refusedFor is the error of a release that tickets stand against; each finding is a field whose
// pointer is the file and line of the release.
func refusedFor(findings []api.Finding) error {
	refusal := errs.Wrap(errs.Invalid, "release_refused", release.Error(findings)).With("count", len(findings))
	for _, f := range findings[:min(len(findings), maxFindings)] {
		refusal.Fields = append(refusal.Fields, errs.Problem{
			Pointer: fmt.Sprintf("/%s:%d", f.File, f.Line), Code: "finding", Text: findingText(f.Msg),
		})
	}
	return refusal
}
