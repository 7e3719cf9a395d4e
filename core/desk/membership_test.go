package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

func TestAddMembership(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	_, err := s.World.Desk.CreateUser(ctx, "zab", desk.UserInput{Email: "late@example.org", Password: password, Name: "Поздняя Анна"})
	require.NoError(t, err)
	line := func(of string) desk.MembershipInput { return desk.MembershipInput{Desk: "webtorgi", Line: of} }
	add := func(tenant, login string, in desk.MembershipInput) error {
		return s.World.Desk.AddMembership(ctx, tenant, login, in)
	}
	requireCode(t, errs.NotFound, "tenant_not_found", add("nowhere", "late@example.org", line("1")), "tenant")
	requireCode(t, errs.NotFound, "person_not_found", add("zab", "nobody@example.org", line("1")), "person")
	requireCode(t, errs.NotFound, "person_not_found", add("other", "late@example.org", line("1")), "another tenant's person")
	requireCode(t, errs.NotFound, "desk_not_found", add("zab", "late@example.org", desk.MembershipInput{Desk: "none", Line: "1"}), "desk")
	requireCode(t, errs.NotFound, "line_not_found", add("zab", "late@example.org", line("line9")), "line")
	requireCode(t, errs.NotFound, "line_not_found", add("zab", "late@example.org", line("")), "nothing")
	desks := func() []desk.MembershipView {
		view, err := s.World.Desk.SignIn(ctx, "zab", "late@example.org", password, "", i18n.RU)
		require.NoError(t, err)
		return view.Person.Desks
	}
	require.Empty(t, desks())
	for named, key := range map[string]string{"1": "line1", "9": "line3", "line2": "line2"} {
		require.NoError(t, add("zab", "LATE@example.org", line(named)))
		require.NoError(t, add("zab", "late@example.org", line(named)), "a repeat")
		require.Equal(t, []desk.MembershipView{{Desk: "webtorgi", Line: key}}, desks(), "moved, not doubled")
	}
	require.NoError(t, add("zab", "late@example.org", desk.MembershipInput{Desk: "webtorgi", Administrator: true}))
	require.Len(t, desks(), 1)
	require.True(t, desks()[0].Administrator)
}

func TestPluginSettings(t *testing.T) {
	t.Parallel()
	w := coretest.New(t, "example", coretest.Webtorgi)
	ctx := t.Context()
	first, second := w.Tenant("first"), w.Tenant("second")
	first.Desk("help", "example", tenant.Settings{Plugin: map[string]any{"subject": "Тема", "values": []string{"a"}}})
	second.Desk("help", "example", tenant.Settings{})
	second.Desk("buy", coretest.Webtorgi, tenant.Settings{})
	told, err := w.Desk.PluginDesks()
	require.NoError(t, err)
	require.Equal(t, map[string][]api.DeskConfig{
		"example": {
			{Tenant: "first", Desk: "help", Config: []byte(`{"subject":"Тема","values":["a"]}`)},
			{Tenant: "second", Desk: "help"},
		},
		coretest.Webtorgi: {{Tenant: "second", Desk: "buy"}},
	}, told)

	secret := "never-to-be-shown"
	for name, set := range map[string]map[string]any{
		"unknown": {"other": secret}, "type": {"subject": []string{secret}}, "deep": {"values": []any{1, secret}},
	} {
		err := w.Desk.SetPluginSettings(ctx, "second", "help", set)
		requireCode(t, errs.Invalid, "bad_settings", err, name)
		require.NotContains(t, err.Error(), secret)
		_, err = w.Desk.CreateDesk(ctx, "second", desk.DeskInput{Slug: "more", System: "example", Settings: tenant.Settings{Plugin: set}})
		requireCode(t, errs.Invalid, "bad_settings", err, name)
	}
	requireCode(t, errs.Invalid, "bad_settings", w.Desk.SetPluginSettings(ctx, "second", "buy", map[string]any{"a": 1}), "no schema")
	requireCode(t, errs.NotFound, "desk_not_found", w.Desk.SetPluginSettings(ctx, "second", "none", nil), "desk")
	requireCode(t, errs.NotFound, "tenant_not_found", w.Desk.SetPluginSettings(ctx, "none", "help", nil), "tenant")
	before := w.Desk.Epoch()
	require.NoError(t, w.Desk.SetPluginSettings(ctx, "second", "help", map[string]any{"values": []string{"b"}}))
	require.Greater(t, w.Desk.Epoch(), before, "nodes hear of it")
	told, err = w.Desk.PluginDesks()
	require.NoError(t, err)
	require.JSONEq(t, `{"values":["b"]}`, string(told["example"][1].Config))
	require.JSONEq(t, `{"subject":"Тема","values":["a"]}`, string(told["example"][0].Config), "another tenant's stay")
}

func TestRollback(t *testing.T) {
	t.Parallel()
	w := coretest.New(t)
	ctx := t.Context()
	one := coretest.Bundle(t, coretest.Webtorgi)
	next := edited(t, one, "version: 1.0.0", "version: 1.1.0")
	for _, b := range []api.Bundle{one, next} {
		_, findings, err := w.Desk.RegisterRelease(ctx, b, desk.BuildInfo{}, false)
		require.NoError(t, err, findings)
		_, err = w.Desk.RollbackRelease(ctx, coretest.Webtorgi)
		requireCode(t, errs.NotFound, "release_not_found", err, "nothing was active before")
		require.NoError(t, w.Desk.ActivateRelease(ctx, b.Digest()))
	}
	back, err := w.Desk.RollbackRelease(ctx, coretest.Webtorgi)
	require.NoError(t, err)
	require.Equal(t, "1.0.0", back.Version)
	forth, err := w.Desk.RollbackRelease(ctx, coretest.Webtorgi)
	require.NoError(t, err)
	require.Equal(t, "1.1.0", forth.Version, "the one before is the other one")
}
