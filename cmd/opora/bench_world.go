package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/pgembed"
	"github.com/opora-desk/opora/core/plugin/host"
	"github.com/opora-desk/opora/core/telemetry"
	"github.com/opora-desk/opora/core/tenant"
)

// The scratch installation: eight tenants with eight desks each.
const (
	benchTenants   = 8
	benchDesks     = 8 // of a tenant
	benchPeople    = 64
	benchPool      = 40
	benchSession   = 1000 * time.Hour
	benchPassword  = "opora-bench"
	benchZone      = "72to.ru" // a service zone of the regional portal, which no other system minds
	benchAgentMail = "agent@" + benchZone
)

// benchWorld is the scratch installation of a run.
type benchWorld struct {
	t       *terminal
	log     *slog.Logger
	dir     string // removed at the end, empty for one that the caller named
	data    string
	plugins string
	cluster *pgembed.Cluster
	super   *pgxpool.Pool
	db      *db.DB
	desk    *desk.Service
	tenants []benchTenant
	// desks are all of them, tenants in turn, so that neighbours belong to different tenants.
	desks         []benchDesk
	serverVersion string
}

type benchTenant struct {
	slug   string
	id     ident.ID
	people []benchPerson
	agent  benchPerson
}

type benchPerson struct {
	token ident.Token
	actor desk.Actor
}

type benchDesk struct {
	tenant int
	slug   string
	id     ident.ID
	system string
	form   string
	fields []byte
	body   []byte // of a filing over HTTP
}

// openBenchWorld starts the scratch cluster and fills it, or finds it filled.
func openBenchWorld(ctx context.Context, t *terminal, data, plugins string, note func(string, ...any)) (*benchWorld, error) {
	w := &benchWorld{t: t, data: data, plugins: plugins}
	if err := w.open(ctx, note); err != nil {
		w.close(ctx)
		return nil, err
	}
	return w, nil
}

func (w *benchWorld) open(ctx context.Context, note func(string, ...any)) error {
	var err error
	if w.log, err = telemetry.NewLogger(w.t.errOut, telemetry.Text, "warn"); err != nil {
		return err
	}
	if w.data == "" {
		if w.dir, w.data, err = benchScratch(); err != nil {
			return err
		}
	}
	if err := w.connect(ctx); err != nil {
		return err
	}
	if err := w.refuseForeign(ctx); err != nil {
		return err
	}
	return w.fill(ctx, note)
}

// benchScratch makes a folder that PostgreSQL's own account can enter.
func benchScratch() (dir, data string, err error) {
	if dir, err = os.MkdirTemp("", "opora-bench-"); err != nil {
		return "", "", fmt.Errorf("make scratch folder: %w", err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // PostgreSQL's account must pass through
		return dir, "", fmt.Errorf("open scratch folder: %w", err)
	}
	return dir, filepath.Join(dir, "data"), nil
}

func (w *benchWorld) connect(ctx context.Context) error {
	var err error
	if w.cluster, err = pgembed.Start(ctx, pgembed.Options{DataDir: w.data}); err != nil {
		return clusterRefusal(w.data, err)
	}
	if err := db.Bootstrap(ctx, w.cluster.SuperuserURL("postgres"), databaseName); err != nil {
		return err
	}
	if _, err := db.Migrate(ctx, w.cluster.URL(db.RoleOwner, databaseName)); err != nil {
		return err
	}
	if w.super, err = pgxpool.New(ctx, w.cluster.SuperuserURL(databaseName)); err != nil {
		return fmt.Errorf("open superuser's pool: %w", err)
	}
	// Apart from the product's tables, which are checked at start.
	if _, err := w.super.Exec(ctx, `create schema if not exists bench`); err != nil {
		return fmt.Errorf("make schema: %w", err)
	}
	if err := w.super.QueryRow(ctx, `show server_version`).Scan(&w.serverVersion); err != nil {
		return fmt.Errorf("ask the server's version: %w", err)
	}
	w.serverVersion, _, _ = strings.Cut(w.serverVersion, " ")
	if w.db, err = db.Open(ctx, w.appURL(), benchPool); err != nil {
		return err
	}
	blobs, err := attachment.NewDisk(filepath.Join(w.data, filesName))
	if err != nil {
		return err
	}
	w.desk, err = desk.New(ctx, desk.Options{DB: w.db, Clock: clock.System{}, Blobs: blobs, Log: w.log})
	return err
}

func (w *benchWorld) appURL() string { return w.cluster.URL(db.RoleApp, databaseName) }

// refuseForeign keeps the load out of an installation that somebody works with.
func (w *benchWorld) refuseForeign(ctx context.Context) error {
	var foreign bool
	if err := w.super.QueryRow(ctx, `select exists (select from tenants where slug not like 'bench-%')`).Scan(&foreign); err != nil {
		return fmt.Errorf("look for other tenants: %w", err)
	}
	if foreign {
		return refuse("cli.error.bench_foreign", arg("data", w.data))
	}
	return nil
}

func (w *benchWorld) close(ctx context.Context) {
	if w.db != nil {
		w.db.Close()
	}
	if w.super != nil {
		w.super.Close()
	}
	if w.cluster != nil {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
		defer cancel()
		_ = w.cluster.Stop(bounded)
	}
	if w.dir != "" {
		_ = os.RemoveAll(w.dir)
	}
}

// fill registers the systems and makes tenants, desks and people.
func (w *benchWorld) fill(ctx context.Context, note func(string, ...any)) error {
	processes, err := host.New(host.Options{Dir: w.plugins, Logger: slog.New(slog.DiscardHandler), Clock: clock.System{}})
	if err != nil {
		return err
	}
	defer func() { _ = processes.Close(context.WithoutCancel(ctx)) }()
	adoptedNow, err := newFleet(processes, w.desk, w.log).adopt(ctx, true)
	if err != nil {
		return err
	}
	var forms []benchForm
	for _, form := range benchForms() {
		for _, a := range adoptedNow {
			if a.err == nil && a.release.System == form.system {
				forms = append(forms, form)
			}
		}
	}
	for _, a := range adoptedNow {
		if a.err != nil {
			note("plugin %s is left out: %v", a.file.Name, a.err)
		}
	}
	if len(forms) == 0 {
		return refuse("cli.error.bench_plugins", arg("dir", w.plugins))
	}
	if err := w.makeDesks(ctx, forms); err != nil {
		return err
	}
	if err := w.desk.Reload(ctx); err != nil {
		return err
	}
	for i := range w.tenants {
		if err := w.makePeople(ctx, i); err != nil {
			return fmt.Errorf("make people: %w", err)
		}
	}
	return w.trim(ctx, note)
}

func (w *benchWorld) makeDesks(ctx context.Context, forms []benchForm) error {
	for n := range benchTenants {
		slug := fmt.Sprintf("bench-%d", n+1)
		title := i18n.Text{RU: "Замер " + slug, EN: slug}
		if _, err := w.desk.CreateTenant(ctx, desk.TenantInput{Slug: slug, Title: title}); known(err, "tenant_exists") != nil {
			return err
		}
		w.tenants = append(w.tenants, benchTenant{slug: slug})
	}
	for n := range benchDesks {
		for i := range w.tenants {
			form := forms[(n+i)%len(forms)]
			slug := fmt.Sprintf("desk-%d", n+1)
			made, err := w.desk.CreateDesk(ctx, w.tenants[i].slug, desk.DeskInput{
				Slug: slug, System: form.system, Title: i18n.Text{RU: slug, EN: slug}, Prefix: "B" + string(rune('A'+n)),
			})
			if known(err, "desk_exists") != nil {
				return err
			}
			if err == nil {
				if err := w.addValues(ctx, made, form); err != nil {
					return err
				}
			} else if form, err = w.formOf(ctx, w.tenants[i].slug, slug, forms); err != nil {
				return err
			}
			d := benchDesk{tenant: i, slug: slug, system: form.system, form: form.form}
			d.fields, d.body = form.json(slug)
			w.desks = append(w.desks, d)
		}
	}
	return nil
}

// formOf is the form of a desk that an earlier run made.
func (w *benchWorld) formOf(ctx context.Context, tenant, desk string, forms []benchForm) (benchForm, error) {
	var system string
	if err := w.super.QueryRow(ctx, `select d.system from desks d join tenants t on t.id = d.tenant_id where t.slug = $1 and d.slug = $2`, tenant, desk).Scan(&system); err != nil {
		return benchForm{}, fmt.Errorf("find desk: %w", err)
	}
	for _, f := range forms {
		if f.system == system {
			return f, nil
		}
	}
	return benchForm{system: system}, nil // its plugin is gone: its first filing fails and says so
}

// addValues adds the values of lists that a form's desk needs: those of the form, and every requester
// where only listed people may file.
func (w *benchWorld) addValues(ctx context.Context, d tenant.Desk, form benchForm) error {
	for _, v := range form.values {
		if err := w.desk.AddListValue(ctx, w.tenants[len(w.desks)%len(w.tenants)].slug, d.Slug, v); err != nil {
			return err
		}
	}
	if form.members == "" {
		return nil
	}
	_, err := w.super.Exec(ctx, `insert into reference_lists (tenant_id, desk_id, list, key, title)
		select $1, $2, $3, p, jsonb_build_object('ru', p, 'en', p) from (select 'requester' || n || '@' || $4::text from generate_series(1, $5::int) n) as people (p)`,
		d.Tenant, d.ID, form.members, benchZone, benchPeople)
	return err
}

// trim files one ticket on every desk: it is the pattern of the limit and of what is seeded. A system
// whose form is refused today is taken off its desks' list with a word.
func (w *benchWorld) trim(ctx context.Context, note func(string, ...any)) error {
	var good []benchDesk
	told := map[string]bool{}
	var failed error
	for i, d := range w.desks {
		if err := w.submit(ctx, i, i); err != nil {
			failed = errors.Join(failed, err)
			if !told[d.system] {
				note("system %s is left out, its form is refused: %v", d.system, err)
			}
			told[d.system] = true
			continue
		}
		good = append(good, d)
	}
	if len(good) == 0 {
		return fmt.Errorf("file a first ticket: %w", failed)
	}
	// As many desks as there should be: those that are left stand in for the others.
	for n := 0; len(good) < benchTenants*benchDesks; n++ {
		good = append(good, good[n])
	}
	w.desks = good
	return nil
}

// submit files one ticket by the use case: on desk n of the list, by the who-th requester.
func (w *benchWorld) submit(ctx context.Context, n, who int) error {
	d := &w.desks[n%len(w.desks)]
	t := &w.tenants[d.tenant]
	p := &t.people[who%len(t.people)]
	_, err := w.desk.Submit(ctx, p.actor, desk.SubmitInput{Desk: d.slug, Form: d.form, Fields: d.fields})
	return err
}

// forget moves the dispatcher to the end of the log, so that the work that follows from one
// measurement does not fall into the next.
func (w *benchWorld) forget(ctx context.Context) error {
	_, err := w.super.Exec(ctx, `with moved as (
			update dispatcher set xact_id = pg_current_xact_id(), tenant_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff',
				ticket_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff', seq = 9223372036854775807 where one)
		delete from river_job`)
	if err != nil {
		return fmt.Errorf("move the dispatcher: %w", err)
	}
	return nil
}
