package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/sdk"
)

// misbehaveEnv chooses one of the modes for the whole process; the setting "misbehave" of a desk chooses
// one for the look-ups of that desk.
const misbehaveEnv = "OPORA_EXAMPLE_MISBEHAVE"

// misbehave does at once what a mode does at the start, and makes look-ups do the rest.
func misbehave(mode string, p sdk.Plugin) sdk.Plugin {
	switch mode {
	case "":
		// The settings may still choose a mode.
	case "exit at start":
		os.Exit(3)
	case "hang at start":
		<-(chan struct{})(nil)
	case "print at start":
		_, _ = fmt.Fprintln(os.Stdout, "hello")
	case "other digest":
		p.Declaration = append([]byte("# another release\n"), p.Declaration...)
	case "exit soon":
		time.AfterFunc(100*time.Millisecond, func() { os.Exit(4) })
	}
	if well, ok := p.Hooks.(*hooks); ok {
		p.Hooks = &double{hooks: well, mode: mode}
	}
	return p
}

type double struct {
	*hooks
	mode string
}

// Lookup misbehaves, and answers as it should where the mode lets it.
func (d *double) Lookup(ctx context.Context, call api.Call, lookup, typed string) ([]api.Choice, error) {
	mode := d.mode
	if own := d.settings(call).Misbehave; own != "" {
		mode = own
	}
	switch mode {
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
	case "leave a child":
		return leaveChild()
	case "eat memory":
		go eat(context.WithoutCancel(ctx))
	case "answer too much":
		return []api.Choice{{Value: "much", Title: strings.Repeat("x", 5<<20)}}, nil
	}
	return d.hooks.Lookup(ctx, call, lookup, typed)
}

// Drain freezes the process where it is told to ignore its end.
func (d *double) Drain(context.Context) error {
	if d.mode == "ignore the end" {
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
