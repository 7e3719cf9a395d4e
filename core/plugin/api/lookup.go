package api

import "slices"

// Form returns the form of a key.
func (d *Declaration) Form(key string) (*Form, bool) {
	return find(d.Forms, func(f *Form) bool { return f.Key == key })
}

// Status returns the status of a key.
func (d *Declaration) Status(key string) (*Status, bool) {
	return find(d.Statuses.Set, func(s *Status) bool { return s.Key == key })
}

// Transition returns the transition of a key.
func (d *Declaration) Transition(key string) (*Transition, bool) {
	return find(d.Transitions, func(t *Transition) bool { return t.Key == key })
}

// Line returns the line of a key.
func (d *Declaration) Line(key string) (*Line, bool) {
	return find(d.Lines, func(l *Line) bool { return l.Key == key })
}

// Queue returns the queue of a key.
func (d *Declaration) Queue(key string) (*Queue, bool) {
	return find(d.Queues, func(q *Queue) bool { return q.Key == key })
}

// List returns the reference list of a key.
func (d *Declaration) List(key string) (*List, bool) {
	return find(d.Lists, func(l *List) bool { return l.Key == key })
}

// Deadline returns the named clock of a key.
func (d *Declaration) Deadline(key string) (*Deadline, bool) {
	return find(d.Deadlines, func(c *Deadline) bool { return c.Key == key })
}

// Hook returns the declared hook of a name.
func (d *Declaration) Hook(name string) (*Hook, bool) {
	return find(d.Hooks, func(h *Hook) bool { return h.Name == name })
}

// DefaultDeadline returns the clock of a ticket for which nobody chose one.
func (d *Declaration) DefaultDeadline() (*Deadline, bool) {
	return find(d.Deadlines, func(c *Deadline) bool { return c.Default })
}

// Answering returns the transition that "answer and close" makes from a status.
func (d *Declaration) Answering(status string) (*Transition, bool) {
	return find(d.Transitions, func(t *Transition) bool { return t.Answers && t.Leaves(status) })
}

func find[T any](all []T, match func(*T) bool) (*T, bool) {
	at := slices.IndexFunc(all, func(item T) bool { return match(&item) })
	if at < 0 {
		return nil, false
	}
	return &all[at], true
}
