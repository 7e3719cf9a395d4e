package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/opora-desk/opora/core/config"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/tenant"
)

const (
	demoPassword     = "opora-demo"
	demoOperator     = "operator@opora.example"
	demoOperatorName = "Дежурный оператор установки"
	demoMarker       = "demo.json"
	demoAtOnce       = 4
)

// demoTenant is an organisation of the demo: one for each source document, and one that hosts two
// systems. A desk is made as soon as a release of its system is active.
type demoTenant struct {
	slug   string
	title  i18n.Text
	desks  []demoDesk
	people []demoPerson
}

type demoDesk struct {
	slug, system, prefix string
	title                i18n.Text
	settings             tenant.Settings
	// values are added to the system's lists, as the desk's administrator would.
	values  []tenant.ListValue
	tickets []demoTicket
}

// demoPerson is somebody of a tenant; his login is <name>@<tenant>.example.
type demoPerson struct {
	login, name, phone, position string
	inn, organisation            string
	kind, notify                 string
	line                         string
	administrator                bool
	// desks are where an agent works, by slug; none for every desk of the tenant.
	desks []string
}

// demo makes the tenants and people of the demo, and repeats itself safely: at a warm start it finds
// everything in place and changes nothing.
type demo struct {
	desk *desk.Service
	data string
	log  *slog.Logger
	mu   sync.Mutex
	// begun is set by the first fill: until then plugins are still being registered, and people would
	// be made without the desks that they work at.
	begun bool
}

func newDemo(d *desk.Service, data string, log *slog.Logger) *demo {
	return &demo{desk: d, data: data, log: log}
}

// demoMade is what a run found or made.
type demoMade struct {
	tenants, desks, people, tickets int
	waiting                         []string
	unchanged                       bool
}

func (m demoMade) say(t *terminal) {
	if m.unchanged {
		t.say("cli.step.demo_there", arg("tenants", m.tenants, "desks", m.desks))
	} else {
		t.say("cli.step.demo", arg("tenants", m.tenants, "desks", m.desks, "people", m.people, "tickets", m.tickets))
	}
	if len(m.waiting) > 0 {
		t.say("cli.step.demo_waiting", arg("systems", strings.Join(m.waiting, ", ")))
	}
}

// fill makes what is missing.
func (d *demo) fill(ctx context.Context) (demoMade, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.begun = true
	active, err := d.activeSystems(ctx)
	if err != nil {
		return demoMade{}, err
	}
	made := demoMade{}
	for _, t := range demoTenants() {
		made.tenants++
		for _, own := range t.desks {
			if active[own.system] {
				made.desks++
			} else if !slices.Contains(made.waiting, own.system) {
				made.waiting = append(made.waiting, own.system)
			}
		}
	}
	state := demoState(active)
	there, err := d.there(ctx, active)
	if err != nil {
		return demoMade{}, err
	}
	if there && d.marked() == state {
		made.unchanged = true
		return made, nil
	}
	if err := d.make(ctx, active, &made); err != nil {
		return demoMade{}, err
	}
	if err := config.Replace(filepath.Join(d.data, demoMarker), []byte(state)); err != nil {
		return demoMade{}, err
	}
	return made, nil
}

// follow fills the demo after a change of configuration, as when a system was registered meanwhile.
func (d *demo) follow(ctx context.Context) {
	d.mu.Lock()
	begun := d.begun
	d.mu.Unlock()
	if !begun {
		return
	}
	if _, err := d.fill(ctx); err != nil && ctx.Err() == nil {
		d.log.ErrorContext(ctx, "demo cannot be completed", slog.Any("error", err))
	}
}

func (d *demo) activeSystems(ctx context.Context) (map[string]bool, error) {
	releases, err := d.desk.Releases(ctx)
	if err != nil {
		return nil, err
	}
	active := map[string]bool{}
	for _, r := range releases {
		if r.State == stateActive {
			active[r.System] = true
		}
	}
	return active, nil
}

// demoState tells one content of the demo, and what of it could be made, from another.
func demoState(active map[string]bool) string {
	var desks []string
	tenants := demoTenants()
	for _, t := range tenants {
		for _, own := range t.active(active) {
			desks = append(desks, t.slug+"/"+own.slug)
		}
	}
	content := sha256.Sum256(fmt.Appendf(nil, "%+v", tenants))
	raw, err := json.Marshal(map[string]any{"content": hex.EncodeToString(content[:]), "desks": desks})
	if err != nil {
		return ""
	}
	return string(raw) + "\n"
}

func (d *demo) marked() string {
	raw, err := os.ReadFile(filepath.Join(d.data, demoMarker))
	if err != nil {
		return ""
	}
	return string(raw)
}

// there reports whether the database has every tenant and desk that there should be.
func (d *demo) there(ctx context.Context, active map[string]bool) (bool, error) {
	tenants, err := d.desk.Tenants(ctx)
	if err != nil {
		return false, err
	}
	for _, want := range demoTenants() {
		at := slices.IndexFunc(tenants, func(t desk.TenantSummary) bool { return t.Slug == want.slug })
		if at < 0 {
			return false, nil
		}
		for _, own := range want.active(active) {
			if !slices.ContainsFunc(tenants[at].Desks, func(s desk.DeskSummary) bool { return s.Slug == own.slug }) {
				return false, nil
			}
		}
	}
	return true, nil
}

// make creates what is missing; what is there already is no error.
func (d *demo) make(ctx context.Context, active map[string]bool, made *demoMade) error {
	people, hashing := errgroup.WithContext(ctx)
	people.SetLimit(demoAtOnce)
	people.Go(func() error {
		return known(d.desk.CreateOperator(hashing, demoOperator, demoOperatorName, demoPassword), "operator_exists")
	})
	for _, t := range demoTenants() {
		if _, err := d.desk.CreateTenant(ctx, desk.TenantInput{Slug: t.slug, Title: t.title}); known(err, "tenant_exists") != nil {
			return err
		}
		desks := t.active(active)
		for _, own := range desks {
			if err := d.makeDesk(ctx, t.slug, own); err != nil {
				return err
			}
		}
		for _, p := range t.people {
			made.people++
			people.Go(func() error { return d.makePerson(hashing, t, p, desks) })
		}
	}
	if err := people.Wait(); err != nil {
		return err
	}
	for _, t := range demoTenants() {
		for _, own := range t.active(active) {
			if err := d.fileTickets(ctx, t, own); err != nil {
				return err
			}
			made.tickets += len(own.tickets)
		}
	}
	return nil
}

func (d *demo) makeDesk(ctx context.Context, tenantSlug string, own demoDesk) error {
	_, err := d.desk.CreateDesk(ctx, tenantSlug, desk.DeskInput{
		Slug: own.slug, System: own.system, Title: own.title, Prefix: own.prefix, Settings: own.settings,
	})
	if known(err, "desk_exists") != nil {
		return err
	}
	for _, value := range own.values {
		if err := d.desk.AddListValue(ctx, tenantSlug, own.slug, value); err != nil {
			return err
		}
	}
	return nil
}

// makePerson makes somebody with his memberships. Whom an earlier start has made already gets those of
// the desks whose systems have come since.
func (d *demo) makePerson(ctx context.Context, t demoTenant, p demoPerson, desks []demoDesk) error {
	in := p.input(t, desks)
	_, err := d.desk.CreateUser(ctx, t.slug, in)
	if errs.CodeOf(err) != "person_exists" {
		return err
	}
	for _, m := range in.Memberships {
		if err := d.desk.AddMembership(ctx, t.slug, in.Email, m); err != nil {
			return err
		}
	}
	return nil
}

func (p demoPerson) input(t demoTenant, desks []demoDesk) desk.UserInput {
	in := desk.UserInput{
		Email: t.login(p.login), Password: demoPassword, Name: p.name, Phone: p.phone, Position: p.position,
		Kind: p.kind, NotifyEmail: p.notify, INN: p.inn, Organisation: p.organisation,
	}
	for _, own := range desks {
		works := len(p.desks) == 0 || slices.Contains(p.desks, own.slug)
		if works && (p.line != "" || p.administrator) {
			in.Memberships = append(in.Memberships, desk.MembershipInput{Desk: own.slug, Line: p.line, Administrator: p.administrator})
		}
	}
	return in
}

// active are the desks whose system is.
func (t demoTenant) active(systems map[string]bool) []demoDesk {
	return slices.DeleteFunc(slices.Clone(t.desks), func(own demoDesk) bool { return !systems[own.system] })
}

func (t demoTenant) login(name string) string { return name + "@" + t.slug + ".example" }

// known drops the error of what exists already.
func known(err error, code string) error {
	if errs.CodeOf(err) == code {
		return nil
	}
	return err
}

// demoCommands are three commands to paste: sign in, look, file a ticket.
func demoCommands(address string) []string {
	const tenantPath = "/api/v1/t/zabaikalye"
	fields := `{"title":"Не отправляется на согласование план-график","type":"error","document":"schedule",` +
		`"description":"При отправке плана-графика система выдаёт «Ошибка контроля».","registry_numbers":["202603912000123001"],` +
		`"email":"requester@zabaikalye.example","phone":"8-3022-355001","name":"Дамдинова Баирма Цыреновна"}`
	return []string{
		`TOKEN=$(curl -s ` + address + tenantPath + `/sessions -H 'Content-Type: application/json' -d '{"email":"requester@zabaikalye.example","password":"` +
			demoPassword + `"}' | sed 's/.*"token":"\([^"]*\)".*/\1/')`,
		`curl -s -H "Authorization: Bearer $TOKEN" ` + address + tenantPath + `/tickets`,
		`curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' ` + address + tenantPath + `/tickets -d '{"desk":"webtorgi","form":"appeal","fields":` + fields + `}'`,
	}
}
