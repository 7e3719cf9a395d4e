package letter

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"text/template"
	syntax "text/template/parse"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
)

// maxTemplate bounds one text of a letter in bytes, maxRanges the loops in one another.
const (
	maxTemplate = 64 << 10
	maxRanges   = 2
)

// functions are all that a template may call. The package text/template would offer printf, which
// pads to any width, and call; the names are looked up here before it sees the text.
var functions = map[string]any{"and": 0, "or": 0, "not": 0, "eq": 0, "ne": 0, "len": 0}

// Template is a letter ready to be rendered. It is safe for concurrent use.
type Template struct {
	subject, body map[i18n.Lang]*template.Template
	uses          map[string]bool
}

// Parse reads a letter of a declaration. Errors: code "bad_template", Msg saying what, Args["pointer"]
// naming the text within the letter, for example /body/ru.
func Parse(l api.Letter) (*Template, error) {
	t := &Template{
		subject: map[i18n.Lang]*template.Template{}, body: map[i18n.Lang]*template.Template{}, uses: map[string]bool{},
	}
	for _, lang := range i18n.Langs() {
		var err error
		if t.subject[lang], err = t.parse("subject", l.Subject.In(lang)); err != nil {
			return nil, located(err, "subject", lang)
		}
		if t.body[lang], err = t.parse("body", l.Body.In(lang)); err != nil {
			return nil, located(err, "body", lang)
		}
	}
	return t, nil
}

// Uses reports whether the letter names a member of [Data] in some language: what it does not name, it
// does not tell.
func (t *Template) Uses(member string) bool { return t.uses[member] }

func (t *Template) parse(name, text string) (*template.Template, error) {
	if text == "" {
		return nil, badTemplate("the %s is empty", name)
	}
	if len(text) > maxTemplate {
		return nil, badTemplate("the %s is longer than %d bytes", name, maxTemplate)
	}
	trees, err := syntax.Parse(name, text, "", "", functions)
	if err != nil {
		return nil, badTemplate("%s", err)
	}
	tree := trees[name]
	if len(trees) != 1 || tree == nil || tree.Root == nil {
		return nil, badTemplate("the %s is empty or defines further templates", name)
	}
	c := &checker{uses: t.uses, vars: []variable{{"$", typeData}}}
	if err := c.list(tree.Root, typeData); err != nil {
		return nil, err
	}
	parsed, err := template.New(name).Option("missingkey=zero").AddParseTree(name, tree)
	if err != nil {
		return nil, badTemplate("%s", err)
	}
	return parsed, nil
}

func badTemplate(format string, args ...any) error {
	return errs.New(errs.Invalid, "bad_template", fmt.Sprintf(format, args...))
}

// located says which text of a letter is meant.
func located(err error, part string, lang i18n.Lang) error {
	var bad *errs.Error
	if !errors.As(err, &bad) {
		return err
	}
	return bad.With("pointer", "/"+part+"/"+string(lang))
}

var (
	typeData   = reflect.TypeFor[Data]()
	typeString = reflect.TypeFor[string]()
	typeInt    = reflect.TypeFor[int]()
	typeBool   = reflect.TypeFor[bool]()
)

type variable struct {
	name string
	is   reflect.Type
}

// checker walks a template with the types of what it names, so that a wrong name is found in a branch
// that no data has reached yet, and that a loop over a number is refused.
type checker struct {
	uses   map[string]bool
	vars   []variable
	ranges int
}

func (c *checker) list(list *syntax.ListNode, dot reflect.Type) error {
	if list == nil {
		return nil
	}
	for _, node := range list.Nodes {
		if err := c.node(node, dot); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) node(node syntax.Node, dot reflect.Type) error {
	switch n := node.(type) {
	case *syntax.TextNode, *syntax.CommentNode, *syntax.BreakNode, *syntax.ContinueNode:
		return nil
	case *syntax.ActionNode:
		is, err := c.pipe(n.Pipe, dot)
		if err == nil && len(n.Pipe.Decl) == 0 && !shown(is) {
			return badTemplate("line %d: %s is no text", n.Line, n.Pipe)
		}
		return err
	case *syntax.IfNode:
		return c.branch(&n.BranchNode, dot, func(reflect.Type) (reflect.Type, error) { return dot, nil })
	case *syntax.WithNode:
		return c.branch(&n.BranchNode, dot, func(is reflect.Type) (reflect.Type, error) { return is, nil })
	case *syntax.RangeNode:
		return c.loop(n, dot)
	default:
		return badTemplate("a letter calls no other template: %s", node)
	}
}

func (c *checker) loop(n *syntax.RangeNode, dot reflect.Type) error {
	if c.ranges++; c.ranges > maxRanges {
		return badTemplate("line %d: more than %d loops in one another", n.Line, maxRanges)
	}
	defer func() { c.ranges-- }()
	return c.branch(&n.BranchNode, dot, func(is reflect.Type) (reflect.Type, error) {
		if is.Kind() != reflect.Slice && is.Kind() != reflect.Map {
			return nil, badTemplate("line %d: %s is no list", n.Line, n.Pipe)
		}
		return is.Elem(), nil
	})
}

// branch checks a condition, and its two lists with the dot that inner makes of the condition.
func (c *checker) branch(n *syntax.BranchNode, dot reflect.Type, inner func(reflect.Type) (reflect.Type, error)) error {
	before := len(c.vars)
	defer func() { c.vars = c.vars[:before] }()
	is, err := c.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	within, err := inner(is)
	if err != nil {
		return err
	}
	if n.NodeType == syntax.NodeRange {
		c.loopVariables(n.Pipe, is)
	}
	if err := c.list(n.List, within); err != nil {
		return err
	}
	return c.list(n.ElseList, dot)
}

// loopVariables gives the variables of {{range $i, $x := …}} the types of a step instead of the list's.
func (c *checker) loopVariables(pipe *syntax.PipeNode, list reflect.Type) {
	index := typeInt
	if list.Kind() == reflect.Map {
		index = list.Key()
	}
	types := []reflect.Type{list.Elem()}
	if len(pipe.Decl) > 1 {
		types = []reflect.Type{index, list.Elem()}
	}
	for i, decl := range pipe.Decl {
		c.vars = append(c.vars, variable{decl.Ident[0], types[i]})
	}
}

// pipe returns the type of a pipe's value.
func (c *checker) pipe(pipe *syntax.PipeNode, dot reflect.Type) (reflect.Type, error) {
	if pipe.IsAssign {
		return nil, badTemplate("line %d: a variable is set once", pipe.Line)
	}
	var is reflect.Type
	for _, command := range pipe.Cmds {
		next, err := c.command(command, dot, is)
		if err != nil {
			return nil, err
		}
		is = next
	}
	for _, decl := range pipe.Decl {
		c.vars = append(c.vars, variable{decl.Ident[0], is})
	}
	return is, nil
}

func (c *checker) command(command *syntax.CommandNode, dot, piped reflect.Type) (reflect.Type, error) {
	first := command.Args[0]
	name, isCall := first.(*syntax.IdentifierNode)
	if !isCall {
		if len(command.Args) > 1 || piped != nil {
			return nil, badTemplate("%s takes no arguments", first)
		}
		return c.operand(first, dot)
	}
	var types []reflect.Type
	for _, arg := range command.Args[1:] {
		is, err := c.operand(arg, dot)
		if err != nil {
			return nil, err
		}
		types = append(types, is)
	}
	if piped != nil {
		types = append(types, piped)
	}
	return result(name.Ident, types)
}

// result returns the type of a function's value.
func result(name string, args []reflect.Type) (reflect.Type, error) {
	least, most := 1, len(args)
	is := typeBool
	switch name {
	case "not":
		most = 1
	case "len":
		is, most = typeInt, 1
		if len(args) > 0 && !slices.Contains([]reflect.Kind{reflect.String, reflect.Slice, reflect.Map}, args[0].Kind()) {
			return nil, badTemplate("len of what has no length")
		}
	case "eq", "ne":
		least = 2
		for _, arg := range args {
			if arg.Kind() != args[0].Kind() || !shown(arg) {
				return nil, badTemplate("%s compares what cannot be equal", name)
			}
		}
	case "and", "or":
		// The value is one of the arguments; where their types differ it is only good for a condition.
		if len(args) > 0 && !slices.ContainsFunc(args, func(a reflect.Type) bool { return a != args[0] }) {
			is = args[0]
		}
	}
	if len(args) < least || len(args) > most {
		return nil, badTemplate("%s has a wrong number of arguments", name)
	}
	return is, nil
}

func (c *checker) operand(node syntax.Node, dot reflect.Type) (reflect.Type, error) {
	switch n := node.(type) {
	case *syntax.DotNode:
		return dot, nil
	case *syntax.StringNode:
		return typeString, nil
	case *syntax.BoolNode:
		return typeBool, nil
	case *syntax.NumberNode:
		if !n.IsInt {
			return nil, badTemplate("%s is no whole number", n)
		}
		return typeInt, nil
	case *syntax.PipeNode:
		return c.pipe(n, dot)
	case *syntax.FieldNode:
		return c.members(dot, n.Ident)
	case *syntax.ChainNode:
		is, err := c.operand(n.Node, dot)
		if err != nil {
			return nil, err
		}
		return c.members(is, n.Field)
	case *syntax.VariableNode:
		for _, v := range slices.Backward(c.vars) {
			if v.name == n.Ident[0] {
				return c.members(v.is, n.Ident[1:])
			}
		}
		return nil, badTemplate("%s is not known here", n)
	default:
		return nil, badTemplate("%s is not allowed in a letter", node)
	}
}

func (c *checker) members(is reflect.Type, names []string) (reflect.Type, error) {
	for _, name := range names {
		if is.Kind() == reflect.Map {
			is = is.Elem()
			continue
		}
		if is.Kind() != reflect.Struct {
			return nil, badTemplate("a text has no member .%s", name)
		}
		field, ok := is.FieldByName(name)
		if !ok {
			return nil, badTemplate("a letter has no .%s", name)
		}
		if is == typeData {
			c.uses[name] = true
		}
		is = field.Type
	}
	return is, nil
}

// shown reports whether a value of the type can be written into a letter.
func shown(is reflect.Type) bool {
	return slices.Contains([]reflect.Kind{reflect.String, reflect.Int, reflect.Bool}, is.Kind())
}
