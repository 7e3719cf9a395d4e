// Package strict reads bounded YAML of strangers, with the place of every value, and checks values
// against a contract schema, so that each finding has a line, a column, a stable code and a sentence
// that says what to do.
//
// It does not know what a file means: core/release, core/rule and core/form do. Forms are JSON that
// core/form scans itself; only the checking of schemas is shared with it.
//
// Invariants:
//  1. Bytes and brackets are bounded before a library sees a text, depth and number of values while it
//     is read.
//  2. What is read is what JSON could say: nothing downstream has to know anchors, tags or merge keys.
//  3. A schema refers to nothing outside itself, and a panic of the library is an error.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Limits bound a file. Items bounds one list, and with it what comparing every item with every other
// one costs.
type Limits struct{ Bytes, Depth, Values, Items int }

const (
	// maxBrackets keeps the parser of YAML, which recurses, from going deep. It is far above Depth, since
	// texts may have brackets that they do not close.
	maxBrackets = 1_000
	maxFindings = 200
	// maxNumber bounds the digits of a number, maxFloat its size.
	maxNumber = 40
	maxFloat  = 1e18
)

// Place is where something stands in a file; lines and columns begin with 1.
type Place struct{ Line, Column int }

// Top is the place of what concerns a file as a whole.
func Top() Place { return Place{1, 1} }

// Document is a YAML file as plain JSON values: maps, lists, texts, booleans, nil, and json.Number.
type Document struct {
	File  string
	Value any
	// Findings are at most 200.
	Findings []api.Finding

	root         *yaml.Node
	values, keys map[string]Place
	within       Limits
	count        int
}

// NewDocument returns a document without content, to gather findings about a file.
func NewDocument(file string) *Document {
	return &Document{File: file, values: map[string]Place{}, keys: map[string]Place{}}
}

// Read reads one YAML document. An empty file is no finding, see [Document.Empty]. The codes of its
// findings: file_too_large, too_deep, too_many_values, bad_yaml, many_documents, no_anchors, bad_key,
// duplicate_key, bad_tag, bad_number.
func Read(file string, raw []byte, within Limits) *Document {
	d := NewDocument(file)
	d.within = within
	switch {
	case len(raw) > within.Bytes:
		d.Add(Top(), "file_too_large", "the file has %d bytes; at most %d are allowed", len(raw), within.Bytes)
		return d
	case brackets(raw) > maxBrackets:
		d.Add(Top(), "too_deep", "brackets are nested more than %d deep", maxBrackets)
		return d
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var top, second yaml.Node
	if err := decoder.Decode(&top); errors.Is(err, io.EOF) {
		return d
	} else if err != nil {
		d.unreadable(err, "bad_yaml")
		return d
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		d.Add(Place{max(second.Line, 1), max(second.Column, 1)}, "many_documents", "the file is one YAML document; remove the rest after ---")
		return d
	}
	d.root = top.Content[0]
	d.Value = d.read(d.root, "", 0)
	return d
}

// brackets is an upper bound for the nesting that the parser meets in flow style.
func brackets(raw []byte) int {
	depth, deepest := 0, 0
	for _, c := range raw {
		switch c {
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth = max(depth-1, 0)
		}
	}
	return deepest
}

var (
	yamlLine   = regexp.MustCompile(`line (\d+)`)
	yamlPrefix = regexp.MustCompile(`^yaml: (line \d+: )?`)
)

// unreadable adds a finding for an error of the parser, which tells the line in its message alone.
func (d *Document) unreadable(err error, code string) {
	at := Top()
	if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
		if line, bad := strconv.Atoi(found[1]); bad == nil {
			at.Line = max(line, 1)
		}
	}
	d.Add(at, code, "%s", yamlPrefix.ReplaceAllString(err.Error(), ""))
}

// Empty reports whether the file has no value: it is empty, only comments, or could not be read.
func (d *Document) Empty() bool { return d.root == nil }

// Decode fills a struct by its yaml keys; false adds a finding with the code.
func (d *Document) Decode(to any, code string) bool {
	if err := d.root.Decode(to); err != nil {
		d.unreadable(err, code)
		return false
	}
	return true
}

// Add adds a finding; those beyond the 200th are dropped.
func (d *Document) Add(at Place, code, msg string, args ...any) {
	if len(d.Findings) >= maxFindings {
		return
	}
	d.Findings = append(d.Findings, api.Finding{File: d.File, Line: at.Line, Column: at.Column, Code: code, Msg: fmt.Sprintf(msg, args...)})
}

// At returns the place of the value that pointer names, or of its nearest parent that exists.
func (d *Document) At(pointer string) Place {
	for {
		if found, ok := d.values[pointer]; ok {
			return found
		}
		cut := strings.LastIndexByte(pointer, '/')
		if cut < 0 {
			return Top()
		}
		pointer = pointer[:cut]
	}
}

// AtKey returns the place of the key that pointer names, or what [Document.At] returns.
func (d *Document) AtKey(pointer string) Place {
	if found, ok := d.keys[pointer]; ok {
		return found
	}
	return d.At(pointer)
}

// Get returns the value that pointer names, nil where there is none.
func (d *Document) Get(pointer string) any { return resolve(d.Value, pointer) }

// Keys returns the keys of the map that pointer names, sorted.
func (d *Document) Keys(pointer string) []string { return keysOf(d.Get(pointer)) }

func (d *Document) read(node *yaml.Node, pointer string, depth int) any {
	at := Place{node.Line, node.Column}
	d.values[pointer] = at
	d.count++
	switch {
	case d.count > d.within.Values:
		if d.count == d.within.Values+1 {
			d.Add(at, "too_many_values", "a file has at most %d values", d.within.Values)
		}
		return nil
	case depth > d.within.Depth:
		d.Add(at, "too_deep", "values are nested more than %d deep", d.within.Depth)
		return nil
	case node.Kind == yaml.AliasNode || node.Anchor != "":
		d.Add(at, "no_anchors", "anchors and aliases are not allowed; write the value out")
		return nil
	case node.Style&yaml.TaggedStyle != 0:
		d.Add(at, "bad_tag", "the tag %s is not allowed; remove it, or quote the value", node.Tag)
		return nil
	}
	switch node.Kind {
	case yaml.MappingNode:
		return d.mapping(node, pointer, depth)
	case yaml.SequenceNode:
		if len(node.Content) > d.within.Items {
			d.Add(at, "too_many_values", "a list has at most %d items", d.within.Items)
			return nil
		}
		all := make([]any, 0, len(node.Content))
		for i, item := range node.Content {
			all = append(all, d.read(item, pointer+"/"+strconv.Itoa(i), depth+1))
		}
		return all
	default:
		return d.scalar(node, at)
	}
}

func (d *Document) mapping(node *yaml.Node, pointer string, depth int) any {
	all := make(map[string]any, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		at := Place{key.Line, key.Column}
		if key.Kind != yaml.ScalarNode || key.Anchor != "" || key.ShortTag() == "!!merge" {
			d.Add(at, "bad_key", "a key must be plain text")
			continue
		}
		child := pointer + "/" + api.EscapeToken(key.Value)
		if first, twice := d.keys[child]; twice {
			d.Add(at, "duplicate_key", "key %q stands here twice, first in line %d; remove one", key.Value, first.Line)
			continue
		}
		d.keys[child] = at
		all[key.Value] = d.read(value, child, depth+1)
	}
	return all
}

func (d *Document) scalar(node *yaml.Node, at Place) any {
	switch node.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		var value bool
		if err := node.Decode(&value); err != nil {
			d.Add(at, "bad_yaml", "%q is neither true nor false", node.Value)
		}
		return value
	case "!!int", "!!float":
		return d.number(node, at)
	case "!!str", "!!timestamp":
		return node.Value
	default:
		d.Add(at, "bad_tag", "the tag %s is not allowed", node.ShortTag())
		return nil
	}
}

// number keeps the value as JSON text, which is how a decoded form has it and how a schema takes it
// exactly.
func (d *Document) number(node *yaml.Node, at Place) any {
	if len(node.Value) > maxNumber {
		d.Add(at, "bad_number", "a number has at most %d characters", maxNumber)
		return nil
	}
	if node.ShortTag() == "!!int" {
		var value int64
		if err := node.Decode(&value); err != nil {
			d.Add(at, "bad_number", "%q is not a whole number of 64 bits", node.Value)
			return nil
		}
		return json.Number(strconv.FormatInt(value, 10))
	}
	var value float64
	if err := node.Decode(&value); err != nil || math.IsInf(value, 0) || math.IsNaN(value) || math.Abs(value) > maxFloat {
		d.Add(at, "bad_number", "%q is not a number that can be used here", node.Value)
		return nil
	}
	return json.Number(strconv.FormatFloat(value, 'g', -1, 64))
}

// resolve follows a JSON pointer through plain values; nil where it leads nowhere. Lookup begins with
// a map, and the value may be a list.
func resolve(value any, pointer string) any {
	found, _ := api.Lookup(api.Fields{"": value}, "/"+pointer)
	return found
}

func keysOf(object any) []string {
	all, _ := object.(map[string]any)
	return slices.Sorted(maps.Keys(all))
}
