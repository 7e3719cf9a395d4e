package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
)

// streamWrite is how long one event may take to be written before the reader is given up.
const streamWrite = 10 * time.Second

// stream is a live screen: it says which tickets changed, to who may see them at that moment.
func (s *server) stream(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	if s.feed == nil {
		s.refuse(w, r, &errs.Error{Kind: errs.Unavailable, Code: "overloaded", Msg: "no feed", RetryAfter: time.Minute})
		return
	}
	leave, err := s.gates.streams.enter(c.who())
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	defer leave()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return
	}
	entries, cancel := s.feed.Subscribe(r.Context())
	defer cancel()
	w.WriteHeader(http.StatusOK)
	out := &eventWriter{to: w, control: http.NewResponseController(w)}
	// Readers come back one by one after a restart.
	if !out.write(fmt.Sprintf("retry: %d\n\n", 1000+rand.IntN(4000))) { //nolint:gosec // spreads load, hides nothing
		return
	}
	s.follow(r.Context(), c, chi.URLParam(r, "tenant"), entries, out)
}

func (s *server) follow(ctx context.Context, c *call, slug string, entries <-chan desk.FeedEntry, out *eventWriter) {
	beat, recheck := time.NewTicker(s.limits.Heartbeat), time.NewTicker(s.limits.Recheck)
	defer beat.Stop()
	defer recheck.Stop()
	signedOut, stopWaiting := s.farewell.wait(c.actor.Token)
	defer stopWaiting()
	for {
		alive := true
		select {
		case <-ctx.Done():
			return
		case <-s.closing:
			out.write(resetEvent)
			return
		case <-signedOut:
			out.write(resetEvent)
			return
		case <-beat.C:
			alive = out.write(":\n\n")
		case <-recheck.C:
			// Rights that were taken away, and a session that was ended, end the screen too.
			actor, err := s.desk.Authenticate(ctx, slug, c.token, c.lang)
			if err != nil {
				out.write(resetEvent)
				return
			}
			actor.Browser = c.cookie
			c.actor = actor
		case entry, open := <-entries:
			if !open {
				out.write(resetEvent)
				return
			}
			alive = s.tell(ctx, c, entry, out)
		}
		if !alive {
			return
		}
	}
}

const resetEvent = "event: reset\ndata: {}\n\n"

// tell writes one entry if its reader may see it.
func (s *server) tell(ctx context.Context, c *call, entry desk.FeedEntry, out *eventWriter) bool {
	if entry.Tenant != c.actor.Tenant.ID {
		return true
	}
	view, visible := s.desk.Visible(ctx, c.actor, entry)
	if !visible {
		return true
	}
	data, err := json.Marshal(view)
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelError, "write stream entry", slog.String("request_id", c.id), slog.String("error", err.Error()))
		return false
	}
	return out.write("event: ticket\ndata: " + string(data) + "\n\n")
}

type eventWriter struct {
	to      http.ResponseWriter
	control *http.ResponseController
}

func (e *eventWriter) write(text string) bool {
	_ = e.control.SetWriteDeadline(clock.System{}.Now().Add(streamWrite))
	if _, err := e.to.Write([]byte(text)); err != nil {
		return false
	}
	return e.control.Flush() == nil
}
