package desk

import (
	"errors"
	"slices"
	"strings"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
)

func asError(err error, target **errs.Error) bool { return errors.As(err, target) }

// mergeProblems keeps one problem a field.
func mergeProblems(checks ...[]errs.Problem) []errs.Problem { return form.Merge(checks...) }

func sorted(problems []errs.Problem) []errs.Problem {
	slices.SortFunc(problems, func(a, b errs.Problem) int { return strings.Compare(a.Pointer, b.Pointer) })
	return problems
}
