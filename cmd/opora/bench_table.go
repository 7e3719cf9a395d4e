package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// benchRow is one figure with what limits it; both hold one value a round.
type benchRow struct {
	section, figure, unit string
	ours                  []float64
	limit                 []float64
	limitIs               string
	// goal is what the median of the ratios should reach (atLeast) or not pass; 0 for none.
	goal    float64
	atLeast bool
}

// benchTable gathers the figures of a run.
type benchTable struct {
	rows   []benchRow
	server string
}

func (t *benchTable) add(r benchRow) { t.rows = append(t.rows, r) }

// ratios divide round by round, since both were measured one after the other.
func (r benchRow) ratios() []float64 {
	var all []float64
	for i := range min(len(r.ours), len(r.limit)) {
		if r.limit[i] > 0 {
			all = append(all, r.ours[i]/r.limit[i])
		}
	}
	return all
}

func (r benchRow) verdict() string {
	ratios := r.ratios()
	if r.goal == 0 || len(ratios) == 0 {
		return ""
	}
	sign, met := "≤", benchMedian(ratios) <= r.goal
	if r.atLeast {
		sign, met = "≥", benchMedian(ratios) >= r.goal
	}
	word := "met"
	if !met {
		word = "MISSED"
	}
	return fmt.Sprintf("%s %s %s", sign, benchNumber(r.goal), word)
}

// print writes the table as Markdown whose columns also stand under each other on a terminal.
func (t *benchTable) print(out io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n\nEach figure: minimum / median / maximum of the rounds; the limit was measured in the same run, in turns with it; the ratio is figure to limit, round by round.\n\n", t.machine())
	w := tabwriter.NewWriter(&text, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| part\t| figure\t| unit\t| Opora\t| limit\t| the limit is\t| ratio\t| goal\t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, r := range t.rows {
		fmt.Fprintf(w, "| %s\t| %s\t| %s\t| %s\t| %s\t| %s\t| %s\t| %s\t|\n", r.section, r.figure, r.unit,
			benchTriple(r.ours), benchTriple(r.limit), r.limitIs, benchTriple(r.ratios()), r.verdict())
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("lay out table: %w", err)
	}
	if _, err := io.WriteString(out, text.String()); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func benchTriple(values []float64) string {
	if len(values) == 0 {
		return "–"
	}
	return benchNumber(slices.Min(values)) + " / " + benchNumber(benchMedian(values)) + " / " + benchNumber(slices.Max(values))
}

// benchNumber writes three digits that say something.
func benchNumber(v float64) string {
	switch size := math.Abs(v); {
	case size >= 100 || v == 0:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case size >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case size >= 0.1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	default:
		return strconv.FormatFloat(v, 'g', 2, 64)
	}
}

func benchMedian(values []float64) float64 { return benchQuantile(values, 0.5) }

func benchQuantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	place := q * float64(len(sorted)-1)
	low := int(place)
	if low+1 >= len(sorted) {
		return sorted[low]
	}
	return sorted[low] + (place-float64(low))*(sorted[low+1]-sorted[low])
}

// machine describes what the figures were measured on, in one line.
func (t *benchTable) machine() string {
	parts := []string{benchProc("/proc/cpuinfo", "model name"), fmt.Sprintf("%d cores", runtime.NumCPU())}
	if kilobytes, err := strconv.ParseFloat(strings.TrimSuffix(benchProc("/proc/meminfo", "MemTotal"), " kB"), 64); err == nil {
		parts = append(parts, fmt.Sprintf("%.0f GiB", kilobytes/(1<<20)))
	}
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		parts = append(parts, "Linux "+strings.TrimSpace(string(release)))
	}
	if t.server != "" {
		parts = append(parts, "PostgreSQL "+t.server)
	}
	return strings.Join(append(parts, runtime.Version(), "load and server on one machine"), ", ")
}

// benchProc is the first value of a name in a file of /proc.
func benchProc(path, name string) string {
	raw, err := os.ReadFile(path) //nolint:gosec // files of /proc
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(raw)) {
		if key, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// benchLine is a line that `go test -bench` writes.
var benchLine = regexp.MustCompile(`^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([0-9.]+) ns/op`)

// readGo adds the Go benchmarks of a file. Of a benchmark with two parts named opora and limit they
// make one row; each repetition (-count) is a round.
func (t *benchTable) readGo(path string) error {
	if path == "" {
		return nil
	}
	file, err := os.Open(path) //nolint:gosec // a file that the caller named
	if err != nil {
		return fmt.Errorf("open Go benchmarks: %w", err)
	}
	defer func() { _ = file.Close() }()
	values, order := map[string][]float64{}, []string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		found := benchLine.FindStringSubmatch(lines.Text())
		if found == nil {
			continue
		}
		nanoseconds, err := strconv.ParseFloat(found[2], 64)
		if err != nil {
			return fmt.Errorf("read Go benchmark: %w", err)
		}
		name, limit := strings.CutSuffix(found[1], "/limit")
		name = strings.TrimSuffix(name, "/opora")
		if values[name] == nil && !limit {
			order = append(order, name)
		}
		if limit {
			name += "/limit"
		}
		values[name] = append(values[name], nanoseconds/float64(time.Microsecond))
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read Go benchmarks: %w", err)
	}
	for _, name := range order {
		// Others have no limit to stand beside: go test prints them.
		if values[name+"/limit"] == nil {
			continue
		}
		part, figure, _ := strings.Cut(name, "/")
		about := benchGoLimits[part]
		t.add(benchRow{
			section: benchWords(part), figure: strings.ReplaceAll(figure, "_", " "), unit: "µs",
			ours: values[name], limit: values[name+"/limit"], limitIs: about,
		})
	}
	return nil
}

// benchGoLimits say what the limits of the Go benchmarks are.
var benchGoLimits = map[string]string{
	"RulePass":         "its compiled expressions alone",
	"IntakeValidation": "encoding/json and the library of JSON Schema",
	"DecisionTrace":    "encoding/json over the same values",
	"PluginCall":       "the same call by the bare connection",
}

var benchCapital = regexp.MustCompile(`([a-z])([A-Z])`)

// benchWords writes RulePass as "rule pass".
func benchWords(name string) string {
	return strings.ToLower(benchCapital.ReplaceAllString(name, "$1 $2"))
}
