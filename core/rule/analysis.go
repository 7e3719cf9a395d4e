package rule

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// Sizes that are assumed where a shape states none.
const (
	assumedLength = 4096
	assumedItems  = 1000
)

// analysis walks a checked tree once: what it reads, what each loop body costs, and whether the texts
// that it compares with are ones that can occur.
type analysis struct {
	source string
	roots  map[string]*api.Shape
	lists  map[string][]string
	// elements are the shapes of # in the loops around the node.
	elements []*api.Shape

	reads map[string]bool
	costs map[*ast.PredicateNode]int
	found *fault
}

func (a *analysis) fail(node ast.Node, code, msg string, args ...any) {
	if a.found == nil {
		a.found = faultAt(code, a.source, node.Location(), msg, args...)
	}
}

// visit returns the shape of a value that comes from the environment (nil for computed ones) and the
// cost of the node with all below it, loop bodies excepted.
func (a *analysis) visit(node ast.Node) (*api.Shape, int) {
	switch n := node.(type) {
	case *ast.UnaryNode:
		_, cost := a.visit(n.Node)
		return nil, 1 + cost
	case *ast.BinaryNode:
		return nil, a.binary(n)
	case *ast.IdentifierNode, *ast.MemberNode, *ast.PointerNode:
		return a.member(node), 2
	case *ast.CallNode:
		return a.call(n)
	case *ast.BuiltinNode:
		return nil, a.loop(n)
	case *ast.ConditionalNode:
		return a.conditional(n)
	default:
		return nil, 1
	}
}

func (a *analysis) conditional(n *ast.ConditionalNode) (*api.Shape, int) {
	_, cond := a.visit(n.Cond)
	first, one := a.visit(n.Exp1)
	second, two := a.visit(n.Exp2)
	if !scalar(n) {
		a.fail(n, "mixed_types", "both sides of ? : must be a text, a number or a condition, and of one type")
	}
	if first == second {
		return first, 1 + cond + one + two
	}
	return nil, 1 + cond + one + two
}

// scalar reports whether the checker found one plain type; `any` is none.
func scalar(node ast.Node) bool {
	switch node.Type().Kind() {
	case reflect.Bool, reflect.Int, reflect.Float64, reflect.String:
		return true
	default:
		return false
	}
}

func (a *analysis) binary(n *ast.BinaryNode) int {
	left, costLeft := a.visit(n.Left)
	right, costRight := a.visit(n.Right)
	cost := 1 + costLeft + costRight
	switch n.Operator {
	case "==", "!=":
		if !scalar(n.Left) || !scalar(n.Right) {
			a.fail(n, "not_comparable", "%s compares texts, numbers and conditions; for lists write changed(\"/pointer\"), all or any", n.Operator)
		}
		a.possible(left, n.Right)
		a.possible(right, n.Left)
	case "<", "<=", ">", ">=":
		a.possibleDate(left, n.Right)
		a.possibleDate(right, n.Left)
	case "matches":
		a.pattern(n, left)
	case "in":
		if !scalar(n.Left) {
			a.fail(n, "not_comparable", "before in comes a text, a number or a condition")
		}
		cost += a.inside(n, left, right)
	case "+", "-", "*", "/", "%":
		if kind := n.Type().Kind(); kind != reflect.Int && kind != reflect.Float64 {
			a.fail(n, "not_in_language", "%s works on numbers only", n.Operator)
		}
	}
	for _, side := range []ast.Node{n.Left, n.Right} {
		if _, literal := side.(*ast.StringNode); !literal && side.Type().Kind() == reflect.String {
			cost += lengthOf(left, right) / 64
		}
	}
	return cost
}

// pattern refuses a pattern that cannot be matched against the longest text of its field.
func (a *analysis) pattern(n *ast.BinaryNode, text *api.Shape) {
	literal, ok := n.Right.(*ast.StringNode)
	if !ok {
		return
	}
	length := lengthOf(text)
	if own, plain := n.Left.(*ast.StringNode); plain {
		length = len(own.Value)
	}
	// Lengths of a schema count characters; most texts here take two bytes each.
	steps, err := patternSteps(literal.Value)
	if cost := patternCost(2*length, steps); err != nil || cost > maxStaticCost {
		a.fail(n, "too_costly", "the pattern is too costly for a text of up to %d characters; shorten the pattern or the field", length)
	}
}

// inside checks `value in [literals]` and `"literal" in list`, and returns what looking through costs.
func (a *analysis) inside(n *ast.BinaryNode, left, right *api.Shape) int {
	if list, ok := n.Right.(*ast.ArrayNode); ok {
		for _, item := range list.Nodes {
			a.possible(left, item)
		}
		return len(list.Nodes)
	}
	if right == nil || right.Type != typeArray {
		a.fail(n, "not_comparable", "after in comes a list of literals or a list field")
		return 0
	}
	a.possible(itemsOf(right), n.Left)
	return maxItems(right)
}

// possible refuses a literal that a listed or dated value never equals.
func (a *analysis) possible(shape *api.Shape, node ast.Node) {
	literal, ok := node.(*ast.StringNode)
	if !ok || shape == nil || literal.Value == "" {
		return
	}
	if shape.List != "" {
		values, known := a.lists[shape.List]
		if !known {
			a.fail(node, "unknown_list", "reference list %q is not declared", shape.List)
		} else if !slices.Contains(values, literal.Value) {
			a.fail(node, "unknown_value", "%q is no value of %s%s", literal.Value, listName(shape.List), strict.Suggest(literal.Value, values))
		}
	}
	a.possibleDate(shape, node)
}

func (a *analysis) possibleDate(shape *api.Shape, node ast.Node) {
	literal, ok := node.(*ast.StringNode)
	if !ok || shape == nil || literal.Value == "" {
		return
	}
	layout := map[string]string{formatDate: dateLayout, formatDateTime: timeLayout}[shape.Format]
	if layout == "" {
		return
	}
	if _, err := time.Parse(layout, literal.Value); err != nil {
		a.fail(node, "bad_date", "%q never equals or orders with a %s; write it as %s", literal.Value, shape.Format, layout)
	}
}

func listName(list string) string {
	if name, own := strings.CutPrefix(list, ":"); own {
		return "any " + name + " of this system"
	}
	return "the list " + list
}

// member resolves a chain of members down to a name of the environment or #.
func (a *analysis) member(node ast.Node) *api.Shape {
	var names []string
	base := node
	for {
		m, ok := base.(*ast.MemberNode)
		if !ok {
			break
		}
		name, _ := m.Property.(*ast.StringNode)
		if name == nil {
			return nil
		}
		names = append(names, name.Value)
		base = m.Node
	}
	slices.Reverse(names)
	shape, root := a.base(base)
	if shape == nil {
		return nil
	}
	for _, name := range names {
		if shape = shape.Props[name]; shape == nil {
			return nil // The checker has refused it already.
		}
		if strings.Contains(name, ".") {
			a.fail(node, "bad_member", "member %q has a dot in its name and cannot be used in a rule", name)
		}
	}
	switch {
	case shape.Type == typeObject && root == "":
		a.fail(node, "not_comparable", "the element is a row; name one of its members")
	case shape.Type == typeObject:
		a.fail(node, "not_comparable", "%s is an object; name one of its members", strings.Join(append([]string{root}, names...), "."))
	case root != "":
		a.reads[strings.Join(append([]string{root}, names...), ".")] = true
	}
	return shape
}

func (a *analysis) base(node ast.Node) (*api.Shape, string) {
	switch n := node.(type) {
	case *ast.PointerNode:
		if len(a.elements) > 0 {
			return a.elements[len(a.elements)-1], ""
		}
	case *ast.IdentifierNode:
		if shape, ok := a.roots[n.Value]; ok {
			return shape, n.Value
		}
		a.fail(n, "unknown_name", "unknown name %s", n.Value)
	}
	return nil, ""
}

func (a *analysis) loop(n *ast.BuiltinNode) int {
	list, cost := a.visit(n.Arguments[0])
	predicate, ok := n.Arguments[1].(*ast.PredicateNode)
	if !ok || list == nil || list.Type != typeArray {
		a.fail(n, "not_comparable", "%s takes a list field and a condition", n.Name)
		return cost
	}
	a.elements = append(a.elements, itemsOf(list))
	_, body := a.visit(predicate.Node)
	a.elements = a.elements[:len(a.elements)-1]
	a.costs[predicate] = 2 + body
	if predicate.Node.Type().Kind() != reflect.Bool {
		a.fail(predicate, "not_condition", "the second argument of %s must be a condition", n.Name)
	}
	return 2 + cost
}

func (a *analysis) call(n *ast.CallNode) (*api.Shape, int) {
	callee, _ := n.Callee.(*ast.IdentifierNode)
	if callee == nil {
		return nil, 0
	}
	switch callee.Value {
	case "changed":
		return nil, a.changed(n)
	case "in_list":
		return nil, a.inList(n)
	}
	cost := 4
	var shape *api.Shape
	for _, argument := range n.Arguments {
		var more int
		shape, more = a.visit(argument)
		cost += more
	}
	switch callee.Value {
	case "len":
		if shape != nil && shape.Type == typeArray {
			return nil, cost
		}
		return nil, cost + lengthOf(shape)/64
	case "unique":
		return nil, cost + 8*sizeOf(shape)
	case "days_between":
		return nil, cost + 8
	}
	return &api.Shape{Type: typeString, MaxLength: lengthOf(shape)}, cost + lengthOf(shape)/16
}

func (a *analysis) inList(n *ast.CallNode) int {
	_, cost := a.visit(n.Arguments[0])
	list, ok := n.Arguments[1].(*ast.StringNode)
	if !ok {
		a.fail(n, "not_in_language", "the second argument of in_list is the literal key of a reference list")
		return cost
	}
	if _, known := a.lists[list.Value]; !known || strings.HasPrefix(list.Value, ":") {
		a.fail(list, "unknown_list", "reference list %q is not declared", list.Value)
	}
	return cost + 8
}

func (a *analysis) changed(n *ast.CallNode) int {
	pointer, ok := n.Arguments[0].(*ast.StringNode)
	if !ok {
		a.fail(n, "not_in_language", "the argument of changed is a literal pointer")
		return 0
	}
	shape, known := shapeAt(a.roots[rootFields], pointer.Value)
	if !known || strings.Contains(pointer.Value, "/"+api.EachRow) {
		a.fail(pointer, "unknown_field", "the form has no field %q", pointer.Value)
		return 0
	}
	path := pathOf(pointer.Value)
	a.reads[rootFields+"."+path] = true
	a.reads[rootOld+"."+path] = true
	return 4 + 2*sizeOf(shape)
}

// lengthOf is the longest that a text of one of the shapes may be.
func lengthOf(shapes ...*api.Shape) int {
	length := 0
	for _, shape := range shapes {
		switch {
		case shape == nil:
		case shape.MaxLength > 0:
			length = max(length, shape.MaxLength)
		case shape.Type == typeString:
			length = max(length, assumedLength)
		}
	}
	return length
}

func maxItems(shape *api.Shape) int {
	if shape != nil && shape.MaxItems > 0 {
		return shape.MaxItems
	}
	return assumedItems
}

// sizeOf estimates how many leaves a value of the shape has.
func sizeOf(shape *api.Shape) int {
	if shape == nil {
		return 1
	}
	switch shape.Type {
	case typeObject:
		size := 1
		for _, member := range shape.Props {
			size += sizeOf(member)
		}
		return size
	case typeArray:
		return 1 + maxItems(shape)*sizeOf(itemsOf(shape))
	default:
		return 1 + shape.MaxLength/64
	}
}
