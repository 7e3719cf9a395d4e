package strict

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/opora-desk/opora/core/plugin/api"
)

// Sorted orders findings by file and place, and drops repeats. It changes the list that it is given.
func Sorted(findings []api.Finding) []api.Finding {
	slices.SortStableFunc(findings, func(a, b api.Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Msg, b.Msg))
	})
	return slices.Compact(findings)
}

// Suggest returns "; did you mean …?" where a known word is one or two slips away from the given one.
func Suggest(given string, known []string) string {
	best, distance := "", 3
	for _, word := range known {
		if word == given {
			continue
		}
		if d := editDistance(given, word); d < distance && d < max(len(word), len(given)) {
			best, distance = word, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// editDistance is Levenshtein's; words longer than 64 bytes count as far from everything.
func editDistance(a, b string) int {
	const longest = 64
	if len(a) > longest || len(b) > longest {
		return longest
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
