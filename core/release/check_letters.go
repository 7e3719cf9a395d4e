package release

import (
	"fmt"
	"slices"
	syntax "text/template/parse"

	"github.com/opora-desk/opora/core/i18n"
)

// maxRanges bounds nested loops of a letter's template.
const maxRanges = 2

// letterFunctions are all that a template may call: enough for conditions, nothing that formats to a
// width of the author's choice or calls what it is given.
var letterFunctions = map[string]any{"and": 0, "or": 0, "not": 0, "eq": 0, "ne": 0, "len": 0}

func (c *checker) letters() {
	letters := c.d.Texts.Letters
	for _, need := range []struct{ key, status string }{{"incomplete", c.d.Statuses.Incomplete}, {"refused", c.d.Statuses.Refused}} {
		if _, ok := letters[need.key]; !ok && need.status != "" {
			c.fail("/texts/letters", "no_letter", "tickets may land in status %q, so texts.letters needs %q", need.status, need.key)
		}
	}
	for _, key := range keysOf(resolve(c.value, "/texts/letters")) {
		letter := letters[key]
		for _, part := range []struct {
			name string
			text i18n.Text
		}{{"subject", letter.Subject}, {"body", letter.Body}} {
			c.template("/texts/letters/"+key+"/"+part.name+"/ru", part.text.RU)
			c.template("/texts/letters/"+key+"/"+part.name+"/en", part.text.EN)
		}
	}
}

func (c *checker) template(pointer, text string) {
	trees, err := syntax.Parse("letter", text, "", "", letterFunctions)
	if err != nil {
		c.fail(pointer, "bad_template", "%s", err)
		return
	}
	if len(trees) > 1 {
		c.fail(pointer, "bad_template", "a letter defines no further templates")
		return
	}
	if tree, ok := trees["letter"]; ok && tree.Root != nil {
		if why := refuseNode(tree.Root, 0); why != "" {
			c.fail(pointer, "bad_template", "%s", why)
		}
	}
}

// refuseNode says why a template's node is not allowed; empty where it is.
func refuseNode(node syntax.Node, ranges int) string {
	switch n := node.(type) {
	case *syntax.ListNode:
		if n == nil {
			return ""
		}
		for _, child := range n.Nodes {
			if why := refuseNode(child, ranges); why != "" {
				return why
			}
		}
		return ""
	case *syntax.IfNode:
		return refuseBranch(&n.BranchNode, ranges)
	case *syntax.WithNode:
		return refuseBranch(&n.BranchNode, ranges)
	case *syntax.RangeNode:
		if ranges++; ranges > maxRanges {
			return fmt.Sprintf("line %d: more than %d loops in one another", n.Line, maxRanges)
		}
		return refuseBranch(&n.BranchNode, ranges)
	case *syntax.TemplateNode:
		return fmt.Sprintf("line %d: a letter calls no other template", n.Line)
	default:
		return ""
	}
}

func refuseBranch(branch *syntax.BranchNode, ranges int) string {
	for _, list := range []*syntax.ListNode{branch.List, branch.ElseList} {
		if list == nil {
			continue
		}
		if why := refuseNode(list, ranges); why != "" {
			return why
		}
	}
	return ""
}

// subjectPlaces returns the pointers of a subject: itself, or those in its {/pointer} places. It is
// false where a bracket is not closed.
func subjectPlaces(subject string) (pointers []string, ok bool) {
	if subject[0] == '/' {
		return []string{subject}, true
	}
	open := -1
	for i, c := range subject {
		switch {
		case c == '{' && open < 0:
			open = i
		case c == '{', c == '}' && open < 0:
			return nil, false
		case c == '}':
			pointers, open = append(pointers, subject[open+1:i]), -1
		}
	}
	return pointers, open < 0 && !slices.Contains(pointers, "")
}
