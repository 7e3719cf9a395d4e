package httpapi

import (
	"io"
	"net/http"
	"time"

	"github.com/opora-desk/opora/core/clock"
)

// steadyReader moves the connection's deadlines on with every read, so that a large file may take long
// but may not stand still.
type steadyReader struct {
	from    io.Reader
	control *http.ResponseController
	idle    time.Duration
	until   time.Time
}

func (s *server) steady(w http.ResponseWriter, from io.Reader) *steadyReader {
	r := &steadyReader{from: from, control: http.NewResponseController(w), idle: s.limits.Idle}
	r.until = r.now().Add(s.limits.Transfer)
	return r
}

// now is the machine's time: deadlines of a connection know no other.
func (r *steadyReader) now() time.Time { return clock.System{}.Now() }

// Read reads on and leaves time for the answer after the last read.
func (r *steadyReader) Read(p []byte) (int, error) {
	deadline := r.now().Add(r.idle)
	if deadline.After(r.until) {
		deadline = r.until
	}
	_ = r.control.SetReadDeadline(deadline)
	_ = r.control.SetWriteDeadline(deadline.Add(time.Minute))
	return r.from.Read(p)
}

// steadyWriter moves the deadline on with every write.
type steadyWriter struct {
	http.ResponseWriter

	control *http.ResponseController
	idle    time.Duration
}

func (s *server) steadyWriter(w http.ResponseWriter) *steadyWriter {
	return &steadyWriter{ResponseWriter: w, control: http.NewResponseController(w), idle: s.limits.Idle}
}

// Write writes on within the time that one piece may take.
func (w *steadyWriter) Write(p []byte) (int, error) {
	_ = w.control.SetWriteDeadline(clock.System{}.Now().Add(w.idle))
	return w.ResponseWriter.Write(p)
}
