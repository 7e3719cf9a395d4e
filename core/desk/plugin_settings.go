package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/tenant"
)

// checkPluginSettings says whether the plugin's own settings are as its release has them.
func checkPluginSettings(system *release.System, set map[string]any) error {
	problems := system.SettingsProblems(set)
	if len(problems) == 0 {
		return nil
	}
	return &errs.Error{
		Kind: errs.Invalid, Code: "bad_settings", Msg: "the plugin's settings break its schema", Fields: problems,
		Args: map[string]any{"setting": "plugin"},
	}
}

// SetPluginSettings replaces the plugin's own settings for a desk; its process is told soon. Errors:
// NotFound (codes "tenant_not_found", "desk_not_found"), Invalid (code "bad_settings").
func (s *Service) SetPluginSettings(ctx context.Context, tenantSlug, desk string, set map[string]any) error {
	t, err := tenant.BySlug(ctx, s.db.Exempt(), tenantSlug)
	if err != nil {
		return fmt.Errorf("set plugin's settings: %w", err)
	}
	if err := s.configure(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		d, err := tenant.DeskBySlug(ctx, tx, t.ID, desk)
		if err != nil {
			return err
		}
		active, err := catalog.ActiveOf(ctx, tx, d.System)
		if err != nil {
			return err
		}
		system, err := s.registry.compile(active.Digest, active.Files)
		if err != nil {
			return err
		}
		d.Settings.Plugin = set
		if err := checkSettings(system.Declaration, d.Settings); err != nil {
			return err
		}
		if err := checkPluginSettings(system, set); err != nil {
			return err
		}
		if err := tenant.UpdateSettings(ctx, tx, t.ID, d.ID, d.Settings); err != nil {
			return err
		}
		return s.note(ctx, tx, t.ID, "plugin_settings_changed", d.Slug)
	}); err != nil {
		return fmt.Errorf("set plugin's settings: %w", err)
	}
	return nil
}

// PluginDesks lists the desks that this node serves, by system, with the plugin's own settings, as its
// process is told them: in the order of tenants and desks.
func (s *Service) PluginDesks() (map[string][]api.DeskConfig, error) {
	out := map[string][]api.DeskConfig{}
	for _, shelf := range s.registry.all.Load().bySlug {
		for _, snap := range shelf.order {
			told := api.DeskConfig{Tenant: snap.Tenant.Slug, Desk: snap.Desk.Slug}
			if len(snap.Desk.Settings.Plugin) > 0 {
				raw, err := json.Marshal(snap.Desk.Settings.Plugin)
				if err != nil {
					return nil, errs.Wrap(errs.Internal, "internal", fmt.Errorf("write plugin's settings: %w", err))
				}
				told.Config = raw
			}
			out[snap.Desk.System] = append(out[snap.Desk.System], told)
		}
	}
	for _, desks := range out {
		slices.SortFunc(desks, func(a, b api.DeskConfig) int {
			return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Desk, b.Desk))
		})
	}
	return out, nil
}
