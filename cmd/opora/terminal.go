package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/pgembed"
)

// maxPassword bounds what is read from a file or a pipe.
const maxPassword = 1000

// terminal is where a command reads and writes, and in which language. Writing is safe for concurrent
// use.
type terminal struct {
	in          io.Reader
	out, errOut io.Writer
	lang        i18n.Lang
	clock       clock.Clock
	mu          sync.Mutex
}

func (t *terminal) text(key string, args map[string]any) string {
	return i18n.Message(t.lang, key, args)
}

// say writes one message of the catalogue as a line.
func (t *terminal) say(key string, args map[string]any) { t.line(t.text(key, args)) }

func (t *terminal) line(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = fmt.Fprintln(t.out, text)
}

// warn writes a message that is no result to the other stream.
func (t *terminal) warn(key string, args map[string]any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = fmt.Fprintln(t.errOut, t.text(key, args))
}

// fail writes the sentence for an error and returns the exit code. Ending by Ctrl-C is no failure.
func (t *terminal) fail(ctx context.Context, err error) int {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		t.say("cli.stopped", nil)
		return 0
	}
	if !errors.Is(err, errReported) {
		_, _ = fmt.Fprintln(t.errOut, t.text("cli.error", arg("sentence", t.sentence(err))))
	}
	return exitFailure
}

// errReported ends a command that has already written what is wrong.
var errReported = errors.New("reported")

// refusal is an error of a command that has its own sentence in the catalogue.
type refusal struct {
	key  string
	args map[string]any
	err  error
}

func refuse(key string, args map[string]any) error { return &refusal{key: key, args: args} }

// Error returns the key and the cause, for whoever has no catalogue.
func (r *refusal) Error() string {
	if r.err != nil {
		return r.key + ": " + r.err.Error()
	}
	return r.key
}

// Unwrap returns the cause.
func (r *refusal) Unwrap() error { return r.err }

// sentence says what is wrong and what to do next.
func (t *terminal) sentence(err error) string {
	if own, ok := errors.AsType[*refusal](err); ok {
		return t.text(own.key, own.args)
	}
	if cluster, ok := errors.AsType[*pgembed.Error](err); ok {
		return t.known("cli.error."+cluster.Code, arg("detail", cluster.Msg), cluster.Msg)
	}
	if known, ok := errors.AsType[*errs.Error](err); ok && known.Kind != errs.Internal || ok && known.Code == "unsafe_role" {
		args := arg("detail", known.Msg)
		for name, value := range known.Args {
			args[name] = value
		}
		text := t.known("cli.error."+known.Code, args, "")
		if text == "" && !known.Text.IsZero() {
			text = known.In(t.lang)
		}
		if text == "" {
			text = t.known("error."+known.Code, args, known.Error())
		}
		return text + t.problems(known.Fields)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return t.text("cli.error.database_unavailable", nil)
	}
	if errors.Is(err, syscall.ENOSPC) {
		return t.text("cli.error.disk_full", nil)
	}
	return t.text("cli.error.unexpected", arg("detail", err.Error()))
}

// known returns the catalogue's text, or otherwise where it has none.
func (t *terminal) known(key string, args map[string]any, otherwise string) string {
	if text := t.text(key, args); text != key {
		return text
	}
	return otherwise
}

func (t *terminal) problems(fields []errs.Problem) string {
	var all strings.Builder
	for _, p := range fields {
		all.WriteString("\n  " + p.Pointer + ": " + p.In(t.lang))
	}
	return all.String()
}

// secretFlags are the ways to give a password; a flag is seen by everybody who lists processes, so the
// file and standard input come first.
type secretFlags struct {
	Password     string `help:"${help_password}" placeholder:"TEXT"`
	PasswordFile string `help:"${help_password_file}" type:"existingfile" placeholder:"FILE"`
}

// read returns the password: of the flag, of the file's first line, or of standard input.
func (s secretFlags) read(t *terminal) (string, error) {
	if s.Password != "" {
		return s.Password, nil
	}
	from := t.in
	if s.PasswordFile != "" {
		file, err := os.Open(s.PasswordFile)
		if err != nil {
			return "", fmt.Errorf("open password file: %w", err)
		}
		defer func() { _ = file.Close() }()
		from = file
	} else if terminalInput(t.in) {
		_, _ = fmt.Fprint(t.errOut, t.text("cli.ask_password", nil)+" ")
	}
	first, err := bufio.NewReader(io.LimitReader(from, maxPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password: %w", err)
	}
	if first = strings.TrimRight(first, "\r\n"); first == "" {
		return "", refuse("cli.error.no_password", nil)
	}
	return first, nil
}

func terminalInput(in io.Reader) bool {
	file, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
