package desk

import (
	"context"
	"fmt"

	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/errs"
)

// RollbackRelease makes the release that was active before the active one again, and returns it. What
// ActivateRelease refuses is refused here too. Errors: NotFound (code "release_not_found") where none
// was active before; those of ActivateRelease.
func (s *Service) RollbackRelease(ctx context.Context, system string) (ReleaseView, error) {
	all, err := s.Releases(ctx)
	if err != nil {
		return ReleaseView{}, err
	}
	for _, r := range all {
		if r.System != system || r.State != string(catalog.StatePrevious) {
			continue
		}
		if err := s.ActivateRelease(ctx, r.Digest); err != nil {
			return ReleaseView{}, fmt.Errorf("go back to the previous release: %w", err)
		}
		r.State = string(catalog.StateActive)
		return r, nil
	}
	return ReleaseView{}, errs.New(errs.NotFound, "release_not_found", "no release of the system was active before")
}

// PluginBell is the database's channel that tells every node to start a system's plugin again, whatever
// its quarantine says.
const PluginBell = "opora_plugin_release"

// ReleasePlugin tells every node to end the quarantine of a system's plugin. Errors: NotFound (code
// "system_not_found") for a system without an active release.
func (s *Service) ReleasePlugin(ctx context.Context, system string) error {
	if _, err := catalog.ActiveOf(ctx, s.db.Exempt(), system); err != nil {
		return fmt.Errorf("release plugin: %w", err)
	}
	if err := s.db.Tell(ctx, PluginBell, system); err != nil {
		return fmt.Errorf("release plugin: %w", err)
	}
	return nil
}
