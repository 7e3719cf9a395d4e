package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
	"github.com/opora-desk/opora/core/ticket"
)

// maxText bounds what a person writes in one comment, in characters.
const maxText = 20_000

// Transitions lists what leaves the ticket's status, with what this person may make now and why he may
// not make the others.
func (s *Service) Transitions(ctx context.Context, a Actor, number string) (Page[TransitionView], error) {
	page := Page[TransitionView]{Items: []TransitionView{}}
	err := s.db.InTx(ctx, a.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		v, err := s.open(ctx, tx, a, number, access.See)
		if err != nil {
			return err
		}
		d := v.snap.Declaration()
		page.Items = page.Items[:0]
		for _, o := range ticket.Options(d, v.ticket, v.mover()) {
			to, _ := d.Status(o.Transition.To)
			reason := o.Err
			if reason == nil {
				reason = s.guard(ctx, v, o.Transition, nil, nil)
			}
			view := TransitionView{
				Key: o.Transition.Key, Title: o.Transition.Title.In(a.Lang), Help: o.Transition.Help.In(a.Lang),
				To: statusView(to, a.Lang, !v.agent()), Allowed: reason == nil,
				Needs: append([]string{}, o.Transition.Needs...), Answers: o.Transition.Answers,
			}
			var meaning *errs.Error
			if asError(reason, &meaning) {
				view.Reason = meaning.In(a.Lang)
			}
			page.Items = append(page.Items, view)
		}
		return nil
	})
	return page, err
}

// mover is who the person is to the declaration's transitions.
func (v *seen) mover() ticket.Mover {
	m := ticket.Mover{Requester: v.actor.Person != nil && v.actor.Follows == nil && v.actor.Person.ID == v.ticket.Requester}
	if v.standing == access.Agent || v.standing == access.Silent {
		m.Line = v.snap.Line(v.membership.Line)
	}
	return m
}

// Transition makes a declared change of status. Errors: Invalid ("transition_unknown",
// "invalid_fields" for the resolution, "/comment" and "/duplicate_of"), Forbidden
// ("not_your_transition"; "not_allowed" for a comment by a line that does not talk, R2.19), Conflict
// ("transition_not_from_here", "transition_denied" with the rule's message), Stale.
func (s *Service) Transition(ctx context.Context, a Actor, number string, in TransitionInput) (TicketView, error) {
	var view TicketView
	rep := repeatable{route: "transitions", key: in.IdempotencyKey, digest: in.BodyDigest}
	var first prepare
	if in.DuplicateOf != "" {
		// One at a time in a tenant: two tickets that are tied to each other at once would be no bases.
		first = func(ctx context.Context, tx pgx.Tx) error { return ticket.LockBases(ctx, tx, a.Tenant.ID) }
	}
	err := s.change(ctx, a, number, access.Move, in.Version, rep, first, func(ctx context.Context, tx pgx.Tx, c *change) error {
		tr, err := ticket.FindMove(c.snap.Declaration(), &c.now, in.Transition, c.mover())
		if err != nil {
			return err
		}
		if api.Present(in.Comment) && c.standing == access.Silent {
			return access.Decide(access.Reply, c.standing)
		}
		m := move{tr: tr, resolution: in.Fields, comment: in.Comment, duplicateOf: in.DuplicateOf}
		if err := s.move(ctx, tx, c, m); err != nil {
			return err
		}
		view, err = s.changedView(ctx, tx, c)
		return err
	}, func(ctx context.Context, tx pgx.Tx, v *seen, _ int64) error {
		var err error
		view, err = s.view(ctx, tx, v)
		return err
	})
	return view, err
}

// move is a transition with what it was given.
type move struct {
	tr          *api.Transition
	resolution  json.RawMessage
	comment     string
	duplicateOf string
	// answers is the seq of the comment that the transition goes with, which then is its comment.
	answers int64
}

// move checks what the transition needs, asks the guards and appends its event.
func (s *Service) move(ctx context.Context, tx pgx.Tx, c *change, m move) error {
	comment, problem := textOf(m.comment, "/comment")
	problems := problem
	if slices.Contains(m.tr.Needs, api.NeedsComment) && comment == "" && m.answers == 0 && len(problem) == 0 {
		problems = append(problems, errs.Problem{Pointer: "/comment", Code: "required"})
	}
	resolution, wrong, err := s.resolution(c.snap, m)
	if err != nil {
		return err
	}
	problems = append(problems, wrong...)
	base, wrong, err := s.base(ctx, tx, c, m)
	if err != nil {
		return err
	}
	problems = append(problems, needless(m)...)
	if problems = append(problems, wrong...); len(problems) > 0 {
		return errs.Problems(sorted(problems))
	}
	if err := s.guard(ctx, c.seen, m.tr, resolution, c); err != nil {
		return err
	}
	data := ticket.Moved(c.snap.Declaration(), &c.now, m.tr)
	data.DuplicateOf, data.Answers = base, m.answers
	data.Said = comment != "" || len(resolution) > 0
	var body *ticket.Body
	if comment != "" || resolution != nil {
		body = &ticket.Body{Text: comment, Resolution: resolution}
	}
	c.add(ticket.Transitioned, c.by(), data, body)
	if comment != "" {
		c.more = append(c.more, func(b *pgx.Batch) { ticket.IndexMore(b, &c.now, comment, false) })
	}
	if base != nil {
		return s.retie(ctx, tx, c, *base)
	}
	return nil
}

// needless refuses what the transition has no use for: it would be lost without a word.
func needless(m move) []errs.Problem {
	var out []errs.Problem
	if !slices.Contains(m.tr.Needs, api.NeedsResolution) && filled(m.resolution) {
		out = append(out, errs.Problem{Pointer: "", Code: "fields_not_here"})
	}
	if !slices.Contains(m.tr.Needs, api.NeedsDuplicate) && strings.TrimSpace(m.duplicateOf) != "" {
		out = append(out, errs.Problem{Pointer: "/duplicate_of", Code: "unknown_field"})
	}
	return out
}

// filled reports whether a JSON object was sent that is not empty.
func filled(raw json.RawMessage) bool {
	text := strings.Join(strings.Fields(string(raw)), "")
	return text != "" && text != "null" && text != "{}"
}

// resolution decodes and checks what a closing answer must contain (R1.8).
func (s *Service) resolution(snap *Snapshot, m move) (api.Fields, []errs.Problem, error) {
	form := snap.System.Resolution
	if form == nil || !slices.Contains(m.tr.Needs, api.NeedsResolution) {
		return nil, nil, nil
	}
	raw := m.resolution
	if len(raw) == 0 || string(raw) == "null" {
		raw = json.RawMessage("{}")
	}
	fields, typing, err := form.Form.Decode(raw)
	if err != nil {
		return nil, nil, err
	}
	return fields, mergeProblems(typing, form.Form.Validate(fields, nil, snap.InList)), nil
}

// guard asks the rules whether the transition is denied. Errors: Conflict ("transition_denied" with the
// rule's message), Invalid for a validation on the transition.
func (s *Service) guard(ctx context.Context, v *seen, tr *api.Transition, resolution api.Fields, c *change) error {
	now := s.clock.Now()
	t := v.ticket
	if c != nil {
		now, t = c.at, &c.now
	}
	at := &seen{ticket: t, snap: v.snap, actor: v.actor, standing: v.standing, membership: v.membership}
	in := s.rulesOn(at, rule.OnTransition(tr.Key), now)
	in.Transition = rule.TransitionFacts{Key: tr.Key, From: t.Status, To: tr.To}
	in.Resolution = resolution
	in.InList = v.snap.InList
	rules, err := s.rulesFor(ctx, v.snap, t)
	if err != nil {
		return err
	}
	p := pass{input: in, rules: rules, decision: s.eval(ctx, rules, v.snap, in)}
	if denied := p.decision.Denied; denied != nil {
		refused := errs.New(errs.Conflict, "transition_denied", "guard "+denied.Rule+" refuses the transition")
		refused.Text = denied.Text
		return refused
	}
	if len(p.decision.Problems) > 0 {
		return errs.Problems(p.decision.Problems)
	}
	if c == nil || len(p.decision.Rules) == 0 {
		return nil
	}
	record, err := p.record(t, v.snap, t.LastSeq+1, now)
	if err != nil {
		return err
	}
	c.more = append(c.more, func(b *pgx.Batch) { ticket.Decided(b, record) })
	return nil
}

// base finds the ticket that this one duplicates, and its own base where it has one: a duplicate of a
// duplicate is tied to the first (R4.35).
func (s *Service) base(ctx context.Context, tx pgx.Tx, c *change, m move) (*ident.ID, []errs.Problem, error) {
	if !slices.Contains(m.tr.Needs, api.NeedsDuplicate) {
		return nil, nil, nil
	}
	problem := func(code string) []errs.Problem { return []errs.Problem{{Pointer: "/duplicate_of", Code: code}} }
	if strings.TrimSpace(m.duplicateOf) == "" {
		return nil, problem("required"), nil
	}
	number, state := ident.ParseNumber(m.duplicateOf)
	if state == ident.NumberCheckDigit {
		return nil, problem("number_check_digit"), nil
	}
	if state != ident.NumberOK {
		return nil, problem("not_found"), nil
	}
	found, err := ticket.ByNumber(ctx, tx, c.now.Tenant, number)
	for range 100 {
		if errs.KindOf(err) == errs.NotFound || err == nil && found.Desk != c.now.Desk {
			return nil, problem("not_found"), nil
		}
		if err != nil {
			return nil, nil, err
		}
		if found.ID == c.now.ID {
			return nil, problem("duplicate_cycle"), nil
		}
		if _, err := s.see(c.actor, found, access.See); err != nil {
			return nil, problem("not_found"), nil //nolint:nilerr // what one may not see is not found
		}
		if found.DuplicateOf == nil {
			return &found.ID, nil, nil
		}
		found, err = ticket.ByID(ctx, tx, c.now.Tenant, *found.DuplicateOf)
	}
	return nil, problem("duplicate_cycle"), nil
}

// maxDependents is how many tickets are tied anew at a time when their base becomes a duplicate itself.
const maxDependents = 1000

// retie ties the tickets that had this one as their base to its own base.
func (s *Service) retie(ctx context.Context, tx pgx.Tx, c *change, base ident.ID) error {
	for {
		ids, err := ticket.Dependents(ctx, tx, c.now.Tenant, c.now.ID, maxDependents)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := s.retieSome(ctx, tx, c, base, ids); err != nil {
			return err
		}
	}
}

func (s *Service) retieSome(ctx context.Context, tx pgx.Tx, c *change, base ident.ID, ids []ident.ID) error {
	for _, id := range ids {
		t, err := ticket.LockID(ctx, tx, c.now.Tenant, id)
		if err != nil {
			return err
		}
		if t.DuplicateOf == nil || *t.DuplicateOf != c.now.ID {
			continue // reopened meanwhile
		}
		dependent := &change{seen: &seen{ticket: t, snap: c.snap, actor: c.actor, standing: c.standing, membership: c.membership}, at: c.at, now: *t}
		dependent.add(ticket.Transitioned, ticket.Actor{Kind: ticket.BySystem}, ticket.Data{
			From: t.Status, To: t.Status, Category: t.Category, DuplicateOf: &base,
		}, nil)
		if err := s.write(ctx, tx, dependent, repeatable{}); err != nil {
			return err
		}
	}
	return nil
}

// textOf trims what a person wrote and bounds it.
func textOf(text, pointer string) (string, []errs.Problem) {
	if !api.Present(text) {
		return "", nil
	}
	text = strings.TrimSpace(text)
	if len([]rune(text)) > maxText {
		return "", []errs.Problem{{Pointer: pointer, Code: "too_long", Args: map[string]any{"count": maxText}}}
	}
	if strings.ContainsRune(text, 0) {
		return "", []errs.Problem{{Pointer: pointer, Code: "pattern"}}
	}
	return text, nil
}
