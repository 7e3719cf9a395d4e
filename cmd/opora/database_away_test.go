package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// postmaster is the process of the server's database, 0 while there is none.
func (s *server) postmaster() int {
	raw, err := os.ReadFile(filepath.Join(s.data, "database", "cluster", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return pid
}

// TestADatabaseThatDiesComesBack kills the database of a running `opora up`: what is asked meanwhile is
// answered 503 with Retry-After, the program goes on, and nothing that was acknowledged is lost.
func TestADatabaseThatDiesComesBack(t *testing.T) {
	t.Parallel()
	s, err := startServer("", "up", "--demo", "--plugins", shared.one)
	require.NoError(t, err)
	t.Cleanup(s.remove)
	t.Cleanup(func() { _ = s.end(os.Kill) })
	f := readFixture(t, scriptSystem, "valid/appeal_with_registry_number.json")
	body, err := json.Marshal(map[string]any{"desk": "webtorgi", "form": f.Form, "fields": f.Fields})
	require.NoError(t, err)
	file := func() (int, string) {
		a, err := s.as("requester@zabaikalye", http.MethodPost, "/tickets", nil, body)
		require.NoError(t, err)
		number, _ := a.at("number")
		return a.status, text(number)
	}
	status, first := file()
	require.Equal(t, http.StatusCreated, status)

	away := 0
	for range 2 {
		dead := s.postmaster()
		require.NotZero(t, dead)
		require.NoError(t, syscall.Kill(dead, syscall.SIGKILL))
		began := time.Now()
		for {
			a, err := s.as("requester@zabaikalye", http.MethodGet, "/tickets/"+first, nil, nil)
			require.NoError(t, err, "the program goes on")
			if now := s.postmaster(); a.status == http.StatusOK && now != 0 && now != dead {
				break
			}
			require.Less(t, time.Since(began), patient)
			if a.status == http.StatusOK { // its sessions have not noticed yet
				continue
			}
			require.Equal(t, http.StatusServiceUnavailable, a.status, "%s\n%s", a.raw, s.out)
			require.NotEmpty(t, a.header.Get("Retry-After"))
			away++
			alive, err := s.call("nobody", http.MethodGet, "/healthz", nil, nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, alive.status)
		}
	}
	require.Positive(t, away)
	status, last := file()
	require.Equal(t, http.StatusCreated, status)
	require.NotEqual(t, first, last)
	require.Contains(t, s.out.String(), "ended unexpectedly and is started again")
	said, err := exec.Command("opora", "tickets", "verify", "--data", s.data, "--lang", "en").CombinedOutput()
	require.NoError(t, err, string(said))
	require.Regexp(t, `\d+ tickets agree`, string(said))
	ready, err := s.call("nobody", http.MethodGet, "/readyz", nil, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, ready.status, string(ready.raw))
	for _, part := range []string{"database", "dispatcher", "live"} {
		state, _ := ready.at("checks." + part)
		require.Equal(t, "ok", state, part)
	}
	require.NoError(t, s.end(os.Interrupt))
}
