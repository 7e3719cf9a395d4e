package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/singleflight"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

// Bounds of statistics.
const (
	maxDays         = 366
	defaultDays     = 30
	statisticsFor   = 10 * time.Second // how old figures may be
	statisticsLimit = 20 * time.Second // how long finding them may take
	statisticsAtOne = 2                // how many desks' at once on a node
	maxStatistics   = 500
)

// Statistics counts what was filed and closed on a desk in a period, and what is not done now. Errors:
// those of a desk that the actor works; Forbidden ("not_allowed") for who does not see the whole desk;
// Invalid ("invalid_request").
func (s *Service) Statistics(ctx context.Context, a Actor, desk string, in StatisticsInput) (StatisticsView, error) {
	snap, err := s.workedDesk(a, desk)
	if err != nil {
		return StatisticsView{}, err
	}
	if m := a.Memberships[snap.Desk.ID]; !m.Administrator {
		if line := snap.Line(m.Line); line == nil || line.Sees != api.SeesDesk {
			return StatisticsView{}, errs.New(errs.Forbidden, "not_allowed", "only who works the whole desk")
		}
	}
	choices := choicesOf(snap)
	p, problems := periodOf(in, s.clock.Now().In(snap.Location))
	at := slices.IndexFunc(choices, func(c choice) bool { return c.pointer == in.By })
	if in.By != "" && at < 0 {
		problems = append(problems, errs.Problem{Pointer: "/by", Code: "unknown_choice"})
	}
	if len(problems) > 0 {
		return StatisticsView{}, invalid(problems...)
	}
	var by *choice
	if at >= 0 {
		by = &choices[at]
	}
	key := strings.Join([]string{a.Tenant.ID.String(), snap.Desk.ID.String(), p.from, p.to, in.By}, " ")
	found, err := s.statistics.get(ctx, a.Tenant.ID, key, func(ctx context.Context) (*deskFigures, error) {
		return s.count(ctx, snap, p, by)
	})
	if err != nil {
		return StatisticsView{}, fmt.Errorf("count tickets: %w", err)
	}
	return found.view(snap, p, choices, by, a.Lang), nil
}

// period is days of the desk's time zone: bounds are their beginnings and the end of the last.
type period struct {
	from, to string
	days     []string
	bounds   []time.Time
}

func periodOf(in StatisticsInput, now time.Time) (period, []errs.Problem) {
	var problems []errs.Problem
	day := func(text, pointer string, otherwise time.Time) time.Time {
		if text == "" {
			return otherwise
		}
		at, err := time.Parse(time.DateOnly, text)
		if err != nil || at.Year() < 2000 || at.Year() > 2200 {
			problems = append(problems, errs.Problem{Pointer: pointer, Code: "format_date"})
		}
		return at
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	to := day(in.To, "/to", today)
	from := day(in.From, "/from", to.AddDate(0, 0, 1-defaultDays))
	switch {
	case len(problems) > 0:
		return period{}, problems
	case from.After(to), to.Sub(from) >= maxDays*24*time.Hour:
		return period{}, []errs.Problem{{Pointer: "/from", Code: "bad_period", Args: map[string]any{"days": maxDays}}}
	}
	p := period{from: from.Format(time.DateOnly), to: to.Format(time.DateOnly)}
	for at := from; !at.After(to); at = at.AddDate(0, 0, 1) {
		p.days = append(p.days, at.Format(time.DateOnly))
		p.bounds = append(p.bounds, time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, now.Location()))
	}
	p.bounds = append(p.bounds, time.Date(to.Year(), to.Month(), to.Day()+1, 0, 0, 0, 0, now.Location()))
	return p, nil
}

// choice is a field by whose values tickets can be counted: one of a list that is served.
type choice struct {
	pointer, list string
	title         i18n.Text
}

func choicesOf(snap *Snapshot) []choice {
	var out []choice
	for i := range snap.Declaration().Forms {
		compiled := snap.System.Forms[snap.Declaration().Forms[i].Key]
		if compiled == nil {
			continue
		}
		for _, field := range compiled.UI.Fields() {
			shape := compiled.Form.Shape()
			for token := range strings.SplitSeq(strings.TrimPrefix(field.Pointer, "/"), "/") {
				if shape != nil {
					shape = shape.Props[token]
				}
			}
			if shape == nil || shape.List == "" || slices.ContainsFunc(out, func(c choice) bool { return c.pointer == field.Pointer }) {
				continue
			}
			if list, ok := snap.Declaration().List(shape.List); ok && !list.Private {
				out = append(out, choice{pointer: field.Pointer, list: shape.List, title: field.Label})
			}
		}
	}
	return out
}

// deskFigures are a desk's figures without words, as they are kept for some seconds.
type deskFigures struct {
	filed, closed        []int64
	open                 []ticket.OpenGroup
	field                []ticket.ValueCount
	oldest               string
	firstAnswer, closure *float64
}

// ages are the bounds of the ages, the oldest first.
func ages() []struct {
	key string
	age time.Duration
} {
	const day = 24 * time.Hour
	return []struct {
		key string
		age time.Duration
	}{{"older", 30 * day}, {"30d", 7 * day}, {"7d", 3 * day}, {"3d", day}, {"1d", 0}}
}

func (s *Service) count(ctx context.Context, snap *Snapshot, p period, by *choice) (*deskFigures, error) {
	id, desk, now := snap.Tenant.ID, snap.Desk.ID, s.clock.Now()
	var bounds []time.Time
	for _, a := range ages() {
		if a.age > 0 {
			bounds = append(bounds, now.Add(-a.age))
		}
	}
	f := &deskFigures{}
	from, to := p.bounds[0], p.bounds[len(p.bounds)-1]
	steps := []func(ctx context.Context, tx pgx.Tx) error{
		func(ctx context.Context, tx pgx.Tx) (err error) {
			f.filed, err = ticket.FiledByDay(ctx, tx, id, desk, p.bounds)
			return err
		},
		func(ctx context.Context, tx pgx.Tx) (err error) {
			f.closed, err = ticket.ClosedByDay(ctx, tx, id, desk, p.bounds)
			return err
		},
		func(ctx context.Context, tx pgx.Tx) (err error) {
			f.closure, err = ticket.ClosureMedian(ctx, tx, id, desk, from, to)
			return err
		},
		func(ctx context.Context, tx pgx.Tx) (err error) {
			var filed int64
			for _, n := range f.filed {
				filed += n
			}
			f.firstAnswer, err = ticket.FirstAnswerMedian(ctx, tx, id, desk, from, to, filed)
			return err
		},
		func(ctx context.Context, tx pgx.Tx) (err error) {
			f.open, err = ticket.OpenGroups(ctx, tx, id, desk, bounds)
			return err
		},
		func(ctx context.Context, tx pgx.Tx) (err error) {
			f.oldest, err = ticket.OldestOpen(ctx, tx, id, desk)
			return err
		},
		func(ctx context.Context, tx pgx.Tx) (err error) {
			if by != nil {
				f.field, err = ticket.OpenByField(ctx, tx, id, desk, strings.Split(strings.TrimPrefix(by.pointer, "/"), "/"))
			}
			return err
		},
	}
	err := s.db.InTx(ctx, id, func(ctx context.Context, tx pgx.Tx) error {
		for _, step := range steps {
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	return f, err
}

func (f *deskFigures) view(snap *Snapshot, p period, choices []choice, by *choice, l i18n.Lang) StatisticsView {
	view := StatisticsView{
		From: p.from, To: p.to, TimeZone: snap.Location.String(), ByDay: make([]DayCount, 0, len(p.days)), Oldest: f.oldest,
		FirstAnswer: whole(f.firstAnswer), Closure: whole(f.closure), Choices: []FieldChoice{}, Age: []AgeCount{},
		OpenByStatus: f.openBy(func(g ticket.OpenGroup) string { return g.Status }, snap.statusTitles(l)),
		OpenByLine:   f.openBy(func(g ticket.OpenGroup) string { return g.Line }, titlesOf(snap.Lines, func(x api.Line) (string, i18n.Text) { return x.Key, x.Title }, l)),
		OpenByQueue:  f.openBy(func(g ticket.OpenGroup) string { return g.Queue }, titlesOf(snap.Queues, func(x api.Queue) (string, i18n.Text) { return x.Key, x.Title }, l)),
		OpenByForm:   f.openBy(func(g ticket.OpenGroup) string { return g.Form }, titlesOf(snap.Declaration().Forms, func(x api.Form) (string, i18n.Text) { return x.Key, x.Title }, l)),
	}
	for i, day := range p.days {
		view.ByDay = append(view.ByDay, DayCount{Date: day, Filed: f.filed[i], Closed: f.closed[i]})
	}
	for i, a := range ages() {
		count := AgeCount{Key: a.key}
		for _, g := range f.open {
			if g.Age == i {
				count.Count += g.Count
			}
		}
		view.Age = append(view.Age, count)
	}
	slices.Reverse(view.Age)
	for _, c := range choices {
		view.Choices = append(view.Choices, FieldChoice{Pointer: c.pointer, Title: c.title.In(l)})
	}
	if by != nil {
		values := titlesOf(snap.Lists[by.list], func(x api.ListValue) (string, i18n.Text) { return x.Key, x.Title }, l)
		view.OpenByField = &FieldCounts{Pointer: by.pointer, Title: by.title.In(l), Values: []KeyCount{}}
		for _, v := range f.field {
			view.OpenByField.Values = append(view.OpenByField.Values, KeyCount{Key: v.Value, Title: cmp.Or(values[v.Value], v.Value), Count: v.Count})
		}
	}
	return view
}

func whole(seconds *float64) *int64 {
	if seconds == nil {
		return nil
	}
	rounded := int64(*seconds + 0.5)
	return &rounded
}

func (s *Snapshot) statusTitles(l i18n.Lang) map[string]string {
	return titlesOf(s.Declaration().Statuses.Set, func(x api.Status) (string, i18n.Text) { return x.Key, x.Title }, l)
}

func titlesOf[T any](all []T, of func(T) (string, i18n.Text), l i18n.Lang) map[string]string {
	out := make(map[string]string, len(all))
	for _, item := range all {
		key, title := of(item)
		out[key] = title.In(l)
	}
	return out
}

// openBy sums the groups by a key, most first.
func (f *deskFigures) openBy(key func(ticket.OpenGroup) string, titles map[string]string) []KeyCount {
	sums := map[string]int64{}
	for _, g := range f.open {
		sums[key(g)] += g.Count
	}
	out := make([]KeyCount, 0, len(sums))
	for k, count := range sums {
		out = append(out, KeyCount{Key: k, Title: cmp.Or(titles[k], k), Count: count})
	}
	slices.SortFunc(out, func(x, y KeyCount) int { return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Key, y.Key)) })
	return out
}

// statistics keeps figures for some seconds, so that many screens cost what one does. It is safe for
// concurrent use.
type statistics struct {
	clock  clock.Clock
	flight singleflight.Group
	slots  chan struct{}
	// turns hold one count of a tenant at a time: who asks for many periods waits for himself.
	turns sync.Map

	mu   sync.Mutex
	kept map[string]keptFigures
}

type keptFigures struct {
	until   time.Time
	figures *deskFigures
}

func newStatistics(c clock.Clock) *statistics {
	return &statistics{clock: c, slots: make(chan struct{}, statisticsAtOne), kept: map[string]keptFigures{}}
}

func (k *statistics) get(ctx context.Context, tenant ident.ID, key string, find func(context.Context) (*deskFigures, error)) (*deskFigures, error) {
	now := k.clock.Now()
	k.mu.Lock()
	known, ok := k.kept[key]
	k.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.figures, nil
	}
	found, err, _ := k.flight.Do(key, func() (any, error) {
		// Others wait for the same figures: who leaves does not take them away.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statisticsLimit)
		defer cancel()
		for _, slots := range []chan struct{}{k.turnOf(tenant), k.slots} {
			select {
			case slots <- struct{}{}:
				defer func() { <-slots }()
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		figures, err := find(ctx)
		if err == nil {
			k.keep(key, keptFigures{until: now.Add(statisticsFor), figures: figures}, now)
		}
		return figures, err
	})
	figures, _ := found.(*deskFigures)
	return figures, err
}

func (k *statistics) turnOf(tenant ident.ID) chan struct{} {
	turn, ok := k.turns.Load(tenant)
	if !ok {
		turn, _ = k.turns.LoadOrStore(tenant, make(chan struct{}, 1))
	}
	out, _ := turn.(chan struct{})
	return out
}

func (k *statistics) keep(key string, figures keptFigures, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kept) >= maxStatistics {
		for old, kept := range k.kept {
			if !now.Before(kept.until) || len(k.kept) >= maxStatistics {
				delete(k.kept, old)
			}
		}
	}
	k.kept[key] = figures
}
