package pgembed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// MinMajor is the oldest major version of PostgreSQL that Opora runs on.
const MinMajor = 15

const (
	installCommand = "apt-get install -y postgresql"
	probeLimit     = 10 * time.Second
)

// Binaries names one installation of the server's programs.
type Binaries struct {
	Dir   string // holds initdb, postgres and usually pg_dump, symbolic links resolved
	Major int    // 15 for 15.18
}

// Postgres is the path of the server program.
func (b Binaries) Postgres() string { return filepath.Join(b.Dir, "postgres") }

// Initdb is the path of the program that makes clusters.
func (b Binaries) Initdb() string { return filepath.Join(b.Dir, "initdb") }

// Find returns the installation that a new cluster would get: the explicit directory if one is named, else the first
// usable one of PATH, `pg_config --bindir` and the places of Debian and Red Hat, newest first. Errors:
// postgres_missing, postgres_version.
func Find(ctx context.Context, explicit string) (Binaries, error) {
	found, err := installations(ctx, explicit)
	if err != nil {
		return Binaries{}, err
	}
	return found[0], nil
}

// installations returns at least one usable installation, the preferred first.
func installations(ctx context.Context, explicit string) ([]Binaries, error) {
	acc, err := serviceAccount()
	if err != nil {
		return nil, err
	}
	dirs := []string{explicit}
	if explicit == "" {
		dirs = candidateDirs(ctx)
	}
	return usableOf(ctx, explicit, dirs, acc)
}

func usableOf(ctx context.Context, explicit string, dirs []string, acc account) ([]Binaries, error) {
	var usable, old []Binaries
	var cause error
	seen := make(map[string]bool)
	for _, dir := range dirs {
		b, err := inspect(ctx, dir, acc)
		switch {
		case err != nil:
			cause = err
		case seen[b.Dir]:
		case b.Major < MinMajor:
			old = append(old, b)
		default:
			usable = append(usable, b)
		}
		seen[b.Dir] = true
	}
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("look for PostgreSQL: %w", ctx.Err())
	case len(usable) > 0:
		return usable, nil
	case len(old) > 0:
		return nil, failure(CodeVersion, nil, "PostgreSQL %d in %s is too old, %d or newer is needed: install one (%s)",
			old[0].Major, old[0].Dir, MinMajor, installCommand)
	case explicit != "":
		return nil, failure(CodeMissing, cause, "%s does not hold usable programs of PostgreSQL (initdb, postgres)", explicit)
	}
	return nil, failure(CodeMissing, nil,
		"PostgreSQL %d or newer was not found on this machine: install it with `%s`", MinMajor, installCommand)
}

// choose returns the installation that fits existing data (major 0: no data yet).
func choose(installed []Binaries, major int, cluster string) (Binaries, error) {
	if major == 0 {
		return installed[0], nil
	}
	versions := make([]string, 0, len(installed))
	for _, b := range installed {
		if b.Major == major {
			return b, nil
		}
		versions = append(versions, strconv.Itoa(b.Major))
	}
	return Binaries{}, failure(CodeVersion, nil,
		"the data in %s belongs to PostgreSQL %d, but this machine has %s: install that version "+
			"(apt-get install -y postgresql-%d), or move the data with pg_upgrade or pg_dump; nothing was changed",
		cluster, major, strings.Join(versions, ", "), major)
}

func candidateDirs(ctx context.Context) []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	return append(dirs, packagedDirs("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin")...)
}

// packagedDirs expands the patterns and sorts the newest version first (16 before 9.6).
func packagedDirs(patterns ...string) []string {
	var dirs []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err == nil {
			dirs = append(dirs, found...)
		}
	}
	number := regexp.MustCompile(`\d+`)
	version := func(dir string) int {
		n, err := strconv.Atoi(number.FindString(filepath.Base(filepath.Dir(dir))))
		if err != nil {
			return 0
		}
		return n
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return version(b) - version(a) })
	return dirs
}

// inspect asks the programs in dir for their version, as the account that will run them: it fails when that account
// cannot reach them.
func inspect(ctx context.Context, dir string, acc account) (Binaries, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Binaries{}, fmt.Errorf("resolve %s: %w", dir, err)
	}
	postgres, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
	if err != nil {
		return Binaries{}, fmt.Errorf("find server: %w", err)
	}
	b := Binaries{Dir: filepath.Dir(postgres)}
	if _, err := os.Stat(b.Initdb()); err != nil {
		return Binaries{}, fmt.Errorf("find initdb: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.Postgres(), "--version") //nolint:gosec // the operator names the folder
	cmd.Dir = "/"
	cmd.Env = environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: acc.credential()}
	out, err := cmd.Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("ask %s for its version: %w", b.Postgres(), err)
	}
	b.Major, err = parseMajor(string(out))
	return b, err
}

// parseMajor reads "postgres (PostgreSQL) 15.18 (Debian …)", also "17beta1" and the "9.6.24" of old ones.
func parseMajor(line string) (int, error) {
	found := regexp.MustCompile(`\(PostgreSQL\) (\d{1,4})`).FindStringSubmatch(line)
	if found == nil {
		return 0, errors.New("the answer to --version is not PostgreSQL's")
	}
	major, err := strconv.Atoi(found[1])
	if err != nil {
		return 0, fmt.Errorf("read version: %w", err)
	}
	return major, nil
}

// environment is all that PostgreSQL's programs get: none of the caller's PG… variables, messages in English.
func environment() []string {
	return []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"}
}
