package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBenchPrintsTheWholeTable runs every measurement for a moment: each figure must be there with its
// limit and their ratio. What the figures are says nothing on a machine that runs tests.
func TestBenchPrintsTheWholeTable(t *testing.T) {
	t.Parallel()
	lines := filepath.Join(t.TempDir(), "go")
	require.NoError(t, os.WriteFile(lines, []byte("BenchmarkRulePass/sample/opora-2 \t 10 \t 2000 ns/op\nBenchmarkRulePass/sample/limit-2 \t 10 \t 500 ns/op\nBenchmarkAlone-2 \t 10 \t 7 ns/op\n"), 0o600))
	command := exec.Command("opora", "bench", "--quick", "--lang", "en", "--plugins", shared.plugins, "--go", lines)
	var out, said bytes.Buffer
	command.Stdout, command.Stderr = &out, &said
	require.NoError(t, command.Run(), said.String())
	table := out.String()
	require.Regexp(t, `(?m)^.+, \d+ cores, \d+ GiB, Linux .+, PostgreSQL \d+\.\d+, go1\.`, table)
	require.NotContains(t, table, "Alone")
	require.Contains(t, table, "2.00 / 2.00 / 2.00 ")

	for _, figure := range []string{
		"opora up, empty folder", "opora up, used folder", "procurement-goszakaz reads a letter",
		"desk.Submit, 1 clients, 64 desks", "desk.Submit, 8 clients, 64 desks", "desk.Submit, 32 clients, 64 desks",
		"HTTP API, 1 clients, 64 desks", "HTTP API, 8 clients, 64 desks", "HTTP API, 32 clients, 64 desks",
		"desk.Submit, 1 clients, one desk", "desk.Submit, 8 clients, one desk", "desk.Submit, 32 clients, one desk",
		"HTTP API, 1 clients, one desk", "HTTP API, 8 clients, one desk", "HTTP API, 32 clients, one desk",
		"commit to live screen (SSE)", "commit to the dispatcher's job",
		"95th percentile of filing at 20/s while 64 people of another tenant flood", "95th percentile of filing at 20/s while one person of another tenant floods",
		"core, idle", "core, filing by 8 clients (highest)", "core, 20 live streams", "core, 50 live streams", "plugin procurement-goszakaz",
		"page of 50, open tickets of a queue, 2k, database", "page of 50, open tickets of a queue, 2k, API",
		"page of 50, done tickets of a queue, 2k, database", "page of 50, a whole desk, 2k, API", "counts of a desk's queues, 2k, database",
		"a ticket's page, 2k, database", "a ticket's page, 2k, API", "a ticket's page with its history, 2k, database",
		"search by a rare word, 2k, database", "search by a word of 1 in 1,000, 2k, API", "search by a word of 1 in 20, 2k, database",
		"search by a registry number, 2k, database", "search by a ticket's number, 2k, API", "search by the beginning of a number, 2k, database",
		"page of 50, a whole desk, database", "search by a rare word, database", // how they grow
		"sample",
	} {
		require.True(t, complete(table, figure), "%s is not in the table with its limit:\n%s\n%s", figure, table, said.String())
	}
}

var threeFigures = regexp.MustCompile(`^[0-9.e+-]+ / [0-9.e+-]+ / [0-9.e+-]+$`)

// complete reports whether a figure stands in the table with its own, its limit's and their ratio's
// three numbers.
func complete(table, figure string) bool {
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 10 || strings.TrimSpace(cells[2]) != figure {
			continue
		}
		for _, n := range []int{4, 5, 7} {
			if !threeFigures.MatchString(strings.TrimSpace(cells[n])) {
				return false
			}
		}
		return strings.TrimSpace(cells[6]) != ""
	}
	return false
}

func TestBenchRefusesTheDataOfOthers(t *testing.T) {
	t.Parallel()
	home, err := newHome()
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	data := filepath.Join(home, "data")
	run := func(args ...string) (string, error) {
		command := exec.Command("opora", append(args, "--lang", "en", "--data", data)...)
		command.Dir = home
		said, err := command.CombinedOutput()
		return string(said), err
	}
	s, err := startServer(data, "up", "--plugins", shared.plugins)
	require.NoError(t, err)
	said, err := run("tenant", "create", "somebody", "--title", "Somebody")
	require.NoError(t, err, said)
	require.NoError(t, s.end(os.Interrupt))
	said, err = run("bench", "seed", "--plugins", shared.plugins)
	require.Error(t, err)
	require.Contains(t, said, "has tenants that were not made for measuring")
}

func TestBenchNumbers(t *testing.T) {
	t.Parallel()
	require.Equal(t, "0.012 / 0.50 / 1234", benchTriple([]float64{0.5, 1234, 0.012}))
	require.InDelta(t, 1.5, benchMedian([]float64{1, 2}), 0)
	require.InDelta(t, 10.0, benchQuantile([]float64{10}, 0.95), 0)
	require.InDelta(t, 9.55, benchQuantile([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.95), 1e-9)
	low := benchRow{ours: []float64{5}, limit: []float64{10}, goal: 0.85, atLeast: true}
	require.Equal(t, "≥ 0.85 MISSED", low.verdict())
	low.goal, low.atLeast = 2, false
	require.Equal(t, "≤ 2.00 met", low.verdict())
	require.Equal(t, "7500000019", benchINN(0))
	require.Equal(t, "rule pass", benchWords("RulePass"))
}
