package rule

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/strict"
)

// Parse reads a file of rules strictly: an unknown key, a key of another kind, a wrong type or an id
// that stands there twice is a finding with its line and column. Rules with findings are left out.
// What the expressions say is checked by Build.
func Parse(file string, raw []byte) ([]api.Rule, []api.Finding) {
	d, list, broken := read(file, raw, func(c *contracts) *strict.Contract { return c.rules })
	var rules []api.Rule
	first := map[string]int{}
	for i, item := range list {
		if broken[i] {
			continue
		}
		pointer := "/" + strconv.Itoa(i)
		at := d.At(pointer)
		var r api.Rule
		if err := convert(item, &r); err != nil {
			d.Add(at, "bad_value", "%s", err.Error())
			continue
		}
		if line, twice := first[r.ID]; twice {
			d.Add(d.At(pointer+"/id"), "duplicate_id", "rule id %q stands in line %d already", r.ID, line)
			continue
		}
		r.File, r.Place = file, at.Line
		first[r.ID] = at.Line
		rules = append(rules, r)
	}
	return rules, strict.Sorted(d.Findings)
}

// limits bound a file of rules or tests.
func limits() strict.Limits {
	return strict.Limits{Bytes: 512 << 10, Depth: 40, Values: 50_000, Items: 10_000}
}

// contracts are the parts of rules.schema.json: the one description of what a rule file and a test
// file contain.
type contracts struct{ rules, rule, tests *strict.Contract }

var loadContracts = sync.OnceValues(func() (*contracts, error) {
	out := &contracts{}
	for fragment, to := range map[string]**strict.Contract{"": &out.rules, "#/$defs/rule": &out.rule, "#/$defs/tests": &out.tests} {
		var err error
		if *to, err = strict.Load("rules.schema.json", fragment); err != nil {
			return nil, fmt.Errorf("load rules' contract: %w", err)
		}
	}
	return out, nil
})

// codeOf gives a breach the code that authors of rules know: what is wrong with a value has one.
func codeOf(b strict.Breach) string {
	switch b.Code {
	case strict.UnknownValue, strict.Duplicate, strict.OutOfBounds:
		return strict.BadValue
	default:
		return b.Code
	}
}

// read reads a list of rules or tests; broken tells which items break the contract. An empty file is
// an empty list.
func read(file string, raw []byte, of func(*contracts) *strict.Contract) (d *strict.Document, list []any, broken map[int]bool) {
	d = strict.Read(file, raw, limits())
	if len(d.Findings) > 0 {
		return d, nil, nil
	}
	if d.Value == nil {
		d.Value = []any{}
	}
	c, err := loadContracts()
	if err != nil {
		d.Add(strict.Top(), "internal", "%s", err.Error())
		return d, nil, nil
	}
	broken = map[int]bool{}
	for _, b := range of(c).Check(d.Value) {
		if index, ok := itemOf(b.Pointer); ok {
			broken[index] = true
		}
		d.Add(b.Place(d), codeOf(b), "%s%s", nameOf(d, b.Pointer), b.Msg)
	}
	list, _ = d.Value.([]any)
	return d, list, broken
}

// nameOf begins a message with the rule or test that it is about, as far as it has a name.
func nameOf(d *strict.Document, pointer string) string {
	index, ok := itemOf(pointer)
	if !ok {
		return ""
	}
	list, _ := d.Value.([]any)
	if index >= len(list) {
		return ""
	}
	item, _ := list[index].(map[string]any)
	rest := strings.TrimPrefix(pointer, "/"+strconv.Itoa(index)+"/")
	if strings.Count(pointer, "/") < 2 {
		rest = ""
	} else {
		rest += ": "
	}
	for _, key := range []string{"id", "name"} {
		if name, ok := item[key].(string); ok {
			return fmt.Sprintf("%q: %s", name, rest)
		}
	}
	return rest
}

func itemOf(pointer string) (int, bool) {
	tokens, ok := api.SplitPointer(pointer)
	if !ok || len(tokens) == 0 {
		return 0, false
	}
	index, err := strconv.Atoi(tokens[0])
	return index, err == nil && index >= 0
}

// convert fills a struct from plain values; the contract has been checked, so only sizes can differ.
func convert(from, to any) error {
	raw, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("write value: %w", err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	if err := decoder.Decode(to); err != nil {
		return fmt.Errorf("read value: %w", err)
	}
	return nil
}
