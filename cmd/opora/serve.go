package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/web"
)

// serveCommand is one node of an installation whose database somebody else runs.
type serveCommand struct {
	DatabaseURL string   `name:"database-url" env:"OPORA_DATABASE_URL" required:"" help:"${help_database_url}" placeholder:"URL"`
	Listen      string   `help:"${help_listen}" default:"127.0.0.1:8080" env:"OPORA_LISTEN" placeholder:"HOST:PORT"`
	Plugins     string   `help:"${help_plugins}" type:"path" env:"OPORA_PLUGINS" placeholder:"DIR"`
	Attachments string   `help:"${help_attachments}" type:"path" default:"attachments" env:"OPORA_ATTACHMENTS" placeholder:"DIR"`
	PublicURL   string   `help:"${help_public_url}" env:"OPORA_PUBLIC_URL" placeholder:"URL"`
	Connections int32    `help:"${help_connections}" default:"32" env:"OPORA_CONNECTIONS" placeholder:"N"`
	Secure      bool     `help:"${help_secure}" env:"OPORA_SECURE"`
	Proxies     []string `help:"${help_proxies}" env:"OPORA_PROXIES" placeholder:"CIDR"`
	Origins     []string `help:"${help_origins}" env:"OPORA_ORIGINS" placeholder:"URL"`
	doorFlags
	traceFlags
	pluginFlags
	LogLevel  string `help:"${help_log_level}" enum:"debug,info,warn,error" default:"info"`
	LogFormat string `help:"${help_log_format}" enum:"text,json" default:"json"`
}

// Run serves until a signal.
func (c *serveCommand) Run(ctx context.Context, t *terminal) (err error) {
	log, err := logFlags{LogLevel: c.LogLevel, LogFormat: c.LogFormat}.logger(t)
	if err != nil {
		return err
	}
	proxies, err := prefixes(c.Proxies)
	if err != nil {
		return err
	}
	d, err := openDoor(ctx, c.Listen, c.MaxConnections, log)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	n, err := newNode(ctx, nodeOptions{
		databaseURL: c.DatabaseURL, connections: c.Connections, files: c.Attachments, plugins: pluginsDir(c.Plugins),
		publicURL: c.PublicURL, secure: c.Secure, proxies: proxies, origins: c.Origins, patience: c.pluginFlags, traces: c.traceFlags, log: log,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.close(ctx, d)) }()
	if err := n.jobs.CheckPlace(ctx); err != nil {
		if errs.CodeOf(err) == "dispatcher_ahead" {
			return &refusal{key: "cli.error.dispatcher_ahead", err: err}
		}
		return err
	}
	n.run(ctx)
	n.fleet.reconcile(ctx)
	d.use(n.handler(d, web.Handler()))
	n.ready.Store(true)
	t.say("cli.serve.ready", arg("address", d.url()))
	for _, p := range n.fleet.views() {
		t.say("cli.serve.plugin", arg("system", p.System, "version", p.Version, "state", p.State))
	}
	return n.await(ctx, d, nil)
}

func prefixes(given []string) ([]netip.Prefix, error) {
	all := make([]netip.Prefix, 0, len(given))
	for _, text := range given {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, &refusal{key: "cli.error.bad_prefix_of_proxy", args: arg("value", text), err: fmt.Errorf("read proxy: %w", err)}
		}
		all = append(all, prefix)
	}
	return all, nil
}
