package release

import (
	"fmt"
	"sync"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// limits bound plugin.yaml.
func limits() strict.Limits {
	return strict.Limits{Bytes: 256 << 10, Depth: 24, Values: 50_000, Items: 2_000}
}

var loadContract = sync.OnceValues(func() (*strict.Contract, error) { return strict.Load("plugin.schema.json", "") })

// Parse reads plugin.yaml strictly: whatever plugin.schema.json does not know or does not allow is a
// finding with its line and column. The declaration is nil where there is any finding. What the
// declaration means (whether a named status exists) is the business of [Check].
func Parse(raw []byte) (*api.Declaration, []api.Finding) {
	d, doc := parse(raw)
	return d, strict.Sorted(doc.Findings)
}

func parse(raw []byte) (*api.Declaration, *strict.Document) {
	doc := strict.Read(api.DeclarationFile, raw, limits())
	if doc.Empty() && len(doc.Findings) == 0 {
		doc.Add(strict.Top(), "empty_file", "%s is empty", api.DeclarationFile)
	}
	if len(doc.Findings) > 0 {
		return nil, doc
	}
	contract, err := loadContract()
	if err != nil {
		doc.Add(strict.Top(), "bad_declaration", "%s", err)
		return nil, doc
	}
	for _, b := range contract.Check(doc.Value) {
		doc.Add(b.Place(doc), b.Code, "%s: %s", name(b.Pointer), b.Msg)
	}
	if len(doc.Findings) > 0 {
		return nil, doc
	}
	d := new(api.Declaration)
	if !doc.Decode(d, "bad_declaration") {
		return nil, doc
	}
	return d, doc
}

// name is how a finding calls a value: its pointer, or the declaration as a whole.
func name(pointer string) string {
	if pointer == "" {
		return "the declaration"
	}
	return pointer
}

// Format writes a finding as compilers do: file:line:column: message [code].
func Format(f api.Finding) string {
	return fmt.Sprintf("%s:%d:%d: %s [%s]", f.File, max(f.Line, 1), max(f.Column, 1), f.Msg, f.Code)
}
