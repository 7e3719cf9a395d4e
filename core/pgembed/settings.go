package pgembed

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	superuser      = "opora_super"
	port           = "5432" // only part of the socket's name, nothing listens on TCP
	locale         = "C.UTF-8"
	defaultMaxConn = 200
	mebibyte       = int64(1) << 20
)

func (p *place) configFile() string { return filepath.Join(p.conf(), "postgresql.conf") }
func (p *place) hbaFile() string    { return filepath.Join(p.conf(), "pg_hba.conf") }

// initdbArgs: the pg_hba.conf that initdb writes is ours only when somebody starts the server by hand; it is strict,
// because that server would then put its socket where everybody can enter.
func initdbArgs(dir string, volatile bool) []string {
	args := []string{
		"--pgdata=" + dir, "--username=" + superuser,
		"--encoding=UTF8", "--locale=" + locale, "--lc-messages=C", "--text-search-config=simple",
		"--auth-local=peer", "--auth-host=reject", "--no-instructions",
	}
	if volatile {
		return append(args, "--no-sync")
	}
	return append(args, "--data-checksums")
}

// serverArgs hold what must not be weakened by ALTER SYSTEM, which arguments outrank.
func (p *place) serverArgs(socketDir string, volatile bool) []string {
	durable := "on"
	if volatile {
		durable = "off"
	}
	settings := []string{
		"config_file=" + p.configFile(),
		"hba_file=" + p.hbaFile(),
		"ident_file=" + filepath.Join(p.cluster(), "pg_ident.conf"),
		"listen_addresses=",
		"port=" + port,
		"unix_socket_directories=" + socketDir,
		"unix_socket_permissions=0700",
		"logging_collector=off",
		"log_destination=stderr",
		"lc_messages=C",
		"fsync=" + durable,
		"full_page_writes=" + durable,
		"synchronous_commit=" + durable,
	}
	args := []string{"-D", p.cluster()}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return args
}

// writeConfig writes the server's configuration anew at each start.
func (p *place) writeConfig(o Options) error {
	if err := makeEntrance(p.conf(), p.account); err != nil {
		return err
	}
	files := map[string]string{
		p.configFile(): configText(o, memoryBytes()),
		// Only root and the server's account can enter the directory of the socket: whoever reaches it is us.
		p.hbaFile(): "local all all trust\n",
	}
	for path, text := range files {
		if err := writeFile(path, text); err != nil {
			return err
		}
		if err := giveAway(path, p.account); err != nil {
			return err
		}
	}
	return nil
}

// configText: people may outrank these by ALTER SYSTEM. Failing statements are not logged, nor the details of their
// errors, for both quote what people wrote.
func configText(o Options, memory int64) string {
	buffers := min(max(memory/8, 64*mebibyte), 1024*mebibyte)
	if o.Volatile {
		buffers = 64 * mebibyte
	}
	connections := o.MaxConnections
	if connections <= 0 {
		connections = defaultMaxConn
	}
	lines := []string{
		"# Written at each start of opora. To change a setting use ALTER SYSTEM.",
		"max_connections = " + strconv.Itoa(connections),
		fmt.Sprintf("shared_buffers = %dMB", buffers/mebibyte),
		fmt.Sprintf("effective_cache_size = %dMB", max(memory/2, buffers)/mebibyte),
		"work_mem = 8MB",
		"maintenance_work_mem = 64MB",
		"jit = off",
		"random_page_cost = 1.1",
		"timezone = 'UTC'",
		"log_timezone = 'UTC'",
		"datestyle = 'iso, ymd'",
		"default_text_search_config = 'pg_catalog.simple'",
		"cluster_name = 'opora'",
		"log_line_prefix = '%m [%p] %q%u@%d '",
		"log_min_error_statement = panic",
		"log_error_verbosity = terse",
		"log_checkpoints = off",
	}
	if o.Volatile {
		lines = append(lines, "wal_level = minimal", "max_wal_senders = 0")
	} else {
		lines = append(lines, "wal_compression = on")
	}
	return strings.Join(lines, "\n") + "\n"
}

// memoryBytes is what this machine or container has, 1 GiB when it does not say.
func memoryBytes() int64 {
	memory := 1024 * mebibyte
	if text, err := readSmall("/proc/meminfo"); err == nil {
		if _, rest, found := strings.Cut(text, "MemTotal:"); found {
			if fields := strings.Fields(rest); len(fields) > 0 {
				if kib, err := strconv.ParseInt(fields[0], 10, 64); err == nil {
					memory = kib * 1024
				}
			}
		}
	}
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := readSmall(path)
		if err != nil {
			continue
		}
		if limit, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil && limit > 0 {
			memory = min(memory, limit)
		}
	}
	return memory
}

// markVolatile notes for guardDurable that the cluster is made by tests.
func (p *place) markVolatile() error {
	return writeFile(filepath.Join(p.home, volatileName), "")
}

// guardDurable refuses to open data that a person keeps without the settings that keep them. Data of tests that are
// opened durably are brought to disk and kept data from then on.
func (p *place) guardDurable(volatile bool) error {
	mark := filepath.Join(p.home, volatileName)
	_, err := os.Stat(mark)
	switch {
	case errors.Is(err, os.ErrNotExist) && volatile:
		return failure(CodeDurable, nil, "the data in %s are kept data and are not opened with volatile settings", p.cluster())
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err == nil && !volatile:
		unix.Sync()
		err = os.Remove(mark)
	}
	if err != nil {
		return fileFailure(p.home, err)
	}
	return nil
}
