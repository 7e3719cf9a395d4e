package pgembed

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const lockName = "lock"

// lock keeps a second opora away from a directory. The kernel drops it when the process ends, however it ends.
type lock struct{ file *os.File }

// acquire takes the lock of dir, which serves the data directory, or fails with data_locked at once.
func acquire(dir, data string) (*lock, error) {
	path := filepath.Join(dir, lockName)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600) //nolint:gosec // below the data directory
	if err != nil {
		return nil, fileFailure(dir, err)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err != nil {
		holder := readHolder(file)
		_ = file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, failure(CodeLocked, nil,
				"the data directory %s is in use by another opora%s: stop it or name another directory", data, holder)
		}
		return nil, fileFailure(dir, err)
	}
	l := &lock{file: file}
	if err := l.sign(); err != nil {
		l.release()
		return nil, fileFailure(dir, err)
	}
	return l, nil
}

// sign leaves our process id for the sentence that a second opora shows.
func (l *lock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return fmt.Errorf("empty lock file: %w", err)
	}
	if _, err := l.file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return fmt.Errorf("write lock file: %w", err)
	}
	return nil
}

// release unlocks before it closes: a child that is being forked at this moment may still hold a copy of the descriptor.
func (l *lock) release() {
	if l == nil {
		return
	}
	_ = unix.Flock(int(l.file.Fd()), unix.LOCK_UN)
	_ = l.file.Close()
}

func readHolder(file *os.File) string {
	text, err := io.ReadAll(io.LimitReader(file, 32))
	if err != nil {
		return ""
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d)", pid)
}
