package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Limits of a rule or test file, checked before or while it is read: it comes from a stranger.
const (
	maxFileBytes  = 512 << 10
	maxFileDepth  = 40
	maxFileValues = 50_000
)

// place is where something stands in a file; lines and columns begin with 1.
type place struct{ line, column int }

// document is a YAML file as plain JSON values, with the place of every value and key by pointer.
type document struct {
	file     string
	value    any
	values   map[string]place
	keys     map[string]place
	findings []api.Finding
	count    int
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// readYAML reads one document. What JSON cannot say (anchors, aliases, merge keys, tags, keys that are
// no text) is a finding. An empty file is an empty list.
func readYAML(file string, raw []byte) *document {
	d := &document{file: file, value: []any{}, values: map[string]place{}, keys: map[string]place{}}
	switch {
	case len(raw) > maxFileBytes:
		d.add(place{1, 1}, "file_too_large", "the file has %d bytes; at most %d are allowed", len(raw), maxFileBytes)
		return d
	case brackets(raw) > maxFileDepth:
		d.add(place{1, 1}, "too_deep", "brackets are nested more than %d deep", maxFileDepth)
		return d
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var top, second yaml.Node
	err := decoder.Decode(&top)
	switch {
	case errors.Is(err, io.EOF):
		return d
	case err != nil:
		line := 1
		if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
			if n, bad := strconv.Atoi(found[1]); bad == nil {
				line = max(n, 1)
			}
		}
		d.add(place{line, 1}, "bad_yaml", "%s", strings.TrimPrefix(firstLine(err.Error()), "yaml: "))
		return d
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		d.add(place{max(second.Line, 1), 1}, "many_documents", "the file is one YAML document; remove the rest after ---")
		return d
	}
	if value := d.read(top.Content[0], "", 0); value != nil {
		d.value = value
	}
	return d
}

// brackets is an upper bound for the nesting that the parser, which recurses, meets in flow style.
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

func (d *document) add(at place, code, msg string, args ...any) {
	d.findings = append(d.findings, api.Finding{File: d.file, Line: at.line, Column: at.column, Code: code, Msg: fmt.Sprintf(msg, args...)})
}

// at returns the place of the value (or key) that pointer names, or of its nearest parent.
func (d *document) at(pointer string, key bool) place {
	if found, ok := d.keys[pointer]; ok && key {
		return found
	}
	for {
		if found, ok := d.values[pointer]; ok {
			return found
		}
		cut := strings.LastIndexByte(pointer, '/')
		if cut < 0 {
			return place{1, 1}
		}
		pointer = pointer[:cut]
	}
}

func (d *document) read(node *yaml.Node, pointer string, depth int) any {
	at := place{node.Line, node.Column}
	d.values[pointer] = at
	d.count++
	switch {
	case d.count > maxFileValues:
		if d.count == maxFileValues+1 {
			d.add(at, "too_many_values", "a file has at most %d values", maxFileValues)
		}
		return nil
	case depth > maxFileDepth:
		d.add(at, "too_deep", "values are nested more than %d deep", maxFileDepth)
		return nil
	case node.Kind == yaml.AliasNode || node.Anchor != "":
		d.add(at, "no_anchors", "anchors and aliases are not allowed; write the value out")
		return nil
	}
	switch node.Kind {
	case yaml.MappingNode:
		return d.mapping(node, pointer, depth)
	case yaml.SequenceNode:
		all := make([]any, 0, len(node.Content))
		for i, item := range node.Content {
			all = append(all, d.read(item, pointer+"/"+strconv.Itoa(i), depth+1))
		}
		return all
	default:
		return d.scalar(node, at)
	}
}

func (d *document) mapping(node *yaml.Node, pointer string, depth int) any {
	all := make(map[string]any, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		at := place{key.Line, key.Column}
		if key.Kind != yaml.ScalarNode || key.Anchor != "" || key.ShortTag() == "!!merge" {
			d.add(at, "bad_key", "a key must be plain text")
			continue
		}
		child := pointer + "/" + api.EscapeToken(key.Value)
		if first, twice := d.keys[child]; twice {
			d.add(at, "duplicate_key", "key %q stands here twice, first in line %d; remove one", key.Value, first.line)
			continue
		}
		d.keys[child] = at
		all[key.Value] = d.read(node.Content[i+1], child, depth+1)
	}
	return all
}

func (d *document) scalar(node *yaml.Node, at place) any {
	switch tag := node.ShortTag(); {
	case node.Style&yaml.TaggedStyle != 0:
		d.add(at, "bad_tag", "the tag %s is not allowed; quote the value instead", node.Tag)
		return nil
	case tag == "!!null":
		return nil
	case tag == "!!bool":
		var value bool
		if err := node.Decode(&value); err != nil {
			d.add(at, "bad_yaml", "%q is neither true nor false", node.Value)
		}
		return value
	case tag == "!!int" || tag == "!!float":
		return d.number(node, at)
	case tag == "!!str" || tag == "!!timestamp":
		return node.Value
	default:
		d.add(at, "bad_tag", "the tag %s is not allowed", node.Tag)
		return nil
	}
}

// number keeps the value as JSON text, as a decoded form has it.
func (d *document) number(node *yaml.Node, at place) any {
	if len(node.Value) > maxNumberText {
		d.add(at, "bad_number", "a number has at most %d characters", maxNumberText)
		return nil
	}
	if node.ShortTag() == "!!int" {
		var value int64
		if err := node.Decode(&value); err != nil {
			d.add(at, "bad_number", "%q is not a whole number of 64 bits", node.Value)
			return nil
		}
		return json.Number(strconv.FormatInt(value, 10))
	}
	var value float64
	if err := node.Decode(&value); err != nil || math.IsInf(value, 0) || math.IsNaN(value) || math.Abs(value) > 1e18 {
		d.add(at, "bad_number", "%q is not a number that can be used here", node.Value)
		return nil
	}
	return json.Number(strconv.FormatFloat(value, 'g', -1, 64))
}
