package rule

import (
	"github.com/expr-lang/expr/vm"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Bare returns a run of the compiled expressions of one pass with nothing around them: no environment
// made, no outcome kept, no schema asked.
func Bare(s *Set, in Input) func() error {
	form := s.forms[in.Form]
	env := s.env(form, &in, in.Fields)
	m := &meter{lookup: in.InList, env: env}
	if m.lookup == nil {
		m.lookup = s.inDeclared
	}
	env[nameMeter] = m
	var programs []*vm.Program
	for _, kind := range []api.RuleKind{api.Visible, api.Require, api.Validate, api.Guard, api.Priority, api.Route} {
		for _, c := range form.byKind[kind] {
			if !applies(c.rule, in.On) {
				continue
			}
			for _, e := range []*expression{c.when, c.assert} {
				if e != nil {
					programs = append(programs, e.program)
				}
			}
		}
	}
	machine := new(vm.VM)
	return func() error {
		for _, program := range programs {
			m.left = ruleFuel
			machine.MemoryBudget = memoryBudget
			if _, err := machine.Run(program, env); err != nil {
				return err
			}
		}
		return nil
	}
}
