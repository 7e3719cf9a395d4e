package rule

import (
	"errors"
	"fmt"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Engine names what gives an expression its meaning. It is part of every digest: another version of
// the library may decide differently, so a change of it is a replay of the stored tests.
const Engine = "opora.rules/1 expr/1.17.8"

// expression is a compiled condition. It is immutable and safe for concurrent use.
type expression struct {
	program *vm.Program
	// reads are the paths of the environment that it names, sorted.
	reads []string
	// cost is charged before the run; loops charge themselves.
	cost int
}

// language compiles expressions against the environment of one form. Not safe for concurrent use.
type language struct {
	roots  map[string]*api.Shape
	lists  map[string][]string
	config *conf.Config
}

func newLanguage(env Env, form *api.Shape) *language {
	roots := env.roots(form)
	names := make(types.Map, len(roots)+1)
	for name, shape := range roots {
		names[name] = typeOf(shape)
	}
	names[nameMeter] = types.TypeOf((*meter)(nil))
	config := conf.CreateNew()
	options := append(functionOptions(),
		expr.Env(names), expr.AsBool(), expr.WarnOnAny(), expr.MaxNodes(maxNodes),
		// The tree is checked and patched as written; the optimiser would rewrite it in between.
		expr.Optimize(false),
	)
	for _, option := range options {
		option(config)
	}
	return &language{roots: roots, lists: env.lists(), config: config}
}

// compile bounds, parses, refuses, types, analyses, patches and compiles one condition. Parser and
// checker do not recover from their own panics, so compile does.
func (l *language) compile(source string) (out *expression, bad *fault) {
	defer func() {
		if r := recover(); r != nil {
			out, bad = nil, &fault{code: "bad_expression", msg: firstLine(fmt.Sprint(r)), line: 1, column: 1}
		}
	}()
	if bad := prefilter(source); bad != nil {
		return nil, bad
	}
	tree, err := parser.ParseWithConfig(source, l.config)
	if err != nil {
		return nil, faultOf("bad_expression", err)
	}
	allowed := &profile{source: source}
	ast.Walk(&tree.Node, allowed)
	if allowed.found != nil {
		return nil, allowed.found
	}
	if _, err := checker.Check(tree, l.config); err != nil {
		return nil, faultOf("bad_type", err)
	}
	found := &analysis{
		source: source, roots: l.roots, lists: l.lists,
		reads: map[string]bool{}, costs: map[*ast.PredicateNode]int{},
	}
	_, cost := found.visit(tree.Node)
	if found.found != nil {
		return nil, found.found
	}
	if cost > maxStaticCost {
		return nil, &fault{code: "too_costly", msg: "the expression is too costly for the longest texts and lists of the form", line: 1, column: 1}
	}
	ast.Walk(&tree.Node, &patch{costs: found.costs})
	if _, err := checker.Check(tree, l.config); err != nil {
		return nil, faultOf("bad_type", err)
	}
	program, err := compiler.Compile(tree, l.config)
	if err != nil {
		return nil, faultOf("bad_expression", err)
	}
	return &expression{program: program, reads: sortedKeys(found.reads), cost: cost}, nil
}

var errNotCondition = errors.New("expression gave no condition")

// run evaluates a condition. The machine recovers from panics, so a failing rule is an error and
// never ends the process.
func (e *expression) run(machine *vm.VM, env map[string]any, m *meter) (bool, error) {
	if err := m.charge(e.cost); err != nil {
		return false, err
	}
	machine.MemoryBudget = memoryBudget
	result, err := machine.Run(e.program, env)
	if err != nil {
		return false, fmt.Errorf("run expression: %w", err)
	}
	held, ok := result.(bool)
	if !ok {
		return false, errNotCondition
	}
	return held, nil
}

func sortedKeys[V any](set map[string]V) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
