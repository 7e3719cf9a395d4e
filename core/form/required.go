package form

import "github.com/opora-desk/opora/core/plugin/api"

// Required returns the pointers that the schema itself makes mandatory, in the declared order, with
// EachRow for what each row of a list must have. A member of an object is mandatory where the object
// is filled in.
func (f *Form) Required() []string { return mandatory(f.root, "", nil) }

func mandatory(s *spec, at string, out []string) []string {
	if s == nil {
		return out
	}
	if s.kind == "array" {
		return mandatory(s.items, at+"/"+api.EachRow, out)
	}
	for _, name := range s.required {
		out = append(out, at+"/"+api.EscapeToken(name))
	}
	for _, name := range s.names {
		out = mandatory(s.props[name], at+"/"+api.EscapeToken(name), out)
	}
	return out
}
