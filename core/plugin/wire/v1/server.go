package wirev1

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"

	"google.golang.org/grpc"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

// Server answers the protocol with an api.System. It is safe for concurrent use.
type Server struct {
	UnimplementedSystemServer
	system api.System
	sdk    string

	mu       sync.Mutex
	inFlight int32
	draining bool
	idle     chan struct{}
}

// NewServer returns a server over system; sdk names the library that serves it.
func NewServer(system api.System, sdk string) *Server {
	return &Server{system: system, sdk: sdk, idle: make(chan struct{})}
}

// ServerOptions are what a gRPC server of a plugin must be made with: the limits of messages, and the
// end of a panic at the edge of its call. The stack goes to the log.
func ServerOptions(logger *slog.Logger) []grpc.ServerOption {
	recovering := func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (answer any, err error) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			stack := debug.Stack()
			logger.LogAttrs(ctx, slog.LevelError, "panic in a call",
				slog.String("method", info.FullMethod), slog.Any("cause", cause), slog.String("stack", string(stack[:min(len(stack), 8<<10)])))
			answer, err = nil, ToStatus(errs.New(errs.Internal, CodeFailed, "panic in the plugin"))
		}()
		return next(ctx, req)
	}
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(MaxMessageBytes), grpc.MaxSendMsgSize(MaxMessageBytes), grpc.ChainUnaryInterceptor(recovering),
	}
}

// Describe returns the declaration's files and their digest.
func (s *Server) Describe(context.Context, *DescribeRequest) (*DescribeResponse, error) {
	bundle := s.system.Bundle()
	answer := &DescribeResponse{Digest: bundle.Digest(), Sdk: s.sdk}
	for _, name := range bundle.Names() {
		answer.Files = append(answer.Files, &File{Path: name, Content: bundle.Files[name]})
	}
	return answer, nil
}

// Configure replaces the desks.
func (s *Server) Configure(ctx context.Context, in *ConfigureRequest) (*ConfigureResponse, error) {
	desks := make([]api.DeskConfig, 0, len(in.GetDesks()))
	for _, d := range in.GetDesks() {
		desks = append(desks, api.DeskConfig{Tenant: d.GetTenant(), Desk: d.GetDesk(), Config: d.GetConfigJson()})
	}
	if err := s.system.Configure(ctx, desks); err != nil {
		return nil, ToStatus(err)
	}
	return &ConfigureResponse{}, nil
}

// ReadLetter reads a letter.
func (s *Server) ReadLetter(ctx context.Context, in *ReadLetterRequest) (*ReadLetterResponse, error) {
	return hook(s, func() (*ReadLetterResponse, error) {
		read, err := s.system.ReadLetter(ctx, fromCall(in.GetCall()), api.IncomingLetter{
			From: in.GetFrom(), FromName: in.GetFromName(), To: in.GetTo(), Subject: in.GetSubject(), Text: in.GetText(),
		})
		return &ReadLetterResponse{Form: read.Form, FieldsJson: read.Fields}, err
	})
}

// Prefill proposes values of a form.
func (s *Server) Prefill(ctx context.Context, in *PrefillRequest) (*PrefillResponse, error) {
	return hook(s, func() (*PrefillResponse, error) {
		p := in.GetPerson()
		fields, err := s.system.Prefill(ctx, fromCall(in.GetCall()), in.GetForm(), api.PersonFacts{
			Name: p.GetName(), Email: p.GetEmail(), Phone: p.GetPhone(),
			OrganisationName: p.GetOrganisationName(), OrganisationINN: p.GetOrganisationInn(),
		})
		return &PrefillResponse{FieldsJson: fields}, err
	})
}

// Lookup proposes values of a field.
func (s *Server) Lookup(ctx context.Context, in *LookupRequest) (*LookupResponse, error) {
	return hook(s, func() (*LookupResponse, error) {
		found, err := s.system.Lookup(ctx, fromCall(in.GetCall()), in.GetLookup(), in.GetTyped())
		answer := &LookupResponse{}
		for _, choice := range found {
			answer.Choices = append(answer.Choices, &Choice{Value: choice.Value, Title: choice.Title})
		}
		return answer, err
	})
}

// HandleEvents takes a batch.
func (s *Server) HandleEvents(ctx context.Context, in *HandleEventsRequest) (*HandleEventsResponse, error) {
	return hook(s, func() (*HandleEventsResponse, error) {
		events := make([]api.Event, 0, len(in.GetEvents()))
		for _, e := range in.GetEvents() {
			events = append(events, api.Event{
				Key: e.GetKey(), Number: e.GetNumber(), Seq: e.GetSeq(), Kind: e.GetKind(), At: e.GetAt().AsTime(), Data: e.GetDataJson(),
			})
		}
		done, err := s.system.HandleEvents(ctx, fromCall(in.GetCall()), events)
		answer := &HandleEventsResponse{}
		for _, r := range done {
			answer.Results = append(answer.Results, &EventResult{
				Key: r.Key, Outcome: r.Outcome, RetryAfterMs: millis(r.RetryAfter), Reason: r.Reason,
			})
		}
		return answer, err
	})
}

// Drain refuses further hooks and waits for those in flight, as long as ctx lasts.
func (s *Server) Drain(ctx context.Context, _ *DrainRequest) (*DrainResponse, error) {
	s.mu.Lock()
	if !s.draining {
		s.draining = true
		if s.inFlight == 0 {
			close(s.idle)
		}
	}
	s.mu.Unlock()
	if err := s.system.Drain(ctx); err != nil {
		return nil, ToStatus(err)
	}
	select {
	case <-s.idle:
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return &DrainResponse{InFlight: s.inFlight}, nil
}

// hook counts a call in flight and refuses it once the server drains.
func hook[T any](s *Server, call func() (*T, error)) (*T, error) {
	s.mu.Lock()
	if s.draining {
		s.mu.Unlock()
		return nil, ToStatus(errs.New(errs.Unavailable, CodeUnavailable, "draining"))
	}
	s.inFlight++
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.inFlight--
		if s.draining && s.inFlight == 0 {
			close(s.idle)
		}
	}()
	answer, err := call()
	if err != nil {
		return nil, ToStatus(err)
	}
	return answer, nil
}

func fromCall(in *Call) api.Call {
	return api.Call{RequestID: in.GetRequestId(), Tenant: in.GetTenant(), Desk: in.GetDesk(), Locale: in.GetLocale()}
}
