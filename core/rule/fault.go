package rule

import (
	"errors"
	"fmt"
	"strings"

	"github.com/expr-lang/expr/file"
)

// faultAt makes a fault at a place that the parser gave.
func faultAt(code, source string, at file.Location, msg string, args ...any) *fault {
	bound := (&file.Error{Location: at}).Bind(file.NewSource(source))
	return &fault{code: code, msg: fmt.Sprintf(msg, args...), line: max(bound.Line, 1), column: bound.Column + 1}
}

// faultOf makes a fault of an error of expr, whose text alone carries no place.
func faultOf(code string, err error) *fault {
	var at *file.Error
	if errors.As(err, &at) {
		return &fault{code: code, msg: firstLine(at.Message), line: max(at.Line, 1), column: at.Column + 1}
	}
	return &fault{code: code, msg: firstLine(err.Error()), line: 1, column: 1}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
