package db

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/opora-desk/opora/core/errs"
)

// PostgreSQL's error codes that mean something to a caller.
const (
	uniqueViolation      = "23505"
	foreignKeyViolation  = "23503"
	checkViolation       = "23514"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	tooManyConnections   = "53300"
	diskFull             = "53100"
	adminShutdown        = "57P01"
	crashShutdown        = "57P02"
	cannotConnectNow     = "57P03"
)

const retryAfter = 2 * time.Second

var errBusy = &errs.Error{Kind: errs.Unavailable, Code: "busy", Msg: "no database connection became free in time", RetryAfter: retryAfter}

// Translate gives a database's error its meaning: a missing row is NotFound (code "not_found"), a
// broken constraint is Conflict (code "constraint", Args["constraint"] its name), a server that is
// away is Unavailable (code "database_unavailable"). Other errors, and those that already have a
// meaning, pass unchanged.
func Translate(err error) error {
	var known *errs.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.Wrap(errs.NotFound, "not_found", err)
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return &errs.Error{Kind: errs.Unavailable, Code: "database_unavailable", Err: withoutPassword(err), RetryAfter: retryAfter}
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		if brokenOff(err) {
			return &errs.Error{Kind: errs.Unavailable, Code: "database_unavailable", Err: err, RetryAfter: retryAfter}
		}
		return err
	}
	switch pg.Code {
	case uniqueViolation, foreignKeyViolation, checkViolation:
		return errs.Wrap(errs.Conflict, "constraint", err).With("constraint", pg.ConstraintName)
	case serializationFailure, deadlockDetected:
		return &errs.Error{Kind: errs.Unavailable, Code: "busy", Err: err, RetryAfter: retryAfter}
	case tooManyConnections, adminShutdown, crashShutdown, cannotConnectNow, diskFull:
		return &errs.Error{Kind: errs.Unavailable, Code: "database_unavailable", Err: err, RetryAfter: retryAfter}
	}
	return err
}

// brokenOff reports whether the connection went away while it was used, without a word of the server:
// its machine or its first process died. Whether a commit on it happened is not known.
func brokenOff(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, syscall.EPIPE, syscall.ECONNRESET, syscall.ECONNREFUSED} {
		if errors.Is(err, end) {
			return true
		}
	}
	return pgconn.SafeToRetry(err) // the connection was found closed before anything was sent
}

// Violated reports whether err is a violation of the named constraint.
func Violated(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.ConstraintName == constraint
}

func isRetryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == serializationFailure || pg.Code == deadlockDetected)
}

// withoutPassword drops a connect error's text where it might repeat the address.
func withoutPassword(err error) error {
	var parse *pgconn.ParseConfigError
	if errors.As(err, &parse) {
		return errors.New("the address cannot be read; expected postgres://user@host/database")
	}
	return err
}
