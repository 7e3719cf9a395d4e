package host

import (
	"os/exec"
	"runtime"
)

// spawner starts processes from one thread that lives as long as the host. The parent-death signal
// is sent when the thread that started a process ends, not when the program does, and Go ends threads
// as it likes.
type spawner struct {
	jobs chan func()
}

func newSpawner() *spawner {
	s := &spawner{jobs: make(chan func())}
	go func() {
		// Never unlocked, so that the thread ends with this goroutine and serves nobody else.
		runtime.LockOSThread()
		for job := range s.jobs {
			job()
		}
	}()
	return s
}

func (s *spawner) start(cmd *exec.Cmd) error {
	done := make(chan error, 1)
	s.jobs <- func() { done <- cmd.Start() }
	return <-done
}

// close ends the thread, and with it every process that is left.
func (s *spawner) close() { close(s.jobs) }
