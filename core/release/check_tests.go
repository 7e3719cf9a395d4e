package release

func (l *loader) run(s *System, tests []string) {}
