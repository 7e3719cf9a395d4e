package pgembed

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

const (
	maxLogBytes  = 8 << 20 // one older file of the same size is kept
	maxTailBytes = 16 << 10
)

// journal takes the server's words: to the writer of the caller or to a file of bounded size, and keeps the last of
// them to explain a failure. It never fails: a full disk must not block the server on its pipe.
type journal struct {
	mu   sync.Mutex
	out  io.Writer // nil: file
	path string
	file *os.File
	size int64
	tail []byte
}

// Write implements io.Writer.
func (j *journal) Write(text []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.tail = append(j.tail, text...)
	if extra := len(j.tail) - maxTailBytes; extra > 0 {
		j.tail = append(j.tail[:0], j.tail[extra:]...)
	}
	if j.out != nil {
		_, _ = j.out.Write(text)
		return len(text), nil
	}
	if j.file == nil || j.size+int64(len(text)) > maxLogBytes {
		j.reopen()
	}
	if j.file != nil {
		n, _ := j.file.Write(text)
		j.size += int64(n)
	}
	return len(text), nil
}

// words returns the last that the server said.
func (j *journal) words() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return string(j.tail)
}

func (j *journal) forget() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.tail = nil
}

func (j *journal) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file != nil {
		_ = j.file.Close()
		j.file = nil
	}
}

// reopen opens the file or, when it is full, begins a new one.
func (j *journal) reopen() {
	if j.file != nil {
		_ = j.file.Close()
		j.file = nil
	}
	info, err := os.Lstat(j.path)
	if err == nil && info.Size() >= maxLogBytes/2 {
		err = os.Rename(j.path, j.path+".1")
		info = nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return
	}
	j.size = 0
	if info != nil {
		j.size = info.Size()
	}
	file, err := os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err == nil {
		j.file = file
	}
}

// note adds a line of ours.
func (j *journal) note(format string, args ...any) {
	_, _ = fmt.Fprintf(j, "opora: "+format+"\n", args...)
}
