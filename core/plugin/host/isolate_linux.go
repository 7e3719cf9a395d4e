package host

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// isolation puts a process into a group of its own and lets it die with its host.
func isolation() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// dataMargin is what a Go program maps beside what it uses.
const dataMargin = 256 << 20

// limit forbids core dumps, which would hold people's data, and bounds private data.
func limit(pid int, memory int64) {
	_ = unix.Prlimit(pid, unix.RLIMIT_CORE, &unix.Rlimit{}, nil)
	if memory > 0 {
		most := uint64(memory)*2 + dataMargin
		_ = unix.Prlimit(pid, unix.RLIMIT_DATA, &unix.Rlimit{Cur: most, Max: most}, nil)
	}
}

// awaitExit returns when the process is dead and not yet reaped.
func awaitExit(pid int) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// exited tells whether a process that nobody has reaped is dead.
func exited(pid int) bool {
	var found unix.Siginfo
	err := unix.Waitid(unix.P_PID, pid, &found, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
	return err == nil && found.Signo != 0
}

// resident returns the resident memory of a process and its descendants in bytes.
func resident(pid int) int64 {
	return residentBelow(pid, 8)
}

func residentBelow(pid, depth int) int64 {
	base := filepath.Join("/proc", strconv.Itoa(pid))
	statm, err := os.ReadFile(filepath.Join(base, "statm")) //nolint:gosec // a number below /proc
	if err != nil {
		return 0
	}
	var total int64
	if fields := strings.Fields(string(statm)); len(fields) > 1 {
		pages, _ := strconv.ParseInt(fields[1], 10, 64)
		total = pages * int64(os.Getpagesize())
	}
	if depth == 0 {
		return total
	}
	tasks, _ := filepath.Glob(filepath.Join(base, "task", "*", "children"))
	for _, task := range tasks {
		children, _ := os.ReadFile(task) //nolint:gosec // below /proc
		for _, child := range strings.Fields(string(children)) {
			if number, err := strconv.Atoi(child); err == nil {
				total += residentBelow(number, depth-1)
			}
		}
	}
	return total
}

// killStragglers kills every process whose environment names a socket folder that begins with dir:
// descendants that left their group. The handle is taken before the environment is read, so that the
// signal cannot hit a stranger who got the number since.
func killStragglers(dir string) {
	if len(dir) < 2 {
		return
	}
	mark := []byte(envSocketDir + "=" + dir)
	environs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range environs {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil || pid == os.Getpid() {
			continue
		}
		killMarked(pid, path, mark)
	}
}

func killMarked(pid int, path string, mark []byte) {
	handle, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	defer func() { _ = unix.Close(handle) }()
	environ, err := os.ReadFile(path) //nolint:gosec // below /proc
	if err != nil {
		return
	}
	for _, entry := range bytes.Split(environ, []byte{0}) {
		if rest, ok := bytes.CutPrefix(entry, mark); ok && (len(rest) == 0 || rest[0] == '/') {
			_ = unix.PidfdSendSignal(handle, unix.SIGKILL, nil, 0)
			return
		}
	}
}
