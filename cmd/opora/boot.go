package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/opora-desk/opora/core/httpapi"
)

const drainLimit = 10 * time.Second

// door is the listening socket. It is bound before anything else is started, so that a port in use is
// found at once, and tells that it lives until the node can take over.
type door struct {
	listener net.Listener
	server   *http.Server
	handler  atomic.Pointer[http.Handler]
	failed   chan error
}

func openDoor(ctx context.Context, address string, log *slog.Logger) (*door, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
			return nil, &refusal{key: "cli.error.port_in_use", args: arg("address", address), err: err}
		case errors.Is(err, syscall.EACCES):
			return nil, &refusal{key: "cli.error.port_denied", args: arg("address", address), err: err}
		}
		return nil, &refusal{key: "cli.error.address", args: arg("address", address, "detail", err.Error()), err: err}
	}
	d := &door{listener: listener, failed: make(chan error, 1)}
	d.use(http.HandlerFunc(starting))
	d.server = httpapi.NewServer(listener.Addr().String(), d, log)
	go func() {
		if err := d.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			d.failed <- fmt.Errorf("serve HTTP: %w", err)
		}
	}()
	return d, nil
}

// ServeHTTP hands over to whoever answers at the moment.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*d.handler.Load()).ServeHTTP(w, r) }

func (d *door) use(h http.Handler) { d.handler.Store(&h) }

// url is the address as a person types it.
func (d *door) url() string { return "http://" + d.listener.Addr().String() }

// close takes no new request and lets those in flight finish for a bounded time.
func (d *door) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainLimit)
	defer cancel()
	if d.server.Shutdown(ctx) != nil {
		_ = d.server.Close()
	}
}

// starting answers until the node is there.
func starting(w http.ResponseWriter, r *http.Request) {
	answer := func(kind string, status int, body any) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	switch r.URL.Path {
	case "/healthz":
		answer("application/json", http.StatusOK, map[string]string{"status": "ok"})
	case "/readyz":
		answer("application/json", http.StatusServiceUnavailable,
			httpapi.ReadyReport{Checks: map[string]string{"start": "starting"}})
	default:
		w.Header().Set("Retry-After", "2")
		answer("application/problem+json", http.StatusServiceUnavailable,
			map[string]any{"status": http.StatusServiceUnavailable, "code": "starting", "title": http.StatusText(http.StatusServiceUnavailable)})
	}
}
