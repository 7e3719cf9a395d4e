package wirev1_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	wirev1 "github.com/opora-desk/opora/core/plugin/wire/v1"
)

// fake is a system whose answers a test sets.
type fake struct {
	configured []api.DeskConfig
	err        error
	fields     string
	choices    []api.Choice
	results    []api.EventResult
	hold       chan struct{}
	entered    chan struct{}
	seen       []any
}

func (f *fake) Bundle() api.Bundle {
	return api.Bundle{Files: map[string][]byte{"plugin.yaml": []byte("key: fake\n"), "rules/fake/a.yaml": []byte("[]\n")}}
}

func (f *fake) Configure(_ context.Context, desks []api.DeskConfig) error {
	f.configured = desks
	return f.err
}

func (f *fake) ReadLetter(_ context.Context, call api.Call, letter api.IncomingLetter) (api.ReadLetter, error) {
	f.seen = append(f.seen, call, letter)
	return api.ReadLetter{Form: "request", Fields: json.RawMessage(f.fields)}, f.err
}

func (f *fake) Prefill(_ context.Context, call api.Call, form string, person api.PersonFacts) (json.RawMessage, error) {
	f.seen = append(f.seen, call, form, person)
	return json.RawMessage(f.fields), f.err
}

func (f *fake) Lookup(context.Context, api.Call, string, string) ([]api.Choice, error) {
	if f.hold != nil {
		f.entered <- struct{}{}
		<-f.hold
	}
	if f.err != nil && f.err.Error() == "panic" {
		panic("secret detail")
	}
	return f.choices, f.err
}

func (f *fake) HandleEvents(_ context.Context, _ api.Call, events []api.Event) ([]api.EventResult, error) {
	f.seen = append(f.seen, events)
	return f.results, f.err
}

func (f *fake) Drain(context.Context) error { return nil }

func dial(t *testing.T, register func(*grpc.Server)) *grpc.ClientConn {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer(wirev1.ServerOptions(slog.New(slog.DiscardHandler))...)
	register(server)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:bufconn", append(wirev1.DialOptions(),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func connect(t *testing.T, f *fake) *wirev1.Client {
	t.Helper()
	conn := dial(t, func(s *grpc.Server) { wirev1.RegisterSystemServer(s, wirev1.NewServer(f, "test")) })
	client, err := wirev1.Connect(t.Context(), conn)
	require.NoError(t, err)
	return client
}

func call() api.Call {
	return api.Call{RequestID: "r", Tenant: "t", Desk: "d", Locale: "ru"}
}

func TestEverythingTravels(t *testing.T) {
	t.Parallel()
	f := &fake{fields: `{"n":1.0e2}`, choices: []api.Choice{{Value: "v", Title: "т"}}}
	client := connect(t, f)
	require.Equal(t, f.Bundle(), client.Bundle())

	desks := []api.DeskConfig{{Tenant: "t", Desk: "d", Config: json.RawMessage(`{"a":1}`)}}
	require.NoError(t, client.Configure(t.Context(), desks))
	require.Equal(t, desks, f.configured)

	letter := api.IncomingLetter{From: "a@b", FromName: "Ä", To: []string{"x", "y"}, Subject: "s", Text: "t"}
	read, err := client.ReadLetter(t.Context(), call(), letter)
	require.NoError(t, err)
	require.Equal(t, `{"n":1.0e2}`, string(read.Fields), "numbers keep their form")
	person := api.PersonFacts{Name: "n", Email: "e", Phone: "p", OrganisationName: "o", OrganisationINN: "i"}
	_, err = client.Prefill(t.Context(), call(), "request", person)
	require.NoError(t, err)

	found, err := client.Lookup(t.Context(), call(), "l", "x")
	require.NoError(t, err)
	require.Equal(t, f.choices, found)

	events := []api.Event{{Key: "k", Number: "A-18", Seq: 7, Kind: "commented", At: time.Unix(1, 2).UTC(), Data: json.RawMessage(`{}`)}}
	f.results = []api.EventResult{{Key: "k", Outcome: api.EventRetry, RetryAfter: 3 * time.Second, Reason: "why"}}
	results, err := client.HandleEvents(t.Context(), call(), events)
	require.NoError(t, err)
	require.Equal(t, f.results, results)
	require.Empty(t, cmp.Diff([]any{call(), letter, call(), "request", person, events}, f.seen))
}

func TestErrorsKeepTheirMeaning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		kind errs.Kind
		code string
	}{
		{"invalid", errs.New(errs.Invalid, "bad_inn", "m"), errs.Invalid, "bad_inn"},
		{"conflict", errs.New(errs.Conflict, "not_set_up", "m"), errs.Conflict, "not_set_up"},
		{"not found", errs.New(errs.NotFound, "hook_not_declared", "m"), errs.NotFound, "hook_not_declared"},
		{"unavailable", errs.New(errs.Unavailable, "register_down", "m"), errs.Unavailable, "register_down"},
		{"limited", errs.New(errs.Limited, "quota", "m"), errs.Limited, "quota"},
		{"no meaning", errors.New("oops"), errs.Internal, "plugin_failed"},
		{"a plugin cannot sign anybody out", errs.New(errs.Unauthenticated, "session_expired", "m"), errs.Internal, "plugin_failed"},
		{"nor forbid", errs.New(errs.Forbidden, "no", "m"), errs.Internal, "plugin_failed"},
		{"internal", errs.New(errs.Internal, "internal_thing", "m"), errs.Internal, "plugin_failed"},
		{"odd code", errs.New(errs.Conflict, "Not A Code", "m"), errs.Conflict, "plugin_failed"},
		{"deadline", fmt.Errorf("ask: %w", context.DeadlineExceeded), errs.Unavailable, "plugin_deadline"},
		{"upstream gRPC", status.Error(codes.Unavailable, "x"), errs.Unavailable, "plugin_unavailable"},
		{"panic", errors.New("panic"), errs.Internal, "plugin_failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := connect(t, &fake{err: c.err}).Lookup(t.Context(), call(), "l", "")
			require.Equal(t, c.kind, errs.KindOf(err))
			require.Equal(t, c.code, errs.CodeOf(err))
			require.NotContains(t, err.Error(), "secret detail")
		})
	}
}

func TestProblemsOfFieldsTravel(t *testing.T) {
	t.Parallel()
	sent := errs.Problems([]errs.Problem{{Pointer: "/inn", Code: "unknown_inn", Text: i18n.Text{RU: "Нет", EN: "No"}}})
	sent.RetryAfter = time.Minute
	_, err := connect(t, &fake{err: sent}).Prefill(t.Context(), call(), "f", api.PersonFacts{})
	var got *errs.Error
	require.ErrorAs(t, err, &got)
	require.Equal(t, sent.Fields, got.Fields)
	require.Equal(t, time.Minute, got.RetryAfter)
}

func TestCancellationStaysRecognisable(t *testing.T) {
	t.Parallel()
	f := &fake{hold: make(chan struct{}), entered: make(chan struct{}, 1)}
	defer close(f.hold)
	ctx, cancel := context.WithCancel(t.Context())
	client := connect(t, f)
	go func() {
		<-f.entered
		cancel()
	}()
	_, err := client.Lookup(ctx, call(), "l", "")
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, errs.Unavailable, errs.KindOf(err))
}

func TestAnswersAreChecked(t *testing.T) {
	t.Parallel()
	for _, fields := range []string{`[1]`, `{"a":`, `null`, `"x"`} {
		client := connect(t, &fake{fields: fields})
		_, err := client.ReadLetter(t.Context(), call(), api.IncomingLetter{})
		require.Equal(t, "plugin_failed", errs.CodeOf(err), fields)
		_, err = client.Prefill(t.Context(), call(), "f", api.PersonFacts{})
		require.Equal(t, "plugin_failed", errs.CodeOf(err), fields)
	}
	many := make([]api.Choice, 1000)
	many[0].Title = strings.Repeat("т", 5000)
	found, err := connect(t, &fake{choices: many}).Lookup(t.Context(), call(), "l", "")
	require.NoError(t, err)
	require.Len(t, found, 200)
	require.LessOrEqual(t, len(found[0].Title), 1000)

	events := []api.Event{{Key: "a"}, {Key: "b"}}
	f := &fake{results: []api.EventResult{{Key: "b", Outcome: api.EventDone}, {Key: "c", Outcome: api.EventDone}}}
	results, err := connect(t, f).HandleEvents(t.Context(), call(), events)
	require.NoError(t, err)
	require.Equal(t, []string{api.EventRetry, api.EventDone}, []string{results[0].Outcome, results[1].Outcome})
	f = &fake{results: []api.EventResult{{Key: "a", Outcome: "perhaps"}}}
	_, err = connect(t, f).HandleEvents(t.Context(), call(), events)
	require.Equal(t, "plugin_failed", errs.CodeOf(err))
	f = &fake{results: []api.EventResult{{Key: "a", Outcome: api.EventRetry, RetryAfter: 1 << 62}}}
	results, err = connect(t, f).HandleEvents(t.Context(), call(), events)
	require.NoError(t, err)
	require.LessOrEqual(t, results[0].RetryAfter, 366*24*time.Hour)
}

func TestMessagesAreBoundedBothWays(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", wirev1.MaxMessageBytes+1)
	client := connect(t, &fake{choices: []api.Choice{{Value: large}}, fields: "{}"})
	_, err := client.Lookup(t.Context(), call(), "l", "")
	require.Equal(t, errs.Internal, errs.KindOf(err))
	require.Equal(t, "plugin_failed", errs.CodeOf(err))
	_, err = client.ReadLetter(t.Context(), call(), api.IncomingLetter{Text: large})
	require.Equal(t, "plugin_failed", errs.CodeOf(err))
	_, err = client.ReadLetter(t.Context(), call(), api.IncomingLetter{Text: large[:wirev1.MaxMessageBytes-100]})
	require.NoError(t, err)
}

// liar describes whatever a test tells it to.
type liar struct {
	wirev1.UnimplementedSystemServer
	answer *wirev1.DescribeResponse
}

func (l *liar) Describe(context.Context, *wirev1.DescribeRequest) (*wirev1.DescribeResponse, error) {
	return l.answer, nil
}

func TestDescriptionIsChecked(t *testing.T) {
	t.Parallel()
	good := (&fake{}).Bundle()
	yaml := &wirev1.File{Path: "plugin.yaml", Content: good.Files["plugin.yaml"]}
	for name, answer := range map[string]*wirev1.DescribeResponse{
		"a digest of something else": {Files: []*wirev1.File{yaml}, Digest: good.Digest()},
		"nothing":                    {},
		"a file outside":             {Files: []*wirev1.File{yaml, {Path: "../etc/passwd"}}},
		"a file twice":               {Files: []*wirev1.File{yaml, yaml}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, func(s *grpc.Server) { wirev1.RegisterSystemServer(s, &liar{answer: answer}) })
			_, err := wirev1.Connect(t.Context(), conn)
			require.Equal(t, "plugin_failed", errs.CodeOf(err))
		})
	}
}

func TestDrainWaitsForCallsInFlightAndRefusesOthers(t *testing.T) {
	t.Parallel()
	f := &fake{hold: make(chan struct{}), entered: make(chan struct{}, 1), choices: []api.Choice{{Value: "v"}}}
	client := connect(t, f)
	answered := make(chan error, 1)
	go func() {
		_, err := client.Lookup(t.Context(), call(), "l", "")
		answered <- err
	}()
	<-f.entered
	drained := make(chan error, 1)
	go func() { drained <- client.Drain(t.Context()) }()
	require.Eventually(t, func() bool {
		_, err := client.ReadLetter(t.Context(), call(), api.IncomingLetter{})
		return errs.CodeOf(err) == "plugin_unavailable"
	}, 10*time.Second, time.Millisecond)
	select {
	case err := <-drained:
		require.Fail(t, "drained with a call in flight", err)
	default:
	}
	close(f.hold)
	require.NoError(t, <-answered)
	require.NoError(t, <-drained)
	require.NoError(t, client.Drain(t.Context()), "again")
}

// TestReleasedNumbersKeepTheirMeaning compares with what was released; what is new is added to the file.
func TestReleasedNumbersKeepTheirMeaning(t *testing.T) {
	t.Parallel()
	now := map[string]bool{}
	messages := wirev1.File_v1_system_proto.Messages()
	for i := range messages.Len() {
		fields := messages.Get(i).Fields()
		for j := range fields.Len() {
			now[describe(fields.Get(j))] = true
		}
	}
	methods := wirev1.File_v1_system_proto.Services().Get(0).Methods()
	for i := range methods.Len() {
		now[fmt.Sprintf("rpc %s(%s) %s", methods.Get(i).FullName(), methods.Get(i).Input().Name(), methods.Get(i).Output().Name())] = true
	}
	released := lines(t, "testdata/released.txt")
	for _, line := range released {
		require.True(t, now[line], "released and no longer there: %s", line)
		delete(now, line)
	}
	require.Empty(t, now, "add these to testdata/released.txt")
}

func describe(f protoreflect.FieldDescriptor) string {
	return fmt.Sprintf("%s = %d %s %s", f.FullName(), f.Number(), f.Cardinality(), f.Kind())
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	var all []string
	scanner := bufio.NewScanner(io.LimitReader(file, 1<<20))
	for scanner.Scan() {
		all = append(all, scanner.Text())
	}
	require.NoError(t, scanner.Err())
	return all
}
