// Package main is the program: the whole desk on one machine (`opora up`), a node of a larger
// installation (`opora serve`, `opora migrate`), and the commands of an installation's operator.
//
// It puts the parts together and decides nothing about tickets. The people and tickets of the demo are
// data of this package.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	// Time zones of desks must be known on a machine without the package tzdata, too.
	_ "time/tzdata"

	"github.com/alecthomas/kong"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/config"
	"github.com/opora-desk/opora/core/i18n"
)

// Exit codes.
const (
	exitFailure = 1
	exitUsage   = 2
)

// cli is the command line; each command is a file of this package.
type cli struct {
	Lang string `help:"${help_lang}" placeholder:"ru|en"`

	Up       upCommand        `cmd:"" help:"${help_up}"`
	Serve    serveCommand     `cmd:"" help:"${help_serve}"`
	Migrate  migrateCommand   `cmd:"" help:"${help_migrate}"`
	Plugin   pluginCommands   `cmd:"" help:"${help_plugin}"`
	Rules    rulesCommands    `cmd:"" help:"${help_rules}"`
	Tenant   tenantCommands   `cmd:"" help:"${help_tenant}"`
	Desk     deskCommands     `cmd:"" help:"${help_desk}"`
	User     userCommands     `cmd:"" help:"${help_user}"`
	Operator operatorCommands `cmd:"" help:"${help_operator}"`
	Tickets  ticketsCommands  `cmd:"" help:"${help_tickets}"`
	Bench    benchCommand     `cmd:"" help:"${help_bench}"`
	Version  versionCommand   `cmd:"" help:"${help_version}"`
}

// collectAt is how much of the live heap may be new before it is collected, in percent. What lives is
// some tens of megabytes of compiled forms and rules, and filing makes much that dies at once: collecting
// half as often as by default costs as much memory again and gives the processor back. GOGC goes before.
const collectAt = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	// A closed terminal ends the program as Ctrl-C does. After the first signal a second one has its
	// usual effect, so that nobody is held by a stop that hangs.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	t := &terminal{in: in, out: out, errOut: errOut, lang: config.Lang(langFlag(args), os.Getenv), clock: clock.System{}}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	var c cli
	code := -1
	parser, err := kong.New(&c,
		kong.Name("opora"), kong.Description(t.text("cli.help.program", nil)), helps(t.lang),
		kong.Writers(out, errOut), kong.Exit(func(status int) { code = status }), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		_, _ = fmt.Fprintln(errOut, err)
		return exitFailure
	}
	command, err := parser.Parse(args)
	if code >= 0 {
		return code // help was shown
	}
	if err != nil {
		_, _ = fmt.Fprintln(errOut, t.text("cli.error.usage", arg("detail", err.Error())))
		return exitUsage
	}
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(t); err != nil {
		return t.fail(ctx, err)
	}
	return 0
}

// langFlag finds --lang before the rest is parsed: the help is in that language, too.
func langFlag(args []string) string {
	for i, given := range args {
		if value, ok := strings.CutPrefix(given, "--lang="); ok {
			return value
		}
		if given == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// helps gives every ${help_…} of the command line its text.
func helps(l i18n.Lang) kong.Vars {
	const prefix = "cli.help."
	vars := kong.Vars{}
	keys, err := i18n.Keys(i18n.RU)
	if err != nil {
		return vars
	}
	for _, key := range keys {
		if name, ok := strings.CutPrefix(key, prefix); ok {
			vars["help_"+name] = i18n.Message(l, key, nil)
		}
	}
	return vars
}

// arg makes the arguments of a message: a name, its value, and so on.
func arg(pairs ...any) map[string]any {
	all := make(map[string]any, len(pairs)/2)
	for pair := range slices.Chunk(pairs, 2) {
		if name, ok := pair[0].(string); ok && len(pair) == 2 {
			all[name] = pair[1]
		}
	}
	return all
}
