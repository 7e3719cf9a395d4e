package pgembed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

const (
	homeName     = "database" // below the data directory
	locationName = "location" // in homeName, when the cluster had to live elsewhere: the absolute path of its home
	volatileName = "volatile" // in a home whose cluster was made by tests
	socketFile   = "/.s.PGSQL.5432"
	maxSocket    = 103 // bytes of a socket's path that every Unix takes
)

// place is where one cluster lives. Home belongs to us; the cluster and the socket directory in it to the account.
// Nothing but the cluster's own programs writes below a directory of the account, so that it cannot lead root astray.
type place struct {
	data      string // the data directory as named, absolute
	home      string
	relocated bool
	account   account
	locks     []*lock
}

func (p *place) cluster() string { return filepath.Join(p.home, "cluster") }
func (p *place) conf() string    { return filepath.Join(p.home, "conf") }
func (p *place) logPath() string { return filepath.Join(p.home, "server.log") }

// settle finds or makes the place for a data directory and locks it. The caller calls leave, also after an error.
func (p *place) settle(ctx context.Context, o Options, bin Binaries) error {
	data, err := filepath.Abs(o.DataDir)
	if err != nil {
		return fileFailure(o.DataDir, err)
	}
	p.data = data
	front := filepath.Join(data, homeName)
	if p.account, err = accountFor(filepath.Join(front, "cluster")); err != nil {
		return err
	}
	if err := makeEntrance(front, p.account); err != nil {
		return fileFailure(data, err)
	}
	// From here on by the real path: the server's processes are recognised by it.
	if front, err = filepath.EvalSymlinks(front); err != nil {
		return fileFailure(data, err)
	}
	if err := p.lock(front); err != nil {
		return err
	}
	p.home = front
	location, err := readSmall(filepath.Join(front, locationName))
	switch {
	case err == nil:
		return p.moveTo(ctx, strings.TrimSpace(location), bin)
	case !errors.Is(err, fs.ErrNotExist):
		return fileFailure(front, err)
	}
	entered, err := canEnter(ctx, p.account, bin, front)
	if err != nil || entered {
		return err
	}
	if _, err := os.Stat(p.cluster()); err == nil {
		return failure(CodeUnreachable, nil,
			"user %s, who owns the data in %s, cannot enter that directory any more: give back the right to enter its parents (chmod o+x)",
			p.account.name, p.cluster())
	}
	return p.relocate(ctx, o, bin)
}

// relocate gives a cluster whose account cannot enter the data directory a home below the fallback directory. The
// name is new when an earlier data directory of the same path left data there: those are neither shown nor touched.
func (p *place) relocate(ctx context.Context, o Options, bin Binaries) error {
	if err := makeEntrance(o.FallbackDir, p.account); err != nil {
		return fileFailure(o.FallbackDir, err)
	}
	fallback, err := filepath.EvalSymlinks(o.FallbackDir)
	if err != nil {
		return fileFailure(o.FallbackDir, err)
	}
	base := filepath.Join(fallback, shortHash(p.home))
	home := base
	for n := 2; ; n++ {
		_, err := os.Lstat(filepath.Join(home, "cluster"))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return fileFailure(home, err)
		}
		home = base + "-" + strconv.Itoa(n)
	}
	if err := makeEntrance(home, p.account); err != nil {
		return fileFailure(home, err)
	}
	front := p.home
	if err := p.moveTo(ctx, home, bin); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(front, locationName), home+"\n"); err != nil {
		return fileFailure(front, err)
	}
	return nil
}

// moveTo makes home, which exists, the place's home.
func (p *place) moveTo(ctx context.Context, home string, bin Binaries) error {
	info, err := os.Stat(home)
	if err != nil || !filepath.IsAbs(home) || !info.IsDir() {
		return failure(CodeUnreachable, err,
			"the database of %s lives in %s, which is not there: bring it back, or name another data directory", p.data, home)
	}
	p.home, p.relocated = home, true
	if err := p.lock(home); err != nil {
		return err
	}
	if p.account, err = accountFor(p.cluster()); err != nil {
		return err
	}
	entered, err := canEnter(ctx, p.account, bin, home)
	if err != nil {
		return err
	}
	if !entered {
		return failure(CodeUnreachable, nil, "user %s, as whom PostgreSQL runs, cannot enter %s", p.account.name, home)
	}
	return nil
}

func (p *place) lock(dir string) error {
	l, err := acquire(dir, p.data)
	if err != nil {
		return err
	}
	p.locks = append(p.locks, l)
	return nil
}

func (p *place) leave() {
	for _, l := range p.locks {
		l.release()
	}
	p.locks = nil
}

// dataMajor returns the version of the data, 0 when there is none yet.
func (p *place) dataMajor() (int, error) {
	text, err := readSmall(filepath.Join(p.cluster(), "PG_VERSION"))
	if err == nil {
		major, err := strconv.Atoi(strings.SplitN(strings.TrimSpace(text), ".", 2)[0])
		if err != nil || major <= 0 {
			return 0, failure(CodeForeign, err, "%s/PG_VERSION does not name a version of PostgreSQL", p.cluster())
		}
		return major, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return 0, fileFailure(p.cluster(), err)
	}
	entries, err := os.ReadDir(p.cluster())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fileFailure(p.cluster(), err)
	}
	if len(entries) > 0 {
		return 0, failure(CodeForeign, nil,
			"%s holds files but no database of PostgreSQL: move them away or name another data directory", p.cluster())
	}
	return 0, nil
}

// socketDir makes the directory of the socket, which only the account (and root) may enter: in the home if the path is
// short and plain enough, else below /run or the directory for temporary files. second is true in the latter case.
func (p *place) socketDir() (dir string, second bool, err error) {
	plain := regexp.MustCompile(`^/[A-Za-z0-9/_.+-]+$`)
	fits := func(dir string) bool { return len(dir+socketFile) <= maxSocket && plain.MatchString(dir) }
	if dir := filepath.Join(p.home, "socket"); fits(dir) {
		if err := p.ownDir(dir); err != nil {
			return "", false, fileFailure(dir, err)
		}
		return dir, false, nil
	}
	parents := []string{os.TempDir(), "/tmp"}
	if p.account.switched {
		parents = append([]string{"/run"}, parents...)
	}
	last := errors.New("no parent is short enough")
	for _, parent := range parents {
		dir := filepath.Join(parent, "opora-"+shortHash(p.home))
		if !fits(dir) {
			continue
		}
		if last = p.ownDir(dir); last == nil {
			return dir, true, nil
		}
	}
	return "", false, failure(CodeUnreachable, last,
		"no directory for PostgreSQL's socket could be made in %s", strings.Join(parents, ", "))
}

// sweepSocket removes the socket of a server that is no more: PostgreSQL would refuse to start if the process number in
// the socket's lock file belonged to another living process of the account.
func sweepSocket(dir string) error {
	for _, name := range []string{socketFile, socketFile + ".lock"} {
		if err := os.Remove(dir + name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fileFailure(dir, err)
		}
	}
	return nil
}

// ownDir makes dir for the account, or takes one that it made before. Anybody may have put something under that name
// in a directory for temporary files, so what is there must be a directory of the account, closed to others.
func (p *place) ownDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		return giveAway(dir, p.account)
	}
	if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make directory: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at directory: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if ok && info.IsDir() && owner.Uid == 0 && os.Geteuid() == 0 && p.account.switched {
		return giveAway(dir, p.account) // made by us, who ended before handing it over
	}
	if !ok || !info.IsDir() || owner.Uid != p.account.uid || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s exists and is not a closed directory of user %s: %w", dir, p.account.name, fs.ErrPermission)
	}
	return nil
}

func shortHash(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:6])
}

// readSmall reads the first 4 KiB of a file.
func readSmall(path string) (string, error) {
	file, err := os.Open(path) //nolint:gosec // below the data directory or /proc
	if err != nil {
		return "", fmt.Errorf("open file: %w", err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, 4096))
	if err != nil {
		return "", fmt.Errorf("read file: %w", err)
	}
	return string(text), nil
}

// writeFile replaces a file whole, so that a crash leaves the old one or the new one.
func writeFile(path, text string) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	_, err = file.WriteString(text)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}
