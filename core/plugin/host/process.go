package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"go.yaml.in/yaml/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/wire"
	wirev1 "github.com/opora-desk/opora/core/plugin/wire/v1"
)

// killWatchdog is how long the libraries may take to tidy up after a process that was killed.
const killWatchdog = 5 * time.Second

// passedOn are the variables of the host's own environment that a plugin may see.
func passedOn() []string {
	return []string{"PATH", "TMPDIR", "TZ", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR"}
}

// process is one started binary. It is used for one life and thrown away.
type process struct {
	host   *Host
	build  Build
	client *plugin.Client
	runner *procRunner
	conn   *grpc.ClientConn
	remote *wirev1.Client
	hooks  map[string]api.Hook

	mu       sync.Mutex
	inFlight int
	idle     chan struct{}
	reason   string
	cause    Cause
	ready    time.Time
}

// launch starts a build and returns it when it has reported the right release. What it started is
// gone when it fails.
func (h *Host) launch(ctx context.Context, build Build, pump *pump) (*process, error) {
	p := &process{host: h, build: build, hooks: map[string]api.Hook{}}
	p.runner = newRunner(build.Path, build.SHA256, h.environment(), h.options.MemoryBytes, h.spawner, pump)
	p.client = plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  wire.Handshake(),
		VersionedPlugins: map[int]plugin.PluginSet{wire.ProtocolVersion: wire.Plugins(nil)},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		RunnerFunc: func(_ hclog.Logger, cmd *exec.Cmd, dir string) (runner.Runner, error) {
			p.runner.prepare(cmd.Env, dir)
			return p.runner, nil
		},
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: h.run.path},
		SkipHostEnv:      true,
		AutoMTLS:         true,
		// Later than our own end of patience below, which says in its own words what happened.
		StartTimeout:    h.options.Timing.Start + time.Second,
		GRPCDialOptions: wirev1.DialOptions(),
		// A level that is off keeps go-plugin from parsing anything that a plugin wrote.
		Logger:     hclog.New(&hclog.LoggerOptions{Level: hclog.Off, Output: io.Discard}),
		SyncStdout: pump.stream(streamOut),
		SyncStderr: pump.stream(streamErr),
	})
	starting, cancel := context.WithTimeout(ctx, h.options.Timing.Start)
	defer cancel()
	if err := p.prove(starting); err != nil {
		p.runner.killGroup()
		p.tidy()
		return nil, err
	}
	return p, nil
}

// environment is all that a plugin sees beside go-plugin's own variables.
func (h *Host) environment() []string {
	env := []string{
		wire.EnvHostPID + "=" + strconv.Itoa(os.Getpid()),
		"GOMEMLIMIT=" + strconv.FormatInt(h.options.MemoryBytes/5*4, 10),
		"GOMAXPROCS=" + strconv.Itoa(max(2, runtime.NumCPU()/2)),
	}
	for _, name := range passedOn() {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return append(env, h.options.Env...)
}

// prove connects to the process and checks that it is the release that was asked for.
func (p *process) prove(ctx context.Context) error {
	if err := p.connect(ctx); err != nil {
		return err
	}
	remote, err := wirev1.Connect(ctx, p.conn)
	if err != nil {
		return err
	}
	p.remote = remote
	bundle := remote.Bundle()
	if want := p.build.Digest; want != "" && bundle.Digest() != want {
		return fmt.Errorf("%w: it reports digest %.12s, registered is %.12s", errDrift, bundle.Digest(), want)
	}
	var declared struct {
		Hooks []api.Hook `yaml:"hooks"`
	}
	if err := yaml.Unmarshal(bundle.Files[api.DeclarationFile], &declared); err != nil {
		return fmt.Errorf("read plugin.yaml: %w", err)
	}
	for _, hook := range declared.Hooks {
		p.hooks[hook.Name] = hook
	}
	return p.check(ctx)
}

// connect starts the process. go-plugin's Client has no deadline once the handshake is done, so it
// runs aside; the end of the process is what ends it.
func (p *process) connect(ctx context.Context) error {
	type outcome struct {
		client plugin.ClientProtocol
		err    error
	}
	started := make(chan outcome, 1)
	go func() {
		client, err := p.client.Client()
		started <- outcome{client, err}
	}()
	select {
	case got := <-started:
		return p.connected(got.client, got.err)
	case <-ctx.Done():
		p.runner.killGroup()
		return fmt.Errorf("not ready in time: %w", ctx.Err())
	}
}

func (p *process) connected(client plugin.ClientProtocol, err error) error {
	if err != nil {
		if spoke := p.runner.version(); spoke != 0 && spoke != wire.ProtocolVersion {
			return fmt.Errorf("plugin speaks protocol %d, this core needs %d: install another build of the plugin", spoke, wire.ProtocolVersion)
		}
		if ended := p.runner.endedByItself(); ended != nil {
			return fmt.Errorf("ended while it was starting: %w: %s", ended, p.runner.err.last())
		}
		return fmt.Errorf("start plugin: %w", err)
	}
	grpcClient, ok := client.(*plugin.GRPCClient)
	if !ok {
		return errors.New("plugin does not speak gRPC")
	}
	p.conn = grpcClient.Conn
	return nil
}

// check asks for the health of the process; go-plugin's own Ping has no deadline.
func (p *process) check(ctx context.Context) error {
	answer, err := grpc_health_v1.NewHealthClient(p.conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: wirev1.HealthService})
	if err != nil {
		return fmt.Errorf("check health: %w", wirev1.FromStatus(err))
	}
	if answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		return errors.New("plugin is not serving")
	}
	return nil
}

// inspect asks for health, and whether the process is still the release that it said it was: what it
// declares later is not what was checked.
func (p *process) inspect(ctx context.Context) error {
	if err := p.check(ctx); err != nil {
		return err
	}
	now, err := p.remote.Describe(ctx)
	if err != nil {
		return err
	}
	if digest := now.Digest(); digest != p.remote.Bundle().Digest() {
		return fmt.Errorf("%w: it changed its declaration while it ran, to digest %.12s", errDrift, digest)
	}
	return nil
}

// configure tells a process its desks. Settings that it refuses are a problem to show, no failure.
func (p *process) configure(ctx context.Context, desks []api.DeskConfig) (problem string, err error) {
	bounded, cancel := context.WithTimeout(ctx, p.host.options.Timing.Configure)
	defer cancel()
	err = p.remote.Configure(bounded, desks)
	if kind := errs.KindOf(err); err != nil && (kind == errs.Invalid || kind == errs.Conflict) {
		return err.Error(), nil
	}
	return "", err
}

// watch kills the process when it hangs or grows, until it ends.
func (p *process) watch(ctx context.Context) {
	timing := p.host.options.Timing
	health, memory := time.NewTicker(timing.HealthEvery), time.NewTicker(timing.MemoryEvery)
	defer health.Stop()
	defer memory.Stop()
	answers := make(chan error, 1)
	asking, misses := false, 0
	for {
		select {
		case <-p.runner.done:
			return
		case <-ctx.Done(): // it is being stopped, which has deadlines of its own
			return
		case <-health.C:
			if asking {
				continue
			}
			asking = true
			go func() {
				asked, cancel := context.WithTimeout(ctx, timing.HealthDeadline)
				defer cancel()
				answers <- p.inspect(asked)
			}()
		case err := <-answers:
			asking = false
			if errors.Is(err, errDrift) {
				p.fail(CauseDrift, err.Error())
				return
			}
			if misses++; err == nil {
				misses = 0
			}
			// A dead process does not hang: how it ended is told as soon as what it has written is read.
			if misses > 0 && p.runner.hasEnded() {
				return
			}
			if misses >= timing.HealthMisses {
				p.fail(CauseHangs, "hangs: "+strconv.Itoa(misses)+" health checks missed")
				return
			}
		case <-memory.C:
			if used := resident(p.runner.pid); used > p.host.options.MemoryBytes {
				p.fail(CauseMemory, fmt.Sprintf("uses %d MiB of memory, more than %d", used>>20, p.host.options.MemoryBytes>>20))
				return
			}
		}
	}
}

// fail kills the process for a reason, the first of which is kept.
func (p *process) fail(cause Cause, reason string) {
	p.mu.Lock()
	if p.reason == "" {
		p.reason, p.cause = reason, cause
	}
	p.mu.Unlock()
	p.runner.killGroup()
}

// why tells how the process ended.
func (p *process) why() (reason string, cause Cause) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.runner.waitErr
	// It grew past its bound between two looks at it; while it dies of that, it may miss its health checks.
	if err != nil && (p.reason == "" || p.cause == CauseHangs) && p.runner.err.ranOut() {
		return fmt.Sprintf("needed more than %d MiB of memory and ended: %s", p.host.options.MemoryBytes>>20, err), CauseMemory
	}
	if p.reason != "" {
		return p.reason, p.cause
	}
	if err != nil {
		return "ended: " + err.Error(), CauseEnded
	}
	return "ended by itself", CauseEnded
}

// enter counts a call; the caller holds the lock under which the process is active.
func (p *process) enter() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight++
}

func (p *process) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
	if p.inFlight == 0 && p.idle != nil {
		close(p.idle)
		p.idle = nil
	}
}

func (p *process) calls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inFlight
}

// whenIdle returns a channel that is closed when the last call has left; nobody enters any more.
func (p *process) whenIdle() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	idle := make(chan struct{})
	if p.inFlight == 0 {
		close(idle)
		return idle
	}
	p.idle = idle
	return idle
}

// stop ends a process that takes no calls any more: calls in flight finish, it drains, it is asked to
// end, it is killed.
func (p *process) stop(ctx context.Context) {
	timing := p.host.options.Timing
	waiting, cancel := context.WithTimeout(ctx, timing.InFlight)
	defer cancel()
	select {
	case <-p.whenIdle():
	case <-p.runner.done:
	case <-waiting.Done():
	}
	draining, cancel := context.WithTimeout(ctx, timing.Drain)
	defer cancel()
	if err := p.remote.Drain(draining); err != nil {
		p.host.options.Logger.LogAttrs(ctx, slog.LevelWarn, "plugin did not drain",
			slog.String("plugin", p.build.System), slog.String("code", errs.CodeOf(err)))
	}
	leaving := make(chan struct{})
	go func() {
		p.client.Kill()
		close(leaving)
	}()
	exit := time.NewTimer(timing.Exit)
	defer exit.Stop()
	select {
	case <-leaving:
		return
	case <-exit.C:
	case <-ctx.Done():
	}
	p.runner.killGroup()
	p.await(leaving)
}

// tidy releases what the libraries hold of a process that is dead or dying. Killing the group comes
// first: their own Kill has no deadline and waits for a frozen process.
func (p *process) tidy() {
	p.runner.killGroup()
	tidied := make(chan struct{})
	go func() {
		p.client.Kill()
		close(tidied)
	}()
	p.await(tidied)
}

func (p *process) await(tidied <-chan struct{}) {
	watchdog := time.NewTimer(killWatchdog)
	defer watchdog.Stop()
	select {
	case <-tidied:
	case <-watchdog.C:
		p.host.options.Logger.Error("cannot tidy up after a plugin", slog.String("plugin", p.build.System), slog.String("pid", p.runner.ID()))
	}
}
