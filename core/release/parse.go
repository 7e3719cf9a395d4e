package release

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Parse reads plugin.yaml strictly: whatever plugin.schema.json does not know or does not allow is a
// finding with its line and column. The declaration is nil where there is any finding. What the
// declaration means (whether a named status exists) is the business of [Check].
func Parse(raw []byte) (*api.Declaration, []api.Finding) {
	d, doc := parse(raw)
	return d, sorted(doc.findings)
}

func parse(raw []byte) (*api.Declaration, *document) {
	doc, root := parseYAML(api.DeclarationFile, raw)
	if len(doc.findings) > 0 {
		return nil, doc
	}
	if err := doc.checkContract(); err != nil {
		doc.add(place{1, 1}, "bad_declaration", "%s", err)
	}
	if len(doc.findings) > 0 {
		return nil, doc
	}
	d := new(api.Declaration)
	if err := root.Decode(d); err != nil {
		doc.add(syntaxPlace(err), "bad_declaration", "%s", err)
		return nil, doc
	}
	return d, doc
}

// sorted orders findings by file and place, and drops repeats.
func sorted(findings []api.Finding) []api.Finding {
	slices.SortFunc(findings, func(a, b api.Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Msg, b.Msg))
	})
	return slices.Compact(findings)
}

// Format writes a finding as compilers do: file:line:column: message [code].
func Format(f api.Finding) string {
	return fmt.Sprintf("%s:%d:%d: %s [%s]", f.File, max(f.Line, 1), max(f.Column, 1), f.Msg, f.Code)
}
