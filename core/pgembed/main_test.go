package pgembed

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

const childVariable = "OPORA_PGEMBED_CHILD"

// TestMain is also the main function of the process that a test starts in order to kill it.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		c, err := Start(context.Background(), Options{DataDir: dir})
		if err != nil {
			_, _ = fmt.Fprintln(os.Stdout, "failed:", err)
			os.Exit(1)
		}
		_, _ = fmt.Fprintln(os.Stdout, c.SuperuserURL("postgres"))
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// room is a temporary directory that other users may enter, unlike that of t.TempDir.
func room(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pgembed-") //nolint:usetesting // nobody else may enter what it makes
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o711))
	return dir
}

func start(t *testing.T, o Options) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Stop(context.Background()) })
	return c
}

func stop(t *testing.T, c *Cluster) {
	t.Helper()
	require.NoError(t, c.Stop(context.Background()))
}

func refused(t *testing.T, code string, o Options) *Error {
	t.Helper()
	c, err := Start(t.Context(), o)
	if err == nil {
		_ = c.Stop(context.Background())
	}
	failed := &Error{}
	require.ErrorAs(t, err, &failed)
	require.Equal(t, code, failed.Code, err.Error())
	require.NotContains(t, failed.Msg, "\n")
	return failed
}

func query(t *testing.T, url, sql string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	require.NoError(t, err)
	words, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return strings.Join(words, "\n")
}

// startChild starts a cluster in another process and returns it with the cluster's address.
func startChild(t *testing.T, dir string) (process *os.Process, url string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = stdin.Close()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(line, "postgres://"), line)
	return cmd.Process, strings.TrimSpace(line)
}

// sleeper is a living process of the server's account that is no server.
func sleeper(t *testing.T, acc account) int {
	t.Helper()
	cmd := exec.Command("sleep", "60")
	cmd.Dir = "/"
	c, err := launch(cmd, acc)
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-c.done
	})
	return cmd.Process.Pid
}

// byHand starts the cluster's server as a person would who knows where it is.
func byHand(t *testing.T, c *Cluster, args ...string) *child {
	t.Helper()
	cmd := exec.Command(c.bin.Postgres(), args...)
	cmd.Dir = "/"
	server, err := launch(cmd, c.place.account)
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-server.done
	})
	require.Eventually(t, func() bool {
		_, err := os.Stat(c.socketDir + socketFile)
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
	return server
}

func tree(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		names = append(names, path)
		return err
	}))
	return names
}
