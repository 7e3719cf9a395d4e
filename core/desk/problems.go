package desk

import (
	"errors"
	"slices"
	"strings"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/ident"
)

func asError(err error, target **errs.Error) bool { return errors.As(err, target) }

// mergeProblems keeps one problem a field.
func mergeProblems(checks ...[]errs.Problem) []errs.Problem { return form.Merge(checks...) }

func sorted(problems []errs.Problem) []errs.Problem {
	slices.SortFunc(problems, func(a, b errs.Problem) int { return strings.Compare(a.Pointer, b.Pointer) })
	return problems
}

// newestFirst unites identifiers, the newest first: UUIDv7 rise with time.
func newestFirst(ids []ident.ID, limit int) []ident.ID {
	slices.SortFunc(ids, func(a, b ident.ID) int { return slices.Compare(b[:], a[:]) })
	ids = slices.Compact(ids)
	return ids[:min(len(ids), limit)]
}
