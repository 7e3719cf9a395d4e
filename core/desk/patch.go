package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/rule"
	"github.com/opora-desk/opora/core/ticket"
)

// AnyVersion is the version of an edit that shall hold whatever was changed meanwhile.
const AnyVersion = -1

// Patch changes fields, priority, queue or deadline. Fields are merged (RFC 7396) and judged by the
// rules again; where these now say another priority or route, the ticket follows, else what an agent
// chose by hand stays. A requester completes the fields of a ticket that waits for his data. Errors:
// Unconditional ("if_match_needed"), Stale, Invalid, Forbidden, Conflict ("edit_not_from_here").
func (s *Service) Patch(ctx context.Context, a Actor, number string, in PatchInput) (TicketView, error) {
	if in.Version == 0 {
		return TicketView{}, errs.New(errs.Unconditional, "if_match_needed", "an edit names the version that it saw")
	}
	var view TicketView
	err := s.change(ctx, a, number, access.See, max(in.Version, 0), repeatable{}, nil, func(ctx context.Context, tx pgx.Tx, c *change) error {
		if err := c.mayEdit(in); err != nil {
			return err
		}
		data, err := c.classify(in)
		if err != nil {
			return err
		}
		if len(in.Fields) > 0 {
			if err := s.editFields(ctx, tx, c, in, &data); err != nil {
				return err
			}
		}
		c.reclassify(data)
		view, err = s.changedView(ctx, tx, c)
		return err
	}, nil)
	return view, err
}

// reclassify appends what is set beside the fields; another line is a hand-over.
func (c *change) reclassify(data ticket.Data) {
	if reflect.DeepEqual(data, ticket.Data{}) {
		return
	}
	kind := ticket.Classified
	if data.Line != "" && data.Line != c.now.Line {
		kind, data.FromLine = ticket.HandedOver, c.now.Line
	}
	c.add(kind, c.by(), data, nil)
}

// mayEdit: agents edit; the requester completes the fields in the status that waits for them.
func (c *change) mayEdit(in PatchInput) error {
	if c.standing != access.Owner {
		return access.Decide(access.Edit, c.standing)
	}
	if in.Priority != nil || in.Queue != nil || in.DeadlineCase != nil || in.DeadlineAt != nil {
		return access.Decide(access.Edit, c.standing)
	}
	if c.now.Status != c.snap.Declaration().Statuses.Incomplete {
		return errs.New(errs.Forbidden, "edit_not_from_here", "a requester completes fields only while the ticket waits for them")
	}
	return access.Decide(access.Complete, c.standing)
}

// classify is what the patch sets beside the fields.
func (c *change) classify(in PatchInput) (ticket.Data, error) {
	var data ticket.Data
	d := c.snap.Declaration()
	var problems []errs.Problem
	if in.Priority != nil && *in.Priority != c.now.Priority {
		if !slices.Contains(d.Priorities.Scale, *in.Priority) {
			problems = append(problems, errs.Problem{Pointer: "/priority", Code: "enum"})
		}
		data.Priority = *in.Priority
	}
	if in.Queue != nil && *in.Queue != c.now.Queue {
		queue := c.snap.Queue(*in.Queue)
		if queue == nil {
			problems = append(problems, errs.Problem{Pointer: "/queue", Code: "enum"})
		} else if err := c.mayQueue(queue); err != nil {
			return data, err
		} else {
			data.Queue, data.Line = queue.Key, queue.Line
		}
	}
	problems = append(problems, c.deadline(in, d, &data)...)
	if len(problems) > 0 {
		return data, errs.Problems(sorted(problems))
	}
	return data, nil
}

// mayQueue: a queue of another line is a hand-over, and goes where hand-overs may go.
func (c *change) mayQueue(queue *api.Queue) error {
	if queue.Line == c.now.Line || c.standing == access.Administrator {
		return nil
	}
	return ticket.MayHandOver(c.snap.Line(c.membership.Line), queue.Line)
}

func (c *change) deadline(in PatchInput, d *api.Declaration, data *ticket.Data) []errs.Problem {
	if in.DeadlineCase == nil && in.DeadlineAt == nil {
		return nil
	}
	data.DeadlineSet, data.DeadlineCase, data.DeadlineAt = true, c.now.DeadlineCase, c.now.DeadlineAt
	if in.DeadlineCase != nil {
		data.DeadlineCase, data.DeadlineAt = *in.DeadlineCase, nil
		declared, ok := d.Deadline(*in.DeadlineCase)
		_, hasDefault := d.DefaultDeadline()
		switch {
		case ok:
			data.DeadlineAt = dueAt(c.snap, declared, c.now.CreatedAt)
		case *in.DeadlineCase != "" || hasDefault:
			// A system with a default class has no ticket without one (R2.20).
			return []errs.Problem{{Pointer: "/deadline_case", Code: "enum"}}
		}
	}
	if in.DeadlineAt == nil {
		return nil
	}
	data.DeadlineAt = *in.DeadlineAt
	if data.DeadlineAt == nil {
		// Taking the agreed instant away leaves what the case itself says.
		if declared, ok := d.Deadline(data.DeadlineCase); ok {
			data.DeadlineAt = dueAt(c.snap, declared, c.now.CreatedAt)
		}
		return nil
	}
	at := data.DeadlineAt.UTC()
	data.DeadlineAt = &at
	if at.Before(c.now.CreatedAt) || at.After(c.now.CreatedAt.AddDate(longestTerm, 0, 0)) {
		return []errs.Problem{{Pointer: "/deadline_at", Code: "deadline_out_of_range", Args: map[string]any{"years": longestTerm}}}
	}
	return nil
}

// longestTerm is how far a deadline may lie after registration, in years.
const longestTerm = 10

// dueAt is when a named deadline of a ticket ends that was registered at an instant (R1.12); nil where
// the parties agree on it.
func dueAt(snap *Snapshot, deadline *api.Deadline, registered time.Time) *time.Time {
	var due time.Time
	switch {
	case deadline.WorkingDays > 0:
		due = snap.Week.AfterDays(registered, deadline.WorkingDays)
	case deadline.WorkingMinutes > 0:
		due = snap.Week.AfterMinutes(registered, deadline.WorkingMinutes)
	default:
		return nil
	}
	return &due
}

// editFields merges the fields, judges them and appends the edit.
func (s *Service) editFields(ctx context.Context, tx pgx.Tx, c *change, in PatchInput, data *ticket.Data) error {
	compiled, declared, err := s.pinned(ctx, c.seen)
	if err != nil {
		return err
	}
	merged, err := merge(c.now.Fields, in.Fields)
	if err != nil {
		return err
	}
	fields, typing, err := compiled.Form.Decode(merged)
	if err != nil {
		return err
	}
	input := s.rulesOn(c.seen, rule.OnEdit, c.at)
	input.Fields, input.Old = fields, c.now.Fields
	input.Priority = c.snap.Declaration().Priorities.Default
	rules, err := s.rulesFor(ctx, c.snap, &c.now)
	if err != nil {
		return err
	}
	p := s.judge(ctx, rules, c.snap, compiled, input, typing)
	if len(p.decision.Problems) > 0 {
		return errs.Problems(p.decision.Problems)
	}
	// What the rules said of the fields as they were: only a changed word of theirs moves the ticket.
	input.Fields, input.Schema = c.now.Fields, nil
	was := s.eval(ctx, rules, c.snap, input)
	if data.Priority == "" && p.decision.Priority != was.Priority {
		data.Priority = p.decision.Priority
	}
	// A ticket that was moved by hand stays where it was put.
	if data.Queue == "" && p.decision.Queue != was.Queue && c.now.Queue == was.Queue {
		data.Queue, data.Line = p.decision.Queue, p.decision.Line
		if queue := c.snap.Queue(data.Queue); queue != nil && data.Line == "" {
			data.Line = queue.Line
		}
	}
	pointers := changedPointers(c.now.Fields, p.decision.Fields)
	if len(pointers) == 0 {
		return nil
	}
	e := c.add(ticket.Edited, c.by(), ticket.Data{Pointers: pointers}, &ticket.Body{
		Subject: c.snap.subjectOf(declared, compiled.Form.Shape(), p.decision.Fields), Fields: p.decision.Fields,
	})
	record, err := p.record(&c.now, c.snap, e.Seq, c.at)
	if err != nil {
		return err
	}
	requester, err := s.person(ctx, tx, c.now.Tenant, c.now.Requester)
	if err != nil {
		return err
	}
	state := c.now
	c.more = append(c.more, func(b *pgx.Batch) {
		ticket.Decided(b, record)
		ticket.Reindex(b, &state, wordsOf(&state, requester))
		ticket.DropKeys(b, &state)
		ticket.Keys(b, &state, duplicateKeys(declared, state.Fields))
	})
	if c.by().Kind == ticket.ByRequester {
		return s.trigger(ctx, tx, c, api.RequesterAdded, e.Seq)
	}
	return nil
}

// pinned is the form that the ticket was filed with: its version and titles never change for it.
func (s *Service) pinned(ctx context.Context, v *seen) (*release.CompiledForm, *api.Form, error) {
	system, err := s.registry.Release(ctx, v.ticket.Release)
	if err != nil {
		return nil, nil, err
	}
	declared, ok := system.Declaration.Form(v.ticket.Form)
	if compiled := system.Forms[v.ticket.Form]; ok && compiled != nil {
		return compiled, declared, nil
	}
	return nil, nil, errUnsupported
}

// merge applies a merge patch (RFC 7396) to the fields. The patch is bounded before it is read.
func merge(fields api.Fields, raw json.RawMessage) (json.RawMessage, error) {
	if err := form.Bound(raw); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var patch map[string]any
	if err := decoder.Decode(&patch); err != nil {
		return nil, errs.Problems([]errs.Problem{{Pointer: "", Code: "type", Args: map[string]any{"expected": "object"}}})
	}
	out, err := json.Marshal(mergeObject(fields, patch))
	if err != nil {
		return nil, fmt.Errorf("write merged fields: %w", err)
	}
	return out, nil
}

func mergeObject(target, patch map[string]any) map[string]any {
	out := make(map[string]any, len(target)+len(patch))
	for name, value := range target {
		out[name] = value
	}
	for name, value := range patch {
		switch v := value.(type) {
		case nil:
			delete(out, name)
		case map[string]any:
			below, _ := out[name].(map[string]any)
			out[name] = mergeObject(below, v)
		default:
			out[name] = v
		}
	}
	return out
}

// changedPointers are the top members that differ.
func changedPointers(old, changed api.Fields) []string {
	var out []string
	for name := range old {
		if !reflect.DeepEqual(old[name], changed[name]) {
			out = append(out, "/"+api.EscapeToken(name))
		}
	}
	for name := range changed {
		if _, there := old[name]; !there {
			out = append(out, "/"+api.EscapeToken(name))
		}
	}
	slices.Sort(out)
	return out
}
