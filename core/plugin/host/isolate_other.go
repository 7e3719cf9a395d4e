//go:build unix && !linux

package host

import "syscall"

// isolation puts a process into a group of its own; that it dies with its host is left to the sdk.
func isolation() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// The rest has no counterpart here: memory is left to GOMEMLIMIT.
func limit(int, int64) {}

func awaitExit(int) {}

func exited(int) bool { return false }

func resident(int) int64 { return 0 }

func killStragglers(string) {}
