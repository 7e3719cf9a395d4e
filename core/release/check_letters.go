package release

import (
	"errors"
	"slices"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/letter"
	"github.com/opora-desk/opora/core/plugin/api"
)

func (c *checker) letters() {
	letters := c.d.Texts.Letters
	for _, need := range []struct{ key, status string }{{letter.Incomplete, c.d.Statuses.Incomplete}, {letter.Refused, c.d.Statuses.Refused}} {
		if _, ok := letters[need.key]; !ok && need.status != "" {
			c.fail("/texts/letters", "no_letter", "tickets may land in status %q, so texts.letters needs %q", need.status, need.key)
		}
	}
	for _, key := range c.Keys("/texts/letters") {
		c.template("/texts/letters/"+api.EscapeToken(key), letters[key])
	}
}

// template checks a letter as it is checked again when it is rendered.
func (c *checker) template(pointer string, declared api.Letter) {
	err := letter.Check(declared)
	if err == nil {
		return
	}
	msg := err.Error()
	var bad *errs.Error
	if errors.As(err, &bad) {
		within, _ := bad.Args["pointer"].(string)
		pointer, msg = pointer+within, bad.Msg
	}
	c.fail(pointer, "bad_template", "%s", msg)
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
