package host

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
)

func newTestPump(out *bytes.Buffer) (*pump, *clock.Manual) {
	clk := clock.NewManual(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
	return newPump("example", slog.New(slog.NewJSONHandler(out, nil)), clk), clk
}

func TestLinesAreCutAndBounded(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p, _ := newTestPump(&out)
	w := p.stream(streamErr)
	for _, part := range []string{"one\ntw", "o\n", strings.Repeat("x", 3*maxLine), strings.Repeat("y", maxLine) + "\nlast"} {
		n, err := w.Write([]byte(part))
		require.NoError(t, err)
		require.Equal(t, len(part), n)
		require.LessOrEqual(t, cap(w.line), 2*maxLine)
	}
	w.flush()
	lines := p.lines()
	require.Len(t, lines, 4)
	require.Equal(t, "one", lines[0].Text)
	require.Equal(t, "two", lines[1].Text)
	require.LessOrEqual(t, len(lines[2].Text), maxKept+len(truncatedBy))
	require.Equal(t, "last", lines[3].Text)
}

func TestExcessIsCountedAndSaidOnce(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p, clk := newTestPump(&out)
	w := p.stream(streamErr)
	for range linesASec + 50 {
		_, _ = w.Write([]byte("line\n"))
	}
	dropped, _ := p.counts()
	require.EqualValues(t, 50, dropped)
	clk.Advance(time.Second)
	_, _ = w.Write([]byte("after\n"))
	require.Equal(t, 1, strings.Count(out.String(), `"lines":50`))
	require.Equal(t, "after", p.lines()[linesASec].Text)
}

func TestTailKeepsTheLastLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p, clk := newTestPump(&out)
	w := p.stream(streamErr)
	for i := range tailLines + 10 {
		if i%100 == 0 {
			clk.Advance(time.Second)
		}
		_, _ = w.Write([]byte(strings.Repeat("i", i%7) + "\n"))
	}
	_, _ = w.Write([]byte("end\n"))
	lines := p.lines()
	require.Len(t, lines, tailLines)
	require.Equal(t, "end", lines[tailLines-1].Text)
}

func TestLevelsAreReadWithoutTrust(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]slog.Level{
		`{"level":"ERROR","msg":"x"}`:              slog.LevelError,
		`{"@level":"warn","@message":"x"}`:         slog.LevelWarn,
		`{"@level":3,"@message":[],"@timestamp":{`: slog.LevelInfo,
		`{"@level":3,"@message":[]}`:               slog.LevelInfo,
		`{"level":{"a":1}}`:                        slog.LevelInfo,
		`panic: oh`:                                slog.LevelError,
		`{"level":"DEBUG"}`:                        slog.LevelDebug,
		``:                                         slog.LevelInfo,
	} {
		require.Equal(t, want, levelOf([]byte(line)), line)
	}
}

func TestPluginCannotWriteErrorsIntoOurLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p, _ := newTestPump(&out)
	_, _ = p.stream(streamErr).Write([]byte("{\"level\":\"ERROR\",\"msg\":\"x\"}\n"))
	require.Contains(t, out.String(), `"level":"WARN"`)
	require.NotContains(t, out.String(), `"level":"ERROR"`)
}

func FuzzLog(f *testing.F) {
	for _, seed := range []string{`{"@level":3}`, "a\x1b[2Jb\n\xff\xfe", strings.Repeat("[", 20_000), `{"level":"INFO+99999999999"}`, "\u202eabc\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var out bytes.Buffer
		p, _ := newTestPump(&out)
		w := p.stream(streamErr)
		_, err := w.Write(raw)
		require.NoError(t, err)
		w.flush()
		for _, line := range p.lines() {
			require.LessOrEqual(t, len(line.Text), maxKept+len(truncatedBy))
			require.False(t, strings.ContainsFunc(line.Text, unicode.IsControl))
		}
	})
}

func TestBackoffDoublesAndQuarantineForgetsOldFailures(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
	timing := Timing{}.orDefaults()
	s := newSystem(&Host{options: Options{Clock: clk, Logger: slog.New(slog.DiscardHandler), Timing: timing}}, "example")
	s.target = &Build{System: "example"}
	for _, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second} {
		s.failLocked("x", CauseEnded)
		require.Equal(t, Backoff, s.state)
		require.InDelta(t, float64(want), float64(s.retryAt.Sub(clk.Now())), 0.21*float64(want))
		clk.Advance(3 * time.Minute)
	}
	// Twelve minutes have passed: the first failures count no longer, and the delay goes on growing.
	for range 30 {
		s.failLocked("x", CauseEnded)
		require.Equal(t, Backoff, s.state)
		clk.Advance(3 * time.Minute)
	}
	require.LessOrEqual(t, s.retryAt.Sub(clk.Now())+3*time.Minute, 72*time.Second)
	for range 4 {
		s.failLocked("x", CauseEnded)
	}
	require.Equal(t, Quarantined, s.state)
}

func TestLinesOfTheHostAreBoundedAndNotKeptOutByAFlood(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p, _ := newTestPump(&out)
	w := p.stream(streamErr)
	for range linesASec + 10 {
		_, err := w.Write([]byte("noise\n"))
		require.NoError(t, err)
	}
	p.note(slog.LevelWarn, "process 7 was lost: "+strings.Repeat("x", 3*maxKept)+"\x1b[31m\n")
	lines := p.lines()
	last := lines[len(lines)-1]
	require.Equal(t, streamCore, last.Stream)
	require.LessOrEqual(t, len(last.Text), maxKept+len(truncatedBy))
	require.NotContains(t, last.Text, "\x1b")
	for range 2 * tailLines {
		p.note(slog.LevelInfo, "again")
	}
	require.Len(t, p.lines(), tailLines)
}
