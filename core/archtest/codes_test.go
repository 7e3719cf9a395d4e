package archtest_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/i18n"
)

// use is one place at which a code is given: kind is the catalogue's namespace.
type use struct{ kind, code, at string }

// codes follows every code to the text in which it was written: through constants, through the
// parameters of a package's own functions, and through a struct's field called code.
type codes struct {
	constants map[string]string           // by name, of the whole tree
	params    map[string]map[string][]int // package → namespace and function → positions of parameters that become codes
	fields    map[string]map[string]bool  // package → namespaces that its fields called code go to
	uses      []use
	unknown   []string
}

func collectCodes(files []source) *codes {
	c := &codes{
		constants: map[string]string{}, params: map[string]map[string][]int{},
		fields: map[string]map[string]bool{},
	}
	for _, s := range files {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if decl, ok := n.(*ast.GenDecl); ok && decl.Tok == token.CONST {
				c.keepConstants(decl)
			}
			return true
		})
	}
	// A code may pass through several functions: what is found in one pass shows the next its callers.
	for range 4 {
		c.uses, c.unknown = nil, nil
		for _, s := range files {
			c.file(s)
		}
	}
	return c
}

func (c *codes) keepConstants(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		value, ok := spec.(*ast.ValueSpec)
		if !ok || len(value.Values) != len(value.Names) {
			continue
		}
		for i, name := range value.Names {
			if text, ok := literal(value.Values[i]); ok {
				c.constants[name.Name] = text
			}
		}
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func (c *codes) file(s source) {
	for _, decl := range s.file.Decls {
		fn, _ := decl.(*ast.FuncDecl)
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				c.call(s, fn, n)
			case *ast.CompositeLit:
				c.composite(s, fn, n)
			}
			return true
		})
	}
}

func (c *codes) call(s source, fn *ast.FuncDecl, call *ast.CallExpr) {
	name := called(call.Fun)
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && called(sel.X) == "errs" && (name == "New" || name == "Wrap") && len(call.Args) == 3 {
		c.give(s, fn, "error", call.Args[1])
		return
	}
	for _, kind := range []string{"error", "problem"} {
		for _, at := range c.params[s.folder][kind+" "+name] {
			if at < len(call.Args) {
				c.give(s, fn, kind, call.Args[at])
			}
		}
	}
}

func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// namespace says which texts the Code of a literal of this type names, "" for other types.
func namespace(typ ast.Expr) string {
	switch e := typ.(type) {
	case *ast.SelectorExpr:
		if called(e.X) == "errs" {
			return map[string]string{"Error": "error", "Problem": "problem"}[e.Sel.Name]
		}
	case *ast.ArrayType:
		return namespace(e.Elt)
	}
	return ""
}

func (c *codes) composite(s source, fn *ast.FuncDecl, lit *ast.CompositeLit) {
	kind := namespace(lit.Type)
	for _, element := range lit.Elts {
		if inner, ok := element.(*ast.CompositeLit); ok && inner.Type == nil && kind != "" {
			c.members(s, fn, kind, inner)
		}
	}
	c.members(s, fn, kind, lit)
}

func (c *codes) members(s source, fn *ast.FuncDecl, kind string, lit *ast.CompositeLit) {
	for _, element := range lit.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch key := called(pair.Key); {
		case key == "Code" && kind != "":
			c.give(s, fn, kind, pair.Value)
		case key == "code" && kind == "":
			for into := range c.fields[s.folder] {
				c.give(s, fn, into, pair.Value)
			}
		}
	}
}

func (c *codes) give(s source, fn *ast.FuncDecl, kind string, e ast.Expr) {
	if text, ok := literal(e); ok {
		c.uses = append(c.uses, use{kind, text, s.at(e)})
		return
	}
	switch e := e.(type) {
	case *ast.SelectorExpr:
		switch text, constant := c.constants[e.Sel.Name]; {
		case constant:
			c.uses = append(c.uses, use{kind, text, s.at(e)})
		case e.Sel.Name == "code":
			if c.fields[s.folder] == nil {
				c.fields[s.folder] = map[string]bool{}
			}
			c.fields[s.folder][kind] = true
		case e.Sel.Name == "Code": // copied from another error or finding
		default:
			c.unknown = append(c.unknown, s.at(e))
		}
	case *ast.Ident:
		if text, ok := c.constants[e.Name]; ok && !isParameter(fn, e.Name) {
			c.uses = append(c.uses, use{kind, text, s.at(e)})
			return
		}
		c.parameter(s, fn, kind, e)
	case *ast.CallExpr: // GetCode of a message of the wire, or a function that returns constants
	default:
		c.unknown = append(c.unknown, s.at(e))
	}
}

func isParameter(fn *ast.FuncDecl, name string) bool { return position(fn, name) >= 0 }

func position(fn *ast.FuncDecl, name string) int {
	if fn == nil {
		return -1
	}
	at := 0
	for _, field := range fn.Type.Params.List {
		for _, param := range field.Names {
			if param.Name == name {
				return at
			}
			at++
		}
	}
	return -1
}

func (c *codes) parameter(s source, fn *ast.FuncDecl, kind string, e *ast.Ident) {
	at := position(fn, e.Name)
	if at < 0 {
		// A local variable: every text assigned to it in the function.
		if !c.assigned(s, fn, kind, e.Name) {
			c.unknown = append(c.unknown, s.at(e))
		}
		return
	}
	if c.params[s.folder] == nil {
		c.params[s.folder] = map[string][]int{}
	}
	key := kind + " " + fn.Name.Name
	if !slices.Contains(c.params[s.folder][key], at) {
		c.params[s.folder][key] = append(c.params[s.folder][key], at)
	}
}

// assigned follows a local variable, or a parameter of a function literal that is kept in one.
func (c *codes) assigned(s source, fn *ast.FuncDecl, kind, name string) bool {
	if fn == nil {
		return false
	}
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, left := range assign.Lhs {
			if len(assign.Rhs) != len(assign.Lhs) {
				break
			}
			if called(left) == name {
				if text, ok := c.text(assign.Rhs[i]); ok {
					c.uses = append(c.uses, use{kind, text, s.at(assign)})
					found = true
				}
			}
			if lit, ok := assign.Rhs[i].(*ast.FuncLit); ok {
				if at := position(&ast.FuncDecl{Type: lit.Type}, name); at >= 0 {
					found = true
					c.closure(s, fn, kind, called(left), at)
				}
			}
		}
		return true
	})
	return found
}

func (c *codes) closure(s source, fn *ast.FuncDecl, kind, name string, at int) {
	ast.Inspect(fn, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && called(call.Fun) == name && at < len(call.Args) {
			if text, ok := c.text(call.Args[at]); ok {
				c.uses = append(c.uses, use{kind, text, s.at(call)})
			}
		}
		return true
	})
}

func (c *codes) text(e ast.Expr) (string, bool) {
	if text, ok := literal(e); ok {
		return text, true
	}
	text, ok := c.constants[called(e)]
	return text, ok
}

func TestEveryCodeHasItsText(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	keys, err := i18n.Keys(i18n.RU)
	require.NoError(t, err)
	for _, key := range keys {
		known[key] = true
	}
	c := collectCodes(shipped(t))
	require.Greater(t, len(c.uses), 100, "codes were found")
	var missing []string
	for _, u := range c.uses {
		if strings.HasPrefix(u.at, "core/form/inline.go:") {
			continue // faults of an author's schema: they become findings, which are told in words of their own
		}
		if key := u.kind + "." + u.code; !known[key] {
			missing = append(missing, key+" ("+u.at+")")
		}
	}
	none(t, slices.Compact(missing), "a code without a sentence for people in core/i18n/messages")
	none(t, c.unknown, "a code that cannot be followed to its text: write it as a literal or a constant")
}

func TestCodesAreSnakeCase(t *testing.T) {
	t.Parallel()
	var odd []string
	for _, u := range collectCodes(shipped(t)).uses {
		if strings.ToLower(u.code) != u.code || strings.ContainsAny(u.code, " -.") {
			odd = append(odd, u.code+" ("+u.at+")")
		}
	}
	none(t, odd, "a code is lower snake case")
}
