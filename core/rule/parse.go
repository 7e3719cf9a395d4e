package rule

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Parse reads a file of rules strictly: an unknown key, a key of another kind, a wrong type or an id
// that stands there twice is a finding with its line and column. Rules with findings are left out.
// What the expressions say is checked by Build.
func Parse(file string, raw []byte) ([]api.Rule, []api.Finding) {
	d := readYAML(file, raw)
	if len(d.findings) > 0 {
		return nil, d.findings
	}
	c, err := loadContract()
	if err != nil {
		d.add(place{1, 1}, "internal", "%s", err.Error())
		return nil, d.findings
	}
	broken := map[int]bool{}
	for _, b := range c.check(c.rules, d.value) {
		if index, ok := itemOf(b.pointer); ok {
			broken[index] = true
		}
		d.add(d.at(b.pointer, b.atKey), b.code, "%s%s", d.nameOf(b.pointer), b.msg)
	}
	list, _ := d.value.([]any)
	var rules []api.Rule
	first := map[string]int{}
	for i, item := range list {
		if broken[i] {
			continue
		}
		pointer := "/" + strconv.Itoa(i)
		at := d.at(pointer, false)
		var r api.Rule
		if err := convert(item, &r); err != nil {
			d.add(at, "bad_value", "%s", err.Error())
			continue
		}
		if line, twice := first[r.ID]; twice {
			d.add(d.at(pointer+"/id", false), "duplicate_id", "rule id %q stands in line %d already", r.ID, line)
			continue
		}
		r.File, r.Place = file, at.line
		first[r.ID] = at.line
		rules = append(rules, r)
	}
	sortFindings(d.findings)
	return rules, d.findings
}

// nameOf begins a message with the rule or test that it is about, as far as it has a name.
func (d *document) nameOf(pointer string) string {
	index, ok := itemOf(pointer)
	if !ok {
		return ""
	}
	list, _ := d.value.([]any)
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

func sortFindings(findings []api.Finding) {
	slices.SortStableFunc(findings, func(a, b api.Finding) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}
