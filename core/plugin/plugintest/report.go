package plugintest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/opora-desk/opora/core/plugin/api"
)

// T is what the cases need of a *testing.T, so that they run without `go test` too.
type T interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	FailNow()
	Cleanup(f func())
	TempDir() string
}

// Outcome is what became of one case: Failure is empty where the promise is kept.
type Outcome struct{ Promise, Failure string }

// Try runs every case that needs no source code on a built plugin, one after the other, and tells each
// outcome. The desks have no settings. Its error is that of a binary that does not say what it is.
func Try(ctx context.Context, path string, tell func(Outcome)) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("find binary: %w", err)
	}
	var b *binary
	probing := attempt(ctx, func(t T) { b = probed(t, path, Subject{}.orDefaults()) })
	if probing != "" {
		return errors.New(probing)
	}
	for _, c := range cases() {
		tell(Outcome{c.name, attempt(ctx, func(t T) {
			c.run(t, &trial{subject: b.trial.subject, declared: b.trial.declared, local: func(T) api.Bundle { return b.bundle }, open: b.open})
		})})
	}
	for _, c := range binaryCases() {
		tell(Outcome{c.name, attempt(ctx, func(t T) { c.run(t, b) })})
	}
	return nil
}

// lone is a T of one case that runs by itself.
type lone struct {
	ctx      context.Context //nolint:containedctx // testing.T gives its context by a method, and so must this
	mu       sync.Mutex
	failures []string
	cleanups []func()
}

// attempt runs a case and returns what failed, empty for nothing.
func attempt(ctx context.Context, run func(T)) string {
	ctx, cancel := context.WithCancel(ctx)
	t := &lone{ctx: ctx}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if cause := recover(); cause != nil {
				t.Errorf("panic: %v", cause)
			}
		}()
		run(t)
	}()
	<-done
	cancel()
	for n := len(t.cleanups) - 1; n >= 0; n-- {
		t.cleanups[n]()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.failures, "; ")
}

// Helper does nothing: no lines are told.
func (t *lone) Helper() {}

// Context lasts as long as the case.
func (t *lone) Context() context.Context { return t.ctx }

// Errorf keeps a failure, on one line and without the place in this package.
func (t *lone) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, said, found := strings.Cut(fmt.Sprintf(format, args...), "Error:")
	if !found {
		said = fmt.Sprintf(format, args...)
	}
	t.failures = append(t.failures, strings.Join(strings.Fields(said), " "))
}

// FailNow ends the case.
func (t *lone) FailNow() {
	t.mu.Lock()
	if len(t.failures) == 0 {
		t.failures = append(t.failures, "failed")
	}
	t.mu.Unlock()
	runtime.Goexit()
}

// Cleanup runs f after the case, the last first.
func (t *lone) Cleanup(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanups = append(t.cleanups, f)
}

// TempDir returns a folder that is removed after the case.
func (t *lone) TempDir() string {
	dir, err := os.MkdirTemp("", "opora-conformance-")
	if err != nil {
		t.Errorf("make folder: %v", err)
		t.FailNow()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
