package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/opora-desk/opora/core/config"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/pgembed"
	"github.com/opora-desk/opora/core/telemetry"
	"github.com/opora-desk/opora/web"
)

const (
	databaseName = "opora"
	filesName    = "attachments"
	upPool       = 24
	stopLimit    = 40 * time.Second
)

// upCommand is the whole product on one machine.
type upCommand struct {
	Data      string `help:"${help_data}" default:".data" type:"path" placeholder:"DIR"`
	Listen    string `help:"${help_listen}" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Demo      bool   `help:"${help_demo}"`
	Plugins   string `help:"${help_plugins}" type:"path" placeholder:"DIR"`
	Postgres  string `help:"${help_postgres}" type:"path" placeholder:"DIR"`
	PublicURL string `help:"${help_public_url}" env:"OPORA_PUBLIC_URL" placeholder:"URL"`
	doorFlags
	traceFlags
	pluginFlags
	logFlags
}

// logFlags say how the log is written to standard error.
type logFlags struct {
	LogLevel  string `help:"${help_log_level}" enum:"debug,info,warn,error" default:"warn"`
	LogFormat string `help:"${help_log_format}" enum:"text,json" default:"text"`
}

func (f logFlags) logger(t *terminal) (*slog.Logger, error) {
	return telemetry.NewLogger(t.errOut, f.LogFormat, f.LogLevel)
}

// pluginsDir is the folder of binaries: the given one, or that beside the program.
func pluginsDir(given string) string {
	if given != "" {
		return given
	}
	program, err := os.Executable()
	if err != nil {
		return "plugins"
	}
	if real, err := filepath.EvalSymlinks(program); err == nil {
		program = real
	}
	return filepath.Join(filepath.Dir(program), "plugins")
}

// Run serves until Ctrl-C. What was started is stopped in the opposite order, however far it came.
func (c *upCommand) Run(ctx context.Context, t *terminal) (err error) {
	started := t.clock.Now()
	log, err := c.logger(t)
	if err != nil {
		return err
	}
	d, err := openDoor(ctx, c.Listen, c.MaxConnections, log)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	t.say("cli.up.begin", nil)
	cluster, err := c.startDatabase(ctx, t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stopDatabase(ctx, cluster)) }()
	instance := config.Instance{
		Address: d.url(), PID: os.Getpid(), StartedAt: started,
		AppURL: cluster.URL(db.RoleApp, databaseName), OwnerURL: cluster.URL(db.RoleOwner, databaseName),
		SuperURL: cluster.SuperuserURL(databaseName), Programs: cluster.Binaries().Dir,
	}
	if err := c.prepare(ctx, t, cluster, instance); err != nil {
		return err
	}
	n, err := newNode(ctx, nodeOptions{
		databaseURL: instance.AppURL, connections: upPool, files: filepath.Join(c.Data, filesName),
		plugins: pluginsDir(c.Plugins), publicURL: c.public(d), patience: c.pluginFlags, traces: c.traceFlags, log: log,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.close(ctx, d)) }()
	if err := c.begin(ctx, t, n, d); err != nil {
		return err
	}
	if err := instance.Write(c.Data); err != nil {
		return err
	}
	defer func() { _ = config.RemoveInstance(c.Data) }()
	n.ready.Store(true)
	t.say("cli.up.ready", arg("address", d.url(), "seconds", fmt.Sprintf("%.1f", t.clock.Now().Sub(started).Seconds())))
	c.next(t, d)
	if err := n.await(ctx, d, cluster.Exited()); err != nil {
		if errors.Is(err, errDatabaseEnded) {
			return clusterRefusal(c.Data, cluster.Err())
		}
		return err
	}
	t.say("cli.up.stopping", nil)
	return nil
}

// public is the address that letters link to.
func (c *upCommand) public(d *door) string {
	if c.PublicURL != "" {
		return c.PublicURL
	}
	address, err := netip.ParseAddrPort(d.listener.Addr().String())
	if err == nil && address.Addr().IsUnspecified() {
		// Listening everywhere is no address that a letter could name.
		return "http://" + net.JoinHostPort("localhost", strconv.Itoa(int(address.Port())))
	}
	return d.url()
}

func (c *upCommand) startDatabase(ctx context.Context, t *terminal) (*pgembed.Cluster, error) {
	cluster, err := pgembed.Start(ctx, pgembed.Options{
		DataDir: c.Data, BinDir: c.Postgres,
		Progress: func(step string) {
			switch step {
			case pgembed.StepInit, pgembed.StepWait, pgembed.StepRecover, pgembed.StepRestart:
				t.say("cli.step.database_"+step, nil)
			}
		},
	})
	if err != nil {
		return nil, clusterRefusal(c.Data, err)
	}
	t.say("cli.step.database", arg("major", cluster.Binaries().Major, "data", c.Data))
	if home, moved := cluster.Relocated(); moved {
		t.say("cli.step.relocated", arg("data", c.Data, "home", home))
	}
	return cluster, nil
}

// clusterRefusal says which data directory the sentence is about.
func clusterRefusal(data string, err error) error {
	failed, ok := errors.AsType[*pgembed.Error](err)
	if !ok {
		return err
	}
	return &refusal{key: "cli.error." + failed.Code, args: arg("data", data, "detail", failed.Msg), err: err}
}

func (c *upCommand) stopDatabase(ctx context.Context, cluster *pgembed.Cluster) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	if err := cluster.Stop(ctx); err != nil {
		return fmt.Errorf("stop the database: %w", err)
	}
	return nil
}

// prepare brings roles, database and schema to where this program needs them.
func (c *upCommand) prepare(ctx context.Context, t *terminal, cluster *pgembed.Cluster, instance config.Instance) error {
	if err := db.Bootstrap(ctx, cluster.SuperuserURL("postgres"), databaseName); err != nil {
		return err
	}
	steps, err := db.Migrate(ctx, instance.OwnerURL)
	if err != nil {
		return err
	}
	t.say("cli.step.migrations", arg("count", steps))
	return nil
}

// begin brings plugins and the demo up. The door is open meanwhile: only /readyz waits.
func (c *upCommand) begin(ctx context.Context, t *terminal, n *node, d *door) error {
	n.fleet.status = c.Data
	example := newDemo(n.desk, c.Data, n.log)
	if c.Demo {
		n.changed = example.follow
	}
	n.run(ctx)
	d.use(n.handler(d, web.Handler()))
	plugins, err := n.fleet.adopt(ctx, c.Demo)
	if err != nil {
		return err
	}
	for _, a := range plugins {
		a.say(t)
	}
	if len(plugins) == 0 {
		t.say("cli.step.no_plugins", arg("dir", pluginsDir(c.Plugins)))
	}
	n.fleet.reconcile(ctx)
	if !c.Demo {
		return nil
	}
	made, err := example.fill(ctx)
	if err != nil {
		return fmt.Errorf("make the demo: %w", err)
	}
	n.fleet.reconcile(ctx)
	made.say(t)
	return nil
}

// next shows what to try first.
func (c *upCommand) next(t *terminal, d *door) {
	if !c.Demo {
		t.say("cli.up.next", arg("data", c.Data))
		return
	}
	t.say("cli.up.demo", arg("address", d.url(), "password", demoPassword))
	t.line(strings.TrimRight(t.text("cli.up.try", nil), "\n"))
	for _, command := range demoCommands(d.url()) {
		t.line("  " + command)
	}
}
