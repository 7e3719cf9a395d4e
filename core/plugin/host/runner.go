package host

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-plugin"
)

// maxHandshake bounds the one line that a plugin may write to stdout; it carries a certificate.
const maxHandshake = 16 << 10

// pipeGrace is how long what a dead process has written may still be read, when somebody else holds
// its pipes open.
const pipeGrace = 300 * time.Millisecond

// lastWords is how long a start that failed waits to tell what a dead process died of.
const lastWords = 5 * time.Second

// errDrift marks a binary that is not the one that was registered.
var errDrift = errors.New("not the registered release")

// procRunner is the process as go-plugin sees it (runner.Runner). Through it we own what go-plugin's
// own runner leaves open: the pipes, the group, the thread and the moment of the end. go-plugin gets
// the handshake line and nothing else, so that no line of a plugin reaches its parsers.
type procRunner struct {
	path    string
	sum     string
	env     []string
	memory  int64
	spawner *spawner
	out     *lineWriter
	err     *lineWriter

	cmd *exec.Cmd
	dir string
	// handshake is what go-plugin reads as stdout, silence what it reads as stderr.
	handshake, silence     *io.PipeReader
	toHandshake, toSilence *io.PipeWriter
	done                   chan struct{}
	waitErr                error

	mu     sync.Mutex
	pid    int
	reaped bool
	killed bool
	// spoke is the protocol version of the handshake, 0 before it.
	spoke int
}

func newRunner(path, sum string, env []string, memory int64, sp *spawner, pump *pump) *procRunner {
	r := &procRunner{
		path: path, sum: sum, env: env, memory: memory, spawner: sp,
		out: pump.stream(streamOut), err: pump.stream(streamErr), done: make(chan struct{}),
	}
	r.handshake, r.toHandshake = io.Pipe()
	r.silence, r.toSilence = io.Pipe()
	return r
}

// prepare takes go-plugin's environment and the folder that it made for the sockets.
func (r *procRunner) prepare(env []string, dir string) {
	r.dir = dir
	//nolint:gosec,noctx // the path of a registered binary, checked by its sum below; Kill ends it, no context
	r.cmd = exec.Command(r.path)
	r.cmd.Dir = dir
	r.cmd.Env = append(append([]string(nil), env...), r.env...)
	r.cmd.SysProcAttr = isolation()
}

// Start checks the binary and starts it in a group of its own, from the spawner's thread. A nil Stdin
// is /dev/null.
func (r *procRunner) Start(context.Context) error {
	if r.sum != "" {
		if err := checkSum(r.path, r.sum); err != nil {
			return err
		}
	}
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make pipe: %w", err)
	}
	errRead, errWrite, err := os.Pipe()
	if err != nil {
		_, _ = outRead.Close(), outWrite.Close()
		return fmt.Errorf("make pipe: %w", err)
	}
	r.cmd.Stdout, r.cmd.Stderr = outWrite, errWrite
	err = r.start()
	_, _ = outWrite.Close(), errWrite.Close()
	if err != nil {
		_, _ = outRead.Close(), errRead.Close()
		return err
	}
	var reading sync.WaitGroup
	reading.Go(func() { r.readOut(outRead) })
	reading.Go(func() {
		_, _ = io.Copy(r.err, errRead)
		r.err.flush()
	})
	go r.reap(&reading, outRead, errRead)
	return nil
}

func (r *procRunner) start() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.killed {
		return errors.New("killed before it was started")
	}
	if err := r.spawner.start(r.cmd); err != nil {
		return fmt.Errorf("start %s: %w", filepath.Base(r.path), err)
	}
	r.pid = r.cmd.Process.Pid
	limit(r.pid, r.memory)
	return nil
}

// checkSum uses a new SecureConfig each time: its hash is not reset between two checks.
func checkSum(path, sum string) error {
	want, err := hex.DecodeString(sum)
	if err != nil {
		return fmt.Errorf("read checksum: %w", err)
	}
	secure := plugin.SecureConfig{Checksum: want, Hash: sha256.New()}
	ok, err := secure.Check(path)
	if err != nil {
		return fmt.Errorf("check binary: %w", err)
	}
	if !ok {
		return fmt.Errorf("%w: the binary has changed since it was registered", errDrift)
	}
	return nil
}

// readOut passes the handshake on and drains the rest for ever, since a full pipe would stop the plugin.
func (r *procRunner) readOut(from io.Reader) {
	reader := bufio.NewReaderSize(from, maxHandshake)
	line, err := reader.ReadSlice('\n')
	if version := handshakeVersion(line); version > 0 {
		r.mu.Lock()
		r.spoke = version
		r.mu.Unlock()
	}
	_, _ = r.toHandshake.Write(line)
	if err != nil {
		_ = r.toHandshake.CloseWithError(io.EOF)
	}
	_, _ = io.Copy(r.out, reader)
	r.out.flush()
}

func handshakeVersion(line []byte) int {
	parts := strings.SplitN(string(line), "|", 3)
	if len(parts) < 3 {
		return 0
	}
	version, err := strconv.Atoi(parts[1])
	if err != nil {
		return 0
	}
	return version
}

// reap waits for the end. The group is killed while the dead leader still holds its number, so that
// the signal cannot hit a stranger; then whoever left the group is looked for.
func (r *procRunner) reap(reading *sync.WaitGroup, pipes ...io.Closer) {
	awaitExit(r.pid)
	r.mu.Lock()
	_ = syscall.Kill(-r.pid, syscall.SIGKILL)
	r.reaped = true
	r.mu.Unlock()
	r.waitErr = r.cmd.Wait()
	killStragglers(r.dir)

	read := make(chan struct{})
	go func() {
		reading.Wait()
		close(read)
	}()
	grace := time.NewTimer(pipeGrace)
	defer grace.Stop()
	select {
	case <-read:
	case <-grace.C:
	}
	for _, pipe := range pipes {
		_ = pipe.Close()
	}
	<-read
	_, _ = r.toHandshake.Close(), r.toSilence.Close()
	close(r.done)
}

// hasEnded tells whether the process is dead, though what it has written may still be read.
func (r *procRunner) hasEnded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reaped || r.pid > 0 && exited(r.pid)
}

// killGroup kills the process and its group, at any time and as often as one likes.
func (r *procRunner) killGroup() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.killed = true
	if r.pid > 0 && !r.reaped {
		_ = syscall.Kill(-r.pid, syscall.SIGKILL)
	}
}

// Wait returns when the process has ended and its output is read.
func (r *procRunner) Wait(context.Context) error {
	<-r.done
	return r.waitErr
}

// Kill kills the group.
func (r *procRunner) Kill(context.Context) error {
	r.killGroup()
	return nil
}

// Stdout returns the handshake line.
func (r *procRunner) Stdout() io.ReadCloser { return r.handshake }

// Stderr returns silence until the process ends.
func (r *procRunner) Stderr() io.ReadCloser { return r.silence }

// Name returns the path of the binary.
func (r *procRunner) Name() string { return r.path }

// ID returns the process id.
func (r *procRunner) ID() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pid == 0 {
		return ""
	}
	return strconv.Itoa(r.pid)
}

// Diagnose returns nothing: what the plugin wrote is in its log.
func (r *procRunner) Diagnose(context.Context) string { return "" }

// PluginToHost refuses every address but a socket in the plugin's own folder.
func (r *procRunner) PluginToHost(network, address string) (string, string, error) {
	if network != "unix" || filepath.Dir(filepath.Clean(address)) != r.dir {
		return "", "", errors.New("plugin names an address outside its own folder")
	}
	return network, address, nil
}

// HostToPlugin changes nothing: both see the same files.
func (r *procRunner) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

// endedByItself returns what the process died of, which says more than that its handshake was missing;
// nil where the host killed it. go-plugin has asked for its end by now, so the wait is short; for the
// last words of one that is dead already it is longer, as a busy machine needs it.
func (r *procRunner) endedByItself() error {
	ending := time.NewTimer(2 * pipeGrace)
	defer ending.Stop()
	select {
	case <-r.done:
	case <-ending.C:
		if !r.hasEnded() {
			return nil
		}
		ending.Reset(lastWords)
		select {
		case <-r.done:
		case <-ending.C:
			return nil
		}
	}
	var exit *exec.ExitError
	if !errors.As(r.waitErr, &exit) {
		return nil
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
		return nil
	}
	return exit
}

func (r *procRunner) version() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.spoke
}
