package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Limits of a schema file, before and after its references are put in.
const (
	MaxSchemaBytes = 512 << 10
	maxSchemaDepth = 64
	maxSchemaNodes = 20000
	maxRefs        = 500
	maxRefDepth    = 8
)

func schemaLimits() limits {
	return limits{bytes: MaxSchemaBytes, depth: maxSchemaDepth, values: maxSchemaNodes}
}

const (
	sharedPrefix = "shared/"
	sharedSuffix = ".schema.json"
)

// RefError tells why a reference to a shared schema could not be put in, and where it stands in the
// form's own file.
type RefError struct {
	Line, Column int
	Code, Msg    string
}

// Error returns the place and the reason.
func (e *RefError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Msg) }

// Inline puts the shared schemas in place of {"$ref": "shared/<x>.schema.json"}; members beside $ref
// stand over the shared schema's own. Shared schemas may refer to others; a circle, more than 500
// references and a result of more than [MaxSchemaBytes] are refused with a *[RefError]. Every other
// $ref stays where it is, for [Compile] to refuse with its place. Lines keep their numbers.
func Inline(schema []byte, shared func(name string) ([]byte, error)) ([]byte, error) {
	in := &inliner{shared: shared}
	out, f := in.text(schema, nil)
	if f != nil {
		line, column := place(schema, f.at)
		return nil, &RefError{Line: line, Column: column, Code: f.code, Msg: f.msg}
	}
	return out, nil
}

type inliner struct {
	shared func(name string) ([]byte, error)
	refs   int
	bytes  int
}

// text returns raw with its references put in; stack names the shared schemas on the way here.
func (in *inliner) text(raw []byte, stack []string) ([]byte, *fault) {
	root, f := scan(raw, schemaLimits(), true)
	if f != nil {
		return nil, f
	}
	if in.bytes += len(raw); in.bytes > MaxSchemaBytes {
		return nil, &fault{code: "refs_too_large", msg: "the schema grows too large by its references"}
	}
	out := &bytes.Buffer{}
	from := 0
	if f := in.node(out, raw, root, &from, stack); f != nil {
		return nil, f
	}
	out.Write(raw[from:])
	if out.Len() > MaxSchemaBytes {
		return nil, &fault{code: "refs_too_large", msg: "the schema grows too large by its references"}
	}
	return out.Bytes(), nil
}

// node copies what lies between the references, from being the first byte not yet copied.
func (in *inliner) node(out *bytes.Buffer, raw []byte, n *node, from *int, stack []string) *fault {
	if name, ok := sharedName(raw, n); ok {
		out.Write(raw[*from:n.at])
		*from = n.end
		merged, f := in.ref(raw, n, name, stack)
		if f != nil {
			return &fault{code: f.code, msg: f.msg, at: n.get("$ref").at}
		}
		out.Write(merged)
		return nil
	}
	for i := range n.members {
		if f := in.node(out, raw, n.members[i].value, from, stack); f != nil {
			return f
		}
	}
	for _, item := range n.items {
		if f := in.node(out, raw, item, from, stack); f != nil {
			return f
		}
	}
	return nil
}

// sharedName returns x of {"$ref": "shared/<x>.schema.json"} with its ending.
func sharedName(raw []byte, n *node) (string, bool) {
	ref := n.get("$ref")
	if ref == nil || ref.kind != '"' {
		return "", false
	}
	text, _ := ref.decode(raw).(string)
	name, ok := strings.CutPrefix(text, sharedPrefix)
	if !ok || !strings.HasSuffix(name, sharedSuffix) || len(name) > 100 {
		return "", false
	}
	key := strings.TrimSuffix(name, sharedSuffix)
	plain := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' }
	return name, key != "" && strings.TrimFunc(key, plain) == ""
}

func (in *inliner) ref(raw []byte, n *node, name string, stack []string) ([]byte, *fault) {
	for _, above := range stack {
		if above == name {
			return nil, &fault{code: "ref_circle", msg: "the shared schema " + name + " refers to itself"}
		}
	}
	if in.refs++; in.refs > maxRefs || len(stack) >= maxRefDepth {
		return nil, &fault{code: "too_many_refs", msg: "too many references to shared schemas"}
	}
	content, err := in.shared(name)
	if err != nil {
		return nil, &fault{code: "unknown_shared", msg: "there is no shared schema " + name}
	}
	content, f := in.text(content, append(stack[:len(stack):len(stack)], name))
	if f != nil {
		return nil, &fault{code: f.code, msg: name + ": " + f.msg}
	}
	target, f := scan(content, schemaLimits(), true)
	if f != nil || target.kind != '{' {
		return nil, &fault{code: "unknown_shared", msg: "the shared schema " + name + " is no object"}
	}
	return merge(raw, n, content, target), nil
}

// merge writes target's members with n's over them, on as many lines as n has.
func merge(raw []byte, n *node, content []byte, target *node) []byte {
	out := bytes.NewBufferString("{")
	out.WriteString(strings.Repeat("\n", bytes.Count(raw[n.at:n.end], []byte{'\n'})))
	first := true
	write := func(key string, value []byte) {
		if !first {
			out.WriteByte(',')
		}
		first = false
		quoted, err := json.Marshal(key)
		if err != nil {
			return // a text always has a writing
		}
		out.Write(quoted)
		out.WriteByte(':')
		if err := json.Compact(out, value); err != nil {
			return // the scanner passed it
		}
	}
	for _, m := range target.members {
		switch {
		case m.key == "$schema" || m.key == "$id" || m.key == "$comment" || n.get(m.key) != nil && m.key != "$ref":
		default:
			write(m.key, content[m.value.at:m.value.end])
		}
	}
	for _, m := range n.members {
		if m.key != "$ref" {
			write(m.key, raw[m.value.at:m.value.end])
		}
	}
	out.WriteByte('}')
	return out.Bytes()
}
