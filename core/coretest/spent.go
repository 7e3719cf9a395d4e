package coretest

import (
	"runtime"
	"syscall"
	"testing"
	"time"
)

// rusageThread asks for what one thread has used (getrusage(2) of Linux).
const rusageThread = 1

// Spent returns how much of a processor a call took that stays on its goroutine. What takes long is told by it on a
// busy machine too, where a clock tells of everything else that ran meanwhile.
func Spent(t testing.TB, call func()) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := threadTime()
	call()
	return threadTime() - before
}

// threadTime is what this thread has used; where the system does not tell, the clock stands for it.
func threadTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(rusageThread, &used); err != nil {
		return time.Duration(time.Now().UnixNano())
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
