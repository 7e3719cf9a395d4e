package pgembed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is who runs the server. PostgreSQL refuses root, so a root process steps down.
type account struct {
	uid, gid uint32
	name     string
	switched bool // true: not the account of this process
}

// credential is nil when the child keeps our account.
func (a account) credential() *syscall.Credential {
	if !a.switched {
		return nil
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid, Groups: []uint32{a.gid}}
}

// serviceAccount is this process's own account or, for root, postgres or nobody.
func serviceAccount() (account, error) {
	if os.Geteuid() != 0 {
		return ownAccount()
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		acc, err := parseAccount(found)
		if err == nil && acc.uid != 0 {
			acc.switched = true
			return acc, nil
		}
	}
	return account{}, failure(CodeStart, nil,
		"PostgreSQL does not run as root and this machine has neither a user postgres nor nobody: start opora as another user")
}

func ownAccount() (account, error) {
	uid, err := strconv.ParseUint(strconv.Itoa(os.Geteuid()), 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("read own user id: %w", err)
	}
	gid, err := strconv.ParseUint(strconv.Itoa(os.Getegid()), 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("read own group id: %w", err)
	}
	return account{uid: uint32(uid), gid: uint32(gid), name: userName(uint32(uid))}, nil
}

func parseAccount(u *user.User) (account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("read user id of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("read group id of %s: %w", u.Username, err)
	}
	return account{uid: uint32(uid), gid: uint32(gid), name: u.Username}, nil
}

func userName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if found, err := user.LookupId(id); err == nil {
		return found.Username
	}
	return "number " + id
}

// accountFor is the owner of an existing cluster, for only he may open it; without one it is the service account.
func accountFor(cluster string) (account, error) {
	info, err := os.Stat(cluster)
	if errors.Is(err, fs.ErrNotExist) {
		return serviceAccount()
	}
	if err != nil {
		return account{}, fileFailure(cluster, err)
	}
	own, err := ownAccount()
	if err != nil {
		return account{}, err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return account{}, failure(CodeUnreachable, nil, "the owner of %s cannot be read", cluster)
	case own.uid != 0 && owner.Uid == own.uid:
		return own, nil
	case own.uid != 0:
		return account{}, failure(CodeUnreachable, nil, "the data in %s belongs to user %s: start opora as that user or as root",
			cluster, userName(owner.Uid))
	case owner.Uid == 0:
		return account{}, failure(CodeUnreachable, nil,
			"the data in %s belongs to root, as whom PostgreSQL does not run: give it to another user (chown -R postgres: %s)",
			cluster, cluster)
	}
	return account{uid: owner.Uid, gid: owner.Gid, name: userName(owner.Uid), switched: true}, nil
}

// canEnter reports whether the account may enter dir. It is tried, not computed from modes, so that access lists and
// security modules have their say: the kernel changes into dir after it has changed the user.
func canEnter(ctx context.Context, acc account, bin Binaries, dir string) (bool, error) {
	if !acc.switched {
		return true, nil
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin.Postgres(), "--version") //nolint:gosec // inspected before
	cmd.Dir = dir
	cmd.Env = environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: acc.credential()}
	err := cmd.Run()
	if errors.Is(err, fs.ErrPermission) {
		return false, nil
	}
	if err != nil {
		return false, failure(CodeStart, err, "PostgreSQL cannot be run as user %s", acc.name)
	}
	return true, nil
}

// makeEntrance makes dir and its missing parents, each closed to everybody but us and, to pass through, the account.
func makeEntrance(dir string, acc account) error {
	err := os.Mkdir(dir, 0o700)
	switch {
	case errors.Is(err, fs.ErrExist):
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("open %s: %w", dir, syscall.ENOTDIR)
		}
		return err
	case errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir:
		if err := makeEntrance(filepath.Dir(dir), acc); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	if err != nil {
		return fmt.Errorf("make directory: %w", err)
	}
	if !acc.switched {
		return nil
	}
	if err := os.Lchown(dir, -1, int(acc.gid)); err != nil {
		return fmt.Errorf("set group: %w", err)
	}
	if err := os.Chmod(dir, 0o710); err != nil { //nolint:gosec // the server's group must pass through
		return fmt.Errorf("set mode: %w", err)
	}
	return nil
}

// giveAway hands a file or directory that we have just made to the account.
func giveAway(path string, acc account) error {
	if !acc.switched {
		return nil
	}
	if err := os.Lchown(path, int(acc.uid), int(acc.gid)); err != nil {
		return fmt.Errorf("set owner: %w", err)
	}
	return nil
}
