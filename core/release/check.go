package release

import (
	"errors"
	"fmt"
	"strings"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/letter"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
	"github.com/opora-desk/opora/core/strict"
)

// Check says everything that is wrong with a bundle that somebody wants to register: it is read,
// compiled and its tests are run. The findings are sorted by file and line; the system is nil where
// there is any.
func Check(b api.Bundle) (*System, []api.Finding) {
	l := open(b)
	if l.d == nil {
		return nil, strict.Sorted(l.Findings)
	}
	l.flow()
	l.terms()
	system, tests := l.compile()
	l.letters()
	l.fields(system)
	if len(system.Rules) > 0 {
		l.triggers(guarded(system.Rules))
	}
	// The rest would only repeat, in other words, what is wrong already.
	if len(l.Findings) == 0 {
		l.unused()
		l.run(system, tests)
	}
	if len(l.Findings) > 0 {
		return nil, strict.Sorted(l.Findings)
	}
	system.Digest = b.Digest()
	return system, nil
}

// Compile is the quick way for a release that was checked when it was registered: only what has to be
// compiled is looked at, and no test runs. Its error is of kind Internal with code
// release_not_compiled, for a stored release that this core no longer understands.
func Compile(b api.Bundle) (*System, error) {
	l := open(b)
	if l.d != nil {
		system, _ := l.compile()
		if len(l.Findings) == 0 {
			system.Digest = b.Digest()
			return system, nil
		}
	}
	return nil, errs.Wrap(errs.Internal, "release_not_compiled", Error(l.Findings))
}

// Error returns the findings as one error, for a log; nil where there are none.
func Error(findings []api.Finding) error {
	const most = 10
	all := make([]error, 0, min(len(findings), most)+1)
	for i, f := range strict.Sorted(findings) {
		if i == most {
			all = append(all, fmt.Errorf("and %d more", len(findings)-most))
			break
		}
		all = append(all, errors.New(Format(f)))
	}
	return errors.Join(all...)
}

// open reads the declaration of a bundle; its d is nil where there are findings.
func open(b api.Bundle) *loader {
	l := &loader{files: b.Files, used: map[string]bool{}}
	if err := b.Check(); err != nil {
		l.checker = &checker{Document: strict.NewDocument(api.DeclarationFile)}
		l.Add(strict.Top(), "bad_bundle", "%s", err)
		return l
	}
	d, doc := parse(b.Files[api.DeclarationFile])
	l.checker = &checker{Document: doc, d: d}
	return l
}

// compile compiles forms and rules; what could not be compiled is missing from the system, and there
// are findings.
func (l *loader) compile() (s *System, tests []string) {
	s = &System{
		Declaration: l.d, Forms: make(map[string]*CompiledForm, len(l.d.Forms)),
		Letters: make(map[string]*letter.Template, len(l.d.Texts.Letters)),
	}
	for key, declared := range l.d.Texts.Letters {
		// What is wrong with a letter is told when a release is registered; see letters.
		if parsed, err := letter.Parse(declared); err == nil {
			s.Letters[key] = parsed
		}
	}
	for i := range l.d.Forms {
		f := &l.d.Forms[i]
		if compiled := l.form(fmt.Sprintf("/forms/%d", i), f.Key, f.Schema, f.UI); compiled != nil {
			s.Forms[f.Key] = compiled
		}
	}
	if r := l.d.Resolution; r != nil {
		s.Resolution = l.form("/resolution", "resolution", r.Schema, r.UI)
	}
	s.Settings = l.config()
	files, tests := l.ruleFiles()
	if len(files) == 0 {
		l.fail("/rules", "no_file", "no rule file matches rules/%s; at least an unconditional route is needed", l.d.Rules)
	}
	for _, file := range files {
		rules, findings := rule.Parse(file, l.files[file])
		s.Rules = append(s.Rules, rules...)
		l.Findings = append(l.Findings, findings...)
	}
	// Rules are compiled against what is declared: with that wrong, they would only repeat it.
	if len(l.Findings) > 0 {
		return s, tests
	}
	s.Env = env(l.d, s.Forms, s.Resolution)
	base, findings := rule.Build(s.Rules, rule.Overlay{}, s.Env)
	s.Base = base
	l.Findings = append(l.Findings, findings...)
	return s, tests
}

// fields checks what the declaration says about the forms' fields, and the source of each rule.
func (l *loader) fields(s *System) {
	unique(l.checker, "/forms", "key", l.d.Forms, func(f *api.Form) string { return f.Key })
	for i := range l.d.Forms {
		f := &l.d.Forms[i]
		if compiled := s.Forms[f.Key]; compiled != nil {
			l.pointers(fmt.Sprintf("/forms/%d", i), f, compiled.Form.Shape())
		}
	}
	for _, r := range s.Rules {
		if r.Source != api.FromDocument && r.Source != api.FromProduct {
			l.Findings = append(l.Findings, api.Finding{
				File: r.File, Line: max(r.Place, 1), Column: 1, Code: "no_source",
				Msg: fmt.Sprintf("rule %q needs source: document or product", r.ID),
			})
		}
	}
}

// guarded names the transitions that some rule may refuse.
func guarded(rules []api.Rule) map[string]bool {
	all := map[string]bool{}
	for _, r := range rules {
		if r.Kind != api.Guard {
			continue
		}
		for _, on := range r.On {
			if key, ok := strings.CutPrefix(on, "transition:"); ok {
				all[key] = true
			}
		}
	}
	return all
}
