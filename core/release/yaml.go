package release

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

// Limits of plugin.yaml, checked before or while it is read: it comes from a stranger.
const (
	maxDeclarationBytes = 256 << 10
	maxDepth            = 24
	maxNodes            = 50_000
	// maxItems also bounds what comparing every item of a list with every other one costs.
	maxItems        = 2_000
	maxFindings     = 200
	maxNumberLength = 40
)

// place is where something stands in a file; lines and columns begin with 1.
type place struct{ line, column int }

// document is a YAML file as plain JSON values, with the place of every value and key.
type document struct {
	file     string
	value    any
	values   map[string]place
	keys     map[string]place
	findings []api.Finding
	nodes    int
}

// parseYAML reads one YAML document. Whatever JSON could not say (anchors, aliases, merge keys, own
// tags, keys that are no text) is a finding, so that nothing downstream has to know YAML.
func parseYAML(file string, raw []byte) (doc *document, root *yaml.Node) {
	doc = &document{file: file, values: map[string]place{}, keys: map[string]place{}}
	if len(raw) > maxDeclarationBytes {
		doc.add(place{1, 1}, "file_too_large", "%s has %d bytes; at most %d are allowed", file, len(raw), maxDeclarationBytes)
		return doc, nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var top yaml.Node
	if err := decoder.Decode(&top); err != nil {
		if errors.Is(err, io.EOF) {
			doc.add(place{1, 1}, "empty_file", "%s is empty", file)
		} else {
			doc.add(syntaxPlace(err), "bad_yaml", "%s", yamlPrefix.ReplaceAllString(err.Error(), ""))
		}
		return doc, nil
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		at := place{second.Line, max(second.Column, 1)}
		if err != nil || at.line == 0 {
			at = place{1, 1}
		}
		doc.add(at, "many_documents", "a declaration is one YAML document; remove the rest after ---")
		return doc, nil
	}
	doc.value = doc.read(top.Content[0], "", 0)
	return doc, top.Content[0]
}

var (
	yamlLine   = regexp.MustCompile(`line (\d+)`)
	yamlPrefix = regexp.MustCompile(`^yaml: (line \d+: )?`)
)

// syntaxPlace takes the line out of a message of the YAML parser, which gives it no other way.
func syntaxPlace(err error) place {
	if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
		if line, err := strconv.Atoi(found[1]); err == nil {
			return place{max(line, 1), 1}
		}
	}
	return place{1, 1}
}

func (d *document) add(at place, code, msg string, args ...any) {
	if len(d.findings) >= maxFindings {
		return
	}
	d.findings = append(d.findings, api.Finding{File: d.file, Line: at.line, Column: at.column, Code: code, Msg: fmt.Sprintf(msg, args...)})
}

// at returns the place of the value that pointer names, or of its nearest parent that exists.
func (d *document) at(pointer string) place {
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

// atKey returns the place of the key that pointer names, or of its parent's value.
func (d *document) atKey(pointer string) place {
	if found, ok := d.keys[pointer]; ok {
		return found
	}
	return d.at(pointer)
}

func (d *document) read(node *yaml.Node, pointer string, depth int) any {
	at := place{node.Line, node.Column}
	d.values[pointer] = at
	d.nodes++
	switch {
	case d.nodes > maxNodes:
		if d.nodes == maxNodes+1 {
			d.add(at, "too_many_values", "a declaration has at most %d values", maxNodes)
		}
		return nil
	case depth > maxDepth:
		d.add(at, "too_deep", "values are nested more than %d deep", maxDepth)
		return nil
	case node.Kind == yaml.AliasNode || node.Anchor != "":
		d.add(at, "no_anchors", "anchors and aliases are not allowed; write the value out")
		return nil
	}
	switch node.Kind {
	case yaml.MappingNode:
		return d.mapping(node, pointer, depth)
	case yaml.SequenceNode:
		if len(node.Content) > maxItems {
			d.add(at, "too_many_values", "a list has at most %d items", maxItems)
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

func (d *document) mapping(node *yaml.Node, pointer string, depth int) any {
	all := make(map[string]any, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
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
		all[key.Value] = d.read(value, child, depth+1)
	}
	return all
}

func (d *document) scalar(node *yaml.Node, at place) any {
	switch node.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		var value bool
		if err := node.Decode(&value); err != nil {
			d.add(at, "bad_yaml", "%q is neither true nor false", node.Value)
		}
		return value
	case "!!int", "!!float":
		return d.number(node, at)
	case "!!str", "!!timestamp":
		if node.Style&yaml.TaggedStyle != 0 {
			d.add(at, "bad_tag", "the tag %s is not allowed; quote the value instead", node.Tag)
		}
		return node.Value
	default:
		d.add(at, "bad_tag", "the tag %s is not allowed", node.Tag)
		return nil
	}
}

// number keeps the value as JSON text, since the schema validator takes no other exact form.
func (d *document) number(node *yaml.Node, at place) any {
	if len(node.Value) > maxNumberLength {
		d.add(at, "bad_number", "a number has at most %d characters", maxNumberLength)
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
