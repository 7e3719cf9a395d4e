package host

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	// envSocketDir is go-plugin's name for where a plugin makes its socket; it also marks every
	// descendant of a plugin.
	envSocketDir = "PLUGIN_UNIX_SOCKET_DIR"
	runPrefix    = "opora-run-"
	lockName     = "lock"
	// maxRunPath leaves room for go-plugin's two random names within the 108 bytes of a socket's path.
	maxRunPath = 60
)

// runDir is the private folder of one host's sockets. Its lock tells whether the host still lives.
type runDir struct {
	path string
	lock *os.File
}

func newRunDir(parent string, logger *slog.Logger) (*runDir, error) {
	for _, candidate := range []string{parent, os.TempDir(), "/tmp"} {
		absolute, err := filepath.Abs(candidate)
		if candidate == "" || err != nil || len(absolute)+len(runPrefix)+10 > maxRunPath {
			continue
		}
		sweep(absolute, logger)
		path, err := os.MkdirTemp(absolute, runPrefix)
		if err != nil {
			return nil, err
		}
		// The lock gets its name only when it is held, so that no other host takes the folder for a dead one's.
		unnamed := filepath.Join(path, lockName+".new")
		lock, err := lockFile(unnamed, os.O_CREATE)
		if err != nil {
			return nil, err
		}
		if err := os.Rename(unnamed, filepath.Join(path, lockName)); err != nil {
			return nil, err
		}
		return &runDir{path: path, lock: lock}, nil
	}
	return nil, fmt.Errorf("no folder whose path has at most %d bytes", maxRunPath)
}

func (d *runDir) remove() error {
	err := os.RemoveAll(d.path)
	_ = d.lock.Close()
	return err
}

// sweep removes what a host that was killed has left, processes first.
func sweep(parent string, logger *slog.Logger) {
	left, _ := filepath.Glob(filepath.Join(parent, runPrefix+"*"))
	for _, dir := range left {
		if !strings.HasPrefix(filepath.Base(dir), runPrefix) {
			continue
		}
		lock, err := lockFile(filepath.Join(dir, lockName), 0)
		if err != nil {
			continue // a living host's, another user's, or one that is being made just now
		}
		killStragglers(dir)
		if err := os.RemoveAll(dir); err != nil {
			logger.Warn("cannot remove what a host has left", slog.String("dir", dir), slog.Any("error", err))
		}
		_ = lock.Close()
	}
}

func lockFile(path string, create int) (*os.File, error) {
	//nolint:gosec // a file in a folder of our own
	file, err := os.OpenFile(path, os.O_RDWR|create, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}
