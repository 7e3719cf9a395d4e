package release

import (
	"maps"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
)

// SameForms reports whether every form of both releases has the same version, so that one rule set
// decides about the tickets of both.
func (s *System) SameForms(older *System) bool {
	for key, now := range s.Forms {
		if was := older.Forms[key]; was != nil && was.Version != now.Version {
			return false
		}
	}
	return true
}

// RuleSetFor is RuleSet for the tickets that were filed with an older release: the rules of this one
// over the forms of that one. A rule with a later `since` is left out. Findings are rules that do not
// compile against a form which tickets still hold.
func (s *System) RuleSetFor(older *System, overlay rule.Overlay, lists map[string][]string) (*rule.Set, []api.Finding) {
	env := s.Env
	env.Lists = maps.Clone(env.Lists)
	maps.Copy(env.Lists, lists)
	env.Forms, env.Versions = maps.Clone(env.Forms), map[string]string{}
	for key, was := range older.Forms {
		if now := s.Forms[key]; now != nil && now.Version != was.Version {
			env.Forms[key] = was.Form.Shape()
			env.Versions[key] = older.Declaration.Version
		}
	}
	return rule.Build(s.Rules, overlay, env)
}
