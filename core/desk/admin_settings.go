package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/tenant"
	"github.com/opora-desk/opora/core/ticket"
)

// configured is a desk as its administrators configure it.
type configured struct {
	row     tenant.Desk
	system  *release.System
	files   map[string][]byte
	tickets bool
}

// Settings says what an administrator sets of a desk, without secrets. Errors: those of a desk that the
// actor does not administer.
func (s *Service) Settings(ctx context.Context, a Actor, desk string) (DeskSettingsView, error) {
	snap, err := s.administered(a, desk)
	if err != nil {
		return DeskSettingsView{}, err
	}
	var c configured
	if err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		row, err := tenant.DeskBySlug(ctx, tx, a.Tenant.ID, desk)
		if err != nil {
			return err
		}
		c, err = s.configured(ctx, tx, snap, row)
		return err
	}); err != nil {
		return DeskSettingsView{}, fmt.Errorf("read settings: %w", err)
	}
	return c.view(a.Lang), nil
}

func (s *Service) configured(ctx context.Context, tx pgx.Tx, snap *Snapshot, row tenant.Desk) (configured, error) {
	c := configured{row: row}
	active, err := catalog.ActiveOf(ctx, tx, row.System)
	if err != nil {
		return c, err
	}
	c.files = active.Files
	if c.system, err = s.registry.compile(active.Digest, active.Files); err != nil {
		return c, err
	}
	c.tickets, err = ticket.OnDesk(ctx, tx, row.Tenant, snap.Desk.ID)
	return c, err
}

// schema is that of the plugin's own settings, nil where it has none.
func (c *configured) schema() []byte {
	name := c.system.Declaration.Config
	if name == "" {
		return nil
	}
	return c.files["schemas/"+name]
}

// SetSettings replaces title, prefix and settings of a desk, at once on every node. Errors: those of a
// desk that the actor does not administer; Unconditional ("if_match_needed"), Stale ("settings_stale"),
// Invalid ("invalid_request" with pointers into the body), Conflict ("prefix_in_use", "prefix_taken",
// "in_use").
func (s *Service) SetSettings(ctx context.Context, a Actor, desk string, in SettingsInput) (DeskSettingsView, error) {
	snap, err := s.administered(a, desk)
	if err != nil {
		return DeskSettingsView{}, err
	}
	if in.Version == 0 && !in.Any {
		return DeskSettingsView{}, errs.New(errs.Unconditional, "if_match_needed", "settings name the version that was seen")
	}
	in.Title, in.Prefix = both(in.Title), ident.FoldPrefix(in.Prefix)
	var c configured
	if err := s.configure(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		before, err := tenant.LockDesk(ctx, tx, a.Tenant.ID, snap.Desk.ID)
		if err != nil {
			return err
		}
		if !in.Any && before.Version != in.Version {
			return errs.New(errs.Stale, "settings_stale", "another version")
		}
		if c, err = s.configured(ctx, tx, snap, before); err != nil {
			return err
		}
		return s.applySettings(ctx, tx, a, &c, in)
	}); err != nil {
		return DeskSettingsView{}, fmt.Errorf("set settings: %w", err)
	}
	return c.view(a.Lang), nil
}

// applySettings turns the configured desk into what was asked for.
func (s *Service) applySettings(ctx context.Context, tx pgx.Tx, a Actor, c *configured, in SettingsInput) error {
	before := c.row
	after := before
	after.Title, after.Prefix = in.Title, in.Prefix
	after.Settings = in.Settings.settings()
	after.Settings.Plugin = newSecrets(c.schema()).keep(after.Settings.Plugin, before.Settings.Plugin)
	if problems := c.problems(after); len(problems) > 0 {
		return invalid(problems...)
	}
	if after.Prefix != before.Prefix {
		if err := tenant.LockNumbers(ctx, tx, before.Tenant, before.ID); err != nil {
			return err
		}
		used, err := ticket.OnDesk(ctx, tx, before.Tenant, before.ID)
		if err != nil {
			return err
		}
		if used {
			return errs.New(errs.Conflict, "prefix_in_use", "the desk has tickets").At("/prefix")
		}
	}
	if err := unused(ctx, tx, c.system.Declaration, before, after); err != nil {
		return err
	}
	was, is := auditable(before), auditable(after)
	if reflect.DeepEqual(was, is) && sameJSON(before.Settings.Plugin, after.Settings.Plugin) {
		return nil
	}
	if err := tenant.UpdateDesk(ctx, tx, before.Tenant, after); err != nil {
		return err
	}
	data := changes(was, is)
	if keys := changedKeys(before.Settings.Plugin, after.Settings.Plugin); len(keys) > 0 {
		data["plugin"] = keys
	}
	after.Version++
	c.row = after
	return s.record(ctx, tx, a, entry{desk: &before.ID, action: "settings_changed", object: before.Slug, data: data})
}

// problems says what is wrong with a desk, with pointers into the body that it came in.
func (c *configured) problems(d tenant.Desk) []errs.Problem {
	var out []errs.Problem
	if badTitle(d.Title) {
		out = append(out, errs.Problem{Pointer: "/title", Code: "title_needed", Args: map[string]any{"limit": maxTitle}})
	}
	if !prefixForm.MatchString(d.Prefix) {
		out = append(out, errs.Problem{Pointer: "/prefix", Code: "bad_prefix"})
	}
	for _, p := range settingProblems(c.system.Declaration, d.Settings) {
		p.Pointer = "/settings" + p.Pointer
		out = append(out, p)
	}
	for _, p := range c.system.SettingsProblems(d.Settings.Plugin) {
		p.Pointer = "/settings/plugin" + p.Pointer
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(x, y errs.Problem) int { return strings.Compare(x.Pointer, y.Pointer) })
	return out
}

// unused refuses to remove a line or a queue that an open ticket or a member names. Rules and
// transitions of a release name declared ones alone, and those stay.
func unused(ctx context.Context, tx pgx.Tx, d *api.Declaration, before, after tenant.Desk) error {
	var lines, queues []string
	for _, line := range before.Settings.Lines {
		_, declared := d.Line(line.Key)
		if !declared && !slices.ContainsFunc(after.Settings.Lines, func(l api.Line) bool { return l.Key == line.Key }) {
			lines = append(lines, line.Key)
		}
	}
	for _, queue := range before.Settings.Queues {
		_, declared := d.Queue(queue.Key)
		if !declared && !slices.ContainsFunc(after.Settings.Queues, func(q api.Queue) bool { return q.Key == queue.Key }) {
			queues = append(queues, queue.Key)
		}
	}
	if len(lines)+len(queues) == 0 {
		return nil
	}
	held, found, err := ticket.HoldsPlace(ctx, tx, before.Tenant, before.ID, lines, queues)
	if err != nil {
		return err
	}
	if found {
		key, kind := held.Queue, "queue"
		if slices.Contains(lines, held.Line) {
			key, kind = held.Line, "line"
		}
		return inUse(kind, key, "ticket", map[string]any{"number": held.Number})
	}
	members, err := person.MembersOf(ctx, tx, before.Tenant, before.ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.Line != "" && slices.Contains(lines, m.Line) {
			return inUse("line", m.Line, "member", nil)
		}
	}
	return nil
}

func inUse(kind, key, by string, args map[string]any) error {
	text := map[string]any{"key": key}
	for name, value := range args {
		text[name] = value
	}
	refusal := errs.New(errs.Conflict, "in_use", kind+" "+key+" by a "+by)
	refusal.Text = i18n.Both("in_use."+kind+"."+by, text)
	return refusal
}

// auditable is what may be said of a desk's configuration: everything but the plugin's settings.
func auditable(d tenant.Desk) map[string]any {
	settings := d.Settings
	settings.Plugin = nil
	out := map[string]any{}
	raw, err := json.Marshal(settings)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil { // settings are plain data
		out = map[string]any{}
	}
	out["title"] = map[string]any{"ru": d.Title.RU, "en": d.Title.EN}
	out["prefix"] = d.Prefix
	return out
}

// changedKeys are the members of the first level that differ.
func changedKeys(before, after map[string]any) []string {
	var out []string
	for key := range before {
		if !sameJSON(before[key], after[key]) {
			out = append(out, key)
		}
	}
	for key := range after {
		if _, known := before[key]; !known {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// sameJSON compares what two values are written as.
func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && (string(x) == string(y) || string(x) == "null" && string(y) == "{}" || string(x) == "{}" && string(y) == "null")
}
