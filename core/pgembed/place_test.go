package pgembed

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSocketIsShortAndClosed(t *testing.T) {
	t.Parallel()
	base := room(t)
	const odd = "с пробелом, 'quote' and [a-z]*?, "
	for name, outside := range map[string]bool{
		"plain":                            false,
		"deep/" + strings.Repeat("d/", 60): true,
		odd:                                true,
	} {
		o := Options{DataDir: filepath.Join(base, name), Volatile: true}
		c := start(t, o)
		require.Equal(t, outside, c.ownSocket, name)
		require.Equal(t, !outside, strings.HasPrefix(c.socketDir, base), name)
		require.LessOrEqual(t, len(c.socketDir+socketFile), maxSocket)
		info, err := os.Stat(c.socketDir)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
		owner, ok := info.Sys().(*syscall.Stat_t)
		require.True(t, ok)
		require.Equal(t, c.place.account.uid, owner.Uid)
		require.NotZero(t, owner.Uid)
		require.Equal(t, "UTC", query(t, c.SuperuserURL("postgres"), "show timezone"))
		stop(t, c)
		if outside {
			require.NoDirExists(t, c.socketDir)
		}
		require.Equal(t, outside, start(t, o).ownSocket)
	}
}

func TestForeignSocketDirectoryIsNotTaken(t *testing.T) {
	t.Parallel()
	own, err := ownAccount()
	require.NoError(t, err)
	p := &place{account: own}
	dir := filepath.Join(t.TempDir(), "socket")
	require.NoError(t, p.ownDir(dir))
	require.NoError(t, p.ownDir(dir), "one that we made before is taken")
	require.NoError(t, os.Chmod(dir, 0o750))
	require.Error(t, p.ownDir(dir), "others can enter")
	link := dir + "-link"
	require.NoError(t, os.Symlink(t.TempDir(), link))
	require.Error(t, p.ownDir(link))
	p.account.uid++
	require.NoError(t, os.Chmod(dir, 0o700))
	require.Error(t, p.ownDir(dir), "somebody else's")
}

func TestDataDirectoryThatIsNone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(room(t), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	failed := refused(t, CodeUnreachable, Options{DataDir: file})
	require.Contains(t, failed.Msg, "not a directory")
	_ = refused(t, CodeUnreachable, Options{DataDir: filepath.Join(file, "below")})
	_ = refused(t, CodeUnreachable, Options{})
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"2026-01-01 00:00:00.000 UTC [7] FATAL:  could not write lock file \"postmaster.pid\": No space left on device\n",
		"PANIC:  could not write to file \"pg_wal/xlogtemp.9\": No space left on device\nLOG:  shutting down\n",
		"initdb: error: could not write file \"/x/PG_VERSION\": Disk quota exceeded\n",
	} {
		failed := &Error{}
		require.ErrorAs(t, programFailure("PostgreSQL", "/data", words, errors.New("exit status 1")), &failed)
		require.Equal(t, CodeDiskFull, failed.Code)
		require.Contains(t, failed.Msg, "/data")
	}
	failed := &Error{}
	require.ErrorAs(t, fileFailure("/data", &os.PathError{Op: "write", Path: "/data", Err: syscall.ENOSPC}), &failed)
	require.Equal(t, CodeDiskFull, failed.Code)
	words := "FATAL:  could not resize shared memory segment \"/PostgreSQL.1\" to 1048576 bytes: No space left on device\n"
	require.Equal(t, CodeStart, programFailure("PostgreSQL", "/data", words, nil).Code)

	dir := room(t)
	if os.Geteuid() != 0 || syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=12m,mode=711") != nil {
		return // only root may make a small file system
	}
	defer func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) }()
	o := Options{DataDir: filepath.Join(dir, "data"), Volatile: true}
	_ = refused(t, CodeDiskFull, o)
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=90m"))
	c := start(t, o)
	stop(t, c)
	filler, err := os.Create(filepath.Join(dir, "filler"))
	require.NoError(t, err)
	block := make([]byte, 1<<12)
	for err == nil {
		_, err = filler.Write(block)
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NoError(t, filler.Close())
	_ = refused(t, CodeDiskFull, o)
	require.NoError(t, os.Remove(filler.Name()))
	c, err = Start(t.Context(), o)
	require.NoError(t, err)
	require.NoError(t, c.Stop(context.Background()))
}

func TestJournalIsBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 2 {
		j := &journal{path: filepath.Join(dir, "server.log")}
		line := []byte(strings.Repeat("x", 1<<16-1) + "\n")
		for range 3 * maxLogBytes / len(line) {
			n, err := j.Write(line)
			require.NoError(t, err)
			require.Len(t, line, n)
		}
		j.note("%s", "the end")
		require.Len(t, j.words(), maxTailBytes)
		require.True(t, strings.HasSuffix(j.words(), "opora: the end\n"))
		j.close()
	}
	var sum int64
	for _, path := range tree(t, dir)[1:] {
		info, err := os.Stat(path)
		require.NoError(t, err)
		sum += info.Size()
	}
	require.Greater(t, sum, int64(maxLogBytes))
	require.LessOrEqual(t, sum, int64(2*maxLogBytes))
}

func TestMemoryScalesBuffers(t *testing.T) {
	t.Parallel()
	for memory, want := range map[int64]string{
		256 * mebibyte:        "shared_buffers = 64MB\n",
		4096 * mebibyte:       "shared_buffers = 512MB\n",
		64 * 1024 * mebibyte:  "shared_buffers = 1024MB\n",
		512*mebibyte + 12_345: "max_connections = 200\n",
	} {
		require.Contains(t, configText(Options{}, memory), want)
	}
	require.Contains(t, configText(Options{Volatile: true}, 64*1024*mebibyte), "shared_buffers = 64MB\n")
	require.Greater(t, memoryBytes(), 64*mebibyte)
}
