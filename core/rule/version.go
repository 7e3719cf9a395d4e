package rule

import (
	"strconv"
	"strings"

	"github.com/opora-desk/opora/core/plugin/api"
)

// AppliesTo reports whether a rule is meant for the forms of a release: it has no `since`, or the
// release is that one or a later one. Pre-release and build parts of the release do not count; a
// release that is no version counts as current.
func AppliesTo(r api.Rule, formRelease string) bool {
	since, ok := version(r.Since)
	if !ok {
		return true
	}
	release, ok := version(formRelease)
	if !ok {
		return true
	}
	for i := range since {
		if release[i] != since[i] {
			return release[i] > since[i]
		}
	}
	return true
}

func version(text string) ([3]int, bool) {
	var out [3]int
	if cut := strings.IndexAny(text, "-+"); cut >= 0 {
		text = text[:cut]
	}
	parts := strings.Split(text, ".")
	if len(parts) != len(out) {
		return out, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return out, false
		}
		out[i] = n
	}
	return out, true
}
