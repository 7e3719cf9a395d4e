package rule

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser/lexer"
)

// Limits of one expression.
const (
	maxSourceBytes  = 2 << 10
	maxNesting      = 32
	maxNodes        = 200
	maxPatternBytes = 200
	// maxPatternSteps bounds the compiled pattern: matching costs the text's length times this.
	maxPatternSteps = 300
	maxListLiterals = 100
)

// fault is what is wrong with an expression, at a byte-independent place: 1-based line, 1-based column.
type fault struct {
	code         string
	msg          string
	line, column int
}

func (f *fault) Error() string { return f.msg }

// prefilter bounds an expression before the recursive parser sees it, and refuses the tokens that the
// parser folds away: after parsing, a pipe looks like a call and a parenthesis like nothing.
func prefilter(source string) *fault {
	switch {
	case len(source) > maxSourceBytes:
		return &fault{code: "expression_too_long", msg: fmt.Sprintf("the expression has %d bytes; at most %d are allowed", len(source), maxSourceBytes), line: 1, column: 1}
	case !utf8.ValidString(source) || strings.IndexByte(source, 0) >= 0:
		return &fault{code: "bad_expression", msg: "the expression is not valid UTF-8 text", line: 1, column: 1}
	}
	src := file.NewSource(source)
	tokens, err := lexer.Lex(src)
	if err != nil {
		return faultOf("bad_expression", err)
	}
	depth := 0
	for _, token := range tokens {
		switch {
		case token.Is(lexer.Bracket, "(", "[", "{"):
			if depth++; depth > maxNesting {
				return faultAt("too_deep", source, token.Location, "brackets are nested more than %d deep", maxNesting)
			}
		case token.Is(lexer.Bracket):
			depth--
		case token.Kind == lexer.Operator && refusedToken(token.Value):
			return faultAt("not_in_language", source, token.Location, "%q is not part of the rules' language", token.Value)
		}
	}
	return nil
}

func refusedToken(value string) bool {
	switch value {
	case "|", ";", "let", "if", "else", "..", "?.", "??", "::", "**", "^":
		return true
	}
	return false
}

// operators is the allow-list of binary operators.
var operators = map[string]bool{
	"==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true,
	"+": true, "-": true, "*": true, "/": true, "%": true,
	"and": true, "or": true, "&&": true, "||": true,
	"in": true, "matches": true, "contains": true, "startsWith": true, "endsWith": true,
}

// loops is the allow-list of predicates; expr's own switches for built-ins do not reach them.
var loops = map[string]bool{"all": true, "any": true, "none": true, "one": true, "count": true}

// profile is the allow-list over the syntax tree: what is not named here is refused.
type profile struct {
	source string
	found  *fault
}

// Visit looks at one node; the first refusal stays.
func (p *profile) Visit(node *ast.Node) {
	if p.found != nil {
		return
	}
	if why := p.refuse(*node); why != "" {
		p.found = faultAt("not_in_language", p.source, (*node).Location(), "%s", why)
	}
}

func (p *profile) refuse(node ast.Node) string {
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode, *ast.PredicateNode:
		return ""
	case *ast.NilNode:
		return "nil is not part of the rules' language; ask has.<field>"
	case *ast.IdentifierNode:
		if strings.HasPrefix(n.Value, "$") || strings.HasPrefix(n.Value, "__") {
			return fmt.Sprintf("%q is not part of the rules' language", n.Value)
		}
		return ""
	case *ast.UnaryNode:
		switch n.Operator {
		case "!", "not", "-", "+":
			return ""
		}
		return fmt.Sprintf("operator %q is not part of the rules' language", n.Operator)
	case *ast.BinaryNode:
		return refuseBinary(n)
	case *ast.MemberNode:
		return refuseMember(n)
	case *ast.PointerNode:
		if n.Name != "" {
			return fmt.Sprintf("#%s is not part of the rules' language; # is the element", n.Name)
		}
		return ""
	case *ast.CallNode:
		return refuseCall(n)
	case *ast.BuiltinNode:
		return refuseBuiltin(n)
	case *ast.ConditionalNode:
		if !n.Ternary {
			return "if is not part of the rules' language; write condition ? a : b"
		}
		return ""
	case *ast.ArrayNode:
		return refuseArray(n)
	default:
		return fmt.Sprintf("%s is not part of the rules' language", strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%T", node), "*ast."), "Node"))
	}
}

func refuseBinary(n *ast.BinaryNode) string {
	if !operators[n.Operator] {
		return fmt.Sprintf("operator %q is not part of the rules' language", n.Operator)
	}
	switch n.Operator {
	case "matches":
		pattern, ok := n.Right.(*ast.StringNode)
		if !ok {
			return "the pattern of matches must be a literal"
		}
		return refusePattern(pattern.Value)
	case "/", "%":
		switch by := n.Right.(type) {
		case *ast.IntegerNode:
			if by.Value != 0 {
				return ""
			}
		case *ast.FloatNode:
			if by.Value != 0 {
				return ""
			}
		}
		return fmt.Sprintf("the divisor of %s must be a literal number that is not 0", n.Operator)
	case "in":
		switch n.Right.(type) {
		case *ast.ArrayNode, *ast.MemberNode, *ast.PointerNode:
			return ""
		}
		return "after in comes a list of literals or a list field"
	}
	_, left := n.Left.(*ast.ArrayNode)
	_, right := n.Right.(*ast.ArrayNode)
	if left || right {
		return "a list of literals stands only after in"
	}
	return ""
}

func refusePattern(pattern string) string {
	if len(pattern) > maxPatternBytes {
		return fmt.Sprintf("the pattern has %d bytes; at most %d are allowed", len(pattern), maxPatternBytes)
	}
	steps, err := patternSteps(pattern)
	if err != nil {
		return "the pattern cannot be read: " + err.Error()
	}
	if steps > maxPatternSteps {
		return fmt.Sprintf("the pattern takes %d steps a character; at most %d are allowed", steps, maxPatternSteps)
	}
	return ""
}

// patternSteps is the size of the compiled pattern, the factor of its cost per character.
func patternSteps(pattern string) (int, error) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0, fmt.Errorf("parse pattern: %w", err)
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return 0, fmt.Errorf("compile pattern: %w", err)
	}
	return len(program.Inst), nil
}

func refuseMember(n *ast.MemberNode) string {
	if _, ok := n.Property.(*ast.StringNode); !ok {
		return "a member is named by a literal; use all, any or count for the elements of a list"
	}
	if n.Optional || n.Method {
		return "optional members and methods are not part of the rules' language"
	}
	switch n.Node.(type) {
	case *ast.IdentifierNode, *ast.MemberNode, *ast.PointerNode:
		return ""
	}
	return "only fields have members"
}

func refuseCall(n *ast.CallNode) string {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return "methods are not part of the rules' language"
	}
	if _, known := functions()[callee.Value]; !known {
		return fmt.Sprintf("function %q is not part of the rules' language", callee.Value)
	}
	return ""
}

func refuseBuiltin(n *ast.BuiltinNode) string {
	if !loops[n.Name] {
		return fmt.Sprintf("function %q is not part of the rules' language", n.Name)
	}
	if len(n.Arguments) != 2 {
		return fmt.Sprintf("%s takes a list and a condition", n.Name)
	}
	if _, ok := n.Arguments[1].(*ast.PredicateNode); !ok {
		return fmt.Sprintf("%s takes a list and a condition", n.Name)
	}
	return ""
}

func refuseArray(n *ast.ArrayNode) string {
	if len(n.Nodes) == 0 || len(n.Nodes) > maxListLiterals {
		return fmt.Sprintf("a list has 1 to %d literals", maxListLiterals)
	}
	kind := ""
	for _, item := range n.Nodes {
		next := literalKind(item)
		if next == "" || kind != "" && next != kind {
			return "a list consists of literals of one type"
		}
		kind = next
	}
	return ""
}

func literalKind(node ast.Node) string {
	switch n := node.(type) {
	case *ast.StringNode:
		return "text"
	case *ast.IntegerNode:
		return "integer"
	case *ast.FloatNode:
		return "number"
	case *ast.UnaryNode:
		if kind := literalKind(n.Node); n.Operator == "-" && (kind == "integer" || kind == "number") {
			return kind
		}
	}
	return ""
}
