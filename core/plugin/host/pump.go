package host

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/opora-desk/opora/core/clock"
)

// Bounds of what is kept of a plugin's log.
const (
	maxLine     = 16 << 10
	maxKept     = 2 << 10
	maxSaid     = 400
	linesASec   = 200
	tailLines   = 500
	streamOut   = "stdout"
	streamErr   = "stderr"
	streamCore  = "core"
	truncatedBy = " …"
	fatalError  = "fatal error: "
)

// LogLine is one line that a plugin wrote, or that the host wrote about its processes.
type LogLine struct {
	At time.Time
	// Stream is "stdout" or "stderr", and "core" for a line of the host's own. A plugin cannot write such.
	Stream string
	Level  slog.Level
	Text   string
}

// pump takes what the processes of one system write, whatever it is. It never fails and never blocks
// a writer for longer than it takes to look at the bytes.
type pump struct {
	logger *slog.Logger
	clock  clock.Clock

	mu      sync.Mutex
	tail    []LogLine
	next    int
	window  time.Time
	count   int
	dropped int64
	// unsaid is the part of dropped that was not reported yet.
	unsaid int64
	stray  int64
}

func newPump(system string, logger *slog.Logger, clk clock.Clock) *pump {
	return &pump{logger: logger.With(slog.String("plugin", system)), clock: clk}
}

// stream returns a writer for one stream of one process.
func (p *pump) stream(name string) *lineWriter { return &lineWriter{pump: p, name: name} }

func (p *pump) lines() []LogLine {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.tail) < tailLines {
		return append([]LogLine(nil), p.tail...)
	}
	return append(append([]LogLine(nil), p.tail[p.next:]...), p.tail[:p.next]...)
}

func (p *pump) counts() (dropped, stray int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dropped, p.stray
}

func (p *pump) line(stream string, raw []byte, cutOff bool) {
	now := p.clock.Now()
	allowed, unsaid := p.admit(now)
	if unsaid > 0 {
		p.logger.Warn("plugin log lines dropped", slog.Int64("lines", unsaid))
	}
	if !allowed {
		return
	}
	line := LogLine{At: now, Stream: stream, Level: levelOf(raw), Text: clean(raw, cutOff)}
	p.keep(line)
	attrs := []any{slog.String("stream", stream), slog.String("line", line.Text)}
	switch {
	case line.Level >= slog.LevelWarn: // a plugin's error is not an error of ours
		p.logger.Warn("plugin log", attrs...)
	case line.Level >= slog.LevelInfo:
		p.logger.Info("plugin log", attrs...)
	default:
		p.logger.Debug("plugin log", attrs...)
	}
}

// note puts a line of the host's own among those of the processes. It stands in the same ring; however
// much a plugin writes, the rate of its lines does not keep it out.
func (p *pump) note(level slog.Level, text string) {
	p.keep(LogLine{At: p.clock.Now(), Stream: streamCore, Level: level, Text: clean([]byte(text), false)})
}

func (p *pump) admit(now time.Time) (allowed bool, unsaid int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.window) >= time.Second || now.Before(p.window) {
		p.window, p.count = now, 0
		unsaid, p.unsaid = p.unsaid, 0
	}
	p.count++
	if p.count > linesASec {
		p.dropped++
		p.unsaid++
		return false, unsaid
	}
	return true, unsaid
}

func (p *pump) keep(line LogLine) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.tail) < tailLines {
		p.tail = append(p.tail, line)
		return
	}
	p.tail[p.next] = line
	p.next = (p.next + 1) % tailLines
}

// levelOf reads the level of a JSON line, by slog's key or by hclog's. Nothing is taken for granted:
// a value of another type is no level.
func levelOf(raw []byte) slog.Level {
	raw = bytes.TrimSpace(raw)
	if bytes.HasPrefix(raw, []byte("panic: ")) || bytes.HasPrefix(raw, []byte(fatalError)) {
		return slog.LevelError
	}
	if len(raw) == 0 || raw[0] != '{' {
		return slog.LevelInfo
	}
	var entry struct {
		Slog  json.RawMessage `json:"level"`
		HCLog json.RawMessage `json:"@level"`
	}
	if json.Unmarshal(raw, &entry) != nil {
		return slog.LevelInfo
	}
	for _, value := range []json.RawMessage{entry.Slog, entry.HCLog} {
		var text string
		var level slog.Level
		if len(value) > 0 && json.Unmarshal(value, &text) == nil && level.UnmarshalText([]byte(text)) == nil {
			return level
		}
	}
	return slog.LevelInfo
}

// clean makes a line safe to show: valid text without control characters, of bounded length.
func clean(raw []byte, cutOff bool) string {
	if len(raw) > maxKept {
		raw, cutOff = raw[:maxKept], true
	}
	text := strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || !unicode.IsPrint(r) && r != ' ' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(raw), ""))
	if cutOff {
		text += truncatedBy
	}
	return text
}

// lineWriter cuts a stream into lines of bounded length.
type lineWriter struct {
	pump *pump
	name string

	mu   sync.Mutex
	line []byte
	// said is the beginning of the last line.
	said string
	// over: the line has outgrown maxLine and its rest is skipped.
	over bool
	// starved: Go's runtime said that it was given no more memory, and ended the process.
	starved bool
}

// Write takes any bytes and always succeeds.
func (w *lineWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	written := len(b)
	if w.name == streamOut {
		w.pump.mu.Lock()
		w.pump.stray += int64(written)
		w.pump.mu.Unlock()
	}
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n')
		part := b
		if end >= 0 {
			part = b[:end]
		}
		if room := maxLine - len(w.line); len(part) > room {
			part, w.over = part[:room], true
		}
		w.line = append(w.line, part...)
		if end < 0 {
			return written, nil
		}
		w.flushLocked()
		b = b[end+1:]
	}
	return written, nil
}

// flush hands over a last line that has no end.
func (w *lineWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.line) > 0 {
		w.flushLocked()
	}
}

// last returns the last line, cut to a length that can stand in a sentence.
func (w *lineWriter) last() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.said
}

// ranOut tells whether the process ended for want of memory.
func (w *lineWriter) ranOut() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.starved
}

// refusedMemory tells whether a line is the one that Go's runtime ends with when it is given no memory.
func refusedMemory(line []byte) bool {
	return bytes.HasPrefix(line, []byte(fatalError)) &&
		(bytes.Contains(line, []byte("out of memory")) || bytes.Contains(line, []byte("cannot allocate memory")))
}

func (w *lineWriter) flushLocked() {
	w.starved = w.starved || refusedMemory(w.line)
	w.said = clean(w.line[:min(len(w.line), maxSaid)], false)
	w.pump.line(w.name, w.line, w.over)
	w.line, w.over = w.line[:0], false
}
