package form

import (
	"slices"
	"strings"

	"github.com/opora-desk/opora/core/errs"
)

// Codes of what may be wrong with a field; formats have codes of their own.
const (
	codeType         = "type"
	codeUnknownField = "unknown_field"
	codeRequired     = "required"
	codeTooFew       = "too_few"
	codeTooMany      = "too_many"
	codeNotUnique    = "not_unique"
	codeLineBreak    = "line_break"
	codeNotInList    = "not_in_list"
	codeEnum         = "enum"
	codeConst        = "const"
	codeTooLong      = "too_long"
	codeTooShort     = "too_short"
	codePattern      = "pattern"
	codeMin          = "min"
	codeMax          = "max"
	codeUnreadable   = "unreadable"
	formatPrefix     = "format_"
)

// telling orders the codes: of several problems of one field the first is told. Formats stand where
// formatPrefix does, and a code that is not here (a rule's) behind all.
var telling = []string{
	codeType, codeUnknownField, codeRequired, codeTooMany, codeTooFew, codeLineBreak, codeTooLong, codeNotInList,
	codeEnum, codeConst, formatPrefix, codeTooShort, codePattern, codeMin, codeMax, codeNotUnique, codeUnreadable,
}

func rank(code string) int {
	if strings.HasPrefix(code, formatPrefix) || code == codeInitials {
		code = formatPrefix
	}
	if at := slices.Index(telling, code); at >= 0 {
		return at
	}
	return len(telling)
}

// byPointer keeps the most telling problem of each field and sorts by pointer.
func byPointer(problems []errs.Problem) []errs.Problem {
	slices.SortStableFunc(problems, func(a, b errs.Problem) int {
		if a.Pointer != b.Pointer {
			return strings.Compare(a.Pointer, b.Pointer)
		}
		return rank(a.Code) - rank(b.Code)
	})
	return slices.CompactFunc(problems, func(a, b errs.Problem) bool { return a.Pointer == b.Pointer })
}

// Merge brings the problems of several checks together: one for each field, the most telling, sorted
// by pointer; of equal ones that of the earlier check. What lies below a value of a wrong type is
// left out, since that value is gone.
func Merge(checks ...[]errs.Problem) []errs.Problem {
	all := byPointer(slices.Concat(checks...))
	wrong := map[string]bool{}
	for _, p := range all {
		if p.Code == codeType {
			wrong[p.Pointer] = true
		}
	}
	if len(wrong) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(p errs.Problem) bool {
		for at := strings.LastIndexByte(p.Pointer, '/'); at >= 0; at = strings.LastIndexByte(p.Pointer[:at], '/') {
			if wrong[p.Pointer[:at]] {
				return true
			}
		}
		return false
	})
}
