package desk_test

import (
	"bytes"
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/audit"
	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

var title = i18n.Text{RU: "Имя", EN: "Name"}

func TestCreateTenant(t *testing.T) {
	t.Parallel()
	w := coretest.New(t)
	ctx := t.Context()
	for name, test := range map[string]struct {
		in   desk.TenantInput
		code string
	}{
		"capital":        {desk.TenantInput{Slug: "Zab", Title: title}, "bad_slug"},
		"too short":      {desk.TenantInput{Slug: "z", Title: title}, "bad_slug"},
		"empty":          {desk.TenantInput{Title: title}, "bad_slug"},
		"no title":       {desk.TenantInput{Slug: "zab"}, "bad_title"},
		"long title":     {desk.TenantInput{Slug: "zab", Title: i18n.Text{EN: strings.Repeat("x", 301)}}, "bad_title"},
		"negative quota": {desk.TenantInput{Slug: "zab", Title: title, Quota: -1}, "bad_quota"},
	} {
		_, err := w.Desk.CreateTenant(ctx, test.in)
		requireCode(t, errs.Invalid, test.code, err, name)
	}
	before := w.Desk.Epoch()
	made, err := w.Desk.CreateTenant(ctx, desk.TenantInput{Slug: "zab", Title: title})
	require.NoError(t, err)
	require.EqualValues(t, 10<<30, made.Quota)
	require.Equal(t, before+1, w.Desk.Epoch(), "known at once on this node")
	_, err = w.Desk.Anonymous(ctx, "zab", i18n.RU)
	require.NoError(t, err)
	_, err = w.Desk.CreateTenant(ctx, desk.TenantInput{Slug: "zab", Title: title})
	requireCode(t, errs.Conflict, "tenant_exists", err, "twice")
	require.NoError(t, w.DB.InTx(ctx, made.ID, func(ctx context.Context, tx pgx.Tx) error {
		entries, err := audit.List(ctx, tx, made.ID, ident.Nil, 10)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Equal(t, "tenant_created", entries[0].Action)
		return nil
	}))
}

func TestConfigurationReachesOtherNodes(t *testing.T) {
	t.Parallel()
	w := coretest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	other, rang, ended := w.DB.Open(t), make(chan struct{}, 16), make(chan struct{})
	go func() {
		defer close(ended)
		_ = other.Listen(ctx, "opora_config", func() {
			select {
			case rang <- struct{}{}:
			default: // more bells at once than are counted: who listens must not wait for the test
			}
		})
	}()
	// The listener has to be there before the bell: notes are rung until the first is heard.
	require.Eventually(t, func() bool {
		require.NoError(t, w.DB.Notify(ctx, "opora_config"))
		return len(rang) > 0
	}, 10*time.Second, 10*time.Millisecond)
	for len(rang) > 0 {
		<-rang
	}
	_, err := w.Desk.CreateTenant(ctx, desk.TenantInput{Slug: "zab", Title: title})
	require.NoError(t, err)
	select {
	case <-rang:
	case <-t.Context().Done():
	case <-time.After(10 * time.Second):
		t.Fatal("no bell was rung")
	}
	cancel()
	<-ended
}

func TestCreateDesk(t *testing.T) {
	t.Parallel()
	w := coretest.New(t, coretest.Webtorgi)
	ctx := t.Context()
	w.Tenant("zab")
	w.Tenant("other").Desk("webtorgi", coretest.Webtorgi, tenant.Settings{})
	create := func(in desk.DeskInput) (tenant.Desk, error) { return w.Desk.CreateDesk(ctx, "zab", in) }
	set := func(s tenant.Settings) desk.DeskInput {
		return desk.DeskInput{Slug: "webtorgi", System: coretest.Webtorgi, Settings: s}
	}
	_, err := w.Desk.CreateDesk(ctx, "nowhere", set(tenant.Settings{}))
	requireCode(t, errs.NotFound, "tenant_not_found", err, "tenant")
	_, err = create(desk.DeskInput{Slug: "webtorgi", System: "docflow"})
	requireCode(t, errs.NotFound, "system_not_found", err, "system")
	line, queue := api.Line{Key: "own", Title: title, Sees: api.SeesHanded}, api.Queue{Key: "own", Title: title, Line: "line1"}
	for name, test := range map[string]struct {
		in   desk.DeskInput
		code string
	}{
		"slug":            {desk.DeskInput{Slug: "Web", System: coretest.Webtorgi}, "bad_slug"},
		"prefix":          {desk.DeskInput{Slug: "web", System: coretest.Webtorgi, Prefix: "A1"}, "bad_prefix"},
		"time zone":       {set(tenant.Settings{TimeZone: "Mars/Olympus"}), "bad_settings"},
		"local time":      {set(tenant.Settings{TimeZone: "Local"}), "bad_settings"},
		"visibility":      {set(tenant.Settings{Visibility: "everybody"}), "bad_settings"},
		"bytes":           {set(tenant.Settings{MaxBytes: -1}), "bad_settings"},
		"count":           {set(tenant.Settings{MaxCount: 1000}), "bad_settings"},
		"contact":         {set(tenant.Settings{Contacts: map[string]string{"unknown": "x"}}), "bad_settings"},
		"line key":        {set(tenant.Settings{Lines: []api.Line{{Key: "Own", Title: title, Sees: "desk"}}}), "bad_settings"},
		"line sees":       {set(tenant.Settings{Lines: []api.Line{{Key: "own", Title: title}}}), "bad_settings"},
		"line twice":      {set(tenant.Settings{Lines: []api.Line{line, line}}), "bad_settings"},
		"line hands to":   {set(tenant.Settings{Lines: []api.Line{{Key: "own", Title: title, Sees: "desk", HandsTo: []string{"none"}}}}), "bad_settings"},
		"queue of a line": {set(tenant.Settings{Queues: []api.Queue{{Key: "own", Title: title, Line: "none"}}}), "bad_settings"},
		"queue title":     {set(tenant.Settings{Queues: []api.Queue{{Key: "own", Line: "line1"}}}), "bad_settings"},
		"plugin":          {set(tenant.Settings{Plugin: map[string]any{"x": strings.Repeat("x", 1<<17)}}), "bad_settings"},
	} {
		_, err := create(test.in)
		requireCode(t, errs.Invalid, test.code, err, name)
	}
	made, err := create(set(tenant.Settings{
		TimeZone: "Asia/Chita", Visibility: api.ScopeOwn, Lines: []api.Line{line, {Key: "line1", Title: title}}, Queues: []api.Queue{queue},
		Contacts: map[string]string{"portal_url": "https://desk.example"}, MaxBytes: 5,
	}))
	require.NoError(t, err)
	require.Equal(t, "WEB", made.Prefix)
	require.Equal(t, "ПК «WEB-Торги-КС»", made.Title.RU)
	next, err := create(desk.DeskInput{Slug: "web-other", System: coretest.Webtorgi})
	require.NoError(t, err)
	require.Equal(t, "WEBO", next.Prefix, "the shortest that is free")
	_, err = create(set(tenant.Settings{}))
	requireCode(t, errs.Conflict, "desk_exists", err, "twice")
	_, err = create(desk.DeskInput{Slug: "third", System: coretest.Webtorgi, Prefix: "wеb"}) // the e is Cyrillic
	requireCode(t, errs.Conflict, "prefix_taken", err, "look-alike")

	actor, err := w.Desk.Anonymous(ctx, "zab", i18n.RU)
	require.NoError(t, err)
	actor.Person = &person.Person{Kind: person.Staff}
	view, err := w.Desk.Desk(ctx, actor, "webtorgi")
	require.NoError(t, err)
	require.Equal(t, "Asia/Chita", view.TimeZone)
	require.Equal(t, "Имя", view.Lines[0].Title, "renamed")
	require.Equal(t, "own", view.Lines[len(view.Lines)-1].Key)
}

func TestCreateUser(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	good := desk.UserInput{Email: "anna@example.org", Password: password, Name: "Иванова Анна"}
	with := func(change func(in *desk.UserInput)) desk.UserInput {
		in := good
		change(&in)
		return in
	}
	_, err := s.World.Desk.CreateUser(ctx, "nowhere", good)
	requireCode(t, errs.NotFound, "tenant_not_found", err, "tenant")
	for name, test := range map[string]struct {
		in   desk.UserInput
		kind errs.Kind
		code string
	}{
		"no address":    {with(func(in *desk.UserInput) { in.Email = "" }), errs.Invalid, "bad_email"},
		"with a name":   {with(func(in *desk.UserInput) { in.Email = "A <a@b.example>" }), errs.Invalid, "bad_email"},
		"notification":  {with(func(in *desk.UserInput) { in.NotifyEmail = "x" }), errs.Invalid, "bad_email"},
		"password":      {with(func(in *desk.UserInput) { in.Password = "short" }), errs.Invalid, "password_length"},
		"name":          {with(func(in *desk.UserInput) { in.Name = " " }), errs.Invalid, "bad_name"},
		"kind":          {with(func(in *desk.UserInput) { in.Kind = "robot" }), errs.Invalid, "bad_kind"},
		"inn letters":   {with(func(in *desk.UserInput) { in.INN = "77070838x3" }), errs.Invalid, "bad_inn"},
		"inn length":    {with(func(in *desk.UserInput) { in.INN = "77070838931" }), errs.Invalid, "bad_inn"},
		"unknown desk":  {with(func(in *desk.UserInput) { in.Memberships = []desk.MembershipInput{{Desk: "none", Line: "1"}} }), errs.NotFound, "desk_not_found"},
		"unknown line":  {with(func(in *desk.UserInput) { in.Memberships = []desk.MembershipInput{{Desk: "webtorgi", Line: "line9"}} }), errs.NotFound, "line_not_found"},
		"line number 0": {with(func(in *desk.UserInput) { in.Memberships = []desk.MembershipInput{{Desk: "webtorgi", Line: "0"}} }), errs.NotFound, "line_not_found"},
	} {
		_, err := s.World.Desk.CreateUser(ctx, "zab", test.in)
		requireCode(t, test.kind, test.code, err, name)
	}
	for number, line := range map[string]string{"1": "line1", "3": "line3", "9": "line3", "line2": "line2"} {
		in := with(func(in *desk.UserInput) {
			in.Email, in.INN, in.NotifyEmail = "agent"+number+"@example.org", "7536000005", "notify@example.org"
			in.Memberships = []desk.MembershipInput{{Desk: "webtorgi", Line: number}}
		})
		p, err := s.World.Desk.CreateUser(ctx, "zab", in)
		require.NoError(t, err)
		require.Equal(t, "notify@example.org", p.Email)
		require.Equal(t, s.Owner.Person.Organisation, p.Organisation, "the organisation of the INN, as it was")
		require.Empty(t, p.PasswordHash)
		view, err := s.World.Desk.SignIn(ctx, "zab", in.Email, password, "", i18n.RU)
		require.NoError(t, err)
		require.Equal(t, []desk.MembershipView{{Desk: "webtorgi", Line: line}}, view.Person.Desks)
	}
	_, err = s.World.Desk.CreateUser(ctx, "zab", with(func(in *desk.UserInput) { in.Email = "AGENT1@example.org" }))
	requireCode(t, errs.Conflict, "person_exists", err, "twice")
	_, err = s.World.Desk.CreateUser(ctx, "other", with(func(in *desk.UserInput) { in.Email = "agent1@example.org" }))
	require.NoError(t, err, "another tenant's logins are its own")
}

func TestAddListValue(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	add := func(tenantSlug, deskSlug string, v tenant.ListValue) error {
		return s.World.Desk.AddListValue(ctx, tenantSlug, deskSlug, v)
	}
	own := tenant.ListValue{List: "appeal-types", Key: "own", Title: title}
	requireCode(t, errs.NotFound, "tenant_not_found", add("nowhere", "webtorgi", own), "tenant")
	requireCode(t, errs.NotFound, "desk_not_found", add("zab", "none", own), "desk")
	requireCode(t, errs.NotFound, "list_not_found", add("zab", "webtorgi", tenant.ListValue{List: "none", Key: "own", Title: title}), "list")
	requireCode(t, errs.Invalid, "bad_title", add("zab", "webtorgi", tenant.ListValue{List: "appeal-types", Key: "own"}), "title")
	for _, key := range []string{"", " own", "a b", strings.Repeat("x", 65), "a\n"} {
		requireCode(t, errs.Invalid, "bad_list_value", add("zab", "webtorgi", tenant.ListValue{List: "appeal-types", Key: key, Title: title}), key)
	}
	file := func(a desk.Actor) error {
		_, err := s.World.Desk.Submit(ctx, a, desk.SubmitInput{Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, coretest.Appeal(map[string]any{"type": "own"}))})
		return err
	}
	require.Equal(t, "invalid_fields", errs.CodeOf(file(s.Owner)))
	require.NoError(t, add("zab", "webtorgi", own))
	require.NoError(t, file(s.Owner))
	own.Retired = true
	require.NoError(t, add("zab", "webtorgi", own))
	require.Equal(t, "invalid_fields", errs.CodeOf(file(s.Owner)), "retired")
}

func TestOperators(t *testing.T) {
	t.Parallel()
	w := coretest.New(t)
	ctx := t.Context()
	requireCode(t, errs.Invalid, "bad_email", w.Desk.CreateOperator(ctx, "x", "Имя", password), "login")
	requireCode(t, errs.Invalid, "bad_name", w.Desk.CreateOperator(ctx, "o@opora.example", "", password), "name")
	requireCode(t, errs.Invalid, "password_length", w.Desk.CreateOperator(ctx, "o@opora.example", "Имя", "x"), "password")
	require.NoError(t, w.Desk.CreateOperator(ctx, "O@opora.example", "Имя", password))
	requireCode(t, errs.Conflict, "operator_exists", w.Desk.CreateOperator(ctx, "o@opora.example", "Имя", password), "twice")
	for _, try := range [][2]string{{"o@opora.example", "x"}, {"p@opora.example", password}} {
		_, _, err := w.Desk.OperatorSignIn(ctx, try[0], try[1], "")
		requireCode(t, errs.Unauthenticated, "wrong_credentials", err, try[0])
	}
	token, expires, err := w.Desk.OperatorSignIn(ctx, "o@opora.example", password, "")
	require.NoError(t, err)
	require.Equal(t, w.Clock.Now().Add(12*time.Hour), expires)
	operator, err := w.Desk.OperatorAuthenticate(ctx, token)
	require.NoError(t, err)
	require.Equal(t, "o@opora.example", operator.Login)
	_, err = w.Desk.OperatorAuthenticate(ctx, ident.NewToken())
	requireCode(t, errs.Unauthenticated, "session_invalid", err, "unknown token")
	w.Tenant("zab")
	_, err = w.Desk.Authenticate(ctx, "zab", token, i18n.RU)
	requireCode(t, errs.Unauthenticated, "session_invalid", err, "an operator is nobody of a tenant")
	w.Clock.Advance(12 * time.Hour)
	_, err = w.Desk.OperatorAuthenticate(ctx, token)
	requireCode(t, errs.Unauthenticated, "session_invalid", err, "expired")
}

func TestTenantsAreCounted(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab") // with one ticket in the tenant other
	for range 2 {
		s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	}
	all, err := s.World.Desk.Tenants(t.Context())
	require.NoError(t, err)
	deskTitle := i18n.Text{RU: "webtorgi", EN: "webtorgi"}
	require.Equal(t, []desk.TenantSummary{
		{Slug: "other", Title: i18n.Text{RU: "other", EN: "other"}, Quota: 10 << 30, Desks: []desk.DeskSummary{{Slug: "webtorgi", System: coretest.Webtorgi, Title: deskTitle, Prefix: "WEB", Open: 1, Total: 1}}},
		{Slug: "zab", Title: i18n.Text{RU: "zab", EN: "zab"}, Quota: 10 << 30, Desks: []desk.DeskSummary{{Slug: "webtorgi", System: coretest.Webtorgi, Title: deskTitle, Prefix: "WEB", Open: 2, Total: 2}}},
	}, all)
}

// edited is a bundle with one text of its declaration replaced.
func edited(t *testing.T, b api.Bundle, old, replacement string) api.Bundle {
	t.Helper()
	out := api.Bundle{Files: maps.Clone(b.Files)}
	declaration := b.Files[api.DeclarationFile]
	require.Contains(t, string(declaration), old)
	out.Files[api.DeclarationFile] = bytes.Replace(declaration, []byte(old), []byte(replacement), 1)
	return out
}

func TestReleases(t *testing.T) {
	t.Parallel()
	w := coretest.New(t)
	ctx := t.Context()
	one := coretest.Bundle(t, coretest.Webtorgi)
	_, findings, err := w.Desk.RegisterRelease(ctx, edited(t, one, "initial: unconfirmed", "initial: unknown"), desk.BuildInfo{}, true)
	requireCode(t, errs.Invalid, "release_refused", err, "findings")
	require.NotEmpty(t, findings)
	all, err := w.Desk.Releases(ctx)
	require.NoError(t, err)
	require.Empty(t, all)

	view, findings, err := w.Desk.RegisterRelease(ctx, one, desk.BuildInfo{SHA256: "s1", Path: "/x"}, false)
	require.NoError(t, err, findings)
	require.Equal(t, desk.ReleaseView{
		System: coretest.Webtorgi, Version: "1.0.0", Digest: one.Digest(), Title: view.Title, State: "registered",
		RegisteredAt: w.Clock.Now(), Builds: []string{"s1"},
	}, view)
	again, _, err := w.Desk.RegisterRelease(ctx, one, desk.BuildInfo{SHA256: "s2", Path: "/y"}, false)
	require.NoError(t, err, "the same bundle, another binary")
	require.ElementsMatch(t, []string{"s1", "s2"}, again.Builds)
	require.NoError(t, w.Desk.ActivateRelease(ctx, one.Digest()))
	requireCode(t, errs.NotFound, "release_not_found", w.Desk.ActivateRelease(ctx, "none"), "unknown")
	w.Tenant("zab").Desk("webtorgi", coretest.Webtorgi, tenant.Settings{})

	same := edited(t, one, "  ru: \"ПК «WEB-Торги-КС»\"", "  ru: \"ПК «WEB-Торги-КС», новое имя\"")
	_, _, err = w.Desk.RegisterRelease(ctx, same, desk.BuildInfo{}, false)
	requireCode(t, errs.Conflict, "release_version_taken", err, "the same version with another digest")
	dev, _, err := w.Desk.RegisterRelease(ctx, same, desk.BuildInfo{}, true)
	require.NoError(t, err)
	require.Equal(t, "1.0.0+dev."+same.Digest()[:8], dev.Version)
	again, _, err = w.Desk.RegisterRelease(ctx, same, desk.BuildInfo{}, true)
	require.NoError(t, err)
	require.Equal(t, dev.Version, again.Version, "registered once")

	next := edited(t, one, "version: 1.0.0", "version: 1.1.0")
	_, findings, err = w.Desk.RegisterRelease(ctx, next, desk.BuildInfo{}, false)
	require.NoError(t, err, findings)
	require.NoError(t, w.Desk.ActivateRelease(ctx, next.Digest()))
	actor, err := w.Desk.Anonymous(ctx, "zab", i18n.RU)
	require.NoError(t, err)
	actor.Person = &person.Person{Kind: person.Staff}
	served, err := w.Desk.Desk(ctx, actor, "webtorgi")
	require.NoError(t, err)
	require.Equal(t, "1.1.0", served.Release, "desks follow at once")

	broken := edited(t, edited(t, one, "version: 1.0.0", "version: 1.2.0"),
		"  - {key: general, title: {ru: \"Прочие обращения\", en: \"Other appeals\"}, line: line1, source: product}\n",
		"  - {key: common, title: {ru: \"Прочие обращения\", en: \"Other appeals\"}, line: line1, source: product}\n")
	for name, content := range broken.Files {
		if strings.HasPrefix(name, "rules/") {
			broken.Files[name] = bytes.ReplaceAll(content, []byte("general"), []byte("common"))
		}
	}
	_, findings, err = w.Desk.RegisterRelease(ctx, broken, desk.BuildInfo{}, false)
	requireCode(t, errs.Invalid, "release_refused", err, "a queue is gone")
	require.Equal(t, "queue_removed", findings[0].Code, "%v", findings)

	states := map[string]string{}
	all, err = w.Desk.Releases(ctx)
	require.NoError(t, err)
	for _, r := range all {
		states[r.Version] = r.State
	}
	require.Equal(t, map[string]string{"1.0.0": "previous", "1.1.0": "active", dev.Version: "registered"}, states)
	require.NoError(t, w.Desk.ActivateRelease(ctx, one.Digest()), "back")
	served, err = w.Desk.Desk(ctx, actor, "webtorgi")
	require.NoError(t, err)
	require.Equal(t, "1.0.0", served.Release)
}
