package pgembed

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// Codes of the errors that Start, Stop and Find return. They are keys for message catalogues and never change.
const (
	CodeMissing     = "postgres_missing"  // no usable PostgreSQL programs on this machine
	CodeVersion     = "postgres_version"  // programs and data of different major versions, or programs that are too old
	CodeLocked      = "data_locked"       // another opora or another server uses the data
	CodeUnreachable = "data_unreachable"  // the directory cannot be made, entered or written
	CodeForeign     = "data_foreign"      // the cluster's directory holds something that is no cluster
	CodeDurable     = "data_durable"      // data that a person keeps must not be opened with Options.Volatile
	CodeDiskFull    = "disk_full"         // no space (or quota) left
	CodeStart       = "postgres_start"    // the server or initdb failed for another reason
	CodeCrashing    = "postgres_crashing" // the server ended again and again while it was in use
	CodeStop        = "postgres_stop"     // the server had to be stopped without its last checkpoint
)

// Error is what a person needs in order to go on: one sentence, with a stable code for programs.
type Error struct {
	Code string // one of the Code… constants
	Msg  string // one sentence in English, names the path and the cure
	Err  error  // the cause, may be nil
}

// Error returns the sentence and, behind it, the cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Msg
	}
	return e.Msg + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

func failure(code string, err error, format string, args ...any) *Error {
	return &Error{Code: code, Msg: fmt.Sprintf(format, args...), Err: err}
}

func diskFull(path string, err error) *Error {
	return failure(CodeDiskFull, err, "no space is left on the file system of %s: free some and start again", path)
}

// fileFailure gives an error of the file system its meaning.
func fileFailure(path string, err error) error {
	if _, known := errors.AsType[*Error](err); known {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return diskFull(path, err)
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return failure(CodeUnreachable, err, "%s may not be written by this user: name another data directory", path)
	case errors.Is(err, syscall.EROFS):
		return failure(CodeUnreachable, err, "%s is on a read-only file system: name another data directory", path)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return failure(CodeUnreachable, err, "%s is not a directory: name another data directory", path)
	}
	return failure(CodeUnreachable, err, "%s cannot be used as data directory", path)
}

// programFailure reads the last words of initdb or postgres, which speak English because we set their locale.
func programFailure(program, dir, words string, err error) *Error {
	said := lastComplaint(words)
	switch {
	case strings.Contains(words, "shared memory segment") && strings.Contains(words, "No space left on device"):
		return failure(CodeStart, err, "%s found too little shared memory: enlarge /dev/shm (it said: %s)", program, said)
	case strings.Contains(words, "No space left on device"), strings.Contains(words, "Disk quota exceeded"):
		return diskFull(dir, err)
	case strings.Contains(words, "invalid locale name"):
		return failure(CodeStart, err, "%s does not know the locale C.UTF-8: install it (it said: %s)", program, said)
	case strings.Contains(words, "database files are incompatible with server"):
		return failure(CodeVersion, err, "the data in %s belongs to another PostgreSQL version (it said: %s)", dir, said)
	case strings.Contains(words, "pre-existing shared memory block"), strings.Contains(words, `" already exists`):
		return failure(CodeLocked, err, "another PostgreSQL server works in %s: stop it first (it said: %s)", dir, said)
	case said == "":
		return failure(CodeStart, err, "%s ended at once without saying why", program)
	}
	return failure(CodeStart, err, "%s did not start; it said: %s", program, said)
}

// lastComplaint picks the line that names the cause: the last of the worst kind.
func lastComplaint(words string) string {
	lines := strings.Split(strings.TrimSpace(words), "\n")
	for _, kind := range []string{"PANIC:", "FATAL:", "error:", "ERROR:"} {
		for i := len(lines) - 1; i >= 0; i-- {
			if _, rest, found := strings.Cut(lines[i], kind); found {
				return strings.TrimSpace(rest)
			}
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}
