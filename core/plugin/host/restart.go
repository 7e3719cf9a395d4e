package host

// restart makes what runs be replaced by a new process of the same build. One that is being replaced
// already is not replaced twice.
func (s *system) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.poke()
	switch {
	case s.active != nil && s.next == nil:
		again := *s.target
		again.Desks = s.desks
		s.next = &again
	case s.active == nil && s.target != nil:
		s.forgiveLocked()
	}
}
