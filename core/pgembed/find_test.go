package pgembed

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFindReal(t *testing.T) {
	t.Parallel()
	found, err := Find(t.Context(), "")
	require.NoError(t, err)
	require.GreaterOrEqual(t, found.Major, MinMajor)
	require.FileExists(t, found.Initdb())
	again, err := Find(t.Context(), found.Dir)
	require.NoError(t, err)
	require.Equal(t, found, again)
}

func TestFindNothing(t *testing.T) {
	t.Parallel()
	acc, err := serviceAccount()
	require.NoError(t, err)
	_, err = usableOf(t.Context(), "", []string{t.TempDir()}, acc)
	failed := &Error{}
	require.ErrorAs(t, err, &failed)
	require.Equal(t, CodeMissing, failed.Code)
	require.Contains(t, failed.Msg, "`apt-get install -y postgresql`")
	dir := t.TempDir()
	failed = refused(t, CodeMissing, Options{DataDir: room(t), BinDir: dir})
	require.Contains(t, failed.Msg, dir)
}

// fake makes an installation that only tells its version.
func fake(t *testing.T, version string) string {
	t.Helper()
	dir := room(t)
	for _, name := range []string{"postgres", "initdb"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\necho 'postgres (PostgreSQL) "+version+"'\n"), 0o600))
		require.NoError(t, os.Chmod(path, 0o755))
	}
	return dir
}

func TestFindVersions(t *testing.T) {
	t.Parallel()
	acc, err := serviceAccount()
	require.NoError(t, err)
	old, fifteen, next := fake(t, "9.6.24"), fake(t, "15.3 (Debian 15.3-1)"), fake(t, "19beta1")
	closed := fake(t, "18.0")
	require.NoError(t, os.Chmod(filepath.Join(closed, "postgres"), 0o600))

	_, err = usableOf(t.Context(), old, []string{old}, acc)
	failed := &Error{}
	require.ErrorAs(t, err, &failed)
	require.Equal(t, CodeVersion, failed.Code)
	require.Contains(t, failed.Msg, "PostgreSQL 9 in "+old)

	found, err := usableOf(t.Context(), "", []string{old, closed, next, fifteen, next}, acc)
	require.NoError(t, err)
	require.Equal(t, []Binaries{{Dir: next, Major: 19}, {Dir: fifteen, Major: 15}}, found)

	fit, err := choose(found, 15, "/data")
	require.NoError(t, err)
	require.Equal(t, fifteen, fit.Dir, "existing data choose their own version")
	fit, err = choose(found, 0, "/data")
	require.NoError(t, err)
	require.Equal(t, next, fit.Dir)
}

func TestPackagedDirsNewestFirst(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	for _, version := range []string{"9.6", "15", "16"} {
		require.NoError(t, os.MkdirAll(filepath.Join(parent, version, "bin"), 0o700))
	}
	dirs := packagedDirs(parent + "/*/bin")
	require.Len(t, dirs, 3)
	require.Equal(t, filepath.Join(parent, "16", "bin"), dirs[0])
	require.Equal(t, filepath.Join(parent, "9.6", "bin"), dirs[2])
}

func TestParseMajor(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": 15,
		"postgres (PostgreSQL) 17beta1":                          17,
		"postgres (PostgreSQL) 9.6.24":                           9,
	} {
		got, err := parseMajor(line)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := parseMajor("command not found")
	require.Error(t, err)
}

func TestRecordedProcessIsNotBelievedBlindly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := &place{home: dir}
	require.NoError(t, os.Mkdir(p.cluster(), 0o700))
	for _, text := range []string{"", "nonsense\n", "-3\n", "1\n/elsewhere\n0\n", "999999999\n/x\nabc\n"} {
		require.NoError(t, os.WriteFile(p.pidfile(), []byte(text), 0o600))
		pids, err := p.serverProcesses()
		require.NoError(t, err)
		require.Empty(t, pids, text)
	}
	require.NoError(t, p.awaitOldServer(t.Context(), time.Second, func(string) {}))
	require.FileExists(t, p.pidfile(), "PostgreSQL itself deals with a dead one")

	began, err := startOf(os.Getpid())
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), time.Unix(began, 0), time.Hour)
	_, err = startOf(999999999)
	require.Error(t, err)
}

func TestErrorUnwraps(t *testing.T) {
	t.Parallel()
	err := error(failure(CodeStart, context.Canceled, "sentence"))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "sentence: context canceled", err.Error())
	require.Equal(t, "sentence", failure(CodeStart, nil, "sentence").Error())
	require.Equal(t, err, fileFailure("/x", err), "known errors keep their meaning")
	require.Equal(t, "it did not fit", lastComplaint("LOG:  a\nFATAL:  it did not fit\nLOG:  shut down\n"))
	require.Equal(t, "plain words", lastComplaint("plain words\n"))
	require.NotErrorIs(t, failure(CodeStart, nil, "x"), context.Canceled)
}
