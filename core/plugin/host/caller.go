package host

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc/metadata"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	wirev1 "github.com/opora-desk/opora/core/plugin/wire/v1"
	"github.com/opora-desk/opora/core/telemetry/span"
)

const (
	// usualDeadline is that of a hook whose declaration states none; mostDeadline bounds what it may state.
	usualDeadline = 5 * time.Second
	mostDeadline  = 30 * time.Second
	// comeBack is what a refused caller is told to wait.
	comeBack = 5 * time.Second
	codeBusy = "plugin_busy"
)

// Caller calls the hooks of one system, whichever process serves it at the moment. Every call fails
// at once with Unavailable, code plugin_unavailable, while none is ready; with plugin_deadline when
// the hook's declared deadline passes; with plugin_busy when too many calls are running until then;
// with NotFound, code hook_not_declared, for a hook that the declaration does not name. It is safe
// for concurrent use and may be kept.
type Caller struct {
	system *system
}

// ReadLetter finds form and fields in a mail's text.
func (c *Caller) ReadLetter(ctx context.Context, call api.Call, letter api.IncomingLetter) (api.ReadLetter, error) {
	return invoke(ctx, c.system, api.HookReadLetter, call, func(ctx context.Context, remote *wirev1.Client) (api.ReadLetter, error) {
		return remote.ReadLetter(ctx, call, letter)
	})
}

// Prefill proposes values for a form.
func (c *Caller) Prefill(ctx context.Context, call api.Call, form string, person api.PersonFacts) (json.RawMessage, error) {
	return invoke(ctx, c.system, api.HookPrefill, call, func(ctx context.Context, remote *wirev1.Client) (json.RawMessage, error) {
		return remote.Prefill(ctx, call, form, person)
	})
}

// Lookup proposes values of one field.
func (c *Caller) Lookup(ctx context.Context, call api.Call, lookup, typed string) ([]api.Choice, error) {
	return invoke(ctx, c.system, api.HookLookup, call, func(ctx context.Context, remote *wirev1.Client) ([]api.Choice, error) {
		return remote.Lookup(ctx, call, lookup, typed)
	})
}

// HandleEvents hands over a batch of events.
func (c *Caller) HandleEvents(ctx context.Context, call api.Call, events []api.Event) ([]api.EventResult, error) {
	results, err := invoke(ctx, c.system, api.HookHandleEvents, call, func(ctx context.Context, remote *wirev1.Client) ([]api.EventResult, error) {
		return remote.HandleEvents(ctx, call, events)
	})
	if slices.ContainsFunc(results, func(r api.EventResult) bool { return r.Reason == wirev1.NotAnswered }) {
		c.system.calls.blame(api.HookHandleEvents, "it does not answer for the events that it was given")
	}
	return results, err
}

func invoke[T any](
	ctx context.Context, s *system, name string, call api.Call, do func(context.Context, *wirev1.Client) (T, error),
) (T, error) {
	var none T
	p, hook, err := s.enter(name)
	if err != nil {
		s.calls.refuse(name, err)
		return none, err
	}
	defer p.leave()
	ctx, opened := span.Call(ctx, "plugin "+name)
	defer func() { opened.End(err) }()
	if opened.On() {
		opened.Text("rpc.system", "grpc")
		opened.Text("rpc.method", name)
		opened.Text("opora.system", s.key)
		opened.Text("opora.release", p.build.Version)
		// The process may go on with the trace; it is told nothing that it could not know.
		span.Inject(ctx, func(key, value string) { ctx = metadata.AppendToOutgoingContext(ctx, key, value) })
	}
	bounded, cancel := context.WithTimeout(ctx, deadline(hook))
	defer cancel()
	began := s.host.options.Clock.Now()
	leave, err := s.slot(bounded, call.Tenant)
	if err != nil {
		s.calls.note(name, err, s.host.options.Clock.Now().Sub(began))
		return none, err
	}
	defer leave()
	answer, err := do(bounded, p.remote)
	if ctx.Err() == nil { // else the caller has gone, which is nobody's fault
		s.calls.note(name, err, s.host.options.Clock.Now().Sub(began))
	}
	if err != nil {
		err = fmt.Errorf("call plugin %s: %w", s.key, err)
		return none, err
	}
	return answer, nil
}

func deadline(hook api.Hook) time.Duration {
	if hook.DeadlineMS <= 0 {
		return usualDeadline
	}
	return min(time.Duration(hook.DeadlineMS)*time.Millisecond, mostDeadline)
}

// enter takes the active process, under the lock under which it is replaced, so that whoever replaces
// it knows of this call.
func (s *system) enter(name string) (*process, api.Hook, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active == nil || s.active.gone() {
		refusal := errs.New(errs.Unavailable, wirev1.CodeUnavailable, "plugin "+s.key+" is not ready: "+string(s.state))
		refusal.RetryAfter = comeBack
		return nil, api.Hook{}, refusal
	}
	hook, ok := s.active.hooks[name]
	if !ok {
		return nil, api.Hook{}, errs.New(errs.NotFound, wirev1.CodeNoHook, "plugin "+s.key+" does not declare "+name)
	}
	s.active.enter()
	return s.active, hook, nil
}

// gone reports whether the process has ended, which its supervisor may not have noticed yet.
func (p *process) gone() bool {
	select {
	case <-p.runner.done:
		return true
	default:
		return false
	}
}

// slot waits for a place among the tenant's calls, then among the plugin's, as long as ctx lasts. The
// tenant's comes first, so that one tenant's queue holds none of the plugin's places.
func (s *system) slot(ctx context.Context, tenant string) (leave func(), err error) {
	s.mu.Lock()
	own, ok := s.tenants[tenant]
	if !ok {
		own = make(chan struct{}, maxTenantCalls)
		s.tenants[tenant] = own
	}
	s.mu.Unlock()
	taken := make([]chan struct{}, 0, 2)
	leave = func() {
		for _, slots := range taken {
			<-slots
		}
	}
	for _, slots := range []chan struct{}{own, s.slots} {
		select {
		case slots <- struct{}{}:
			taken = append(taken, slots)
		case <-ctx.Done():
			leave()
			busy := errs.Wrap(errs.Unavailable, codeBusy, ctx.Err())
			busy.RetryAfter = comeBack
			return nil, busy
		}
	}
	return leave, nil
}
