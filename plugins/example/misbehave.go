package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/sdk"
)

// misbehaveEnv chooses one of the modes for the whole process, misbehaveFileEnv names a file that holds
// one and may change while the process runs; the setting "misbehave" of a desk chooses one for the calls
// of that desk. recordEnv names a file to which the key of each event that was taken is added.
const (
	misbehaveEnv     = "OPORA_EXAMPLE_MISBEHAVE"
	misbehaveFileEnv = "OPORA_EXAMPLE_MISBEHAVE_FILE"
	recordEnv        = "OPORA_EXAMPLE_RECORD"
)

// modeOf is the mode of the whole process as it is now.
func modeOf() string {
	if path := os.Getenv(misbehaveFileEnv); path != "" {
		//nolint:gosec // the test that starts the process names the file
		raw, err := os.ReadFile(path)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(raw))
	}
	return os.Getenv(misbehaveEnv)
}

// misbehave does at once what a mode does at the start, and makes calls do the rest.
func misbehave(mode string, p sdk.Plugin) sdk.Plugin {
	switch mode {
	case "exit at start":
		os.Exit(3)
	case "hang at start":
		wait(context.Background(), time.Hour) //nolint:forbidigo // nobody ends it: that is the point
	case "print at start":
		_, _ = fmt.Fprintln(os.Stdout, "hello")
	case "other digest":
		p.Declaration = append([]byte("# another release\n"), p.Declaration...)
	case "exit soon":
		time.AfterFunc(100*time.Millisecond, func() { os.Exit(4) })
	}
	if well, ok := p.Hooks.(*hooks); ok {
		p.Declaration = bytes.Clone(p.Declaration)
		p.Hooks = &double{hooks: well, declared: p.Declaration}
	}
	return p
}

type double struct {
	*hooks
	// declared is what the library tells when it is asked: a letter of the comment that it begins with
	// makes it another declaration.
	declared []byte
}

// Lookup misbehaves, and answers as it should where the mode lets it.
func (d *double) Lookup(ctx context.Context, call api.Call, lookup, typed string) ([]api.Choice, error) {
	switch d.modeFor(call) {
	case "leave a child":
		return leaveChild()
	case "answer too much":
		return []api.Choice{{Value: "much", Title: strings.Repeat("x", 5<<20)}}, nil
	}
	d.act(ctx, call)
	return d.hooks.Lookup(ctx, call, lookup, typed)
}

// HandleEvents misbehaves, and records what it takes where the mode lets it.
func (d *double) HandleEvents(ctx context.Context, call api.Call, events []api.Event) ([]api.EventResult, error) {
	switch d.modeFor(call) {
	case "leave a child":
		if _, err := leaveChild(); err != nil {
			return nil, err
		}
	case "answer too much":
		return []api.EventResult{{Key: events[0].Key, Outcome: api.EventDone, Reason: strings.Repeat("x", 5<<20)}}, nil
	case "answer for another tenant":
		return []api.EventResult{{Key: "00000000-0000-0000-0000-000000000000", Outcome: api.EventDone}}, nil
	}
	d.act(ctx, call)
	results, err := d.hooks.HandleEvents(ctx, call, events)
	if err == nil {
		err = record(call, events)
	}
	return results, err
}

func (d *double) modeFor(call api.Call) string {
	if own := d.settings(call).Misbehave; own != "" {
		return own
	}
	return modeOf()
}

// act does what a mode does during any call.
func (d *double) act(ctx context.Context, call api.Call) {
	switch d.modeFor(call) {
	case "hang":
		<-(chan struct{})(nil)
	case "slow":
		wait(ctx, 500*time.Millisecond)
	case "panic":
		panic("as told")
	case "die":
		os.Exit(5)
	case "freeze":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	case "log a level that is a number":
		_, _ = fmt.Fprintln(os.Stderr, `{"@level":3,"@message":[],"@timestamp":{}}`)
	case "flood the log":
		flood()
	case "print":
		_, _ = fmt.Fprintln(os.Stdout, strings.Repeat("p", 200<<10))
	case "change the declaration":
		d.declared[2] = 'X'
	case "eat memory":
		go eat(context.WithoutCancel(ctx))
	case "eat memory at once":
		go func() { runtime.KeepAlive(make([]byte, 64<<30)) }()
	}
}

// record adds the tenant, the ticket and the kind of each event to the file of records.
func record(call api.Call, events []api.Event) error {
	path := os.Getenv(recordEnv)
	if path == "" {
		return nil
	}
	//nolint:gosec // the test that starts the process names the file
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open file of records: %w", err)
	}
	defer func() { _ = file.Close() }()
	for _, e := range events {
		if _, err := fmt.Fprintln(file, call.Tenant, e.Number, e.Kind); err != nil {
			return fmt.Errorf("record an event: %w", err)
		}
	}
	return nil
}

// Drain freezes the process where it is told to ignore its end.
func (d *double) Drain(context.Context) error {
	if modeOf() == "ignore the end" {
		return syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func flood() {
	for i := range 20_000 {
		_, _ = fmt.Fprintf(os.Stderr, "line %d\n", i)
	}
	_, _ = fmt.Fprintln(os.Stderr, strings.Repeat("y", 100<<10))
}

// leaveChild starts a process that leaves the group and keeps every stream open; its number is the answer.
func leaveChild() ([]api.Choice, error) {
	//nolint:noctx // it is to outlive everything
	child := exec.Command("sleep", "300")
	for number, stream := range []*io.Writer{1: &child.Stdout, 2: &child.Stderr} {
		if stream == nil {
			continue
		}
		// The numbers themselves: the library has put pipes into os.Stdout and os.Stderr.
		copied, err := syscall.Dup(number)
		if err != nil {
			return nil, err
		}
		file := os.NewFile(uintptr(copied), "stream")
		defer func() { _ = file.Close() }()
		*stream = file
	}
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		return nil, err
	}
	return []api.Choice{{Value: fmt.Sprint(child.Process.Pid)}}, nil
}

func eat(ctx context.Context) {
	var kept [][]byte
	for {
		block := make([]byte, 8<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		kept = append(kept, block)
		wait(ctx, 20*time.Millisecond)
		if len(kept) > 1<<10 {
			return
		}
	}
}
