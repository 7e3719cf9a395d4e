package rule

import (
	"errors"
	"reflect"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker/nature"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Bounds of one run of one rule. Each rule has its own, so that no rule can make another fail.
const (
	// ruleFuel is in units of about one cheap step of the machine (some 30 ns).
	ruleFuel = 200_000
	// memoryBudget counts elements that the machine allocates, as expr does.
	memoryBudget = 10_000
	// stepsPerUnit converts pattern steps to units of fuel. Measured on patterns whose every state is
	// alive at every character: with 16 a rule that spends all on them takes some 20 ms.
	stepsPerUnit = 16
	// maxStaticCost bounds what an expression costs on the longest input before any loop: one that
	// could never finish there is refused while it is being written.
	maxStaticCost = ruleFuel / 2
	// MaxRules bounds a set, and with it the cost of a pass.
	MaxRules = 500
)

// errFuel ends a run; only its identity counts.
var errFuel = errors.New("rule is out of fuel")

// meter is what one run of one rule may still use, and what it asked of the input.
type meter struct {
	left   int
	lookup func(list, value string) bool
	env    map[string]any
	// asked are the values that were looked up in lists, with the answers.
	asked map[string]map[string]bool
}

func (m *meter) charge(units int) error {
	m.left -= units
	if m.left < 0 {
		return errFuel
	}
	return nil
}

// patternCost is what matching a text of a length costs.
func patternCost(length, steps int) int { return 1 + length*steps/stepsPerUnit }

// inList is paid for by the static cost of the call.
func (m *meter) inList(list, value string) bool {
	answer, known := m.asked[list][value]
	if known {
		return answer
	}
	answer = m.lookup(list, value)
	if m.asked == nil {
		m.asked = map[string]map[string]bool{}
	}
	if m.asked[list] == nil {
		m.asked[list] = map[string]bool{}
	}
	m.asked[list][value] = answer
	return answer
}

// changed compares the typed values at a path within fields and old.
func (m *meter) changed(path string) bool {
	return !reflect.DeepEqual(valueAt(m.env, rootFields+"."+path), valueAt(m.env, rootOld+"."+path)) ||
		!reflect.DeepEqual(valueAt(m.env, rootHas+"."+path), valueAt(m.env, rootOldHas+"."+path))
}

// valueAt follows a path of member names, joined by dots, through the environment.
func valueAt(env map[string]any, path string) any {
	var value any = env
	for token := range strings.SplitSeq(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[token]
	}
	return value
}

// patch rewrites a checked tree: a charge of fuel into every loop body, the input's meter into the
// functions that read the input, patterns and lists of literals compiled once.
type patch struct {
	// costs are the costs of the loop bodies, found by the analysis.
	costs map[*ast.PredicateNode]int
}

// Visit rewrites one node; children come first.
func (p *patch) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.PredicateNode:
		if cost, ok := p.costs[n]; ok {
			delete(p.costs, n)
			charge := call(nameFuel, &ast.IntegerNode{Value: cost})
			n.Node = &ast.SequenceNode{Nodes: []ast.Node{charge, n.Node}}
		}
	case *ast.CallNode:
		// The checker trusts a call's type once it is set and would not look at its arguments again.
		n.SetNature(nature.Nature{})
		p.call(node, n)
	case *ast.BinaryNode:
		p.binary(node, n)
	}
}

func (p *patch) call(node *ast.Node, n *ast.CallNode) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return
	}
	switch callee.Value {
	case "in_list":
		ast.Patch(node, call(nameInList, n.Arguments...))
	case "changed":
		if pointer, ok := n.Arguments[0].(*ast.StringNode); ok {
			ast.Patch(node, call(nameChanged, &ast.StringNode{Value: pathOf(pointer.Value)}))
		}
	}
}

func (p *patch) binary(node *ast.Node, n *ast.BinaryNode) {
	switch n.Operator {
	case "matches":
		if literal, ok := n.Right.(*ast.StringNode); ok {
			steps, err := patternSteps(literal.Value)
			pattern, bad := regexp.Compile(literal.Value)
			if err == nil && bad == nil {
				ast.Patch(node, call(nameMatches, n.Left, &ast.ConstantNode{Value: pattern}, &ast.IntegerNode{Value: steps}))
			}
		}
	case "in":
		if list, ok := n.Right.(*ast.ArrayNode); ok {
			ast.Patch(&n.Right, &ast.ConstantNode{Value: constants(list)})
		}
	}
}

func call(name string, arguments ...ast.Node) *ast.CallNode {
	return &ast.CallNode{
		Callee:    &ast.IdentifierNode{Value: name},
		Arguments: append([]ast.Node{&ast.IdentifierNode{Value: nameMeter}}, arguments...),
	}
}

func constants(list *ast.ArrayNode) []any {
	out := make([]any, len(list.Nodes))
	for i, item := range list.Nodes {
		out[i] = constant(item)
	}
	return out
}

func constant(node ast.Node) any {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.IntegerNode:
		return n.Value
	case *ast.FloatNode:
		return n.Value
	case *ast.UnaryNode:
		switch v := constant(n.Node).(type) {
		case int:
			return -v
		case float64:
			return -v
		}
	}
	return nil
}

// pathOf writes a pointer as the path that expressions use.
func pathOf(pointer string) string {
	tokens, _ := api.SplitPointer(pointer)
	return strings.Join(tokens, ".")
}
