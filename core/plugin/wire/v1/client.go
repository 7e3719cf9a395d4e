package wirev1

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

// NotAnswered is the reason of an event's result where the plugin gave none.
const NotAnswered = "not answered"

// Client is an api.System whose code runs in another process. It is safe for concurrent use.
type Client struct {
	rpc    SystemClient
	bundle api.Bundle
}

var _ api.System = (*Client)(nil)

// DialOptions are what a connection to a plugin must be made with: the limits of messages.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{grpc.WithDefaultCallOptions(
		grpc.MaxCallRecvMsgSize(MaxMessageBytes), grpc.MaxCallSendMsgSize(MaxMessageBytes))}
}

// Connect asks a plugin what it is and returns it as a System. It fails with CodeFailed where the
// declaration is out of bounds or the reported digest is not that of the files.
func Connect(ctx context.Context, conn grpc.ClientConnInterface) (*Client, error) {
	c := &Client{rpc: NewSystemClient(conn)}
	bundle, err := c.Describe(ctx)
	if err != nil {
		return nil, err
	}
	c.bundle = bundle
	return c, nil
}

// Describe asks again for the declaration.
func (c *Client) Describe(ctx context.Context) (api.Bundle, error) {
	answer, err := c.rpc.Describe(ctx, &DescribeRequest{})
	if err != nil {
		return api.Bundle{}, fmt.Errorf("describe plugin: %w", FromStatus(err))
	}
	bundle := api.Bundle{Files: make(map[string][]byte, len(answer.GetFiles()))}
	for _, f := range answer.GetFiles() {
		if _, twice := bundle.Files[f.GetPath()]; twice {
			return api.Bundle{}, failed("declaration names a file twice")
		}
		bundle.Files[f.GetPath()] = f.GetContent()
	}
	if err := bundle.Check(); err != nil {
		return api.Bundle{}, errs.Wrap(errs.Internal, CodeFailed, err)
	}
	if answer.GetDigest() != bundle.Digest() {
		return api.Bundle{}, failed("reported digest is not that of the declaration's files")
	}
	return bundle, nil
}

// Bundle returns the declaration that the process reported when it was connected.
func (c *Client) Bundle() api.Bundle { return c.bundle }

// Configure replaces the desks that the process serves.
func (c *Client) Configure(ctx context.Context, desks []api.DeskConfig) error {
	request := &ConfigureRequest{}
	for _, d := range desks {
		request.Desks = append(request.Desks, &DeskConfig{Tenant: d.Tenant, Desk: d.Desk, ConfigJson: d.Config})
	}
	if _, err := c.rpc.Configure(ctx, request); err != nil {
		return fmt.Errorf("configure plugin: %w", FromStatus(err))
	}
	return nil
}

// ReadLetter asks for form and fields of a letter; the fields are a JSON object.
func (c *Client) ReadLetter(ctx context.Context, call api.Call, letter api.IncomingLetter) (api.ReadLetter, error) {
	answer, err := c.rpc.ReadLetter(ctx, &ReadLetterRequest{
		Call: toCall(call), From: letter.From, FromName: letter.FromName, To: letter.To, Subject: letter.Subject, Text: letter.Text,
	})
	if err != nil {
		return api.ReadLetter{}, fmt.Errorf("read letter: %w", FromStatus(err))
	}
	fields, err := object(answer.GetFieldsJson())
	if err != nil {
		return api.ReadLetter{}, fmt.Errorf("read letter: %w", err)
	}
	return api.ReadLetter{Form: cut(answer.GetForm(), maxText), Fields: fields}, nil
}

// Prefill asks for values of a form, a JSON object.
func (c *Client) Prefill(ctx context.Context, call api.Call, form string, person api.PersonFacts) (json.RawMessage, error) {
	answer, err := c.rpc.Prefill(ctx, &PrefillRequest{Call: toCall(call), Form: form, Person: &Person{
		Name: person.Name, Email: person.Email, Phone: person.Phone,
		OrganisationName: person.OrganisationName, OrganisationInn: person.OrganisationINN,
	}})
	if err != nil {
		return nil, fmt.Errorf("prefill form: %w", FromStatus(err))
	}
	fields, err := object(answer.GetFieldsJson())
	if err != nil {
		return nil, fmt.Errorf("prefill form: %w", err)
	}
	return fields, nil
}

// Lookup asks for proposals; at most 200 come back.
func (c *Client) Lookup(ctx context.Context, call api.Call, lookup, typed string) ([]api.Choice, error) {
	answer, err := c.rpc.Lookup(ctx, &LookupRequest{Call: toCall(call), Lookup: lookup, Typed: typed})
	if err != nil {
		return nil, fmt.Errorf("look up values: %w", FromStatus(err))
	}
	all := answer.GetChoices()[:min(len(answer.GetChoices()), maxChoices)]
	choices := make([]api.Choice, 0, len(all))
	for _, choice := range all {
		choices = append(choices, api.Choice{Value: cut(choice.GetValue(), maxChoiceText), Title: cut(choice.GetTitle(), maxChoiceText)})
	}
	return choices, nil
}

// HandleEvents hands over a batch. An event that the plugin does not answer for is to be retried.
func (c *Client) HandleEvents(ctx context.Context, call api.Call, events []api.Event) ([]api.EventResult, error) {
	request := &HandleEventsRequest{Call: toCall(call)}
	for _, e := range events {
		request.Events = append(request.Events, &Event{
			Key: e.Key, Number: e.Number, Seq: e.Seq, Kind: e.Kind, At: timestamppb.New(e.At), DataJson: e.Data,
		})
	}
	answer, err := c.rpc.HandleEvents(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("handle events: %w", FromStatus(err))
	}
	return results(events, answer.GetResults())
}

// Drain makes the process refuse hooks and waits for those in flight.
func (c *Client) Drain(ctx context.Context) error {
	if _, err := c.rpc.Drain(ctx, &DrainRequest{}); err != nil {
		return fmt.Errorf("drain plugin: %w", FromStatus(err))
	}
	return nil
}

func results(events []api.Event, answered []*EventResult) ([]api.EventResult, error) {
	byKey := make(map[string]*EventResult, len(answered))
	for _, r := range answered {
		byKey[r.GetKey()] = r
	}
	out := make([]api.EventResult, 0, len(events))
	for _, e := range events {
		r, ok := byKey[e.Key]
		if !ok {
			out = append(out, api.EventResult{Key: e.Key, Outcome: api.EventRetry, Reason: NotAnswered})
			continue
		}
		switch r.GetOutcome() {
		case api.EventDone, api.EventRetry, api.EventDead:
		default:
			return nil, failed("unknown outcome of an event")
		}
		out = append(out, api.EventResult{
			Key: e.Key, Outcome: r.GetOutcome(), RetryAfter: fromMillis(r.GetRetryAfterMs()), Reason: cut(r.GetReason(), maxText),
		})
	}
	return out, nil
}

func toCall(call api.Call) *Call {
	return &Call{RequestId: call.RequestID, Tenant: call.Tenant, Desk: call.Desk, Locale: call.Locale}
}

// object checks that an answer is one JSON object, or nothing at all.
func object(raw []byte) (json.RawMessage, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return nil, nil
	}
	if raw[0] != '{' || !json.Valid(raw) {
		return nil, failed("answer is not a JSON object")
	}
	return raw, nil
}

func failed(msg string) error { return errs.New(errs.Internal, CodeFailed, msg) }
