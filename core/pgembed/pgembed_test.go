package pgembed

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestColdAndWarmStartKeepData(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(room(t), "not", "yet there")
	var steps []string
	o := Options{DataDir: dir, MaxConnections: 23, Progress: func(step string) { steps = append(steps, step) }}
	c := start(t, o)
	require.Equal(t, []string{StepInit, StepStart, StepReady}, steps)
	moved, relocated := c.Relocated()
	require.False(t, relocated)
	require.Empty(t, moved)
	url := c.SuperuserURL("postgres")
	for sql, want := range map[string]string{
		"show fsync":                      "on",
		"show full_page_writes":           "on",
		"show synchronous_commit":         "on",
		"show data_checksums":             "on",
		"show listen_addresses":           "",
		"show max_connections":            "23",
		"show timezone":                   "UTC",
		"show server_encoding":            "UTF8",
		"show default_text_search_config": "pg_catalog.simple",
		"select lower('ЖУК')":             "жук",
		"select current_user::text":       superuser,
		"select datcollate from pg_database where datname = 'template1'": locale,
	} {
		require.Equal(t, want, query(t, url, sql), sql)
	}
	query(t, url, "create table kept (word text)")
	query(t, url, "insert into kept values ('опора')")
	query(t, url, "alter system set fsync = off")
	query(t, url, "alter system set work_mem = '9MB'")
	query(t, url, "create role opora_app login")
	require.Equal(t, "opora_app", query(t, c.URL("opora_app", "postgres"), "select current_user::text"))
	stop(t, c)
	stop(t, c)
	require.NoError(t, c.Err())

	steps = nil
	again := start(t, o)
	require.Equal(t, []string{StepStart, StepReady}, steps)
	require.Equal(t, "опора", query(t, again.SuperuserURL("postgres"), "select word from kept"))
	require.Equal(t, "on", query(t, again.SuperuserURL("postgres"), "show fsync"))
	require.Equal(t, "9MB", query(t, again.SuperuserURL("postgres"), "show work_mem"))
	require.FileExists(t, again.place.logPath())
	stop(t, again)

	_ = refused(t, CodeDurable, Options{DataDir: dir, Volatile: true})
}

func TestKilledParentLeavesNothingInTheWay(t *testing.T) {
	t.Parallel()
	dir := room(t)
	for round := range 3 {
		process, url := startChild(t, dir)
		if round == 0 {
			query(t, url, "create table kept (n int)")
		}
		query(t, url, "insert into kept values ("+strconv.Itoa(round)+")")
		_ = refused(t, CodeLocked, Options{DataDir: dir})
		require.NoError(t, process.Kill())
		_, err := process.Wait() // its last thread, too: only then is the lock free
		require.NoError(t, err)
	}
	c := start(t, Options{DataDir: dir})
	require.Equal(t, "3", query(t, c.SuperuserURL("postgres"), "select count(*)::text from kept"))
}

func TestServerEndsWithKilledParent(t *testing.T) {
	t.Parallel()
	dir := room(t)
	process, _ := startChild(t, dir)
	p := &place{home: filepath.Join(dir, homeName)}
	pids, err := p.serverProcesses()
	require.NoError(t, err)
	require.NotEmpty(t, pids)
	require.NoError(t, process.Kill())
	require.Eventually(t, func() bool {
		pids, err := p.serverProcesses()
		return err == nil && len(pids) == 0
	}, 10*time.Second, 5*time.Millisecond)
	require.NoFileExists(t, p.pidfile(), "it shut down in order")
}

func TestSecondStartIsRefused(t *testing.T) {
	t.Parallel()
	dir := room(t)
	var won, lost atomic.Int32
	var starts sync.WaitGroup
	for range 3 {
		starts.Go(func() {
			c, err := Start(t.Context(), Options{DataDir: dir, Volatile: true})
			if err != nil {
				lost.Add(1)
				return
			}
			won.Add(1)
			t.Cleanup(func() { _ = c.Stop(context.Background()) })
		})
	}
	starts.Wait()
	require.EqualValues(t, 1, won.Load())
	require.EqualValues(t, 2, lost.Load())
	failed := refused(t, CodeLocked, Options{DataDir: dir, Volatile: true})
	require.Contains(t, failed.Msg, dir)
	require.Contains(t, failed.Msg, "process "+strconv.Itoa(os.Getpid()))
}

func TestDataOfAnotherVersionIsRefused(t *testing.T) {
	t.Parallel()
	dir := room(t)
	c := start(t, Options{DataDir: dir, Volatile: true})
	stop(t, c)
	version := filepath.Join(c.place.cluster(), "PG_VERSION")
	before := tree(t, dir)
	for _, major := range []string{"14", "99"} {
		require.NoError(t, os.WriteFile(version, []byte(major+"\n"), 0o600))
		failed := refused(t, CodeVersion, Options{DataDir: dir, Volatile: true})
		require.Contains(t, failed.Msg, "PostgreSQL "+major)
		require.Contains(t, failed.Msg, "postgresql-"+major)
	}
	require.NoError(t, os.WriteFile(version, []byte("fifteen\n"), 0o600))
	_ = refused(t, CodeForeign, Options{DataDir: dir, Volatile: true})
	require.NoError(t, os.Remove(version))
	failed := refused(t, CodeForeign, Options{DataDir: dir, Volatile: true})
	require.Contains(t, failed.Msg, "no database")
	require.NoError(t, os.WriteFile(version, []byte(strconv.Itoa(c.bin.Major)+"\n"), 0o600))
	require.Equal(t, before, tree(t, dir), "nothing is touched")
}

func TestUnenterableDataDirectoryIsRelocated(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(room(t), "closed")
	require.NoError(t, os.Mkdir(closed, 0o700))
	told := false
	o := Options{DataDir: filepath.Join(closed, "data"), FallbackDir: filepath.Join(room(t), "lib", "opora"), Volatile: true}
	o.Progress = func(step string) { told = told || step == StepRelocated }
	c := start(t, o)
	query(t, c.SuperuserURL("postgres"), "create table kept (n int)")
	stop(t, c)
	dir, relocated := c.Relocated()
	require.Equal(t, os.Geteuid() == 0, relocated, "only root steps down")
	require.Equal(t, relocated, told)
	require.Equal(t, relocated, strings.HasPrefix(dir, o.FallbackDir+"/"))

	// The way is free now, but the data stay where they are.
	require.NoError(t, os.Chmod(closed, 0o711))
	c = start(t, o)
	require.Equal(t, "0", query(t, c.SuperuserURL("postgres"), "select count(*)::text from kept"))
	again, _ := c.Relocated()
	require.Equal(t, dir, again)
	stop(t, c)
	if !relocated {
		return
	}
	require.NoError(t, os.RemoveAll(o.DataDir))
	require.NoError(t, os.Chmod(closed, 0o700))
	c = start(t, o)
	fresh, _ := c.Relocated()
	require.NotEqual(t, dir, fresh, "a new data directory of the same path is empty")
	stop(t, c)
	require.DirExists(t, filepath.Join(dir, "cluster"), "and the old data are kept")
	require.NoError(t, os.RemoveAll(fresh))
	failed := refused(t, CodeUnreachable, o)
	require.Contains(t, failed.Msg, fresh)
}

func TestDataThatBecameUnenterableAreNotReplaced(t *testing.T) {
	t.Parallel()
	parent := room(t)
	o := Options{DataDir: filepath.Join(parent, "data"), FallbackDir: room(t), Volatile: true}
	stop(t, start(t, o))
	mode := os.FileMode(0o700)
	if os.Geteuid() != 0 {
		mode = 0o600
	}
	require.NoError(t, os.Chmod(parent, mode))
	failed := refused(t, CodeUnreachable, o)
	require.NoError(t, os.Chmod(parent, 0o711))
	require.Contains(t, failed.Msg, o.DataDir)
	stop(t, start(t, o))
}

func TestStalePidFileOfLivingStranger(t *testing.T) {
	t.Parallel()
	o := Options{DataDir: room(t), Volatile: true}
	c := start(t, o)
	pidfile, err := os.ReadFile(c.place.pidfile())
	require.NoError(t, err)
	socketLock, err := os.ReadFile(c.socketDir + socketFile + ".lock")
	require.NoError(t, err)
	stop(t, c)
	stranger := strconv.Itoa(sleeper(t, c.place.account))
	forge := func(path string, text []byte) {
		_, rest, _ := bytes.Cut(text, []byte("\n"))
		require.NoError(t, os.WriteFile(path, append([]byte(stranger+"\n"), rest...), 0o600))
		require.NoError(t, giveAway(path, c.place.account))
	}
	forge(c.place.pidfile(), pidfile)
	forge(c.socketDir+socketFile+".lock", socketLock)
	c = start(t, o)
	require.Equal(t, "1", query(t, c.SuperuserURL("postgres"), "select '1'"))
}

func TestServerStartedByHandIsWaitedForAndLeftAlone(t *testing.T) {
	t.Parallel()
	o := Options{DataDir: room(t), Volatile: true, oldServerLimit: 1500 * time.Millisecond}
	c := start(t, o)
	stop(t, c)
	server := byHand(t, c, "-D", c.place.cluster(), "-k", c.socketDir, "-c", "listen_addresses=")
	failed := refused(t, CodeLocked, o)
	require.Contains(t, failed.Msg, "process "+strconv.Itoa(server.cmd.Process.Pid))
	require.False(t, server.ended())
	require.NoError(t, server.end(t.Context(), endStep{syscall.SIGINT, 10 * time.Second}))
	start(t, o)
}

func TestServerOfOursThatMissedItsSignalIsStopped(t *testing.T) {
	t.Parallel()
	o := Options{DataDir: room(t), Volatile: true}
	c := start(t, o)
	stop(t, c)
	server := byHand(t, c, c.place.serverArgs(c.socketDir, true)...)
	waited := false
	o.Progress = func(step string) { waited = waited || step == StepWait }
	start(t, o)
	require.True(t, waited)
	require.True(t, server.ended())
}

func TestImpatientStopLosesNothing(t *testing.T) {
	t.Parallel()
	o := Options{DataDir: room(t)}
	c := start(t, o)
	query(t, c.SuperuserURL("postgres"), "create table kept (n int)")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Stop(ctx); err != nil { // on a quick machine it may have ended all the same
		failed := &Error{}
		require.ErrorAs(t, err, &failed)
		require.Equal(t, CodeStop, failed.Code)
	}
	c = start(t, o)
	require.Equal(t, "0", query(t, c.SuperuserURL("postgres"), "select count(*)::text from kept"))
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := room(t)
	for _, limit := range []time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		c, err := Start(ctx, Options{DataDir: dir, Volatile: true})
		cancel()
		if err == nil {
			stop(t, c)
			continue
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	start(t, Options{DataDir: dir, Volatile: true})
	left, err := filepath.Glob(filepath.Join(dir, homeName, "cluster.init-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestVolatileDataOpenedDurablyAreKept(t *testing.T) {
	t.Parallel()
	dir := room(t)
	c := start(t, Options{DataDir: dir, Volatile: true})
	require.Equal(t, "off", query(t, c.SuperuserURL("postgres"), "show fsync"))
	stop(t, c)
	c = start(t, Options{DataDir: dir})
	require.Equal(t, "on", query(t, c.SuperuserURL("postgres"), "show fsync"))
	stop(t, c)
	_ = refused(t, CodeDurable, Options{DataDir: dir, Volatile: true})
}
