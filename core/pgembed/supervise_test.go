package pgembed

import (
	"bytes"
	"context"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// words is a log that may be read while it is written.
type words struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// postmaster is the process of the pid file, 0 while there is none.
func postmaster(t *testing.T, c *Cluster) int {
	t.Helper()
	pid, _, err := c.place.readPidfile()
	require.NoError(t, err)
	return pid
}

// crash kills the postmaster and returns its process.
func crash(t *testing.T, c *Cluster, signal syscall.Signal) int {
	t.Helper()
	pid := postmaster(t, c)
	require.NotZero(t, pid)
	require.NoError(t, syscall.Kill(pid, signal))
	return pid
}

// answersAgain waits until another postmaster answers at the same address.
func answersAgain(t *testing.T, c *Cluster, url string, dead int) {
	t.Helper()
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return false
		}
		_ = conn.Close(ctx)
		pid := postmaster(t, c)
		return pid != 0 && pid != dead
	}, 30*time.Second, 20*time.Millisecond)
}

func TestAServerThatIsKilledIsStartedAgain(t *testing.T) {
	t.Parallel()
	var said words
	var mu sync.Mutex
	restarts := 0
	c := start(t, Options{DataDir: room(t), Log: &said, Progress: func(step string) {
		mu.Lock()
		defer mu.Unlock()
		if step == StepRestart {
			restarts++
		}
	}})
	url := c.SuperuserURL("postgres")
	query(t, url, "create table kept (n int)")
	query(t, url, "insert into kept values (1)")
	// A session that is busy does not notice the end of its postmaster and holds the shared memory.
	busy, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	gone := make(chan error, 1)
	go func() {
		_, err := busy.Exec(context.WithoutCancel(t.Context()), "select count(*) from generate_series(1, 100000000000::bigint)")
		gone <- err
	}()
	for round, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		if round == 1 {
			require.Error(t, <-gone)
		}
		answersAgain(t, c, url, crash(t, c, signal))
		require.Equal(t, url, c.SuperuserURL("postgres"), "the socket's path stays")
		require.Equal(t, "1", query(t, url, "select count(*)::text from kept"))
	}
	select {
	case <-c.Exited():
		require.Fail(t, "given up")
	default:
	}
	require.NoError(t, c.Err())
	stop(t, c)
	mu.Lock()
	defer mu.Unlock()
	require.Equal(t, 2, restarts)
	require.Contains(t, said.String(), "ended unexpectedly and is started again: signal: killed")
	require.NoFileExists(t, c.place.pidfile(), "it shut down in order")
}

func TestACrashLoopEnds(t *testing.T) {
	t.Parallel()
	o := Options{DataDir: room(t), Volatile: true, crashPauses: []time.Duration{time.Millisecond}}
	c := start(t, o)
	url := c.SuperuserURL("postgres")
	for n := range crashLimit {
		dead := crash(t, c, syscall.SIGKILL)
		if n < crashLimit-1 {
			answersAgain(t, c, url, dead)
		}
	}
	select {
	case <-c.Exited():
	case <-time.After(20 * time.Second):
		require.Fail(t, "not told")
	}
	failed := &Error{}
	require.ErrorAs(t, c.Err(), &failed)
	require.Equal(t, CodeCrashing, failed.Code)
	require.Contains(t, failed.Msg, "5 times within 2 minutes")
	require.NotContains(t, failed.Msg, "\n")
	_ = refused(t, CodeLocked, o)
	stop(t, c)
	start(t, o)
}

func TestStopDuringARestart(t *testing.T) {
	t.Parallel()
	o := Options{DataDir: room(t), Volatile: true, crashPauses: []time.Duration{time.Minute}}
	for _, after := range []time.Duration{0, 100 * time.Millisecond} {
		c := start(t, o)
		_ = crash(t, c, syscall.SIGKILL)
		time.Sleep(after)
		began := time.Now()
		_ = c.Stop(t.Context()) // in the first moment the death is an end that did not go well
		require.Less(t, time.Since(began), 20*time.Second)
	}
	start(t, o)
}

func TestEndsThatLieFarApartAreForgotten(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return time.Date(2026, 3, 2, 9, minute, 0, 0, time.UTC) }
	require.Len(t, within([]time.Time{at(0), at(1), at(2)}), 3)
	require.Equal(t, []time.Time{at(2), at(3)}, within([]time.Time{at(0), at(2), at(3)}))
}
